//! The unit tree of one government: offices, schools, clinics, districts, each with the post of its head. Refuses two units of one name, because some exports know a unit only by name.

use crate::sample::agency::Agency;
use crate::sample::dice::Dice;

/// What people work in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// The government itself.
    Root,
    /// An office or part of one.
    Office,
    /// A school.
    School,
    /// A health centre.
    Clinic,
}

/// One unit.
#[derive(Debug, Clone)]
pub struct Unit {
    /// SIASN id.
    pub id: String,
    /// Place of the parent in the list.
    pub parent: Option<usize>,
    /// Place of the office right below the root that it belongs to (itself for those).
    pub office: usize,
    /// Distance from the root.
    pub depth: usize,
    /// Unique within the government.
    pub nama: String,
    /// `II.b`; none for the root, schools and clinics.
    pub eselon: Option<&'static str>,
    /// Title of its head; empty for the root.
    pub head_title: String,
    /// What people work there.
    pub kind: UnitKind,
    /// Place of the head in the list of people, filled when people are seated.
    pub head: Option<usize>,
}

impl Unit {
    /// Rank of the head's post: 5 JPT madya, 4 JPT pratama, 3 administrator, 2 pengawas, 0 not structural.
    pub fn rank(&self) -> u8 {
        rank_of(self.eselon)
    }
}

/// Rank of an eselon (`indicators.md`, jenjang).
pub fn rank_of(eselon: Option<&str>) -> u8 {
    match eselon.and_then(|it| it.split('.').next()) {
        Some("I") => 5,
        Some("II") => 4,
        Some("III") => 3,
        Some("IV") => 2,
        _ => 0,
    }
}

/// Code of an eselon in the unit tree.
pub fn eselon_code(eselon: Option<&str>) -> &'static str {
    match eselon {
        Some("I.a") => "11",
        Some("I.b") => "12",
        Some("II.a") => "21",
        Some("II.b") => "22",
        Some("III.a") => "31",
        Some("III.b") => "32",
        Some("IV.a") => "41",
        Some("IV.b") => "42",
        _ => "00",
    }
}

const OFFICES: &[&str] = &[
    "Dinas Pendidikan",
    "Dinas Kesehatan",
    "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
    "Dinas Pekerjaan Umum dan Penataan Ruang",
    "Badan Perencanaan Pembangunan Daerah",
    "Badan Keuangan dan Aset Daerah",
    "Inspektorat",
    "Sekretariat DPRD",
    "Dinas Sosial",
    "Dinas Kependudukan dan Pencatatan Sipil",
    "Dinas Perhubungan",
    "Dinas Lingkungan Hidup",
    "Dinas Pertanian",
    "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
    "Dinas Pemberdayaan Masyarakat dan Desa",
    "Dinas Komunikasi, Informatika, Statistik dan Persandian",
    "Dinas Perikanan",
    "Dinas Kebudayaan dan Pariwisata",
    "Dinas Koperasi, Usaha Kecil dan Menengah",
    "Dinas Perdagangan dan Perindustrian",
    "Satuan Polisi Pamong Praja",
    "Badan Penanggulangan Bencana Daerah",
    "Dinas Perpustakaan dan Kearsipan",
    "Dinas Tenaga Kerja dan Transmigrasi",
    "Badan Kesatuan Bangsa dan Politik",
    "Dinas Pemberdayaan Perempuan dan Perlindungan Anak",
];
const DIVISIONS: &[&str] = &["Perencanaan dan Pengendalian", "Pelayanan dan Informasi", "Pembinaan dan Pengawasan"];
const SECTIONS: &[&str] = &["Program", "Data dan Pelaporan"];
const PARTS: &[&str] =
    &["Umum", "Organisasi", "Hukum", "Pemerintahan", "Kesejahteraan Rakyat", "Perekonomian", "Protokol"];
const PLACES: &[&str] =
    &["Hulu", "Hilir", "Tengah", "Utara", "Selatan", "Timur", "Barat", "Raya", "Bukit", "Muara", "Kuala", "Danau"];

/// The tree of one government with about `people` employees; the root is the first unit.
pub fn tree(agency: &Agency, people: usize, dice: &mut Dice) -> Vec<Unit> {
    let mut tree = Tree { units: Vec::new(), dice };
    tree.add(None, agency.nama.clone(), None, String::new(), UnitKind::Root);
    secretariat(&mut tree, agency, people);
    let offices: Vec<usize> = OFFICES
        .iter()
        .take((people / 14).clamp(6, OFFICES.len()))
        .map(|name| office(&mut tree, agency, people, name))
        .collect();
    schools(&mut tree, agency, people, offices[0]);
    let clinics = (people * 15 / 1400).clamp(1, 40);
    for number in 0..clinics {
        let place = PLACES[number % PLACES.len()];
        let name = format!("UPTD Puskesmas {place} {} {}", agency.pendek, number + 1);
        tree.add(Some(offices[1]), name, None, "Kepala Puskesmas".into(), UnitKind::Clinic);
    }
    if !agency.is_province() {
        districts(&mut tree, agency, people);
    }
    tree.units
}

