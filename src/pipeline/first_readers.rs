//! `access.toml` and `recipients.toml` of a new project: one principal and one address for each office, government by government.
//! Refuses names of people: offices only.

use crate::model::instansi::Instansi;
use std::fmt::Write as _;

/// Roles of a new project, and the principals that do not belong to one government.
const ACCESS: &str = r#"# Siapa boleh membaca apa. Berlaku untuk `talenta sql --as NAMA` dan untuk setiap laporan: laporan dibuat sebagai penerimanya.
#
# Tingkat tabel dan kolom tertulis pada kontrak (pipelines/sources) dan pada kepala setiap kueri (`-- Visibilitas:`):
#   H1 kekerabatan: nama, hubungan, tanggal; hanya penelaah perkara
#   H2 angka unit, sel kecil ditutup            H3 aman diterbitkan
#   H4 baris orang dan hitungan mentah; hanya pengelola kepegawaian
# scope   semua | instansi (hanya pemerintah pada `instansi`) | unit (orang pada `unit` dan unit di bawahnya saja)
# classes kelas data pribadi yang terbaca: P, PS; tanpa itu kolomnya kosong
# themes  bila ada: hanya tema ini (nama folder di bawah queries/marts; `data` tabel kanonik; `mutu` catatan pemuatan)
# also    tabel lain yang terbaca, apa pun tingkat dan temanya            mask  kolom yang dikosongkan, `tabel.kolom`
version = 1

[[role]]
name = "pimpinan"
about = "Gubernur dan Sekretaris Daerah: angka seluruh provinsi, tanpa nama"
scope = "semua"
levels = ["H2", "H3"]

[[role]]
name = "pembina"
about = "BKD provinsi sebagai pembina: angka seluruh provinsi, tanpa nama"
scope = "semua"
levels = ["H2", "H3"]

[[role]]
name = "kepala"
about = "Kepala daerah: angka pemerintahnya dan angka provinsi, tanpa nama"
scope = "instansi"
levels = ["H2", "H3"]

[[role]]
name = "kepegawaian"
about = "Pengelola kepegawaian satu pemerintah: pegawainya sendiri, nama dan hukuman disiplin termasuk"
scope = "instansi"
levels = ["H2", "H3", "H4"]
classes = ["P", "PS"]

[[role]]
name = "unit-kerja"
about = "Pimpinan unit kerja: kebutuhan pengembangan orang di unitnya"
scope = "unit"
levels = ["H2", "H3", "H4"]
classes = ["P"]
themes = ["pelatihan", "profesionalitas", "penyajian"]
also = ["pegawai"]
mask = ["pegawai.nik", "pegawai.email", "pegawai.nomor_hp", "pegawai.alamat"]

[[role]]
name = "penelaah"
about = "Inspektorat provinsi, penelaah perkara: indikasi untuk ditelaah beserta pasangannya, di pemerintah mana pun"
scope = "semua"
levels = ["H1", "H2", "H3"]
classes = ["P"]
also = [
    "pegawai", "riwayat_jabatan", "seleksi_kandidat", "seleksi_panel",
    "m01", "m04", "m07", "m09", "m11", "m11_rangkaian", "m12", "plt_lewat_batas",
]
mask = ["pegawai.nik", "pegawai.email", "pegawai.nomor_hp", "pegawai.alamat"]

[[role]]
name = "pengirim"
about = "Pengelola data pengirim: catatan pemuatan kirimannya sendiri, nilai mentah termasuk"
scope = "instansi"
levels = ["H2"]
classes = ["P"]
themes = ["mutu", "penerimaan", "kepatuhan"]
also = ["tolakan", "perbaikan", "temuan_mutu"]

[[role]]
name = "publik"
about = "Siapa saja: hanya yang aman diterbitkan"
scope = "semua"
levels = ["H3"]

[[principal]]
name = "gubernur"
role = "pimpinan"

[[principal]]
name = "sekda"
role = "pimpinan"

[[principal]]
name = "bkd-provinsi"
role = "pembina"

[[principal]]
name = "inspektorat"
role = "penelaah"

[[principal]]
name = "publik"
role = "publik"

# Pimpinan unit kerja dibuat bila diperlukan; `unit` berisi unor_id:
# [[principal]]
# name = "dinas-pendidikan"
# role = "unit-kerja"
# instansi = ["6700"]
# unit = ["…"]
"#;

