//! JSON lists, envelopes `{"code":…,"data":[…]}` and JSON Lines as rows, one object each. Refuses to turn a number into a float.

use crate::ingest::source::Visit;
use crate::ingest::source::json::scan::Scan;
use crate::ingest::source::json::scan::Value;
use crate::ingest::source::refused::Refused;
use crate::ingest::source::rows;
use crate::ingest::source::rows::Row;
use crate::model::chunk::CellKind;
use crate::model::chunk::HeadRow;
use std::borrow::Cow;
use std::collections::HashMap;

mod scan;

/// Where the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One object a line.
    Lines,
    /// The list that begins at this byte.
    List(usize),
    /// The one object that begins at this byte.
    One(usize),
}

/// A JSON file whose every row has been seen once.
pub(crate) struct Json<'a> {
    text: Cow<'a, str>,
    layout: Layout,
    keys: Vec<String>,
}

impl<'a> Json<'a> {
    /// BRK-02 where it is no JSON, BRK-03 where the envelope's `data` is text or an empty list, or no object holds anything. A
    /// list without objects opens, and has no header.
    pub(crate) fn open(text: Cow<'a, str>) -> Result<Self, Refused> {
        let layout = layout(&text)?;
        let mut keys = Keys::default();
        let (mut rows, mut objects, mut filled) = (0_u64, 0_u64, false);
        walk(&text, layout, &mut |_, value| {
            rows += 1;
            if let Some(members) = value {
                objects += 1;
                members.each(|key, value| {
                    keys.position(key, true)?;
                    filled |= value.is_filled();
                    Ok(())
                })?;
            }
            Ok(true)
        })?;
        if rows == 0 || (objects > 0 && !filled) {
            Err(Refused::empty())
        } else {
            Ok(Self { text, layout, keys: keys.names })
        }
    }

    pub(crate) fn is_lines(&self) -> bool {
        self.layout == Layout::Lines
    }

    /// All keys in the order they first appear, as row 0.
    pub(crate) fn head(&self) -> HeadRow {
        HeadRow { row: 0, cells: self.keys.iter().map(|key| (key.clone(), CellKind::Text)).collect() }
    }

    /// Visits every row. A blank line, and an element that is no object, is a blank row.
    pub(crate) fn walk(&self, rows_max: u32, visit: Visit<'_>) -> Result<(), Refused> {
        let mut keys = Keys::of(&self.keys);
        let mut row = Row::default();
        walk(&self.text, self.layout, &mut |number, value| {
            if number > rows_max {
                return Err(rows::too_many_rows());
            }
            row.clear();
            if let Some(members) = value {
                members.each(|key, value| match keys.position(key, false)? {
                    Some(column) => put(&mut row, column, value),
                    None => Ok(()),
                })?;
            }
            row.check()?;
            Ok(visit(number, &row).is_continue())
        })
    }
}

/// Puts one value into the row; a key that comes twice counts as it came last.
fn put(row: &mut Row, column: usize, value: &Value<'_>) -> Result<(), Refused> {
    match value {
        Value::Null => row.unset(column),
        Value::Text(text) => row.set(column, CellKind::Text)?.push_str(text),
        Value::Number(text) => row.set(column, CellKind::Number)?.push_str(text),
        Value::Bool(text) => row.set(column, CellKind::Bool)?.push_str(text),
        Value::Nested(raw) => row.set(column, CellKind::Text)?.push_str(&scan::compact(raw)),
    }
    Ok(())
}

/// Column positions of keys. Objects of one list repeat their keys in one order, so the next key is tried first.
#[derive(Default)]
struct Keys {
    names: Vec<String>,
    positions: HashMap<String, usize>,
    next: usize,
}

impl Keys {
    fn of(names: &[String]) -> Self {
        let positions = names.iter().cloned().zip(0..).collect();
        Self { names: names.to_vec(), positions, next: 0 }
    }

    fn position(&mut self, key: &str, may_add: bool) -> Result<Option<usize>, Refused> {
        if self.names.get(self.next).is_none_or(|name| name != key) {
            match self.positions.get(key) {
                Some(position) => self.next = *position,
                None if !may_add => return Ok(None),
                None if self.names.len() >= rows::COLUMNS_MAX => {
                    return Err(Refused::limit("jumlah kolom melampaui batas"));
                }
                None => {
                    self.next = self.names.len();
                    self.names.push(key.to_owned());
                    self.positions.insert(key.to_owned(), self.next);
                }
            }
        }
        let position = self.next;
        self.next = if position + 1 < self.names.len() { position + 1 } else { 0 };
        Ok(Some(position))
    }
}

