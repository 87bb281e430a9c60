//! The catalogue of a project as pages: tables, columns, queries, rules, indicators, and how they hang together. Refuses to read the lake: it
//! tells what a project means, not what its data say.

use crate::analysis::project::{Project as QueryProject, Query};
use crate::model::indicator::Indicator;
use crate::model::periode::Periode;
use crate::model::problem::{Problem, did_you_mean, line_of};
use crate::model::query::QueryKind;
use crate::model::release::Severity;
use crate::model::table::{Class, Column, Kind, Table, Visibility};
use crate::pipeline::project::{INDICATORS, Project};
use crate::pipeline::render::templates;
use crate::report;
use crate::report::catalogue::{Graph, Page, Picture};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Indicators that name a mart the project does not have.
pub fn problems(project: &Project, planned: &QueryProject) -> Vec<Problem> {
    let marts: Vec<&str> = planned.marts().map(|it| it.name.as_str()).collect();
    let text = project.files.get(INDICATORS).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let mut found = Vec::new();
    for indicator in &project.meaning.indicators {
        for mart in indicator.marts.iter().filter(|mart| !marts.contains(&mart.as_str())) {
            found.push(Problem {
                file: INDICATORS.into(),
                line: line_of(&text, &format!("code = \"{}\"", indicator.code)),
                path: format!("indicator.{}.marts", indicator.code),
                what: format!("no mart `{mart}` under queries/marts"),
                hint: did_you_mean(mart, marts.iter().copied()),
            });
        }
    }
    found.extend(unfair(project, planned, &text));
    found
}

/// Figures of persons that rest on a trait they may not rest on.
fn unfair(project: &Project, planned: &QueryProject, text: &str) -> Vec<Problem> {
    let fairness = &project.meaning.fairness;
    let canonical: BTreeSet<String> = project.contracts.iter().map(|it| it.table().name).collect();
    let mut found = Vec::new();
    for mart in fairness.marts.iter().filter_map(|name| planned.query(name)) {
        for (column, _) in &mart.lineage.columns {
            let behind = planned.influences(&mart.name, column);
            for (table, source) in behind.iter().filter(|(table, _)| canonical.contains(table)) {
                let allowed = fairness.allowed.iter().any(|it| {
                    it.mart == mart.name
                        && it.protected == *source
                        && it.columns.iter().any(|allowed| allowed == column)
                });
                if fairness.protected.contains(source) && !allowed {
                    found.push(Problem {
                        file: mart.path.clone(),
                        line: 0,
                        path: column.clone(),
                        what: format!("rests on `{table}.{source}`, which may not decide a person's figure"),
                        hint: Some(format!(
                            "leave it out, or allow it with the law that asks for it under `fairness` in {INDICATORS}"
                        )),
                    });
                }
            }
        }
    }
    let unknown = fairness.marts.iter().filter(|name| planned.query(name).is_none());
    found.extend(unknown.map(|name| Problem {
        file: INDICATORS.into(),
        line: line_of(text, &format!("\"{name}\"")),
        path: "fairness.marts".into(),
        what: format!("no mart `{name}` under queries/marts"),
        hint: None,
    }));
    found
}

/// Every page of the catalogue, by file name, with the rules in force at `periode`.
///
/// # Errors
/// When a page template of `report-templates/katalog` is broken.
pub fn pages(
    project: &Project,
    planned: &QueryProject,
    periode: Periode,
) -> Result<Vec<(String, Vec<u8>)>, report::Error> {
    let book = Book { project, planned, periode, tables: tables(project, planned) };
    let mut pages = vec![
        Page { file: "index.html".into(), template: "beranda.html", context: book.front() },
        Page { file: "graf.html".into(), template: "graf.html", context: book.whole_graph() },
    ];
    for family in &project.meaning.families {
        let context = book.family(&family.name);
        pages.push(Page { file: format!("keluarga-{}.html", family.name), template: "keluarga.html", context });
    }
    for name in book.names() {
        pages.push(Page { file: format!("tabel-{name}.html"), template: "tabel.html", context: book.table(&name) });
    }
    report::catalogue::render(&templates(project), &pages)
}

