//! Readers of delivered bytes: whatever the file is, its rows come out as columns of raw cells. Refuses to trust a name or a declared size.

mod archive;
mod at;
mod biff;
mod delimited;
mod html;
mod json;
mod parts;
mod record;
mod refused;
mod rows;
mod sheet;
mod text;
mod workbook;

pub use crate::ingest::source::archive::Member;
pub use crate::ingest::source::archive::unpack;
pub use crate::ingest::source::at::ReadAt;
pub use crate::ingest::source::parts::Index;
pub use crate::ingest::source::parts::Parts;
pub use crate::ingest::source::record::Split;
pub use crate::ingest::source::refused::Refused;
pub use crate::ingest::source::rows::Gather;

use crate::ingest::source::biff::Biff;
use crate::ingest::source::delimited::Delimited;
use crate::ingest::source::html::Html;
use crate::ingest::source::json::Json;
use crate::ingest::source::rows::Feed;
use crate::ingest::source::rows::Row;
use crate::ingest::source::text::Encoding;
use crate::ingest::source::workbook::Workbook;
use crate::model::chunk::Chunk;
use crate::model::chunk::HeadRow;
use crate::model::digest::Digest;
use crate::model::limits::Limits;
use bytes::Bytes;
use std::fmt;
use std::ops::ControlFlow;

/// What a file is, decided by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Csv,
    /// A workbook in a zip.
    Xlsx,
    /// A BIFF workbook in a compound file.
    Xls,
    /// A page of tables.
    Html,
    /// One JSON list, or an envelope around one.
    Json,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// The word in `berkas.format`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Html => "html",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
        }
    }

    /// Extensions that are usual for the content; HTML named `.xls` is (BRK-05).
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Format::Csv => &["csv", "txt", "tsv", "tab"],
            Format::Xlsx => &["xlsx", "xlsm"],
            Format::Xls => &["xls"],
            Format::Html => &["html", "htm", "xls"],
            Format::Json => &["json"],
            Format::Jsonl => &["jsonl", "ndjson", "json"],
        }
    }
}

/// What delivered bytes turn out to be.
#[derive(Debug)]
pub enum Content<'a> {
    /// A file of one or more tables.
    Table(Opened<'a>),
    /// A zip that is no workbook: every member is a delivery, see [`unpack`].
    Bundle,
}

/// A readable file. Sheets are numbered from 0 in the order of [`Opened::sheets`].
pub struct Opened<'a> {
    source: Source<'a>,
    sheets: Vec<Option<String>>,
    extension_disagrees: bool,
    rows_max: u32,
}

enum Source<'a> {
    Delimited(Delimited<'a>),
    Workbook(Box<Workbook>),
    Biff(Biff),
    Html(Html<'a>),
    Json(Json<'a>),
}

/// Delivered bytes whose kind is known. Text is read from where it lies, a little at a time; every other kind is taken into memory.
pub struct Delivered<'a> {
    at: &'a dyn ReadAt,
    kind: Kind,
    bytes: Bytes,
    encoding: Option<Encoding>,
}

impl<'a> Delivered<'a> {
    /// Looks at the first bytes. BRK-15 for a file over the limit.
    pub fn of(at: &'a dyn ReadAt, limits: &Limits) -> Result<Self, Refused> {
        if at.size() > limits.file_bytes_max {
            return Err(Refused::limit("ukuran berkas melampaui batas"));
        }
        let kind = kind_of(at)?;
        let whole = !matches!(kind, Kind::Text | Kind::Nothing | Kind::Binary);
        let bytes = if whole { at::part(at, 0, at.size())?.into_owned().into() } else { Bytes::new() };
        Ok(Self { at, kind, bytes, encoding: None })
    }

    /// The same, where the encoding of text is known by its name and need not be looked for.
    pub fn in_encoding(self, name: Option<&str>) -> Self {
        Self { encoding: name.and_then(Encoding::named), ..self }
    }
}

/// The workbook that was open last, with the texts that its sheets share: to read them again costs as much as to read a sheet.
#[derive(Default)]
pub struct Shelf(Option<(Digest, Box<Workbook>)>);

/// Opens delivered bytes as [`open`] does, unless they lie opened on the shelf. `digest` is theirs.
pub fn open_again<'a>(
    file: &'a Delivered<'a>,
    digest: Digest,
    name: &str,
    limits: &Limits,
    shelf: &mut Shelf,
) -> Result<Content<'a>, Refused> {
    match shelf.0.take() {
        Some((own, book)) if own == digest => Ok(Content::Table(opened(Source::Workbook(book), name, limits))),
        _ => open(file, name, limits),
    }
}

