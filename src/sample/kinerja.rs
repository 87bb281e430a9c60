//! Appraisals as tables: the e-Kinerja report with its six lines above the header, and rw-skp22. Refuses to rate: that is done elsewhere.

use crate::model::indonesia::{BULAN, tanggal};
use crate::sample::book::Sheet;
use crate::sample::dice::Dice;
use crate::sample::grid::{Cell, Grid};
use crate::sample::person::{Asn, Jenis, Post, grade_name};
use crate::sample::record::{Rating, ratings};
use crate::sample::world::World;
use chrono::{Datelike, NaiveDate};

const REPORT: &str = "No|id|nip:nip|nama|skp_unor:prose|skp_unor_induk|skp_jabatan|hasil_kerja:rating|perilaku_kerja:rating|\
hasil_akhir:predicate|golru|jenis_pegawai|skp_jenis_jabatan|is_skp_plt_plh_pjb";
const REPORT_BOSS: &str = "No|id|nip:nip|nama|skp_unor:prose|skp_unor_induk|skp_jabatan|hasil_kerja:rating|\
perilaku_kerja:rating|hasil_akhir:predicate|golru|jenis_pegawai|skp_jenis_jabatan|is_skp_plt_plh_pjb|pegawai_atasan_nip:other";
const SKP22: &str = "id|nipBaru:nip|hasilKinerja:rating|hasilKinerjaNilai|kuadranKinerja:predicate|KuadranKinerjaNilai|\
namaPenilai:note|nipNrpPenilai:other|penilaiGolonganId|penilaiJabatanNm|penilaiUnorNm|perilakuKerja:rating|PerilakuKerjaNilai|\
pnsDinilaiId|statusPenilai|tahun";
const PREDICATES: [&str; 6] = ["", "SANGAT BAIK", "BAIK", "BUTUH PERBAIKAN", "KURANG", "SANGAT KURANG"];

/// What part of a year a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The whole year.
    Year,
    /// A month, 1–12.
    Month(u32),
    /// A quarter, 1–4.
    Quarter(u32),
}

impl Part {
    /// First and last month.
    fn months(self) -> (u32, u32) {
        match self {
            Part::Year => (1, 12),
            Part::Month(month) => (month, month),
            Part::Quarter(quarter) => (quarter * 3 - 2, quarter * 3),
        }
    }

    /// Last day of the part of `year`.
    pub fn end(self, year: i32) -> NaiveDate {
        let month = self.months().1;
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        NaiveDate::from_ymd_opt(next.0, next.1, 1).and_then(|it| it.pred_opt()).unwrap_or_default()
    }

    fn tab(self) -> String {
        match self {
            Part::Year => "TAHUNAN".into(),
            Part::Month(month) => format!("B{month:02}"),
            Part::Quarter(quarter) => format!("T{quarter}"),
        }
    }

    /// The word in the file name: `tahunan`, `mar`.
    pub fn word(self) -> String {
        match self {
            Part::Year => "tahunan".into(),
            part => {
                let month = usize::try_from(part.months().1).unwrap_or(12) - 1;
                BULAN[month].to_lowercase().chars().take(3).collect()
            }
        }
    }

    fn title(self, year: i32) -> String {
        let what = match self {
            Part::Year => "Tahunan".to_string(),
            Part::Month(month) => format!("Bulanan {}", BULAN[usize::try_from(month).unwrap_or(1) - 1]),
            Part::Quarter(quarter) => {
                format!("Triwulan {}", ["I", "II", "III", "IV"][usize::try_from(quarter).unwrap_or(1) - 1])
            }
        };
        format!("Laporan Penilaian SKP Periode {what} Tahun {year}")
    }
}

fn word(score: u8, dice: &mut Dice) -> &'static str {
    match score {
        1 => dice.pick(&["DI ATAS EKSPEKTASI", "DIATAS EKSPEKTASI", "DIATAS ESPEKTASI"]),
        2 => dice.pick(&["SESUAI EKSPEKTASI", "SESUAI EKSPEKTASI", "SESUAI ESPEKTASI"]),
        _ => dice.pick(&["DI BAWAH EKSPEKTASI", "DIBAWAH EKSPEKTASI"]),
    }
}

