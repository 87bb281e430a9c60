//! Withheld figures stay withheld: everything the published views say is written down as equations and solved, and no
//! withheld figure may come out determined, or known more closely than allowed.

use crate::bounds::System;
use crate::harness::{TestProject, slow};
use crate::tables;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Syarat of `promosi_instansi`.
const SYARAT: [&str; 6] = ["pendidikan", "masa_kerja", "usia", "kinerja", "kompetensi", "hasil"];

/// Figures by name, those that are published, and what holds between them.
#[derive(Default)]
struct Known {
    figures: BTreeSet<String>,
    published: BTreeMap<String, f64>,
    equations: Vec<(Vec<(String, f64)>, f64)>,
    slack: usize,
}

impl Known {
    fn figure(&mut self, name: String, value: Option<f64>) {
        if let Some(value) = value {
            let value = value.round();
            let before = self.published.insert(name.clone(), value);
            assert!(before.is_none_or(|it| it == value), "{name} is published as {before:?} and as {value}");
        }
        self.figures.insert(name);
    }

    /// The sum of `left` is the sum of `right`; figures that do not exist are 0.
    fn equal(&mut self, left: &[String], right: &[String]) {
        let side = |names: &[String], sign: f64| -> Vec<(String, f64)> {
            names.iter().filter(|name| self.figures.contains(*name)).map(|name| (name.clone(), sign)).collect()
        };
        let terms = [side(left, 1.0), side(right, -1.0)].concat();
        self.equations.push((terms, 0.0));
    }

    /// The sum of `left` is at most the sum of `right`.
    fn at_most(&mut self, left: &[String], right: &[String]) {
        self.slack += 1;
        let slack = format!("selisih {}", self.slack);
        self.figures.insert(slack.clone());
        self.equal(&[left, &[slack]].concat(), right);
    }

    fn has(&self, name: &str) -> bool {
        self.figures.contains(name)
    }
}

/// Rows of a view, by column.
fn rows(folder: &Path, view: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(folder.join(format!("{view}.csv"))).unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| head.iter().map(ToString::to_string).zip(line.split(',').map(ToString::to_string)).collect())
        .collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> Option<f64> {
    Some(row[column].as_str()).filter(|it| !it.is_empty()).map(|it| it.parse().unwrap())
}

fn n(indikator: &str, kelompok: &str, unit: &str) -> String {
    format!("n {indikator}/{kelompok} {unit}")
}

fn k(indikator: &str, kelompok: &str, unit: &str) -> String {
    format!("k {indikator}/{kelompok} {unit}")
}

fn shares(known: &mut Known, folder: &Path, view: &str) {
    for row in rows(folder, view) {
        let unit = row.get("instansi_kode").map_or("SEMUA", String::as_str);
        let (of, share) = (number(&row, "n"), number(&row, "bagian"));
        assert!(share.is_none() || of.is_some(), "{view}: a share without its n");
        known.figure(n(&row["indikator"], &row["kelompok"], unit), of);
        known.figure(k(&row["indikator"], &row["kelompok"], unit), share.zip(of).map(|(share, of)| share * of));
    }
}

