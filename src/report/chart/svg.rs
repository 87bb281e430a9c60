//! Writes SVG elements with fixed decimals, so that the same drawing is the same text. Refuses scripts, links and styles.

use crate::report::chart::letters;

/// Ink for text.
pub const INK: &str = "#1B2A33";
/// Quiet text; still 4.5:1 on white.
pub const QUIET: &str = "#5B6970";
/// Data that nobody is asked to look at.
pub const GREY: &str = "#7D8B93";
/// Rules and grid.
pub const RULE: &str = "#D9DFE2";
/// Leads the eye from a name to its dot.
pub const FAINT: &str = "#E9EDEF";
/// The province's line.
pub const ACCENT: &str = "#0B6E75";
/// What the title speaks of.
pub const ATTENTION: &str = "#B4530A";
/// As it should be.
pub const GOOD: &str = "#2F7D4F";
/// Paper.
pub const PAPER: &str = "#FFFFFF";

/// The family of `shared/fonts`.
const FAMILY: &str = "Inter";

/// A picture being drawn.
pub struct Svg {
    body: String,
}

/// How a text stands.
#[derive(Clone, Copy)]
pub struct Type<'a> {
    /// Size in user units.
    pub size: f64,
    /// Colour.
    pub fill: &'a str,
    /// `start`, `middle`, `end`.
    pub anchor: &'a str,
    /// 400 or 600.
    pub weight: u16,
}

impl Svg {
    /// An empty picture on white.
    pub fn new() -> Self {
        Self { body: String::new() }
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        self.body.push_str(&format!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{stroke}\" stroke-width=\"{width:.1}\" stroke-linecap=\"round\"/>\n",
            from.0, from.1, to.0, to.1
        ));
    }

    /// A dot, white-rimmed so that it stands off the interval behind it.
    pub fn dot(&mut self, at: (f64, f64), radius: f64, fill: &str) {
        self.body.push_str(&format!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{fill}\" stroke=\"#FFFFFF\" stroke-width=\"1.0\"/>\n",
            at.0, at.1
        ));
    }

    /// A diamond: the shape of what the title speaks of.
    pub fn diamond(&mut self, (x, y): (f64, f64), radius: f64, fill: &str) {
        let r = radius * 1.3;
        self.body.push_str(&format!(
            "<path d=\"M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z\" fill=\"{fill}\" stroke=\"#FFFFFF\" stroke-width=\"1.0\"/>\n",
            x, y - r, x + r, y, x, y + r, x - r, y
        ));
    }

    /// A bar.
    pub fn bar(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str) {
        if width < 0.05 {
            return;
        }
        self.body.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>\n"
        ));
    }

    /// A line through points; `dash` as SVG writes it, or nothing.
    pub fn polyline(&mut self, points: &[(f64, f64)], stroke: &str, width: f64, dash: &str) {
        let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        self.body.push_str(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width:.1}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"{dash}/>\n",
            listed(points)
        ));
    }

    /// A filled area.
    pub fn area(&mut self, points: &[(f64, f64)], fill: &str) {
        self.body.push_str(&format!("<polygon points=\"{}\" fill=\"{fill}\"/>\n", listed(points)));
    }

    /// A hollow dot.
    pub fn ring(&mut self, at: (f64, f64), radius: f64, stroke: &str) {
        self.body.push_str(&format!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{PAPER}\" stroke=\"{stroke}\" stroke-width=\"{:.1}\"/>\n",
            at.0,
            at.1,
            radius * 0.5
        ));
    }

    /// An outline.
    pub fn frame(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), stroke: &str) {
        self.body.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"0.8\"/>\n"
        ));
    }

    /// A box filled with slanted lines: what is open, pending or missing.
    pub fn hatch(&mut self, at: (f64, f64), size: (f64, f64), stroke: &str) {
        if size.0 < 0.5 || size.1 < 0.5 {
            return;
        }
        self.slants(at, size, stroke);
        self.frame(at, size, stroke);
    }

    /// Slanted lines across a box: tells its colour from others in a print without colour.
    pub fn slants(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), stroke: &str) {
        let (step, mut along) = (4.0, 3.0);
        while along < width + height {
            // The line from the upper edge (or the right side) down to the left side (or the lower edge).
            let from = (x + along.min(width), y + (along - width).max(0.0));
            let to = (x + (along - height).max(0.0), y + along.min(height));
            self.line(from, to, stroke, 0.7);
            along += step;
        }
    }

    /// Upright lines across a box, as [`Svg::slants`].
    pub fn uprights(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), stroke: &str) {
        let (step, mut along) = (4.0, 2.0);
        while along < width {
            self.line((x + along, y), (x + along, y + height), stroke, 0.7);
            along += step;
        }
    }

    /// Text whose figures are all equally wide, as in a column of numbers.
    pub fn figures(&mut self, (x, y): (f64, f64), look: Type<'_>, words: &str) {
        let Type { size, fill, anchor, weight } = look;
        let width = letters::width_of(words, size, weight);
        let mut at = match anchor {
            "end" => x - width,
            "middle" => x - width / 2.0,
            _ => x,
        };
        let cell = letters::figure(weight);
        let mut places = Vec::new();
        for c in words.chars() {
            let own = letters::letter(c, weight);
            let room = if c.is_ascii_digit() { cell } else { own };
            places.push(format!("{:.1}", at + (room - own) / 2.0 * size));
            at += room * size;
        }
        self.body.push_str(&format!(
            "<text x=\"{}\" y=\"{y:.1}\" font-size=\"{size:.1}\" font-weight=\"{weight}\" fill=\"{fill}\">{}</text>\n",
            places.join(" "),
            escaped(words)
        ));
    }

    /// Text.
    pub fn text(&mut self, (x, y): (f64, f64), look: Type<'_>, words: &str) {
        let Type { size, fill, anchor, weight } = look;
        self.body.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.1}\" font-weight=\"{weight}\" fill=\"{fill}\" text-anchor=\"{anchor}\">{}</text>\n",
            escaped(words)
        ));
    }

    /// The whole picture, `inset` wider on every side than what was drawn.
    pub fn finish(self, width: f64, height: f64, inset: f64) -> String {
        let (width, height) = (width + 2.0 * inset, height + 2.0 * inset);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"{0:.0} {0:.0} {width:.0} {height:.0}\" font-family=\"{FAMILY}\">\n<rect x=\"{0:.0}\" y=\"{0:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" fill=\"#FFFFFF\"/>\n{1}</svg>\n",
            -inset, self.body
        )
    }
}

fn listed(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

fn escaped(words: &str) -> String {
    let clean = words.chars().filter(|c| !c.is_control());
    let mut out = String::new();
    for c in clean {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
