//! Names of people who do not exist, composed the way Dayak, Banjar, Javanese and Batak families of the province name their children. Refuses real persons: only single given names are listed here.

use crate::sample::dice::Dice;

/// The custom a name follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Custom {
    /// Given name and clan name.
    Dayak,
    /// One or two Arabic-Banjar names, no family name.
    Banjar,
    /// One to three given names.
    Javanese,
    /// Given name and marga.
    Batak,
}

const DAYAK_MEN: &[&str] = &[
    "Ardian", "Tarung", "Sawung", "Rantai", "Lewi", "Yansen", "Markus", "Silas", "Riban", "Daniel", "Timotius",
    "Ongko", "Sahay", "Yulius", "Mantir", "Elia", "Punding", "Kristian", "Bajik", "Doni", "Hendro", "Yepta", "Salamat",
    "Guntur", "Roby", "Stefanus", "Gerson", "Marko",
];
const DAYAK_WOMEN: &[&str] = &[
    "Rusina",
    "Meriati",
    "Yuliana",
    "Kristina",
    "Hernita",
    "Debora",
    "Melda",
    "Ester",
    "Lilis",
    "Rinie",
    "Nyai",
    "Sartika",
    "Indu",
    "Tiwi",
    "Norpina",
    "Ranying",
    "Marlina",
    "Bunga",
    "Yosefina",
    "Elisabet",
    "Lusia",
    "Agau",
    "Herlina",
    "Susilawati",
    "Vera",
    "Monika",
    "Renata",
    "Dina",
];
const CLANS: &[&str] = &[
    "Penyang", "Tundan", "Uluk", "Bahan", "Mandala", "Sawang", "Lampang", "Kaharap", "Mihing", "Toepak", "Rampai",
    "Antang", "Tingang", "Djanting", "Luwuk", "Garu", "Ilas", "Ngabe", "Saleh", "Nyaring", "Anom", "Rangas", "Sangkai",
    "Bungai", "Tambun", "Laut", "Dehen", "Asang", "Umbing", "Sandan", "Pahari", "Lambung",
];
const BANJAR_MEN: &[&str] = &[
    "Ahmad",
    "Muhammad",
    "Syaifullah",
    "Jamaluddin",
    "Rahmadi",
    "Fauzi",
    "Hairil",
    "Rusli",
    "Syahrani",
    "Fakhri",
    "Zainal",
    "Saidi",
    "Akhmad",
    "Khairul",
    "Abdul",
    "Husni",
    "Aspian",
    "Masrani",
    "Gazali",
    "Bahrudin",
    "Arsyad",
    "Norman",
    "Ramli",
    "Salman",
    "Taufik",
    "Anwar",
    "Ridwan",
    "Subhan",
];
const BANJAR_WOMEN: &[&str] = &[
    "Norlaila",
    "Halimatus",
    "Mariatul",
    "Norhayati",
    "Siti",
    "Masnah",
    "Fatimah",
    "Noor",
    "Salasiah",
    "Rabiatul",
    "Mahrita",
    "Khadijah",
    "Hamidah",
    "Aisyah",
    "Hafizah",
    "Rahmah",
    "Nurul",
    "Raudah",
    "Mastura",
    "Jumiati",
    "Saudah",
    "Laila",
    "Arbainah",
    "Maimunah",
    "Zubaidah",
    "Sumiati",
    "Hasanah",
    "Mardiana",
];
const BANJAR_SECOND_MEN: &[&str] = &[
    "Hakim",
    "Yamani",
    "Ridhani",
    "Rizky",
    "Basuni",
    "Hamdani",
    "Arifin",
    "Umar",
    "Ansyari",
    "Mursidi",
    "Syarif",
    "Asy’ari",
    "Ma’ruf",
    "Fadillah",
    "Anshari",
    "Husaini",
    "Fitri",
    "Rijali",
    "Noor",
    "Effendi",
    "Sabirin",
    "Majidi",
    "Kamal",
    "Wahid",
];
const BANJAR_SECOND_WOMEN: &[&str] = &[
    "Rahimah",
    "Jannah",
    "Fitriani",
    "Hasanah",
    "Sa’diah",
    "Mahmudah",
    "Zahra",
    "Khairiah",
    "Adawiyah",
    "Normila",
    "Aulia",
    "Mawaddah",
    "Salmah",
    "Hidayah",
    "Rahmi",
    "Maulida",
    "Azizah",
    "Latifah",
    "Munawarah",
    "Mubarakah",
    "Hayati",
    "Safitri",
    "Marwah",
    "Ulfah",
];
const JAVA_MEN: &[&str] = &[
    "Eko",
    "Joko",
    "Bambang",
    "Budi",
    "Danang",
    "Heru",
    "Galih",
    "Catur",
    "Dwi",
    "Tri",
    "Agus",
    "Supriyadi",
    "Wagiman",
    "Slamet",
    "Imam",
    "Karyono",
    "Bayu",
    "Yudi",
    "Sugeng",
    "Rudi",
    "Teguh",
    "Wahyu",
    "Hari",
    "Aris",
    "Sutrisno",
    "Gunawan",
    "Priyo",
    "Ngadimin",
];
const JAVA_WOMEN: &[&str] = &[
    "Sri", "Endang", "Retno", "Titik", "Ika", "Puji", "Dewi", "Wahyuni", "Nur", "Fitri", "Rini", "Ani", "Tri",
    "Murniati", "Dwi", "Sulastri", "Wulan", "Ratna", "Yuni", "Kartini", "Indah", "Lestari", "Suparti", "Tuti", "Anik",
    "Winarsih", "Soekarti", "Tjahjani",
];
const JAVA_SECOND_MEN: &[&str] = &[
    "Santoso",
    "Purnomo",
    "Hartono",
    "Utomo",
    "Saputra",
    "Prasetyo",
    "Wibowo",
    "Raharjo",
    "Kurniawan",
    "Firmansyah",
    "Hidayat",
    "Nugroho",
    "Setiawan",
    "Susilo",
    "Widodo",
    "Handoko",
    "Mulyono",
    "Subagyo",
    "Wicaksono",
    "Pamungkas",
    "Cahyono",
    "Haryanto",
];
const JAVA_SECOND_WOMEN: &[&str] = &[
    "Rahayu",
    "Anggraini",
    "Wulandari",
    "Handayani",
    "Permatasari",
    "Utami",
    "Astuti",
    "Maharani",
    "Susanti",
    "Setyowati",
    "Puspitasari",
    "Ningsih",
    "Kusumawati",
    "Lestari",
    "Purwanti",
    "Pratiwi",
    "Widiastuti",
    "Hapsari",
    "Nuraini",
    "Marlina",
    "Kurniasih",
    "Mulyani",
];
const BATAK_MEN: &[&str] = &[
    "Parlindungan",
    "Tigor",
    "Jonson",
    "Maruli",
    "Binsar",
    "Saut",
    "Hotman",
    "Poltak",
    "Togar",
    "Ramses",
    "Marihot",
    "Edison",
];
const BATAK_WOMEN: &[&str] = &[
    "Tiurma", "Riris", "Rotua", "Lamria", "Tiur", "Rosmauli", "Marsinta", "Nurmala", "Duma", "Sondang", "Pinta",
    "Hotnida",
];
const MARGA: &[&str] = &[
    "Simanjuntak",
    "Tampubolon",
    "Siregar",
    "Nasution",
    "Sihombing",
    "Manurung",
    "Hutapea",
    "Sitompul",
    "Pasaribu",
    "Lubis",
    "Simbolon",
    "Panjaitan",
];