/// Opens delivered bytes. The kind is decided by the content alone; `name` serves BRK-05 only.
///
/// Refuses with BRK-01 (password), BRK-02 (damaged), BRK-03 (empty), BRK-04 (page without a table), BRK-07 (archive bomb), BRK-09
/// (binary) or BRK-15 (a limit).
pub fn open<'a>(file: &'a Delivered<'a>, name: &str, limits: &Limits) -> Result<Content<'a>, Refused> {
    let bytes = file.bytes.as_ref();
    let source = match file.kind {
        Kind::Nothing => return Err(Refused::empty()),
        Kind::Zip => match archive::workbook(bytes, limits)? {
            false => return Ok(Content::Bundle),
            true => Source::Workbook(Box::new(Workbook::open(file.bytes.clone())?)),
        },
        Kind::Compound => Source::Biff(Biff::open(bytes)?),
        Kind::Html => Source::Html(Html::open(text::decode(bytes)?)?),
        Kind::Json => Source::Json(Json::open(text::decode(bytes)?)?),
        Kind::Binary => return Err(Refused::binary()),
        Kind::Text => Source::Delimited(Delimited::open(file.at, file.encoding)?),
    };
    Ok(Content::Table(opened(source, name, limits)))
}

fn opened<'a>(source: Source<'a>, name: &str, limits: &Limits) -> Opened<'a> {
    let rows_max = u32::try_from(limits.rows_max).unwrap_or(u32::MAX);
    let mut opened = Opened { source, sheets: vec![None], extension_disagrees: false, rows_max };
    match &opened.source {
        Source::Workbook(book) => opened.sheets = book.names().map(|name| Some(name.to_owned())).collect(),
        Source::Biff(book) => opened.sheets = book.names().map(|name| Some(name.to_owned())).collect(),
        // Tables of a page have no names.
        Source::Html(page) => opened.sheets = vec![None; page.tables()],
        Source::Delimited(_) | Source::Json(_) => {}
    }
    opened.extension_disagrees =
        extension_of(name).is_some_and(|it| !opened.format().extensions().contains(&it.as_str()));
    opened
}

impl fmt::Debug for Opened<'_> {
    /// Without content: what is opened is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("format", &self.format())
            .field("sheets", &self.sheets.len())
            .finish_non_exhaustive()
    }
}

