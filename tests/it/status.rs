//! `talenta status`: latest release, last runs, what arrived and what did not.

use crate::harness::{TestProject, province};

#[test]
fn a_new_project_has_nothing_and_says_what_to_run() {
    let project = TestProject::new();
    let ran = project.talenta(&["status"]).code(0).says("no release yet: `talenta run bulanan`").says("outbox: empty");
    assert!(ran.out.contains("0 tables delivered in all, 0 refused"), "{}", ran.out);
    let json = project.talenta(&["status", "--json"]).code(0).json();
    assert!(json["release"].is_null() && json["writer"].is_null(), "{json}");
}

#[test]
fn the_release_its_run_and_what_is_missing() {
    let project = TestProject::copy_of(province());
    let text = project.talenta(&["status"]).code(0).out;
    for part in
        ["release 1 of 2025-12, published ", " WIB by job `bulanan`", "run 1 bulanan of 2025-12 began ", ": SELESAI"]
    {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    let json = project.talenta(&["status", "--json"]).code(0).json();
    assert_eq!(json["release"]["nomor"], 1);
    assert_eq!((&json["runs"][0]["job"], &json["runs"][0]["release"]), (&"bulanan".into(), &1.into()));
    assert!(json["deliveries"].as_u64() > Some(100), "{json}");
    // Deliveries are of months long past: for the last full month every government owes everything.
    let contracts = project.talenta(&["check", "--json"]).code(0).json()["contracts"].as_u64().unwrap();
    let missing = json["missing"].as_array().unwrap();
    assert_eq!(missing.len(), 15);
    assert!(missing.iter().all(|it| it["dataset"].as_array().unwrap().len() as u64 == contracts), "{missing:?}");
}

#[test]
fn what_has_come_for_the_last_full_month_is_not_missing() {
    let project = TestProject::new();
    let month = project.talenta(&["status", "--json"]).code(0).json()["periode"].as_str().unwrap().to_string();
    project.run(&["sample", &project.root().display().to_string(), "--employees", "150", "--period", &month]).code(0);
    // One government sends nothing.
    let kept = std::fs::read_dir(project.path("inbox")).unwrap().map(|it| it.unwrap().path()).min().unwrap();
    std::fs::remove_dir_all(&kept).unwrap();
    project.talenta(&["ingest", &project.path("inbox").display().to_string()]);
    let json = project.talenta(&["status", "--json"]).code(0).json();
    let missing = json["missing"].as_array().unwrap();
    let lacks =
        |dataset: &str| missing.iter().filter(|it| it["dataset"].as_array().unwrap().contains(&dataset.into())).count();
    // Not `pegawai`: a small government may send the very same bytes for two months, and those count once.
    assert_eq!(lacks("unor"), 1, "{missing:?}");
    let text = project.talenta(&["status"]).code(0).out;
    assert!(text.contains(&format!("nothing in force for {month}:")), "{text}");
    assert!(text.contains("Provinsi Kalimantan Tengah: every dataset"), "{text}");
}
