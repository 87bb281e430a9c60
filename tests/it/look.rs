//! Reports as the programs of their readers show them: mail in a browser at two widths and on two screens, pages of the PDF, the workbook in
//! LibreOffice cell by cell. Slow, and left out where such a program is not installed.

use crate::harness::{TestProject, province, slow};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use talenta::config;
use talenta::model::report::{AttachmentKind, ColumnSpec, Format, ReportSpec};

/// Who reads a report that the job of the shared province gives to nobody.
const READERS: [(&str, &str); 5] = [
    ("keterbukaan", "publik"),
    ("rapor-daerah", "kepala-6705"),
    ("rencana-pengembangan", "bkd-6705"),
    ("tanda-terima-data", "pengirim-6705"),
    ("telaah-integritas", "inspektorat"),
];

/// A report previewed for its first reader.
struct Preview {
    spec: ReportSpec,
    folder: PathBuf,
}

/// The program of this name; nothing, and a line that says so, where it is not installed.
fn program(names: &[&str], what: &str) -> Option<String> {
    let found =
        names.iter().find(|name| Command::new(name).arg("--version").output().is_ok_and(|it| it.status.success()));
    if found.is_none() {
        eprintln!("{} is not installed: {what} is left out", names[0]);
    }
    found.map(ToString::to_string)
}

/// Every report, for the first of its readers.
fn previews() -> &'static [Preview] {
    static PREVIEWS: OnceLock<(TestProject, Vec<Preview>)> = OnceLock::new();
    let (_, previews) = PREVIEWS.get_or_init(|| {
        let project = TestProject::copy_of(province());
        let people = fs::read_to_string(project.path("recipients.toml")).unwrap();
        let people = config::job::recipients("recipients.toml", &people).unwrap();
        let listed = project.talenta(&["report", "list", "--json"]).code(0).json();
        let mut previews = Vec::new();
        for it in listed.as_array().unwrap() {
            let (name, to) = (it["report"].as_str().unwrap(), it["to"].as_array().unwrap());
            let first =
                people.iter().find(|it| it.groups.iter().any(|group| to.contains(&Value::from(group.as_str()))));
            let usual = READERS.iter().find(|(report, _)| *report == name).map(|(_, reader)| *reader);
            let reader = first.map(|it| it.address.as_str()).or(usual).unwrap_or("sekda");
            let folder = project.outside(&format!("pratinjau-{name}"));
            let output = folder.display().to_string();
            project.talenta(&["report", "preview", name, "--as", reader, "--output", &output]).code(0);
            let file = format!("report-templates/{name}/report.toml");
            let text = fs::read_to_string(project.path(&file)).unwrap();
            previews.push(Preview { spec: config::report::report(name, &file, &text).unwrap(), folder });
        }
        assert!(!previews.is_empty());
        (project, previews)
    });
    previews
}

/// Sent by each frame to the page around it: what a person would notice.
const MEASURE: &str = "<script>addEventListener('load', () => {
    const page = document.documentElement, out = [];
    for (const it of document.body.querySelectorAll('*')) {
        const box = it.getBoundingClientRect();
        const scrolls = it.closest('.gulir');
        if (box.width > 0 && box.right > innerWidth + 1 && !scrolls) out.push(it.tagName + '.' + it.className);
    }
    const images = [...document.images];
    const small = [...document.querySelectorAll('p,td,th,li,h1,h2')].filter(it => it.innerText.trim() && parseFloat(getComputedStyle(it).fontSize) < 14);
    parent.postMessage({
        name: new URLSearchParams(location.search).get('n'),
        wide: page.scrollWidth, have: innerWidth, out: out.slice(0, 5),
        images: images.length, broken: images.filter(it => !it.complete || it.naturalWidth === 0 || !it.alt).length,
        small: small.length, height: page.scrollHeight,
        ground: getComputedStyle(document.body).backgroundColor
    }, '*');
});</script>";

