//! The way to the post a person holds now: definitive posts in order, with promotions, moves, delayering and a few steps down. Refuses acting posts: the roster gives those.

use crate::sample::dice::Dice;
use crate::sample::make::{Maker, Seat, years};
use crate::sample::person::{Asn, Jenis, Person, Post};
use crate::sample::unit::UnitKind;
use chrono::{Datelike, Days, NaiveDate};

const GENERAL: [&str; 6] = [
    "Penata Layanan Operasional",
    "Pengelola Umum Operasional",
    "Penelaah Teknis Kebijakan",
    "Pengadministrasi Perkantoran",
    "Pengolah Data dan Informasi",
    "Operator Layanan Operasional",
];
const EXPERTS: [&str; 6] =
    ["Analis Kebijakan", "Perencana", "Pranata Komputer", "Analis SDM Aparatur", "Arsiparis", "Auditor"];
const NURSES: [&str; 5] = ["Perawat", "Bidan", "Nutrisionis", "Perekam Medis", "Tenaga Sanitasi Lingkungan"];
const DOCTORS: [&str; 3] = ["Dokter", "Apoteker", "Penyuluh Kesehatan Masyarakat"];

/// SIASN id of a post's name: the same in every government.
pub fn post_id(nama: &str) -> String {
    let mut dice = Dice::new(11, nama);
    format!("{:016X}{:016X}", dice.bits(), dice.bits())
}

/// Gives `person` definitive posts up to the one of the seat.
pub fn fill(maker: &mut Maker<'_>, seat: Seat, unit: usize, person: &mut Person) {
    match seat {
        Seat::Head(rank) => official(maker, rank, unit, person),
        Seat::Teacher => expert(maker, unit, person, "Guru", true),
        Seat::Nurse => {
            let academic = matches!(person.degree().level, "40" | "45");
            let list: &[&str] = if academic { &DOCTORS } else { &NURSES };
            let name = maker.dice.pick(list);
            expert(maker, unit, person, name, academic);
        }
        Seat::Staff => staff(maker, unit, person),
    }
}

fn post(maker: &mut Maker<'_>, jenis: Jenis, nama: String, unit: usize, tmt: NaiveDate) -> Post {
    let eselon = if jenis == Jenis::Struktural { maker.units[unit].eselon } else { None };
    Post { rw_id: maker.dice.row_id(), jenis, nama, eselon, unit, tmt, penugasan: "D" }
}

fn head_post(maker: &mut Maker<'_>, unit: usize, tmt: NaiveDate) -> Post {
    let title = maker.units[unit].head_title.clone();
    post(maker, Jenis::Struktural, title, unit, tmt)
}

fn general_post(maker: &mut Maker<'_>, unit: usize, tmt: NaiveDate) -> Post {
    let name = maker.dice.pick(&GENERAL).to_string();
    post(maker, Jenis::Pelaksana, name, unit, tmt)
}

fn somewhere(maker: &mut Maker<'_>, rank: u8) -> Option<usize> {
    let fits: Vec<usize> = (0..maker.units.len()).filter(|it| maker.units[*it].rank() == rank).collect();
    (!fits.is_empty()).then(|| fits[maker.dice.below(fits.len())])
}

fn office(maker: &mut Maker<'_>) -> usize {
    let fits: Vec<usize> = (1..maker.units.len()).filter(|it| maker.units[*it].kind == UnitKind::Office).collect();
    fits[maker.dice.below(fits.len())]
}

/// A day on which officials are sworn in.
fn swearing_in(maker: &mut Maker<'_>, from: NaiveDate, to: NaiveDate) -> NaiveDate {
    let day = maker.dice.day(from, to);
    let rounded = day.with_day([1, 5, 10, 15, 20, 25][maker.dice.below(6)]).unwrap_or(day);
    if rounded < from || rounded > to { day } else { rounded }
}

