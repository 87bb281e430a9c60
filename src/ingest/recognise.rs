//! What a delivered file is: which sheets hold which dataset, for which month, drawn when. Refuses to guess an unknown header.

use crate::ingest::letterhead;
use crate::ingest::source::{self, Content, Delivered, Format, Opened, ReadAt, Refused, Shelf};
use crate::ingest::values::date;
use crate::ingest::values::number;
use crate::ingest::values::words;
use crate::model::chunk::{CellKind, HeadRow};
use crate::model::contract::{Contract, Signature};
use crate::model::delivery::{Delivery, Found, Recognised};
use crate::model::limits::Limits;

/// How many rows are searched for a header.
const HEAD_ROWS: usize = 40;

/// Fewest cells of a row that looks like a header (BRK-06).
const HEADER_CELLS: usize = 3;

/// Says what a file is: a bundle, nothing loadable, or tables with dataset, periode and date of extraction.
pub fn recognise(
    file: &dyn ReadAt,
    delivery: &Delivery,
    contracts: &[Contract],
    limits: &Limits,
    shelf: &mut Shelf,
) -> Recognised {
    match tables(file, delivery, contracts, limits, shelf) {
        Ok(Some(found)) => Recognised::Tables(found),
        Ok(None) => Recognised::Bundle,
        Err(Refused { code, pesan }) => Recognised::Refused { code: code.to_string(), pesan },
    }
}

fn tables(
    file: &dyn ReadAt,
    delivery: &Delivery,
    contracts: &[Contract],
    limits: &Limits,
    shelf: &mut Shelf,
) -> Result<Option<Vec<Found>>, Refused> {
    let delivered = Delivered::of(file, limits)?;
    let mut opened = match source::open_again(&delivered, delivery.sha256, &delivery.nama_asal, limits, shelf)? {
        Content::Bundle => return Ok(None),
        Content::Table(opened) => opened,
    };
    let names: Vec<Option<String>> = opened.sheets().to_vec();
    let (mut known, mut unknown, mut any_cell) = (Vec::new(), Vec::new(), false);
    for (sheet, name) in names.iter().enumerate() {
        let head = opened.head(sheet, HEAD_ROWS)?;
        any_cell |= head.iter().any(|row| row.cells.iter().any(|(text, _)| !text.trim().is_empty()));
        let base = Found { sheet, sheet_name: name.clone(), ..described(&opened) };
        if let Some((contract, signature, at)) = signature_of(&head, contracts) {
            known.push(with_contract(base, contract, signature, &head, at, delivery)?);
        } else if let Some(at) =
            head.iter().position(|row| (row.row == 0 && !row.cells.is_empty()) || looks_like_header(row))
        {
            unknown.push(Found { header_row: head[at].row, header_rows: 1, headers: headers(&head, at, 1), ..base });
        }
    }
    let mut found = if known.is_empty() { unknown } else { known };
    if let Some(first) = found.first_mut() {
        first.extension_disagrees = opened.extension_disagrees();
        opened.leave_on(shelf, delivery.sha256);
        return Ok(Some(found));
    }
    // A JSON list without an object is not empty, but has no header either.
    let no_object = matches!(opened.format(), Format::Json | Format::Jsonl);
    if !any_cell && !no_object {
        return Err(refused("BRK-03", "Berkas kosong: tidak ada satu pun sel yang terisi"));
    }
    Err(refused("BRK-06", "Tidak ada baris judul kolom yang dikenali pada 40 baris pertama lembar mana pun"))
}

fn described(opened: &Opened) -> Found {
    Found {
        format: opened.format().as_str().to_string(),
        encoding: opened.encoding().map(str::to_string),
        delimiter: opened.delimiter().map(|it| it.to_string()),
        ..Found::default()
    }
}

fn refused(code: &'static str, pesan: &str) -> Refused {
    Refused { code, pesan: pesan.to_string() }
}

