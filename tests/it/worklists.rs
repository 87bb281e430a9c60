//! The reports of those who act on lists: who gets persons, who gets figures, who is refused, and what is expected by when.

use crate::harness::{TestProject, province};
use crate::report::{ending, files, people, rows, sheets};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The files of a report as one reader gets them.
#[track_caller]
fn drawn(project: &TestProject, report: &str, who: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = project.outside(&format!("{report}-{who}"));
    let to = folder.display().to_string();
    project.talenta(&["report", "render", report, "--as", &format!("{who}@localhost"), "--output", &to]).code(0);
    files(&folder)
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap().replace('\u{a0}', " ")
}

/// A number a query gives.
#[track_caller]
fn count(project: &TestProject, query: &str) -> usize {
    project.sql(query)[1].parse().unwrap()
}

#[test]
fn the_review_list_is_for_the_case_handler_alone() {
    let project = TestProject::copy_of(province());
    let persons = people(&project);
    for who in ["sekda", "bkd-6700", "pengirim-6700"] {
        let to = project.outside(who).display().to_string();
        let address = format!("{who}@localhost");
        let refused = project.talenta(&["report", "render", "telaah-integritas", "--as", &address, "--output", &to]);
        let refused = refused.code(1).says("unknown table");
        let said = format!("{}{}", refused.out, refused.err);
        assert!(persons.iter().all(|person| !said.contains(person)), "a person stands in the refusal");
        assert!(!project.outside(who).exists(), "{who} got files");
    }
    let files = drawn(&project, "telaah-integritas", "inspektorat");
    let sheets = sheets(ending(&files, ".xlsx"));
    let list = "select count(*) from telaah_indikasi where periode = '2025-12'";
    let queue = "select count(*) from antrean_deklarasi where periode = '2025-12'";
    assert_eq!(rows(&sheets["daftar"]).len(), count(&project, list));
    let asked = rows(&sheets["antrean"]);
    assert_eq!(asked.len(), count(&project, queue));
    assert!(!asked.is_empty(), "nobody in the sample has kin");
    // Kin alone asks for a declaration and is on no list of cases.
    let alone = project.sql(
        "select a.nip, a.nip_kerabat from antrean_deklarasi a join telaah_indikasi t \
         on t.periode = a.periode and t.nip = a.nip and t.nip_lain = a.nip_kerabat \
         where a.periode = '2025-12' and a.alasan = 'DATA_KELUARGA' and t.indikator in ('N01', 'N03', 'N04')",
    );
    assert_eq!(alone.len(), 1, "{alone:?}");
    let mail = text(&files, "surel.txt");
    assert!(mail.contains("Indikasi bukan temuan") && mail.contains("Bila satu dari 250 keputusan"), "{mail}");
    for word in ["pelaku", "nepotis", "dugaan", "pelanggaran"] {
        let all = [mail.clone(), text(&files, "surel.html")];
        assert!(all.iter().all(|it| !it.to_lowercase().contains(word)), "{word}");
    }
}

#[test]
fn persons_stand_in_workbooks_of_those_who_may_read_them_and_in_no_mail() {
    let project = TestProject::copy_of(province());
    let persons = people(&project);
    let plan = drawn(&project, "rencana-pengembangan", "bkd-6700");
    let readers = [
        ("rencana-pengembangan", plan.clone()),
        ("telaah-integritas", drawn(&project, "telaah-integritas", "inspektorat")),
        ("kepatuhan", drawn(&project, "kepatuhan", "inspektorat")),
        ("tanda-terima-data", drawn(&project, "tanda-terima-data", "pengirim-6700")),
    ];
    for (report, files) in &readers {
        for body in ["surel.html", "surel.txt"] {
            let body = text(files, body);
            assert!(persons.iter().all(|person| !body.contains(person)), "a person stands in the mail of {report}");
        }
    }
    let own: BTreeSet<String> = project
        .sql("select distinct nip from pegawai where instansi_kode = '6700' and periode = '2025-12'")
        .into_iter()
        .skip(1)
        .collect();
    let listed = rows(&sheets(ending(&plan, ".xlsx"))["perorangan"]);
    assert!(listed.len() > 5, "{} rows", listed.len());
    for row in &listed {
        assert!(own.contains(&row["NIP"].to_string()), "a person of another government");
    }
}

#[test]
fn a_reader_without_personal_rows_gets_the_plan_without_the_list() {
    let project = TestProject::copy_of(province());
    let files = drawn(&project, "rencana-pengembangan", "kepala-6700");
    assert!(files.keys().all(|name| !name.ends_with(".xlsx")), "{:?}", files.keys());
    let mail = text(&files, "surel.txt");
    assert!(mail.contains("Daftar perorangan tidak disertakan"), "{mail}");
    assert!(mail.contains("Rencana pengembangan".to_uppercase().as_str()), "{mail}");
}

