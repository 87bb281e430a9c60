//! Tables of a web page, saved as `.xls` by many an application: rows, cells and spans of tag soup. Refuses scripts, styles and layout.

use crate::ingest::source::Visit;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows;
use crate::ingest::source::rows::Row;
use crate::model::chunk::CellKind;
use html5gum::DefaultEmitter;
use html5gum::HtmlString;
use html5gum::StartTag;
use html5gum::Token;
use html5gum::Tokenizer;
use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::ControlFlow;

/// Deepest nesting of tables.
const DEPTH_MAX: usize = 32;
/// Most columns one cell may span, as in the standard.
const COLSPAN_MAX: usize = 1000;
/// Most rows one cell may span, as in the standard.
const ROWSPAN_MAX: usize = 65_534;

/// A page with at least one table. Tables are numbered from 0 in the order they begin, nested ones included.
pub(crate) struct Html<'a> {
    text: Cow<'a, str>,
    tables: usize,
}

impl<'a> Html<'a> {
    /// BRK-04 without a table, BRK-03 without a non-empty cell.
    pub(crate) fn open(text: Cow<'a, str>) -> Result<Self, Refused> {
        let mut filled = false;
        let tables = walk(&text, &mut |_, _, row| {
            filled |= !row.is_blank();
            Ok(ControlFlow::Continue(()))
        })?;
        match (tables, filled) {
            (0, _) => Err(Refused::no_table()),
            (_, false) => Err(Refused::empty()),
            (tables, true) => Ok(Self { text, tables }),
        }
    }

    pub(crate) fn tables(&self) -> usize {
        self.tables
    }

    /// Visits every `<tr>` of a table.
    pub(crate) fn walk(&self, table: usize, rows_max: u32, visit: Visit<'_>) -> Result<(), Refused> {
        walk(&self.text, &mut |index, number, row| {
            if index != table {
                return Ok(ControlFlow::Continue(()));
            }
            if number > rows_max {
                return Err(rows::too_many_rows());
            }
            Ok(visit(number, row))
        })?;
        Ok(())
    }
}

/// Sees one row: its table, its number in the table, its cells.
type VisitAny<'v> = &'v mut dyn FnMut(usize, u32, &Row) -> Result<ControlFlow<()>, Refused>;

/// Reads a page and hands on the rows of all its tables as they end. Returns how many tables began.
fn walk(text: &str, visit: VisitAny<'_>) -> Result<usize, Refused> {
    let mut emitter = DefaultEmitter::default();
    // Without this the inside of a script would be read as tags.
    emitter.naively_switch_states(true);
    let mut page = Page { tables: Vec::new(), begun: 0, hidden: None, visit };
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token): Result<Token, Infallible> = token;
        let flow = match token {
            Token::StartTag(tag) => page.start(&tag)?,
            Token::EndTag(tag) => page.end(&tag.name)?,
            Token::String(text) => {
                page.text(&String::from_utf8_lossy(&text));
                ControlFlow::Continue(())
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => ControlFlow::Continue(()),
        };
        if flow.is_break() {
            return Ok(page.begun);
        }
    }
    while !page.tables.is_empty() {
        if page.close_table()?.is_break() {
            break;
        }
    }
    Ok(page.begun)
}

struct Page<'v> {
    tables: Vec<Table>,
    begun: usize,
    /// The element whose text is not shown.
    hidden: Option<HtmlString>,
    visit: VisitAny<'v>,
}

