//! Tables of a web page, saved as `.xls` by many an application: rows, cells and spans of tag soup. Refuses scripts, styles and layout.

use crate::ingest::source::Visit;
use crate::ingest::source::html::grid::Cell;
use crate::ingest::source::html::grid::Table;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows;
use crate::ingest::source::rows::Row;
use html5gum::DefaultEmitter;
use html5gum::HtmlString;
use html5gum::StartTag;
use html5gum::Token;
use html5gum::Tokenizer;
use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::ControlFlow;

mod grid;

/// Deepest nesting of tables.
const DEPTH_MAX: usize = 32;
/// Most tables of a page: each is read on its own.
const TABLES_MAX: usize = 1000;

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
                if self.tables.len() >= DEPTH_MAX || self.begun >= TABLES_MAX {
                    return Err(Refused::limit("tabel terlalu banyak atau bersarang terlalu dalam"));
                }
                self.tables.push(Table::new(self.begun));
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
        assert_eq!(code(&"<table></table>".repeat(TABLES_MAX + 1)), Some("BRK-15"));
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
