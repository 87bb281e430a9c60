//! Who may read what: roles, principals, and the policy that follows for one of them. Refuses to know how a plan enforces it.

use crate::model::problem::did_you_mean;
use crate::model::table::{Class, Column, Table, Visibility};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The value of `instansi_kode` in a row that speaks of the whole province.
pub const SEMUA: &str = "SEMUA";
/// The column that says whose a row is.
pub const INSTANSI: &str = "instansi_kode";
/// The column that names a person.
pub const NIP: &str = "nip";

/// The content of `access.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// What kinds of reader there are.
    pub roles: Vec<Role>,
    /// Who reads.
    pub principals: Vec<Principal>,
}

/// What a kind of reader may see, whatever the government.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Name, as principals give it.
    pub name: String,
    /// One sentence.
    pub about: String,
    /// How its rows are limited.
    pub scope: Scope,
    /// Levels it reads.
    pub levels: BTreeSet<Visibility>,
    /// Personal data it reads; without a class such columns are null.
    pub classes: BTreeSet<Class>,
    /// Themes it reads; without any, all.
    pub themes: BTreeSet<String>,
    /// Tables it reads besides, whatever their level and theme.
    pub also: BTreeSet<String>,
    /// Columns that are null for it, `table.column`.
    pub mask: BTreeSet<String>,
}

/// How the rows of a role are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Not at all.
    Semua,
    /// To the governments that the principal names.
    Instansi,
    /// To the persons of the units that the principal names, within its governments.
    Unit,
}

impl Scope {
    /// Every scope with its word in a file.
    pub const ALL: [(&'static str, Scope); 3] =
        [("semua", Scope::Semua), ("instansi", Scope::Instansi), ("unit", Scope::Unit)];
}

/// Somebody, or a program, that reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Name, as `--as` and `recipients.toml` give it.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Its governments (kodeCepat).
    pub instansi: BTreeSet<String>,
    /// Its units (`unor_id`); units below them are in it.
    pub unit: BTreeSet<String>,
}

/// What one principal may see: a plain value that travels to the process where plans are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// For whom.
    pub principal: String,
    /// What it may see of tables and columns.
    pub role: Role,
    /// Which rows.
    pub rows: Rows,
}

/// The rows of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rows {
    /// All.
    All,
    /// Those of these governments.
    Instansi(BTreeSet<String>),
    /// Those of these governments, and of persons only those of these units.
    Unit {
        /// The governments.
        instansi: BTreeSet<String>,
        /// The units.
        unit: BTreeSet<String>,
    },
}

/// There is no such principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no principal `{name}` in access.toml\nhint: {hint}")]
pub struct NoPrincipal {
    /// Who was named.
    pub name: String,
    /// Who may have been meant.
    pub hint: String,
}

/// What of a table somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Which rows.
    pub rows: RowRule,
    /// Columns that are null.
    pub masked: BTreeSet<String>,
}

/// Which rows of a table somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRule {
    /// All.
    All,
    /// Where [`INSTANSI`] is one of these.
    Instansi(BTreeSet<String>),
    /// Of persons in units: where [`NIP`] is one of the unit's persons, government by government.
    Persons,
}

impl Access {
    /// The principal of this name and what it may see.
    ///
    /// # Errors
    /// When there is none, or its role is unknown (which `check` refuses before).
    pub fn policy(&self, name: &str) -> Result<Policy, NoPrincipal> {
        let found = self.principals.iter().find(|it| it.name == name);
        let both = found.and_then(|it| Some((it, self.roles.iter().find(|role| role.name == it.role)?)));
        let Some((principal, role)) = both else {
            let near = did_you_mean(name, self.principals.iter().map(|it| it.name.as_str()));
            let hint = near.unwrap_or_else(|| "the principals stand in access.toml, under [[principal]]".into());
            return Err(NoPrincipal { name: name.into(), hint });
        };
        let (instansi, unit) = (principal.instansi.clone(), principal.unit.clone());
        let rows = match role.scope {
            Scope::Semua => Rows::All,
            Scope::Instansi => Rows::Instansi(instansi),
            Scope::Unit => Rows::Unit { instansi, unit },
        };
        Ok(Policy { principal: name.into(), role: role.clone(), rows })
    }
}

impl Policy {
    /// What it sees of `table`; nothing where the table does not exist for it.
    pub fn view(&self, table: &Table) -> Option<View> {
        let role = &self.role;
        let theme = role.themes.is_empty() || role.themes.contains(&table.theme);
        let granted = role.also.contains(&table.name);
        if !(granted || theme && role.levels.contains(&table.visibility)) {
            return None;
        }
        let rows = self.row_rule(table)?;
        let masked = table.columns.iter().filter(|column| self.masks(table, column));
        Some(View { rows, masked: masked.map(|column| column.name.clone()).collect() })
    }

    /// The governments it is limited to; none where it is not.
    pub fn instansi(&self) -> Option<&BTreeSet<String>> {
        match &self.rows {
            Rows::All => None,
            Rows::Instansi(instansi) | Rows::Unit { instansi, .. } => Some(instansi),
        }
    }

