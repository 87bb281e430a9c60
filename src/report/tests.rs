//! The report `ringkasan-provinsi` over its sample document, and templates broken on purpose.

use super::*;
use std::fs;
use std::path::Path;

const NAME: &str = "ringkasan-provinsi";

fn read(dir: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), found);
        } else {
            found.push((name, fs::read(&path).unwrap()));
        }
    }
}

fn files() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates"), "", &mut found);
    found
}

fn with(path: &str, text: &str) -> Templates {
    let mut all = files();
    all.retain(|(name, _)| name != path);
    all.push((path.to_string(), text.as_bytes().to_vec()));
    Templates::new(all)
}

fn spec() -> ReportSpec {
    let templates = Templates::new(files());
    let text = std::str::from_utf8(templates.get("ringkasan-provinsi/report.toml").unwrap()).unwrap();
    crate::config::report::report(NAME, "report-templates/ringkasan-provinsi/report.toml", text)
        .unwrap_or_else(|all| panic!("{}", all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn sample() -> Document {
    serde_json::from_slice(Templates::new(files()).get("ringkasan-provinsi/sample.json").unwrap()).unwrap()
}

fn rendered(document: &Document) -> Rendered {
    render(&spec(), &Templates::new(files()), document).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let (first, second) = (rendered(&sample()), rendered(&sample()));
    assert!(first == second);
    assert!(first.pdf.starts_with(b"%PDF-") && first.xlsx.starts_with(b"PK"));
    assert_eq!(first.inline.len(), 2, "both charts are shown in the mail");
    assert_eq!(first.pdf_name, "Ringkasan-Talenta-Kalteng-2025-12.pdf");
}

#[test]
fn the_mail_keeps_the_rules_of_mail() {
    let report = rendered(&sample());
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(report.subject, "Talenta Kalteng Des 2025: 3 dari 14 daerah tertinggal dalam 20 JP");
    assert!(report.html.contains("<html lang=\"id\""));
    for forbidden in ["<script", "http://", "https://", "data:image", "<form", "<iframe"] {
        let html = report.html.replace("http://www.w3.org/1999/xhtml", "");
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(report.text.lines().all(|line| line.chars().count() <= 78), "{}", report.text);
    // The twin says what the HTML says, and neither prints a value as a machine would.
    let raw = regex::Regex::new(r"\d\.\d{4,}|\bnone\b|\bNone\b|\btrue\b|\bTrue\b|\bundefined\b|\bnan\b").unwrap();
    let tags = regex::Regex::new(r"(?s)<style>.*?</style>|<[^>]*>").unwrap();
    for text in [&tags.replace_all(&report.html, " ").into_owned(), &report.text] {
        for figure in ["61,28", "5.806", "56,8\u{a0}%", "47.204", "64,2", "‹5"] {
            assert!(text.contains(figure), "{figure}");
        }
        assert_eq!(raw.find(text).map(|it| it.as_str()), None);
    }
}

#[test]
fn a_suppressed_row_shows_no_figure_even_if_the_document_holds_one() {
    let mut document = sample();
    let rows = document.data.get_mut("pemerintah").unwrap().as_array_mut().unwrap();
    let row = rows.iter_mut().find(|row| row["jp_status"] == "DISAMARKAN").unwrap();
    row["n_pns"] = 98_765.into();
    row["bagian"] = 0.12345.into();
    let report = rendered(&document);
    assert!(report.text.contains("‹5"));
    for text in [&report.html, &report.text] {
        assert!(!text.contains("98.765") && !text.contains("12,3"));
    }
}

#[test]
fn nothing_to_decide_is_said() {
    let mut document = sample();
    for row in document.data.get_mut("pemerintah").unwrap().as_array_mut().unwrap() {
        row["jp_di_bawah"] = false.into();
        row["jp_status"] = "ADA".into();
    }
    let province = document.data.get_mut("provinsi").unwrap();
    province["n_belum_dinilai"] = 0.into();
    province["n_pppk_lewat"] = 0.into();
    document.sebelumnya = None;
    let report = rendered(&document);
    assert!(report.html.contains("Tidak ada yang perlu diputuskan bulan ini."));
    assert!(report.text.contains("Tidak ada yang perlu diputuskan bulan ini."));
    assert!(report.text.contains("Belum ada rilis bulan sebelumnya"));
    assert_eq!(report.subject, "Talenta Kalteng Des 2025: 56,8 % PNS memenuhi 20 JP");
}

#[test]
fn a_province_without_figures_still_renders() {
    let mut document = sample();
    for row in document.data.get_mut("pemerintah").unwrap().as_array_mut().unwrap() {
        let row = row.as_object_mut().unwrap();
        for (key, value) in row.iter_mut() {
            match key.as_str() {
                "kode" | "nama" => {}
                "jp_status" | "ip_status" => *value = "TIDAK_ADA".into(),
                "jp_di_bawah" | "ip_terendah" => *value = false.into(),
                _ => *value = Value::Null,
            }
        }
    }
    for (key, value) in document.data.get_mut("provinsi").unwrap().as_object_mut().unwrap() {
        if !matches!(
            key.as_str(),
            "jp_min" | "jp_maks" | "n_daerah" | "kategori_terendah" | "batas_terendah" | "sel_minimum"
        ) {
            *value = Value::Null;
        }
    }
    rendered(&document);
}

fn told(path: &str, text: &str) -> String {
    match render(&spec(), &with(path, text), &sample()) {
        Ok(_) => panic!("the broken template rendered"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_broken_template_says_where_and_shows_no_value() {
    let cases = [
        ("mail.html", "<p>\n{{ data.provinsi.bagain }}</p>"),
        ("mail.html", "<p>{{ data.provinsi.bagian }}</p>"),
        ("mail.html", "<p>\n\n{% if %}</p>"),
        ("mail.txt", "{{ data.pemerintah[0].nama | bulat }}"),
        ("mail.txt", "{{ kop.unit | bulta }}"),
        ("mail.txt", "{% for i in range(9000000) %}{{ i }}{% endfor %}"),
        ("document.typ", "#let d = json(\"/data.json\")\n\n#d.data.provinsi.bagain"),
        ("document.typ", "#set text(font: \"Arial\")\nhalo"),
        ("document.typ", "#let d = json(\"/data.json\")\n#panic(d.data.pemerintah.at(1).nama)"),
        ("document.typ", "#read(\"/etc/passwd\")"),
        ("document.typ", "#import \"@preview/cetz:0.3.0\": *"),
        ("document.typ", "#datetime.today().display()"),
    ];
    let shown: Vec<String> = cases.iter().map(|(file, text)| told(&format!("{NAME}/{file}"), text)).collect();
    insta::assert_snapshot!(shown.join("\n\n"));
    assert!(!shown.iter().any(|text| text.contains("Kapuas") || text.contains("0.568")));
}
