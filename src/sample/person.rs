//! One employee of the synthetic province: identity, post, education and everything that is on file about them. Refuses to know how a file writes it.

use crate::sample::dice::Dice;
use crate::sample::names::Custom;
use chrono::{Datelike, NaiveDate};
use std::collections::HashSet;

/// Kind of employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asn {
    /// Civil servant.
    Pns,
    /// Candidate civil servant.
    Cpns,
    /// Contract employee.
    Pppk,
    /// Part-time contract employee.
    PppkPw,
}

impl Asn {
    /// Whether the NIP is a NIPPPK.
    pub fn is_contract(self) -> bool {
        matches!(self, Asn::Pppk | Asn::PppkPw)
    }
}

/// Kind of post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jenis {
    /// Structural.
    Struktural,
    /// Functional.
    Fungsional,
    /// General.
    Pelaksana,
}

/// A post held, or held once.
#[derive(Debug, Clone)]
pub struct Post {
    /// Id of the history row.
    pub rw_id: String,
    /// Kind of post.
    pub jenis: Jenis,
    /// Name of the post.
    pub nama: String,
    /// `III.a`, for structural posts.
    pub eselon: Option<&'static str>,
    /// Place of the unit.
    pub unit: usize,
    /// First day.
    pub tmt: NaiveDate,
    /// D, PLT.
    pub penugasan: &'static str,
}

/// A rank reached.
#[derive(Debug, Clone)]
pub struct Grade {
    /// Id of the history row.
    pub rw_id: String,
    /// 11–45 (I/a–IV/e), or 1–17 for contract employees.
    pub code: u8,
    /// First day.
    pub tmt: NaiveDate,
}

/// A degree.
#[derive(Debug, Clone)]
pub struct Degree {
    /// Id of the history row.
    pub rw_id: String,
    /// Two-character code.
    pub level: &'static str,
    /// Level and subject.
    pub nama: String,
    /// School or university.
    pub school: &'static str,
    /// Day of graduation.
    pub day: NaiveDate,
}

/// A declared relative.
#[derive(Debug, Clone)]
pub struct Relative {
    /// ISTRI, SUAMI, ANAK, AYAH, IBU, SAUDARA.
    pub hubungan: &'static str,
    /// Name without titles.
    pub nama: String,
    /// Birth date, where declared.
    pub lahir: Option<NaiveDate>,
    /// A man.
    pub man: bool,
    /// Place of the relative among the employees, where declared with a NIP.
    pub employee: Option<usize>,
}

/// One employee.
#[derive(Debug, Clone)]
pub struct Person {
    /// SIASN id.
    pub pns_id: String,
    /// 18 digits.
    pub nip: String,
    /// Nine digits, for those appointed long ago.
    pub nip_lama: String,
    /// 16 digits.
    pub nik: String,
    /// Without titles, title case.
    pub nama: String,
    /// Naming custom.
    pub custom: Custom,
    /// `Dr.`, or empty.
    pub gelar_depan: &'static str,
    /// `S.E., M.M.`, or empty.
    pub gelar_belakang: String,
    /// Birthplace.
    pub tempat_lahir: &'static str,
    /// Birth date.
    pub lahir: NaiveDate,
    /// A man.
    pub man: bool,
    /// Place in the list of marital states.
    pub kawin: usize,
    /// Mail address.
    pub email: String,
    /// Mobile number.
    pub hp: String,
    /// Street.
    pub alamat: String,
    /// Kind of employment.
    pub asn: Asn,
    /// 01 active, 71 contract, 03 study leave, 02 unpaid leave.
    pub kedudukan: &'static str,
    /// First day of service.
    pub tmt_cpns: NaiveDate,
    /// First day as a civil servant.
    pub tmt_pns: Option<NaiveDate>,
    /// Ranks, earliest first; never empty.
    pub grades: Vec<Grade>,
    /// Degrees, earliest first; never empty.
    pub degrees: Vec<Degree>,
    /// Definitive posts, earliest first; never empty. The last one is held now.
    pub posts: Vec<Post>,
    /// Acting posts.
    pub acting: Vec<Post>,
    /// Declared relatives.
    pub relatives: Vec<Relative>,
    /// How good a year usually is, mean 0.
    pub quality: f64,
}

impl Person {
    /// The post held now.
    pub fn post(&self) -> &Post {
        self.posts.last().expect("a person is built with a post")
    }

    /// The definitive post held on a day, the first one for days before.
    pub fn post_on(&self, day: NaiveDate) -> &Post {
        let first = self.posts.first().expect("a person is built with a post");
        self.posts.iter().rev().find(|it| it.tmt <= day).unwrap_or(first)
    }

    /// The rank held now.
    pub fn grade(&self) -> &Grade {
        self.grades.last().expect("a person is built with a rank")
    }

    /// The highest degree.
    pub fn degree(&self) -> &Degree {
        self.degrees.last().expect("a person is built with a degree")
    }

    /// Full name with titles, as regional systems write it.
    pub fn titled(&self) -> String {
        let front = if self.gelar_depan.is_empty() { String::new() } else { format!("{} ", self.gelar_depan) };
        let back = if self.gelar_belakang.is_empty() { String::new() } else { format!(", {}", self.gelar_belakang) };
        format!("{front}{}{back}", self.nama)
    }
}

/// Name of a rank: `III/d`, or `IX` for contract employees.
pub fn grade_name(code: u8, contract: bool) -> String {
    const ROMAN: [&str; 18] = [
        "", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI",
        "XVII",
    ];
    let roman = |place: u8| ROMAN.get(usize::from(place)).copied().unwrap_or_default();
    if contract {
        return roman(code).to_string();
    }
    format!("{}/{}", roman(code / 10), char::from(b'a' + (code % 10).saturating_sub(1)))
}

/// The NIPs that are taken, over the whole province.
#[derive(Default)]
pub struct Registry(HashSet<u64>);

impl Registry {
    /// A free NIP of this birth date, appointment, sex and kind of employment.
    pub fn nip(&mut self, dice: &mut Dice, lahir: NaiveDate, tmt: NaiveDate, man: bool, contract: bool) -> String {
        let month = if contract { 21 } else { tmt.month() };
        let sex = if man { 1 } else { 2 };
        let stem = format!("{}{:04}{month:02}{sex}", lahir.format("%Y%m%d"), tmt.year());
        let first = dice.between(1, 5);
        for number in (first..1000).chain(1..first) {
            let nip = format!("{stem}{number:03}");
            if self.0.insert(nip.parse().unwrap_or_default()) {
                return nip;
            }
        }
        format!("{stem}999")
    }
}