/// The first row that holds all names of a signature, and the first such signature.
fn signature_of<'c>(head: &[HeadRow], contracts: &'c [Contract]) -> Option<(&'c Contract, &'c Signature, usize)> {
    let mut all: Vec<(&Contract, &Signature, Vec<String>)> = Vec::new();
    for contract in contracts {
        for signature in &contract.signatures {
            all.push((contract, signature, signature.headers.iter().map(|it| words::header(it)).collect()));
        }
    }
    all.sort_by_key(|(_, signature, _)| signature.order);
    for (at, row) in head.iter().enumerate() {
        let names: Vec<String> = row.cells.iter().map(|(text, _)| words::header(text)).collect();
        if let Some((contract, signature, _)) =
            all.iter().find(|(_, _, wanted)| wanted.iter().all(|it| names.contains(it)))
        {
            return Some((contract, signature, at));
        }
    }
    None
}

fn with_contract(
    base: Found,
    contract: &Contract,
    signature: &Signature,
    head: &[HeadRow],
    at: usize,
    delivery: &Delivery,
) -> Result<Found, Refused> {
    // The patterns were checked when the contract was read.
    let unreadable = |_| refused("BRK-15", "Kontrak memuat pola yang tidak dapat dipakai");
    let lines = head.get(..at).unwrap_or_default().iter().flat_map(|row| &row.cells);
    let preamble: Vec<String> =
        lines.map(|(text, _)| words::collapse(text).to_string()).filter(|text| !text.is_empty()).collect();
    let drawn = letterhead::drawn(&contract.shared, &preamble, delivery).map_err(unreadable)?;
    let day = drawn.map(|(day, _)| day);
    let periode = match delivery.periode {
        Some(given) => Some(given),
        None => letterhead::periode(&contract.shared, &preamble, &delivery.nama_asal, day).map_err(unreadable)?,
    };
    if periode.is_none() {
        return Err(refused(
            "BRK-14",
            "Periode tidak ditemukan di kop, nama berkas, maupun daftar kiriman; beri nama berkas dengan bulan dan tahun atau pakai --period",
        ));
    }
    Ok(Found {
        dataset: Some(contract.dataset.clone()),
        dialect: signature.dialect.clone(),
        header_row: head.get(at).map_or(0, |row| row.row),
        header_rows: signature.header_rows,
        headers: headers(head, at, signature.header_rows),
        periode,
        tanggal_tarik: day,
        tanggal_tarik_sumber: drawn.map(|(_, sumber)| sumber),
        facts: letterhead::facts(contract, &preamble).map_err(unreadable)?,
        kontrak_sha256: Some(contract.digest),
        ..base
    })
}

/// The header names of each column, from one or two rows.
fn headers(head: &[HeadRow], at: usize, rows: u32) -> Vec<Vec<String>> {
    let taken: Vec<&HeadRow> = (0..rows as usize)
        .filter_map(|i| head.get(at + i).filter(|row| row.row as usize == head[at].row as usize + i))
        .collect();
    let width = taken.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let name = |row: &&HeadRow, column: usize| row.cells.get(column).map_or(String::new(), |(text, _)| text.clone());
    (0..width).map(|column| taken.iter().map(|row| name(row, column)).collect()).collect()
}

/// Three or more cells, all of them words (BRK-06).
fn looks_like_header(row: &HeadRow) -> bool {
    let filled: Vec<&(String, CellKind)> = row.cells.iter().filter(|(text, _)| !text.trim().is_empty()).collect();
    let word = |(text, kind): &&(String, CellKind)| {
        *kind == CellKind::Text
            && text.chars().any(char::is_alphabetic)
            && !matches!(number::parse(text, 3), number::Parsed::Good(_))
            && matches!(date::parse(text, *kind), date::Parsed::Bad)
            && !exponent(text)
    };
    HEADER_CELLS <= filled.len() && filled.iter().all(word)
}

/// `1.9E+17`: the only letter is the exponent's.
fn exponent(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-' | 'E' | 'e'))
}
