//! Sizes of a drawing on its medium. Refuses sizes of its own to every picture: one reader, one size of type.

use crate::report::chart::Medium;
use crate::report::chart::svg::{INK, QUIET, Type};

/// Sizes of one medium, in user units.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Of the drawing, without the inset.
    pub width: f64,
    /// White around the picture, where it stands on a card of another colour.
    pub inset: f64,
    /// Size of type.
    pub text: f64,
    /// Height of a row.
    pub row: f64,
    /// Radius of a dot.
    pub dot: f64,
}

impl Page {
    /// The sizes of a medium; `half` is half a printed page, while a mail has one width.
    pub fn of(medium: Medium, half: bool) -> Self {
        match medium {
            Medium::Mail => Page { width: 516.0, inset: 10.0, text: 16.0, row: 28.0, dot: 5.0 },
            Medium::Print => {
                let width = if half { 310.0 } else { 640.0 };
                Page { width, inset: 0.0, text: 12.0, row: 19.0, dot: 3.7 }
            }
        }
    }

    /// Whether a row has room for everything side by side.
    pub fn wide(&self) -> bool {
        self.width / self.text > 45.0
    }

    /// From the middle of a row to the foot of its letters.
    pub fn foot(&self) -> f64 {
        self.text * 0.35
    }

    /// Size of axis labels and headings.
    pub fn small(&self) -> f64 {
        self.text * 0.86
    }

    /// Ink.
    pub fn ink(&self, anchor: &'static str, weight: u16) -> Type<'static> {
        Type { size: self.text, fill: INK, anchor, weight }
    }

    /// Axis labels, headings and notes.
    pub fn quiet(&self, anchor: &'static str) -> Type<'static> {
        Type { size: self.small(), fill: QUIET, anchor, weight: 400 }
    }
}
