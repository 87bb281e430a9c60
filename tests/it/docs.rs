//! The catalogue: every table has a page, every link leads somewhere, nothing is fetched, and no figure of a person rests on a protected trait.

use crate::harness::TestProject;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn every_table_has_a_page_and_every_link_leads_to_one() {
    let project = TestProject::new();
    project.talenta(&["docs"]).code(0);
    let folder = project.path("katalog");
    let pages: BTreeSet<String> =
        fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    for page in [
        "index.html",
        "graf.html",
        "keluarga-merit.html",
        "tabel-pegawai.html",
        "tabel-m01.html",
        "tabel-parameter.html",
    ] {
        assert!(pages.contains(page), "{page} of {pages:?}");
    }
    for page in &pages {
        let html = fs::read_to_string(folder.join(page)).unwrap();
        assert!(
            !html.contains("http://") && !html.contains("https://") && !html.contains("<script"),
            "{page} fetches something"
        );
        for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            assert!(pages.contains(file), "{page} links to {link}");
            let target = fs::read_to_string(folder.join(file)).unwrap();
            assert!(anchor.is_empty() || target.contains(&format!("id=\"{anchor}\"")), "{page} links to {link}");
        }
    }
    let m01 = fs::read_to_string(folder.join("tabel-m01.html")).unwrap();
    for said in ["TANPA_BUKTI", "promosi.hari_setahun", "<svg", "lencana", "SELECT"] {
        assert!(m01.contains(said), "{said}");
    }
    // The same project gives the same bytes.
    project.talenta(&["docs", "--output", project.path("lagi").to_str().unwrap()]).code(0);
    for page in &pages {
        assert_eq!(fs::read(folder.join(page)).unwrap(), fs::read(project.path("lagi").join(page)).unwrap(), "{page}");
    }
}

#[test]
fn every_mart_belongs_to_an_indicator_or_presents_one() {
    let project = TestProject::new();
    let meaning = fs::read_to_string(project.path("queries/indikator.toml")).unwrap();
    let presenting = ["penyajian", "kepatuhan", "penerimaan", "laporan"];
    let mut missing = Vec::new();
    for theme in fs::read_dir(project.path("queries/marts")).unwrap().map(|it| it.unwrap().path()) {
        if presenting.iter().any(|it| theme.ends_with(it)) {
            continue;
        }
        for mart in fs::read_dir(&theme).unwrap().map(|it| it.unwrap().path()) {
            let name = mart.file_stem().unwrap().to_str().unwrap().to_string();
            if !meaning.contains(&format!("\"{name}\"")) {
                missing.push(name);
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    let pages = meaning.lines().filter_map(|line| line.strip_prefix("page = \"")?.strip_suffix('"'));
    for page in pages {
        assert!(
            fs::metadata(format!("{}/docs/panduan/{page}", env!("CARGO_MANIFEST_DIR"))).is_ok(),
            "docs/panduan/{page}"
        );
    }
}

#[test]
fn sex_and_age_never_reach_a_persons_figure() {
    let project = TestProject::new();
    assert!(project.talenta(&["check"]).code(0).out.contains("no problems"));
    let path = project.path("queries/marts/profesionalitas/ip_asn.sql");
    let sql = fs::read_to_string(&path).unwrap();
    // A filter is enough: whoever it leaves out has no figure.
    let unfair = sql.replacen("WHERE p.aktif", "WHERE p.jenis_kelamin = 'L' AND p.aktif", 1);
    assert_ne!(sql, unfair);
    fs::write(&path, unfair).unwrap();
    let said = project.talenta(&["check"]).code(1).err;
    assert!(said.contains("rests on `pegawai.jenis_kelamin`, which may not decide a person's figure"), "{said}");
    fs::write(&path, sql).unwrap();
    let meaning = project.path("queries/indikator.toml");
    let text = fs::read_to_string(&meaning).unwrap();
    fs::write(&meaning, text.replacen("columns = [\"usia\", \"hasil\"]", "columns = [\"usia\"]", 1)).unwrap();
    let said = project.talenta(&["check"]).code(1).err;
    assert!(said.contains("m01.sql: hasil: rests on `pegawai.tanggal_lahir`"), "{said}");
}
