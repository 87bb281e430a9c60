//! The shape of `access.toml`. Refuses a principal without a role, a role without a level, and a scope that its principals do not fill.

use crate::config::doc::{Doc, Section};
use crate::model::policy::{Access, Principal, Role, Scope};
use crate::model::problem::{Problem, did_you_mean};
use crate::model::table::{Class, Visibility};
use std::collections::BTreeSet;

const CLASSES: [(&str, Class); 2] = [("P", Class::P), ("PS", Class::PS)];

/// Reads who may read what.
pub fn access(file: &str, text: &str) -> Result<Access, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let mut roles: Vec<Role> = Vec::new();
    for section in root.sections("role") {
        let role = role(&section);
        if roles.iter().any(|other| other.name == role.name) {
            section.problem("name", "stands twice", Some("give each role its own name".into()));
        }
        roles.push(role);
        section.close();
    }
    let mut principals: Vec<Principal> = Vec::new();
    for section in root.sections("principal") {
        let principal = principal(&section, &roles);
        if principals.iter().any(|other| other.name == principal.name) {
            section.problem("name", "stands twice", Some("give each principal its own name".into()));
        }
        principals.push(principal);
        section.close();
    }
    root.close();
    let problems = doc.finish();
    if problems.is_empty() { Ok(Access { roles, principals }) } else { Err(problems) }
}

fn role(section: &Section<'_, '_>) -> Role {
    let levels = words(section, "levels", &Visibility::ALL);
    if levels.is_empty() && section.texts("levels").is_empty() {
        let hint =
            "name the levels it reads: H1 (kin), H2 (figures of a unit), H3 (publishable), H4 (persons, raw counts)";
        section.problem("levels", "is empty", Some(hint.into()));
    }
    if !section.has("scope") {
        section.problem("scope", "is missing", Some("write semua, instansi or unit".into()));
    }
    let mask: BTreeSet<String> = section.texts("mask").into_iter().collect();
    for column in mask.iter().filter(|it| it.split('.').filter(|part| !part.is_empty()).count() != 2) {
        section.problem("mask", format!("`{column}` is no column"), Some("write it as table.column".into()));
    }
    Role {
        name: name(section),
        about: section.text("about"),
        scope: section.choice("scope", &Scope::ALL).unwrap_or(Scope::Unit),
        levels,
        classes: words(section, "classes", &CLASSES),
        themes: section.texts("themes").into_iter().collect(),
        also: section.texts("also").into_iter().collect(),
        mask,
    }
}

fn principal(section: &Section<'_, '_>, roles: &[Role]) -> Principal {
    let found = Principal {
        name: name(section),
        role: section.text("role"),
        instansi: section.texts("instansi").into_iter().collect(),
        unit: section.texts("unit").into_iter().collect(),
    };
    let Some(role) = roles.iter().find(|role| role.name == found.role) else {
        if !found.role.is_empty() {
            let hint = did_you_mean(&found.role, roles.iter().map(|role| role.name.as_str()));
            let hint = hint.or_else(|| Some("write a `[[role]]` of that name".into()));
            section.problem("role", format!("no role `{}`", found.role), hint);
        }
        return found;
    };
    let (instansi, unit) = (role.scope != Scope::Semua, role.scope == Scope::Unit);
    for (key, needed, given) in
        [("instansi", instansi, !found.instansi.is_empty()), ("unit", unit, !found.unit.is_empty())]
    {
        let word = Scope::ALL.iter().find(|(_, scope)| *scope == role.scope).map_or("", |(word, _)| *word);
        if needed && !given {
            section.problem(key, format!("is missing: the scope of role `{}` is {word}", role.name), None);
        }
        if given && !needed {
            let what = format!("has no meaning: the scope of role `{}` is {word}", role.name);
            section.problem(key, what, Some("delete it, or name a role with a narrower scope".into()));
        }
    }
    found
}

/// A name that a command line and a file of recipients can hold without quotes.
fn name(section: &Section<'_, '_>) -> String {
    let name = section.text("name");
    if name.chars().any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')) {
        section.problem("name", "is no name", Some("use lower-case letters, digits and `-`".into()));
    }
    name
}

fn words<T: Copy + Ord>(section: &Section<'_, '_>, key: &str, known: &[(&str, T)]) -> BTreeSet<T> {
    let mut found = BTreeSet::new();
    for word in section.texts(key) {
        match known.iter().find(|(name, _)| *name == word) {
            Some((_, value)) => drop(found.insert(*value)),
            None => {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                section.problem(key, format!("unknown word `{word}`; use {}", names.join(", ")), None);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_at_once() {
        let text = "version = 1
[[role]]
name = 'Kepala'
about = 'x'
scope = 'instansi'
levels = ['H2', 'H5']
mask = ['nama']
[[role]]
name = 'semua'
about = 'x'
scope = 'semua'
level = ['H2']
[[principal]]
name = 'a'
role = 'Kepala'
[[principal]]
name = 'a'
role = 'semu'
[[principal]]
name = 'b'
role = 'semua'
instansi = ['6701']
";
        let shown: Vec<String> = access("access.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        access.toml:3: role[0].name: is no name
            hint: use lower-case letters, digits and `-`
        access.toml:6: role[0].levels: unknown word `H5`; use H1, H2, H3, H4
        access.toml:7: role[0].mask: `nama` is no column
            hint: write it as table.column
        access.toml:8: role[1].levels: is empty
            hint: name the levels it reads: H1 (kin), H2 (figures of a unit), H3 (publishable), H4 (persons, raw counts)
        access.toml:12: role[1].level: unknown key
            hint: did you mean `levels`?
        access.toml:13: principal[0].instansi: is missing: the scope of role `Kepala` is instansi
        access.toml:17: principal[1].name: stands twice
            hint: give each principal its own name
        access.toml:18: principal[1].role: no role `semu`
            hint: did you mean `semua`?
        access.toml:22: principal[2].instansi: has no meaning: the scope of role `semua` is semua
            hint: delete it, or name a role with a narrower scope
        ");
    }
}
