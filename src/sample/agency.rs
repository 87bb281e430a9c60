//! The fifteen governments as senders: how large each is, how it exports, and how it works. Refuses to be the official list: that is a rule table.

/// The form of a pegawai export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PegawaiForm {
    /// SIASN CSV, comma, BOM, with this number of columns.
    Siasn(u8),
    /// SIASN 67 columns saved again: semicolon, Windows-1252.
    Resaved,
    /// HTML table of a regional SIMPEG, named `.xls`.
    Html,
    /// Workbook with sheets Data_Pegawai_PNS and Data_Pegawai_PPPK.
    Book,
}

/// The form of the histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryForm {
    /// CSV, comma.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// `{"code": 1, "data": [...]}`.
    JsonEnvelope,
}

/// Which part of the year the periodic e-Kinerja reports cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// No periodic reports.
    None,
    /// One a month.
    Monthly,
    /// One a quarter.
    Quarterly,
}

/// The form of training lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingForm {
    /// `rw-diklat` and `rw-kursus`, two CSV files.
    TwoCsv,
    /// One workbook.
    Book,
    /// One CSV, semicolon, Windows-1252, decimal comma.
    Semicolon,
}

/// How one government exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forms {
    /// Employee snapshot.
    pub pegawai: PegawaiForm,
    /// Unit tree with semicolons and no BOM; else comma and BOM.
    pub unor_semicolon: bool,
    /// Histories.
    pub history: HistoryForm,
    /// The last appraisal year comes as an e-Kinerja report; else with rw-skp22 like the years before.
    pub ekinerja_annual: bool,
    /// Periodic e-Kinerja reports.
    pub rhythm: Rhythm,
    /// e-Kinerja reports carry `pegawai_atasan_nip`.
    pub ekinerja_boss: bool,
    /// Training lists.
    pub training: TrainingForm,
    /// Penalties in the packed cells of SIMPEG; else rw-hukdis.
    pub penalties_packed: bool,
    /// Assessments as the centre's workbook; else a flat CSV.
    pub assessment_book: bool,
    /// Families as four JSON files; else one CSV.
    pub family_json: bool,
    /// Selections as four CSV files; else one workbook.
    pub selection_csv: bool,
    /// Small lists with semicolons and decimal commas.
    pub small_semicolon: bool,
    /// Also sends the snapshot of the month before.
    pub sends_month_before: bool,
}

/// One government.
#[derive(Debug, Clone, PartialEq)]
pub struct Agency {
    /// kodeCepat.
    pub kode: String,
    /// Name in SIASN files.
    pub nama: String,
    /// Name without the kind of government.
    pub pendek: String,
    /// SIASN id.
    pub id: String,
    /// Size, in proportion to the others.
    pub weight: usize,
    /// Share of civil servants that reach the yearly training hours.
    pub trained: f64,
    /// Share of top ratings.
    pub top_ratings: f64,
    /// Share of officials with a valid assessment.
    pub assessed: f64,
    /// How it exports.
    pub forms: Forms,
}

impl Agency {
    /// Whether it is the province itself.
    pub fn is_province(&self) -> bool {
        self.kode == "6700"
    }

    /// Titles of the elected head and deputy.
    pub fn head_titles(&self) -> (&'static str, &'static str) {
        match self.kode.as_str() {
            "6700" => ("Gubernur", "Wakil Gubernur"),
            "6771" => ("Wali Kota", "Wakil Wali Kota"),
            _ => ("Bupati", "Wakil Bupati"),
        }
    }
}

