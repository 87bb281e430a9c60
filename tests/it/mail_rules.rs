//! What a message must be so that every relay takes it and every program shows it as meant: the rules of the house for mail, one by
//! one, on the bytes that were produced.

use crate::harness::{TestProject, province};
use crate::outbox::{one_reader, only_report, second_reader};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Largest HTML part, decoded: mail programs cut what is longer.
const HTML_BYTES_MAX: usize = 90_000;
/// Largest HTML part on the wire.
const HTML_WIRE_BYTES_MAX: usize = 100_000;
/// Largest message.
const MESSAGE_BYTES_MAX: usize = 10_000_000;
/// Most rows of a table in a mail.
const ROWS_MAX: usize = 25;

/// A message with what it was read from.
struct Eml {
    name: String,
    wire: String,
    head: Vec<(String, String)>,
}

impl Eml {
    fn read(path: &Path) -> Self {
        let wire = String::from_utf8(fs::read(path).unwrap()).expect("seven bits");
        let (head, _) = wire.split_once("\r\n\r\n").unwrap();
        Self { name: path.file_name().unwrap().to_string_lossy().into_owned(), head: headers(head), wire }
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.head.iter().filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
    }

    #[track_caller]
    fn one(&self, name: &str) -> &str {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "{}: {name} stands {} times", self.name, all.len());
        all[0]
    }
}

/// Headers with their folds taken back.
fn headers(text: &str) -> Vec<(String, String)> {
    let unfolded = text.replace("\r\n ", " ").replace("\r\n\t", " ");
    let pair = |line: &str| line.split_once(':').map(|(name, value)| (name.to_string(), value.trim().to_string()));
    unfolded.split("\r\n").map(|line| pair(line).unwrap_or_else(|| panic!("no header: {line}"))).collect()
}

/// Messages of every kind: a report, word that there is none, and word to the operator.
fn messages() -> Vec<Eml> {
    let mut found = folder(&TestProject::copy_of(province()));
    let lacking = TestProject::new();
    one_reader(&lacking);
    only_report(&lacking, "needs = [\"pegawai\"]\n");
    lacking.edit("talenta.toml", |text| {
        let operator = "folder = \"surat\"\noperator = \"Operator <operator@localhost>\"\nreply_to = \"Meja bantu <bantu@localhost>\"\n";
        text.replace("folder = \"surat\"\n", operator)
    });
    lacking.talenta(&["run", "bulanan", "--period", "2025-12"]).code(0);
    lacking.edit("talenta.toml", |text| format!("{text}\n[limits]\nrecipients_max = 1\n"));
    second_reader(&lacking);
    lacking.edit("pipelines/jobs/bulanan.toml", |text| text.replace("needs = [\"pegawai\"]\n", ""));
    lacking.talenta(&["run", "bulanan", "--period", "2025-12"]).code(1);
    found.extend(folder(&lacking));
    assert!(found.iter().any(|it| it.name.contains("operator@localhost")));
    found
}

fn folder(project: &TestProject) -> Vec<Eml> {
    let entries = fs::read_dir(project.path("surat")).unwrap();
    entries.map(|it| Eml::read(&it.unwrap().path())).collect()
}

/// A text without its line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn decoded(eml: &Eml) -> Message<'_> {
    MessageParser::default().parse(eml.wire.as_bytes()).unwrap()
}

#[test]
fn messages_keep_the_rules() {
    for eml in messages() {
        envelope_of_headers(&eml);
        lines(&eml);
        let message = decoded(&eml);
        tree(&eml, &message);
        parts(&eml, &message);
        let (html, text) = (message.body_html(0).unwrap().into_owned(), message.body_text(0).unwrap().into_owned());
        pictures(&eml, &message, &html);
        page(&eml.name, &html);
        words(&eml.name, &html, &text, message.subject().unwrap());
        assert!(eml.wire.len() <= MESSAGE_BYTES_MAX, "{}", eml.name);
    }
}

