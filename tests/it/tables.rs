//! Canonical tables of a made-up province: many small groups, every state an indicator knows. The same seed, the same tables.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Columns by table; a row may end early.
const HEADERS: [(&str, &str); 9] = [
    (
        "pegawai",
        "instansi_kode,nip,jenis_asn,kedudukan_hukum_id,jenis_jabatan,eselon,tk_pendidikan_id,tmt_jabatan,tmt_cpns,tanggal_lahir,jenis_kelamin,unor_id",
    ),
    (
        "pelatihan",
        "instansi_kode,nip,kelompok,jenis_diklat_id,latihan_struktural_id,nama,tgl_selesai,jp,kompetensi_kode",
    ),
    ("kinerja", "instansi_kode,nip,tahun,rentang,skp_id,predikat,plt"),
    ("asesmen", "instansi_kode,nip,tanggal,kompetensi_kode,level_capaian,level_standar"),
    ("hukuman_disiplin", "instansi_kode,nip,tingkat,sk_nomor,mulai,selesai"),
    ("keluarga", "instansi_kode,nip,hubungan,nama,nip_kerabat"),
    ("riwayat_jabatan", "instansi_kode,rw_id,nip,jenis_jabatan,jabatan_nama,eselon,tmt_jabatan,jenis_penugasan"),
    ("seleksi", "instansi_kode,seleksi_id,jabatan,eselon,tgl_pengumuman,tgl_penutupan,tgl_penetapan,status"),
    ("seleksi_kandidat", "instansi_kode,seleksi_id,nip,peringkat,terpilih,lulus_administrasi"),
];

/// Numbers that look random and are the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Less than `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % sides
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }
}

/// Writes tables of 15 governments into `folder`, each of about `size` employees, some far smaller.
pub fn province(folder: &Path, seed: u64, size: u64) {
    let mut dice = Dice::new(seed);
    let mut tables: BTreeMap<&str, String> = HEADERS.iter().map(|(name, head)| (*name, format!("{head}\n"))).collect();
    let mut kodes: Vec<String> = (0..14).map(|i| format!("67{i:02}")).collect();
    kodes.push("6771".into());
    for kode in &kodes {
        let people = 1 + size * (30 + dice.below(170)) / 100;
        for i in 0..people {
            person(&mut tables, &mut dice, kode, &format!("{kode}{i:05}"));
        }
        for round in 0..dice.below(2 + people / 6) {
            selection(&mut tables, &mut dice, kode, round);
        }
    }
    fs::create_dir_all(folder).unwrap();
    for (name, text) in tables {
        fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
}

type Tables<'a> = BTreeMap<&'a str, String>;

fn row(tables: &mut Tables, name: &str, cells: &str) {
    writeln!(tables.get_mut(name).unwrap(), "{cells}").unwrap();
}

fn person(tables: &mut Tables, dice: &mut Dice, kode: &str, nip: &str) {
    let kind = if dice.percent(70) { "PNS" } else { "PPPK" };
    let structural = kind == "PNS" && dice.percent(25);
    let eselon = if structural { dice.one_of(&["II.a", "III.a", "III.b", "IV.a", "IV.a", "IV.b"]) } else { "" };
    let post = if structural { "STRUKTURAL" } else { dice.one_of(&["FUNGSIONAL", "PELAKSANA"]) };
    let active = if dice.percent(95) { "01" } else { "52" };
    let (school, since) =
        (dice.one_of(&["20", "30", "40", "45"]), dice.one_of(&["2020-01-01", "2020-01-01", "2025-06-01"]));
    let (sex, office) = (dice.one_of(&["L", "P"]), dice.one_of(&["U1", "U1", "U1", "U2", "U2", "U3"]));
    let cells =
        format!("{kode},{nip},{kind},{active},{post},{eselon},{school},{since},2010-01-01,1980-01-01,{sex},{office}");
    row(tables, "pegawai", &cells);
    if dice.percent(50) {
        let hours = dice.one_of(&["10", "20", "30"]);
        row(
            tables,
            "pelatihan",
            &format!("{kode},{nip},KURSUS,3,,a,2025-03-01,{hours},{}", dice.one_of(&["", "M.01"])),
        );
    }
    if structural && dice.percent(60) {
        let course = dice.one_of(&["2", "3", "4"]);
        row(tables, "pelatihan", &format!("{kode},{nip},STRUKTURAL,1,{course},b,2018-03-01,,"));
    }
    for tahun in [2024, 2025] {
        if dice.percent(90) {
            let predikat = dice.one_of(&["1", "1", "2", "2", "2", "2", "2", "3", "4", "5"]);
            row(tables, "kinerja", &format!("{kode},{nip},{tahun},TAHUNAN,1,{predikat},false"));
        }
    }
    if dice.percent(if structural { 90 } else { 60 }) {
        for kompetensi in ["M.01", "M.02"] {
            let reached = dice.one_of(&["1", "2", "3", "4"]);
            row(tables, "asesmen", &format!("{kode},{nip},2024-05-01,{kompetensi},{reached},3"));
        }
    }
    if dice.percent(4) {
        row(
            tables,
            "hukuman_disiplin",
            &format!("{kode},{nip},{},x,2024-01-01,2024-12-31", dice.one_of(&["R", "S", "B"])),
        );
    }
    if dice.percent(60) {
        ["AYAH", "IBU"].iter().for_each(|it| row(tables, "keluarga", &format!("{kode},{nip},{it},x{nip},")));
    }
    if dice.percent(15) {
        row(tables, "keluarga", &format!("{kode},{nip},SAUDARA,z,{kode}00004"));
    }
    if structural {
        career(tables, dice, kode, nip, eselon);
    }
}

fn career(tables: &mut Tables, dice: &mut Dice, kode: &str, nip: &str, eselon: &str) {
    let risen = dice.one_of(&["2019-01-01", "2025-01-15"]);
    row(tables, "riwayat_jabatan", &format!("{kode},{nip}a,{nip},PELAKSANA,p,,2012-01-01,D"));
    row(tables, "riwayat_jabatan", &format!("{kode},{nip}b,{nip},STRUKTURAL,p,{eselon},{risen},D"));
    if eselon == "II.a" || dice.percent(30) {
        let (next, when) =
            (dice.one_of(&["II.a", "III.a", "IV.a"]), dice.one_of(&["2020-06-01", "2025-05-01", "2025-08-01"]));
        row(tables, "riwayat_jabatan", &format!("{kode},{nip}c,{nip},STRUKTURAL,p,{next},{when},D"));
    }
    if dice.percent(20) {
        let when = dice.one_of(&["2025-02-01", "2025-11-01"]);
        row(tables, "riwayat_jabatan", &format!("{kode},{nip}p,{nip},STRUKTURAL,plt{nip},III.a,{when},PLT"));
    }
}

fn selection(tables: &mut Tables, dice: &mut Dice, kode: &str, round: u64) {
    let won = 1 + dice.below(3);
    row(tables, "seleksi", &format!("{kode},S{round},x,II.a,2025-01-01,2025-02-01,2025-03-01,SELESAI"));
    for rank in 1..=3 {
        let passed = dice.percent(80);
        let cells = format!("{kode},S{round},{kode}{rank:05},{rank},{},{passed}", rank == won);
        row(tables, "seleksi_kandidat", &cells);
    }
}