/// A custom, in about the proportions of the province.
pub fn custom(dice: &mut Dice) -> Custom {
    [Custom::Dayak, Custom::Banjar, Custom::Javanese, Custom::Batak][dice.weighted(&[40, 30, 25, 5])]
}

/// A full name without titles, in title case. `family` is the clan or marga to carry on, where the custom has one.
pub fn full_name(dice: &mut Dice, custom: Custom, man: bool, family: Option<&str>) -> String {
    let (first, second) = lists(custom, man);
    let given = dice.pick(first);
    let last = family.map_or_else(|| dice.pick(second).to_string(), str::to_string);
    let middle = dice.pick(first);
    let both = middle != given && middle != last && dice.chance(0.36);
    let alone = matches!(custom, Custom::Banjar | Custom::Javanese) && dice.chance(0.09);
    if alone || last == given {
        given.to_string()
    } else if both {
        format!("{given} {middle} {last}")
    } else {
        format!("{given} {last}")
    }
}

/// The clan or marga of a name, where its custom has one.
pub fn family_of(custom: Custom, name: &str) -> Option<&str> {
    matches!(custom, Custom::Dayak | Custom::Batak).then(|| name.rsplit(' ').next().unwrap_or(name))
}

type Lists = (&'static [&'static str], &'static [&'static str]);

fn lists(custom: Custom, man: bool) -> Lists {
    match (custom, man) {
        (Custom::Dayak, true) => (DAYAK_MEN, CLANS),
        (Custom::Dayak, false) => (DAYAK_WOMEN, CLANS),
        (Custom::Banjar, true) => (BANJAR_MEN, BANJAR_SECOND_MEN),
        (Custom::Banjar, false) => (BANJAR_WOMEN, BANJAR_SECOND_WOMEN),
        (Custom::Javanese, true) => (JAVA_MEN, JAVA_SECOND_MEN),
        (Custom::Javanese, false) => (JAVA_WOMEN, JAVA_SECOND_WOMEN),
        (Custom::Batak, true) => (BATAK_MEN, MARGA),
        (Custom::Batak, false) => (BATAK_WOMEN, MARGA),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clan_is_carried_on() {
        let mut dice = Dice::new(1, "names");
        let father = full_name(&mut dice, Custom::Dayak, true, None);
        let clan = family_of(Custom::Dayak, &father).unwrap().to_string();
        let child = full_name(&mut dice, Custom::Dayak, false, Some(&clan));
        assert!(child.ends_with(&clan));
        assert_eq!(family_of(Custom::Javanese, "Budi Santoso"), None);
    }
}
