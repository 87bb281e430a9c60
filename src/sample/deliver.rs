//! What one government sends for a month, file by file, in the order of the register. Refuses to keep a file once it is sent.

use crate::model::indonesia::BULAN;
use crate::model::periode::Periode;
use crate::sample::agency::{HistoryForm, PegawaiForm, Rhythm, TrainingForm};
use crate::sample::book::{Sheet, workbook};
use crate::sample::desk::Desk;
use crate::sample::fault::Reference;
use crate::sample::grid::Grid;
use crate::sample::history;
use crate::sample::kinerja::{self, Part};
use crate::sample::mess::{self, Medium};
use crate::sample::out::{Out, path};
use crate::sample::papers;
use crate::sample::pegawai;
use crate::sample::record;
use crate::sample::text::{COMMA, COMMA_BOM, RESAVED, SEMICOLON, html};
use crate::sample::training;
use crate::sample::truth::FileTruth;
use crate::sample::world::World;
use chrono::{Datelike, Days};
use std::io;

/// Everything a government sends; `months_before` earlier snapshots where it is one that sends them.
///
/// # Errors
/// What the sink says.
pub fn deliver(world: &World, out: &mut Out<'_>, months_before: u32) -> io::Result<()> {
    let day = draw_day(world, world.periode);
    let mut desk = Desk { world, out, reference: Reference::default(), day };
    let mut periode = world.periode;
    let mut months = vec![periode];
    for _ in 0..if world.agency.forms.sends_month_before { months_before } else { 0 } {
        periode = periode.previous();
        months.push(periode);
    }
    for periode in months.into_iter().rev() {
        desk.day = draw_day(world, periode);
        snapshot(&mut desk, periode)?;
    }
    desk.day = day;
    units_and_histories(&mut desk)?;
    appraisals(&mut desk)?;
    trainings(&mut desk)?;
    penalties(&mut desk)?;
    papers::deliver(&mut desk)?;
    Ok(())
}

/// A day early in the month after.
fn draw_day(world: &World, periode: Periode) -> chrono::NaiveDate {
    let digits: usize = world.agency.kode.parse().unwrap_or(0);
    periode.next().first_day() + Days::new(2 + (digits % 7) as u64)
}

/// `2025-12` behind the agency's code.
fn dated(world: &World, stem: &str, extension: &str) -> String {
    format!("{stem}_{}_{}.{extension}", world.agency.kode, world.periode)
}

/// `Desember 2025`.
fn in_words(periode: Periode) -> String {
    format!("{} {}", BULAN[periode.month() as usize - 1], periode.year())
}

fn snapshot(desk: &mut Desk<'_, '_, '_>, periode: Periode) -> io::Result<()> {
    let (world, form) = (desk.world, desk.world.agency.forms.pegawai);
    let kode = &world.agency.kode;
    let name = match form {
        PegawaiForm::Siasn(_) => format!("Data ASN_{kode}_{}.csv", desk.day.format("%Y%m%d")),
        PegawaiForm::Resaved => {
            let month: String = BULAN[periode.month() as usize - 1].to_uppercase().chars().take(3).collect();
            format!("DATA_ASN_{month}_{}.csv", periode.year())
        }
        PegawaiForm::Html => format!("export_pegawai {}.xls", in_words(periode)),
        PegawaiForm::Book => {
            format!("Data Pegawai {} {} ({}).xlsx", world.agency.pendek, in_words(periode), desk.day.format("%d%m%Y"))
        }
    };
    let members = pegawai::members(world, periode.last_day());
    let mut dice = desk.dice(&name);
    let mut grids = pegawai::grids(world, form, &members, periode.last_day(), &mut dice);
    let lost = match form {
        PegawaiForm::Siasn(_) => desk.csv(&name, "pegawai", grids.remove(0), COMMA_BOM)?,
        PegawaiForm::Resaved => desk.csv(&name, "pegawai", grids.remove(0), RESAVED)?,
        PegawaiForm::Html => {
            let mut grid = grids.remove(0);
            let (mut truth, lost) = desk.soil(&name, "pegawai", &mut grid, Medium::Html, ',');
            mess::total(&mut grid, &mut truth);
            let titles = [
                format!("DATA PEGAWAI {}", world.agency.nama.to_uppercase()),
                format!("Periode {}", in_words(periode)),
            ];
            desk.send(&name, html(&grid, &titles), vec![truth])?;
            lost
        }
        PegawaiForm::Book => {
            let mut truth = FileTruth::new(&path(kode, &name), "pegawai");
            let mut lost = std::collections::HashSet::new();
            for grid in &mut grids {
                lost.extend(desk.soil_into(grid, Medium::Book, ',', true, &mut truth));
                mess::total(grid, &mut truth);
            }
            let tabs = ["Data_Pegawai_PNS", "Data_Pegawai_PPPK"];
            let sheets: Vec<Sheet<'_>> = tabs.iter().zip(&grids).map(|(tab, grid)| Sheet::plain(tab, grid)).collect();
            desk.send(&name, workbook(&sheets, &["Sheet2", "Sheet3"])?, vec![truth])?;
            lost
        }
    };
    desk.reference = Reference::new(&world.people, &members, &lost);
    Ok(())
}

