//! Hostile archives, some of them byte by byte. Refuses to keep any of them as a file.

use crate::exports::{trainings, zip};
use crate::hostile_seeds::{Seed, refused, taken};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn le16(value: u32) -> [u8; 2] {
    let bytes = value.to_le_bytes();
    [bytes[0], bytes[1]]
}

/// What a directory says of a member.
struct Entry<'a> {
    name: &'a [u8],
    method: u32,
    flags: u32,
    packed: u32,
    size: u32,
    crc: u32,
    at: u32,
}

fn fields(entry: &Entry<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend([le16(20), le16(entry.flags), le16(entry.method), le16(0), le16(0x21)].concat());
    out.extend([entry.crc.to_le_bytes(), entry.packed.to_le_bytes(), entry.size.to_le_bytes()].concat());
    out.extend([le16(u32::try_from(entry.name.len()).unwrap()), le16(0)].concat());
    out
}

fn local(entry: &Entry<'_>, data: &[u8]) -> Vec<u8> {
    [b"PK\x03\x04".as_slice(), &fields(entry), entry.name, data].concat()
}

fn central(entry: &Entry<'_>) -> Vec<u8> {
    let rest = [&le16(0)[..], &le16(0), &le16(0), &0_u32.to_le_bytes(), &entry.at.to_le_bytes()].concat();
    [b"PK\x01\x02".as_slice(), &le16(20), &fields(entry), &rest, entry.name].concat()
}

/// The archive of a body and its directory.
fn closed(mut body: Vec<u8>, directory: &[u8], count: u32) -> Vec<u8> {
    let at = u32::try_from(body.len()).unwrap();
    body.extend(directory);
    body.extend([b"PK\x05\x06".as_slice(), &[0; 4], &le16(count), &le16(count)].concat());
    body.extend([u32::try_from(directory.len()).unwrap().to_le_bytes(), at.to_le_bytes()].concat());
    body.extend(le16(0));
    body
}

/// One stored member with whatever its directory says.
fn one(name: &[u8], data: &[u8], change: impl Fn(&mut Entry<'_>)) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap();
    let mut entry = Entry { name, method: 0, flags: 0, packed: size, size, crc: crc(data), at: 0 };
    change(&mut entry);
    closed(local(&entry, data), &central(&entry), 1)
}

fn crc(data: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |it, _| if it & 1 == 1 { (it >> 1) ^ 0xEDB8_8320 } else { it >> 1 })
    };
    !data.iter().fold(u32::MAX, step)
}

/// Deflated zeros, as a zip writer packs them.
fn deflated(size: usize) -> Vec<u8> {
    let bytes = zip(&[("x", &vec![b'0'; size])]);
    let packed = u32::from_le_bytes(bytes[18..22].try_into().unwrap()) as usize;
    let from = 30 + 1 + usize::from(bytes[28]) + (usize::from(bytes[29]) << 8);
    bytes[from..from + packed].to_vec()
}

/// Many names for one and the same packed member.
fn overlapping(names: u32) -> Vec<u8> {
    let (data, sum) = (deflated(1 << 20), crc(&vec![b'0'; 1 << 20]));
    let name = |i: u32| format!("p{i:05}.csv").into_bytes();
    let entry = |name: &[u8]| {
        let (packed, size) = (u32::try_from(data.len()).unwrap(), 1 << 20);
        let entry = Entry { name, method: 8, flags: 0, packed, size, crc: sum, at: 0 };
        (local(&entry, &data), central(&entry))
    };
    let directory: Vec<u8> = (0..names).flat_map(|i| entry(&name(i)).1).collect();
    closed(entry(&name(0)).0, &directory, names)
}

/// Empty members, stored; the count in the end record has sixteen bits only.
pub fn empty_members(count: u32) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for i in 0..count {
        let name = format!("{i:06}").into_bytes();
        let at = u32::try_from(body.len()).unwrap();
        let entry = Entry { name: &name, method: 0, flags: 0, packed: 0, size: 0, crc: 0, at };
        body.extend(local(&entry, &[]));
        directory.extend(central(&entry));
    }
    closed(body, &directory, count)
}

/// A list that no other member has.
fn list(number: usize) -> String {
    trainings(1..4, 100 + u32::try_from(number).unwrap())
}

/// A list under each of several names.
fn under(names: &[&str]) -> Vec<u8> {
    let lists: Vec<String> = (0..names.len()).map(|i| list(10 * names.len() + i)).collect();
    let members: Vec<(&str, &[u8])> = names.iter().copied().zip(lists.iter().map(String::as_bytes)).collect();
    zip(&members)
}

