//! The employee snapshot in the forms agencies send: SIASN CSV of three widths, saved again, HTML of a regional system, re-arranged workbook. Refuses BIFF.

use crate::sample::agency::PegawaiForm;
use crate::sample::career::post_id;
use crate::sample::dice::Dice;
use crate::sample::grid::{Cell, Grid};
use crate::sample::make::{LEVELS, span};
use crate::sample::person::{Asn, Jenis, Person, grade_name};
use crate::sample::unit::eselon_code;
use crate::sample::world::World;
use chrono::{Datelike, NaiveDate};

/// The 65 columns of the SIASN export that every variant has.
const SIASN: &str = "PNS ID|NIP BARU:nip|NIP LAMA|NAMA:need|GELAR DEPAN|GELAR BELAKANG|TEMPAT LAHIR ID|TEMPAT LAHIR NAMA|\
TANGGAL LAHIR:birth|JENIS KELAMIN:sex|AGAMA ID|AGAMA NAMA|JENIS KAWIN ID|JENIS KAWIN NAMA|NIK:nik|NOMOR HP|EMAIL|EMAIL GOV|\
ALAMAT:prose|NPWP NOMOR|BPJS|JENIS PEGAWAI ID|JENIS PEGAWAI NAMA|KEDUDUKAN HUKUM ID:position|KEDUDUKAN HUKUM NAMA|\
STATUS CPNS PNS|KARTU ASN VIRTUAL|NOMOR SK CPNS|TANGGAL SK CPNS|TMT CPNS|NOMOR SK PNS|TANGGAL SK PNS|TMT PNS|GOL AWAL ID|\
GOL AWAL NAMA|GOL AKHIR ID:gradeid|GOL AKHIR NAMA:grade|TMT GOLONGAN:date|MK TAHUN|MK BULAN:months|JENIS JABATAN ID|\
JENIS JABATAN NAMA|JABATAN ID|JABATAN NAMA|TMT JABATAN:date|TINGKAT PENDIDIKAN ID:level|TINGKAT PENDIDIKAN NAMA|\
PENDIDIKAN ID|PENDIDIKAN NAMA|TAHUN LULUS:year|KPKN ID|KPKN NAMA|LOKASI KERJA ID|LOKASI KERJA NAMA|UNOR ID|UNOR NAMA|\
INSTANSI INDUK ID|INSTANSI INDUK NAMA|INSTANSI KERJA ID|INSTANSI KERJA NAMA|SATUAN KERJA INDUK ID|SATUAN KERJA INDUK NAMA|\
SATUAN KERJA KERJA ID|SATUAN KERJA KERJA NAMA|IS VALID NIK";
const HTML: &str = "NO.|NIP:nip|NAMA:need|SIASN ID|NIP LAMA|TEMPAT LAHIR|TANGGAL LAHIR:birth|L/P:sex|STATUS PEGAWAI|STATUS HUKUM|\
ESELON|JENIS JABATAN|JABATAN|TMT JABATAN:date|GOL. RUANG:grade|TMT PANGKAT:date|MASA KERJA|TELEPON|ALAMAT:prose|UNIT KERJA|\
UNIT SUB KERJA|PENDIDIKAN|JURUSAN|LULUS:year|NIK:nik|TMT CPNS|TMT PNS";
const BOOK_PNS: &str = "PNS ID|NIP:nip|NIK:nik|NAMA PEGAWAI:need|GELAR DEPAN|GELAR BELAKANG|TEMPAT LAHIR|TGL LAHIR:birth|\
JENIS KELAMIN:sex|STATUS ASN|KEDUDUKAN HUKUM NAMA|STATUS PERKAWINAN|TMT CPNS|TMT PNS|GOLONGAN:grade|TMT GOLONGAN AKHIR:date|\
MK TAHUN|MK BULAN:months|JENIS JABATAN NAMA|JABATAN NAMA|ESELON NAMA|TMT JABATAN:date|TINGKAT PENDIDIKAN ID:level|\
PENDIDIKAN TERAKHIR NAMA|TAHUN LULUS:year|UNOR ID|UNOR NAMA|EMAIL|HANDPHONE|ALAMAT:prose";
const BOOK_PPPK: &str = "PNS ID|NIPPPK:nip|NIK:nik|NAMA PEGAWAI:need|GELAR DEPAN|GELAR BELAKANG|TEMPAT LAHIR|TGL LAHIR:birth|\
JENIS KELAMIN:sex|STATUS ASN|KEDUDUKAN HUKUM NAMA|STATUS PERKAWINAN|TMT CPNS|TMT PNS|GOLONGAN:grade|TMT GOLONGAN AKHIR:date|\
MK TAHUN|MK BULAN:months|JENIS JABATAN NAMA|JABATAN NAMA|ESELON NAMA|TMT JABATAN:date|TINGKAT PENDIDIKAN ID:level|\
PENDIDIKAN TERAKHIR NAMA|TAHUN LULUS:year|UNOR ID|UNOR NAMA|EMAIL|HANDPHONE|ALAMAT:prose";
const SIASN_67: &str = "NAMA SEKOLAH|FLAG IKD";
const SIASN_69: &str = "ESELON ID|ESELON NAMA";
const MARITAL: [&str; 4] = ["Menikah", "Cerai", "Janda / Duda", "Belum Kawin"];

