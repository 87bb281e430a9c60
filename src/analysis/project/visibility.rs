//! Who may see a mart: the level its comment states, and whether its columns keep to it. Refuses a mart that states none, and a
//! person's value in a figure that others may see.

use crate::analysis::lineage::{Lineage, Origin};
use crate::analysis::project::fault::problem;
use crate::analysis::project::source::Source;
use crate::model::problem::Problem;
use crate::model::table::{Class, DATA, Table, Visibility, provenance};
use std::collections::BTreeSet;

/// The comment line that states the level.
const MARK: &str = "Visibilitas";

/// The level a mart states; one that states none is told of, and as closed as can be.
pub fn stated(source: &Source, problems: &mut Vec<Problem>) -> Visibility {
    let line = source.head().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == MARK);
    let level = line.and_then(|(_, word)| Visibility::parse(word.trim()));
    level.unwrap_or_else(|| {
        let what = "a mart does not say who may see it".to_string();
        let hint = "write `-- Visibilitas: H1` (kin), `H2` (figures of a unit, small cells withheld), `H3` (publishable) or `H4` \
                    (persons, raw counts) into the comment on top";
        problems.push(problem(source, 1, what, Some(hint.into())));
        Visibility::H1
    })
}

/// The sentence of a column, and the level that may stand behind it: `NIP pegawai [H1]`.
pub fn of_column(text: &str) -> (String, Option<Visibility>) {
    let marked = text.trim_end().strip_suffix(']').and_then(|text| text.rsplit_once('['));
    match marked.and_then(|(about, word)| Some((about, Visibility::parse(word)?))) {
        Some((about, level)) => (about.trim_end().to_string(), Some(level)),
        None => (text.to_string(), None),
    }
}

/// The folder of a mart below `queries/marts`.
pub fn theme(source: &Source) -> String {
    let folder = source.file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.rsplit_once('/').map_or(folder, |(_, last)| last).into()
}

/// Columns whose values name or describe one person, followed through queries.
#[derive(Debug, Default)]
pub struct Persons(BTreeSet<Origin>);

impl Persons {
    /// Adds those of a table of the lake: personal data, numbers of persons, and everything said of kin.
    pub fn of_table(&mut self, table: &Table) {
        let kin = table.visibility == Visibility::H1 && table.theme == DATA;
        let common: BTreeSet<String> = provenance().into_iter().map(|column| column.name).collect();
        let own = table.columns.iter().filter(|column| !common.contains(&column.name));
        let personal = own.filter(|column| kin || column.class != Class::Open || names_a_person(&column.name));
        self.0.extend(personal.map(|column| (table.name.clone(), column.name.clone())));
    }

    /// Adds the columns of a query that hand on one of them.
    pub fn of_query(&mut self, name: &str, lineage: &Lineage) {
        let carries =
            lineage.columns.iter().filter(|(_, sources)| sources.carried.iter().any(|it| self.0.contains(it)));
        let found: Vec<Origin> = carries.map(|(column, _)| (name.to_string(), column.clone())).collect();
        self.0.extend(found);
    }

    /// Columns of a mart that hold a person's value at a level meant for figures.
    pub fn check(&self, source: &Source, table: &Table, lineage: &Lineage) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, sources) in &lineage.columns {
            let Some(column) = table.columns.iter().find(|column| column.name == *name) else { continue };
            let level = column.visibility.unwrap_or(table.visibility);
            let Some((from, what)) = sources.carried.iter().find(|it| self.0.contains(*it)) else { continue };
            if matches!(level, Visibility::H2 | Visibility::H3) {
                let what =
                    format!("column `{name}` holds a person's value (`{from}.{what}`), which {level:?} does not show");
                let hint = "count it, or mark the column `[H4]` (of kin `[H1]`) in the comment on top";
                problems.push(problem(source, source.line_of(None, name), what, Some(hint.into())));
            }
        }
        problems
    }
}

/// Numbers of persons, and addresses of their records.
fn names_a_person(column: &str) -> bool {
    let words: Vec<&str> = column.split('_').collect();
    words.contains(&"nip") || words.contains(&"nik") || column.ends_with("pns_id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_behind_a_sentence_is_taken_off_it() {
        assert_eq!(of_column("NIP pegawai [H1]"), ("NIP pegawai".into(), Some(Visibility::H1)));
        assert_eq!(of_column("Selang [0,1]"), ("Selang [0,1]".into(), None));
        assert_eq!(of_column("Kotak 1 sampai 9"), ("Kotak 1 sampai 9".into(), None));
    }

    #[test]
    fn numbers_of_persons_are_known_by_name() {
        for name in ["nip", "nip_kerabat", "penilai_nip", "nik", "pns_id", "pemimpin_pns_id"] {
            assert!(names_a_person(name), "{name}");
        }
        assert!(!names_a_person("jenis_asn") && !names_a_person("n_pns") && !names_a_person("unor_id"));
    }
}
