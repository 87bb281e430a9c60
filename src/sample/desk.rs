//! The desk of one sender: plants faults in a table, writes it in a format, sends it. Refuses to send a table without rows.

use crate::sample::book::{Sheet, workbook};
use crate::sample::dice::Dice;
use crate::sample::fault::{Reference, Setting};
use crate::sample::grid::Grid;
use crate::sample::mess::{self, Medium};
use crate::sample::out::{Out, path};
use crate::sample::text::{self, CsvForm};
use crate::sample::truth::FileTruth;
use crate::sample::world::World;
use chrono::NaiveDate;
use std::collections::HashSet;
use std::io;

/// One sender at work.
pub struct Desk<'w, 'o, 's> {
    /// Whose data.
    pub world: &'w World,
    /// Where files go.
    pub out: &'o mut Out<'s>,
    /// The snapshot in force that numeric NIPs are matched against.
    pub reference: Reference,
    /// The day files are drawn from their source.
    pub day: NaiveDate,
}

impl Desk<'_, '_, '_> {
    /// A table with its faults, the truth about it, and the people whose rows are lost.
    pub fn soil(
        &mut self,
        name: &str,
        dataset: &str,
        grid: &mut Grid,
        medium: Medium,
        delimiter: char,
    ) -> (FileTruth, HashSet<usize>) {
        let mut truth = FileTruth::new(&path(&self.world.agency.kode, name), dataset);
        let lost = self.soil_into(grid, medium, delimiter, true, &mut truth);
        (truth, lost)
    }

    /// The same for a further sheet of a table.
    pub fn soil_into(
        &mut self,
        grid: &mut Grid,
        medium: Medium,
        delimiter: char,
        repeats_header: bool,
        truth: &mut FileTruth,
    ) -> HashSet<usize> {
        let rows = grid.rows.len();
        let mut dice = self.dice(&format!("{}/{}/{rows}/{}", truth.path, truth.dataset, truth.rows_total));
        let setting = Setting { medium, delimiter, repeats_header, end: self.world.end, reference: &self.reference };
        mess::plant(grid, &setting, self.out.mess, &mut dice, truth)
    }

    /// A stream of chance for one file.
    pub fn dice(&self, purpose: &str) -> Dice {
        self.world.dice(&format!("berkas/{purpose}"))
    }

    /// Sends bytes with the truth about them.
    ///
    /// # Errors
    /// What the sink says.
    pub fn send(&mut self, name: &str, bytes: Vec<u8>, truth: Vec<FileTruth>) -> io::Result<()> {
        self.out.send(&self.world.agency.kode, name, self.day, bytes, truth)
    }

    /// Sends a table as CSV; every fourth one ends with a total line when there is any mess.
    ///
    /// # Errors
    /// What the sink says.
    pub fn csv(&mut self, name: &str, dataset: &str, mut grid: Grid, form: CsvForm) -> io::Result<HashSet<usize>> {
        if grid.rows.is_empty() {
            return Ok(HashSet::new());
        }
        let (mut truth, lost) = self.soil(name, dataset, &mut grid, Medium::Csv, form.delimiter);
        if self.out.mess > 0.0 && self.dice(&format!("{name}/jumlah")).chance(0.25) {
            mess::total(&mut grid, &mut truth);
        }
        self.send(name, text::csv(&grid, form), vec![truth])?;
        Ok(lost)
    }

    /// Sends a table as JSON: one object a line, or the envelope.
    ///
    /// # Errors
    /// What the sink says.
    pub fn json(&mut self, name: &str, dataset: &str, mut grid: Grid, lines: bool) -> io::Result<()> {
        if grid.rows.is_empty() {
            return Ok(());
        }
        let mut dice = self.dice(&format!("{name}/kosong"));
        text::say_nothing(&mut grid, &mut dice);
        let (truth, _) = self.soil(name, dataset, &mut grid, Medium::Json, ',');
        let bytes = if lines { text::json_lines(&grid) } else { text::json_envelope(&grid) };
        self.send(name, bytes, vec![truth])
    }

    /// Sends a table as the only sheet of a workbook, with a total line.
    ///
    /// # Errors
    /// What the sink or the workbook says.
    pub fn book(&mut self, name: &str, dataset: &str, tab: &str, mut grid: Grid) -> io::Result<()> {
        if grid.rows.is_empty() {
            return Ok(());
        }
        let (mut truth, _) = self.soil(name, dataset, &mut grid, Medium::Book, ',');
        mess::total(&mut grid, &mut truth);
        let bytes = workbook(&[Sheet::plain(tab, &grid)], &[])?;
        self.send(name, bytes, vec![truth])
    }
}