impl Page<'_> {
    fn start(&mut self, tag: &StartTag<()>) -> Result<ControlFlow<()>, Refused> {
        match tag.name.as_slice() {
            b"table" => {
                if self.tables.len() >= DEPTH_MAX {
                    return Err(Refused::limit("tabel bersarang terlalu dalam"));
                }
                self.tables.push(Table { index: self.begun, ..Table::default() });
                self.begun += 1;
            }
            b"tr" => {
                let flow = self.close_row()?;
                if let Some(table) = self.tables.last_mut() {
                    table.open_row()?;
                }
                return Ok(flow);
            }
            b"thead" | b"tbody" | b"tfoot" => return self.close_row(),
            b"td" | b"th" => {
                if let Some(table) = self.tables.last_mut() {
                    table.close_cell()?;
                    table.open_row()?;
                    table.cell = Some(Cell::new(tag));
                }
            }
            b"br" | b"p" | b"div" | b"li" => {
                if let Some(cell) = self.cell() {
                    cell.break_line(tag.name.as_slice() == b"br");
                }
            }
            b"script" | b"style" if !tag.self_closing => self.hidden = Some(tag.name.clone()),
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self, name: &HtmlString) -> Result<ControlFlow<()>, Refused> {
        if self.hidden.as_ref() == Some(name) {
            self.hidden = None;
        }
        match name.as_slice() {
            b"table" => self.close_table(),
            b"tr" | b"thead" | b"tbody" | b"tfoot" => self.close_row(),
            b"td" | b"th" => {
                if let Some(table) = self.tables.last_mut() {
                    table.close_cell()?;
                }
                Ok(ControlFlow::Continue(()))
            }
            _ => Ok(ControlFlow::Continue(())),
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_none()
            && let Some(cell) = self.cell()
        {
            cell.push(text);
        }
    }

    fn cell(&mut self) -> Option<&mut Cell> {
        self.tables.last_mut().and_then(|table| table.cell.as_mut())
    }

    fn close_row(&mut self) -> Result<ControlFlow<()>, Refused> {
        let Some(table) = self.tables.last_mut().filter(|table| table.in_row) else {
            return Ok(ControlFlow::Continue(()));
        };
        table.close_cell()?;
        table.row.check()?;
        let flow = (self.visit)(table.index, table.number, &table.row)?;
        table.close_row();
        Ok(flow)
    }

    fn close_table(&mut self) -> Result<ControlFlow<()>, Refused> {
        let flow = self.close_row()?;
        self.tables.pop();
        Ok(flow)
    }
}

#[derive(Default)]
struct Table {
    index: usize,
    number: u32,
    in_row: bool,
    row: Row,
    column: usize,
    cell: Option<Cell>,
    /// Per column, for how many rows from this one on a cell from above covers it.
    covered: Vec<usize>,
    /// The same, begun in this row.
    covers: Vec<(usize, usize)>,
}

impl Table {
    fn open_row(&mut self) -> Result<(), Refused> {
        if !self.in_row {
            self.number = self.number.checked_add(1).ok_or_else(rows::too_many_rows)?;
            self.in_row = true;
            self.column = 0;
            self.row.clear();
        }
        Ok(())
    }

    /// Places the open cell: the first column no cell from above covers, and an empty cell for each further column it spans.
    fn close_cell(&mut self) -> Result<(), Refused> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        while self.covered.get(self.column).is_some_and(|rows| *rows > 0) {
            self.column += 1;
        }
        self.row.set(self.column, CellKind::Text)?.push_str(cell.text.trim_end_matches(is_space));
        for column in self.column + 1..self.column + cell.columns {
            self.row.set(column, CellKind::Text)?;
        }
        if cell.rows > 1 {
            self.covers.extend((self.column..self.column + cell.columns).map(|column| (column, cell.rows)));
        }
        self.column += cell.columns;
        Ok(())
    }

    fn close_row(&mut self) {
        self.in_row = false;
        self.covered.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        for (column, rows) in self.covers.drain(..) {
            if self.covered.len() <= column {
                self.covered.resize(column + 1, 0);
            }
            if let Some(covered) = self.covered.get_mut(column) {
                *covered = rows - 1;
            }
        }
    }
}

struct Cell {
    text: String,
    columns: usize,
    rows: usize,
}

impl Cell {
    fn new(tag: &StartTag<()>) -> Self {
        let span = |name: &[u8], most: usize| {
            let digits = tag.attributes.get(name).and_then(|value| std::str::from_utf8(value).ok());
            digits.and_then(|digits| digits.trim().parse::<usize>().ok()).unwrap_or(1).clamp(1, most)
        };
        Self { text: String::new(), columns: span(b"colspan", COLSPAN_MAX), rows: span(b"rowspan", ROWSPAN_MAX) }
    }