struct Tree<'a> {
    units: Vec<Unit>,
    dice: &'a mut Dice,
}

impl Tree<'_> {
    fn add(
        &mut self,
        parent: Option<usize>,
        nama: String,
        eselon: Option<&'static str>,
        head_title: String,
        kind: UnitKind,
    ) -> usize {
        let place = self.units.len();
        let above = parent.and_then(|it| self.units.get(it));
        let depth = above.map_or(0, |it| it.depth + 1);
        let office = above.filter(|it| it.parent.is_some()).map_or(place, |it| it.office);
        let id = self.dice.siasn_id();
        self.units.push(Unit { id, parent, office, depth, nama, eselon, head_title, kind, head: None });
        place
    }
}

fn secretariat(tree: &mut Tree<'_>, agency: &Agency, people: usize) {
    let (top, part, word) = if agency.is_province() { ("I.b", "II.b", "Biro") } else { ("II.a", "III.a", "Bagian") };
    let root = tree.add(Some(0), "Sekretariat Daerah".into(), Some(top), "Sekretaris Daerah".into(), UnitKind::Office);
    for name in PARTS.iter().take((people / 60).clamp(2, PARTS.len())) {
        let name = format!("{word} {name}");
        let title = format!("Kepala {name}");
        tree.add(Some(root), name, Some(part), title, UnitKind::Office);
    }
}

fn office(tree: &mut Tree<'_>, agency: &Agency, people: usize, name: &str) -> usize {
    let (top, division) = if agency.is_province() { ("II.a", "III.a") } else { ("II.b", "III.b") };
    let title = match name {
        "Inspektorat" => "Inspektur".to_string(),
        "Sekretariat DPRD" => "Sekretaris DPRD".to_string(),
        _ => format!("Kepala {name}"),
    };
    let root = tree.add(Some(0), name.into(), Some(top), title, UnitKind::Office);
    if name != "Sekretariat DPRD" {
        let office = format!("Sekretariat {name}");
        tree.add(Some(root), office, Some("III.a"), format!("Sekretaris {name}"), UnitKind::Office);
    }
    let divisions = 1 + usize::from(people >= 160) + usize::from(people >= 900);
    for (place, topic) in DIVISIONS.iter().take(divisions).enumerate() {
        let label = format!("Bidang {topic} {name}");
        let head = format!("Kepala {label}");
        let parent = tree.add(Some(root), label, Some(division), head, UnitKind::Office);
        let sections = usize::from(place == 0) + usize::from(people >= 2000);
        for section in SECTIONS.iter().take(sections) {
            let label = format!("Seksi {section} {topic} {name}");
            let head = format!("Kepala {label}");
            tree.add(Some(parent), label, Some("IV.a"), head, UnitKind::Office);
        }
    }
    root
}

fn schools(tree: &mut Tree<'_>, agency: &Agency, people: usize, education: usize) {
    let kinds = if agency.is_province() { ["SMAN", "SMKN"] } else { ["SDN", "SMPN"] };
    for number in 1..=(people / 32).clamp(2, 260) {
        let name = format!("{} {number} {}", kinds[number % 3 / 2], agency.pendek);
        tree.add(Some(education), name, None, "Kepala Sekolah".into(), UnitKind::School);
    }
}

fn districts(tree: &mut Tree<'_>, agency: &Agency, people: usize) {
    for place in PLACES.iter().take((people / 60).clamp(1, PLACES.len())) {
        let name = format!("Kecamatan {} {place}", agency.pendek);
        let title = format!("Camat {} {place}", agency.pendek);
        let root = tree.add(Some(0), name.clone(), Some("III.a"), title, UnitKind::Office);
        let head = format!("Sekretaris {name}");
        tree.add(Some(root), format!("Sekretariat {name}"), Some("III.b"), head, UnitKind::Office);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::agency::agencies;
    use std::collections::BTreeSet;

    #[test]
    fn one_root_no_cycle_no_name_twice() {
        for agency in agencies() {
            for people in [10, 60, 400, 11_000] {
                let units = tree(&agency, people, &mut Dice::new(3, &agency.kode));
                assert_eq!(units.iter().filter(|it| it.parent.is_none()).count(), 1);
                assert!(units.iter().enumerate().all(|(place, it)| it.parent.is_none_or(|parent| parent < place)));
                let names: BTreeSet<_> = units.iter().map(|it| it.nama.to_lowercase()).collect();
                assert_eq!(names.len(), units.len());
            }
        }
    }
}
