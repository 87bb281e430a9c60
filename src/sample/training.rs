//! Training and penalties as tables, in their forms. Refuses to invent either.

use crate::model::indonesia::tanggal;
use crate::sample::grid::{Cell, Grid, dmy};
use crate::sample::record::{Course, PENALTIES, Penalty};
use crate::sample::world::World;
use chrono::{Datelike, NaiveDate};

const DIKLAT: &str = "id|idPns|nipBaru:nip|nipLama|latihanStrukturalId|latihanStrukturalNama:need|nomor|tanggal:date|tahun|\
jumlahJam:jp|tanggalSelesai:needdate|institusiPenyelenggara:prose";
const KURSUS: &str = "id|idPns|nipBaru:nip|nipLama|jenisKursusNama|jenisKursusSertifikat|institusiPenyelenggara:prose|\
jenisKursusId|jumlahJam:jp|namaKursus:need|noSertipikat|tahunKursus|tanggalKursus:date|jenisDiklatId|\
tanggalSelesaiKursus:needdate";
const LIST: &str = "ID Pegawai|NIP:nip|Nama Pegawai|ID Jenis Diklat|Nama Diklat|ID Diklat Struktural|Nama Pelatihan:need|\
Penyelenggara:prose|Nomor Sertifikat|Tanggal Mulai:date|Tanggal Selesai:needdate|Tahun Pelatihan|Durasi (Jam):jp|\
Kode Kompetensi";
const HUKDIS: &str = "id|nipBaru:nip|pnsOrang|jenisHukuman|jenisHukumanNama|jenisTingkatHukumanId|skNomor|skTanggal:needdate|\
hukumanTanggal:needdate|akhirHukumTanggal:date|masaTahun|masaBulan|nomorPp|alasanHukumanDisiplinNama:prose";
const PACKED: &str =
    "NIP:nip|Nama|Tingkat Hukuman|Jenis Hukuman|Alasan Hukuman:prose|TMT Hukuman|Nomor / Tanggal SK|Unit Kerja";

/// Dates with month words: the habit of some governments.
fn written(date: NaiveDate, words: bool) -> Cell {
    Cell::from(if words { tanggal(date) } else { dmy(date) })
}

/// Leadership courses as rw-diklat, all others as rw-kursus.
pub fn two(world: &World, courses: &[Course], words: bool) -> (Grid, Grid) {
    let (mut diklat, mut kursus) = (Grid::new(DIKLAT), Grid::new(KURSUS));
    let mut dice = world.dice("rw-diklat");
    for course in courses {
        let person = &world.people[course.who];
        let mut cells = vec![
            Cell::from(dice.row_id()),
            Cell::from(&person.pns_id),
            Cell::from(&person.nip),
            Cell::from(&person.nip_lama),
        ];
        let (mulai, selesai) = (written(course.mulai, words), written(course.selesai, words));
        let (jp, tahun) = (Cell::from(course.jp.to_string()), Cell::from(course.selesai.year().to_string()));
        if let Some(id) = course.leadership {
            cells.extend([
                Cell::from(id.to_string()),
                Cell::from(course.nama),
                Cell::from(&course.nomor),
                mulai,
                tahun,
                jp,
            ]);
            cells.extend([selesai, Cell::from(course.host)]);
            diklat.push(course.who, cells);
        } else {
            cells.extend([Cell::Empty, Cell::from(dice.pick(&["T", "F", "P"]).to_string()), Cell::from(course.host)]);
            cells.extend([Cell::from("4"), jp, Cell::from(course.nama), Cell::from(&course.nomor), tahun]);
            cells.extend([mulai, Cell::from(course.kind), selesai]);
            kursus.push(course.who, cells);
        }
    }
    (diklat, kursus)
}

/// One list of all training; `comma` writes the hours with a decimal comma.
pub fn list(world: &World, courses: &[Course], comma: bool) -> Grid {
    let mut grid = Grid::new(LIST);
    for course in courses {
        let person = &world.people[course.who];
        let cells = vec![
            Cell::from(&person.pns_id),
            Cell::from(&person.nip),
            Cell::from(&person.nama),
            Cell::from(course.kind),
            Cell::from(kind_name(course.kind)),
            Cell::from(course.leadership.map(|it| it.to_string())),
            Cell::from(course.nama),
            Cell::from(course.host),
            Cell::from(&course.nomor),
            Cell::from(course.mulai),
            Cell::from(course.selesai),
            Cell::from(course.selesai.year().to_string()),
            Cell::from(if comma { format!("{},0", course.jp) } else { course.jp.to_string() }),
            Cell::from(course.kompetensi),
        ];
        grid.push(course.who, cells);
    }
    grid
}

fn kind_name(kind: &str) -> &'static str {
    match kind {
        "1" => "Diklat Struktural",
        "2" => "Diklat Fungsional",
        "3" => "Diklat Teknis",
        "4" => "Workshop",
        "8" => "Bimbingan Teknis",
        "9" => "Seminar/Konferensi",
        "11" => "Kursus",
        "16" => "Pelatihan Jarak Jauh (E-Learning)",
        _ => "Pelatihan Jarak Jauh",
    }
}

/// Penalties as rw-hukdis.
pub fn hukdis(world: &World, penalties: &[Penalty]) -> Grid {
    let mut grid = Grid::new(HUKDIS);
    let mut dice = world.dice("rw-hukdis");
    for it in penalties {
        let person = &world.people[it.who];
        let (id, level, name, months) = PENALTIES[it.kind];
        let cells = vec![
            Cell::from(dice.row_id()),
            Cell::from(&person.nip),
            Cell::from(&person.pns_id),
            Cell::from(id),
            Cell::from(name),
            Cell::from(level),
            Cell::from(&it.nomor),
            Cell::from(it.tanggal),
            Cell::from(it.mulai),
            Cell::from(it.selesai),
            Cell::from((months / 12).to_string()),
            Cell::from((months % 12).to_string()),
            Cell::from("PP 94 Tahun 2021"),
            Cell::from(it.alasan),
        ];
        grid.push(it.who, cells);
    }
    grid
}

/// Penalties in the packed cells of a regional system.
pub fn packed(world: &World, penalties: &[Penalty]) -> Grid {
    let mut grid = Grid::new(PACKED);
    for it in penalties {
        let person = &world.people[it.who];
        let (_, level, name, _) = PENALTIES[it.kind];
        let cells = vec![
            Cell::from(&person.nip),
            Cell::from(&person.nama),
            Cell::from(match level {
                "R" => "RINGAN",
                "S" => "SEDANG",
                _ => "BERAT",
            }),
            Cell::from(name),
            Cell::from(it.alasan),
            Cell::from(it.selesai.map_or_else(|| dmy(it.mulai), |end| format!("{} S/D {}", dmy(it.mulai), dmy(end)))),
            Cell::from(format!("{} / {}", it.nomor, dmy(it.tanggal))),
            Cell::from(&world.units[person.post().unit].nama),
        ];
        grid.push(it.who, cells);
    }
    grid
}
