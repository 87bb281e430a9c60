//! Hostile and broken workbooks and archives, made part by part. Refuses to keep any of them as a file.

use crate::exports::{TRAINING, nip, zip};
use crate::hostile_seeds::{Fate, Seed, refused, taken};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A cell with text.
fn text(place: &str, value: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
}

/// A row of a training list from its eight cells.
fn row(number: usize, cells: &[String; 8]) -> String {
    let all: String = cells.concat();
    format!("<row r=\"{number}\">{all}</row>")
}

fn header() -> String {
    let names = TRAINING.split(';').zip("ABCDEFGH".chars());
    format!("<row r=\"1\">{}</row>", names.map(|(name, column)| text(&format!("{column}1"), name)).collect::<String>())
}

/// A good row; `number` is its row and its person.
fn cells(number: usize) -> [String; 8] {
    let of = |column: char, value: &str| text(&format!("{column}{number}"), value);
    [
        of('A', &nip(number)),
        of('B', "Manajemen Risiko"),
        of('C', "BPSDM"),
        of('D', &format!("S-{number}")),
        of('E', "01-03-2024"),
        of('F', "05-03-2024"),
        of('G', "2024"),
        of('H', "20"),
    ]
}

/// Header and the good rows 2 to 4.
fn good() -> String {
    header() + &(2..5).map(|number| row(number, &cells(number))).collect::<String>()
}

/// The good rows with one cell of row 3 replaced.
fn with_cell(column: usize, cell: String) -> String {
    let mut third = cells(3);
    third[column] = cell;
    header() + &row(2, &cells(2)) + &row(3, &third) + &row(4, &cells(4))
}

fn sheet(data: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{data}</sheetData></worksheet>")
}

type Parts = Vec<(String, Vec<u8>)>;

/// The parts of a workbook, sheets given as whole documents.
fn parts(sheets: &[(&str, String)]) -> Parts {
    let (mut names, mut links) = (String::new(), String::new());
    let mut parts: Parts = Vec::new();
    for (i, (name, document)) in sheets.iter().enumerate() {
        names += &format!("<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"r{i}\"/>", i + 1);
        links += &format!("<Relationship Id=\"r{i}\" Type=\"{LINKS}/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>");
        parts.push((format!("xl/worksheets/sheet{i}.xml"), document.clone().into_bytes()));
    }
    let root = format!(
        "<Relationships><Relationship Id=\"r\" Type=\"{LINKS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{LINKS}\"><sheets>{names}</sheets></workbook>");
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    let strings = format!("<sst xmlns=\"{MAIN}\" count=\"1\" uniqueCount=\"1\"><si><t>BPSDM</t></si></sst>");
    for (name, body) in [
        ("[Content_Types].xml", "<Types/>".to_string()),
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships>{links}</Relationships>")),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
    ] {
        parts.push((name.into(), body.into_bytes()));
    }
    parts
}

fn packed(parts: &Parts) -> Vec<u8> {
    let members: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip(&members)
}

/// A workbook of one sheet, the inside of its `sheetData` given.
fn book(data: &str) -> Vec<u8> {
    packed(&parts(&[("Pelatihan", sheet(data))]))
}

/// The same with one part changed.
fn patched(data: &str, part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut all = parts(&[("Pelatihan", sheet(data))]);
    let at = all.iter().position(|(name, _)| name == part).unwrap();
    all[at].1 = change(std::str::from_utf8(&all[at].1).unwrap()).into_bytes();
    packed(&all)
}

fn named(data: &str, from: &str, to: &str) -> Vec<u8> {
    let mut all = parts(&[("Pelatihan", sheet(data))]);
    all.iter_mut().for_each(|(name, _)| *name = name.replace(from, to));
    packed(&all)
}

