//! Reports read as their readers: the matrix, what `check` refuses, whose persons a report holds.

use crate::harness::{TestProject, province};
use crate::policy::{holds_no, strangers};
use std::fs;

/// A province whose job gives every report to the group it is for.
fn bursting() -> TestProject {
    let project = TestProject::copy_of(province());
    let readers = [
        ("ringkasan-gubernur", "pimpinan"),
        ("rapor-daerah", "kepala-daerah"),
        ("rencana-pengembangan", "kepegawaian"),
        ("telaah-integritas", "inspektorat"),
        ("kepatuhan", "kepatuhan"),
        ("tanda-terima-data", "pengirim"),
        ("keterbukaan", "publik"),
    ];
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        let lacking = readers.iter().filter(|(report, _)| !text.contains(&format!("\"{report}\"")));
        let sections =
            lacking.map(|(report, group)| format!("\n[[report]]\nname = \"{report}\"\nto = [\"{group}\"]\n"));
        format!("{text}{}", sections.collect::<String>())
    });
    project
}

#[test]
fn the_pieces_of_a_report_add_up_and_the_matrix_says_where_they_do_not() {
    let project = bursting();
    project.talenta(&["check"]).code(0);
    let matrix = project.talenta(&["report", "matrix", "--report", "rencana-pengembangan", "--json"]).code(0).json();
    let report = &matrix["reports"][0];
    let readers = report["readers"].as_array().unwrap();
    assert_eq!((matrix["adds_up"].clone(), readers.len()), (true.into(), 15));
    let sums = report["sums"].as_array().unwrap();
    let whole = |table: &str| sums.iter().find(|it| it["table"] == table).map(|it| it["whole"].as_u64().unwrap());
    assert!(whole("bagian_instansi").unwrap() > 15 && sums.iter().all(|it| it["whole"] == it["pieces"]), "{sums:?}");
    let said = project.talenta(&["report", "matrix"]).code(0);
    assert!(said.out.contains("each in exactly one piece of role kepegawaian"), "{}", said.out);
    assert!(said.out.contains("of role kepala") && said.out.contains("of role pengirim"), "{}", said.out);
    // One government's agency gets nothing, another's rows go to two.
    project.edit("recipients.toml", |text| {
        let at = text.find("address = \"bkd-6713@localhost\"").unwrap();
        let from = text[..at].rfind("[[recipient]]").unwrap();
        let to = text[at..].find("[[recipient]]").map_or(text.len(), |it| at + it);
        format!("{}{}", &text[..from], &text[to..])
    });
    project.edit("access.toml", |text| {
        text.replacen(
            "name = \"bkd-6702\"\nrole = \"kepegawaian\"\ninstansi = [\"6702\"]",
            "name = \"bkd-6702\"\nrole = \"kepegawaian\"\ninstansi = [\"6702\", \"6703\"]",
            1,
        )
    });
    let said = project.talenta(&["report", "matrix", "--report", "rencana-pengembangan"]).code(1);
    said.says("DOES NOT ADD UP bagian_instansi").says("nobody gets 6713").says("6703 goes to bkd-6702 and bkd-6703");
    project.talenta(&["report", "matrix", "--report", "rencana"]).code(1).says("no report `rencana`");
}

#[test]
fn a_report_that_a_reader_may_not_read_is_refused_before_it_runs() {
    let project = bursting();
    project.edit("pipelines/jobs/bulanan.toml", |text| {
        let at = text.find("name = \"telaah-integritas\"").unwrap();
        let (before, after) = text.split_at(at);
        format!("{before}{}", after.replacen("\"inspektorat\"", "\"kepala-daerah\"", 1))
    });
    let ran = project.talenta(&["check"]).code(1);
    ran.says("report-templates/telaah-integritas/report.toml: data.")
        .says("a reader of role `kepala` cannot run it")
        .says("unknown table `telaah_indikasi`");
}

#[test]
fn a_report_holds_the_persons_of_its_reader_alone() {
    let project = bursting();
    for (who, kode) in [("bkd-6701", "6701"), ("bkd-6705", "6705"), ("kepala-6702", "6702")] {
        let report = if who.starts_with("bkd") { "rencana-pengembangan" } else { "rapor-daerah" };
        let folder = project.outside(who);
        let target = folder.display().to_string();
        project.talenta(&["report", "render", report, "--as", who, "--output", &target]).code(0);
        let data = fs::read_to_string(folder.join("data.json")).unwrap();
        holds_no(&strangers(kode), &data, &format!("data of {report} for {who}"));
        let document: serde_json::Value = serde_json::from_str(&data).unwrap();
        let own: Vec<&str> = document["penerima"]["instansi"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["kode"].as_str().unwrap())
            .collect();
        assert_eq!(own, [kode]);
        let dates = document["rilis"]["data_per"].as_array().unwrap();
        assert!(!dates.is_empty() && dates.iter().all(|it| it["instansi_kode"] == kode), "{dates:?}");
    }
}
