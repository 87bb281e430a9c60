//! A report that left is made again: after edits, under another version, and beside a file that somebody changed.

use crate::harness::{TestProject, province};
use crate::mail::outbox;
use crate::report::files;
use std::fs;
use std::path::PathBuf;

/// A project whose first message carries a report.
fn sent() -> TestProject {
    TestProject::copy_of(province())
}

/// The first message of the folder transport.
fn letter(project: &TestProject) -> PathBuf {
    let mut found: Vec<PathBuf> =
        fs::read_dir(project.path("surat")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found.into_iter().find(|it| it.extension().is_some_and(|it| it == "eml")).unwrap()
}

/// Renders the report of the first message by hand and gives the folder.
fn rendered(project: &TestProject) -> PathBuf {
    let report = outbox(project)[0]["key"]["report"].as_str().unwrap().to_string();
    let folder = project.outside("berkas");
    project.talenta(&["report", "render", &report, "--output", &folder.display().to_string()]).code(0);
    folder
}

/// A file of the folder with this ending.
fn ending(folder: &std::path::Path, with: &str) -> PathBuf {
    let name = files(folder).into_keys().find(|name| name.ends_with(with)).unwrap();
    folder.join(name)
}

fn path(path: &std::path::Path) -> String {
    path.display().to_string()
}

#[test]
fn a_sent_report_is_made_again_after_templates_queries_and_rules_were_edited() {
    let project = sent();
    let id = outbox(&project)[0]["id"].to_string();
    let report = outbox(&project)[0]["key"]["report"].as_str().unwrap().to_string();
    let of = |name: &str| format!("report-templates/{report}/{name}");
    project.edit(&of("document.typ"), |text| format!("{text}\nTambahan"));
    project.edit(&of("mail.html"), |_| "<p>lain</p>".into());
    project.edit(&of("report.toml"), |text| text.replacen("class = \"Terbatas\"", "class = \"Lain\"", 1));
    project.edit("queries/rules/parameter.csv", |text| text.replace("penyajian.sel_min", "penyajian.sel_lain"));
    project.edit("talenta.toml", |text| text.replace("Badan Kepegawaian Daerah", "Kantor Lain"));
    let told = project.talenta(&["report", "verify", &id, "--json"]).code(0).json();
    assert_eq!((&told["verified"], &told["byte_for_byte"]), (&true.into(), &true.into()), "{told}");
    assert_eq!(told["document"], "same");
    let parts = told["parts"].as_array().unwrap();
    for wanted in ["pdf", "html", "text", "image"] {
        let own = parts.iter().filter(|it| it["part"] == wanted);
        assert!(own.clone().count() > 0 && own.clone().all(|it| it["compared"] == "same"), "{wanted}: {told}");
    }
    let words = project.talenta(&["report", "verify", &path(&letter(&project))]).code(0);
    assert!(words.out.contains("byte for byte"), "{}", words.out);
}

#[test]
fn a_changed_message_says_which_part_differs() {
    let project = sent();
    let text = fs::read_to_string(letter(&project)).unwrap();
    let at = text.find("Content-Disposition: attachment").unwrap();
    let body = at + text[at..].find("\r\n\r\n").unwrap() + 404;
    let other = if &text[body..=body] == "A" { "B" } else { "A" };
    let changed = project.write("diubah.eml", format!("{}{other}{}", &text[..body], &text[body + 1..]));
    let ran = project.talenta(&["report", "verify", &path(&changed)]).code(1);
    assert!(ran.out.contains("changed") && ran.out.contains("NOT verified"), "{}", ran.out);
    let differs: Vec<&str> = ran.out.lines().filter(|it| it.contains("differs: ")).collect();
    assert!(differs.len() == 1 && differs[0].contains('.'), "the file alone: {}", ran.out);
    let saved = project.write("disimpan.eml", text.replace("\r\n", "\n"));
    project.talenta(&["report", "verify", &path(&saved)]).code(1).says("line ends");
}

#[test]
fn a_file_that_was_written_is_known_and_a_changed_one_says_where() {
    let project = sent();
    let folder = rendered(&project);
    for end in [".pdf", "surel.html"] {
        let file = ending(&folder, end);
        project.talenta(&["report", "verify", &path(&file)]).code(0).says("byte for byte");
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] = if bytes[middle] == b'x' { b'y' } else { b'x' };
        fs::write(&file, bytes).unwrap();
        let place = if end == ".pdf" { "differs from byte" } else { "differs from line" };
        project.talenta(&["report", "verify", &path(&file)]).code(1).says("but changed").says(place);
    }
    let stranger = project.write("asing.pdf", "%PDF-1.7 asing");
    project.talenta(&["report", "verify", &path(&stranger)]).code(1).says("no report that was written or sent holds");
    project.talenta(&["report", "verify", "4711"]).code(1).says("4711");
}

#[test]
fn a_workbook_says_which_sheet_was_changed() {
    let project = sent();
    project.talenta(&["report", "new", "uji"]).code(0);
    let folder = project.outside("uji");
    project.talenta(&["report", "render", "uji", "--output", &path(&folder)]).code(0);
    let book = ending(&folder, ".xlsx");
    project.talenta(&["report", "verify", &path(&book)]).code(0);
    let mut bytes = fs::read(&book).unwrap();
    // The check sum of the second sheet in the directory at the end of the archive.
    let name = b"xl/worksheets/sheet2.xml";
    let entry = bytes.windows(name.len()).rposition(|it| it == name).unwrap() - 46;
    bytes[entry + 16] ^= 1;
    fs::write(&book, bytes).unwrap();
    project.talenta(&["report", "verify", &path(&book)]).code(1).says("`xl/worksheets/sheet2.xml` differs");
}

#[test]
fn under_another_program_the_data_document_is_compared_and_that_is_said() {
    let project = sent();
    let ledger = rusqlite::Connection::open(project.path("state.sqlite")).unwrap();
    let older = "DROP TRIGGER bukti_is_not_rewritten;
        UPDATE bukti SET pin = replace(pin, '\"program\":\"', '\"program\":\"0.0.9-')";
    ledger.execute_batch(older).unwrap();
    drop(ledger);
    let id = outbox(&project)[0]["id"].to_string();
    let ran = project.talenta(&["report", "verify", &id]).code(0);
    for words in ["verified by its data document", "talenta 0.0.9-", "not compared (another program version"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let told = project.talenta(&["report", "verify", &id, "--json"]).code(0).json();
    assert_eq!((&told["verified"], &told["byte_for_byte"]), (&true.into(), &false.into()));
}

#[test]
fn a_proof_is_not_rewritten() {
    let project = sent();
    let ledger = rusqlite::Connection::open(project.path("state.sqlite")).unwrap();
    for sql in ["UPDATE bukti SET document = ''", "UPDATE bukti_bagian SET sha256 = ''"] {
        let error = ledger.execute(sql, []).unwrap_err();
        assert!(error.to_string().contains("a proof does not change"), "{error}");
    }
}
