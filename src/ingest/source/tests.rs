//! Whole files through the door: kinds told by content, workbooks made here, hostile bytes. Refuses fixtures of people.

use super::*;
use crate::model::chunk::CellKind;
use arrow::array::Array;
use proptest::prelude::*;
use std::io::Cursor;
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn limits() -> Limits {
    Limits { rows_max: 100, ..Limits::default() }
}

/// Bytes at a place that outlives the test.
fn there(bytes: &[u8]) -> &'static dyn ReadAt {
    let bytes: &'static [u8] = Box::leak(bytes.into());
    Box::leak(Box::new(bytes))
}

fn opened(bytes: &[u8], name: &str, limits: &Limits) -> Result<Content<'static>, Refused> {
    let delivered: &'static Delivered<'static> = Box::leak(Box::new(Delivered::of(there(bytes), limits)?));
    open(delivered, name, limits)
}

fn table(bytes: &[u8], name: &str) -> Opened<'static> {
    match opened(bytes, name, &limits()).unwrap() {
        Content::Table(opened) => opened,
        Content::Bundle => panic!("not a bundle"),
    }
}

fn refusal(bytes: &[u8]) -> Option<&'static str> {
    opened(bytes, "x", &limits()).err().map(|refused| refused.code)
}

/// Number and cells.
type Row = (u32, Vec<Option<(String, CellKind)>>);