/// RFC 5322, RFC 3834: which headers, once each, and what they say.
fn envelope_of_headers(eml: &Eml) {
    let name = &eml.name;
    for header in ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"] {
        eml.one(header);
    }
    let names: BTreeSet<String> = eml.head.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), eml.head.len(), "{name}: a header stands twice");
    let known = [
        "date",
        "from",
        "to",
        "reply-to",
        "subject",
        "message-id",
        "auto-submitted",
        "x-auto-response-suppress",
        "sensitivity",
        "mime-version",
        "content-type",
    ];
    let strange: Vec<&String> = names.iter().filter(|it| !known.contains(&it.as_str())).collect();
    assert!(strange.is_empty(), "{name}: {strange:?}");
    assert_eq!(eml.one("Auto-Submitted"), "auto-generated");
    assert_eq!(eml.one("X-Auto-Response-Suppress"), "All");
    assert_eq!(eml.one("MIME-Version"), "1.0");
    assert_eq!(eml.one("From"), "\"Talenta Kalteng\" <talenta@localhost>");
    assert!(!eml.one("To").contains(','), "{name}: one recipient");
    let date =
        Regex::new(r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0700$").unwrap();
    assert!(date.is_match(eml.one("Date")), "{name}: {}", eml.one("Date"));
    let at = chrono::DateTime::parse_from_rfc2822(eml.one("Date")).unwrap();
    assert!(at <= chrono::Utc::now(), "{name}: never in the future");
    assert!(Regex::new(r"^<[0-9a-f]{32}@localhost>$").unwrap().is_match(eml.one("Message-ID")), "{name}");
    let subject = decoded(eml).subject().unwrap().to_string();
    assert!(subject.chars().count() <= 78 && !subject.is_empty(), "{name}: {subject}");
    assert!(!Regex::new(r"\d{8,}").unwrap().is_match(&subject), "{name}: no number of a person");
}

/// RFC 5322 §2.1.1, RFC 2045 §6.7: what is on the wire.
fn lines(eml: &Eml) {
    let name = &eml.name;
    assert!(eml.wire.is_ascii() && !eml.wire.contains('\0'), "{name}");
    assert!(!eml.wire.replace("\r\n", "").contains(['\r', '\n']), "{name}: a bare CR or LF");
    assert!(eml.wire.ends_with("\r\n"));
    let (head, body) = eml.wire.split_once("\r\n\r\n").unwrap();
    for line in head.split("\r\n") {
        assert!(line.len() <= 78, "{name}: a header line of {} bytes: {line}", line.len());
    }
    // Headers of parts may hold a media type that is longer than a line.
    for line in body.split("\r\n") {
        let is_header = line.starts_with("Content-") || line.starts_with(" filename");
        assert!(line.len() <= 76 || (is_header && line.len() <= 100), "{name}: {} bytes: {line}", line.len());
    }
}

/// RFC 2046: mixed(alternative(plain, related(html, png…)), file…), and nothing else.
fn tree(eml: &Eml, message: &Message<'_>) {
    let own = |part: &MessagePart<'_>| {
        part.content_type().map(|it| format!("{}/{}", it.ctype(), it.subtype().unwrap_or_default())).unwrap()
    };
    let children = |part: &MessagePart<'_>| match &part.body {
        PartType::Multipart(ids) => ids.clone(),
        _ => Vec::new(),
    };
    let part = |id: u32| message.part(id).unwrap();
    let root = message.root_part();
    let mut alternative = root;
    if own(root) == "multipart/mixed" {
        let ids = children(root);
        assert!(ids.len() >= 2, "{}: mixed without a file", eml.name);
        alternative = part(ids[0]);
        for id in &ids[1..] {
            let file = part(*id);
            assert!(file.content_disposition().unwrap().is_attachment(), "{}", eml.name);
            let file_name = file.attachment_name().unwrap();
            let plain = Regex::new(r"^[A-Za-z0-9][A-Za-z0-9._-]*\.(pdf|xlsx|csv|html)$").unwrap();
            assert!(plain.is_match(file_name), "{}: {file_name}", eml.name);
        }
    }
    assert_eq!(own(alternative), "multipart/alternative", "{}", eml.name);
    let ids = children(alternative);
    assert_eq!(ids.len(), 2, "{}", eml.name);
    assert_eq!(own(part(ids[0])), "text/plain", "{}: the plain text comes first", eml.name);
    match own(part(ids[1])).as_str() {
        "text/html" => {}
        "multipart/related" => {
            let related = part(ids[1]);
            assert_eq!(related.content_type().unwrap().attribute("type"), Some("text/html"));
            let inner = children(related);
            assert_eq!(own(part(inner[0])), "text/html");
            assert!(inner.len() > 1 && inner[1..].iter().all(|id| own(part(*id)) == "image/png"), "{}", eml.name);
        }
        other => panic!("{}: {other} beside the plain text", eml.name),
    }
}