/// People of a snapshot: those in service on its last day.
pub fn members(world: &World, day: NaiveDate) -> Vec<usize> {
    (0..world.people.len()).filter(|it| world.people[*it].tmt_cpns <= day).collect()
}

/// The tables of a snapshot: one, or two sheets.
pub fn grids(world: &World, form: PegawaiForm, members: &[usize], day: NaiveDate, dice: &mut Dice) -> Vec<Grid> {
    let split =
        |contract: bool| members.iter().copied().filter(move |it| world.people[*it].asn.is_contract() == contract);
    let fill = |mut grid: Grid, who: &mut dyn Iterator<Item = usize>, dice: &mut Dice| {
        for (number, who) in who.enumerate() {
            let person = &world.people[who];
            let cells = match form {
                PegawaiForm::Siasn(width) => siasn_row(world, person, day, usize::from(width), dice),
                PegawaiForm::Resaved => siasn_row(world, person, day, 67, dice),
                PegawaiForm::Html => html_row(world, person, day, number + 1),
                PegawaiForm::Book => book_row(world, person, day),
            };
            grid.push(who, cells);
        }
        grid
    };
    match form {
        PegawaiForm::Siasn(width) => vec![fill(siasn_grid(usize::from(width)), &mut members.iter().copied(), dice)],
        PegawaiForm::Resaved => vec![fill(siasn_grid(67), &mut members.iter().copied(), dice)],
        PegawaiForm::Html => vec![fill(Grid::new(HTML), &mut members.iter().copied(), dice)],
        PegawaiForm::Book => {
            vec![fill(Grid::new(BOOK_PNS), &mut split(false), dice), fill(Grid::new(BOOK_PPPK), &mut split(true), dice)]
        }
    }
}

/// An empty SIASN table of 65, 67 or 69 columns.
pub fn siasn_grid(width: usize) -> Grid {
    let mut grid = Grid::new(SIASN);
    if width > 65 {
        grid.columns.extend(Grid::new(SIASN_67).columns);
    }
    if width > 67 {
        grid.columns.extend(Grid::new(SIASN_69).columns);
    }
    grid
}

fn quoted(id: &str) -> Cell {
    if id.is_empty() { Cell::Empty } else { Cell::from(format!("'{id}")) }
}

fn level_name(code: &str) -> &'static str {
    LEVELS.iter().find(|it| it.0 == code).map_or("", |it| it.1)
}

fn grade_id(code: u8) -> String {
    format!("{code:02}")
}

fn position_name(code: &str) -> &'static str {
    match code {
        "01" => "Aktif",
        "02" => "CLTN",
        "03" => "Tugas Belajar",
        "15" => "Kena hukuman disiplin",
        "71" => "PPPK Aktif",
        _ => "",
    }
}

fn status(asn: Asn) -> &'static str {
    match asn {
        Asn::Pns => "PNS",
        Asn::Cpns => "CPNS",
        Asn::Pppk => "PPPK",
        Asn::PppkPw => "PPPK PARUH WAKTU",
    }
}

