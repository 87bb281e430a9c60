//! A synthetic province as the realistic, messy exports of its governments, with the truth about every planted fault. Refuses the clock, the disk, real people, and chance that differs between machines.

use crate::model::periode::Periode;
use std::io::{self, Write};

pub mod truth;

mod agency;
mod asesmen;
mod book;
mod career;
mod deliver;
mod desk;
mod dice;
mod fault;
mod grid;
mod history;
mod keluarga;
mod kin;
mod kinerja;
mod make;
mod mess;
mod names;
mod out;
mod papers;
mod pegawai;
mod person;
mod record;
mod seleksi;
mod small;
mod text;
mod training;
mod unit;
mod world;

#[cfg(test)]
mod tests;

pub use crate::sample::truth::{FileTruth, Summary};

/// What province to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Employees in all, spread over the fifteen governments; at least 10 each are made.
    pub employees: usize,
    /// Another seed, another province.
    pub seed: u64,
    /// The month the deliveries speak for.
    pub periode: Periode,
    /// Share of faults: 1 for the usual one (about one row in a hundred), 0 for clean files.
    pub mess: f64,
    /// How many months before `periode` some governments also send the employee snapshot of.
    pub months_before: u32,
}

impl Default for Options {
    fn default() -> Self {
        let periode = Periode::new(2025, 12).expect("December 2025 is a month");
        Self { employees: 2000, seed: 7, periode, mess: 1.0, months_before: 1 }
    }
}

/// Makes a province and hands its files, one by one, to `sink` (path below the target folder such as
/// `inbox/6705/rw_hukdis_6705_2025-12.csv`, bytes). The same options give the same bytes.
///
/// # Errors
/// What the sink says.
pub fn province(options: &Options, sink: &mut dyn FnMut(&str, Vec<u8>) -> io::Result<()>) -> io::Result<Summary> {
    let agencies = agency::agencies();
    let total: usize = agencies.iter().map(|it| it.weight).sum();
    let mut registry = person::Registry::default();
    let mut out = out::Out::new(sink, options.mess);
    for agency in &agencies {
        let count = (options.employees * agency.weight).div_ceil(total).max(10);
        let world = world::World::new(agency, count, options.periode, options.seed, &mut registry);
        deliver::deliver(&world, &mut out, options.months_before)?;
    }
    out.finish()
}

/// Writes one SIASN pegawai CSV of 67 columns with `rows` people of Kotawaringin Barat and `mess` times
/// about 0.5 % faulty rows, a thousand rows at a time.
///
/// # Errors
/// What `out` says.
pub fn siasn_csv(rows: usize, seed: u64, mess: f64, out: &mut dyn Write) -> io::Result<()> {
    const AT_ONCE: usize = 1000;
    let Some(agency) = agency::agencies().into_iter().find(|it| it.kode == "6705") else { return Ok(()) };
    let periode = Options::default().periode;
    let mut registry = person::Registry::default();
    let mut written = 0;
    while written < rows {
        let count = AT_ONCE.min(rows - written).max(10);
        let world = world::World::new(&agency, count, periode, seed ^ ((written as u64) << 20), &mut registry);
        let mut dice = world.dice("siasn");
        let mut grid = pegawai::siasn_grid(67);
        for (who, person) in world.people.iter().enumerate().take(rows - written) {
            grid.push(who, pegawai::siasn_row(&world, person, world.end, 67, &mut dice));
        }
        let mut truth = FileTruth::default();
        let reference = fault::Reference::default();
        let end = world.end;
        let setting = fault::Setting {
            medium: mess::Medium::Csv,
            delimiter: ',',
            repeats_header: true,
            end,
            reference: &reference,
        };
        let before = grid.rows.len();
        mess::plant(&mut grid, &setting, 0.45 * mess, &mut dice, &mut truth);
        let mut text = String::new();
        if written == 0 {
            text.push('\u{feff}');
            text::record(&mut text, grid.columns.iter().map(|it| it.name.into()), ',', true);
        }
        text::csv_rows(&mut text, &grid, ',');
        out.write_all(text.as_bytes())?;
        written += before;
    }
    Ok(())
}