/// All rows of a sheet: number and cells, `None` where absent.
fn rows(opened: &mut Opened<'_>, sheet: usize, after: u32, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    opened
        .read(sheet, after, width, &mut |chunk| {
            for at in 0..chunk.len() {
                let cell = |column: usize| {
                    let values = &chunk.columns[column];
                    values.is_valid(at).then(|| (values.value(at).to_owned(), chunk.kind(column, at)))
                };
                rows.push((chunk.rows[at], (0..width).map(cell).collect()));
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

/// A workbook of sheets, each given as the inside of `sheetData`.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: String| {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    };
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    part("[Content_Types].xml", "<Types/>".into());
    part(
        "_rels/.rels",
        format!(
            "<Relationships><Relationship Id=\"r\" Type=\"{kind}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let (mut names, mut links) = (String::new(), String::new());
    for (index, (name, data)) in sheets.iter().enumerate() {
        names += &format!("<sheet name=\"{name}\" sheetId=\"{index}\" r:id=\"r{index}\"/>");
        links +=
            &format!("<Relationship Id=\"r{index}\" Type=\"{kind}/worksheet\" Target=\"worksheets/s{index}.xml\"/>");
        part(
            &format!("xl/worksheets/s{index}.xml"),
            format!("<worksheet {main}><sheetData>{data}</sheetData></worksheet>"),
        );
    }
    part("xl/workbook.xml", format!("<workbook {main} xmlns:r=\"{kind}\"><sheets>{names}</sheets></workbook>"));
    part("xl/_rels/workbook.xml.rels", format!("<Relationships>{links}</Relationships>"));
    part("xl/sharedStrings.xml", format!("<sst {main} count=\"1\" uniqueCount=\"1\"><si><t>Rohmadi</t></si></sst>"));
    part(
        "xl/styles.xml",
        format!(
            "<styleSheet {main}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
        ),
    );
    writer.finish().unwrap().into_inner()
}

#[test]
fn content_decides_and_the_extension_is_only_compared() {
    for (bytes, name, format, disagrees) in [
        (&b"a,b\n1,2"[..], "x.csv", Format::Csv, false),
        (b"a,b\n1,2", "x.XLSX", Format::Csv, true),
        (b"a,b\n1,2", "x", Format::Csv, false),
        (b"a\tb\n1\t2", "x.xls", Format::Csv, true),
        (b" \n<table><tr><td>a</table>", "x.xls", Format::Html, false),
        (b"<table><tr><td>a</table>", "bundle.zip!dalam/x.csv", Format::Html, true),
        (b"\xEF\xBB\xBF[{\"a\":1}]", "x.json", Format::Json, false),
        (b"{\"a\":1}\n{\"a\":2}", "x.jsonl", Format::Jsonl, false),
        (b"{\"a\":1}\n{\"a\":2}", "x.csv", Format::Jsonl, true),
        (b"PKP;NAMA\n1;a", "x.csv", Format::Csv, false),
    ] {
        let opened = table(bytes, name);
        assert_eq!((opened.format(), opened.extension_disagrees()), (format, disagrees), "{name}");
        assert_eq!(opened.sheets(), [None]);
    }
    let opened = table(b"\xEF\xBB\xBFa;b\n1;2", "x.csv");
    assert_eq!((opened.encoding(), opened.delimiter()), (Some("utf-8-bom"), Some(';')));
    let opened = table(b"<table><tr><td>a</table>", "x.xls");
    assert_eq!((opened.encoding(), opened.delimiter()), (None, None));
}

#[test]
fn broken_files_are_refused_with_their_code() {
    assert_eq!(refusal(b""), Some("BRK-03"));
    assert_eq!(refusal(b"\xEF\xBB\xBF \r\n"), Some("BRK-03"));
    assert_eq!(refusal(b",,,\n\"\",,\n"), Some("BRK-03"));
    assert_eq!(refusal(b"a,b\n\0"), Some("BRK-09"));
    assert_eq!(refusal(b"\xFF\xFEa\0,\0b\0"), Some("BRK-09"));
    assert_eq!(refusal(b"PK\x03\x04 cut"), Some("BRK-02"));
    assert_eq!(refusal(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 cut"), Some("BRK-02"));
    assert_eq!(refusal(b"<html><body>502 Bad Gateway</body></html>"), Some("BRK-04"));
    assert_eq!(refusal(&workbook(&[("Sheet1", ""), ("Sheet2", "<row r=\"1\"><c r=\"A1\"/></row>")])), Some("BRK-03"));
    let small = Limits { file_bytes_max: 2, ..limits() };
    assert_eq!(opened(b"a,b", "x.csv", &small).unwrap_err().code, "BRK-15");
}

#[test]
fn cells_of_a_workbook_keep_place_and_kind() {
    let data = "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"C2\"><v>28</v></c><c r=\"D2\" s=\"1\"><v>27177</v></c></row>\
        <row r=\"3\"><c r=\"A3\"/></row>\
        <row r=\"5\"><c r=\"A5\" t=\"b\"><v>1</v></c><c r=\"B5\" t=\"e\"><v>#REF!</v></c><c r=\"C5\"><f>1+1</f><v>2.50</v></c>\
        <c r=\"D5\" t=\"inlineStr\"><is><t>=1</t></is></c><c r=\"F5\"><v>1.98503122010011E+17</v></c></row>\
        <row r=\"9\"><c r=\"A9\" t=\"inlineStr\"><is><t> </t></is></c></row>";
    let bytes = workbook(
        &[("Kosong", ""), ("Data & Isi", data)]
            .map(|(name, data)| (if name == "Kosong" { name } else { "Data &amp; Isi" }, data)),
    );
    let mut opened = table(&bytes, "x.xlsx");
    assert_eq!(opened.sheets(), [Some("Kosong".into()), Some("Data & Isi".into())]);
    let cell = |text: &str, kind| Some((text.to_owned(), kind));
    let all = rows(&mut opened, 1, 1, 5);
    let second = vec![
        None,
        cell("Rohmadi", CellKind::Text),
        cell("28", CellKind::Number),
        cell("1974-05-28", CellKind::Date),
        None,
    ];
    let fifth = vec![
        cell("TRUE", CellKind::Bool),
        cell("", CellKind::Text),
        cell("2.5", CellKind::Number),
        cell("=1", CellKind::Text),
        None,
    ];
    let blank = vec![None; 5];
    assert_eq!(all, [(2, second), (3, blank.clone()), (4, blank), (5, fifth)]);
    let head = opened.head(1, 40).unwrap();
    assert_eq!(head.iter().map(|row| row.row).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(head[4].cells[5], ("198503122010011000".to_owned(), CellKind::Number));
    assert!(opened.head(0, 40).unwrap().is_empty());
    assert_eq!(opened.head(1, 2).unwrap().len(), 2);
}

#[test]
fn a_workbook_cannot_point_out_of_its_sheet() {
    let read = |data: &str| {
        let bytes = workbook(&[("S", data)]);
        match opened(&bytes, "x.xlsx", &limits()) {
            Ok(Content::Table(mut opened)) => {
                opened.read(0, 0, 3, &mut |_| ControlFlow::Continue(())).err().map(|it| it.code)
            }
            Ok(Content::Bundle) => None,
            Err(refused) => Some(refused.code),
        }
    };
    let one = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    assert_eq!(read(one), None);
    assert_eq!(read(&format!("{one}<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>")), Some("BRK-15"));
    assert_eq!(read(&format!("{one}<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>")), Some("BRK-15"));
    assert!(read(&format!("{one}<row r=\"2\"><c r=\"ZZZZ99999999999\"><v>1</v></c></row>")).is_some());
    assert_eq!(read(&format!("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>{one}")), Some("BRK-02"));
    assert_eq!(read("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>9</v></c></row>"), Some("BRK-02"));
    assert_eq!(read("<row r=\"1\"><c r=\"A1\"><v>1</v>"), Some("BRK-02"));
    let twins = workbook(&[("S", one), ("S", one)]);
    assert_eq!(refusal(&twins), Some("BRK-02"));
}

#[test]
fn a_zip_without_content_types_is_a_bundle() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.csv", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"a,b").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert!(matches!(opened(&bytes, "x.zip", &limits()), Ok(Content::Bundle)));
    assert_eq!(unpack(&bytes, &limits()).unwrap()[0].bytes, b"a,b");
}

/// Every call a caller could make; none may panic.
fn exercise(bytes: &[u8]) {
    let _ = unpack(bytes, &limits());
    let delivered = Delivered::of(&bytes, &limits());
    if let Ok(Ok(Content::Table(mut opened))) = delivered.as_ref().map(|it| open(it, "x.csv", &limits())) {
        for sheet in 0..opened.sheets().len() + 1 {
            let head =
                opened.head(sheet, 40).map_or(0, |head| head.iter().map(|row| row.cells.len()).max().unwrap_or(0));
            let mut last = 0;
            let _ = opened.read(sheet, 1, head.min(50), &mut |chunk| {
                assert!(chunk.columns.iter().all(|column| column.len() == chunk.len()));
                assert!(chunk.fields.is_empty() || chunk.fields.len() == chunk.len());
                assert!(chunk.rows.iter().all(|row| *row > last) && chunk.rows.is_sorted());
                last = chunk.rows.last().copied().unwrap_or(last);
                ControlFlow::Continue(())
            });
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_of_every_kind_are_survived(
        start in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"PK\x05\x06", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"<table><tr>", b"{\"", b"[{", b"\xEF\xBB\xBF", b"a;b\n"]),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        exercise(&[start, &bytes].concat());
    }

    #[test]
    fn a_mutated_sheet_is_survived(at in any::<prop::sample::Index>(), text in "[<>/\"= a-zA-Z0-9]{0,6}", length in 0usize..8) {
        let mut data = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>45123</v></c></row>\
            <row r=\"3\"><c r=\"C3\" t=\"inlineStr\"><is><t>a</t></is></c></row>".to_owned();
        let from = at.index(data.len());
        let to = (from + length).min(data.len());
        data.replace_range(from..to, &text);
        exercise(&workbook(&[("S", &data)]));
    }

    #[test]
    fn a_mutated_workbook_is_survived(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = workbook(&[("S", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")]);
        let index = at.index(bytes.len());
        bytes[index] = byte;
        exercise(&bytes);
    }
}
