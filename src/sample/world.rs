//! One government with its units, its people in their seats, its vacancies and who acts in them. Refuses faults: this is the truth the files are written from.

use crate::model::periode::Periode;
use crate::sample::agency::Agency;
use crate::sample::dice::Dice;
use crate::sample::kin;
use crate::sample::make::{Maker, Seat};
use crate::sample::person::{Jenis, Person, Post, Registry};
use crate::sample::unit::{self, Unit, UnitKind};
use chrono::{Days, NaiveDate};

/// One government.
pub struct World {
    /// Who it is.
    pub agency: Agency,
    /// The tree; the root is the first.
    pub units: Vec<Unit>,
    /// Everybody, heads first.
    pub people: Vec<Person>,
    /// The reporting month.
    pub periode: Periode,
    /// Its last day.
    pub end: NaiveDate,
    /// Seed of the province, for further streams of chance.
    pub seed: u64,
}

impl World {
    /// Makes a government with `count` employees.
    pub fn new(agency: &Agency, count: usize, periode: Periode, seed: u64, registry: &mut Registry) -> Self {
        let end = periode.last_day();
        let mut units = unit::tree(agency, count, &mut Dice::new(seed, &format!("{}/unit", agency.kode)));
        let mut maker =
            Maker { agency, units: &units, registry, dice: Dice::new(seed, &format!("{}/orang", agency.kode)), end };
        let (mut people, heads) = seat_heads(&mut maker, count);
        let others = seat_others(&mut maker, count.saturating_sub(people.len()));
        let start = people.len();
        people.extend(others);
        for (place, unit) in heads {
            units[unit].head = Some(place);
        }
        for (place, person) in people.iter().enumerate().skip(start) {
            let unit = &mut units[person.post().unit];
            let leads = matches!(unit.kind, UnitKind::School | UnitKind::Clinic) && person.tmt_pns.is_some();
            if leads && unit.head.is_none() && place % 5 != 0 {
                unit.head = Some(place);
            }
        }
        let mut world = Self { agency: agency.clone(), units, people, periode, end, seed };
        world.fill_vacancies();
        kin::relate(&mut world);
        world
    }

    /// A stream of chance for one purpose within this government.
    pub fn dice(&self, purpose: &str) -> Dice {
        Dice::new(self.seed, &format!("{}/{purpose}", self.agency.kode))
    }

    /// Head of the person's unit, or of the nearest unit above with another head.
    pub fn boss(&self, person: usize) -> Option<usize> {
        let mut unit = Some(self.people[person].post().unit);
        while let Some(place) = unit {
            match self.units[place].head {
                Some(head) if head != person => return Some(head),
                _ => unit = self.units[place].parent,
            }
        }
        None
    }

    /// Name of the office that a unit belongs to.
    pub fn office_name(&self, unit: usize) -> &str {
        &self.units[self.units[unit].office].nama
    }

    fn fill_vacancies(&mut self) {
        let mut dice = self.dice("plt");
        let officials: Vec<usize> = self.units.iter().filter(|it| it.rank() > 1).filter_map(|it| it.head).collect();
        for place in 0..self.units.len() {
            let (rank, title) = (self.units[place].rank(), self.units[place].head_title.clone());
            if rank < 2 || self.units[place].head.is_some() || dice.chance(0.12) {
                continue;
            }
            let fits: Vec<usize> = officials
                .iter()
                .copied()
                .filter(|it| (rank.saturating_sub(1)..=rank).contains(&self.units[self.people[*it].post().unit].rank()))
                .collect();
            if fits.is_empty() {
                continue;
            }
            let who = fits[dice.below(fits.len())];
            let eselon = self.units[place].eselon;
            let days = dice.between(12, 380).unsigned_abs();
            let renewed = (days > 200 && dice.chance(0.4)).then_some(days / 2);
            for ago in [Some(days), renewed].into_iter().flatten() {
                let rw_id = dice.row_id();
                let tmt = self.end - Days::new(ago);
                let acting = Post {
                    rw_id,
                    jenis: Jenis::Struktural,
                    nama: title.clone(),
                    eselon,
                    unit: place,
                    tmt,
                    penugasan: "PLT",
                };
                self.people[who].acting.push(acting);
            }
        }
    }
}

fn seat_heads(maker: &mut Maker<'_>, count: usize) -> (Vec<Person>, Vec<(usize, usize)>) {
    let mut people = Vec::new();
    let mut heads = Vec::new();
    for unit in 0..maker.units.len() {
        let rank = maker.units[unit].rank();
        let vacant = maker.dice.chance(if rank == 2 { 0.12 } else { 0.08 }) && unit > 2;
        if rank < 2 || vacant || people.len() * 2 >= count {
            continue;
        }
        heads.push((people.len(), unit));
        people.push(maker.person(Seat::Head(rank), unit));
    }
    (people, heads)
}

fn seat_others(maker: &mut Maker<'_>, count: usize) -> Vec<Person> {
    let places = |kind| -> Vec<usize> { (1..maker.units.len()).filter(|it| maker.units[*it].kind == kind).collect() };
    let (offices, schools, clinics) = (places(UnitKind::Office), places(UnitKind::School), places(UnitKind::Clinic));
    let (teachers, nurses) = (count * 42 / 100, count * 18 / 100);
    let mut people = Vec::with_capacity(count);
    for number in 0..count {
        let (seat, unit) = if number < teachers {
            (Seat::Teacher, schools[number % schools.len()])
        } else if number < teachers + nurses {
            (Seat::Nurse, clinics[number % clinics.len()])
        } else {
            (Seat::Staff, offices[maker.dice.below(offices.len())])
        };
        people.push(maker.person(seat, unit));
    }
    people
}