/// What the browser found in each frame of a preview.
fn measured(browser: &str, preview: &Preview) -> BTreeMap<String, Value> {
    let mut page = String::from(
        "<!DOCTYPE html><body><script>const seen = {}; addEventListener('message', it => {
            seen[it.data.name] = it.data; document.body.setAttribute('data-seen', JSON.stringify(seen)); });</script>",
    );
    for screen in ["terang", "gelap"] {
        let html = fs::read_to_string(preview.folder.join(format!("surel-{screen}.html"))).unwrap();
        fs::write(
            preview.folder.join(format!("ukur-{screen}.html")),
            html.replace("</body>", &format!("{MEASURE}</body>")),
        )
        .unwrap();
        for width in [360, 800] {
            page.push_str(&format!(
                "<iframe width={width} height=900 src=\"ukur-{screen}.html?n={screen}-{width}\"></iframe>"
            ));
        }
    }
    let file = preview.folder.join("ukur.html");
    fs::write(&file, page).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let ran = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=2600,2200",
            "--virtual-time-budget=10000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&ran.stdout).into_owned();
    let seen = dom.split("data-seen=\"").nth(1).and_then(|it| it.split('"').next());
    let seen = seen.unwrap_or_else(|| panic!("nothing was measured: {}", String::from_utf8_lossy(&ran.stderr)));
    serde_json::from_str(&seen.replace("&quot;", "\"").replace("&amp;", "&")).unwrap()
}

/// Sum of the colour's parts, of 765.
fn brightness(colour: &str) -> u32 {
    let digits = colour.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse::<u32>().ok());
    digits.take(3).sum()
}

#[test]
fn mail_fits_a_phone_and_a_desk_by_day_and_by_night() {
    if !slow("mail in a browser") {
        return;
    }
    let Some(browser) = program(&["chromium", "chromium-browser", "google-chrome"], "mail in a browser") else {
        return;
    };
    for preview in previews() {
        let seen = measured(&browser, preview);
        assert_eq!(seen.len(), 4, "{}: {seen:?}", preview.spec.name);
        for (frame, it) in &seen {
            let told = format!("{} {frame}: {it}", preview.spec.name);
            assert!(it["wide"].as_u64() <= it["have"].as_u64(), "the page is wider than the screen: {told}");
            assert_eq!(it["out"].as_array().unwrap().len(), 0, "something stands outside: {told}");
            assert_eq!(it["broken"], 0, "a picture is missing or has no words: {told}");
            assert_eq!(it["small"], 0, "type below 14 px: {told}");
            assert!(it["height"].as_u64().unwrap() > 600, "{told}");
            let bright = brightness(it["ground"].as_str().unwrap());
            assert!(if frame.starts_with("gelap") { bright < 200 } else { bright > 600 }, "{told}");
        }
    }
}

