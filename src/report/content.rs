//! What a report says, computed once: sentences, figures, charts, tables. Mail, text, PDF and workbook only lay it out. Refuses
//! to know any one report: everything it says is declared in `report.toml`.

use crate::model::indonesia;
use crate::model::report::{AttachmentKind, ColumnSpec, Document, ReportSpec, TableSpec};
use crate::report::Supplies;
use crate::report::chart::{self, Drawn};
use crate::report::filter::bungkus;
use crate::report::sentence::{self, Engine, Medium};
use crate::report::{Error, Templates, format};
use chrono::Datelike;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where in the document what was computed stands.
const ISI: &str = "isi";
/// Characters of a line of the text mail.
const LINE_CHARS: usize = 76;
/// Decisions a reader is asked for at most.
const DECISIONS_MAX: usize = 3;

/// The computed content of a report.
pub struct Content {
    /// Subject of the mail.
    pub subject: String,
    /// Charts, drawn for both media.
    pub charts: Vec<Drawn>,
    /// Files this reader gets.
    pub attached: Vec<Attached>,
    /// What stands where a figure may not be shown.
    pub withheld: String,
    /// What the data cannot say.
    pub limits: Vec<String>,
    /// Title and note of each table of the report, in order.
    pub tables: Vec<(String, String)>,
    isi: Value,
    values: minijinja::Value,
}

/// The document with what was computed under `isi`: what every template gets.
pub struct Whole<'a> {
    document: &'a Value,
    isi: &'a Value,
}

impl Whole<'_> {
    /// A part of it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        if key == ISI { Some(self.isi) } else { self.document.get(key) }
    }
}

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = self.document.as_object().into_iter().flatten().map(|(key, part)| (key.as_str(), part));
        serializer.collect_map(parts.chain([(ISI, self.isi)]))
    }
}

/// A file to be made for this reader.
pub struct Attached {
    /// Which file.
    pub kind: AttachmentKind,
    /// Its name.
    pub name: String,
    /// The table of a CSV.
    pub table: String,
}

impl Content {
    /// Computes everything a report says from its document (`json` is the same document, canonical).
    pub fn compute(
        spec: &ReportSpec,
        files: &Templates,
        document: &Document,
        json: &Value,
        supplies: &Supplies,
    ) -> Result<Self, Error> {
        let writer = Writer {
            file: format!("{}/report.toml", spec.name),
            engine: files.engine(Medium::Plain, &spec.name)?,
            context: sentence::value(json),
        };
        // A header has no lines to break.
        let subject = writer.say("subject", &spec.subject)?.replace('\u{a0}', " ");
        let preheader = writer.say("preheader", &spec.preheader)?;
        let withheld = writer.say("withheld", &spec.withheld)?;
        let mut charts = Vec::new();
        for (i, chart) in spec.charts.iter().enumerate() {
            if !writer.holds(&format!("chart[{i}].when"), &chart.when)? {
                continue;
            }
            let at = match chart::reference(chart) {
                Some(text) => writer.number(&format!("chart[{i}].reference"), text)?,
                None => None,
            };
            let rows = rows(spec, document, &chart.data)?;
            // What the drawing found stands under `gambar`.
            let gambar = sentence::value(&chart::facts(chart, rows, at));
            let context = minijinja::context! { gambar => gambar, ..writer.context.clone() };
            let say = |key: &str, text: &str| {
                writer.engine.sentence(&writer.file, &format!("chart[{i}].{key}"), text, &context)
            };
            let (title, subtitle) = (say("title", &chart.title)?, say("subtitle", &chart.subtitle)?);
            let texts = chart::Texts { title, subtitle, alt: say("alt", &chart.alt)? };
            charts.push(chart::draw(chart, rows, texts, at, &withheld));
        }
        let limits = writer.limits(spec)?;
        let tables = writer.tables(spec, document, &withheld)?;
        let attached = writer.attached(spec, supplies)?;
        let isi = json!({
            "subjek": subject,
            "praheader": preheader,
            "keputusan": writer.decisions(spec)?,
            "angka": writer.figures(spec)?,
            "grafik": charts.iter().map(Drawn::json).collect::<Vec<_>>(),
            "tabel": tables.iter().filter(|it| it.shown).map(|it| it.json.clone()).collect::<Vec<_>>(),
            "batas": limits,
            "lampiran": attached.iter().map(|it| json!({"jenis": it.kind.word(), "nama": it.name})).collect::<Vec<_>>(),
            "samar": withheld,
            "sumber": sources(document),
            "rilis": release(document),
        });
        let tables = tables.into_iter().map(|it| (it.title, it.note)).collect();
        let values = minijinja::context! { isi => sentence::value(&isi), ..writer.context };
        Ok(Self { subject, charts, attached, withheld, limits, tables, isi, values })
    }

