//! What comes out of each table writer, byte for byte.

use super::*;
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray};
use arrow::array::{StringViewArray, TimestampMicrosecondArray};
use std::sync::Arc;

fn batch() -> RecordBatch {
    let decimals = Decimal128Array::from(vec![Some(8050), None, Some(-5)]).with_precision_and_scale(5, 2).unwrap();
    let moments = TimestampMicrosecondArray::from(vec![Some(0), None, Some(1_500_000)]).with_timezone("UTC");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("nip", Arc::new(StringArray::from(vec![Some("198001012005011001"), None, Some("")]))),
        ("nama", Arc::new(StringViewArray::from(vec![Some("=1+1"), Some("a \"b\", c"), Some("dua\nbaris")]))),
        ("n", Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_993), None, Some(51_204)]))),
        ("bagian", Arc::new(Float64Array::from(vec![Some(0.1 + 0.2), None, Some(1.0)]))),
        ("skor", Arc::new(decimals)),
        ("aktif", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("tmt", Arc::new(Date32Array::from(vec![Some(20_453), None, Some(0)]))),
        ("pada", Arc::new(moments)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn written(format: Format, options: &Options) -> Vec<u8> {
    let batch = batch();
    let (bytes, rows) = write(Vec::new(), format, batch.schema(), std::slice::from_ref(&batch), options).unwrap();
    assert_eq!(rows, 3);
    bytes
}

fn text(format: Format, options: &Options) -> String {
    String::from_utf8(written(format, options)).unwrap()
}

#[test]
fn csv_is_exact() {
    let expected = "nip,nama,n,bagian,skor,aktif,tmt,pada\n\
        198001012005011001,=1+1,9007199254740993,0.30000000000000004,80.50,true,2025-12-31,1970-01-01T00:00:00Z\n\
        ,\"a \"\"b\"\", c\",,,,,,\n\
        \"\",\"dua\nbaris\",51204,1,-0.05,false,1970-01-01,1970-01-01T00:00:01.500Z\n";
    assert_eq!(text(Format::Csv, &Options::default()), expected);
}

#[test]
fn csv_for_a_spreadsheet_has_commas_and_no_formulas() {
    let options = Options { delimiter: ';', locale: Locale::Id, guard_formulas: true, ..Options::default() };
    let csv = text(Format::Csv, &options);
    let second = csv.lines().nth(1).unwrap();
    assert_eq!(
        second,
        "198001012005011001;'=1+1;9007199254740993;0,30000000000000004;80,50;true;2025-12-31;1970-01-01T00:00:00Z"
    );
}

#[test]
fn a_record_of_one_null_is_a_record() {
    let one: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>]));
    let batch = RecordBatch::try_from_iter_with_nullable([("x", one, true)]).unwrap();
    let (bytes, _) = write(Vec::new(), Format::Csv, batch.schema(), &[batch], &Options::default()).unwrap();
    assert_eq!(bytes, b"x\n\"\"\n");
}

#[test]
fn csv_without_rows_has_its_header_and_json_its_brackets() {
    let schema = batch().schema();
    let (csv, _) = write(Vec::new(), Format::Csv, schema.clone(), &[], &Options::default()).unwrap();
    assert_eq!(csv, b"nip,nama,n,bagian,skor,aktif,tmt,pada\n");
    let (json, _) = write(Vec::new(), Format::Json, schema, &[], &Options::default()).unwrap();
    assert_eq!(json, b"[]\n");
}

#[test]
fn json_reads_back() {
    let json: serde_json::Value = serde_json::from_slice(&written(Format::Json, &Options::default())).unwrap();
    assert_eq!(json[0]["nip"], "198001012005011001");
    assert_eq!(json[0]["n"], 9_007_199_254_740_993_i64);
    assert_eq!(json[0]["tmt"], "2025-12-31");
    assert!(json[1]["n"].is_null());
}

#[test]
fn the_text_table_aligns() {
    let shown = text(Format::Table, &Options::default());
    let widths: Vec<usize> = shown.lines().map(|line| line.chars().position(|c| "│┼".contains(c)).unwrap()).collect();
    assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{shown}");
    assert!(shown.contains("dua·baris"));
    let wide = text(Format::Table, &Options { wide: true, ..Options::default() });
    assert!(wide.starts_with("─ 1 ─\nnip    │ 198001012005011001\n"), "{wide}");
}

#[test]
fn parquet_and_xlsx_are_the_same_twice() {
    for format in [Format::Parquet, Format::Xlsx] {
        assert!(written(format, &Options::default()) == written(format, &Options::default()));
    }
    assert!(written(Format::Xlsx, &Options::default()).starts_with(b"PK"));
}