#[test]
fn every_page_of_a_pdf_can_be_drawn_and_read() {
    if !slow("pages of a PDF") {
        return;
    }
    let Some(draw) = program(&["pdftoppm"], "pages of a PDF") else { return };
    for preview in previews() {
        let pdf = fs::read_dir(&preview.folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .find(|it| it.extension().is_some_and(|it| it == "pdf"));
        let Some(pdf) = pdf else {
            assert!(preview.spec.attachments.iter().all(|it| it.kind != AttachmentKind::Pdf));
            continue;
        };
        let text = Command::new("pdftotext").args(["-layout"]).arg(&pdf).arg("-").output().unwrap();
        let text = String::from_utf8(text.stdout).unwrap();
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        assert!(
            text.contains("Yang perlu diputuskan") || text.contains("Yang tidak dapat dikatakan"),
            "{}",
            preview.spec.name
        );
        let drawn = preview.folder.join("halaman");
        assert!(Command::new(&draw).args(["-r", "50", "-gray"]).arg(&pdf).arg(&drawn).status().unwrap().success());
        let images: Vec<PathBuf> = fs::read_dir(&preview.folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .filter(|it| it.extension().is_some_and(|it| it == "pgm"))
            .collect();
        assert_eq!(images.len(), pages.len(), "{}", preview.spec.name);
        for image in images {
            let bytes = fs::read(&image).unwrap();
            let dark = bytes.iter().skip(20).filter(|grey| **grey < 128).count();
            assert!(dark > 200, "{} is as good as empty", image.display());
        }
    }
}

/// A sheet as LibreOffice wrote it: its rows below the header.
fn sheet(folder: &Path, stem: &str, name: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(folder.join(format!("{stem}-{name}.csv"))).unwrap();
    reader.records().map(|it| it.unwrap().iter().map(str::to_string).collect()).collect()
}

/// Whether a cell says what the document holds.
fn says(cell: &str, row: &Value, column: &ColumnSpec, withheld: &str) -> bool {
    let status = column.status.as_deref().and_then(|key| row.get(key)).and_then(Value::as_str);
    match status {
        Some("" | "ADA") | None => {}
        Some("TIDAK_ADA") => return cell.is_empty(),
        Some(_) => return cell == withheld,
    }
    match (column.format, row.get(&column.key).unwrap_or(&Value::Null)) {
        (_, Value::Null) => cell.is_empty(),
        // Shares come as percents of fifteen digits.
        (Format::Whole | Format::Index | Format::Share, Value::Number(number)) => {
            let (digits, per) = cell.strip_suffix('%').map_or((cell, 1.0), |digits| (digits, 100.0));
            let near = |it: f64| (it / per - number.as_f64().unwrap()).abs() <= 1e-9 * (1.0 + it.abs());
            digits.parse().is_ok_and(near)
        }
        // Dates come as month/day/year.
        (Format::Date, Value::String(day)) => {
            let parts: Vec<&str> = day.split('-').collect();
            cell == format!("{}/{}/{}", parts[1], parts[2], parts[0])
        }
        (_, Value::Bool(truth)) => cell == if *truth { "ya" } else { "tidak" },
        (_, Value::String(text)) => cell == text,
        (_, other) => cell == other.to_string(),
    }
}

#[test]
fn a_workbook_read_by_libreoffice_holds_the_data_document() {
    if !slow("workbooks in LibreOffice") {
        return;
    }
    let Some(office) = program(&["soffice", "libreoffice"], "workbooks in LibreOffice") else { return };
    let mut cells = 0;
    let typed = |it: &&Preview| it.spec.attachments.iter().any(|it| it.kind == AttachmentKind::Xlsx);
    for preview in previews().iter().filter(typed) {
        let book = fs::read_dir(&preview.folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .find(|it| it.extension().is_some_and(|it| it == "xlsx"));
        let Some(book) = book else { continue };
        let (out, home) = (preview.folder.join("lembar"), tempfile::tempdir().unwrap());
        let ran = Command::new(&office)
            .args([
                "--headless",
                "--convert-to",
                "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1",
            ])
            .arg(format!("-env:UserInstallation=file://{}", home.path().display()))
            .arg("--outdir")
            .arg(&out)
            .arg(&book)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let document: Value = serde_json::from_slice(&fs::read(preview.folder.join("data.json")).unwrap()).unwrap();
        let stem = book.file_stem().unwrap().to_str().unwrap();
        let first = fs::read_to_string(out.join(format!("{stem}-Baca dahulu.csv"))).unwrap();
        let sign = first.lines().find_map(|it| it.split("Tanda,").nth(1)).unwrap().trim_matches('"');
        let withheld = sign.split(" = disamarkan").next().unwrap();
        for table in preview.spec.tables.iter().filter(|it| document["ada"].get(&it.data) != Some(&Value::Bool(false)))
        {
            let (rows, expected) = (sheet(&out, stem, &table.name), document["data"][&table.data].as_array().unwrap());
            assert!(rows.len() == expected.len() || expected.is_empty(), "{} {}", preview.spec.name, table.name);
            for (cells_of, row) in rows.iter().zip(expected) {
                for (cell, column) in cells_of.iter().zip(&table.columns) {
                    let told = || {
                        format!(
                            "{} {}.{}: `{cell}` for {:?}",
                            preview.spec.name,
                            table.name,
                            column.key,
                            row.get(&column.key)
                        )
                    };
                    assert!(says(cell, row, column, withheld), "{}", told());
                    cells += 1;
                }
            }
        }
    }
    assert!(cells > 500, "only {cells} cells were compared");
}
