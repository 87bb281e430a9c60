//! The unit tree and the histories of posts, ranks and degrees as tables. Refuses a file format.

use crate::sample::grid::{Cell, Grid};
use crate::sample::make::{LEVELS, span};
use crate::sample::person::{Jenis, Person, Post, grade_name};
use crate::sample::unit::eselon_code;
use crate::sample::world::World;
use chrono::{Datelike, Days, NaiveDate};

const UNOR: &str =
    "Id|InstansiId|DiatasanId|EselonId:eselon|NamaUnor|NamaJabatan|CepatKode|IndukUnorId|PemimpinPnsId|JenisUnorId";
const JABATAN: &str = "id|idPns|nipBaru:nip|nipLama|jenisJabatan|instansiKerjaId|instansiKerjaNama|unorId|unorNama:prose|\
unorIndukId|unorIndukNama|eselon|eselonId|jabatanFungsionalNama|jabatanFungsionalUmumNama|tmtJabatan:needdate|nomorSk|\
tanggalSk:date|namaJabatan|tmtPelantikan:date|jenisPenugasanId:assignment|jenisMutasiId";
const GOLONGAN: &str = "id|idPns|nipBaru:nip|nipLama|golonganId:gradeid|golongan:grade|skNomor:prose|skTanggal:date|\
tmtGolongan:needdate|noPertekBkn|tglPertekBkn|jumlahKreditUtama|jumlahKreditTambahan|jenisKPId|jenisKPNama|\
masaKerjaGolonganTahun|masaKerjaGolonganBulan:months|pangkat";
const PENDIDIKAN: &str = "id|idPns|nipBaru:nip|nipLama|pendidikanId|pendidikanNama:need|tkPendidikanId:level|\
tkPendidikanNama|tahunLulus:year|tglLulus:date|isPendidikanPertama|nomorIjasah|namaSekolah:prose|gelarDepan|gelarBelakang";

/// The unit tree, parents before children.
pub fn unor(world: &World) -> Grid {
    let mut grid = Grid::new(UNOR);
    for unit in &world.units {
        let parent = unit.parent.map(|it| world.units[it].id.clone());
        let head = unit.head.map(|it| world.people[it].pns_id.clone());
        let cells = vec![
            Cell::from(&unit.id),
            Cell::from(&world.agency.id),
            Cell::from(parent),
            Cell::from(eselon_code(unit.eselon)),
            Cell::from(format!("{}{}", "--".repeat(unit.depth), unit.nama)),
            Cell::from(&unit.head_title),
            Cell::Empty,
            Cell::from(&world.units[unit.office].id),
            Cell::from(head),
            Cell::Empty,
        ];
        grid.push(usize::MAX, cells);
    }
    grid
}

/// All posts, definitive and acting.
pub fn jabatan(world: &World) -> Grid {
    let mut grid = Grid::new(JABATAN);
    let mut dice = world.dice("rw-jabatan");
    for (who, person) in world.people.iter().enumerate() {
        for (place, post) in person.posts.iter().chain(&person.acting).enumerate() {
            let decree = post.tmt - Days::new(dice.between(2, 25).unsigned_abs());
            grid.push(who, jabatan_row(world, person, post, decree, dice.between(1, 1500), place));
        }
    }
    grid
}

fn jabatan_row(world: &World, person: &Person, post: &Post, decree: NaiveDate, number: i64, place: usize) -> Vec<Cell> {
    let unit = &world.units[post.unit];
    let office = &world.units[unit.office];
    let named = |jenis| if post.jenis == jenis { Cell::from(&post.nama) } else { Cell::Empty };
    let structural = post.jenis == Jenis::Struktural;
    vec![
        Cell::from(&post.rw_id),
        Cell::from(&person.pns_id),
        Cell::from(&person.nip),
        Cell::from(&person.nip_lama),
        Cell::from(match post.jenis {
            Jenis::Struktural => "1",
            Jenis::Fungsional => "2",
            Jenis::Pelaksana => "4",
        }),
        Cell::from(&world.agency.id),
        Cell::from(&world.agency.nama),
        Cell::from(&unit.id),
        Cell::from(&unit.nama),
        Cell::from(&office.id),
        Cell::from(&office.nama),
        Cell::from(post.eselon),
        if structural { Cell::from(eselon_code(post.eselon)) } else { Cell::Empty },
        named(Jenis::Fungsional),
        named(Jenis::Pelaksana),
        Cell::from(post.tmt),
        Cell::from(format!("800.1.3.3/{number}/BKPSDM/{}", decree.year())),
        Cell::from(decree),
        named(Jenis::Struktural),
        if structural { Cell::from(post.tmt) } else { Cell::Empty },
        Cell::from(post.penugasan),
        if place == 0 { Cell::Empty } else { Cell::from("MJ") },
    ]
}

/// The last ranks of everybody.
pub fn golongan(world: &World) -> Grid {
    let mut grid = Grid::new(GOLONGAN);
    let mut dice = world.dice("rw-golongan");
    for (who, person) in world.people.iter().enumerate() {
        let contract = person.asn.is_contract();
        let skip = person.grades.len().saturating_sub(3);
        for (place, grade) in person.grades.iter().enumerate().skip(skip) {
            let decree = grade.tmt - Days::new(dice.between(5, 50).unsigned_abs());
            let (tahun, bulan) = span(person.tmt_cpns, grade.tmt);
            let (kp_id, kp) = match (place, person.post().jenis) {
                (0, _) => ("211", "Gol. dari Pengadaan"),
                (_, Jenis::Struktural) => ("201", "Pilihan (Jabatan Struktural)"),
                (_, Jenis::Fungsional) => ("202", "Pilihan (Jabatan Fungsional)"),
                _ => ("101", "Reguler"),
            };
            let cells = vec![
                Cell::from(&grade.rw_id),
                Cell::from(&person.pns_id),
                Cell::from(&person.nip),
                Cell::from(&person.nip_lama),
                Cell::from(format!("{:02}", grade.code)),
                Cell::from(grade_name(grade.code, contract)),
                Cell::from(format!("823.I/{}/{}", dice.between(1, 990), decree.year())),
                Cell::from(decree),
                Cell::from(grade.tmt),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::from(kp_id),
                Cell::from(kp),
                Cell::from(tahun.to_string()),
                Cell::from(bulan.to_string()),
                Cell::Empty,
            ];
            grid.push(who, cells);
        }
    }
    grid
}

/// All degrees.
pub fn pendidikan(world: &World) -> Grid {
    let mut grid = Grid::new(PENDIDIKAN);
    let mut dice = world.dice("rw-pendidikan");
    for (who, person) in world.people.iter().enumerate() {
        for (place, degree) in person.degrees.iter().enumerate() {
            let name = LEVELS.iter().find(|it| it.0 == degree.level).map_or("", |it| it.1);
            let first = place == 0;
            let cells = vec![
                Cell::from(&degree.rw_id),
                Cell::from(&person.pns_id),
                Cell::from(&person.nip),
                Cell::from(&person.nip_lama),
                Cell::Empty,
                Cell::from(&degree.nama),
                Cell::from(degree.level),
                Cell::from(name),
                Cell::from(degree.day.year().to_string()),
                if dice.chance(0.12) { Cell::Empty } else { Cell::from(degree.day) },
                Cell::from(if first { dice.pick(&["1", "true", "YA"]).to_string() } else { "0".into() }),
                Cell::Empty,
                Cell::from(degree.school),
                Cell::Empty,
                Cell::Empty,
            ];
            grid.push(who, cells);
        }
    }
    grid
}