/// Tables that rows are stored in: canonical, engine, marts.
fn tables(project: &Project, planned: &QueryProject) -> BTreeMap<String, Table> {
    let stored = project.tables().into_iter().chain(planned.mart_tables());
    stored.map(|table| (table.name.clone(), table)).collect()
}

struct Book<'a> {
    project: &'a Project,
    planned: &'a QueryProject,
    periode: Periode,
    tables: BTreeMap<String, Table>,
}

impl Book<'_> {
    /// Everything that has a page: tables, staging queries, rule tables.
    fn names(&self) -> BTreeSet<String> {
        let queries = self.planned.queries().iter().filter(|it| it.kind != QueryKind::Check).map(|it| it.name.clone());
        let rules = self.project.rules.iter().map(|it| it.name.clone());
        self.tables.keys().cloned().chain(queries).chain(rules).collect()
    }

    fn query(&self, name: &str) -> Option<&Query> {
        self.planned.query(name).filter(|it| it.kind != QueryKind::Check)
    }

    /// What kind of thing a name is, in the words of a reader.
    fn kind(&self, name: &str) -> &'static str {
        match self.query(name).map(|it| it.kind) {
            Some(QueryKind::Mart) => "mart",
            Some(_) => "antara",
            None if self.project.rules.iter().any(|it| it.name == base(name)) => "aturan",
            None if self.project.contracts.iter().any(|it| it.table().name == name) => "kanonik",
            None => "mesin",
        }
    }

    fn front(&self) -> Value {
        let families: Vec<Value> = self.project.meaning.families.iter().map(|it| self.family_card(&it.name)).collect();
        let group = |kind: &str, title: &str, about: &str| {
            let names = self.names().into_iter().filter(|name| self.kind(name) == kind);
            let rows: Vec<Value> =
                names.map(|name| json!({ "nama": name, "arti": self.first_sentence(&name) })).collect();
            json!({ "judul": title, "tentang": about, "isi": rows })
        };
        json!({
            "keluarga": families,
            "kelompok": [
                group("kanonik", "Tabel kanonik", "Kiriman pemerintah daerah sesudah dibaca menurut kontraknya: satu baris per objek, dengan berkas dan baris asalnya."),
                group("mart", "Mart", "Hasil hitung yang terbit dalam rilis dan dibaca laporan."),
                group("antara", "Tabel antara", "Langkah yang dipakai bersama oleh beberapa mart; tidak terbit."),
                group("aturan", "Tabel aturan", "Bilangan dan daftar kode yang ditetapkan peraturan, dengan tanggal berlaku dan sumbernya."),
                group("mesin", "Catatan mesin", "Apa yang diterima, ditolak, dan diperbaiki ketika kiriman dibaca."),
            ],
            "pemeriksaan": self.planned.checks().map(|it| json!({
                "nama": it.name,
                "arti": self.sentence_of(&it.name),
                "tingkat": it.severity.map_or("", severity_word),
            })).collect::<Vec<_>>(),
        })
    }

    fn family_card(&self, name: &str) -> Value {
        let family = self.project.meaning.families.iter().find(|it| it.name == name);
        let codes = self.project.meaning.indicators.iter().filter(|it| it.family == name);
        let indicators: Vec<Value> =
            codes.map(|it| json!({ "kode": it.code, "nama": it.name, "kalimat": it.sentence })).collect();
        json!({
            "nama": name,
            "judul": family.map_or("", |it| it.title.as_str()),
            "tentang": family.map_or("", |it| it.about.as_str()),
            "panduan": family.map_or("", |it| it.page.as_str()),
            "indikator": indicators,
        })
    }

    fn family(&self, name: &str) -> Value {
        let of_family = self.project.meaning.indicators.iter().filter(|it| it.family == name);
        let indicators: Vec<Value> = of_family.map(|it| self.indicator(it)).collect();
        json!({ "keluarga": self.family_card(name), "indikator": indicators })
    }

    fn indicator(&self, indicator: &Indicator) -> Value {
        let marts: BTreeSet<String> = indicator.marts.iter().cloned().collect();
        let open: BTreeSet<String> =
            marts.iter().flat_map(|mart| self.planned.unconfirmed(mart, self.periode)).map(|it| it.name).collect();
        json!({
            "kode": indicator.code, "nama": indicator.name, "kalimat": indicator.sentence, "rumus": indicator.formula,
            "sumber": indicator.source, "keliru": indicator.fails, "langkah": indicator.next,
            "mart": indicator.marts.iter().map(|it| json!({ "nama": it, "arti": self.first_sentence(it) })).collect::<Vec<_>>(),
            "belum_pasti": open,
            "gambar_asal": self.graph(&marts),
        })
    }

    fn table(&self, name: &str) -> Value {
        let query = self.query(name);
        let columns: Vec<Value> = match (self.tables.get(name), query) {
            (Some(table), _) => table.columns.iter().map(|it| self.column(name, it)).collect(),
            (None, Some(query)) => {
                query.schema.fields().iter().map(|field| self.plain_column(name, field.name())).collect()
            }
            (None, None) => Vec::new(),
        };
        let readers = self.planned.queries().iter().filter(|it| it.depends_on.iter().any(|read| base(read) == name));
        let (readers, checks): (Vec<_>, Vec<_>) = readers.partition(|it| it.kind != QueryKind::Check);
        let indicators = self.project.meaning.indicators.iter().filter(|it| it.marts.iter().any(|mart| mart == name));
        json!({
            "nama": name,
            "jenis": self.kind(name),
            "tentang": self.head(name),
            "kunci": self.tables.get(name).map(|it| it.key.join(", ")).unwrap_or_default(),
            "tingkat": self.tables.get(name).map_or("", |it| it.visibility.word()),
            "kolom": columns,
            "indikator": indicators.map(|it| json!({ "kode": it.code, "nama": it.name, "keluarga": it.family })).collect::<Vec<_>>(),
            "parameter": query.map(|it| self.parameters(it)).unwrap_or_default(),
            "berkas": self.path(name),
            "sql": self.project.queries.iter().find(|it| it.name == name && it.kind != QueryKind::Check).map(|it| statement(&it.sql)).unwrap_or_default(),
            "aturan": self.rule_rows(name),
            "dibaca_oleh": readers.iter().map(|it| it.name.clone()).collect::<Vec<_>>(),
            "diperiksa_oleh": checks.iter().map(|it| it.name.clone()).collect::<Vec<_>>(),
            "gambar_asal": query.map(|_| self.graph(&BTreeSet::from([name.to_string()]))),
        })
    }

    fn column(&self, table: &str, column: &Column) -> Value {
        json!({
            "nama": column.name,
            "jenis": kind_word(column.kind),
            "tingkat": column.visibility.map_or("", Visibility::word),
            "kelas": class_word(column.class),
            "arti": column.about,
            "asal": self.origins(table, &column.name),
        })
    }

    fn plain_column(&self, table: &str, name: &str) -> Value {
        json!({ "nama": name, "jenis": "", "tingkat": "", "kelas": "", "arti": "", "asal": self.origins(table, name) })
    }

    /// Columns of canonical and rule tables behind a column of a query.
    fn origins(&self, table: &str, column: &str) -> Vec<Value> {
        if self.query(table).is_none() {
            return Vec::new();
        }
        let traced = self.planned.trace(table, column).into_iter();
        traced.map(|(table, column)| json!({ "tabel": base(&table), "kolom": column })).collect()
    }

    fn parameters(&self, query: &Query) -> Vec<Value> {
        let open = self.planned.unconfirmed(&query.name, self.periode);
        let row = |name: &String| {
            let valid = self.planned.parameter(name, self.periode);
            let about = valid.as_ref().map_or("", |it| it.about.as_str());
            let (value, source) = valid.as_ref().map_or(("", ""), |it| (it.value.as_str(), it.source.as_str()));
            let pasti = if open.iter().any(|it| it.name == *name) { "belum pasti" } else { "pasti" };
            json!({ "nama": name, "nilai": value, "arti": about, "sumber": source, "keadaan": pasti })
        };
        query.parameters_used.iter().map(row).collect()
    }

    /// Header and rows of a rule table, all dates.
    fn rule_rows(&self, name: &str) -> Value {
        match self.planned.rule_rows(name) {
            Some((header, rows)) if self.kind(name) == "aturan" => json!({ "kepala": header, "baris": rows }),
            _ => json!({ "kepala": [], "baris": [] }),
        }
    }

    fn path(&self, name: &str) -> String {
        let query = self.project.queries.iter().find(|it| it.name == name && it.kind != QueryKind::Check);
        let rule = self.project.rules.iter().find(|it| it.name == name).map(|it| it.path.clone());
        query.map(|it| it.path.clone()).or(rule).unwrap_or_else(|| match self.kind(name) {
            "kanonik" => format!("pipelines/sources/{name}.toml"),
            _ => String::new(),
        })
    }

    /// The lines of a comment on top that are no column's, or what a contract says of its table.
    fn head(&self, name: &str) -> Vec<String> {
        let Some(query) = self.query(name) else {
            let about = self.project.contracts.iter().find(|it| it.table().name == name).map(|it| it.about.clone());
            return about.into_iter().collect();
        };
        let is_column = |line: &str| {
            line.split_once(':').is_some_and(|(word, _)| query.schema.column_with_name(word.trim()).is_some())
        };
        query
            .words()
            .filter(|line| !line.is_empty() && !line.starts_with("Visibilitas:") && !is_column(line))
            .map(str::to_string)
            .collect()
    }

    fn first_sentence(&self, name: &str) -> String {
        self.head(name).into_iter().next().unwrap_or_default()
    }

    fn sentence_of(&self, check: &str) -> String {
        let words = self.planned.query(check).map(|it| it.words().map(str::to_string).collect::<Vec<_>>());
        words.unwrap_or_default().into_iter().find(|it| !it.is_empty()).unwrap_or_default()
    }

    /// What `names` are computed from, drawn.
    fn graph(&self, names: &BTreeSet<String>) -> Picture {
        let mut graph = Graph::default();
        let all: BTreeSet<String> = names.iter().flat_map(|name| self.planned.upstream(name)).collect();
        for name in all.iter().filter(|name| self.kind(name) != "aturan") {
            graph.node(name, self.kind(name), names.contains(name));
            let reads = self.query(name).map(|it| it.depends_on.clone()).unwrap_or_default();
            reads.iter().filter(|it| self.kind(it) != "aturan").for_each(|read| graph.edge(read, name));
        }
        graph.draw()
    }

    fn whole_graph(&self) -> Value {
        let marts = self.planned.marts().map(|it| it.name.clone()).collect();
        json!({ "gambar_asal": self.graph(&marts) })
    }
}

/// A rule table's name without the suffix of its history.
fn base(name: &str) -> &str {
    name.strip_suffix(crate::analysis::rules::HISTORY).unwrap_or(name)
}

/// The statement below the comment on top.
fn statement(sql: &str) -> String {
    let below = sql.lines().skip_while(|line| line.trim().is_empty() || line.trim_start().starts_with("--"));
    below.collect::<Vec<_>>().join("\n")
}

fn kind_word(kind: Kind) -> String {
    match kind {
        Kind::Text => "teks".into(),
        Kind::Int | Kind::Count => "bilangan bulat".into(),
        Kind::Bool => "ya/tidak".into(),
        Kind::Date => "tanggal".into(),
        Kind::Decimal { precision, scale } => format!("desimal ({precision},{scale})"),
        Kind::Real => "bilangan".into(),
        Kind::Moment => "waktu UTC".into(),
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Gagal => "menggagalkan rilis",
        Severity::Peringatan => "peringatan",
    }
}

fn class_word(class: Class) -> &'static str {
    match class {
        Class::Open => "",
        Class::P => "pribadi",
        Class::PS => "pribadi spesifik",
    }
}
