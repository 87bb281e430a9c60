//! What is on file about people beside their posts: appraisals, training, penalties, assessments, plausible in level and spread. Refuses faults.

use crate::sample::dice::Dice;
use crate::sample::make::years;
use crate::sample::person::{Jenis, Post};
use crate::sample::unit::rank_of;
use crate::sample::world::World;
use chrono::{Datelike, Days, NaiveDate};

/// One appraisal.
#[derive(Debug, Clone)]
pub struct Rating {
    /// Whose.
    pub who: usize,
    /// Results, conduct, overall; 1 is best.
    pub scores: (u8, u8, u8),
    /// Rated as acting head of this post.
    pub acting: Option<usize>,
    /// Rater, where it is an employee.
    pub boss: Option<usize>,
}

/// Appraisals of everybody in service half a year before `day`, for a whole year or a part of it.
pub fn ratings(world: &World, day: NaiveDate, purpose: &str, whole_year: bool) -> Vec<Rating> {
    let mut dice = world.dice(purpose);
    let since = day - Days::new(if whole_year { 180 } else { 20 });
    let top = if whole_year { world.agency.top_ratings } else { world.agency.top_ratings * 0.5 };
    let mut all = Vec::with_capacity(world.people.len());
    for (who, person) in world.people.iter().enumerate().filter(|it| it.1.tmt_cpns <= since) {
        let scores = scores(&mut dice, top, person.quality);
        let boss = world.boss(who);
        all.push(Rating { who, scores, acting: None, boss });
        let acting = person.acting.iter().rposition(|it| it.tmt <= since);
        if let Some(place) = acting.filter(|_| dice.chance(0.7)) {
            all.push(Rating { who, scores: (2, 2, 2), acting: Some(place), boss });
        }
    }
    all
}

fn scores(dice: &mut Dice, top: f64, quality: f64) -> (u8, u8, u8) {
    let luck = dice.unit();
    let poor = if quality < -1.5 { 0.12 } else { 0.012 };
    if luck < poor {
        return [(3, 2, 3), (3, 1, 3), (2, 3, 4), (3, 3, 5)][dice.weighted(&[50, 20, 20, 10])];
    }
    if luck > 1.0 - (top + 0.07 * quality).clamp(0.01, 0.97) {
        return (1, 1, 1);
    }
    [(2, 2, 2), (1, 2, 2), (2, 1, 2)][dice.weighted(&[80, 8, 12])]
}

/// One training attended.
#[derive(Debug, Clone)]
pub struct Course {
    /// Whose.
    pub who: usize,
    /// jenis_diklat_id.
    pub kind: &'static str,
    /// latihan_struktural_id, for leadership courses.
    pub leadership: Option<u8>,
    /// Name.
    pub nama: &'static str,
    /// Who held it.
    pub host: &'static str,
    /// Number of the certificate, unique within the government.
    pub nomor: String,
    /// First day.
    pub mulai: NaiveDate,
    /// Last day.
    pub selesai: NaiveDate,
    /// Hours.
    pub jp: i64,
    /// Competency it is for.
    pub kompetensi: &'static str,
}

const HOSTS: [&str; 6] = [
    "BPSDM Provinsi Kalimantan Tengah",
    "LAN RI",
    "Pusdiklat BKN",
    "Universitas Palangka Raya",
    "MOOC Pintar",
    "Bapelkes Palangka Raya",
];
const TOPICS: [&str; 14] = [
    "Pengadaan Barang/Jasa Pemerintah Level 1",
    "Penyusunan SKP dan Dialog Kinerja",
    "Manajemen Risiko Sektor Publik",
    "Keamanan Siber bagi ASN",
    "Statistik Sektoral",
    "Perencanaan dan Penganggaran Responsif Gender",
    "Komunikasi Publik",
    "Pencegahan Karhutla",
    "Penyusunan Analisis Jabatan dan ABK",
    "Kurikulum Merdeka bagi Guru",
    "Akreditasi Puskesmas",
    "Bahasa Inggris Dasar",
    "Pelayanan Prima",
    "Pengelolaan Keuangan Daerah",
];
const KINDS: [&str; 8] = ["3", "2", "4", "8", "9", "11", "16", "17"];
const COMPETENCIES: [&str; 9] = ["M.01", "M.02", "M.03", "M.04", "M.05", "M.06", "M.07", "M.08", "SK.01"];

/// Name of a leadership course.
pub fn leadership_name(id: u8) -> &'static str {
    match id {
        2 => "SEPALA/ADUM/PIM IV",
        3 => "SEPADYA/SPAMA/PIM III",
        4 => "SPAMEN/SESPA/PIM II",
        _ => "SEPATI/PIM I",
    }
}

