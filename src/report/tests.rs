//! The report `ringkasan-gubernur` over its sample document, and templates broken on purpose.

use super::*;
use crate::model::report::AttachmentSpec;
use std::fs;
use std::path::Path;

const NAME: &str = "ringkasan-gubernur";

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
    let text = std::str::from_utf8(templates.get("ringkasan-gubernur/report.toml").unwrap()).unwrap();
    crate::config::report::report(NAME, "report-templates/ringkasan-gubernur/report.toml", text)
        .unwrap_or_else(|all| panic!("{}", all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn sample() -> Document {
    serde_json::from_slice(Templates::new(files()).get("ringkasan-gubernur/sample.json").unwrap()).unwrap()
}

fn rendered(document: &Document) -> Rendered {
    render(&spec(), &Templates::new(files()), document, &Supplies::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let (first, second) = (rendered(&sample()), rendered(&sample()));
    assert!(first == second);
    let starts: Vec<&[u8]> = first.files.iter().map(|it| &it.bytes[..2]).collect();
    assert_eq!(starts, [b"%P", b"PK"]);
    assert_eq!(first.inline.len(), 2, "the mail shows two charts, the page all of them");
    assert_eq!(first.files[0].name, "Ringkasan-Talenta-Kalteng-2025-12.pdf");
}

#[test]
fn the_mail_keeps_the_rules_of_mail() {
    let report = rendered(&sample());
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(report.subject, "Talenta Kalteng Des 2025: 33 dari 120 komitmen tertinggal");
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
        for figure in ["60,73", "272 PNS", "57,8\u{a0}%", "1.994", "62,5\u{a0}%", "‹5"] {
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

/// The document with every figure that may be withheld withheld.
fn withheld(mut document: Document) -> Document {
    fn withhold(row: &mut Value) {
        let Value::Object(row) = row else { return };
        if !row.keys().any(|key| key == "status" || key.ends_with("_status")) {
            return;
        }
        for (key, value) in row.iter_mut() {
            match value {
                Value::String(status) if key == "status" || key.ends_with("_status") => *status = "DISAMARKAN".into(),
                Value::Number(number) if number.is_f64() || key == "n" => *value = Value::Null,
                Value::Bool(truth) if key.contains("_di_") || key.ends_with("_terendah") => *truth = false,
                _ => {}
            }
        }
    }
    let earlier = document.sebelumnya.as_mut().map(|it| &mut it.data);
    for value in earlier.into_iter().chain([&mut document.data]).flat_map(|data| data.values_mut()) {
        match value {
            Value::Array(rows) => rows.iter_mut().for_each(withhold),
            row => withhold(row),
        }
    }
    document
}

#[test]
fn where_figures_are_withheld_nothing_is_said_to_be_absent() {
    let templates = Templates::new(files());
    for name in ["ringkasan-gubernur", "rapor-daerah", "kepatuhan", "keterbukaan", "rencana-pengembangan"] {
        let path = format!("{name}/report.toml");
        let text = std::str::from_utf8(templates.get(&path).unwrap()).unwrap();
        let spec = crate::config::report::report(name, &path, text).unwrap();
        let sample = serde_json::from_slice(templates.get(&format!("{name}/sample.json")).unwrap()).unwrap();
        let document = withheld(sample);
        let json = canonical(&document);
        let content = Content::compute(&spec, &templates, &document, &json, &Supplies::default());
        let content = content.unwrap_or_else(|error| panic!("{name}: {error}"));
        let told = content.whole(&json).get("isi").unwrap()["grafik"].clone();
        let mut claims = Vec::new();
        for chart in told.as_array().unwrap() {
            for key in ["judul", "alt"] {
                let said = chart[key].as_str().unwrap();
                let of_all = said.contains("Tidak ada daerah")
                    || said.contains("Semua PNS")
                    || said.contains("Tidak ada kekurangan");
                if of_all && !said.contains("sejauh dapat disebut") {
                    claims.push(said.to_string());
                }
            }
        }
        assert_eq!(claims, Vec::<String>::new(), "{name}");
        // And the whole of it can be drawn.
        render(&spec, &templates, &document, &Supplies::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_receipt_names_refused_files_first_and_an_empty_table_is_its_title() {
    let templates = Templates::new(files());
    let (name, path) = ("tanda-terima-data", "tanda-terima-data/report.toml");
    let text = std::str::from_utf8(templates.get(path).unwrap()).unwrap();
    let spec = crate::config::report::report(name, path, text).unwrap();
    let sample = templates.get("tanda-terima-data/sample.json").unwrap();
    let mut document: Document = serde_json::from_slice(sample).unwrap();
    document.data.get_mut("ringkas").unwrap()["n_berkas_ditolak"] = 2.into();
    document.data.insert("ditunggu".into(), Value::Array(vec![]));
    let report = render(&spec, &templates, &document, &Supplies::default()).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.subject.ends_with("2 berkas ditolak"), "{}", report.subject);
    assert!(
        report.text.contains("TIDAK ADA KIRIMAN YANG DITUNGGU ATAU TERLAMBAT\n\nTenggat menurut"),
        "{}",
        report.text
    );
    for heading in [">Tenggat</th>", ">Keadaan</th>"] {
        assert!(!report.html.contains(heading), "{heading}");
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
    province["n_tanpa_bukti"] = 0.into();
    document.data.get_mut("janji").unwrap()["n_tertinggal"] = 0.into();
    for row in document.data.get_mut("komitmen").unwrap().as_array_mut().unwrap() {
        row["tertinggal"] = 0.into();
    }
    document.sebelumnya = None;
    let report = rendered(&document);
    assert!(report.html.contains("Tidak ada yang perlu diputuskan bulan ini."));
    assert!(report.text.contains("Tidak ada yang perlu diputuskan bulan ini."));
    assert!(report.text.contains("Belum ada rilis bulan sebelumnya"));
    assert_eq!(report.subject, "Talenta Kalteng Des 2025: 57,8 % PNS memenuhi 20 JP");
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
            "jp_min" | "n_daerah" | "n_pemerintah" | "kategori_terendah" | "batas_terendah" | "sel_minimum"
        ) {
            *value = Value::Null;
        }
    }
    rendered(&document);
}

fn told(path: &str, text: &str) -> String {
    match render(&spec(), &with(path, text), &sample(), &Supplies::default()) {
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
    assert!(!shown.iter().any(|text| text.contains("Kapuas") || text.contains("0.577")));
}

/// The spec with its attachments and one query made to order.
fn attaching(kinds: &[(AttachmentKind, &str, &str)]) -> ReportSpec {
    let mut spec = spec();
    let made = |(kind, file, table): &(AttachmentKind, &str, &str)| AttachmentSpec {
        kind: *kind,
        when: "true".into(),
        file: (*file).into(),
        table: (*table).into(),
    };
    spec.attachments = kinds.iter().map(made).collect();
    spec
}

#[test]
fn a_page_stands_alone_and_a_csv_is_exact() {
    let page = "<!DOCTYPE html><html lang=\"id\"><body><h1>{{ laporan.judul }}</h1>{% for it in isi.grafik %}{{ gambar(it.nama) }}{% endfor %}</body></html>";
    let spec =
        attaching(&[(AttachmentKind::Page, "halaman.html", ""), (AttachmentKind::Csv, "data.csv", "pemerintah")]);
    let mut document = sample();
    let rows = document.data.get_mut("pemerintah").unwrap().as_array_mut().unwrap();
    rows[0]["nama"] = "=SUM(A1)".into();
    let hidden = rows.iter_mut().find(|row| row["jp_status"] == "DISAMARKAN").unwrap();
    hidden["bagian"] = 0.123_456.into();
    let report = render(&spec, &with("ringkasan-gubernur/page.html", page), &document, &Supplies::default()).unwrap();
    assert_eq!(report.files.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["halaman.html", "data.csv"]);
    let page = std::str::from_utf8(&report.files[0].bytes).unwrap();
    assert_eq!(page.matches("<svg role=\"img\" aria-label=\"Gambar titik: ").count(), 2, "{page}");
    assert!(!page.contains("<script") && !page.contains("href=") && !page.contains("cid:"));
    let csv = std::str::from_utf8(&report.files[1].bytes).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("kode,nama,n_pns,") && lines[0].ends_with(",jp_status,ip_status,cakupan_status"));
    assert_eq!(lines.len(), 16);
    assert!(csv.contains(",'=SUM(A1),") && csv.contains(",DISAMARKAN") && !csv.contains("0.123456"));
}

#[test]
fn what_a_reader_may_not_see_is_not_there_and_no_gap_is_left() {
    let kinds = [(AttachmentKind::Xlsx, "orang.xlsx", ""), (AttachmentKind::Csv, "data.csv", "pemerintah")];
    let mut spec = attaching(&kinds);
    spec.attachments[0].when = "ada.pemerintah".into();
    spec.charts.clear();
    spec.tables[0].shown = true;
    let mut document = sample();
    for (may, files) in [(true, vec!["orang.xlsx", "data.csv"]), (false, vec![])] {
        document.ada.insert("pemerintah".into(), may);
        let report = render(&spec, &Templates::new(self::files()), &document, &Supplies::default()).unwrap();
        assert_eq!(report.files.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), files);
        assert_eq!(report.html.contains("Angka setiap pemerintah daerah"), may);
    }
}

#[test]
fn receipts_are_enclosed_as_they_are() {
    let spec = attaching(&[(AttachmentKind::Receipts, "", "")]);
    let supplies = Supplies { receipts: vec![("Data Pegawai (1).csv-01ab.xlsx".into(), b"PK\x03".to_vec())] };
    let report = render(&spec, &Templates::new(files()), &sample(), &supplies).unwrap();
    assert_eq!(report.files[0].name, "Data-Pegawai--1-.csv-01ab.xlsx");
    assert_eq!(report.files[0].bytes, b"PK\x03");
}

#[test]
fn a_pdf_of_fifteen_hundred_rows_stays_small() {
    let mut spec = spec();
    spec.attachments.retain(|it| it.kind == AttachmentKind::Pdf);
    let table = spec.tables[0].clone();
    let mut document = sample();
    let rows = document.data.get_mut(&table.data).unwrap().as_array_mut().unwrap();
    let few = rows.clone();
    // Only the table grows: a chart of so many rows would be none.
    spec.charts.clear();
    rows.extend(few.iter().cycle().take(1500 - few.len()).cloned().collect::<Vec<_>>());
    let main = format!("{NAME}/document.typ");
    let plain = "#import \"/shared/talenta.typ\": *\n#let d = json(\"/data.json\")\n#show: laporan.with(d)\n\
                 #kepala(d)\n#for it in d.isi.tabel { tabel(it) }\n";
    let report = render(&spec, &with(&main, plain), &document, &Supplies::default()).unwrap();
    let bytes = report.files[0].bytes.len();
    assert!(bytes <= 400_000, "{bytes} bytes");
}

/// Every report of the house over its sample: the rules of mail hold, and a page for the public fetches nothing.
#[test]
fn every_report_renders_its_sample() {
    let templates = Templates::new(files());
    let raw = regex::Regex::new(r"\d\.\d{4,}|\bnone\b|\bNone\b|\bundefined\b|\bNaN\b").unwrap();
    let tags = regex::Regex::new(r"(?s)<style>.*?</style>|<[^>]*>").unwrap();
    let mut seen = Vec::new();
    for (path, text) in files().iter().filter(|(path, _)| path.ends_with("/report.toml")) {
        let name = path.split('/').next().unwrap();
        let spec = crate::config::report::report(name, path, std::str::from_utf8(text).unwrap()).unwrap();
        let sample = templates.get(&format!("{name}/sample.json")).unwrap();
        let document: Document = serde_json::from_slice(sample).unwrap();
        let report =
            render(&spec, &templates, &document, &Supplies::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(report.warnings, Vec::<String>::new(), "{name}");
        assert!(report.html.contains("<html lang=\"id\"") && !report.html.contains("<script"), "{name}");
        for line in report.text.lines() {
            assert!(line.chars().count() <= 78, "{name}: {line}");
        }
        for text in [&tags.replace_all(&report.html, " ").into_owned(), &report.text] {
            assert_eq!(raw.find(text).map(|it| it.as_str()), None, "{name}");
        }
        for page in report.files.iter().filter(|it| it.kind == AttachmentKind::Page) {
            let page = std::str::from_utf8(&page.bytes).unwrap();
            for outside in ["http:", "https:", "//", "<script", "url(", "@import", "cid:"] {
                let own = page.replace("http://www.w3.org/2000/svg", "");
                assert!(!own.contains(outside), "{name}: {outside}");
            }
            assert!(page.contains("<caption>") && page.contains("scope=\"row\"") && page.contains("aria-label=\""));
        }
        seen.push(name.to_string());
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}
