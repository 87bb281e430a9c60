//! The deliveries beside posts, appraisals and training: assessments, families, selections, small lists. Refuses to keep a file once it is sent.

use crate::model::indonesia::BULAN;
use crate::sample::asesmen;
use crate::sample::book::{Sheet, workbook};
use crate::sample::desk::Desk;
use crate::sample::grid::Grid;
use crate::sample::keluarga;
use crate::sample::mess::Medium;
use crate::sample::out::path;
use crate::sample::seleksi;
use crate::sample::small;
use crate::sample::text::{COMMA, RESAVED, SEMICOLON};
use crate::sample::truth::{Action, FileTruth};
use std::io;

/// Sends them all.
///
/// # Errors
/// What the sink says.
pub fn deliver(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    assessments(desk)?;
    families(desk)?;
    selections(desk)?;
    lists(desk)
}

fn dated(desk: &Desk<'_, '_, '_>, stem: &str, extension: &str) -> String {
    format!("{stem}_{}_{}.{extension}", desk.world.agency.kode, desk.world.periode)
}

/// `Kapuas sd Desember 2025`.
fn until(desk: &Desk<'_, '_, '_>) -> String {
    let periode = desk.world.periode;
    format!("{} sd {} {}", desk.world.agency.pendek, BULAN[periode.month() as usize - 1], periode.year())
}

fn assessments(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let world = desk.world;
    let sittings = asesmen::sittings(world);
    if sittings.is_empty() {
        return Ok(());
    }
    if !world.agency.forms.assessment_book {
        let name = dated(desk, "hasil_asesmen", "csv");
        return desk.csv(&name, "asesmen", asesmen::flat(world, &sittings), SEMICOLON).map(|_| ());
    }
    let name = format!("Rekap Hasil Asesmen {}.xlsx", until(desk));
    let mut truth = FileTruth::new(&path(&world.agency.kode, &name), "asesmen");
    let mut grids: Vec<Grid> = sittings.iter().map(|it| asesmen::book_grid(world, it)).collect();
    for grid in &mut grids {
        desk.soil_into(grid, Medium::Book, ',', false, &mut truth);
        for code in ["S01", "S01", "S03", "S03", "S03"] {
            truth.note(code, Action::Skip);
        }
    }
    let sheets: Vec<Sheet<'_>> =
        sittings.iter().zip(&grids).map(|(sitting, grid)| asesmen::sheet(world, sitting, grid)).collect();
    let bytes = workbook(&sheets, &[])?;
    desk.send(&name, bytes, vec![truth])
}

fn families(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let world = desk.world;
    if world.agency.forms.family_json {
        for (stem, grid) in keluarga::four(world) {
            let name = dated(desk, stem, "json");
            desk.json(&name, "keluarga", grid, false)?;
        }
        return Ok(());
    }
    let form = if world.agency.forms.small_semicolon { RESAVED } else { COMMA };
    let name = dated(desk, "data_keluarga", "csv");
    desk.csv(&name, "keluarga", keluarga::list(world), form).map(|_| ())
}

fn selections(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let world = desk.world;
    let all = seleksi::selections(world);
    let mut parts = [
        ("Formasi", "formasi", "seleksi", all.rounds),
        ("Peserta", "peserta", "seleksi_kandidat", all.candidates),
        ("Panitia", "panitia", "seleksi_panel", all.panels),
        ("Nilai", "nilai", "seleksi_nilai", all.marks),
    ];
    if parts[1].3.rows.is_empty() {
        return Ok(());
    }
    if world.agency.forms.selection_csv {
        for (_, stem, dataset, grid) in parts {
            let name = dated(desk, &format!("seleksi_{stem}"), "csv");
            desk.csv(&name, dataset, grid, COMMA)?;
        }
        return Ok(());
    }
    let name = format!("Seleksi Terbuka JPT {}.xlsx", until(desk));
    let mut truths = Vec::new();
    for (_, _, dataset, grid) in &mut parts {
        truths.push(desk.soil(&name, dataset, grid, Medium::Book, ',').0);
    }
    let mut sheets: Vec<Sheet<'_>> = parts.iter().map(|(tab, _, _, grid)| Sheet::plain(tab, grid)).collect();
    sheets[0].above = vec![
        (0, 0, "SELEKSI TERBUKA JABATAN PIMPINAN TINGGI PRATAMA".into()),
        (1, 0, world.agency.nama.to_uppercase()),
    ];
    sheets[0].header_row = 2;
    let bytes = workbook(&sheets, &[])?;
    desk.send(&name, bytes, truths)
}

fn lists(desk: &mut Desk<'_, '_, '_>) -> io::Result<()> {
    let world = desk.world;
    let form = if world.agency.forms.small_semicolon { SEMICOLON } else { COMMA };
    let name = dated(desk, "standar_kompetensi", "csv");
    desk.csv(&name, "standar_kompetensi", small::standards(), form)?;
    let name = dated(desk, "pejabat_politik", "csv");
    desk.csv(&name, "pejabat_politik", small::elected(world), COMMA)?;
    let name = dated(desk, "komitmen", "csv");
    desk.csv(&name, "komitmen", small::commitments(world), form)?;
    let periode = world.periode;
    let month = BULAN[periode.month() as usize - 1];
    let name = format!("Penilaian Mandiri Sistem Merit {} {month} {}.xlsx", world.agency.pendek, periode.year());
    let mut truth = FileTruth::new(&path(&world.agency.kode, &name), "merit_indikator");
    let years = [periode.year() - 1, periode.year()];
    let mut grids = years.map(|year| small::merit(world, year));
    for grid in &mut grids {
        desk.soil_into(grid, Medium::Book, ',', true, &mut truth);
    }
    let sheets: Vec<Sheet<'_>> =
        years.iter().zip(&grids).map(|(year, grid)| small::merit_sheet(world, *year, grid)).collect();
    let bytes = workbook(&sheets, &[])?;
    desk.send(&name, bytes, vec![truth])
}