fn official(maker: &mut Maker<'_>, rank: u8, unit: usize, person: &mut Person) {
    let first = person.tmt_cpns;
    let now = swearing_in(maker, years(maker.end, -5).max(years(first, 5)), maker.end - Days::new(25));
    let mut posts = vec![head_post(maker, unit, now)];
    let mut next = now;
    if maker.dice.chance(if rank >= 4 { 0.45 } else { 0.3 })
        && let Some(other) = somewhere(maker, rank).filter(|it| *it != unit)
    {
        let short = maker.dice.chance(0.16);
        let days = if short { maker.dice.between(300, 720) } else { maker.dice.between(740, 1600) };
        next = (now - Days::new(days.unsigned_abs())).max(years(first, 4));
        posts.push(head_post(maker, other, next));
    }
    for below in (2..rank.min(5)).rev() {
        let usual = if maker.dice.chance(0.05) { maker.dice.between(1, 2) } else { maker.dice.between(3, 6) };
        let tmt = next - Days::new(usual.unsigned_abs() * 365 + maker.dice.below(200) as u64);
        if tmt < years(first, 4) {
            break;
        }
        if let Some(other) = somewhere(maker, below) {
            posts.push(head_post(maker, other, tmt));
            next = tmt;
        }
    }
    let start = office(maker);
    posts.push(general_post(maker, start, first));
    posts.reverse();
    posts.dedup_by(|later, earlier| later.tmt <= earlier.tmt);
    person.posts = posts;
}

fn expert(maker: &mut Maker<'_>, unit: usize, person: &mut Person, name: &str, academic: bool) {
    let first = person.tmt_cpns;
    let ladder = if academic { ["Ahli Pertama", "Ahli Muda", "Ahli Madya"] } else { ["Terampil", "Mahir", "Penyelia"] };
    let mut posts = vec![post(maker, Jenis::Fungsional, format!("{name} {}", ladder[0]), unit, first)];
    if person.asn == Asn::Pns {
        let mut tmt = first;
        for step in &ladder[1..] {
            let later = maker.dice.between(6, 10);
            tmt = years(tmt, i32::try_from(later).unwrap_or(8)).with_day(1).unwrap_or(tmt);
            if tmt >= maker.end {
                break;
            }
            posts.push(post(maker, Jenis::Fungsional, format!("{name} {step}"), unit, tmt));
        }
    }
    person.posts = posts;
}

fn staff(maker: &mut Maker<'_>, unit: usize, person: &mut Person) {
    let first = person.tmt_cpns;
    let service = maker.end.year() - first.year();
    let academic = matches!(person.degree().level, "40" | "45" | "50");
    if academic && maker.dice.chance(0.28) {
        let name = maker.dice.pick(&EXPERTS);
        expert(maker, unit, person, name, true);
        if person.asn == Asn::Pns && service > 12 && maker.dice.chance(0.3) {
            delayered(maker, unit, person, name);
        }
        return;
    }
    let start = if service > 4 && maker.dice.chance(0.5) { office(maker) } else { unit };
    person.posts = vec![general_post(maker, start, first)];
    if person.asn == Asn::Pns && service > 14 && maker.dice.chance(0.03) {
        let tmt = swearing_in(maker, years(first, 6), years(maker.end, -3));
        if let Some(section) = somewhere(maker, 2) {
            person.posts.push(head_post(maker, section, tmt));
        }
    }
    if start != unit || person.posts.len() > 1 {
        let last = person.posts.last().map_or(first, |it| it.tmt);
        let tmt = swearing_in(maker, (last + Days::new(200)).max(years(maker.end, -6)), maker.end - Days::new(30));
        let post = general_post(maker, unit, tmt);
        person.posts.push(post);
    }
}

/// A former section head whose post became a functional one on 31 December 2021.
fn delayered(maker: &mut Maker<'_>, unit: usize, person: &mut Person, name: &str) {
    let day = NaiveDate::from_ymd_opt(2021, 12, 31).unwrap_or(maker.end);
    let (first, Some(section)) = (person.tmt_cpns, somewhere(maker, 2)) else { return };
    if day >= maker.end || years(first, 6) >= day {
        return;
    }
    let tmt = swearing_in(maker, years(first, 5), years(day, -1).max(years(first, 5)));
    let start = office(maker);
    person.posts = vec![
        general_post(maker, start, first),
        head_post(maker, section, tmt),
        post(maker, Jenis::Fungsional, format!("{name} Ahli Muda"), unit, day),
    ];
}