fn units_and_histories(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let world = desk.world;
    let tree = history::unor(world);
    if world.agency.forms.unor_semicolon {
        desk.csv(&format!("unor-new {}.csv", world.periode), "unor", tree, SEMICOLON)?;
    } else {
        desk.csv(&dated(world, "unor", "csv"), "unor", tree, COMMA_BOM)?;
    }
    history_file(desk, "rw_jabatan", "riwayat_jabatan", history::jabatan(world))?;
    history_file(desk, "rw_golongan", "riwayat_golongan", history::golongan(world))?;
    history_file(desk, "rw_pendidikan", "riwayat_pendidikan", history::pendidikan(world))
}

fn history_file(desk: &mut Desk<'_, '_, '_>, stem: &str, dataset: &str, grid: Grid) -> io::Result<()> {
    let world = desk.world;
    match world.agency.forms.history {
        HistoryForm::Csv => desk.csv(&dated(world, stem, "csv"), dataset, grid, COMMA).map(|_| ()),
        HistoryForm::JsonLines => desk.json(&dated(world, stem, "jsonl"), dataset, grid, true),
        HistoryForm::JsonEnvelope => desk.json(&dated(world, stem, "json"), dataset, grid, false),
    }
}

fn appraisals(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let (world, forms) = (desk.world, desk.world.agency.forms);
    let (year, month) = (world.periode.year(), world.periode.month());
    let last = if month == 12 { year } else { year - 1 };
    let skp22 = kinerja::skp22(world, last - 2, if forms.ekinerja_annual { last - 1 } else { last });
    desk.csv(&dated(world, "rw_skp22", "csv"), "kinerja", skp22, COMMA)?;
    let mut parts = Vec::new();
    if forms.ekinerja_annual {
        parts.push((Part::Year, last));
    }
    parts.extend(match forms.rhythm {
        Rhythm::None => vec![],
        Rhythm::Monthly => (1..=month).map(|it| (Part::Month(it), year)).collect(),
        Rhythm::Quarterly => (1..=month / 3).map(|it| (Part::Quarter(it), year)).collect(),
    });
    let day = desk.day;
    for (part, year) in parts {
        desk.day = part.end(year) + Days::new(u64::from(9 + day.day()));
        ekinerja(desk, part, year)?;
    }
    desk.day = day;
    Ok(())
}

fn ekinerja(desk: &mut Desk<'_, '_, '_>, part: Part, year: i32) -> io::Result<()> {
    let world = desk.world;
    let name = format!("{}_ekinerja_{}_{year}.xlsx", world.agency.kode, part.word());
    let mut grid = kinerja::report(world, part, year);
    if grid.rows.is_empty() {
        return Ok(());
    }
    let (mut truth, _) = desk.soil(&name, "kinerja", &mut grid, Medium::Book, ',');
    mess::total(&mut grid, &mut truth);
    let bytes = workbook(&[kinerja::sheet(world, &grid, part, year, desk.day)], &[])?;
    desk.send(&name, bytes, vec![truth])
}

fn trainings(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let world = desk.world;
    let courses = record::courses(world);
    match world.agency.forms.training {
        TrainingForm::TwoCsv => {
            let words = world.agency.forms.assessment_book;
            let (diklat, kursus) = training::two(world, &courses, words);
            desk.csv(&dated(world, "rw_diklat", "csv"), "pelatihan", diklat, COMMA_BOM)?;
            desk.csv(&dated(world, "rw_kursus", "csv"), "pelatihan", kursus, COMMA_BOM)?;
        }
        TrainingForm::Book => {
            let name = format!("Rekap Pelatihan {} {}.xlsx", world.agency.pendek, in_words(world.periode));
            desk.book(&name, "pelatihan", "Pelatihan", training::list(world, &courses, false))?;
        }
        TrainingForm::Semicolon => {
            let name = format!("pelatihan-{}-{}.csv", world.agency.kode, desk.day.format("%Y%m%d"));
            desk.csv(&name, "pelatihan", training::list(world, &courses, true), RESAVED)?;
        }
    }
    Ok(())
}

fn penalties(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let world = desk.world;
    let penalties = record::penalties(world);
    if world.agency.forms.penalties_packed {
        let name = format!("hukuman disiplin {}.csv", in_words(world.periode));
        desk.csv(&name, "hukuman_disiplin", training::packed(world, &penalties), SEMICOLON)?;
    } else {
        let grid = training::hukdis(world, &penalties);
        desk.csv(&dated(world, "rw_hukdis", "csv"), "hukuman_disiplin", grid, COMMA)?;
    }
    Ok(())
}
