//! Makes one employee for one seat: age, appointment, NIP, education, ranks, contact data that agree with each other. Refuses to place faults: files get those later.

use crate::sample::agency::Agency;
use crate::sample::career;
use crate::sample::dice::Dice;
use crate::sample::names::{self, Custom};
use crate::sample::person::{Asn, Degree, Grade, Person, Registry};
use crate::sample::unit::Unit;
use chrono::{Datelike, Days, Months, NaiveDate};

/// What a person is hired for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// Head of the unit, a structural post of this rank.
    Head(u8),
    /// Teacher.
    Teacher,
    /// Health worker.
    Nurse,
    /// Office work.
    Staff,
}

/// What is needed to make people of one government.
pub struct Maker<'a> {
    /// The government.
    pub agency: &'a Agency,
    /// Its units.
    pub units: &'a [Unit],
    /// NIPs of the whole province.
    pub registry: &'a mut Registry,
    /// Chance.
    pub dice: Dice,
    /// Last day of the reporting month.
    pub end: NaiveDate,
}

/// Levels of education: code, name in SIASN, prefix of the degree.
pub const LEVELS: [(&str, &str, &str); 7] = [
    ("05", "SD", "SD"),
    ("15", "SLTA", "SLTA"),
    ("30", "Diploma III/Sarjana Muda", "D III"),
    ("35", "Diploma IV", "D IV"),
    ("40", "S-1/Sarjana", "S-1"),
    ("45", "S-2", "S-2"),
    ("50", "S-3/Doktor", "S-3"),
];
/// All civil-service ranks in order.
const LADDER: [u8; 17] = [11, 12, 13, 14, 21, 22, 23, 24, 31, 32, 33, 34, 41, 42, 43, 44, 45];
const TOWNS: [&str; 16] = [
    "Palangka Raya",
    "Sampit",
    "Pangkalan Bun",
    "Kuala Kapuas",
    "Muara Teweh",
    "Buntok",
    "Kasongan",
    "Kuala Kurun",
    "Nanga Bulik",
    "Sukamara",
    "Puruk Cahu",
    "Tamiang Layang",
    "Kuala Pembuang",
    "Banjarmasin",
    "Klaten",
    "Surabaya",
];
const STREETS: [&str; 8] =
    ["Tjilik Riwut", "Ahmad Yani", "Diponegoro", "Imam Bonjol", "Yos Sudarso", "G. Obos", "RTA Milono", "Sudirman"];
const SCHOOLS: [&str; 7] = [
    "Universitas Palangka Raya",
    "Universitas Lambung Mangkurat",
    "IAIN Palangka Raya",
    "Universitas Muhammadiyah Palangkaraya",
    "STIE Sampit",
    "Poltekkes Kemenkes Palangka Raya",
    "Universitas Gadjah Mada",
];
const OFFICE_SUBJECTS: [(&str, &str); 9] = [
    ("Ilmu Pemerintahan", "S.IP."),
    ("Administrasi Negara", "S.Sos."),
    ("Ekonomi Manajemen", "S.E."),
    ("Akuntansi", "S.E."),
    ("Ilmu Hukum", "S.H."),
    ("Teknik Sipil", "S.T."),
    ("Teknik Informatika", "S.Kom."),
    ("Agribisnis", "S.P."),
    ("Kesejahteraan Sosial", "S.Sos."),
];
const SCHOOL_SUBJECTS: [(&str, &str); 6] = [
    ("Pendidikan Guru Sekolah Dasar", "S.Pd."),
    ("Pendidikan Matematika", "S.Pd."),
    ("Pendidikan Bahasa Indonesia", "S.Pd."),
    ("Pendidikan Agama Islam", "S.Pd.I."),
    ("Pendidikan Biologi", "S.Pd."),
    ("Bimbingan Konseling", "S.Pd."),
];
const CLINIC_SUBJECTS: [(&str, &str); 5] = [
    ("Keperawatan", "S.Kep."),
    ("Kebidanan", "S.Keb."),
    ("Kesehatan Masyarakat", "S.K.M."),
    ("Gizi", "S.Gz."),
    ("Farmasi", "S.Farm."),
];
const MASTERS: [(&str, &str); 4] = [
    ("Administrasi Publik", "M.A.P."),
    ("Manajemen", "M.M."),
    ("Ilmu Hukum", "M.H."),
    ("Manajemen Pendidikan", "M.Pd."),
];

/// `date` moved by whole years.
pub fn years(date: NaiveDate, count: i32) -> NaiveDate {
    let months = Months::new(count.unsigned_abs() * 12);
    let moved = if count < 0 { date.checked_sub_months(months) } else { date.checked_add_months(months) };
    moved.unwrap_or(date)
}

/// First day of the month of `date`.
pub fn month_start(date: NaiveDate) -> NaiveDate {
    date - Days::new(u64::from(date.day0()))
}