    /// `… baris diterima, … dipakai, … disisihkan`.
    pub fn rows(&self) -> &str {
        self.isi.pointer("/rilis/baris").and_then(Value::as_str).unwrap_or_default()
    }

    /// What every template gets, `document` being the one this was computed from.
    pub fn whole<'a>(&'a self, document: &'a Value) -> Whole<'a> {
        Whole { document, isi: &self.isi }
    }

    /// The same for the mail's engine.
    pub fn values(&self) -> &minijinja::Value {
        &self.values
    }
}

struct Writer {
    file: String,
    engine: Engine,
    context: minijinja::Value,
}

struct Table {
    shown: bool,
    title: String,
    note: String,
    json: Value,
}

impl Writer {
    fn say(&self, key: &str, text: &str) -> Result<String, Error> {
        self.engine.sentence(&self.file, key, text, &self.context)
    }

    fn holds(&self, key: &str, text: &str) -> Result<bool, Error> {
        self.engine.holds(&self.file, key, text, &self.context)
    }

    fn number(&self, key: &str, text: &str) -> Result<Option<f64>, Error> {
        self.engine.number(&self.file, key, text, &self.context)
    }

    fn decisions(&self, spec: &ReportSpec) -> Result<Vec<Value>, Error> {
        let mut found = Vec::new();
        for (i, decision) in spec.decisions.iter().enumerate() {
            let key = |key: &str| format!("decision[{i}].{key}");
            if found.len() < DECISIONS_MAX && self.holds(&key("when"), &decision.when)? {
                found.push(json!({
                    "teks": self.say(&key("text"), &decision.text)?,
                    "penanggung_jawab": self.say(&key("owner"), &decision.owner)?,
                    "tenggat": self.say(&key("due"), &decision.due)?,
                }));
            }
        }
        Ok(found)
    }

    fn figures(&self, spec: &ReportSpec) -> Result<Vec<Value>, Error> {
        let figure = |(i, figure): (usize, &crate::model::report::FigureSpec)| {
            let key = |key: &str| format!("figure[{i}].{key}");
            Ok(json!({
                "label": figure.label,
                "nilai": self.say(&key("value"), &figure.value)?,
                "catatan": self.say(&key("note"), &figure.note)?,
                "perubahan": self.say(&key("change"), &figure.change)?,
            }))
        };
        spec.figures.iter().enumerate().map(figure).collect()
    }

    fn limits(&self, spec: &ReportSpec) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        for (i, limit) in spec.limits.iter().enumerate() {
            if self.holds(&format!("limit[{i}].when"), &limit.when)? {
                found.push(self.say(&format!("limit[{i}].text"), &limit.text)?);
            }
        }
        Ok(found)
    }

    /// The files of the report that apply to this reader, in order.
    fn attached(&self, spec: &ReportSpec, supplies: &Supplies) -> Result<Vec<Attached>, Error> {
        let mut found = Vec::new();
        for (i, it) in spec.attachments.iter().enumerate() {
            if !self.holds(&format!("attachment[{i}].when"), &it.when)? {
                continue;
            }
            let named = |name: &str| Attached { kind: it.kind, name: plain(name), table: it.table.clone() };
            match it.kind {
                AttachmentKind::Receipts => found.extend(supplies.receipts.iter().map(|(name, _)| named(name))),
                _ => found.push(named(&self.say(&format!("attachment[{i}].file"), &it.file)?)),
            }
        }
        Ok(found)
    }

    fn tables(&self, spec: &ReportSpec, document: &Document, withheld: &str) -> Result<Vec<Table>, Error> {
        let table = |(i, table): (usize, &TableSpec)| {
            let title = self.say(&format!("table[{i}].title"), &table.title)?;
            let note = self.say(&format!("table[{i}].note"), &table.note)?;
            let columns: Vec<&ColumnSpec> = table.columns.iter().filter(|column| !column.workbook_only).collect();
            let body: Vec<Vec<String>> = rows(spec, document, &table.data)?
                .iter()
                .map(|row| columns.iter().map(|column| format::cell(row, (*column).into(), false, withheld)).collect())
                .collect();
            let heads: Vec<Value> =
                columns.iter().map(|it| json!({"judul": it.label, "kanan": format::is_right(it.format)})).collect();
            let text = aligned(&columns, &body);
            let json = json!({
                "nama": table.name, "judul": title, "catatan": note, "kolom": heads, "baris": body, "teks": text,
            });
            Ok(Table { shown: table.shown, title, note, json })
        };
        spec.tables.iter().enumerate().map(table).collect()
    }
}

