//! Charts as SVG written here, one drawing for every medium. Refuses legends, second axes, and colour as the only sign.

mod dots;
pub mod raster;
mod scale;
mod svg;

use crate::model::report::{CellStatus, ChartSpec};
use crate::report::format::{self, Figure};
use serde_json::{Value, json};

/// Where a chart is shown: the same drawing, other widths and sizes of type, so that labels stay readable on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Across a mail of 600 px, or a phone.
    Mail,
    /// Across a page of A4.
    Print,
}

/// What a chart says in words.
pub struct Texts {
    /// The finding.
    pub title: String,
    /// What is measured, of whom, as at when.
    pub subtitle: String,
    /// The finding for those who cannot see the picture.
    pub alt: String,
    /// The province's value.
    pub reference: Option<f64>,
}

/// A chart as drawn.
pub struct Drawn {
    /// Name of its file.
    pub name: String,
    /// Content id in the mail.
    pub cid: String,
    /// The finding for those who cannot see the picture.
    pub alt: String,
    /// SVG for the page.
    pub print: String,
    /// SVG for the mail.
    pub mail: String,
    /// Width and height in the mail, px.
    pub size: (u32, u32),
    title: String,
    subtitle: String,
}

impl Drawn {
    /// The picture for a page: SVG that says its finding to those who do not see it.
    pub fn inline_svg(&self) -> String {
        let alt = self.alt.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        self.mail.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{alt}\" "), 1)
    }

    /// What templates get to know.
    pub fn json(&self) -> Value {
        json!({
            "nama": self.name,
            "cid": self.cid,
            "judul": self.title,
            "keterangan": self.subtitle,
            "alt": self.alt,
            "lebar": self.size.0,
            "tinggi": self.size.1,
            "berkas": format!("/grafik/{}.svg", self.name),
        })
    }
}

/// One row of a chart.
pub struct Mark {
    /// Name of the unit.
    pub label: String,
    /// Its value, as drawn.
    pub value: Option<f64>,
    /// Its value, as written.
    pub written: String,
    /// 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Figures written beside.
    pub beside: Vec<String>,
    /// Why there is no value.
    pub absent: Option<&'static str>,
    /// Whether the title speaks of it.
    pub highlight: bool,
}

/// Draws a chart for both media, the greatest value first, units without one last in the order given.
pub fn draw(spec: &ChartSpec, rows: &[Value], texts: Texts, withheld: &str) -> Drawn {
    let mut marks: Vec<Mark> = rows.iter().map(|row| mark(spec, row, withheld)).collect();
    marks.sort_by(|a, b| match (a.value, b.value) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    let (print, _) = dots::draw(spec, &marks, texts.reference, Medium::Print);
    let (mail, size) = dots::draw(spec, &marks, texts.reference, Medium::Mail);
    Drawn {
        name: spec.name.clone(),
        cid: format!("grafik-{}@talenta", spec.name.replace('_', "-")),
        alt: texts.alt,
        print,
        mail,
        size,
        title: texts.title,
        subtitle: texts.subtitle,
    }
}

fn mark(spec: &ChartSpec, row: &Value, sign: &str) -> Mark {
    let nothing = Value::Null;
    let get = |key: &str| row.get(key).unwrap_or(&nothing);
    let number = |key: &Option<String>| key.as_deref().and_then(|key| get(key).as_f64()).filter(|it| it.is_finite());
    let status = spec.status.as_deref().map(get);
    let withheld = format::status_of(status);
    let value = get(&spec.value).as_f64().filter(|it| it.is_finite() && withheld.is_none());
    let beside = spec.beside.iter().map(|column| format::cell(row, column.into(), true, sign));
    let figure = Figure { key: &spec.value, format: spec.format, status: spec.status.as_deref(), n: spec.n.as_deref() };
    Mark {
        label: get(&spec.label).as_str().unwrap_or_default().to_string(),
        value,
        written: format::cell(row, figure, true, sign),
        interval: value.and(number(&spec.low).zip(number(&spec.high))),
        beside: beside.collect(),
        absent: match (withheld, value) {
            (Some(CellStatus::Disamarkan), _) => Some("disamarkan"),
            (_, None) => Some("tidak ada data"),
            _ => None,
        },
        highlight: spec.highlight.as_deref().is_some_and(|key| get(key) == &Value::Bool(true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::{ChartKind, Format};

    fn spec(kind: ChartKind) -> ChartSpec {
        let text = String::new;
        ChartSpec {
            name: "jp".into(),
            kind,
            data: text(),
            label: "nama".into(),
            value: "bagian".into(),
            format: Format::Share,
            status: Some("status".into()),
            n: None,
            low: Some("bawah".into()),
            high: Some("atas".into()),
            beside: vec![],
            reference: text(),
            reference_label: "Kalteng".into(),
            highlight: Some("sorot".into()),
            title: text(),
            subtitle: text(),
            alt: text(),
        }
    }

    fn svg(kind: ChartKind) -> String {
        let rows = [
            json!({"nama": "A & <B>", "bagian": 0.2, "bawah": 0.1, "atas": 0.3, "sorot": true, "status": "ADA"}),
            json!({"nama": "Tertutup", "bagian": 0.99, "bawah": 0.9, "atas": 1.0, "status": "DISAMARKAN"}),
            json!({"nama": "C", "bagian": 0.8, "bawah": 0.7, "atas": 0.9, "sorot": false, "status": "ADA"}),
        ];
        let texts = Texts { title: String::new(), subtitle: String::new(), alt: String::new(), reference: Some(0.5) };
        draw(&spec(kind), &rows, texts, "‹5").print
    }

    #[test]
    fn the_greatest_stands_first_and_a_withheld_unit_has_no_mark() {
        let drawn = svg(ChartKind::Dot);
        let place = |word: &str| drawn.find(word).unwrap_or_else(|| panic!("{word} is missing: {drawn}"));
        assert!(place(">C<") < place("A &amp; &lt;B&gt;") && place("A &amp; &lt;B&gt;") < place(">Tertutup<"));
        assert_eq!((drawn.matches("<circle").count(), drawn.matches("<path").count()), (1, 1));
        assert!(drawn.contains("‹5") && drawn.contains("disamarkan") && !drawn.contains("99,0"));
        assert!(drawn.contains("Kalteng 50,0 %"));
    }

    #[test]
    fn bars_start_at_zero() {
        let drawn = svg(ChartKind::Bar);
        assert!(drawn.contains(">0 %<"));
        assert_eq!(drawn.matches("<circle").count(), 0);
    }
}
