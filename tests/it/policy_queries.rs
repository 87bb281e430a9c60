//! Random questions: under a policy they answer as they would over tables from which everything hidden was taken away by hand.

use crate::harness::slow;
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use futures::TryStreamExt;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use talenta::analysis::Providers;
use talenta::analysis::policy::under;
use talenta::analysis::user::{Ground, UserSession};
use talenta::config::access::access;
use talenta::model::instansi::Instansi;
use talenta::model::limits::Limits;
use talenta::model::policy::{Access, Policy, Role, Rows, Scope};
use talenta::model::table::{Class, Column, Kind, Table, Visibility, column};
use talenta::pipeline::first_readers;

/// One cell; texts, whole numbers, numbers, truth values and days are all that is needed.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Text(String),
    Int(i32),
    Real(f64),
    Bool(bool),
    Day(i32),
}

#[derive(Clone)]
struct Data {
    table: Table,
    rows: Vec<Vec<Cell>>,
}

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// The shipped roles, and a principal for each whose rows are limited.
fn roles() -> Access {
    let governments = ["6700", "6701", "6702"].map(|kode| Instansi {
        kode: kode.into(),
        nama: format!("Pemerintah Kab. {kode}"),
        nama_singkat: kode.into(),
    });
    let unit = "\n[[principal]]\nname = \"unit\"\nrole = \"unit-kerja\"\ninstansi = [\"6701\"]\nunit = [\"U1\"]\n";
    access("access.toml", &(first_readers::access(&governments) + unit)).unwrap()
}

fn shape(name: &str, theme: &str, visibility: Visibility, columns: &[&str]) -> Table {
    let kind = |name: &str| match name {
        "jp" | "n" | "tahun" | "baris" => Kind::Int,
        "skor" => Kind::Real,
        "cukup" => Kind::Bool,
        "tanggal" => Kind::Date,
        _ => Kind::Text,
    };
    let column = |name: &&str| {
        let class = match *name {
            "nama" | "nik" | "nilai_mentah" => Class::P,
            "hukuman" => Class::PS,
            _ => Class::Open,
        };
        let plain = column(name, kind(name), true, class, "");
        let visibility = (*name == "nip_kerabat").then_some(Visibility::H1);
        Column { visibility, ..plain }
    };
    Table {
        name: name.into(),
        key: vec![],
        columns: columns.iter().map(column).collect(),
        partition_by: vec![],
        visibility,
        theme: theme.into(),
    }
}

/// Tables of every level. What belongs to 6702 or to nobody is poison: no number in its texts, zero where one divides.
fn world() -> Vec<Data> {
    use Visibility::{H1, H2, H3, H4};
    let shapes = [
        shape(
            "pegawai",
            "data",
            H4,
            &["instansi_kode", "periode", "cakupan", "nip", "nik", "nama", "unor_id", "jp", "hukuman", "tanggal"],
        ),
        shape("unor", "data", H2, &["instansi_kode", "periode", "cakupan", "unor_id", "atasan_id"]),
        shape("t01", "pelatihan", H4, &["instansi_kode", "nip", "jp", "cukup", "skor", "nip_kerabat", "periode"]),
        shape("m07", "merit", H4, &["instansi_kode", "seleksi_id", "nip_terpilih", "jp", "periode"]),
        shape("t01_instansi", "pelatihan", H4, &["instansi_kode", "n", "skor", "periode"]),
        shape("n01", "kekerabatan", H1, &["instansi_kode", "nip", "nip_kerabat", "nama", "jp"]),
        shape("kerabat", "kekerabatan", H1, &["nip", "nip_kerabat"]),
        shape("bagian_instansi", "penyajian", H2, &["instansi_kode", "kelompok", "n", "skor", "periode"]),
        shape("bagian_provinsi", "penyajian", H2, &["kelompok", "n", "skor", "periode"]),
        shape("bagian_publik", "penyajian", H3, &["instansi_kode", "kelompok", "n", "skor"]),
        shape("berkas", "mutu", H2, &["instansi_kode", "sha256", "n", "tanggal"]),
        shape("tolakan", "mutu", H4, &["instansi_kode", "sha256", "baris", "nilai_mentah"]),
    ];
    let mut dice = Dice(20_251_231);
    shapes.into_iter().map(|table| Data { rows: rows(&table, &mut dice), table }).collect()
}

fn rows(table: &Table, dice: &mut Dice) -> Vec<Vec<Cell>> {
    let governments = ["6700", "6701", "6701", "6702", "SEMUA", ""];
    let count = 30 + dice.below(20);
    let mut rows = Vec::new();
    for _ in 0..count {
        let government = *dice.pick(&governments);
        let poison = !matches!(government, "6700" | "6701");
        let row = table.columns.iter().map(|column| cell(&column.name, government, poison, dice));
        rows.push(row.collect());
    }
    rows
}

