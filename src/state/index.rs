//! Which releases and deliveries there are, so that `status` answers without opening the lake. Refuses to be the truth: both lists
//! can be thrown away and written anew from the lake.

use crate::model::digest::Digest;
use crate::model::periode::Periode;
use crate::model::release::{CheckResult, Release, Severity};
use crate::model::run::{Delivery, ReleaseEntry};
use crate::state::row::{count, noun, noun_or_none, signed, stored};
use crate::state::{Error, Fault, State};
use rusqlite::{Row, Transaction, params};
use std::collections::BTreeSet;

impl State {
    /// Notes a published release. Noting it again changes nothing but its words.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn note_release(&self, release: &Release) -> Result<(), Error> {
        self.write("noting a release", |transaction| insert_release(transaction, release))
    }

    /// Replaces the list of releases by what lies in the lake.
    ///
    /// # Errors
    /// What a write can meet; the old list then stays.
    pub fn replace_releases(&self, releases: &[Release]) -> Result<(), Error> {
        self.write("rebuilding the list of releases", |transaction| {
            transaction.execute("DELETE FROM releases", [])?;
            releases.iter().try_for_each(|release| insert_release(transaction, release))
        })
    }

    /// The last `count` releases, the latest first.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn releases(&self, last: u32) -> Result<Vec<ReleaseEntry>, Error> {
        self.read("listing the releases", |connection| {
            let mut statement = connection.prepare("SELECT * FROM releases ORDER BY nomor DESC LIMIT ?1")?;
            Ok(statement.query_map(params![last], release)?.collect::<Result<_, _>>()?)
        })
    }

    /// Adds deliveries. What was noted of the same files before gives way.
    ///
    /// # Errors
    /// What a write can meet.
    pub fn note_deliveries(&self, deliveries: &[Delivery]) -> Result<(), Error> {
        let files: BTreeSet<Digest> = deliveries.iter().map(|it| it.sha256).collect();
        self.write("noting deliveries", |transaction| {
            for file in files {
                transaction.execute("DELETE FROM deliveries WHERE sha256 = ?1", params![file.to_string()])?;
            }
            deliveries.iter().try_for_each(|delivery| insert_delivery(transaction, delivery))
        })
    }

    /// Replaces the list of deliveries by what lies in the lake.
    ///
    /// # Errors
    /// What a write can meet; the old list then stays.
    pub fn replace_deliveries(&self, deliveries: &[Delivery]) -> Result<(), Error> {
        self.write("rebuilding the list of deliveries", |transaction| {
            transaction.execute("DELETE FROM deliveries", [])?;
            deliveries.iter().try_for_each(|delivery| insert_delivery(transaction, delivery))
        })
    }

    /// The deliveries that speak for `periode`, or all of them, those that belong to no month included.
    ///
    /// # Errors
    /// What a read can meet.
    pub fn deliveries(&self, periode: Option<Periode>) -> Result<Vec<Delivery>, Error> {
        self.read("listing deliveries", |connection| {
            let sql = "SELECT * FROM deliveries WHERE ?1 IS NULL OR periode = ?1
                       ORDER BY periode, instansi_kode, dataset, cakupan, sha256, rowid";
            let mut statement = connection.prepare(sql)?;
            let periode = periode.map(|it| it.to_string());
            Ok(statement.query_map(params![periode], delivery)?.collect::<Result<_, _>>()?)
        })
    }
}

fn insert_release(transaction: &Transaction<'_>, release: &Release) -> Result<(), Fault> {
    let warned = |it: &&CheckResult| it.tingkat == Severity::Peringatan && it.baris > 0;
    let warnings = release.pemeriksaan.iter().filter(warned).count() as u64;
    transaction.execute(
        "INSERT OR REPLACE INTO releases (nomor, job, periode, dibuat_pada, versi_program, masukan, peringatan)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            signed(release.nomor)?,
            release.job,
            release.periode.to_string(),
            stored(release.dibuat_pada),
            release.versi_program,
            release.masukan.to_string(),
            signed(warnings)?,
        ],
    )?;
    Ok(())
}

fn insert_delivery(transaction: &Transaction<'_>, delivery: &Delivery) -> Result<(), Fault> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO deliveries (sha256, nama_asal, instansi_kode, dataset, periode, cakupan, status, berlaku, diterima_pada,
                                 baris_dibaca, baris_diterima, baris_ditolak)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    statement.execute(params![
        delivery.sha256.to_string(),
        delivery.nama_asal,
        delivery.instansi_kode,
        delivery.dataset,
        delivery.periode.map(|it| it.to_string()),
        delivery.cakupan,
        delivery.status,
        delivery.berlaku,
        delivery.diterima_pada.map(stored),
        signed(delivery.baris_dibaca)?,
        signed(delivery.baris_diterima)?,
        signed(delivery.baris_ditolak)?,
    ])?;
    Ok(())
}

fn release(row: &Row<'_>) -> rusqlite::Result<ReleaseEntry> {
    Ok(ReleaseEntry {
        nomor: count(row, "nomor")?,
        job: row.get("job")?,
        periode: noun(row, "periode")?,
        dibuat_pada: noun(row, "dibuat_pada")?,
        versi_program: row.get("versi_program")?,
        masukan: noun(row, "masukan")?,
        peringatan: count(row, "peringatan")?,
    })
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        sha256: noun(row, "sha256")?,
        nama_asal: row.get("nama_asal")?,
        instansi_kode: row.get("instansi_kode")?,
        dataset: row.get("dataset")?,
        periode: noun_or_none(row, "periode")?,
        cakupan: row.get("cakupan")?,
        status: row.get("status")?,
        berlaku: row.get("berlaku")?,
        diterima_pada: noun_or_none(row, "diterima_pada")?,
        baris_dibaca: count(row, "baris_dibaca")?,
        baris_diterima: count(row, "baris_diterima")?,
        baris_ditolak: count(row, "baris_ditolak")?,
    })
}
