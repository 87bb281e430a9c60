//! What a picture of a report shows: its kind and the columns it draws. Refuses sizes, colours and places: those belong to the
//! drawing.

use crate::model::report::{ColumnSpec, Format};
use serde::{Deserialize, Serialize};

/// A chart of a report. Texts marked *sentence* are minijinja over the document, with what the drawing found under `gambar`
/// (for a funnel: `jauh_di_bawah`, `di_bawah`, `di_atas`, `jauh_di_atas`, lists of names).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSpec {
    /// Name of its file and content id.
    pub name: String,
    /// Expression: whether there is anything to draw.
    pub when: String,
    /// List query it draws.
    pub data: String,
    /// Which picture, and the columns only that picture needs.
    pub picture: Picture,
    /// How values are written.
    pub format: Format,
    /// Column that holds a [`crate::model::report::CellStatus`] word for the row's values.
    pub status: Option<String>,
    /// Column with the number of persons behind a share: below 100 it is written without decimals. A funnel's horizontal axis.
    pub n: Option<String>,
    /// Column that is true for the reader's own unit: the accent colour.
    pub own: Option<String>,
    /// Column that is true for the rows the title speaks of: another colour and another shape.
    pub highlight: Option<String>,
    /// Half the width of the page; two in a row stand side by side.
    pub half: bool,
    /// Whether the mail shows it; otherwise it stands on the page only.
    pub mail: bool,
    /// Sentence: the finding.
    pub title: String,
    /// Sentence: what is measured, of whom, as at when, n.
    pub subtitle: String,
    /// Sentence: the finding for those who cannot see the picture.
    pub alt: String,
}

/// Which picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Picture {
    /// A dot a row, with an interval where `low` and `high` are given: where do units stand on one figure?
    Dot(RowSpec),
    /// A bar a row from zero: which is the greatest?
    Bar(RowSpec),
    /// Share against n with 95 % and 99.8 % limits around the reference: who differs more than chance allows?
    Funnel(PointSpec),
    /// Three by three counts with shares, and what has no box as bars beside: how are people distributed?
    Ninebox(GridSpec),
    /// A line over months, gaps left open, the last value labelled: is it getting better?
    Line(SeriesSpec),
    /// A small line a unit, all on one scale.
    Multiples(SeriesSpec),
    /// Parts of a whole, or parts against their maxima, one row a unit.
    Stacked(StackSpec),
    /// From zero to the total by step, with what is missing to each maximum.
    Waterfall(StepSpec),
    /// One row a promise: now, path today, target, due, state.
    Bullet(PromiseSpec),
}

/// A value all units are compared with, drawn as a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Expression.
    pub value: String,
    /// What it is called.
    pub label: String,
}

/// Rows of a dot or bar chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowSpec {
    /// Column with the row's name.
    pub label: String,
    /// Column with the value.
    pub value: String,
    /// Columns with the lower and the upper end of the 95 % interval.
    pub interval: Option<(String, String)>,
    /// Further columns printed at the right of the row.
    pub beside: Vec<ColumnSpec>,
    /// The line.
    pub reference: Option<Reference>,
    /// In the order of the query; otherwise the greatest value first.
    pub as_given: bool,
}

/// Points of a funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointSpec {
    /// Column with the unit's name.
    pub label: String,
    /// Column with the share, 0–1.
    pub value: String,
    /// What the limits stand around.
    pub reference: Reference,
}

/// A grid of three by three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridSpec {
    /// Column with the name of the box, or of what has none.
    pub label: String,
    /// Column with the count.
    pub value: String,
    /// Column with the share of all, 0–1.
    pub share: String,
    /// Left to right; a row whose word is not in the order has no box.
    pub across: AxisSpec,
    /// Bottom to top.
    pub up: AxisSpec,
}

/// One side of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxisSpec {
    /// Column with the word.
    pub key: String,
    /// What the side measures.
    pub title: String,
    /// The three words, the least first.
    pub order: Vec<String>,
}

/// Values of units over months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesSpec {
    /// Column with the unit's name.
    pub label: String,
    /// Column with the month, `YYYY-MM`.
    pub period: String,
    /// Column with the value.
    pub value: String,
    /// The line all are compared with.
    pub reference: Option<Reference>,
}

/// Rows of parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackSpec {
    /// Column with the row's name.
    pub label: String,
    /// The parts, left to right.
    pub parts: Vec<PartSpec>,
    /// Further columns printed at the right of the row.
    pub beside: Vec<ColumnSpec>,
}

/// One part of a stacked row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartSpec {
    /// Column with the value.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// Column with its maximum: every part then has a lane as wide as its maximum, and what is missing stays empty.
    pub of: Option<String>,
    /// How it is filled.
    pub look: Look,
}

/// How a part is filled. Each look differs from the others in grey, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Grey.
    Plain,
    /// The one thing to look at.
    Accent,
    /// As it should be: solid.
    Good,
    /// Unknown or pending: hatched.
    Open,
    /// Not as it should be: solid and dark.
    Attention,
}

/// Steps of a waterfall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepSpec {
    /// Column with the step's name.
    pub label: String,
    /// Column with the value.
    pub value: String,
    /// Column with its maximum.
    pub of: String,
    /// Name of the sum.
    pub total: String,
}

/// Rows of a commitment card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseSpec {
    /// Column with the promise's name.
    pub label: String,
    /// Column with the value today, in the promise's own unit.
    pub value: String,
    /// Column with the value the straight path asks for today.
    pub path: String,
    /// Column with the target.
    pub target: String,
    /// Column with the day of the target.
    pub due: String,
    /// Column with the state: `TERCAPAI`, `SESUAI_JALUR`, `TERTINGGAL`; any other word is *belum dapat dinilai*.
    pub state: String,
    /// Column with `NAIK` or `TURUN`: whether more or less is better.
    pub direction: Option<String>,
    /// Column with the unit written behind values (`%` or nothing).
    pub unit: Option<String>,
}
