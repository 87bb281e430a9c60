//! Open selections for senior posts: rounds, candidates, panels and scores that agree with the ranking. Refuses a winner who holds another post.

use crate::model::indonesia::tanggal;
use crate::sample::dice::Dice;
use crate::sample::grid::{Cell, Grid};
use crate::sample::make::years;
use crate::sample::names;
use crate::sample::unit::rank_of;
use crate::sample::world::World;
use chrono::{Datelike, Days, NaiveDate};

const ROUND: &str =
    "Kode Formasi|Jabatan|Unit Kerja|Kode Unor|Eselon|Tanggal Pengumuman|Tanggal Penutupan|Tanggal Penetapan|Status";
const CANDIDATE: &str = "Kode Formasi|NIP|Nama Peserta|Instansi Asal|Lulus Administrasi|Peringkat|Terpilih";
const PANEL: &str = "Kode Formasi|Kode Panelis|Nama|NIP|Unsur";
const MARK: &str = "Kode Formasi|NIP|Tahap|Kode Panelis|Bobot (%)|Nilai:mark";
/// Stages, weights, and whether every panelist scores.
const STAGES: [(&str, f64, bool); 4] = [
    ("Rekam Jejak", 20.0, false),
    ("Manajerial dan Sosial Kultural", 25.0, false),
    ("Penulisan Makalah", 20.0, true),
    ("Wawancara", 35.0, true),
];

/// The four tables: rounds, candidates, panels, scores.
pub struct Selections {
    /// Formasi.
    pub rounds: Grid,
    /// Peserta.
    pub candidates: Grid,
    /// Panitia.
    pub panels: Grid,
    /// Nilai.
    pub marks: Grid,
}

/// Up to three finished rounds for the latest heads of offices, and one cancelled.
pub fn selections(world: &World) -> Selections {
    let mut all = Selections {
        rounds: Grid::new(ROUND),
        candidates: Grid::new(CANDIDATE),
        panels: Grid::new(PANEL),
        marks: Grid::new(MARK),
    };
    let mut dice = world.dice("seleksi");
    let officials = |low: u8, high: u8| -> Vec<usize> {
        let fits = |who: &usize| (low..=high).contains(&rank_of(world.people[*who].post().eselon));
        (0..world.people.len()).filter(fits).collect()
    };
    let since = years(world.end, -3);
    let mut winners: Vec<usize> =
        officials(4, 4).into_iter().filter(|it| world.people[*it].post().tmt > since).collect();
    winners.sort_by_key(|it| world.people[*it].post().tmt);
    let most = 3 + world.people.len() / 600;
    let skip = winners.len().saturating_sub(most);
    for (number, winner) in winners.into_iter().skip(skip).enumerate() {
        finished(world, &mut all, &mut dice, number + 1, winner, &officials(3, 3), &officials(4, 5));
    }
    cancelled(world, &mut all);
    all
}

fn finished(
    world: &World,
    all: &mut Selections,
    dice: &mut Dice,
    number: usize,
    winner: usize,
    field: &[usize],
    seniors: &[usize],
) {
    let post = world.people[winner].post();
    let decided = post.tmt - Days::new(dice.between(4, 30).unsigned_abs());
    let closed = decided - Days::new(dice.between(28, 45).unsigned_abs());
    let announced = closed - Days::new(15);
    let id = format!("{}-{}-{number:02}", world.agency.kode, decided.year());
    all.rounds
        .push(usize::MAX, round(world, &id, post.unit, [Some(announced), Some(closed), Some(decided)], "Selesai"));
    let mut candidates = vec![winner];
    for _ in 0..dice.between(3, 5) * 3 {
        let other = if field.is_empty() { winner } else { field[dice.below(field.len())] };
        if !candidates.contains(&other) && candidates.len() < 6 {
            candidates.push(other);
        }
    }
    let panel = panel(world, all, dice, &id, &candidates, seniors);
    let failed = (candidates.len() > 4).then(|| candidates.pop()).flatten();
    let mut sheets: Vec<Vec<f64>> = candidates.iter().map(|_| sheet(dice, panel.len())).collect();
    sheets.sort_by(|a, b| total(b, panel.len()).total_cmp(&total(a, panel.len())));
    let place = usize::from(candidates.len() > 1 && dice.chance(0.16));
    candidates.remove(0);
    candidates.insert(place.min(candidates.len()), winner);
    for (rank, (who, sheet)) in candidates.iter().zip(&sheets).enumerate() {
        candidate(world, all, &id, *who, Some(rank + 1), *who == winner);
        marks(world, all, &id, *who, sheet, &panel);
    }
    if let Some(who) = failed {
        candidate(world, all, &id, who, None, false);
    }
}