/// One line of the SIASN export.
pub fn siasn_row(world: &World, person: &Person, day: NaiveDate, width: usize, dice: &mut Dice) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(69);
    cells.extend(identity(person, dice));
    cells.extend(employment(world, person));
    cells.extend(work(world, person, day));
    let agency = &world.agency;
    for _ in 0..2 {
        cells.extend([Cell::from(&agency.id), Cell::from(&agency.nama)]);
    }
    for _ in 0..2 {
        cells.extend([Cell::Empty, Cell::from(&agency.nama)]);
    }
    cells.push(Cell::from("1"));
    if width > 65 {
        cells.extend([Cell::from(person.degree().school), Cell::from("0")]);
    }
    if width > 67 {
        let eselon = person.post_on(day).eselon;
        cells.extend([Cell::from(eselon_code(eselon)), Cell::from(eselon)]);
    }
    cells
}

/// PNS ID to BPJS.
fn identity(person: &Person, dice: &mut Dice) -> Vec<Cell> {
    let nip_lama =
        if person.nip_lama.is_empty() && dice.chance(0.2) { Cell::from("null") } else { Cell::from(&person.nip_lama) };
    let (faith, faith_id) =
        if person.custom == crate::sample::names::Custom::Banjar { ("Islam", "1") } else { ("Kristen", "2") };
    vec![
        quoted(&person.pns_id),
        quoted(&person.nip),
        nip_lama,
        Cell::from(person.nama.to_uppercase()),
        Cell::from(person.gelar_depan),
        Cell::from(&person.gelar_belakang),
        Cell::from(post_id(person.tempat_lahir).split_off(24)),
        Cell::from(person.tempat_lahir),
        Cell::from(person.lahir),
        Cell::from(if person.man { "M" } else { "F" }),
        Cell::from(faith_id),
        Cell::from(faith),
        Cell::from((person.kawin + 1).to_string()),
        Cell::from(MARITAL[person.kawin]),
        quoted(&person.nik),
        quoted(&person.hp),
        Cell::from(&person.email),
        Cell::Empty,
        Cell::from(&person.alamat),
        Cell::Empty,
        Cell::Empty,
    ]
}

/// JENIS PEGAWAI ID to MK BULAN.
fn employment(world: &World, person: &Person) -> Vec<Cell> {
    let contract = person.asn.is_contract();
    let (kind_id, kind) = if world.agency.is_province() { ("10", "Provinsi") } else { ("15", "Kab/Kota") };
    let kind = match person.asn {
        Asn::Pppk => "PPPK",
        Asn::PppkPw => "PPPK Paruh Waktu",
        _ => kind,
    };
    let first = person.grades.first().map_or(31, |it| it.code);
    let last = person.grade();
    let (tahun, bulan) = span(person.tmt_cpns, world.end);
    vec![
        Cell::from(kind_id),
        Cell::from(kind),
        Cell::from(person.kedudukan),
        Cell::from(position_name(person.kedudukan)),
        Cell::from(match person.asn {
            Asn::Pns => "P",
            Asn::Cpns => "C",
            _ => "",
        }),
        Cell::from("1"),
        Cell::Empty,
        Cell::Empty,
        Cell::from(person.tmt_cpns),
        Cell::Empty,
        Cell::Empty,
        Cell::from(person.tmt_pns),
        Cell::from(grade_id(first)),
        Cell::from(grade_name(first, contract)),
        Cell::from(grade_id(last.code)),
        Cell::from(grade_name(last.code, contract)),
        Cell::from(last.tmt),
        Cell::from(tahun.to_string()),
        Cell::from(bulan.to_string()),
    ]
}

