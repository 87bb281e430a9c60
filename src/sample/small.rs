//! The small lists: required levels, elected heads, merit self-assessment, commitments. Refuses real office holders.

use crate::sample::asesmen::COMPETENCIES;
use crate::sample::book::Sheet;
use crate::sample::grid::{Cell, Grid};
use crate::sample::names;
use crate::sample::world::World;
use chrono::Datelike;

const STANDARD: &str = "JENJANG|Integritas|Kerjasama|Komunikasi|Orientasi pada Hasil|Pelayanan Publik|\
Pengembangan Diri dan Orang Lain|Mengelola Perubahan|Pengambilan Keputusan|Perekat Bangsa";
const ELECTED: &str = "KODE PEJABAT|NAMA|JABATAN|MULAI|SELESAI|NIP|NIP KERABAT";
const MERIT: &str = "Tahun|Instrumen|Aspek|Kode Indikator|Bobot|Skor Mandiri:merit|Skor Verifikasi|Bukti Dukung";
const PROMISE: &str = "INDIKATOR|SATUAN|NILAI AWAL|TARGET|TENGGAT|ARAH";
/// Aspects of the instrument and how many indicators each has.
const ASPECTS: [(&str, usize); 8] = [
    ("1. Perencanaan kebutuhan dan standardisasi jabatan", 3),
    ("2. Manajemen talenta", 6),
    ("3. Manajemen kinerja", 4),
    ("4. Pengembangan kompetensi", 4),
    ("5. Budaya kerja dan citra institusi", 4),
    ("6. Penghargaan dan pengakuan", 7),
    ("7. Disiplin, pemberhentian, dan upaya administratif", 1),
    ("8. Digitalisasi manajemen ASN", 2),
];
/// Indicator, unit, usual start in hundredths, target in hundredths, direction.
const PROMISES: [(&str, &str, i64, i64, &str); 8] = [
    ("proporsi_jabatan_terisi_sesuai_kompetensi", "persen", 4800, 8000, "NAIK"),
    ("asn_minimal_20_jp", "persen", 4500, 7500, "NAIK"),
    ("asesmen_berlaku_pejabat", "persen", 5000, 9000, "NAIK"),
    ("plt_lebih_6_bulan", "jabatan", 400, 0, "TURUN"),
    ("kerabat_dalam_rantai_komando", "pasangan", 600, 0, "TURUN"),
    ("predikat_sangat_baik", "persen", 3600, 2500, "TURUN"),
    ("indeks_merit", "nilai", 210, 300, "NAIK"),
    ("deklarasi_keluarga_lengkap", "persen", 6000, 9500, "NAIK"),
];

/// Required level per kind of post.
pub fn standards() -> Grid {
    let mut grid = Grid::new(STANDARD);
    let levels = [
        ("JPT PRATAMA", "4"),
        ("ADMINISTRATOR", "3"),
        ("PENGAWAS", "2"),
        ("JF AHLI MADYA", "3"),
        ("JF AHLI MUDA", "2"),
        ("JF AHLI PERTAMA", "1"),
        ("PELAKSANA", "1"),
    ];
    for (name, level) in levels {
        let mut cells = vec![Cell::from(name)];
        cells.extend(COMPETENCIES.map(|_| Cell::from(level)));
        grid.push(usize::MAX, cells);
    }
    grid
}

/// Head and deputy of the last two terms; some have declared a relative in service.
pub fn elected(world: &World) -> Grid {
    let mut grid = Grid::new(ELECTED);
    let mut dice = world.dice("pejabat");
    let (head, deputy) = world.agency.head_titles();
    let terms = [("26-02-2021", "19-02-2025"), ("20-02-2025", "-")];
    for (number, (title, (from, to))) in
        [(head, terms[0]), (deputy, terms[0]), (head, terms[1]), (deputy, terms[1])].into_iter().enumerate()
    {
        let custom = names::custom(&mut dice);
        let man = dice.chance(0.8);
        let name = names::full_name(&mut dice, custom, man, None);
        let kin = (number > 1 && dice.chance(0.4)).then(|| world.people[dice.below(world.people.len())].nip.clone());
        let cells = vec![
            Cell::from(format!("{}-PP{}", world.agency.kode, number + 1)),
            Cell::from(name),
            Cell::from(format!("{title} {}", world.agency.pendek)),
            Cell::from(from),
            Cell::from(to),
            Cell::from("-"),
            kin.map_or(Cell::from("-"), Cell::from),
        ];
        grid.push(usize::MAX, cells);
    }
    grid
}

/// The self-assessment of one year; verified unless it is the current one.
pub fn merit(world: &World, year: i32) -> Grid {
    let mut grid = Grid::new(MERIT);
    let mut dice = world.dice(&format!("merit/{year}"));
    let late = usize::from(year == world.end.year());
    for (place, (aspect, count)) in ASPECTS.iter().enumerate() {
        for number in 1..=*count {
            let own = 1 + dice.weighted(&[20, 45, 25 + 5 * late as u32, 10]);
            let checked = own.saturating_sub(usize::from(dice.chance(0.25)));
            let kode = format!("{}.{number}", place + 1);
            let proof =
                format!("https://drive.kalteng.go.id/merit/{}/{year}/{}-{number}", world.agency.kode, place + 1);
            let cells = vec![
                Cell::Number(f64::from(year)),
                Cell::from("PANRB-19-2025"),
                Cell::from(*aspect),
                Cell::from(kode),
                Cell::Empty,
                Cell::Number(own as f64),
                if late == 1 && dice.chance(0.1) { Cell::Empty } else { Cell::Number(checked as f64) },
                Cell::from(proof),
            ];
            grid.push(usize::MAX, cells);
        }
    }
    grid
}

/// The sheet of one year with its lines above the header.
pub fn merit_sheet<'a>(world: &World, year: i32, grid: &'a Grid) -> Sheet<'a> {
    let above = vec![
        (0, 0, "PENILAIAN MANDIRI PENERAPAN SISTEM MERIT".to_string()),
        (1, 0, format!("Instansi : {}", world.agency.nama)),
        (2, 0, format!("Tahun : {year}")),
    ];
    Sheet { name: year.to_string(), above, header_row: 4, second: vec![], grid, below: vec![] }
}

/// What the head of the government signed up to.
pub fn commitments(world: &World) -> Grid {
    let mut grid = Grid::new(PROMISE);
    let mut dice = world.dice("komitmen");
    let point = if world.agency.forms.small_semicolon { ',' } else { '.' };
    let shown = |value: i64| format!("{}{point}{:02}", value / 100, value % 100);
    let year = world.end.year();
    for (name, unit, start, target, direction) in PROMISES {
        let start = start * dice.between(80, 120) / 100;
        let due = if dice.chance(0.6) { format!("31-12-{}", year + 1) } else { format!("30-06-{}", year + 2) };
        let cells = vec![
            Cell::from(name),
            Cell::from(unit),
            Cell::from(shown(start)),
            Cell::from(shown(target)),
            Cell::from(due),
            Cell::from(direction),
        ];
        grid.push(usize::MAX, cells);
    }
    grid
}