/// The table of an e-Kinerja report.
pub fn report(world: &World, part: Part, year: i32) -> Grid {
    let boss = world.agency.forms.ekinerja_boss;
    let mut grid = Grid::new(if boss { REPORT_BOSS } else { REPORT });
    let purpose = format!("kinerja/{year}/{}", part.tab());
    let mut dice = world.dice(&format!("ekinerja/{year}/{}", part.tab()));
    let end = part.end(year);
    for (number, rating) in ratings(world, end, &purpose, part == Part::Year).iter().enumerate() {
        let mut cells = report_row(world, rating, end, number, part, &mut dice);
        if boss {
            cells.push(Cell::from(rating.boss.map(|it| world.people[it].nip.clone())));
        }
        grid.push(rating.who, cells);
    }
    grid
}

fn report_row(world: &World, rating: &Rating, end: NaiveDate, number: usize, part: Part, dice: &mut Dice) -> Vec<Cell> {
    let person = &world.people[rating.who];
    let post: &Post = rating.acting.map_or_else(|| person.post_on(end), |it| &person.acting[it]);
    let (tens, _) = part.months();
    vec![
        Cell::from((number + 1).to_string()),
        Cell::from(format!("5{}{tens:02}{number:06}", end.year() % 10)),
        Cell::from(&person.nip),
        Cell::from(person.nama.to_uppercase()),
        Cell::from(&world.units[post.unit].nama),
        Cell::from(world.office_name(post.unit).to_string()),
        Cell::from(&post.nama),
        Cell::from(word(rating.scores.0, dice)),
        Cell::from(word(rating.scores.1, dice)),
        Cell::from(PREDICATES[usize::from(rating.scores.2)]),
        Cell::from(grade_name(person.grade().code, person.asn.is_contract())),
        Cell::from(match person.asn {
            Asn::Pppk => "pppk",
            Asn::PppkPw => "pppk_paruh_waktu",
            _ => "pns",
        }),
        Cell::from(match post.jenis {
            Jenis::Struktural => "struktural",
            Jenis::Fungsional => "fungsional",
            Jenis::Pelaksana => "pelaksana",
        }),
        if rating.acting.is_some() {
            Cell::from(dice.pick(&["1", "YA"]).to_string())
        } else {
            Cell::from(dice.pick(&["0", "-", ""]).to_string())
        },
    ]
}

/// The sheet of a report drawn on `day`.
pub fn sheet<'a>(world: &World, grid: &'a Grid, part: Part, year: i32, day: NaiveDate) -> Sheet<'a> {
    let start = NaiveDate::from_ymd_opt(year, part.months().0, 1).unwrap_or(day);
    let lines = [
        part.title(year),
        format!("Instansi : {}", world.agency.nama),
        format!("Periode : {} s.d. {}", tanggal(start), tanggal(part.end(year))),
        "Unor Induk : ALL".into(),
        "Unor : ALL".into(),
        format!("Data ditarik pada : {} {:02}:{:02} WIB", tanggal(day), 8 + day.day() % 6, day.day() * 3 % 60),
    ];
    let above = (0_u32..).zip(lines).map(|(row, text)| (row, 0, text)).collect();
    Sheet { name: part.tab(), above, header_row: 7, second: vec![], grid, below: vec![] }
}

/// Annual appraisals of several years as rw-skp22.
pub fn skp22(world: &World, first: i32, last: i32) -> Grid {
    let mut grid = Grid::new(SKP22);
    for year in first..=last {
        let mut dice = world.dice(&format!("skp22/{year}"));
        let end = Part::Year.end(year);
        for rating in ratings(world, end, &format!("kinerja/{year}/TAHUNAN"), true) {
            if rating.acting.is_some() {
                continue;
            }
            let person = &world.people[rating.who];
            let boss = rating.boss.map(|it| &world.people[it]);
            let cells = vec![
                Cell::from(dice.row_id()),
                Cell::from(&person.nip),
                Cell::from(word(rating.scores.0, &mut dice)),
                Cell::Empty,
                Cell::from(PREDICATES[usize::from(rating.scores.2)]),
                Cell::from(rating.scores.2.to_string()),
                Cell::from(
                    boss.map_or_else(|| world.agency.head_titles().0.to_uppercase(), |it| it.nama.to_uppercase()),
                ),
                Cell::from(boss.map(|it| it.nip.clone())),
                Cell::from(boss.map(|it| it.grade().code.to_string())),
                Cell::from(boss.map(|it| it.post().nama.clone())),
                Cell::Empty,
                Cell::from(word(rating.scores.1, &mut dice)),
                Cell::Empty,
                Cell::from(&person.pns_id),
                Cell::from(if boss.is_some() { "ASN" } else { "NON ASN" }),
                Cell::from(year.to_string()),
            ];
            grid.push(rating.who, cells);
        }
    }
    grid
}