/// Whole years and months from one day to another.
pub fn span(from: NaiveDate, to: NaiveDate) -> (i32, i32) {
    let months =
        (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32 - i32::from(to.day() < from.day());
    (months.max(0) / 12, months.max(0) % 12)
}

impl Maker<'_> {
    /// A person for a seat in a unit.
    pub fn person(&mut self, seat: Seat, unit: usize) -> Person {
        let asn = self.employment(seat);
        let (lahir, tmt_cpns) = self.dates(seat, asn);
        let man = self.dice.chance(if matches!(seat, Seat::Head(_)) { 0.62 } else { 0.44 });
        let custom = names::custom(&mut self.dice);
        let nama = names::full_name(&mut self.dice, custom, man, None);
        let tmt_pns =
            (asn == Asn::Pns).then(|| month_start(tmt_cpns + Days::new(self.dice.between(365, 500).unsigned_abs())));
        let (degrees, gelar_belakang, gelar_depan) = self.education(seat, lahir, tmt_cpns);
        let number = self.dice.between(1, 99);
        let host = self.dice.pick(&["gmail.com", "yahoo.co.id", "kalteng.go.id"]);
        let kawin = if span(lahir, self.end).0 < 26 { 3 } else { self.dice.weighted(&[84, 3, 4, 9]) };
        let mut person = Person {
            pns_id: self.dice.siasn_id(),
            nip: self.registry.nip(&mut self.dice, lahir, tmt_cpns, man, asn.is_contract()),
            nip_lama: if tmt_cpns.year() < 2009 { format!("5{}", self.dice.digits(8)) } else { String::new() },
            nik: nik(&mut self.dice, lahir, man),
            email: format!("{}{number}@{host}", nama.to_lowercase().replace(' ', ".").replace('’', "")),
            nama,
            custom,
            gelar_depan,
            gelar_belakang,
            tempat_lahir: self.dice.pick(&TOWNS),
            lahir,
            man,
            kawin,
            hp: format!("08{}{}", self.dice.pick(&["12", "13", "52", "53", "95"]), self.dice.digits(8)),
            alamat: self.address(),
            asn,
            kedudukan: if asn.is_contract() { "71" } else { ["01", "03", "02"][self.dice.weighted(&[985, 11, 4])] },
            tmt_cpns,
            tmt_pns,
            grades: Vec::new(),
            degrees,
            posts: Vec::new(),
            acting: Vec::new(),
            relatives: Vec::new(),
            quality: self.dice.normal(),
        };
        if person.custom == Custom::Banjar && person.gelar_depan.is_empty() && self.dice.chance(0.12) {
            person.gelar_depan = if person.man { "H." } else { "Hj." };
        }
        if matches!(seat, Seat::Head(_)) {
            person.kedudukan = "01";
        }
        person.grades = self.grades(seat, &person);
        career::fill(self, seat, unit, &mut person);
        person
    }

    fn employment(&mut self, seat: Seat) -> Asn {
        let weights = match seat {
            Seat::Head(_) => return Asn::Pns,
            Seat::Teacher => [51, 2, 42, 5],
            Seat::Nurse => [56, 2, 38, 4],
            Seat::Staff => [70, 3, 15, 12],
        };
        [Asn::Pns, Asn::Cpns, Asn::Pppk, Asn::PppkPw][self.dice.weighted(&weights)]
    }

    /// Birth date and first day of service.
    fn dates(&mut self, seat: Seat, asn: Asn) -> (NaiveDate, NaiveDate) {
        let (young, old) = match (seat, asn) {
            (Seat::Head(4..), _) => (46, 58),
            (Seat::Head(3), _) => (39, 57),
            (Seat::Head(_), _) => (33, 55),
            (_, Asn::Pns) => (25, 57),
            (_, Asn::Cpns) => (22, 33),
            _ => (24, 51),
        };
        let lahir = self.dice.day(years(self.end, -old), years(self.end, -young));
        let end = self.end;
        let tmt = match asn {
            Asn::Pns => {
                let entry =
                    if matches!(seat, Seat::Head(_)) { self.dice.between(22, 26) } else { self.dice.between(22, 32) };
                years(lahir, i32::try_from(entry).unwrap_or(24)).min(years(end, -2))
            }
            Asn::Cpns => self.dice.day(end - Days::new(330), end - Days::new(40)),
            Asn::Pppk => self.dice.day(years(end, -4) - Days::new(200), end - Days::new(60)),
            Asn::PppkPw => self.dice.day(end - Days::new(150), end - Days::new(20)),
        };
        (lahir, month_start(tmt))
    }

    /// Degrees, titles behind and before the name.
    fn education(&mut self, seat: Seat, lahir: NaiveDate, tmt: NaiveDate) -> (Vec<Degree>, String, &'static str) {
        let weights = match seat {
            Seat::Head(4..) => [0, 0, 1, 1, 26, 68, 4],
            Seat::Head(3) => [0, 0, 3, 3, 55, 39, 0],
            Seat::Head(_) => [0, 2, 14, 4, 70, 10, 0],
            Seat::Teacher => [0, 0, 0, 0, 94, 6, 0],
            Seat::Nurse => [0, 1, 50, 8, 39, 2, 0],
            Seat::Staff => [2, 24, 20, 3, 46, 5, 0],
        };
        let top = self.dice.weighted(&weights);
        let subjects: &[(&str, &str)] = match seat {
            Seat::Teacher => &SCHOOL_SUBJECTS,
            Seat::Nurse => &CLINIC_SUBJECTS,
            _ => &OFFICE_SUBJECTS,
        };
        let (subject, title) = subjects[self.dice.below(subjects.len())];
        let (master, master_title) = MASTERS[self.dice.below(MASTERS.len())];
        let first = if top > 4 || (top == 4 && self.dice.chance(0.1)) { top.min(5) - 1 } else { top };
        let first = if top == 4 && first == 3 { 2 } else { first };
        let age = [12, 18, 21, 22, 22, 24, 30][first];
        let graduation = years(lahir, age) + Days::new(self.dice.between(0, 300).unsigned_abs());
        let graduation = graduation.min(tmt - Days::new(60));
        let mut degrees = vec![self.degree(first, subject, graduation)];
        for level in (first + 1..=top).filter(|level| *level > 3) {
            let earliest = degrees.last().map_or(tmt, |it| it.day).max(tmt);
            let day = self.dice.day(years(earliest, 2).min(self.end), years(earliest, 9).min(self.end - Days::new(30)));
            degrees.push(self.degree(level, if level > 4 { master } else { subject }, day));
        }
        let behind = match top {
            0 | 1 => String::new(),
            2 => "A.Md.".into(),
            3 => "S.Tr.".into(),
            4 => title.into(),
            _ => format!("{title}, {master_title}"),
        };
        let before = if top == 6 { "Dr." } else { "" };
        (degrees, behind, before)
    }

    fn degree(&mut self, level: usize, subject: &str, day: NaiveDate) -> Degree {
        let (code, name, prefix) = LEVELS[level];
        let nama = if level < 2 { name.to_string() } else { format!("{prefix} {subject}") };
        Degree { rw_id: self.dice.row_id(), level: code, nama, school: self.dice.pick(&SCHOOLS), day }
    }

    fn grades(&mut self, seat: Seat, person: &Person) -> Vec<Grade> {
        let level = person.degrees.first().map_or("15", |it| it.level);
        if person.asn.is_contract() {
            let code = match person.degree().level {
                "05" => 1,
                "15" => 5,
                "30" => 7,
                "45" | "50" => 10,
                _ => 9,
            };
            return vec![Grade { rw_id: self.dice.row_id(), code, tmt: person.tmt_cpns }];
        }
        let start = match level {
            "05" => 0,
            "15" => 4,
            "30" => 6,
            "45" | "50" => 9,
            _ => 8,
        };
        let cap = match (seat, person.degree().level) {
            (Seat::Head(4..), _) => 15,
            (Seat::Head(3), _) => 13,
            (Seat::Head(_), _) => 12,
            (Seat::Teacher | Seat::Nurse, "40" | "45") => 13,
            (_, "40" | "45" | "50") => 11,
            (_, "05") => 4,
            _ => 9,
        };
        let mut tmt = person.tmt_cpns;
        let mut grades = vec![Grade { rw_id: self.dice.row_id(), code: LADDER[start], tmt }];
        for &code in LADDER.iter().take(cap.max(start) + 1).skip(start + 1) {
            let due = years(tmt, 4) + Days::new(self.dice.between(0, 180).unsigned_abs());
            let month = if due.month() < 7 { 4 } else { 10 };
            tmt = NaiveDate::from_ymd_opt(due.year(), month, 1).unwrap_or(due);
            if tmt > self.end {
                break;
            }
            grades.push(Grade { rw_id: self.dice.row_id(), code, tmt });
        }
        grades
    }

    fn address(&mut self) -> String {
        let (km, rt, rw) = (self.dice.between(1, 40), self.dice.between(1, 20), self.dice.between(1, 9));
        format!("Jl. {} Km. {km} RT {rt:02}/RW {rw:02}, {}", self.dice.pick(&STREETS), self.agency.pendek)
    }
}

fn nik(dice: &mut Dice, lahir: NaiveDate, man: bool) -> String {
    let day = lahir.day() + if man { 0 } else { 40 };
    let area = dice.between(1, 14);
    format!("62{area:02}{:02}{day:02}{}{:04}", dice.between(1, 15), lahir.format("%m%y"), dice.between(1, 60))
}