/// Where the rows of a text are. Several values one after the other are JSON Lines; one object is an envelope if it has `data`,
/// otherwise the only row.
fn layout(text: &str) -> Result<Layout, Refused> {
    let mut scan = Scan::new(text);
    let start = scan.start();
    if scan.is_list() {
        return Ok(Layout::List(start));
    }
    let Value::Nested(first) = scan.value()? else { return Err(scan::damaged()) };
    if !scan.at_end() {
        return Ok(Layout::Lines);
    }
    let mut data = None;
    let mut inner = Scan::new(first);
    inner.members(|key, value, at| {
        if key == "data" && data.is_none() {
            data = Some(match value {
                Value::Nested(raw) if raw.starts_with('[') => Layout::List(start + at),
                Value::Nested(_) => Layout::One(start + at),
                // Text such as "Data tidak ditemukan", or nothing at all.
                _ => return Err(Refused::empty()),
            });
        }
        Ok(())
    })?;
    let single = if first.contains('\n') { Layout::One(start) } else { Layout::Lines };
    Ok(data.unwrap_or(single))
}

/// An object that is about to be read.
struct Members<'s, 't> {
    scan: &'s mut Scan<'t>,
}

impl Members<'_, '_> {
    fn each(self, mut visit: impl FnMut(&str, &Value<'_>) -> Result<(), Refused>) -> Result<(), Refused> {
        self.scan.members(|key, value, _| visit(key, value))
    }
}

/// Sees one row by its number: its object, or nothing; says whether to go on. It must read the object to its end.
type VisitRow<'v> = &'v mut dyn FnMut(u32, Option<Members<'_, '_>>) -> Result<bool, Refused>;

fn walk(text: &str, layout: Layout, visit: VisitRow<'_>) -> Result<(), Refused> {
    match layout {
        Layout::Lines => walk_lines(text, visit),
        Layout::List(at) => walk_list(text, at, visit),
        Layout::One(at) => {
            let mut scan = Scan::new(text.get(at..).unwrap_or_default());
            visit(1, Some(Members { scan: &mut scan })).map(|_| ())
        }
    }
}

fn walk_lines(text: &str, visit: VisitRow<'_>) -> Result<(), Refused> {
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    for (index, line) in lines.enumerate() {
        let number = u32::try_from(index + 1).map_err(|_| rows::too_many_rows())?;
        let mut scan = Scan::new(line);
        let go_on = if scan.at_end() {
            visit(number, None)?
        } else if scan.is_object() {
            visit(number, Some(Members { scan: &mut scan }))?
        } else {
            scan.value()?;
            visit(number, None)?
        };
        if !go_on {
            return Ok(());
        }
        if !scan.at_end() {
            return Err(scan::damaged());
        }
    }
    Ok(())
}

fn walk_list(text: &str, at: usize, visit: VisitRow<'_>) -> Result<(), Refused> {
    let mut scan = Scan::new(text.get(at..).unwrap_or_default());
    scan.expect(b'[')?;
    if scan.take(b']') {
        return Ok(());
    }
    for number in 1.. {
        let go_on = if scan.is_object() {
            visit(number, Some(Members { scan: &mut scan }))?
        } else {
            scan.value()?;
            visit(number, None)?
        };
        if !go_on {
            return Ok(());
        }
        if !scan.take(b',') {
            break;
        }
    }
    scan.expect(b']')?;
    // Behind the list there is nothing, or the rest of its envelope, which was read before.
    if at_top_level(text, at) && !scan.at_end() { Err(scan::damaged()) } else { Ok(()) }
}

/// Whether only white space stands before a position.
fn at_top_level(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ops::ControlFlow;

    fn opened(text: &str) -> Json<'_> {
        Json::open(Cow::Borrowed(text)).unwrap()
    }

