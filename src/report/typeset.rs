//! The typeset PDF: typst over the template folder and the data document. Refuses packages, other files, the clock, and every
//! warning.

use crate::model::problem::Problem;
use crate::model::report::{Document, ReportSpec};
use crate::report::chart::Drawn;
use crate::report::content::{Content, Whole};
use crate::report::{Error, Templates};
use chrono::{Datelike, Timelike};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// What the exporter enforces: an archive copy that a screen reader can read.
const STANDARD: &str = "PDF/A-2a and PDF/UA-1";

/// Reports after which something cached and not used again is let go.
const REPORTS_KEPT: usize = 2;

/// Compiles `<report>/document.typ`. The template reads `/data.json` and `/grafik/<name>.svg`.
pub fn pdf(
    spec: &ReportSpec,
    files: &Templates,
    document: &Document,
    content: &Content,
    whole: &Whole<'_>,
) -> Result<Vec<u8>, Error> {
    let main = format!("{}/document.typ", spec.name);
    if files.get(&main).is_none() {
        return Err(Error::Missing { path: main });
    }
    let desk = Desk::new(spec, files, content, whole, &main)?;
    let compiled = typst::compile::<PagedDocument>(&desk);
    // The engine caches by input: what the next reader's report shares is kept, the rest must not grow the process.
    typst::comemo::evict(REPORTS_KEPT);
    let pages = compiled.output.map_err(|errors| desk.told(errors.first(), whole))?;
    if let Some(warning) = compiled.warnings.first() {
        return Err(desk.told(Some(warning), whole));
    }
    let refused = |what: String| Error::Standard { report: spec.name.clone(), standard: STANDARD, what };
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]);
    let options = PdfOptions {
        ident: Smart::Custom(format!("{}/{}/{}", spec.name, document.rilis.periode, document.rilis.nomor)),
        creator: Smart::Custom(Some(format!("talenta {}", document.rilis.versi_program))),
        timestamp: timestamp(document),
        standards: standards.map_err(|error| refused(error.message().to_string()))?,
        tagged: true,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&pages, &options).map_err(|errors| {
        let place = errors.first().map(|error| desk.told(Some(error), whole));
        let what = place.map(|place| place.to_string()).unwrap_or_default();
        refused(what)
    })
}

fn timestamp(document: &Document) -> Option<Timestamp> {
    let at = document.rilis.dibuat_pada.naive_utc();
    let (month, day) = (at.month() as u8, at.day() as u8);
    let (hour, minute, second) = (at.hour() as u8, at.minute() as u8, at.second() as u8);
    Datetime::from_ymd_hms(at.year(), month, day, hour, minute, second).map(Timestamp::new_utc)
}

/// What is the same for every report: library, fonts, the files of the template folder.
pub struct Case {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    files: BTreeMap<String, Bytes>,
    sources: Mutex<HashMap<FileId, Source>>,
}

impl Case {
    /// From the template folder; nothing where there is no font.
    pub fn new(files: &Templates) -> Option<Self> {
        let fonts: Vec<Font> = files.fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes.to_vec()))).collect();
        if fonts.is_empty() {
            return None;
        }
        Some(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            files: files.iter().map(|(path, bytes)| (format!("/{path}"), Bytes::new(bytes.to_vec()))).collect(),
            sources: Mutex::default(),
        })
    }
}

/// Everything the compiler may see.
struct Desk {
    case: Arc<Case>,
    main: FileId,
    report: String,
    own: BTreeMap<String, Bytes>,
}

impl Desk {
    fn new(
        spec: &ReportSpec,
        files: &Templates,
        content: &Content,
        whole: &Whole<'_>,
        main: &str,
    ) -> Result<Self, Error> {
        let print = |it: &Drawn| (format!("/grafik/{}.svg", it.name), Bytes::new(it.print.clone().into_bytes()));
        let mut own: BTreeMap<String, Bytes> = content.charts.iter().map(print).collect();
        own.insert(
            "/data.json".into(),
            Bytes::new(serde_json::to_vec(whole).expect("a document holds only maps with text keys")),
        );
        let main = VirtualPath::new(main).map_err(|_| Error::Missing { path: main.to_string() })?;
        Ok(Self {
            case: files.case()?,
            main: RootedPath::new(VirtualRoot::Project, main).intern(),
            report: format!("/{}/", spec.name),
            own,
        })
    }

    fn bytes(&self, id: FileId) -> FileResult<&Bytes> {
        let path = id.get();
        match path.root() {
            VirtualRoot::Project => {
                let wanted = path.vpath().get_with_slash();
                let shared = || self.case.files.get(wanted).filter(|_| self.may_read(wanted));
                let missing = || FileError::NotFound(path.vpath().get_without_slash().into());
                self.own.get(wanted).or_else(shared).ok_or_else(missing)
            }
            // Packages would have to be fetched.
            VirtualRoot::Package(_) => Err(FileError::AccessDenied),
        }
    }

    fn may_read(&self, path: &str) -> bool {
        path.starts_with(&self.report) || path.starts_with("/shared/")
    }

    /// A diagnostic with its file and line, without a value of the document.
    fn told(&self, diagnostic: Option<&SourceDiagnostic>, whole: &Whole<'_>) -> Error {
        let main = || self.main.get().vpath().get_without_slash().to_string();
        let Some(diagnostic) = diagnostic else {
            let what = "could not be typeset".to_string();
            return Error::Template(Problem { file: main(), line: 0, path: String::new(), what, hint: None });
        };
        // An error inside the shared macros is most useful at the innermost place; the trace would only name callers.
        let id = diagnostic.span.id();
        let line = id.and_then(|id| {
            let range = self.range(diagnostic.span)?;
            self.source(id).ok()?.lines().byte_to_line(range.start)
        });
        let file = id.map_or_else(main, |id| id.get().vpath().get_without_slash().to_string());
        let hint = diagnostic.hints.first().map(|hint| without_values(&hint.v, whole));
        Error::Template(Problem {
            file,
            line: line.map_or(0, |line| line + 1),
            path: String::new(),
            what: without_values(&diagnostic.message, whole),
            hint,
        })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.case.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.case.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let bytes = self.bytes(id)?;
        let mut sources = self.case.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = sources.get(&id) {
            return Ok(source.clone());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| FileError::InvalidUtf8)?;
        let source = Source::new(id, text.to_string());
        // What is this report's alone is read as data, never as a source; only files of the folder are kept.
        if !self.own.contains_key(id.get().vpath().get_with_slash()) {
            sources.insert(id, source.clone());
        }
        Ok(source)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.bytes(id).cloned()
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.case.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The message with every text of the document's rows and addressee struck out: errors are logged, values are not.
fn without_values(message: &str, whole: &Whole<'_>) -> String {
    let mut texts = Vec::new();
    for key in ["data", "sebelumnya", "penerima", "isi"] {
        gather(whole.get(key).unwrap_or(&Value::Null), &mut texts);
    }
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts.iter().fold(message.to_string(), |kept, text| kept.replace(text.as_str(), "…"))
}

fn gather(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) if text.chars().count() >= 3 => texts.push(text.clone()),
        Value::Number(number) if number.to_string().len() >= 3 => texts.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        Value::Object(map) => map.values().for_each(|item| gather(item, texts)),
        _ => {}
    }
}