/// Workbooks: seeds 21 to 46.
pub fn workbooks() -> Vec<Seed> {
    let number = |value: &str| format!("<c r=\"A3\"><v>{value}</v></c>");
    let day = |value: &str| format!("<c r=\"E3\" s=\"1\"><v>{value}</v></c>");
    let far = |place: &str, row: u32| format!("{}<row r=\"{row}\"><c r=\"{place}\"><v>1</v></c></row>", good());
    let doctype = |inside: &str, cell: &str| {
        let data = with_cell(2, text("C3", cell));
        patched(&data, "xl/worksheets/sheet0.xml", |it| format!("<?xml version=\"1.0\"?><!DOCTYPE x [{inside}]>{it}"))
    };
    let many = |count: usize, what: &str| -> String {
        let attributes: String = (0..count).map(|i| format!(" {what}a{i}=\"1\"")).collect();
        with_cell(2, format!("<c r=\"C3\" t=\"inlineStr\"{attributes}><is><t>BPSDM</t></is></c>"))
    };
    let strings = |count: &str| {
        let data = with_cell(2, "<c r=\"C3\" t=\"s\"><v>0</v></c>".into());
        patched(&data, "xl/sharedStrings.xml", |it| {
            it.replace("uniqueCount=\"1\"", &format!("uniqueCount=\"{count}\""))
        })
    };
    let lol: String = (1..10).map(|i| format!("<!ENTITY l{i} \"{}\">", format!("&l{};", i - 1).repeat(10))).collect();
    let bomb = with_cell(1, text("B3", &"a".repeat(70 << 20)));
    vec![
        refused("21_hitungan_teks", "xlsx", strings("4294967295"), &["BRK-02", "BRK-15"]),
        taken("22_ujung_lembar", "xlsx", book(&far("XFD1048576", 1_048_576)), 3, 0),
        taken("23_kolom_jauh", "xlsx", book(&far("XFD2000", 2000)), 3, 0),
        refused("24_teks_raksasa", "xlsx", book(&bomb), &["BRK-07"]),
        refused(
            "25_alamat_mustahil",
            "xlsx",
            book(&with_cell(2, text("ZZZZ99999999999", "BPSDM"))),
            &["BRK-02", "BRK-15"],
        ),
        refused("26_tawa_miliaran", "xlsx", doctype(&format!("<!ENTITY l0 \"lol\">{lol}"), "&l9;"), &["BRK-02"]),
        refused("27_entitas_luar", "xlsx", doctype("<!ENTITY x SYSTEM \"file:///etc/passwd\">", "&x;"), &["BRK-02"]),
        taken("28a_atribut_banyak", "xlsx", book(&many(80_000, "")), 3, 0),
        taken("28b_ruang_nama_banyak", "xlsx", book(&many(80_000, "xmlns:")), 3, 0),
        refused(
            "29_nomor_teks_tak_ada",
            "xlsx",
            book(&with_cell(2, "<c r=\"C3\" t=\"s\"><v>999999</v></c>".into())),
            &["BRK-02"],
        ),
        refused("30_logika_lima", "xlsx", book(&with_cell(7, "<c r=\"H3\" t=\"b\"><v>5</v></c>".into())), &["BRK-02"]),
        taken("31a_bukan_angka", "xlsx", book(&with_cell(7, "<c r=\"H3\"><v>NaN</v></c>".into())), 2, 1),
        taken("31b_tak_hingga", "xlsx", book(&with_cell(7, "<c r=\"H3\"><v>1e999</v></c>".into())), 2, 1),
        taken("32_nip_angka", "xlsx", book(&with_cell(0, number("198503122010011003"))), 2, 1),
        taken("33_nol_di_depan", "xlsx", book(&with_cell(7, "<c r=\"H3\"><v>0020</v></c>".into())), 3, 0),
        taken("34a_29_februari_1900", "xlsx", book(&with_cell(4, day("60"))), 3, 0),
        taken("34b_hari_negatif", "xlsx", book(&with_cell(4, day("-1"))), 3, 0),
        taken("34c_tahun_jauh", "xlsx", book(&with_cell(4, day("99999999"))), 3, 0),
        taken("34d_epoch_1904", "xlsx", epoch_1904(&with_cell(4, day("43889"))), 3, 0),
        taken("35a_rumus_tanpa_nilai", "xlsx", book(&with_cell(2, "<c r=\"C3\"><f>A1&amp;B1</f></c>".into())), 3, 0),
        taken("35b_sel_galat", "xlsx", book(&with_cell(2, "<c r=\"C3\" t=\"e\"><v>#REF!</v></c>".into())), 3, 0),
        taken("36a_lembar_tersembunyi", "xlsx", hidden(), 3, 0),
        taken("36b_nama_lembar_kembar", "xlsx", packed(&parts(&[("Data", sheet(&good())), ("DATA", sheet(""))])), 3, 0),
        taken("36c_seribu_lembar", "xlsx", sheets(1000), 3, 0),
        taken("37_judul_tergabung", "xlsx", merged(), 3, 0),
        taken("38_sel_dua_kali", "xlsx", book(&with_cell(2, text("C3", "LAN") + &text("C3", "BPSDM"))), 3, 0),
        taken("39_makro_dan_tautan", "xlsm", macros(), 3, 0),
        refused("40a_tanpa_buku", "xlsx", named(&good(), "xl/workbook.xml", "xl/buku.xml"), &["BRK-02", "BRK-03"]),
        refused("40b_lembar_tak_ada", "xlsx", named(&good(), "worksheets/sheet0", "worksheets/lain"), &["BRK-02"]),
        refused(
            "40c_tautan_keluar",
            "xlsx",
            patched(&good(), "xl/_rels/workbook.xml.rels", |it| it.replace("worksheets/", "../../")),
            &["BRK-02"],
        ),
        taken("40d_huruf_besar", "xlsx", named(&good(), "sharedStrings", "SHAREDSTRINGS"), 3, 0),
        Seed::new("40e_anggota_ganda", "xlsx", twice_sheet(), Fate::Refused(&["BRK-02"])),
        taken("41_ooxml_ketat", "xlsx", strict(), 3, 0),
        refused("42a_cfb_bohong", "xls", cfb_lies(0), &["BRK-02", "BRK-15"]),
        refused("42b_cfb_lingkar", "xls", cfb_lies(1), &["BRK-02", "BRK-15"]),
        refused("44_ods", "ods", ods(), &["BRK-02", "BRK-04", "BRK-06", "BRK-09"]),
        taken("45_teks_kaya", "xlsx", book(&with_cell(1, rich())), 3, 0),
        taken("46_baris_bergaya", "xlsx", book(&(good() + &styled(60_000))), 3, 0),
    ]
}