fn linked(list: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_symlink("keluar", "/etc", SimpleFileOptions::default()).unwrap();
    archive.start_file("keluar/p_2025-12.csv", SimpleFileOptions::default()).unwrap();
    archive.write_all(list.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

fn litter(list: &str) -> Vec<u8> {
    let names = ["__MACOSX/._p.csv", ".DS_Store", "~$buku.xlsx", "Thumbs.db"];
    let mut members: Vec<(&str, &[u8])> = names.iter().map(|it| (*it, b"\0\0\0".as_slice())).collect();
    members.push(("Data.csv", list.as_bytes()));
    members.push(("DATA.CSV", list.as_bytes()));
    zip(&members)
}

/// Archives: seeds 47 to 57.
pub fn archives() -> Vec<Seed> {
    let text = list(1);
    let data = text.as_bytes();
    let long = format!("{}.csv", "p".repeat(5000));
    let good = zip(&[("p.csv", data)]);
    let stored = {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file("p.csv", options).unwrap();
        archive.write_all(data).unwrap();
        archive.finish().unwrap().into_inner()
    };
    let mut wrong = stored.clone();
    let at = wrong.windows(3).position(|it| it == b"BPS").unwrap();
    wrong[at] = b'C';
    let lie = {
        let data = deflated(50 << 20);
        let (packed, size) = (u32::try_from(data.len()).unwrap(), 10);
        let entry = Entry { name: b"p.csv", method: 8, flags: 0, packed, size, crc: 0, at: 0 };
        closed(local(&entry, &data), &central(&entry), 1)
    };
    vec![
        refused("47_bom_tumpang_tindih", "zip", overlapping(2000), &["BRK-02", "BRK-07", "BRK-15"]),
        refused("48_sarang", "zip", zip(&[("a.zip", &zip(&[("b.zip", &good)]))]), &["BRK-02"]),
        refused("49_ukuran_bohong", "zip", lie, &["BRK-02", "BRK-07"]),
        refused("50a_anggota_kosong", "zip", empty_members(20_000), &["BRK-15"]),
        taken("50b_zip64_bohong", "zip", one(b"p.csv", list(6).as_bytes(), |it| it.size = u32::MAX), 3, 0),
        taken("51_keluar_folder", "zip", under(&["../../etc/cron.d/x", "p.csv"]), 6, 0),
        taken(
            "52a_nama_aneh",
            "zip",
            under(&["/mutlak.csv", "C:\\x.csv", "a\\..\\b.csv", "CON", "titik. ", &long]),
            18,
            0,
        ),
        taken("52b_nama_bukan_utf8", "zip", one(b"\xFF\xFE\x80.csv", list(2).as_bytes(), |_| {}), 3, 0),
        taken("52c_nama_bernul", "zip", one(b"a\0b.csv", list(3).as_bytes(), |_| {}), 3, 0),
        taken("53_tautan", "zip", linked(&list(4)), 3, 0),
        refused("54a_berkata_sandi", "zip", one(b"p.csv", data, |it| it.flags = 1), &["BRK-01", "BRK-02"]),
        refused("54b_cara_tak_dikenal", "zip", one(b"p.csv", data, |it| it.method = 99), &["BRK-01", "BRK-02"]),
        refused("54c_lzma", "zip", one(b"p.csv", data, |it| it.method = 14), &["BRK-02"]),
        refused("55a_pdf_dan_zip", "pdf", [b"%PDF-1.7\n%\xE2\xE3\n".as_slice(), &good].concat(), &["BRK-06", "BRK-09"]),
        refused("55b_direktori_terpotong", "zip", good[..good.len() - 30].to_vec(), &["BRK-02"]),
        refused("55c_crc_salah", "zip", wrong, &["BRK-02"]),
        taken("56_kembar_dan_sampah", "zip", litter(&list(5)), 3, 0),
        refused("57a_tar_gz", "zip", [b"\x1F\x8B\x08\0\0\0\0\0\0\x03".as_slice(), &[0x4B; 300]].concat(), &["BRK-09"]),
        refused("57b_7z", "zip", [b"7z\xBC\xAF\x27\x1C\0\x04".as_slice(), &[0; 300]].concat(), &["BRK-09"]),
        refused("57c_rar", "zip", [b"Rar!\x1A\x07\x01\0".as_slice(), &[0x99; 300]].concat(), &["BRK-09"]),
    ]
}
