//! Results of the assessment centre: who sat when for which target, and the tables they come in. Refuses a delivered JPM that disagrees with its levels.

use crate::model::indonesia::tanggal;
use crate::sample::book::Sheet;
use crate::sample::dice::Dice;
use crate::sample::grid::{Cell, Grid};
use crate::sample::person::{Jenis, Person};
use crate::sample::unit::rank_of;
use crate::sample::world::World;
use chrono::{Datelike, Days, Months, NaiveDate};

/// The nine competencies in the order of every form.
pub const COMPETENCIES: [&str; 9] = [
    "Integritas",
    "Kerjasama",
    "Komunikasi",
    "Orientasi pada Hasil",
    "Pelayanan Publik",
    "Pengembangan Diri dan Orang Lain",
    "Mengelola Perubahan",
    "Pengambilan Keputusan",
    "Perekat Bangsa",
];
const BOOK: &str = "No|Nama|NIP Baru:nip|Jabatan|Instansi|Integritas:score|Kerjasama:score|Komunikasi:score|\
Orientasi pada Hasil:score|Pelayanan Publik:score|Pengembangan Diri dan Orang Lain:score|Mengelola Perubahan:score|\
Pengambilan Keputusan:score|Perekat Bangsa:score|Jumlah Skor|JPM|Kategori";
const FLAT: &str = "NIP:nip|Nama|Jabatan:note|Perangkat Daerah|Tanggal:needdate|Jabatan Target|Level Standar|Integritas:score|\
Kerjasama:score|Komunikasi:score|Orientasi pada Hasil:score|Pelayanan Publik:score|Pengembangan Diri dan Orang Lain:score|\
Mengelola Perubahan:score|Pengambilan Keputusan:score|Perekat Bangsa:score|Total|JPM (%)";
/// Months before the end of the reporting month at which the centre sat; the first is no longer valid.
const SITTINGS: [u32; 5] = [50, 33, 21, 9, 3];

/// Everybody who sat on one day for one target.
pub struct Sitting {
    /// `ADMINISTRATOR`.
    pub target: &'static str,
    /// Required level of every competency.
    pub standard: i64,
    /// The day.
    pub day: NaiveDate,
    /// Who, and the levels in hundredths.
    pub results: Vec<(usize, [i64; 9])>,
}

/// Target and required level of a person.
fn target(person: &Person) -> (&'static str, i64) {
    let post = person.post();
    match (rank_of(post.eselon), post.jenis) {
        (4.., _) => ("JPT PRATAMA", 4),
        (3, _) => ("ADMINISTRATOR", 3),
        (2, _) => ("PENGAWAS", 2),
        (_, Jenis::Fungsional) => ("JF AHLI MUDA", 2),
        _ => ("PELAKSANA", 1),
    }
}

/// All sittings, earliest first; none is empty.
pub fn sittings(world: &World) -> Vec<Sitting> {
    let mut dice = world.dice("asesmen");
    let days: Vec<NaiveDate> = SITTINGS
        .iter()
        .map(|months| {
            let month = world.periode.first_day().checked_sub_months(Months::new(*months)).unwrap_or(world.end);
            month + Days::new(dice.between(9, 24).unsigned_abs())
        })
        .collect();
    let mut all: Vec<Sitting> = Vec::new();
    for (who, person) in world.people.iter().enumerate() {
        let official = rank_of(person.post().eselon) > 1;
        let share = if official { world.agency.assessed } else { 0.07 };
        let place = if dice.chance(share) {
            let recent = person.post().tmt > world.end - Days::new(366);
            let late = if recent && dice.chance(0.85) { 2 } else { 4 };
            1 + dice.below(late)
        } else if official && dice.chance(0.4) {
            0
        } else {
            continue;
        };
        let (target, standard) = target(person);
        let levels = levels(&mut dice, standard, person.quality);
        let day = days[place];
        match all.iter_mut().find(|it| it.day == day && it.target == target) {
            Some(sitting) => sitting.results.push((who, levels)),
            None => all.push(Sitting { target, standard, day, results: vec![(who, levels)] }),
        }
    }
    all.sort_by_key(|it| (it.day, it.target));
    all
}

fn levels(dice: &mut Dice, standard: i64, quality: f64) -> [i64; 9] {
    std::array::from_fn(|_| {
        let level = standard as f64 * 100.0 + 4.0 + 12.0 * quality + 42.0 * dice.normal();
        (level as i64).clamp(50, 500)
    })
}