    fn refusal(text: &str) -> Option<&'static str> {
        Json::open(Cow::Borrowed(text)).err().map(|refused| refused.code)
    }

    fn rows(json: &Json<'_>) -> Vec<(u32, Vec<(String, CellKind)>)> {
        let mut all = Vec::new();
        json.walk(u32::MAX, &mut |number, row| {
            all.push((number, row.to_head(number).cells));
            ControlFlow::Continue(())
        })
        .unwrap();
        all
    }

    fn text(text: &str) -> (String, CellKind) {
        (text.to_owned(), CellKind::Text)
    }

    #[test]
    fn values_keep_their_source_text() {
        let json = opened(
            r#"[{"nip":"198503122010011012","jp":20.50,"besar":198503122010011012,"ya":true,"x":null,"l":[1, "a b", {"k" : 2}]},
               {"baru":"\u00e9\n\"","jp":"1"}]"#,
        );
        let keys: Vec<String> = json.head().cells.into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["nip", "jp", "besar", "ya", "x", "l", "baru"]);
        let all = rows(&json);
        let number = |text: &str| (text.to_owned(), CellKind::Number);
        let first = vec![
            text("198503122010011012"),
            number("20.50"),
            number("198503122010011012"),
            ("true".to_owned(), CellKind::Bool),
            text(""),
            text(r#"[1,"a b",{"k":2}]"#),
        ];
        assert_eq!(all[0], (1, first));
        assert_eq!(all[1].1[6], text("é\n\""));
        assert!(!json.is_lines());
    }

    #[test]
    fn envelopes_lists_and_lines_are_told_apart() {
        for (source, lines, numbers) in [
            (r#"{"code":1,"data":[{"a":"1"},{"a":"2"}],"total":2}"#, false, vec![1, 2]),
            (r#"{"code":1,"data":{"a":"1"}}"#, false, vec![1]),
            ("{\"a\":\"1\"}\n\n{\"b\":\"2\"}\r\n", true, vec![1, 2, 3]),
            ("{\"a\":\"1\"}", true, vec![1]),
            ("{\n\"a\":\"1\"\n}", false, vec![1]),
            ("\n[{\"a\":\"1\"}, 7, {}]\n", false, vec![1, 2, 3]),
        ] {
            let json = opened(source);
            assert_eq!(json.is_lines(), lines, "{source}");
            assert_eq!(rows(&json).into_iter().map(|(number, _)| number).collect::<Vec<_>>(), numbers, "{source}");
        }
    }

    #[test]
    fn what_holds_no_rows_is_refused() {
        for (source, code) in [
            (r#"{"code": 0, "data": "Data tidak ditemukan"}"#, "BRK-03"),
            (r#"{"code":0,"data":[]}"#, "BRK-03"),
            (r#"{"code":0,"data":null}"#, "BRK-03"),
            ("[]", "BRK-03"),
            ("[{},{\"a\":null,\"b\":\" \"}]", "BRK-03"),
            ("{\"a\":1}\n{\"a\":", "BRK-02"),
            ("[{\"a\":1}", "BRK-02"),
            ("[{\"a\":1}] x", "BRK-02"),
            ("{\"a\":01}", "BRK-02"),
            ("{\"a\":\"\\ud800\"}", "BRK-02"),
            ("{\"a\" \"b\"}", "BRK-02"),
            ("{bukan json}", "BRK-02"),
            ("{\"a\":1} {\"a\":2}", "BRK-02"),
        ] {
            assert_eq!(refusal(source), Some(code), "{source}");
        }
        let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
        assert!(opened(&deep).head().cells.is_empty());
        assert!(opened("[1,\"a\"]").head().cells.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_survived(near in "[\\[{](\"[a-b\\\\]{0,3}\"|[\\[\\]{}:,0-9.eE tfnul\n-]){0,30}", raw in any::<String>()) {
            for text in [near, raw] {
                if let Ok(json) = Json::open(Cow::Borrowed(&text)) {
                    rows(&json);
                }
            }
        }

        #[test]
        fn objects_come_back(cells in prop::collection::vec(prop::collection::vec(any::<String>(), 3), 1..10), lines in any::<bool>()) {
            let object = |row: &Vec<String>| serde_json::json!({"a": row[0], "b": row[1], "c": row[2]}).to_string();
            let objects: Vec<String> = cells.iter().map(object).collect();
            let source = if lines { objects.join("\n") } else { format!("{{\"data\": [{}]}}", objects.join(" ,\n")) };
            if let Ok(json) = Json::open(Cow::Borrowed(&source)) {
                let back: Vec<Vec<String>> = rows(&json).into_iter().map(|(_, row)| row.into_iter().map(|(text, _)| text).collect()).collect();
                prop_assert_eq!(back, cells);
            }
        }
    }
}