    fn row_rule(&self, table: &Table) -> Option<RowRule> {
        let Some(own) = self.instansi() else { return Some(RowRule::All) };
        // What may be published is for every reader: a government sees itself beside the published figures of the others.
        if table.visibility == Visibility::H3 {
            return Some(RowRule::All);
        }
        // Figures without a government are of the province by construction; rows of persons without one cannot be told apart.
        let figures = table.visibility == Visibility::H2;
        if !table.has(INSTANSI) {
            return figures.then_some(RowRule::All);
        }
        if figures {
            let province = std::iter::once(SEMUA.to_string());
            return Some(RowRule::Instansi(own.iter().cloned().chain(province).collect()));
        }
        match &self.rows {
            Rows::Unit { .. } => table.has(NIP).then_some(RowRule::Persons),
            _ => Some(RowRule::Instansi(own.clone())),
        }
    }

    fn masks(&self, table: &Table, column: &Column) -> bool {
        let above = column.visibility.is_some_and(|level| !self.role.levels.contains(&level));
        let personal = column.class != Class::Open && !self.role.classes.contains(&column.class);
        above || personal || self.role.mask.contains(&format!("{}.{}", table.name, column.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table::{DATA, Kind, column};

    fn table(visibility: Visibility, columns: &[&str]) -> Table {
        let mut columns: Vec<Column> =
            columns.iter().map(|name| column(name, Kind::Text, true, Class::Open, "")).collect();
        columns.push(column("nama", Kind::Text, true, Class::P, ""));
        columns.push(Column {
            visibility: Some(Visibility::H1),
            ..column("nip_kerabat", Kind::Text, true, Class::Open, "")
        });
        Table { name: "t".into(), key: vec![], columns, partition_by: vec![], visibility, theme: DATA.into() }
    }

    fn policy(scope: Scope, change: impl FnOnce(&mut Role)) -> Policy {
        let mut role = Role {
            name: "r".into(),
            about: String::new(),
            scope,
            levels: [Visibility::H2, Visibility::H4].into(),
            classes: BTreeSet::new(),
            themes: BTreeSet::new(),
            also: BTreeSet::new(),
            mask: BTreeSet::new(),
        };
        change(&mut role);
        let principal = Principal {
            name: "p".into(),
            role: "r".into(),
            instansi: ["6701".into()].into(),
            unit: ["U".into()].into(),
        };
        Access { roles: vec![role], principals: vec![principal] }.policy("p").unwrap()
    }

    fn own(more: &[&str]) -> RowRule {
        RowRule::Instansi(more.iter().map(ToString::to_string).chain(["6701".to_string()]).collect())
    }

    #[test]
    fn a_table_is_there_by_level_theme_or_name() {
        let at = |level| table(level, &[INSTANSI]);
        let plain = policy(Scope::Semua, |_| {});
        assert!(plain.view(&at(Visibility::H1)).is_none() && plain.view(&at(Visibility::H3)).is_none());
        assert!(plain.view(&at(Visibility::H4)).is_some());
        let elsewhere = policy(Scope::Semua, |role| role.themes = ["merit".to_string()].into());
        assert!(elsewhere.view(&at(Visibility::H4)).is_none());
        let named = policy(Scope::Semua, |role| {
            role.themes = ["merit".to_string()].into();
            role.also = ["t".to_string()].into();
        });
        assert!(named.view(&at(Visibility::H1)).is_some());
    }

    #[test]
    fn columns_above_the_role_are_null() {
        let masked = |policy: &Policy| policy.view(&table(Visibility::H4, &[NIP])).map(|view| view.masked);
        let names = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
        assert_eq!(masked(&policy(Scope::Semua, |_| {})), names(&["nama", "nip_kerabat"]));
        let reads = policy(Scope::Semua, |role| {
            role.classes = [Class::P].into();
            role.levels.insert(Visibility::H1);
            role.mask = ["t.nip".to_string(), "u.nama".to_string()].into();
        });
        assert_eq!(masked(&reads), names(&["nip"]));
    }

    #[test]
    fn rows_follow_the_scope_and_the_level() {
        let rows = |scope, level, columns: &[&str]| {
            policy(scope, |role| role.levels.extend([Visibility::H1, Visibility::H3]))
                .view(&table(level, columns))
                .map(|view| view.rows)
        };
        use Visibility::{H1, H2, H3, H4};
        assert_eq!(rows(Scope::Semua, H1, &[]), Some(RowRule::All));
        assert_eq!(rows(Scope::Instansi, H2, &[]), Some(RowRule::All));
        assert_eq!(rows(Scope::Instansi, H3, &[INSTANSI]), Some(RowRule::All));
        assert_eq!(rows(Scope::Instansi, H1, &[]), None);
        assert_eq!(rows(Scope::Instansi, H2, &[INSTANSI]), Some(own(&[SEMUA])));
        assert_eq!(rows(Scope::Instansi, H4, &[INSTANSI, NIP]), Some(own(&[])));
        assert_eq!(rows(Scope::Unit, H2, &[INSTANSI]), Some(own(&[SEMUA])));
        assert_eq!(rows(Scope::Unit, H4, &[INSTANSI, NIP]), Some(RowRule::Persons));
        assert_eq!(rows(Scope::Unit, H4, &[INSTANSI]), None);
    }

    #[test]
    fn nobody_is_told_apart_from_a_misspelling() {
        let access = Access { roles: vec![], principals: vec![] };
        assert!(access.policy("sekda").unwrap_err().to_string().starts_with("no principal `sekda` in access.toml"));
    }
}