/// JENIS JABATAN ID to UNOR NAMA.
fn work(world: &World, person: &Person, day: NaiveDate) -> Vec<Cell> {
    let post = person.post_on(day);
    let degree = person.degree();
    let unit = &world.units[post.unit];
    let (kind_id, kind) = match post.jenis {
        Jenis::Struktural => ("1", "Jabatan Struktural"),
        Jenis::Fungsional => ("2", "Jabatan Fungsional Tertentu"),
        Jenis::Pelaksana => ("4", "Jabatan Fungsional Umum"),
    };
    let id = if post.jenis == Jenis::Struktural { Cell::Empty } else { Cell::from(post_id(&post.nama)) };
    vec![
        Cell::from(kind_id),
        Cell::from(kind),
        id,
        Cell::from(&post.nama),
        Cell::from(post.tmt),
        Cell::from(degree.level),
        Cell::from(level_name(degree.level)),
        Cell::Empty,
        Cell::from(&degree.nama),
        Cell::from(degree.day.year().to_string()),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::from(world.agency.pendek.to_uppercase()),
        Cell::from(&unit.id),
        Cell::from(&unit.nama),
    ]
}

fn html_row(world: &World, person: &Person, day: NaiveDate, number: usize) -> Vec<Cell> {
    let post = person.post_on(day);
    let degree = person.degree();
    let (tahun, bulan) = span(person.tmt_cpns, world.end);
    vec![
        Cell::from(number.to_string()),
        Cell::from(format!("`{}", person.nip)),
        Cell::from(person.titled()),
        Cell::from(&person.pns_id),
        Cell::from(&person.nip_lama),
        Cell::from(person.tempat_lahir),
        Cell::from(person.lahir),
        Cell::from(if person.man { "L" } else { "P" }),
        Cell::from(status(person.asn)),
        Cell::from(position_name(person.kedudukan)),
        Cell::from(post.eselon.unwrap_or("-")),
        Cell::from(match post.jenis {
            Jenis::Struktural => "Struktural",
            Jenis::Fungsional => "Fungsional",
            Jenis::Pelaksana => "Pelaksana",
        }),
        Cell::from(&post.nama),
        Cell::from(post.tmt),
        Cell::from(grade_name(person.grade().code, person.asn.is_contract())),
        Cell::from(person.grade().tmt),
        Cell::from(format!("{tahun} Tahun {bulan} Bulan")),
        Cell::from(&person.hp),
        Cell::from(&person.alamat),
        Cell::from(world.office_name(post.unit).to_string()),
        Cell::from(&world.units[post.unit].nama),
        Cell::from(level_name(degree.level)),
        Cell::from(&degree.nama),
        Cell::from(degree.day.year().to_string()),
        Cell::from(format!("`{}", person.nik)),
        Cell::from(person.tmt_cpns),
        Cell::from(person.tmt_pns),
    ]
}

fn book_row(world: &World, person: &Person, day: NaiveDate) -> Vec<Cell> {
    let post = person.post_on(day);
    let degree = person.degree();
    let (tahun, bulan) = span(person.tmt_cpns, world.end);
    vec![
        Cell::from(&person.pns_id),
        Cell::from(&person.nip),
        Cell::from(&person.nik),
        Cell::from(person.nama.to_uppercase()),
        Cell::from(person.gelar_depan),
        Cell::from(&person.gelar_belakang),
        Cell::from(person.tempat_lahir),
        Cell::Date(person.lahir),
        Cell::from(if person.man { "LAKI-LAKI" } else { "PEREMPUAN" }),
        Cell::from(status(person.asn)),
        Cell::from(position_name(person.kedudukan)),
        Cell::from(MARITAL[person.kawin]),
        Cell::from(person.tmt_cpns),
        Cell::from(person.tmt_pns),
        Cell::from(grade_name(person.grade().code, person.asn.is_contract())),
        Cell::from(person.grade().tmt),
        Cell::Number(f64::from(tahun)),
        Cell::Number(f64::from(bulan)),
        Cell::from(match post.jenis {
            Jenis::Struktural => "STRUKTURAL",
            Jenis::Fungsional => "FUNGSIONAL",
            Jenis::Pelaksana => "PELAKSANA",
        }),
        Cell::from(&post.nama),
        Cell::from(post.eselon),
        Cell::from(post.tmt),
        Cell::from(degree.level),
        Cell::from(&degree.nama),
        Cell::Number(f64::from(degree.day.year())),
        Cell::from(&world.units[post.unit].id),
        Cell::from(&world.units[post.unit].nama),
        Cell::from(&person.email),
        Cell::from(&person.hp),
        Cell::from(&person.alamat),
    ]
}
