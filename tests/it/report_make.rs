//! Making a report: a new folder that renders at once, a preview a person can open, and templates that are stopped.

use crate::harness::{TestProject, province};
use crate::report::files;
use std::fs;

fn with_new() -> TestProject {
    let project = TestProject::copy_of(province());
    project.talenta(&["report", "new", "laporan-uji"]).code(0).says("report-templates/laporan-uji");
    project
}

#[test]
fn a_new_report_has_no_problem_and_is_seen_on_one_page() {
    let project = with_new();
    project.talenta(&["check"]).code(0).says("no problems");
    project.talenta(&["report", "list"]).code(0).says("laporan-uji");
    let page = project.talenta(&["report", "preview", "laporan-uji"]).code(0).out;
    let page = page.lines().next().unwrap();
    assert!(page.ends_with("pratinjau/laporan-uji/2025-12/pratinjau.html"), "{page}");
    let shown = fs::read_to_string(page).unwrap();
    let folder = project.path("pratinjau/laporan-uji/2025-12");
    let there = files(&folder);
    for name in ["laporan-uji-2025-12.pdf", "laporan-uji-2025-12.xlsx", "surel-terang.html", "surel-gelap.html"] {
        assert!(there.contains_key(name) && shown.contains(name), "{name}");
    }
    for words in ["width=\"360\"", "width=\"800\"", "Lembar daerah (", "Belum ada yang dikirim."] {
        assert!(shown.contains(words), "{words}");
    }
    assert!(!shown.contains("<script") && !shown.contains("http"));
    let dark = std::str::from_utf8(&there["surel-gelap.html"]).unwrap();
    assert!(dark.contains("@media all {") && !dark.contains("prefers-color-scheme: dark"));
    assert!(files(&project.path("surat")).len() == files(&province().join("surat")).len(), "a preview sends nothing");
}

#[test]
fn a_name_that_is_none_or_taken_is_refused() {
    let project = with_new();
    project.talenta(&["report", "new", "laporan-uji"]).code(1).says("is there already");
    for name in ["../luar", "Laporan", "shared", ""] {
        project.talenta(&["report", "new", name]).code(1).says("cannot be the name of a report");
    }
}

#[test]
fn a_template_without_end_is_stopped_and_one_without_a_field_names_its_line() {
    let project = with_new();
    project.edit("talenta.toml", |text| format!("{text}\n[limits]\nreport_seconds_max = 5\n"));
    let path = "report-templates/laporan-uji/document.typ";
    let sound = fs::read_to_string(project.path(path)).unwrap();
    let endless =
        "#{ for a in range(100000) { for b in range(100000) { for c in range(100000) { let d = a + b + c } } } }";
    project.write(path, format!("{sound}\n{endless}\n"));
    project.talenta(&["check"]).code(1).says("laporan-uji").says("stopped");
    project.talenta(&["report", "render", "laporan-uji"]).code(1).says("stopped").says("report_seconds_max");
    project.write(path, sound.replace("#kop(d)", "#kop(d)\n#d.isi.tidak_ada"));
    let ran = project.talenta(&["check"]).code(1);
    assert!(ran.err.contains("report-templates/laporan-uji/document.typ:6: "), "{}", ran.err);
    assert!(ran.err.contains("tidak_ada"), "{}", ran.err);
}

#[test]
fn every_reader_has_a_folder_and_a_report_is_for_the_one_named() {
    let project = with_new();
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        format!("{text}\n[[report]]\nname = \"laporan-uji\"\nto = [\"pimpinan\"]\n")
    });
    let out = project.outside("semua");
    let told = project.talenta(&[
        "report",
        "render",
        "laporan-uji",
        "--all",
        "--json",
        "--output",
        &out.display().to_string(),
    ]);
    let told = told.code(0).json();
    let folders: Vec<String> =
        fs::read_dir(&out).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    let readers = told.as_array().unwrap();
    assert!(readers.len() > 1 && folders.len() == readers.len(), "{folders:?}");
    let sekda = project.outside("sekda");
    project
        .talenta(&["report", "render", "laporan-uji", "--as", "sekda", "--output", &sekda.display().to_string()])
        .code(0);
    assert!(files(&sekda).contains_key("laporan-uji-2025-12.pdf"));
    project.talenta(&["report", "render", "laporan-uji", "--as", "sekdaa"]).code(1).says("sekda");
}

#[test]
fn rows_of_persons_go_to_those_whose_role_reads_them_and_the_others_get_the_rest() {
    let project = TestProject::copy_of(province());
    let seen = |reader: &str| {
        let folder = project.outside(reader);
        let output = folder.display().to_string();
        project.talenta(&["report", "render", "rencana-pengembangan", "--as", reader, "--output", &output]).code(0);
        files(&folder)
    };
    let (agency, leader) = (seen("bkd-6705"), seen("sekda"));
    assert!(agency.keys().any(|name| name.ends_with(".xlsx")) && agency.keys().any(|name| name.ends_with(".pdf")));
    assert!(leader.keys().all(|name| !name.ends_with(".xlsx")) && leader.keys().any(|name| name.ends_with(".pdf")));
    let document = String::from_utf8(leader["data.json"].clone()).unwrap();
    assert!(document.contains("\"ada\":{") && document.contains(":false"), "the lists are said not to be there");
}