/// kodeCepat, four digits of the SIASN id, weight, shares (trained, top ratings, assessed), forms of pegawai, histories, training,
/// periodic reports, and letters: a annual e-Kinerja, b boss in it, u unor with semicolons, p packed penalties, o assessment
/// workbook, j family JSON, k selection CSV, s small lists with semicolons, n sends the month before; then the name.
const TABLE: &str = "
6700 3B61 110 0.66 0.18 0.62 siasn65 jsonl semicolon monthly nuoj Pemerintah Provinsi Kalimantan Tengah
6701 3CE8 90 0.60 0.16 0.55 siasn69 jsonl book monthly abp Pemerintah Kab. Kapuas
6702 3CE9 50 0.64 0.20 0.48 siasn67 csv book quarterly uas Pemerintah Kab. Barito Utara
6703 3B62 45 0.37 0.14 0.52 siasn65 csv two quarterly ano Pemerintah Kab. Barito Selatan
6704 3CEA 90 0.62 0.64 0.58 html csv semicolon monthly uabn Pemerintah Kab. Kotawaringin Timur
6705 3B63 65 0.71 0.34 0.66 html json book monthly no Pemerintah Kab. Kotawaringin Barat
6706 3CEB 42 0.36 0.15 0.45 resaved jsonl two quarterly uaojs Pemerintah Kab. Pulang Pisau
6707 3B64 40 0.58 0.19 0.42 siasn69 csv semicolon - up Pemerintah Kab. Gunung Mas
6708 3CEC 35 0.74 0.22 0.60 resaved json two monthly abnpo Pemerintah Kab. Lamandau
6709 3B65 25 0.82 0.21 0.70 siasn67 jsonl two monthly noj Pemerintah Kab. Sukamara
6710 3CED 42 0.45 0.17 0.38 book json two - npks Pemerintah Kab. Murung Raya
6711 3B66 48 0.53 0.18 0.50 siasn67 json semicolon - uap Pemerintah Kab. Katingan
6712 3CEE 42 0.49 0.13 0.44 book jsonl book quarterly abj Pemerintah Kab. Seruyan
6713 3B67 39 0.68 0.23 0.57 html json two - apoks Pemerintah Kab. Barito Timur
6771 3B4E 65 0.77 0.25 0.69 resaved csv two quarterly uojk Pemerintah Kota Palangka Raya
";

/// All fifteen, in order of code.
pub fn agencies() -> Vec<Agency> {
    TABLE.lines().filter(|line| !line.is_empty()).map(agency).collect()
}

fn agency(line: &str) -> Agency {
    let mut words = line.splitn(12, ' ');
    let mut next = || words.next().unwrap_or_default();
    let (kode, tail, weight) = (next().to_string(), next(), next().parse().unwrap_or(40));
    let mut share = || next().parse().unwrap_or(0.5);
    let (trained, top_ratings, assessed) = (share(), share(), share());
    let forms = forms([next(), next(), next(), next(), next()]);
    let nama = next().to_string();
    let pendek = ["Provinsi ", "Kab. ", "Kota "].iter().find_map(|kind| nama.split_once(kind)).map_or("", |it| it.1);
    Agency {
        kode,
        pendek: pendek.to_string(),
        nama,
        id: format!("A5EB03E2{tail}F6A0E040640A040252AD"),
        weight,
        trained,
        top_ratings,
        assessed,
        forms,
    }
}

fn forms([pegawai, history, training, rhythm, letters]: [&str; 5]) -> Forms {
    let has = |letter| letters.contains(letter);
    Forms {
        pegawai: match pegawai {
            "html" => PegawaiForm::Html,
            "book" => PegawaiForm::Book,
            "resaved" => PegawaiForm::Resaved,
            siasn => PegawaiForm::Siasn(siasn.trim_start_matches("siasn").parse().unwrap_or(67)),
        },
        unor_semicolon: has('u'),
        history: match history {
            "jsonl" => HistoryForm::JsonLines,
            "json" => HistoryForm::JsonEnvelope,
            _ => HistoryForm::Csv,
        },
        ekinerja_annual: has('a'),
        rhythm: match rhythm {
            "monthly" => Rhythm::Monthly,
            "quarterly" => Rhythm::Quarterly,
            _ => Rhythm::None,
        },
        ekinerja_boss: has('b'),
        training: match training {
            "two" => TrainingForm::TwoCsv,
            "book" => TrainingForm::Book,
            _ => TrainingForm::Semicolon,
        },
        penalties_packed: has('p'),
        assessment_book: has('o'),
        family_json: has('j'),
        selection_csv: has('k'),
        small_semicolon: has('s'),
        sends_month_before: has('n'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_governments_with_names_and_every_dialect() {
        let all = agencies();
        assert_eq!(all.len(), 15);
        assert!(all.iter().all(|it| !it.pendek.is_empty() && it.id.len() == 32 && it.nama.starts_with("Pemerintah")));
        assert_eq!(all.iter().find(|it| it.kode == "6771").map(|it| it.pendek.as_str()), Some("Palangka Raya"));
        for form in
            [PegawaiForm::Html, PegawaiForm::Book, PegawaiForm::Resaved, PegawaiForm::Siasn(65), PegawaiForm::Siasn(69)]
        {
            assert!(all.iter().any(|it| it.forms.pegawai == form), "{form:?}");
        }
    }
}