fn counts(known: &mut Known, folder: &Path) {
    for row in rows(folder, "kotak_instansi") {
        known.figure(format!("kotak {} {}", row["kotak"], row["instansi_kode"]), number(&row, "n"));
    }
    for row in rows(folder, "promosi_instansi") {
        for state in ["memenuhi", "tidak", "tanpa_bukti", "tidak_berlaku", "n"] {
            let name = format!("promosi {}/{state} {}", row["syarat"], row["instansi_kode"]);
            known.figure(name, number(&row, state));
        }
    }
    for row in rows(folder, "indikasi_instansi") {
        known.figure(format!("indikasi {} {}", row["indikator"], row["instansi_kode"]), number(&row, "n"));
    }
    for row in rows(folder, "n13_penyajian") {
        known.figure(n("N13", "", &row["instansi_kode"]), number(&row, "n_seleksi"));
        known.figure(k("N13", "", &row["instansi_kode"]), number(&row, "pemenang_terhubung"));
    }
    for row in rows(folder, "rencana_unit") {
        for (what, risen) in [("JP", "n_kurang_jp"), ("ASESMEN", "n_tanpa_asesmen")] {
            let unit = &row["instansi_kode"];
            known.figure(n(what, &row["unor_id"], unit), number(&row, "n_pns"));
            known.figure(k(what, &row["unor_id"], unit), number(&row, risen));
        }
    }
    for row in rows(folder, "m06_penyajian") {
        for (group, of, risen) in [("P", "n_perempuan", "naik_perempuan"), ("L", "n_laki", "naik_laki")] {
            known.figure(n("M06", group, &row["instansi_kode"]), number(&row, of));
            known.figure(k("M06", group, &row["instansi_kode"]), number(&row, risen));
        }
    }
    for row in rows(folder, "indeks_instansi") {
        let name = n("T01", "PNS", &row["instansi_kode"]);
        if known.has(&name) {
            known.figure(name, number(&row, "n"));
        }
    }
}

/// What holds between the figures whatever they are: totals, parts, and the same people counted in two views.
fn relations(known: &mut Known) {
    let figures = known.figures.clone();
    let units: BTreeSet<&str> = figures.iter().filter_map(|it| it.rsplit_once(' ').map(|(_, unit)| unit)).collect();
    for name in &figures {
        if let Some(what) = name.strip_suffix(" SEMUA") {
            let parts = units.iter().filter(|unit| **unit != "SEMUA").map(|unit| format!("{what} {unit}"));
            known.equal(&[name.clone()], &parts.collect::<Vec<_>>());
        }
        if let Some(what) = name.strip_prefix("n ") {
            known.at_most(&[format!("k {what}")], &[name.clone()]);
        }
    }
    for unit in &units {
        people(known, &figures, unit);
        promotions(known, unit);
        for (child, parent) in [("T09/STRUKTURAL", "T09/SEMUA"), ("M04/12_BULAN", "M04/SEMUA")] {
            let (nc, kc, np, kp) = (
                format!("n {child} {unit}"),
                format!("k {child} {unit}"),
                format!("n {parent} {unit}"),
                format!("k {parent} {unit}"),
            );
            if known.has(&nc) {
                known.at_most(&[nc.clone()], &[np.clone()]);
                known.at_most(&[kc.clone()], &[kp.clone()]);
                known.at_most(&[nc, kp], &[np, kc]);
            }
        }
    }
}