fn cell(name: &str, government: &str, poison: bool, dice: &mut Dice) -> Cell {
    let text = |text: String| Cell::Text(text);
    if name != "instansi_kode" && !matches!(name, "periode" | "cakupan") && !poison && dice.chance(6) {
        return Cell::Null;
    }
    match name {
        "instansi_kode" if government.is_empty() => Cell::Null,
        "instansi_kode" => text(government.into()),
        "periode" => text("2025-12".into()),
        "cakupan" => text(String::new()),
        "unor_id" | "atasan_id" => text(format!("U{}", dice.below(5))),
        "jp" | "n" | "baris" | "tahun" if poison => Cell::Int(0),
        "jp" | "n" | "baris" | "tahun" => Cell::Int(1 + i32::try_from(dice.below(30)).unwrap()),
        "skor" => Cell::Real(if poison { 0.0 } else { 0.5 + dice.below(8) as f64 / 2.0 }),
        "cukup" => Cell::Bool(dice.chance(50)),
        "tanggal" => Cell::Day(20_000 + i32::try_from(dice.below(400)).unwrap()),
        "kelompok" => text(format!("K{}", dice.below(4))),
        // A number in one's own rows, a canary in those of others; what is of the province is hidden at one level and shown at another.
        _ if government == "SEMUA" => text(format!("PROVINSI{}", dice.below(9))),
        _ if poison => text(format!("KANARI{}", dice.below(9))),
        _ => text(format!("{}", 100 + dice.below(20))),
    }
}

/// What a principal sees of a table, said here a second time and by hand: rows, and columns that are null. `None`: no such table.
fn seen(who: &str, data: &Data, units: &BTreeSet<String>) -> Option<Data> {
    let name = data.table.name.as_str();
    let figures = matches!(data.table.visibility, Visibility::H2 | Visibility::H3);
    let level = data.table.visibility;
    use Visibility::{H1, H2, H3, H4};
    let (there, hidden): (bool, &[&str]) = match who {
        "sekda" | "bkd-provinsi" | "kepala-6701" => (figures, &["nip_kerabat"]),
        "bkd-6701" => (figures || level == H4, &["nip_kerabat"]),
        "unit" => (
            matches!(name, "pegawai" | "t01" | "t01_instansi") || data.table.theme == "penyajian",
            &["nip_kerabat", "nik", "hukuman"],
        ),
        "inspektorat" => (figures || level == H1 || matches!(name, "pegawai" | "m07"), &["nik", "hukuman"]),
        "pengirim-6701" => (matches!(name, "berkas" | "tolakan"), &["nip_kerabat"]),
        "publik" => (level == H3, &[]),
        _ => panic!("nobody said what {who} sees"),
    };
    let place = |column: &str| data.table.columns.iter().position(|it| it.name == column);
    let limited = !matches!(who, "sekda" | "bkd-provinsi" | "inspektorat" | "publik");
    if !there || (limited && place("instansi_kode").is_none() && !matches!(level, H2 | H3)) {
        return None;
    }
    if who == "unit" && !figures && place("nip").is_none() {
        return None;
    }
    let passes = |row: &&Vec<Cell>| {
        // What is published is for every reader.
        let Some(at) = place("instansi_kode").filter(|_| limited && level != H3) else { return true };
        let (own, province) = (row[at] == Cell::Text("6701".into()), row[at] == Cell::Text("SEMUA".into()));
        if figures || who != "unit" {
            return own || (province && figures);
        }
        own && matches!(&row[place("nip").unwrap()], Cell::Text(nip) if units.contains(nip))
    };
    let blank = |row: &Vec<Cell>| {
        let cells = row.iter().zip(&data.table.columns);
        cells.map(|(cell, it)| if hidden.contains(&it.name.as_str()) { Cell::Null } else { cell.clone() }).collect()
    };
    Some(Data { table: data.table.clone(), rows: data.rows.iter().filter(passes).map(blank).collect() })
}

