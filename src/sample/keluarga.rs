//! Declared relatives as one list or as the four JSON answers of SIASN and the declaration form. Refuses to infer a relative.

use crate::sample::grid::{Cell, Grid};
use crate::sample::world::World;

const LIST: &str = "NIP:nip|HUBUNGAN|NAMA:need|TGL LAHIR:date|JENIS KELAMIN|NIP KERABAT:other";
const SPOUSES: &str = "nipBaru:nip|idPns|nama:need|tglLahir:date|jenisKelamin|statusNikah|nipPasangan:other";
const CHILDREN: &str = "nipBaru:nip|idPns|nama:need|tglLahir:date|jenisKelamin|jenisAnak|nipAnak:other";
const PARENTS: &str = "nipBaru:nip|idPns|peran|nama:need|tglLahir:date|jenisKelamin|nipOrtu:other";
const SIBLINGS: &str = "nipBaru:nip|idPns|nama:need|tglLahir:date|jenisKelamin|nipSaudara:other";

/// One list of all declared relatives.
pub fn list(world: &World) -> Grid {
    let mut grid = Grid::new(LIST);
    for (who, person) in world.people.iter().enumerate() {
        for it in &person.relatives {
            let cells = vec![
                Cell::from(&person.nip),
                Cell::from(it.hubungan),
                Cell::from(&it.nama),
                Cell::from(it.lahir),
                Cell::from(if it.man { "L" } else { "P" }),
                Cell::from(it.employee.map(|other| world.people[other].nip.clone())),
            ];
            grid.push(who, cells);
        }
    }
    grid
}

/// File stem and table of each of the four JSON files.
pub fn four(world: &World) -> [(&'static str, Grid); 4] {
    [
        ("data_pasangan", part(world, SPOUSES, &["ISTRI", "SUAMI"], Some("1"))),
        ("data_anak", part(world, CHILDREN, &["ANAK"], Some("1"))),
        ("data_ortu", part(world, PARENTS, &["AYAH", "IBU"], None)),
        ("deklarasi_saudara", part(world, SIBLINGS, &["SAUDARA"], None)),
    ]
}

fn part(world: &World, header: &'static str, kinds: &[&str], code: Option<&'static str>) -> Grid {
    let mut grid = Grid::new(header);
    let role = kinds.contains(&"AYAH");
    for (who, person) in world.people.iter().enumerate() {
        for it in person.relatives.iter().filter(|it| kinds.contains(&it.hubungan)) {
            let mut cells = vec![Cell::from(&person.nip), Cell::from(&person.pns_id)];
            if role {
                cells.push(Cell::from(it.hubungan));
            }
            cells.extend([Cell::from(&it.nama), Cell::from(it.lahir), Cell::from(if it.man { "M" } else { "F" })]);
            cells.extend(code.map(Cell::from));
            cells.push(Cell::from(it.employee.map(|other| world.people[other].nip.clone())));
            grid.push(who, cells);
        }
    }
    grid
}