/// Readers of a new project that do not belong to one government: principal, name, office, groups.
const PROVINCE: [(&str, &str, &str, &str); 5] = [
    ("sekda", "Sekretariat Daerah", "Sekretaris Daerah Provinsi Kalimantan Tengah", r#""pimpinan", "kepatuhan""#),
    ("gubernur", "Gubernur Kalimantan Tengah", "Gubernur Kalimantan Tengah", r#""pimpinan""#),
    ("bkd-provinsi", "Badan Kepegawaian Daerah Provinsi", "Pembina kepegawaian provinsi", r#""kepatuhan""#),
    ("inspektorat", "Inspektorat Provinsi", "Penelaah perkara", r#""inspektorat", "kepatuhan""#),
    ("publik", "Publikasi", "Pengelola informasi publik", r#""publik""#),
];

/// Principals and readers of each government: role, prefix of the name, group.
const EACH: [(&str, &str, &str); 3] = [
    ("kepala", "kepala", "kepala-daerah"),
    ("kepegawaian", "bkd", "kepegawaian"),
    ("pengirim", "pengirim", "pengirim"),
];

/// `access.toml` of a new project.
pub fn access(governments: &[Instansi]) -> String {
    let mut text = ACCESS.to_string();
    for government in governments {
        let _ = write!(text, "\n# {}\n", government.nama);
        for (role, prefix, _) in EACH {
            let kode = &government.kode;
            let _ = write!(
                text,
                "[[principal]]\nname = \"{prefix}-{kode}\"\nrole = \"{role}\"\ninstansi = [\"{kode}\"]\n\n"
            );
        }
    }
    text.trim_end().to_string() + "\n"
}

/// `recipients.toml` of a new project; its addresses lead nowhere.
pub fn recipients(governments: &[Instansi]) -> String {
    let mut text = "# Siapa menerima laporan. Pekerjaan menyebut kelompok (`groups`); laporan dibuat sebagai `principal` pada access.toml.\n\
                    # Ganti setiap alamat @localhost dengan alamat sebenarnya.\nversion = 1\n"
        .to_string();
    for (principal, name, jabatan, groups) in PROVINCE {
        text += &recipient(principal, name, jabatan, groups);
    }
    for government in governments {
        for (role, prefix, group) in EACH {
            let (name, jabatan) = office(role, government);
            text += &recipient(&format!("{prefix}-{}", government.kode), &name, &jabatan, &format!("\"{group}\""));
        }
    }
    text
}

fn recipient(principal: &str, name: &str, jabatan: &str, groups: &str) -> String {
    format!(
        "\n[[recipient]]\nname = \"{name}\"\njabatan = \"{jabatan}\"\naddress = \"{principal}@localhost\"\nprincipal = \"{principal}\"\ngroups = [{groups}]\n"
    )
}

/// Name and title of an office of a government.
fn office(role: &str, government: &Instansi) -> (String, String) {
    let place = government.nama.trim_start_matches("Pemerintah ");
    match role {
        "kepala" => {
            let title = match place.split_once(' ') {
                Some(("Kab.", region)) => format!("Bupati {region}"),
                Some(("Kota", region)) => format!("Wali Kota {region}"),
                Some(("Provinsi", region)) => format!("Gubernur {region}"),
                _ => format!("Kepala Daerah {place}"),
            };
            (title.clone(), title)
        }
        "kepegawaian" => (format!("Badan Kepegawaian {place}"), "Pengelola kepegawaian".into()),
        _ => (format!("Pengelola data {place}"), "Pengirim data kepegawaian".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn what_is_written_can_be_read_and_every_reader_has_a_principal() {
        let government =
            |kode: &str, nama: &str| Instansi { kode: kode.into(), nama: nama.into(), nama_singkat: "x".into() };
        let all = [
            government("6700", "Pemerintah Provinsi Kalimantan Tengah"),
            government("6701", "Pemerintah Kab. Kapuas"),
            government("6771", "Pemerintah Kota Palangka Raya"),
        ];
        let access = config::access::access("access.toml", &access(&all)).unwrap();
        let readers = config::job::recipients("recipients.toml", &recipients(&all)).unwrap();
        assert_eq!((access.principals.len(), readers.len()), (5 + 9, 5 + 9));
        for reader in &readers {
            access.policy(&reader.principal).unwrap();
        }
        let heads: Vec<&str> =
            readers.iter().filter(|it| it.principal.starts_with("kepala-")).map(|it| it.name.as_str()).collect();
        assert_eq!(heads, ["Gubernur Kalimantan Tengah", "Bupati Kapuas", "Wali Kota Palangka Raya"]);
    }
}
