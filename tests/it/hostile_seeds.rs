//! Hostile and broken texts and JSON, and what each must end as. Refuses to keep any of them as a file.

use crate::exports::{TRAINING, nip, trainings};

/// How a file must end.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// Nothing of it is loaded, for one of these reasons.
    Refused(&'static [&'static str]),
    /// Rows accepted and rejected, over all its members.
    Loaded(u64, u64),
    /// Its header is nobody's.
    Unknown,
}

/// One bad file.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Number in the list of seeds, and what it is.
    pub name: &'static str,
    /// Its extension.
    pub extension: &'static str,
    /// What was delivered.
    pub bytes: Vec<u8>,
    /// What becomes of it.
    pub fate: Fate,
}

impl Seed {
    /// A bad file.
    pub fn new(name: &'static str, extension: &'static str, bytes: impl Into<Vec<u8>>, fate: Fate) -> Self {
        Self { name, extension, bytes: bytes.into(), fate }
    }
}

/// A file that must be refused.
pub fn refused(
    name: &'static str,
    extension: &'static str,
    bytes: impl Into<Vec<u8>>,
    codes: &'static [&'static str],
) -> Seed {
    Seed::new(name, extension, bytes, Fate::Refused(codes))
}

/// A file that must be loaded, row for row.
pub fn taken(
    name: &'static str,
    extension: &'static str,
    bytes: impl Into<Vec<u8>>,
    accepted: u64,
    rejected: u64,
) -> Seed {
    Seed::new(name, extension, bytes, Fate::Loaded(accepted, rejected))
}

/// Rows 1, 2, 3 … of a list, each with one cell of its own.
fn varied(column: usize, cells: &[&str]) -> String {
    let mut text = format!("{TRAINING}\n");
    for (i, cell) in cells.iter().enumerate() {
        let own = nip(i + 1);
        let number = format!("S-{i}");
        let mut row = [own.as_str(), "Manajemen Risiko", "BPSDM", &number, "01-03-2024", "05-03-2024", "2024", "20"];
        row[column] = cell;
        text += &(row.join(";") + "\n");
    }
    text
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF_u16);
    mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Payloads that a spreadsheet would run, a browser would obey or an eye would misread.
pub const PAYLOADS: [&str; 13] = [
    "=cmd|'/c calc'!A1",
    "+62812000",
    "-5",
    "@SUM(1)",
    "\t=1+1",
    "<script>alert(1)</script>",
    "\u{202e}gnay tolehib\u{202c}",
    "Man\u{200b}ajemen",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "Risiko \u{1f600}",
    "Nu'man d/h Nu\u{2019}man",
    "%s%n{{nama}}",
    "' OR 1=1 --",
];

/// A list whose second line opens a quote that nothing closes.
pub fn unclosed(bytes: usize) -> Vec<u8> {
    let mut text = format!("{TRAINING}\n{};\"Manajemen Risiko;BPSDM\n", nip(1)).into_bytes();
    let line = format!("{};Manajemen;BPSDM;S-1;01-03-2024;05-03-2024;2024;20\n", nip(2));
    while text.len() < bytes {
        text.extend(line.as_bytes());
    }
    text
}

/// One line without an end.
pub fn endless_line(bytes: usize) -> Vec<u8> {
    let mut text = TRAINING.as_bytes().to_vec();
    text.resize(bytes, b'a');
    text
}