fn round(world: &World, id: &str, unit: usize, days: [Option<NaiveDate>; 3], status: &'static str) -> Vec<Cell> {
    let unit = &world.units[unit];
    let mut cells = vec![
        Cell::from(id.to_string()),
        Cell::from(&unit.head_title),
        Cell::from(&unit.nama),
        Cell::from(&unit.id),
        Cell::from(unit.eselon),
    ];
    cells.extend(days.map(|it| it.map_or(Cell::from("-"), |day| Cell::from(tanggal(day)))));
    cells.push(Cell::from(status));
    cells
}

fn candidate(world: &World, all: &mut Selections, id: &str, who: usize, rank: Option<usize>, chosen: bool) {
    let person = &world.people[who];
    let cells = vec![
        Cell::from(id.to_string()),
        Cell::from(&person.nip),
        Cell::from(person.titled()),
        Cell::from(&world.agency.nama),
        Cell::from(if rank.is_some() { "YA" } else { "TIDAK" }),
        rank.map_or(Cell::Empty, |it| Cell::Number(it as f64)),
        if chosen { Cell::from("YA") } else { Cell::Empty },
    ];
    all.candidates.push(who, cells);
}

/// Two insiders, where it can be one a candidate's relative now and then, and three outsiders; gives back their codes.
fn panel(
    world: &World,
    all: &mut Selections,
    dice: &mut Dice,
    id: &str,
    candidates: &[usize],
    seniors: &[usize],
) -> Vec<String> {
    let mut insiders: Vec<usize> = candidates
        .iter()
        .flat_map(|it| world.people[*it].relatives.iter().filter_map(|kin| kin.employee))
        .filter(|it| rank_of(world.people[*it].post().eselon) > 2 && !candidates.contains(it))
        .take(1)
        .collect();
    for _ in 0..8 {
        let one = if seniors.is_empty() { continue } else { seniors[dice.below(seniors.len())] };
        if insiders.len() < 2 && !insiders.contains(&one) && !candidates.contains(&one) {
            insiders.push(one);
        }
    }
    let mut codes = Vec::new();
    for number in 1..=5 {
        let code = format!("{id}-P{number}");
        let inside = insiders.get(number - 1).map(|it| &world.people[*it]);
        let custom = names::custom(dice);
        let outsider = format!("Dr. {}, M.Si.", names::full_name(dice, custom, number % 2 == 0, None));
        let cells = vec![
            Cell::from(id.to_string()),
            Cell::from(&code),
            inside.map_or(Cell::from(outsider), |it| Cell::from(&it.nama)),
            inside.map_or(Cell::from("-"), |it| Cell::from(&it.nip)),
            Cell::from(if inside.is_some() { "Internal" } else { "Eksternal" }),
        ];
        all.panels.push(usize::MAX, cells);
        codes.push(code);
    }
    codes
}

/// Scores in the order of the stages, one per panelist where all score, rounded to hundredths.
fn sheet(dice: &mut Dice, panelists: usize) -> Vec<f64> {
    let ability = 73.0 + 6.0 * dice.normal();
    let count: usize = STAGES.iter().map(|it| if it.2 { panelists } else { 1 }).sum();
    (0..count).map(|_| ((ability + 2.5 * dice.normal()).clamp(40.0, 98.0) * 100.0).round() / 100.0).collect()
}

fn total(sheet: &[f64], panelists: usize) -> f64 {
    let mut rest = sheet;
    let mut sum = 0.0;
    for (_, weight, all) in STAGES {
        let (these, others) = rest.split_at(if all { panelists } else { 1 });
        sum += weight * these.iter().sum::<f64>() / these.len() as f64;
        rest = others;
    }
    sum
}

fn marks(world: &World, all: &mut Selections, id: &str, who: usize, sheet: &[f64], panel: &[String]) {
    let mut scores = sheet.iter();
    for (stage, weight, every) in STAGES {
        let panelists: Vec<Cell> = if every { panel.iter().map(Cell::from).collect() } else { vec![Cell::Empty] };
        for (code, score) in panelists.into_iter().zip(scores.by_ref()) {
            let as_text = all.marks.rows.len() % 4 == 1;
            let text = format!("{score:.2}").replace('.', ",");
            let cells = vec![
                Cell::from(id.to_string()),
                Cell::from(&world.people[who].nip),
                Cell::from(stage),
                code,
                Cell::Number(weight),
                if as_text { Cell::from(text) } else { Cell::Number(*score) },
            ];
            all.marks.push(who, cells);
        }
    }
}

fn cancelled(world: &World, all: &mut Selections) {
    let Some(unit) = world.units.iter().position(|it| it.rank() == 4 && it.head.is_none()) else { return };
    let announced = years(world.end, -1) + Days::new(150);
    let id = format!("{}-{}-B1", world.agency.kode, announced.year());
    let days = [Some(announced), Some(announced + Days::new(15)), None];
    all.rounds.push(usize::MAX, round(world, &id, unit, days, "Batal"));
}