/// Persons of 6701 whose unit is U1 or below it.
fn persons_of_u1(world: &[Data]) -> BTreeSet<String> {
    let pairs = |name: &str, a: &str, b: &str| {
        let data = world.iter().find(|it| it.table.name == name).unwrap();
        let at = |column: &str| data.table.columns.iter().position(|it| it.name == column).unwrap();
        let own = data.rows.iter().filter(|row| row[at("instansi_kode")] == Cell::Text("6701".into()));
        own.filter_map(|row| match (&row[at(a)], &row[at(b)]) {
            (Cell::Text(a), Cell::Text(b)) => Some((a.clone(), b.clone())),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    let tree = pairs("unor", "unor_id", "atasan_id");
    let mut units = BTreeSet::from(["U1".to_string()]);
    for _ in 0..10 {
        units.extend(
            tree.iter().filter(|(_, above)| units.contains(above)).map(|(unit, _)| unit.clone()).collect::<Vec<_>>(),
        );
    }
    let persons = pairs("pegawai", "nip", "unor_id").into_iter().filter(|(_, unit)| units.contains(unit));
    persons.map(|(nip, _)| nip).collect()
}

fn provider(data: &Data) -> Arc<dyn TableProvider> {
    let column = |(i, column): (usize, &Column)| -> ArrayRef {
        let cells = data.rows.iter().map(|row| &row[i]);
        match column.kind {
            Kind::Int => {
                Arc::new(cells.map(|it| if let Cell::Int(n) = it { Some(*n) } else { None }).collect::<Int32Array>())
            }
            Kind::Real => {
                Arc::new(cells.map(|it| if let Cell::Real(n) = it { Some(*n) } else { None }).collect::<Float64Array>())
            }
            Kind::Bool => {
                Arc::new(cells.map(|it| if let Cell::Bool(n) = it { Some(*n) } else { None }).collect::<BooleanArray>())
            }
            Kind::Date => {
                Arc::new(cells.map(|it| if let Cell::Day(n) = it { Some(*n) } else { None }).collect::<Date32Array>())
            }
            _ => {
                let text = cells.map(|it| if let Cell::Text(text) = it { Some(text.as_str()) } else { None });
                Arc::new(text.collect::<StringArray>())
            }
        }
    };
    let columns = data.table.columns.iter().enumerate().map(column).collect();
    let batch = RecordBatch::try_new(data.table.schema(), columns).unwrap();
    Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap())
}

/// Sentences over the tables somebody sees. Every query says what it orders by before it cuts, so that there is one right answer.
struct Asks<'a> {
    tables: &'a [Data],
    dice: Dice,
}

impl Asks<'_> {
    fn columns(&mut self, table: usize, kinds: &[Kind]) -> Vec<String> {
        let columns = self.tables[table].table.columns.iter();
        columns.filter(|it| kinds.contains(&it.kind)).map(|it| it.name.clone()).collect()
    }

    fn column(&mut self, table: usize, alias: &str, kinds: &[Kind]) -> Option<String> {
        let all = self.columns(table, kinds);
        if all.is_empty() { None } else { Some(format!("{alias}.{}", self.dice.pick(&all))) }
    }

    fn text(&mut self, table: usize, alias: &str) -> String {
        let column = self.column(table, alias, &[Kind::Text]).unwrap();
        match self.dice.below(8) {
            0 => format!("upper({column})"),
            1 => format!("substr({column}, 1, {})", 1 + self.dice.below(3)),
            2 => format!("coalesce({column}, 'x')"),
            3 => format!("concat({column}, '-')"),
            4 => format!("CASE WHEN {} THEN {column} ELSE 'lain' END", self.truth(table, alias, 0)),
            _ => column,
        }
    }

    fn number(&mut self, table: usize, alias: &str, depth: usize) -> String {
        let plain = self.column(table, alias, &[Kind::Int, Kind::Real]).unwrap_or_else(|| "3".into());
        if depth == 0 {
            return plain;
        }
        match self.dice.below(9) {
            0 => format!("({plain} + {})", self.number(table, alias, depth - 1)),
            1 => format!("({plain} * {})", self.dice.below(5)),
            2 => format!("(12 / {plain})"),
            3 => format!("CAST({} AS INT)", self.text(table, alias)),
            4 => format!("TRY_CAST({} AS INT)", self.text(table, alias)),
            5 => format!("length({})", self.text(table, alias)),
            6 => {
                let (when, other) = (self.truth(table, alias, 0), self.number(table, alias, depth - 1));
                format!("CASE WHEN {when} THEN {plain} ELSE {other} END")
            }
            _ => plain,
        }
    }

    fn truth(&mut self, table: usize, alias: &str, depth: usize) -> String {
        let (a, b) = (self.dice.below(20), self.dice.below(4));
        match self.dice.below(if depth == 0 { 5 } else { 11 }) {
            0 => format!("{} = '{}'", self.column(table, alias, &[Kind::Text]).unwrap(), 100 + a),
            1 => format!("{} LIKE '%{b}%'", self.column(table, alias, &[Kind::Text]).unwrap()),
            2 => format!("{} IS NOT NULL", self.column(table, alias, &[Kind::Text]).unwrap()),
            3 => format!(
                "{} IN ('6701', 'K{b}', 'KANARI{b}', '10{b}')",
                self.column(table, alias, &[Kind::Text]).unwrap()
            ),
            4 => format!("{} > {a}", self.number(table, alias, 0)),
            5 => format!("NOT ({})", self.truth(table, alias, depth - 1)),
            6 => format!("({} OR {})", self.truth(table, alias, depth - 1), self.truth(table, alias, depth - 1)),
            7 => format!("({} AND {})", self.truth(table, alias, depth - 1), self.truth(table, alias, depth - 1)),
            8 => {
                let other = self.dice.below(self.tables.len());
                let (mine, theirs) = (self.column(table, alias, &[Kind::Text]).unwrap(), self.text(other, "s"));
                let which = self.truth(other, "s", 0);
                format!("{mine} IN (SELECT {theirs} FROM {} s WHERE {which})", self.tables[other].table.name)
            }
            9 => {
                let other = self.dice.below(self.tables.len());
                let (mine, theirs) = (
                    self.column(table, alias, &[Kind::Text]).unwrap(),
                    self.column(other, "e", &[Kind::Text]).unwrap(),
                );
                format!("EXISTS (SELECT 1 FROM {} e WHERE {theirs} = {mine})", self.tables[other].table.name)
            }
            _ => format!("{} >= {}", self.number(table, alias, depth), self.number(table, alias, depth - 1)),
        }
    }

    fn filtered(&mut self, table: usize, alias: &str) -> String {
        let name = &self.tables[table].table.name;
        if self.dice.chance(25) {
            format!("{name} {alias}")
        } else {
            format!("{name} {alias} WHERE {}", self.truth(table, alias, 2))
        }
    }

    fn select(&mut self) -> String {
        let table = self.dice.below(self.tables.len());
        let (text, number) = (self.text(table, "a"), self.number(table, "a", 2));
        let from = self.filtered(table, "a");
        match self.dice.below(8) {
            0 => {
                format!("SELECT {text} AS x, {number} AS y FROM {from} ORDER BY 1, 2 LIMIT {}", 1 + self.dice.below(9))
            }
            1 => format!(
                "SELECT {text} AS x, count(*) AS n, sum({number}) AS y, min({number}) AS z FROM {from} GROUP BY 1"
            ),
            2 => format!("SELECT count(*) AS n, count(DISTINCT {text}) AS x, max({number}) AS y FROM {from}"),
            3 => format!(
                "SELECT {text} AS x, {number} AS y, count(*) OVER (PARTITION BY {text}) AS z, rank() OVER (ORDER BY {number}) AS r FROM {from}"
            ),
            4 => self.join(),
            5 => {
                let operation = *self.dice.pick(&["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]);
                let other = self.dice.below(self.tables.len());
                let second = self.text(other, "b");
                format!(
                    "SELECT {text} AS x FROM {from} {operation} SELECT {second} AS x FROM {}",
                    self.filtered(other, "b")
                )
            }
            6 => {
                let other = self.dice.below(self.tables.len());
                let inner = self.number(other, "c", 1);
                let inner = format!("(SELECT max({inner}) FROM {})", self.filtered(other, "c"));
                format!("SELECT {text} AS x, {number} AS y, {inner} AS z FROM {from}")
            }
            _ => format!("SELECT {text} AS x, {number} AS y FROM {from}"),
        }
    }

    fn join(&mut self) -> String {
        let (left, right) = (self.dice.below(self.tables.len()), self.dice.below(self.tables.len()));
        let (a, b) = (self.column(left, "a", &[Kind::Text]).unwrap(), self.column(right, "b", &[Kind::Text]).unwrap());
        let kind = *self.dice.pick(&["JOIN", "LEFT JOIN", "FULL JOIN"]);
        let (x, y) = (self.text(left, "a"), self.number(right, "b", 1));
        let more = if self.dice.chance(40) { format!(" AND {}", self.truth(right, "b", 0)) } else { String::new() };
        let (l, r) = (&self.tables[left].table.name, &self.tables[right].table.name);
        let from = format!("{l} a {kind} {r} b ON {a} = {b}{more}");
        format!("SELECT {x} AS x, {y} AS y FROM {from} WHERE {}", self.truth(left, "a", 1))
    }

    fn question(&mut self) -> String {
        let plain = self.select();
        match self.dice.below(6) {
            0 => format!("WITH q AS ({plain}) SELECT count(*) AS banyak FROM q"),
            1 => format!("SELECT x, count(*) AS banyak FROM ({}) q GROUP BY x", self.join()),
            _ => plain,
        }
    }
}

/// Rows as texts in an order of their own, or what the error says.
async fn answer(session: &UserSession, sql: &str) -> Result<Vec<String>, String> {
    let (_, rows) = session.query(sql).await.map_err(|error| error.to_string())?;
    let batches: Vec<RecordBatch> = rows.try_collect().await.map_err(|error| error.to_string())?;
    let mut texts = Vec::new();
    for batch in &batches {
        let options = FormatOptions::default().with_null("∅");
        let columns: Vec<_> =
            batch.columns().iter().map(|it| ArrayFormatter::try_new(it.as_ref(), &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let mut text = String::new();
            columns.iter().for_each(|column| write!(text, "{}|", column.value(row)).unwrap());
            texts.push(text);
        }
    }
    texts.sort();
    Ok(texts)
}

/// A policy that hides nothing.
fn everything() -> Policy {
    let role = Role {
        name: "semua".into(),
        about: String::new(),
        scope: Scope::Semua,
        levels: Visibility::ALL.iter().map(|(_, level)| *level).collect(),
        classes: [Class::P, Class::PS].into(),
        themes: BTreeSet::new(),
        also: BTreeSet::new(),
        mask: BTreeSet::new(),
    };
    Policy { principal: "semua".into(), role, rows: Rows::All }
}

async fn sessions(who: &str, world: &[Data], tables: &[Data]) -> (UserSession, UserSession) {
    let limits = Limits::default();
    let periode = "2025-12".parse().unwrap();
    let whole: Providers = world.iter().map(|it| (it.table.name.clone(), provider(it))).collect();
    let shapes: Vec<Table> = world.iter().map(|it| it.table.clone()).collect();
    let policy = roles().policy(who).unwrap();
    let opened = under(&policy, &whole, &shapes, periode).await.unwrap();
    assert_eq!(
        opened.keys().cloned().collect::<BTreeSet<_>>(),
        tables.iter().map(|it| it.table.name.clone()).collect(),
        "{who} sees other tables"
    );
    let cut: Providers = tables.iter().map(|it| (it.table.name.clone(), provider(it))).collect();
    // The same kind of node over what is left, so that both plans have the same shape and an error comes at the same point.
    let cut = under(&everything(), &cut, &shapes, periode).await.unwrap();
    let ground = Ground::new(&[], &[], periode, &limits, 1).unwrap();
    (ground.session(&opened).unwrap(), ground.session(&cut).unwrap())
}

/// How many queries each role is asked.
fn rounds() -> usize {
    if slow("2,000 random queries for each role") { 2_000 } else { 60 }
}

const PRINCIPALS: [&str; 8] =
    ["sekda", "bkd-provinsi", "kepala-6701", "bkd-6701", "unit", "inspektorat", "pengirim-6701", "publik"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_gets_the_answers_of_physically_filtered_tables() {
    let world = world();
    let units = persons_of_u1(&world);
    assert!(units.len() > 2, "the unit has persons");
    let mut running = tokio::task::JoinSet::new();
    for (nth, who) in PRINCIPALS.into_iter().enumerate() {
        let (world, units) = (world.clone(), units.clone());
        running.spawn(async move {
            let tables: Vec<Data> = world.iter().filter_map(|data| seen(who, data, &units)).collect();
            let (policy, cut) = sessions(who, &world, &tables).await;
            let mut asks = Asks { tables: &tables, dice: Dice(nth as u64 + 1) };
            let (mut rows, mut failed) = (0, 0);
            for _ in 0..rounds() {
                let sql = asks.question();
                let (one, two) = (answer(&policy, &sql).await, answer(&cut, &sql).await);
                assert_eq!(one, two, "{who}: {sql}");
                let shown = format!("{one:?}");
                let limited = !matches!(who, "sekda" | "bkd-provinsi" | "inspektorat" | "publik");
                // What the question itself says does not count.
                assert!(!limited || !shown.contains("KANARI") || sql.contains("KANARI"), "{who}: {sql}: {shown}");
                rows += one.as_ref().map_or(0, Vec::len);
                failed += usize::from(one.is_err());
            }
            (who, rows, failed)
        });
    }
    let mut counts = BTreeMap::new();
    while let Some(done) = running.join_next().await {
        let (who, rows, failed) = done.unwrap();
        counts.insert(who, (rows, failed));
    }
    // The questions must ask something: rows come back, and some fail.
    assert!(counts.values().all(|(rows, failed)| *rows > rounds() && *failed > 0), "{counts:?}");
    eprintln!("{counts:?}");
}