/// JPM in hundredths of a percent, half up.
pub fn jpm(standard: i64, levels: &[i64; 9]) -> i64 {
    let reached: i64 = levels.iter().map(|it| (*it).min(standard * 100)).sum();
    let full = 9 * standard;
    (2 * reached * 100 + full) / (2 * full)
}

fn hundredths(value: i64, comma: bool) -> String {
    let point = if comma { ',' } else { '.' };
    format!("{}{point}{:02}", value / 100, value % 100)
}

/// The sheet of one sitting as the centre writes it.
pub fn book_grid(world: &World, sitting: &Sitting) -> Grid {
    let mut grid = Grid::new(BOOK);
    for (number, (who, levels)) in sitting.results.iter().enumerate() {
        let person = &world.people[*who];
        let jpm = jpm(sitting.standard, levels);
        let mut cells = vec![
            Cell::Number((number + 1) as f64),
            Cell::from(&person.nama),
            Cell::from(&person.nip),
            Cell::from(&person.post().nama),
            Cell::from(&world.agency.nama),
        ];
        cells.extend(levels.iter().map(|it| Cell::from(hundredths(*it, false))));
        cells.push(Cell::from(hundredths(levels.iter().sum(), false)));
        let percent = number % 3 == 1;
        cells.push(Cell::from(if percent { format!("{}%", hundredths(jpm, false)) } else { hundredths(jpm, true) }));
        cells.push(Cell::from(match jpm {
            9000.. => "Optimal",
            7800.. => "Cukup Optimal",
            _ => "Kurang Optimal",
        }));
        grid.push(*who, cells);
    }
    grid
}

/// Letterhead, two-row header and signature block around the table of one sitting.
pub fn sheet<'a>(world: &World, sitting: &Sitting, grid: &'a Grid) -> Sheet<'a> {
    let line = |row: u32, column: u16, text: String| (row, column, text);
    let above = vec![
        line(0, 1, world.agency.nama.to_uppercase()),
        line(1, 1, "UPT PENILAIAN KOMPETENSI BKPSDM".into()),
        line(2, 1, "Jalan Tjilik Riwut Km. 5 Palangka Raya".into()),
        line(4, 0, "REKAPITULASI HASIL PENILAIAN KOMPETENSI".into()),
        line(5, 0, format!("Jabatan Target : {}", sitting.target)),
        line(6, 0, "Tujuan : Pemetaan".into()),
        line(7, 0, format!("Tanggal Pelaksanaan : {}", tanggal(sitting.day))),
    ];
    let second =
        (5_u16..).zip(COMPETENCIES).map(|(column, name)| (column, format!("{name}\n{}", sitting.standard))).collect();
    let signed = format!("Palangka Raya, {}", tanggal(sitting.day + Days::new(14)));
    let below = vec![
        line(2, 7, signed),
        line(3, 7, "Ketua Tim Asesor,".into()),
        line(5, 7, "NIP. .....................".into()),
    ];
    let mut words = sitting.target.to_lowercase();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let name = format!("{words} {:02}-{}", sitting.day.month(), sitting.day.year());
    Sheet { name, above, header_row: 9, second, grid, below }
}

/// All sittings as one flat list with decimal commas.
pub fn flat(world: &World, sittings: &[Sitting]) -> Grid {
    let mut grid = Grid::new(FLAT);
    for sitting in sittings {
        for (who, levels) in &sitting.results {
            let person = &world.people[*who];
            let post = person.post();
            let mut cells = vec![
                Cell::from(&person.nip),
                Cell::from(&person.nama),
                Cell::from(&post.nama),
                Cell::from(world.office_name(post.unit).to_string()),
                Cell::from(sitting.day),
                Cell::from(sitting.target),
                Cell::from(sitting.standard.to_string()),
            ];
            cells.extend(levels.iter().map(|it| Cell::from(hundredths(*it, true))));
            cells.push(Cell::from(hundredths(levels.iter().sum(), true)));
            let blank = if who % 5 == 0 { " " } else { "" };
            cells.push(Cell::from(format!("{}{blank}%", hundredths(jpm(sitting.standard, levels), true))));
            grid.push(*who, cells);
        }
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jpm_never_counts_a_surplus_and_rounds_half_up() {
        assert_eq!(jpm(3, &[300; 9]), 10_000);
        assert_eq!(jpm(2, &[500; 9]), 10_000);
        // 1 + 8 x 2 reached of 18: 94.444...
        assert_eq!(jpm(2, &[100, 200, 200, 200, 200, 200, 200, 200, 400]), 9_444);
    }
}