/// Encodings and character sets of every part.
fn parts(eml: &Eml, message: &Message<'_>) {
    for part in message.parts.iter().filter(|it| !matches!(it.body, PartType::Multipart(_))) {
        let kind = part.content_type().unwrap();
        let encoding = part.content_transfer_encoding().unwrap_or_default();
        if kind.ctype() == "text" && !part.content_disposition().is_some_and(|it| it.is_attachment()) {
            assert_eq!((kind.attribute("charset"), encoding), (Some("utf-8"), "quoted-printable"), "{}", eml.name);
        } else {
            assert_eq!(encoding, "base64", "{}", eml.name);
        }
    }
}

/// Pictures are enclosed, once, shown, with their size and what they say; nothing is fetched.
fn pictures(eml: &Eml, message: &Message<'_>, html: &str) {
    let shown: Vec<String> =
        Regex::new(r#"<img\b[^>]*>"#).unwrap().find_iter(html).map(|it| it.as_str().into()).collect();
    let source = Regex::new(r#"src="cid:([^"]+)""#).unwrap();
    let mut used = BTreeSet::new();
    for tag in &shown {
        let cid = source.captures(tag).unwrap_or_else(|| panic!("{}: {tag}", eml.name))[1].to_string();
        assert!(used.insert(cid), "{}: shown twice", eml.name);
        for (attribute, least) in [("alt", 20), ("width", 1), ("height", 1)] {
            let value =
                Regex::new(&format!("{attribute}=\"([^\"]*)\"")).unwrap().captures(tag).map(|it| it[1].to_string());
            assert!(value.is_some_and(|it| it.len() >= least), "{}: {attribute} of {tag}", eml.name);
        }
    }
    let enclosed: BTreeSet<String> =
        message.parts.iter().filter_map(|it| it.content_id().map(str::to_string)).collect();
    assert_eq!(used, enclosed, "{}", eml.name);
    for part in message.parts.iter().filter(|it| it.content_id().is_some()) {
        assert!(part.content_disposition().unwrap().is_inline() && part.contents().starts_with(b"\x89PNG"));
    }
}

/// What mail programs do with a page: nothing runs, nothing is fetched, it is not cut, it can be read at any width and in the dark.
fn page(name: &str, html: &str) {
    let low = html.to_lowercase();
    for banned in [
        "<script",
        "<form",
        "<iframe",
        "<object",
        "<embed",
        "http-equiv=\"refresh",
        "javascript:",
        "\"data:",
        "@import",
        "@font-face",
        "<link",
        "background-image",
        "display:flex",
        "display:grid",
        "position:absolute",
        "onload=",
        "onclick=",
        "<svg",
    ] {
        assert!(!low.contains(banned), "{name}: {banned}");
    }
    let sources = Regex::new(r#"(?:src|href|background)="([^"]*)""#).unwrap();
    for found in sources.captures_iter(html) {
        assert!(found[1].starts_with("cid:"), "{name}: {}", &found[1]);
    }
    assert!(!Regex::new(r"url\(").unwrap().is_match(&low), "{name}: nothing is fetched");
    assert!(html.len() <= HTML_BYTES_MAX, "{name}: {} bytes", html.len());
    let quoted: usize = html.bytes().map(|it| if it.is_ascii() && it != b'=' { 1 } else { 3 }).sum();
    assert!(quoted + quoted / 70 * 3 <= HTML_WIRE_BYTES_MAX * 13 / 10, "{name}: {quoted} bytes quoted");
    for needed in [
        "<html lang=\"id\"",
        "<title>",
        "name=\"color-scheme\" content=\"light dark\"",
        "name=\"supported-color-schemes\" content=\"light dark\"",
        ":root",
        "prefers-color-scheme: dark",
        "[data-ogsc]",
        "role=\"presentation\"",
        "max-width:600px",
    ] {
        assert!(html.contains(needed), "{name}: {needed} is missing");
    }
    let size = Regex::new(r"font-size:\s*(\d+)px").unwrap();
    let small: Vec<String> =
        size.captures_iter(html).map(|it| it[1].to_string()).filter(|it| it.parse::<u32>().unwrap() < 14).collect();
    // The line that programs show beside the subject is hidden at one pixel.
    assert!(small.iter().all(|it| it == "1"), "{name}: letters of {small:?} px");
    assert!(
        !Regex::new(r"(?i)color:\s*#(000|000000|fff|ffffff)\b")
            .unwrap()
            .is_match(&low.replace("background-color:#ffffff", "")),
        "{name}: pure black or white inverts badly"
    );
    for table in
        html.split("<table ").skip(1).filter(|it| !it.split('>').next().unwrap().contains("role=\"presentation\""))
    {
        let own = table.split("</table>").next().unwrap();
        assert!(own.contains("<th scope=\"col\""), "{name}: a table of data without headings");
        assert!(own.matches("<tr>").count() <= ROWS_MAX + 2, "{name}: a table of {} rows", own.matches("<tr>").count());
    }
}

/// Indonesian words and numbers, nothing that a program left behind, no person.
fn words(name: &str, html: &str, text: &str, subject: &str) {
    let tags = Regex::new(r"(?s)<style>.*?</style>|<head>.*?</head>|<[^>]*>").unwrap();
    let shown = tags.replace_all(html, " ").into_owned();
    for (what, body) in [("page", &shown), ("text", &text.to_string()), ("subject", &subject.to_string())] {
        for left in ["None", "True", "False", "undefined", "NaN", "null", "{{", "}}", "{%", "\u{fffd}"] {
            assert!(
                !Regex::new(&format!(r"\b{}\b", regex::escape(left))).unwrap().is_match(body),
                "{name}: {left} in the {what}"
            );
        }
        assert!(!Regex::new(r"\d\.\d{4,}").unwrap().is_match(body), "{name}: a raw number in the {what}");
        assert!(!Regex::new(r"\b\d{18}\b").unwrap().is_match(body), "{name}: a NIP in the {what}");
        assert!(
            !Regex::new(r"\b20\d\d-\d\d-\d\d\b").unwrap().is_match(body),
            "{name}: a date of machines in the {what}"
        );
    }
    assert!(text.lines().all(|line| line.chars().count() <= 160), "{name}: a long line in the text");
    assert!(text.split_whitespace().count() > 25, "{name}: the text says everything");
    for reason in ["dikirim otomatis kepada"] {
        assert!(shown.contains(reason) && flat(text).contains(reason), "{name}: why it was sent");
    }
}

#[test]
fn a_report_says_what_it_rests_on_and_the_line_beside_its_subject_is_full() {
    for eml in folder(&TestProject::copy_of(province())) {
        let message = decoded(&eml);
        let html = message.body_html(0).unwrap();
        let text = flat(&message.body_text(0).unwrap());
        let preheader = Regex::new(r#"(?s)<div style="display:none[^>]*>(.*?)</div>"#).unwrap();
        let preheader = preheader.captures(&html).map(|it| it[1].trim().chars().count());
        assert!(preheader.is_some_and(|it| (30..=160).contains(&it)), "{}: {preheader:?}", eml.name);
        for part in ["rilis", "dibuat", "baris diterima", "Yth. "] {
            assert!(html.to_lowercase().contains(&part.to_lowercase()), "{}: {part} is not in the page", eml.name);
            assert!(text.to_lowercase().contains(&part.to_lowercase()), "{}: {part} is not in the text", eml.name);
        }
        let public = html.contains("Untuk umum");
        assert!(public || (html.contains("mohon tidak diteruskan") && text.contains("mohon tidak diteruskan")));
        assert_eq!(eml.all("Sensitivity").first().copied(), (!public).then_some("Company-Confidential"));
    }
}