/// Everything attended in the last three calendar years and all leadership courses.
pub fn courses(world: &World) -> Vec<Course> {
    let mut dice = world.dice("pelatihan");
    let mut all: Vec<Course> = Vec::new();
    for (who, person) in world.people.iter().enumerate() {
        let reaches = dice.chance((world.agency.trained + 0.06 * person.quality).clamp(0.02, 0.98));
        for back in (0..3).rev() {
            let year = world.end.year() - back;
            let (goal, most) = match (back, person.asn.is_contract()) {
                (0, false) if reaches => (20, 60),
                (0, false) => (dice.between(0, 12), 18),
                (0, true) => (dice.between(4, 20), if dice.chance(0.2) { 40 } else { 24 }),
                _ => (dice.between(0, 14), 40),
            };
            let from = NaiveDate::from_ymd_opt(year, 1, 5).unwrap_or(world.end).max(person.tmt_cpns + Days::new(20));
            let to = NaiveDate::from_ymd_opt(year, 12, 20).unwrap_or(world.end).min(world.end);
            let mut hours = 0;
            while hours < goal && from < to {
                let large = if goal >= 20 { [20, 24, 32, 12] } else { [4, 6, 8, 10] };
                let jp = large[dice.below(4)].min(most - hours);
                if jp < 3 {
                    break;
                }
                all.push(course(world, &mut dice, who, (from, to), jp));
                hours += jp;
            }
        }
        leadership(world, &mut dice, who, &mut all);
    }
    for (number, course) in all.iter_mut().enumerate() {
        let host = ["BPSDM", "LAN", "BKN", "KEMEN"][number % 4];
        course.nomor = format!("{:05}/{host}/{}", 1000 + number, course.selesai.year());
    }
    all
}

fn course(world: &World, dice: &mut Dice, who: usize, (from, to): (NaiveDate, NaiveDate), jp: i64) -> Course {
    let functional = world.people[who].post().jenis == Jenis::Fungsional;
    let weights = if functional { [36, 22, 6, 14, 6, 4, 8, 4] } else { [46, 2, 8, 18, 8, 6, 8, 4] };
    let kind = KINDS[dice.weighted(&weights)];
    let mulai = dice.day(from, to);
    let selesai = (mulai + Days::new((jp / 8).unsigned_abs())).min(to);
    let kompetensi = if dice.chance(0.2) { dice.pick(&COMPETENCIES) } else { "" };
    let (nama, host) = (dice.pick(&TOPICS), dice.pick(&HOSTS));
    Course { who, kind, leadership: None, nama, host, nomor: String::new(), mulai, selesai, jp, kompetensi }
}

fn leadership(world: &World, dice: &mut Dice, who: usize, all: &mut Vec<Course>) {
    let structural: Vec<&Post> = world.people[who].posts.iter().filter(|it| it.eselon.is_some()).collect();
    let mut highest = 1;
    for post in structural {
        let id = match rank_of(post.eselon) {
            2 => 2,
            3 => 3,
            4 => 4,
            _ => 5,
        };
        if id <= highest || !dice.chance(0.76) {
            continue;
        }
        let mulai = post.tmt + Days::new(dice.between(60, 700).unsigned_abs());
        let selesai = mulai + Days::new(95);
        if selesai > world.end {
            continue;
        }
        highest = id;
        let jp = if id > 3 { 900 } else { 800 };
        let host = HOSTS[usize::from(dice.chance(0.4))];
        let (nama, kind) = (leadership_name(id), "1");
        let nomor = String::new();
        all.push(Course { who, kind, leadership: Some(id), nama, host, nomor, mulai, selesai, jp, kompetensi: "" });
    }
}

/// One penalty.
#[derive(Debug, Clone)]
pub struct Penalty {
    /// Whose.
    pub who: usize,
    /// Place in [`PENALTIES`].
    pub kind: usize,
    /// Number of the decree.
    pub nomor: String,
    /// Day of the decree.
    pub tanggal: NaiveDate,
    /// First day.
    pub mulai: NaiveDate,
    /// Last day, for those that last.
    pub selesai: Option<NaiveDate>,
    /// Reason.
    pub alasan: &'static str,
}

/// jenis_hukuman_id, level, name, months.
pub const PENALTIES: [(&str, &str, &str, u32); 8] = [
    ("1", "R", "Teguran Lisan", 0),
    ("2", "R", "Teguran Tertulis", 0),
    ("3", "R", "Pernyataan Tidak Puas", 0),
    ("23", "S", "Pemotongan tunjangan kinerja 25% selama 6 bulan", 6),
    ("24", "S", "Pemotongan tunjangan kinerja 25% selama 9 bulan", 9),
    ("25", "S", "Pemotongan tunjangan kinerja 25% selama 12 bulan", 12),
    ("27", "B", "Penurunan jabatan setingkat lebih rendah selama 12 bulan", 12),
    ("28", "B", "Pembebasan dari jabatan menjadi pelaksana selama 12 bulan", 12),
];
const REASONS: [&str; 4] = [
    "Melanggar ketentuan jam kerja",
    "Tidak masuk kerja tanpa keterangan",
    "Tidak melaksanakan tugas kedinasan",
    "Menyalahgunakan wewenang",
];

/// Penalties of the last six years, about one in eighty people, at least one.
pub fn penalties(world: &World) -> Vec<Penalty> {
    let mut dice = world.dice("hukdis");
    let mut all = Vec::new();
    for _ in 0..(world.people.len() * 13 / 1000).max(1) {
        let who = dice.below(world.people.len());
        let from = years(world.end, -6).max(world.people[who].tmt_cpns + Days::new(5));
        let mulai = dice.day(from, world.end - Days::new(10));
        let tanggal = mulai - Days::new(dice.between(1, 6).unsigned_abs());
        let kind = dice.weighted(&[18, 26, 18, 12, 8, 8, 4, 6]);
        let months = chrono::Months::new(PENALTIES[kind].3);
        let selesai = (PENALTIES[kind].3 > 0).then(|| mulai.checked_add_months(months)).flatten();
        let nomor = format!("800.1.6.2/{:03}/BKPSDM/{}", all.len() + 1, tanggal.year());
        let alasan = dice.pick(&REASONS);
        all.push(Penalty { who, kind, nomor, tanggal, mulai, selesai, alasan });
    }
    all
}
