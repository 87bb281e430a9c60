//! Hands finished files to the caller, keeps the delivery register and the truth. Refuses to hold more than one file.

use crate::sample::truth::{FileTruth, Summary};
use chrono::{Days, NaiveDate};
use std::io;

/// Where files go: path below the target folder, bytes.
pub type Sink<'a> = &'a mut dyn FnMut(&str, Vec<u8>) -> io::Result<()>;

/// The way out.
pub struct Out<'a> {
    sink: Sink<'a>,
    register: String,
    count: u64,
    /// What was planted so far.
    pub summary: Summary,
    /// Share of faults, 1 for the usual one.
    pub mess: f64,
}

impl<'a> Out<'a> {
    /// A way out into `sink`.
    pub fn new(sink: Sink<'a>, mess: f64) -> Self {
        Self { sink, register: "berkas,diterima_pada,pengirim\n".into(), count: 0, summary: Summary::default(), mess }
    }

    /// Sends one file that was drawn from its source on `day`, received the day after.
    ///
    /// # Errors
    /// What the sink says.
    pub fn send(
        &mut self,
        kode: &str,
        name: &str,
        day: NaiveDate,
        bytes: Vec<u8>,
        truth: Vec<FileTruth>,
    ) -> io::Result<()> {
        self.count += 1;
        let (hour, minute) = (1 + self.count / 60 % 9, self.count % 60);
        let day = day + Days::new(1);
        let entry = format!("{kode}/{name},{day}T{hour:02}:{minute:02}:00Z,bkpsdm-{kode}\n");
        self.register.push_str(&entry);
        self.summary.files.extend(truth);
        (self.sink)(&path(kode, name), bytes)
    }

    /// Sends the delivery register and gives back the truth.
    ///
    /// # Errors
    /// What the sink says.
    pub fn finish(self) -> io::Result<Summary> {
        (self.sink)("inbox/daftar_kiriman.csv", self.register.into_bytes())?;
        Ok(self.summary)
    }
}

/// Path of a delivery below the target folder.
pub fn path(kode: &str, name: &str) -> String {
    format!("inbox/{kode}/{name}")
}