impl Opened<'_> {
    /// Leaves a workbook on the shelf, for the next call that is about the same bytes.
    pub fn leave_on(self, shelf: &mut Shelf, digest: Digest) {
        if let Source::Workbook(book) = self.source {
            shelf.0 = Some((digest, book));
        }
    }

    /// Delimited text, which can be read in parts.
    pub fn in_parts(&self) -> Option<Parts<'_>> {
        match &self.source {
            Source::Delimited(file) => Some(Parts { file, rows_max: self.rows_max }),
            _ => None,
        }
    }

    /// What the content is.
    pub fn format(&self) -> Format {
        match &self.source {
            Source::Delimited(_) => Format::Csv,
            Source::Workbook(_) => Format::Xlsx,
            Source::Biff(_) => Format::Xls,
            Source::Html(_) => Format::Html,
            Source::Json(json) if json.is_lines() => Format::Jsonl,
            Source::Json(_) => Format::Json,
        }
    }

    /// `utf-8`, `utf-8-bom` or `cp1252` for CSV; nothing for formats that fix their encoding or declare it.
    pub fn encoding(&self) -> Option<&'static str> {
        match &self.source {
            Source::Delimited(file) => Some(file.encoding()),
            _ => None,
        }
    }

    /// What separates the columns of a CSV.
    pub fn delimiter(&self) -> Option<char> {
        match &self.source {
            Source::Delimited(file) => Some(file.delimiter()),
            _ => None,
        }
    }

    /// BRK-05: the extension does not agree with the content. A file without one cannot disagree.
    pub fn extension_disagrees(&self) -> bool {
        self.extension_disagrees
    }

    /// One entry a sheet: its name in a workbook; nothing for text, JSON and the tables of a page.
    pub fn sheets(&self) -> &[Option<String>] {
        &self.sheets
    }

    /// The first `rows` physical rows of a sheet, blank ones included. JSON has one head row, number 0: the keys of all objects in
    /// the order they first appear.
    pub fn head(&mut self, sheet: usize, rows: usize) -> Result<Vec<HeadRow>, Refused> {
        match &self.source {
            Source::Delimited(file) => return file.head(rows),
            Source::Json(json) => return Ok(vec![json.head()]),
            _ => {}
        }
        let mut head = Vec::new();
        let last = u32::try_from(rows).unwrap_or(u32::MAX);
        self.walk(sheet, u32::MAX, &mut |number, row| {
            if number > last {
                return ControlFlow::Break(());
            }
            head.push(row.to_head(number));
            if number < last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(head)
    }

    /// Every row of a sheet with a number above `after_row`, in chunks of at most 8192 rows and `width` columns, until the sink
    /// breaks. Blank rows are rows; those below the last filled row of a workbook sheet do not exist.
    pub fn read(
        &mut self,
        sheet: usize,
        after_row: u32,
        width: usize,
        sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>,
    ) -> Result<(), Refused> {
        let width = width.min(rows::COLUMNS_MAX);
        let rows_max = self.rows_max;
        if let Source::Delimited(file) = &self.source {
            return file.read(after_row, width, rows_max, sink);
        }
        let mut feed = Feed::new(width, after_row, sink);
        let mut stopped = false;
        self.walk(sheet, rows_max, &mut |number, row| {
            let flow = feed.row(number, row);
            stopped = flow.is_break();
            flow
        })?;
        if !stopped {
            let _ = feed.flush();
        }
        Ok(())
    }

    /// Visits the rows of a sheet in order.
    fn walk(&mut self, sheet: usize, rows_max: u32, visit: Visit<'_>) -> Result<(), Refused> {
        match &mut self.source {
            Source::Workbook(book) => book.walk(sheet, rows_max, visit),
            Source::Biff(book) => book.walk(sheet, rows_max, visit),
            Source::Html(page) => page.walk(sheet, rows_max, visit),
            Source::Json(json) => json.walk(rows_max, visit),
            // Delimited text has its own, quicker way.
            Source::Delimited(_) => Ok(()),
        }
    }
}

/// Sees one row with its 1-based number; breaks to stop the reader.
type Visit<'v> = &'v mut dyn FnMut(u32, &Row) -> ControlFlow<()>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Zip,
    Compound,
    Html,
    Json,
    Binary,
    Text,
}

/// Where BRK-09 looks for NUL bytes.
const PREFIX: usize = 4096;

/// The kind of a file by its first bytes, and by the first that is no white space.
fn kind_of(file: &dyn ReadAt) -> Result<Kind, Refused> {
    let first = at::part(file, 0, PREFIX as u64)?;
    let kind = sniff(&first);
    let mut from = first.len() as u64;
    while kind == Kind::Nothing && from < file.size() {
        let block = at::part(file, from, 1 << 20)?;
        match block.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None if block.is_empty() => break,
            None => from += block.len() as u64,
            Some(b'<') => return Ok(Kind::Html),
            Some(b'{' | b'[') => return Ok(Kind::Json),
            Some(_) => return Ok(Kind::Text),
        }
    }
    Ok(kind)
}

/// The kind of a file by its first bytes (`ingest-rules.md` §1).
fn sniff(bytes: &[u8]) -> Kind {
    // A table whose first word is `PK…` goes on with a letter, an archive with a number below 9.
    if bytes.starts_with(b"PK") && bytes.get(2).is_none_or(|third| *third < 9) {
        return Kind::Zip;
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Kind::Compound;
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Kind::Nothing,
        Some(b'<') => Kind::Html,
        Some(b'{' | b'[') => Kind::Json,
        Some(_) if bytes.iter().take(PREFIX).any(|byte| *byte == 0) => Kind::Binary,
        Some(_) => Kind::Text,
    }
}

/// The extension of a file, or of a member `bundle.zip!member`, in lower case.
fn extension_of(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\', '!']).next()?;
    let (stem, extension) = file.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