fn people(known: &mut Known, figures: &BTreeSet<String>, unit: &str) {
    let all = n("T01", "PNS", unit);
    for same in [n("T09", "SEMUA", unit), n("IP_ASN", "CAKUPAN", unit)] {
        if known.has(&same) && known.has(&all) {
            known.equal(&[same], &[all.clone()]);
        }
    }
    let kotak = |name: &str| format!("kotak {name} {unit}");
    let boxes: Vec<String> = (1..=9).map(|it| kotak(&it.to_string())).collect();
    if known.has(&boxes[0]) {
        let everybody = [boxes.clone(), vec![kotak("BELUM_ASESMEN"), kotak("BELUM_KINERJA")]].concat();
        known.equal(&everybody, &[all]);
        known.equal(&boxes, &[n("TALENTA", "DIPETAKAN", unit)]);
        known.equal(&boxes[6..], &[k("TALENTA", "DIPETAKAN", unit)]);
        known.equal(&[kotak("BELUM_ASESMEN")], &[k("T09", "SEMUA", unit)]);
        if known.has(&n("IP_ASN", "CAKUPAN", unit)) {
            known.at_most(&[kotak("BELUM_KINERJA"), k("IP_ASN", "CAKUPAN", unit)], &[n("IP_ASN", "CAKUPAN", unit)]);
        }
    }
    let structural = n("T09", "STRUKTURAL", unit);
    if known.has(&structural) && known.has(&n("JABATAN_SESUAI", "STRUKTURAL", unit)) {
        known.equal(&[n("JABATAN_SESUAI", "STRUKTURAL", unit)], &[structural.clone()]);
        known.at_most(&[k("JABATAN_SESUAI", "STRUKTURAL", unit), k("T09", "STRUKTURAL", unit)], &[structural]);
    }
    let suffix = format!(" {unit}");
    let groups = |indikator: &str| -> Vec<String> {
        let prefix = format!("n {indikator}/");
        let names = figures.iter().filter_map(|it| it.strip_prefix(&prefix)?.strip_suffix(&suffix));
        names.map(ToString::to_string).collect()
    };
    for tahun in groups("M10") {
        known.equal(&[n("M10", &tahun, unit)], &[n("M10_TERBAIK", &tahun, unit)]);
        known.at_most(&[k("M10_TERBAIK", &tahun, unit)], &[k("M10", &tahun, unit)]);
    }
    let offices = groups("JP");
    if !offices.is_empty() && *unit != *"SEMUA" {
        let every = |figure: fn(&str, &str, &str) -> String, what: &str| -> Vec<String> {
            offices.iter().map(|office| figure(what, office, unit)).collect()
        };
        known.equal(&every(n, "JP"), &[n("T01", "PNS", unit)]);
        known.equal(&[every(k, "JP"), vec![k("T01", "PNS", unit)]].concat(), &[n("T01", "PNS", unit)]);
        known.equal(&every(k, "ASESMEN"), &[k("T09", "SEMUA", unit)]);
        for office in &offices {
            known.equal(&[n("JP", office, unit)], &[n("ASESMEN", office, unit)]);
        }
    }
    let needs = groups("KEBUTUHAN");
    for kompetensi in &needs {
        known.equal(&[n("T03", kompetensi, unit)], &[n("KEBUTUHAN", kompetensi, unit)]);
        known.at_most(&[k("T03", kompetensi, unit)], &[k("KEBUTUHAN", kompetensi, unit)]);
    }
    let every: Vec<String> = needs.iter().map(|it| k("KEBUTUHAN", it, unit)).collect();
    known.equal(&every, &[n("T05", "SEMUA", unit)]);
}

fn promotions(known: &mut Known, unit: &str) {
    let cell = |syarat: &str, state: &str| format!("promosi {syarat}/{state} {unit}");
    for syarat in SYARAT.iter().filter(|it| known.figures.contains(&cell(it, "n"))).collect::<Vec<_>>() {
        let tested = ["memenuhi", "tidak", "tanpa_bukti"].map(|state| cell(syarat, state));
        known.equal(&[&tested[..], &[cell(syarat, "tidak_berlaku")]].concat(), &[cell(syarat, "n")]);
        known.equal(&[cell(syarat, "n")], &[cell("hasil", "n")]);
        if known.has(&n("M01", syarat, unit)) {
            known.equal(&tested, &[n("M01", syarat, unit)]);
            known.equal(&[tested[0].clone()], &[k("M01", syarat, unit)]);
        }
    }
}

/// What was found of the withheld figures.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    withheld: usize,
    too_narrow: Vec<String>,
}

/// Withheld figures that hang together, and the equations between them.
struct Part<'a> {
    figures: Vec<&'a str>,
    equations: Vec<(Vec<(usize, f64)>, f64)>,
}