/// Texts: seeds 1 to 19 and 43.
pub fn texts() -> Vec<Seed> {
    let list = trainings(1..4, 20);
    let (head, rows) = list.split_once('\n').unwrap();
    let latin: Vec<u8> =
        list.replace("Risiko", "Risik\u{f3}").chars().map(|it| u8::try_from(it as u32).unwrap()).collect();
    let mixed = [list.replace("BPSDM", "B\u{e9}").as_bytes(), b"x;\xE9;B;S-9;01-03-2024;05-03-2024;2024;20\n"].concat();
    let ragged = format!("{list}{};A;B\n{};A;B;S;01-03-2024;05-03-2024;2024;20;x;y\n", nip(8), nip(9));
    let wide = format!(
        "{head};{}\n{}",
        vec!["x"; 100_000].join(";"),
        rows.replace('\n', &format!("{}\n", ";".repeat(100_000)))
    );
    let twice = format!("\u{feff}{list}\u{feff}{}", trainings(4..6, 20));
    let headers = [
        ("09a_judul_kembar", 3, list.replace("Penyelenggara", "Nama Pelatihan")),
        ("09b_judul_kosong", 3, list.replace("Penyelenggara", "")),
        ("09c_judul_di_tengah", 5, format!("{list}{head}\n{}", trainings(4..6, 20).split_once('\n').unwrap().1)),
        ("09d_tiga_baris_kop", 3, format!("PEMERINTAH KABUPATEN;;;;;;;\nDAFTAR PELATIHAN;;;;;;;\n;;;;;;;\n{list}")),
    ];
    let numbers = ["20", "NULL", "NaN", "inf", "1e400", "-0", "1.234,00", "1,234.00", "1.234.567,89", "20,0"];
    let dates =
        ["31/02/2026", "2026-13-01", "01-02-03", "00/00/0000", "45123", "1 Agustus 2025", "1446-09-01", "05-03-2024"];
    let own = nip(1);
    let spaced = format!("{} {} {} {}", &own[..8], &own[8..14], &own[14..15], &own[15..]);
    let wide_digits: String =
        own.chars().map(|it| char::from_u32(0xFF10 + it.to_digit(10).unwrap()).unwrap()).collect();
    let arabic: String = own.chars().map(|it| char::from_u32(0x0660 + it.to_digit(10).unwrap()).unwrap()).collect();
    let quoted = format!("'{own}");
    let nips = ["1,98001E+17", &quoted, &own[..17], &format!("{own}9"), &spaced, &wide_digits, &arabic, &own[1..]];
    let last = list.trim_end().rsplit_once(';').unwrap().0;
    let mut cut = list.replace("BPSDM", "BPSDM \u{e9}").into_bytes();
    let at = cut.windows(2).rposition(|it| it == "\u{e9}".as_bytes()).unwrap();
    cut.truncate(at + 1);
    let mut seeds = vec![
        refused("01_kutip_tak_ditutup", "csv", unclosed(4 << 20), &["BRK-15"]),
        refused("02_satu_baris_tanpa_akhir", "csv", endless_line(8 << 20), &["BRK-15"]),
        taken("03_seratus_ribu_kolom", "csv", wide, 3, 0),
        taken("04_baris_compang_camping", "csv", ragged, 3, 2),
        refused("05a_nul", "csv", list.replacen("BPSDM", "BP\0SDM", 1), &["BRK-09"]),
        refused("05b_utf16_bom", "csv", utf16(&list, true), &["BRK-09"]),
        refused("05c_utf16", "csv", utf16(&list, false), &["BRK-09"]),
        taken("05d_windows_1252", "csv", latin, 3, 0),
        taken("05e_campuran", "csv", mixed, 3, 1),
        taken("06_dua_bom", "csv", twice, 5, 0),
        taken("07a_cr", "csv", list.replace('\n', "\r"), 3, 0),
        taken("07b_campur", "csv", list.replacen('\n', "\r\n", 2).replacen("S-2", "S-2 ", 1), 3, 0),
        taken("08a_sep", "csv", format!("sep=;\n{list}"), 3, 0),
        taken("08b_tab", "csv", list.replace(';', "\t"), 3, 0),
        taken("08c_garis", "csv", list.replace(';', "|"), 3, 0),
        taken("10_jumlah", "csv", format!("{list}Jumlah: 12.345;;;;;;;\n"), 3, 0),
        taken("11_muatan", "csv", varied(1, &PAYLOADS), PAYLOADS.len() as u64, 0),
        taken("12_nip", "csv", varied(0, &nips), 2, 6),
        taken("13_tanggal", "csv", varied(5, &dates), 4, 4),
        taken("14_angka", "csv", varied(7, &numbers), 3, 7),
        taken("15a_terpotong_di_baris", "csv", last, 2, 1),
        taken("15b_terpotong_di_huruf", "csv", cut, 2, 1),
        refused("16a_nol_bita", "csv", "", &["BRK-03"]),
        taken("16b_judul_saja", "csv", format!("{head}\n"), 0, 0),
        refused("16c_kosong_semua", "csv", " ;;\n;;\n\n", &["BRK-03"]),
        taken("18_nama_satu_mebibita", "csv", varied(1, &[&"x".repeat(1_000_000)]), 1, 0),
        refused(
            "19a_gzip",
            "csv",
            [b"\x1F\x8B\x08\0\0\0\0\0\0\x03".as_slice(), &[0x4B, 0, 7].repeat(90)].concat(),
            &["BRK-09"],
        ),
        refused(
            "19b_halaman",
            "csv",
            "<html><head><title>502</title></head><body>Bad Gateway</body></html>",
            &["BRK-04"],
        ),
        Seed::new("19c_galat_json", "csv", r#"{"code":500,"message":"Internal Server Error"}"#, Fate::Unknown),
        taken("43a_tab_bernama_xls", "xls", trainings(1..4, 21).replace(';', "\t"), 3, 0),
        taken("43b_html_bernama_xls", "xls", table(&list), 3, 0),
    ];
    seeds.extend(headers.map(|(name, rows, text)| taken(name, "csv", text, rows, 0)));
    seeds
}

fn table(list: &str) -> String {
    let row = |line: &str| format!("<tr><td>{}</td></tr>", line.replace(';', "</td><td>"));
    format!("<table>{}</table>", list.lines().map(row).collect::<String>())
}

/// One course as the service gives it.
fn course(number: usize) -> String {
    format!(
        r#"{{"nipBaru":"{}","namaKursus":"Manajemen Risiko","institusiPenyelenggara":"BPSDM","noSertipikat":"S-{number}","tanggalKursus":"01-03-2024","tanggalSelesaiKursus":"05-03-2024","tahunKursus":2024,"jumlahJam":20}}"#,
        nip(number)
    )
}

/// JSON with one text of this size.
pub fn giant_json(bytes: usize) -> Vec<u8> {
    let text = course(1).replace("Manajemen Risiko", &"x".repeat(bytes));
    format!("[{text}]").into_bytes()
}

/// JSON and formats that nobody reads: seeds 58 to 63.
pub fn others() -> Vec<Seed> {
    let lines: String = (1..4).map(|it| course(it) + "\n").collect();
    let half = &lines[..lines.len() - 40];
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let doubled = course(1).replacen("\"jumlahJam\":20", "\"jumlahJam\":10,\"jumlahJam\":20", 1);
    let parquet = [b"PAR1".as_slice(), &[0xFF; 400], b"\xFF\xFF\xFF\x7FPAR1"].concat();
    vec![
        refused("58_parquet", "parquet", parquet, &["BRK-06", "BRK-09"]),
        refused("63a_seratus_ribu_kurung", "json", deep, &["BRK-02", "BRK-03", "BRK-06"]),
        refused(
            "63b_kurung_dalam_sel",
            "json",
            course(1).replace("20}", &format!("{}}}", "[".repeat(100_000))),
            &["BRK-02"],
        ),
        refused("63c_teks_raksasa", "json", giant_json(3 << 20), &["BRK-15"]),
        taken("63d_kunci_ganda", "json", format!("[{doubled}]"), 1, 0),
        refused("63e_baris_terakhir_terpotong", "jsonl", half, &["BRK-02"]),
        Seed::new("63f_judul_orang_lain", "json", r#"[{"judul":"a","isi":"b","kelas":"c"}]"#, Fate::Unknown),
    ]
}