#[test]
fn a_sender_gets_its_own_receipts_and_no_other() {
    let project = TestProject::copy_of(province());
    let books = |kode: &str| -> BTreeSet<String> {
        let folder = project.path(&format!("tanda-terima/{kode}/2025-12"));
        files(&folder).into_keys().filter(|name| name.ends_with(".xlsx")).collect()
    };
    let (own, other) = (books("6701"), books("6702"));
    let files = drawn(&project, "tanda-terima-data", "pengirim-6701");
    let sent: BTreeSet<String> = files.keys().filter(|name| name.ends_with(".xlsx")).cloned().collect();
    assert!(!sent.is_empty() && sent.len() <= own.len(), "{sent:?}");
    for name in &sent {
        let book = own.iter().find(|it| it.replace([' ', '(', ')'], "-") == *name);
        let book = book.unwrap_or_else(|| panic!("{name} is not among {own:?}"));
        let kept = fs::read(project.path(&format!("tanda-terima/6701/2025-12/{book}"))).unwrap();
        assert!(files[name] == kept, "{name} is another workbook");
    }
    assert!(other.iter().all(|name| !sent.contains(name)));
    let mail = text(&files, "surel.txt");
    let counts = project.sql(
        "select sum(baris_dibaca), sum(baris_ditolak) from penerimaan_berkas \
         where instansi_kode = '6701' and periode = '2025-12'",
    );
    let numbers: Vec<&str> = counts[1].split(',').collect();
    let read = numbers[0].chars().rev().collect::<Vec<_>>();
    let read: String = read.chunks(3).map(|it| it.iter().collect::<String>()).collect::<Vec<_>>().join(".");
    assert!(mail.contains(&read.chars().rev().collect::<String>()), "{counts:?}\n{mail}");
    assert!(!mail.contains("Barito Utara"), "another government stands in the mail");
}

#[test]
fn a_report_that_reads_of_kin_must_say_so() {
    let project = TestProject::new();
    let query = "[[data]]\nname = \"diam\"\nsql = \"select count(*) as n from n01 where nip is not null and periode = periode_acuan()\"\n\n[[decision]]\n";
    project.edit("report-templates/kepatuhan/report.toml", |text| text.replacen("[[decision]]\n", query, 1));
    let refused = project.talenta(&["check"]).code(1);
    for column in ["nip", "periode"] {
        let told = format!("reads `n01.{column}`, which is for the case handler only (H1)");
        assert!(refused.err.contains(&told), "{}", refused.err);
    }
    project.edit("report-templates/kepatuhan/report.toml", |text| {
        text.replace("from n01 where nip is not null and", "from indikasi_instansi where")
    });
    let checked = project.talenta(&["check"]);
    assert!(!checked.err.contains("case handler"), "{}", checked.err);
}

#[test]
fn a_due_day_on_a_holiday_moves_to_the_next_working_day() {
    let project = TestProject::new();
    // 25 and 26 December 2025 are holidays, a Thursday and a Friday; the 29th is the Monday after.
    project.edit("queries/rules/kalender_kiriman.csv", |text| {
        let own = text.lines().find(|it| it.starts_with("SEMUA,pegawai,")).unwrap();
        let own = own.replacen("SEMUA,", "6700,", 1).replacen(",1,8,1,", ",1,25,1,", 1);
        format!("{text}{own}\n")
    });
    let tables = project.outside("tabel");
    fs::create_dir_all(&tables).unwrap();
    fs::write(tables.join("pegawai.csv"), "instansi_kode,nip\n6700,A\n").unwrap();
    fs::write(
        tables.join("berkas.csv"),
        "sha256,nama_asal,instansi_kode,dataset,periode,berlaku,status,diterima_pada,dimuat_pada\n\
         a,a,6700,pegawai,2025-11,true,DITERIMA,2025-12-29T03:00:00Z,2026-01-10T00:00:00Z\n\
         b,b,6701,pegawai,2025-11,true,DITERIMA,2025-12-29T03:00:00Z,2026-01-10T00:00:00Z\n",
    )
    .unwrap();
    let out = project.outside("hasil");
    let (from, to) = (tables.display().to_string(), out.display().to_string());
    project.talenta(&["marts", "--tables", &from, "--period", "2025-11", "--output", &to]).code(0);
    let mart = fs::read_to_string(out.join("kepatuhan_kiriman.csv")).unwrap();
    let row = |kode: &str| mart.lines().find(|it| it.starts_with(&format!("{kode},pegawai,"))).unwrap().to_string();
    assert!(row("6700").contains(",2025-11,2025-12-29,2025-12-29,,2025-11,TEPAT,"), "{}", row("6700"));
    assert!(row("6701").contains(",2025-11,2025-12-08,2025-12-29,21,2025-11,TERLAMBAT,"), "{}", row("6701"));
}