fn epoch_1904(data: &str) -> Vec<u8> {
    patched(data, "xl/workbook.xml", |it| it.replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>"))
}

fn hidden() -> Vec<u8> {
    patched(&good(), "xl/workbook.xml", |it| it.replace("r:id", "state=\"veryHidden\" r:id"))
}

fn sheets(count: usize) -> Vec<u8> {
    let names: Vec<String> = (0..count).map(|i| format!("S{i}")).collect();
    let all: Vec<(&str, String)> = names
        .iter()
        .enumerate()
        .map(|(i, it)| (it.as_str(), sheet(&if i == 7 { good() } else { String::new() })))
        .collect();
    packed(&parts(&all))
}

/// A merged title, hidden rows and a filter: all of it is data.
fn merged() -> Vec<u8> {
    let data = good().replace("<row r=\"3\">", "<row r=\"3\" hidden=\"1\">");
    patched(&data, "xl/worksheets/sheet0.xml", |it| {
        it.replace(
            "</sheetData>",
            "</sheetData><autoFilter ref=\"A1:H4\"/><mergeCells count=\"1\"><mergeCell ref=\"A1:A1\"/></mergeCells>",
        )
    })
}

fn macros() -> Vec<u8> {
    let mut all = parts(&[("Pelatihan", sheet(&good()))]);
    all.push(("xl/vbaProject.bin".into(), vec![0xD0; 4096]));
    let link = b"<externalLink><ddeLink ddeService=\"cmd\" ddeTopic=\"/c calc\"/></externalLink>";
    all.push(("xl/externalLinks/externalLink1.xml".into(), link.to_vec()));
    packed(&all)
}

fn strict() -> Vec<u8> {
    let mut all = parts(&[("Pelatihan", sheet(&good()))]);
    for (_, bytes) in &mut all {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let text = text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main");
        *bytes = text.replace(LINKS, "http://purl.oclc.org/ooxml/officeDocument/relationships").into_bytes();
    }
    packed(&all)
}

/// Two members of one name, which two readers would read differently.
fn twice_sheet() -> Vec<u8> {
    let mut all = parts(&[("Pelatihan", sheet(&good()))]);
    all.push(("xl/worksheets/sheet9.xml".into(), sheet("").into_bytes()));
    let mut bytes = packed(&all);
    let other = b"xl/worksheets/sheet9.xml";
    let places: Vec<usize> =
        bytes.windows(other.len()).enumerate().filter(|(_, it)| *it == other).map(|(i, _)| i).collect();
    places.into_iter().for_each(|at| bytes[at + other.len() - 5] = b'0');
    bytes
}

/// A compound file with a workbook stream that is none, its header changed.
fn cfb_lies(which: usize) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&[9, 8, 16, 0, 0, 6, 5, 0].repeat(600)).unwrap();
    let mut bytes = file.into_inner().into_inner();
    if which == 0 {
        // Sectors of 2^255 bytes; a million sectors in the table of sectors.
        bytes[30] = 255;
        bytes[44..48].copy_from_slice(&1_000_000_u32.to_le_bytes());
    } else {
        // The second table of sectors begins in itself.
        bytes[68..72].copy_from_slice(&0_u32.to_le_bytes());
        bytes[72..76].copy_from_slice(&u32::MAX.to_le_bytes());
    }
    bytes
}