/// The rows of a list query.
pub fn rows<'d>(spec: &ReportSpec, document: &'d Document, query: &str) -> Result<&'d [Value], Error> {
    let found = document.data.get(query).and_then(Value::as_array);
    found.map(Vec::as_slice).ok_or_else(|| Error::NoData { report: spec.name.clone(), query: query.to_string() })
}

/// A table for a monospace reader: columns side by side, or row after row where they are wider than a line of mail; nothing without
/// rows.
fn aligned(columns: &[&ColumnSpec], body: &[Vec<String>]) -> String {
    if body.is_empty() {
        return String::new();
    }
    let heads: Vec<String> = columns.iter().map(|column| column.label.clone()).collect();
    let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
    for row in body {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) > LINE_CHARS {
        return body.iter().map(|row| told(&heads, row)).collect::<Vec<_>>().join("\n");
    }
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).zip(columns).map(|((cell, width), column)| {
            if format::is_right(column.format) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    let rule = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("  ");
    let lines = [line(&heads), rule].into_iter().chain(body.iter().map(|row| line(row)));
    lines.collect::<Vec<_>>().join("\n")
}

/// A row too wide for a line: its first cell, and below it the others by name.
fn told(heads: &[String], row: &[String]) -> String {
    let (first, others) = row.split_first().map_or(("", row), |(first, others)| (first.as_str(), others));
    let named = heads.iter().skip(1).zip(others).filter(|(_, cell)| !cell.is_empty());
    // A number stays with its name.
    let blank = |cell: &str| if cell.contains(' ') { ' ' } else { '\u{a0}' };
    let named = named.map(|(head, cell)| format!("{head}:{}{cell}", blank(cell))).collect::<Vec<_>>().join("; ");
    format!("{}\n  {}", bungkus(first, LINE_CHARS, Some(2)), bungkus(&named, LINE_CHARS, Some(2)))
}

/// Deliveries by dataset: how many governments, how old.
fn sources(document: &Document) -> Vec<Value> {
    let mut by_dataset: BTreeMap<&str, Vec<&crate::model::report::DataDate>> = BTreeMap::new();
    for delivery in &document.rilis.data_per {
        by_dataset.entry(&delivery.dataset).or_default().push(delivery);
    }
    let summary = |(dataset, all): (&str, Vec<&crate::model::report::DataDate>)| {
        let governments: BTreeSet<&str> = all.iter().map(|it| it.instansi_kode.as_str()).collect();
        let drawn: Vec<_> = all.iter().filter_map(|it| it.tanggal_tarik).collect();
        let span = match (drawn.iter().min(), drawn.iter().max()) {
            (Some(first), Some(last)) if first == last => indonesia::tanggal(*first),
            (Some(first), Some(last)) if (first.year(), first.month()) == (last.year(), last.month()) => {
                format!("{}–{}", first.day(), indonesia::tanggal(*last))
            }
            (Some(first), Some(last)) => format!("{} – {}", indonesia::tanggal(*first), indonesia::tanggal(*last)),
            _ => "tidak disebut".to_string(),
        };
        let old: BTreeSet<&str> =
            all.iter().filter(|it| it.periode < document.rilis.periode).map(|it| it.nama.as_str()).collect();
        json!({"dataset": dataset, "n_instansi": governments.len(), "ditarik": span, "lama": old})
    };
    by_dataset.into_iter().map(summary).collect()
}

/// Lines that stand in every header and footer.
fn release(document: &Document) -> Value {
    let rilis = &document.rilis;
    let count = |n: u64| indonesia::bulat(i64::try_from(n).unwrap_or(i64::MAX));
    let rows = &rilis.baris;
    json!({
        "nomor": rilis.nomor.to_string(),
        "per_tanggal": indonesia::tanggal(rilis.per_tanggal),
        "dibuat": indonesia::waktu(rilis.dibuat_pada),
        "baris": format!(
            "{} baris diterima, {} dipakai, {} disisihkan",
            count(rows.diterima), count(rows.dipakai), count(rows.disisihkan)
        ),
    })
}

/// A file name that every mail reader takes.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' }).collect()
}