fn root(group: &mut [usize], mut at: usize) -> usize {
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

/// The published values put in, what is left falls into parts that say nothing of each other.
fn parts(known: &Known) -> Vec<Part<'_>> {
    let free: Vec<&str> =
        known.figures.iter().filter(|it| !known.published.contains_key(*it)).map(String::as_str).collect();
    let place: BTreeMap<&str, usize> = free.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let mut group: Vec<usize> = (0..free.len()).collect();
    let mut left = Vec::new();
    for (terms, constant) in &known.equations {
        let value = |name: &String| known.published.get(name);
        let known_part: f64 = terms.iter().filter_map(|(name, by)| Some(by * value(name)?)).sum();
        let open = terms.iter().filter(|(name, _)| value(name).is_none());
        let open: Vec<(usize, f64)> = open.map(|(name, by)| (place[name.as_str()], *by)).collect();
        let Some((first, _)) = open.first().copied() else {
            assert!((constant - known_part).abs() < 1e-6, "the published figures contradict each other: {terms:?}");
            continue;
        };
        for (at, _) in &open {
            let (a, b) = (root(&mut group, *at), root(&mut group, first));
            group[a] = b;
        }
        left.push((open, constant - known_part));
    }
    let mut found: BTreeMap<usize, Part> = BTreeMap::new();
    let mut local = vec![0; free.len()];
    for at in 0..free.len() {
        let part = found.entry(root(&mut group, at)).or_insert(Part { figures: Vec::new(), equations: Vec::new() });
        local[at] = part.figures.len();
        part.figures.push(free[at]);
    }
    for (open, constant) in left {
        let terms = open.iter().map(|(at, by)| (local[*at], *by)).collect();
        found.get_mut(&root(&mut group, open[0].0)).unwrap().equations.push((terms, constant));
    }
    found.into_values().collect()
}

/// Bounds every withheld figure. Allowed is an interval of at least `width`; of a share whose n is published and smaller
/// than twice that, half of n; of one whose n is withheld too, any. A figure that must be 0, or everybody, names nobody.
fn solve(known: &Known, width: f64) -> Found {
    let mut found = Found::default();
    for part in parts(known) {
        let mut system =
            System::new(part.figures.len(), &part.equations).expect("what is published is true, so it can be");
        for (at, name) in part.figures.iter().enumerate().filter(|(_, name)| !name.starts_with("selisih")) {
            found.withheld += 1;
            let (low, high) = system.bounds(at);
            let Some(high) = high else { continue };
            let of = name.strip_prefix("k ").map(|what| known.published.get(&format!("n {what}")).copied());
            let nobody = high < 0.5 || of.flatten().is_some_and(|of| low > of - 0.5);
            let allowed = match of {
                Some(Some(of)) => width.min((of / 2.0).ceil()),
                Some(None) => 1.0,
                None => width,
            };
            if !nobody && high - low < allowed - 1e-6 {
                found.too_narrow.push(format!("{name}: {low:.0} to {high:.0}, allowed {allowed}"));
            }
        }
    }
    found
}

/// Marts of a made-up province, and what a reader inside government and one outside can work out.
fn audit(project: &TestProject, seed: u64, size: u64) -> (Found, Found) {
    let (input, output) = (project.outside(&format!("t{seed}-{size}")), project.outside(&format!("m{seed}-{size}")));
    tables::province(&input, seed, size);
    let (tables, marts) = (input.display().to_string(), output.display().to_string());
    project.talenta(&["marts", "--tables", &tables, "--period", "2025-12", "--output", &marts]).code(0);
    let (mut inside, mut outside) = (Known::default(), Known::default());
    for view in ["bagian_instansi", "bagian_provinsi", "bagian_publik"] {
        shares(&mut inside, &output, view);
    }
    counts(&mut inside, &output);
    relations(&mut inside);
    shares(&mut outside, &output, "bagian_publik");
    relations(&mut outside);
    (solve(&inside, 5.0), solve(&outside, 10.0))
}

#[test]
fn no_withheld_figure_can_be_computed_from_what_is_published() {
    let project = TestProject::new();
    let mut provinces = vec![(1, 6), (2, 60)];
    if slow("more made-up provinces against recomputing withheld figures") {
        provinces.extend([(3, 15), (4, 30), (5, 120), (6, 250)]);
    }
    for (seed, size) in provinces {
        let (inside, outside) = audit(&project, seed, size);
        assert!(inside.withheld > 0 && outside.withheld > 0, "nothing to hide in province {seed} of {size}");
        assert_eq!(inside.too_narrow, Vec::<String>::new(), "inside government, province {seed} of {size}");
        assert_eq!(outside.too_narrow, Vec::<String>::new(), "public, province {seed} of {size}");
    }
}