fn ods() -> Vec<u8> {
    let cell = "<table:table-cell table:number-columns-repeated=\"1000000000\" office:value-type=\"string\"><text:p>a</text:p></table:table-cell>";
    let rows = format!("<table:table-row table:number-rows-repeated=\"1000000000\">{cell}</table:table-row>");
    let content = format!(
        "<office:document-content><office:spreadsheet><table:table>{rows}</table:table></office:spreadsheet></office:document-content>"
    );
    zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
}

/// Runs of rich text, escapes and line ends.
fn rich() -> String {
    let long = "x".repeat(32_000);
    format!(
        "<c r=\"B3\" t=\"inlineStr\"><is><r><t>Mana</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">jemen_x000D_\r\n {long} </t></r></is></c>"
    )
}

fn styled(rows: usize) -> String {
    (5..5 + rows).map(|it| format!("<row r=\"{it}\"><c r=\"A{it}\" s=\"1\"/></row>")).collect()
}

/// A workbook that only the slow tests make: 600 MB of text in half a megabyte.
pub fn giant_text() -> Vec<u8> {
    let (before, after) = (with_cell(1, "@".into()), 600 << 20);
    let document = sheet(&before);
    let (head, tail) = document.split_once('@').unwrap();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts(&[("Pelatihan", String::new())]) {
        archive.start_file(name.as_str(), options).unwrap();
        if name.ends_with("sheet0.xml") {
            archive.write_all(format!("{head}<c r=\"B3\" t=\"inlineStr\"><is><t>").as_bytes()).unwrap();
            let block = vec![b'a'; 1 << 20];
            (0..after >> 20).for_each(|_| archive.write_all(&block).unwrap());
            archive.write_all(format!("</t></is></c>{tail}").as_bytes()).unwrap();
        } else {
            archive.write_all(&bytes).unwrap();
        }
    }
    archive.finish().unwrap().into_inner()
}

/// A million rows that hold a style and nothing else.
pub fn giant_styles() -> Vec<u8> {
    book(&(good() + &styled(1_000_000)))
}
