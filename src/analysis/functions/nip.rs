//! What the 18 digits of a NIP say: birth date, sex, kind of employee. Refuses to judge whether that is true.

use crate::analysis::functions::{Vectorised, refuse};
use chrono::NaiveDate;
use datafusion::arrow::array::{ArrayRef, BooleanArray, Date32Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::cast::as_string_array;
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// `nip_lahir(nip) -> date?` digits 1–8; `nip_jenis_kelamin(nip) -> text?` digit 15, 1 = L, 2 = P;
/// `nip_pppk(nip) -> bool?` digit 13 is 2 (`reference/domain.md` §9; `spec/ingest-rules.md` CON-01..04). Null where the
/// text is not 18 digits or the digits have no meaning.
pub fn functions() -> [ScalarUDF; 3] {
    [
        Vectorised::function("nip_lahir", vec![DataType::Utf8], DataType::Date32, |args| {
            let days = texts(args)?.iter().map(|nip| nip.and_then(born).map(Date32Type::from_naive_date));
            Ok(Arc::new(days.collect::<Date32Array>()) as ArrayRef)
        }),
        Vectorised::function("nip_jenis_kelamin", vec![DataType::Utf8], DataType::Utf8, |args| {
            Ok(Arc::new(texts(args)?.iter().map(|nip| nip.and_then(sex)).collect::<StringArray>()) as ArrayRef)
        }),
        Vectorised::function("nip_pppk", vec![DataType::Utf8], DataType::Boolean, |args| {
            Ok(Arc::new(texts(args)?.iter().map(|nip| nip.and_then(contract)).collect::<BooleanArray>()) as ArrayRef)
        }),
    ]
}

fn texts(args: &[ArrayRef]) -> Result<&StringArray> {
    let [nip] = args else { return refuse("takes one NIP") };
    as_string_array(nip)
}

/// The digits, if there are 18 and nothing else.
fn digits(nip: &str) -> Option<&[u8]> {
    let bytes = nip.as_bytes();
    (bytes.len() == 18 && bytes.iter().all(u8::is_ascii_digit)).then_some(bytes)
}

fn born(nip: &str) -> Option<NaiveDate> {
    digits(nip)?;
    NaiveDate::parse_from_str(nip.get(..8)?, "%Y%m%d").ok()
}

fn sex(nip: &str) -> Option<&'static str> {
    match digits(nip)?.get(14)? {
        b'1' => Some("L"),
        b'2' => Some("P"),
        _ => None,
    }
}

fn contract(nip: &str) -> Option<bool> {
    Some(*digits(nip)?.get(12)? == b'2')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_layouts_and_nothing_else() {
        assert_eq!(born("198503122010011012"), NaiveDate::from_ymd_opt(1985, 3, 12));
        assert_eq!(sex("198503122010011012"), Some("L"));
        assert_eq!(contract("198503122010011012"), Some(false));
        assert_eq!(contract("199011052023212003"), Some(true));
        assert_eq!(sex("199011052023212003"), Some("P"));
        assert_eq!(born("198513122010011012"), None);
        for wrong in ["", "19850312201001101", "1985031220100110123", "19850312 01001 012", "१९८५०३"] {
            assert_eq!((born(wrong), sex(wrong), contract(wrong)), (None, None, None), "{wrong}");
        }
    }
}