    /// Adds text as a browser shows it: runs of white space are one blank, none at a line's start. NBSP is kept.
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if !is_space(c) {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    /// A new line; a block element begins one only behind text.
    fn break_line(&mut self, always: bool) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if always || !(self.text.is_empty() || self.text.ends_with('\n')) {
            self.text.push('\n');
        }
    }
}

/// White space of HTML source.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tables(text: &str) -> Vec<Vec<Vec<String>>> {
        let page = Html::open(Cow::Borrowed(text)).unwrap();
        let mut all = Vec::new();
        for table in 0..page.tables() {
            let mut rows = Vec::new();
            page.walk(table, u32::MAX, &mut |number, row| {
                assert_eq!(number as usize, rows.len() + 1);
                rows.push(row.to_head(number).cells.into_iter().map(|(text, _)| text).collect());
                ControlFlow::Continue(())
            })
            .unwrap();
            all.push(rows);
        }
        all
    }

    #[test]
    fn cells_hold_what_a_browser_shows() {
        let text = "<html><style>td{x:1}</style><body><h3>x</h3><table border=1>
            <thead><TR><TH>Nama<br/>Unit<th> A &amp; B </tr></thead>
            <tr><td><b>Rohmadi</b>,\n  <i>S.E.</i></td><td>&nbsp;`1985&#39;</td></tr>
            <tr></tr><tr><td>=1+1<td>a<p>b</p><script>if (a<b) { '</td>' }</script></table>";
        let rows = [vec!["Nama\nUnit", "A & B"], vec!["Rohmadi, S.E.", "\u{a0}`1985'"], vec![], vec!["=1+1", "a\nb"]];
        assert_eq!(tables(text), [rows]);
    }

    #[test]
    fn spans_keep_the_columns_below_in_place() {
        let text = "<table><tr><td rowspan=2>Nama<td colspan=2>Standar<td rowspan='2'>JPM<tr><td>Integritas<td>Kerjasama<tr><td>1<td>2<td>3<td>4</table>";
        let rows = [vec!["Nama", "Standar", "", "JPM"], vec!["", "Integritas", "Kerjasama"], vec!["1", "2", "3", "4"]];
        assert_eq!(tables(text), [rows]);
    }

    #[test]
    fn several_and_nested_tables_stand_apart() {
        let text = "<table><tr><td>a<table><tr><td>b</td></tr></table>c</td><td>d</td></tr></table><table><td>e";
        assert_eq!(tables(text), [vec![vec!["ac", "d"]], vec![vec!["b"]], vec![vec!["e"]]]);
    }

    #[test]
    fn pages_without_content_are_refused() {
        let code = |text: &str| Html::open(Cow::Owned(text.to_owned())).err().map(|refused| refused.code);
        assert_eq!(code("<html><h1>502 Bad Gateway</h1></html>"), Some("BRK-04"));
        assert_eq!(code("<table><tr><td> </td></tr></table>"), Some("BRK-03"));
        assert_eq!(code(&"<table><tr><td>".repeat(DEPTH_MAX + 1)), Some("BRK-15"));
        assert_eq!(code(&"<td colspan=1000>".repeat(20).replacen("<td", "<table><td", 1)), Some("BRK-15"));
    }

    proptest! {
        #[test]
        fn any_soup_is_survived(
            soup in "(</?(table|tr|td|th|br|p|script|style)( (col|row)span='?[0-9]{0,6}'?)?/?>|[a-c&;<> \n]){0,40}",
            raw in any::<String>(),
        ) {
            for text in [soup, raw] {
                if let Ok(page) = Html::open(Cow::Borrowed(&text)) {
                    for table in 0..page.tables() {
                        page.walk(table, 10, &mut |_, _| ControlFlow::Continue(())).ok();
                    }
                }
            }
        }
    }
}
