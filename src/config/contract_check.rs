//! Whether the names inside a contract mean something, and whether contracts fit together. Refuses to mend anything.

use crate::config::doc::Section;
use crate::model::contract::{Contract, Reader, Source, Take, Test};
use crate::model::problem::{Problem, did_you_mean};
use std::collections::BTreeMap;

/// Notes every name in the contract that points nowhere.
pub fn within(root: &Section<'_, '_>, contract: &Contract) {
    let names: Vec<&str> = contract.columns.iter().map(|it| it.column.name.as_str()).collect();
    for (i, name) in names.iter().enumerate() {
        if names.iter().take(i).any(|other| other == name) {
            root.problem("column", format!("column `{name}` stands twice"), None);
        }
    }
    if contract.key.is_empty() {
        root.problem("key", "is empty", Some("name the columns that identify a row".into()));
    }
    let column = |key: &str, name: &str| a_column(root, key, &names, name);
    contract.key.iter().for_each(|it| column("key", it));
    contract.identity.iter().for_each(|it| column("identity", it));
    contract.require_any.iter().flatten().for_each(|it| column("require_any", it));
    contract.unpivot.iter().for_each(|it| column("unpivot", &it.name_column));
    for it in &contract.next_in_group {
        [&it.column, &it.group, &it.order].into_iter().for_each(|name| column("next_in_group", name));
        it.following.iter().for_each(|(name, _)| column("next_in_group", name));
    }
    let written = root.sections("check");
    for (i, check) in contract.checks.iter().enumerate() {
        // A check that could not be read is not in the contract; then the places no longer agree.
        let at = written.get(i).filter(|_| written.len() == contract.checks.len()).unwrap_or(root);
        let column = |name: &str| a_column(at, "column", &names, name);
        column(&check.column);
        check.when.iter().for_each(|(name, _)| column(name));
        match &check.test {
            Test::NikBirth(other) | Test::Before(other) | Test::NotInFile(other) => column(other),
            Test::Matrix(a, b, _) => [a, b].into_iter().for_each(|name| column(name)),
            Test::NotInList(list) => known(at, "list", "code list", list, contract.codes.keys()),
            Test::NotInLookup(name, other) => reference(at, contract, "lookup", name, &[other]),
            _ => {}
        }
        known(at, "code", "message for", &check.code, contract.shared.messages.keys());
    }
    for (rule, at) in contract.columns.iter().zip(root.sections("column")) {
        readers(&at, contract, "list", &rule.read);
        for source in &rule.from {
            source.read.iter().for_each(|it| readers(&at, contract, "from", it));
            self::source(&at, contract, source, &names);
        }
    }
}

/// Problems between contracts: signatures of one order, look-ups into datasets that no contract describes.
pub fn across(contracts: &[Contract]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut orders: BTreeMap<u32, &str> = BTreeMap::new();
    let problem = |contract: &Contract, path: &str, what: String, hint: Option<String>| {
        let (file, path) = (format!("pipelines/sources/{}.toml", contract.dataset), path.to_string());
        Problem { file, line: 0, path, what, hint }
    };
    for contract in contracts {
        for signature in &contract.signatures {
            if let Some(other) = orders.insert(signature.order, &contract.dataset) {
                let what = format!("order {} is also used by `{other}`", signature.order);
                problems.push(problem(contract, "signature", what, Some("give each signature its own order".into())));
            }
        }
        for lookup in &contract.lookups {
            let Some(other) = contracts.iter().find(|it| it.dataset == lookup.table) else {
                let names = contracts.iter().map(|it| it.dataset.as_str());
                let hint = did_you_mean(&lookup.table, names);
                problems.push(problem(contract, "lookup", format!("no contract `{}`", lookup.table), hint));
                continue;
            };
            for column in lookup.columns.iter().filter(|it| other.position(it).is_none()) {
                let names = other.columns.iter().map(|it| it.column.name.as_str());
                let hint = did_you_mean(column, names);
                problems.push(problem(
                    contract,
                    "lookup",
                    format!("`{}` has no column `{column}`", lookup.table),
                    hint,
                ));
            }
        }
    }
    problems
}

fn a_column(at: &Section<'_, '_>, key: &str, names: &[&str], name: &str) {
    if !names.contains(&name) {
        at.problem(key, format!("no column `{name}`"), did_you_mean(name, names.iter().copied()));
    }
}

fn known<'a>(root: &Section<'_, '_>, key: &str, what: &str, name: &str, all: impl Iterator<Item = &'a String> + Clone) {
    if !all.clone().any(|it| it == name) {
        root.problem(key, format!("no {what} `{name}`"), did_you_mean(name, all.map(String::as_str)));
    }
}

fn reference(root: &Section<'_, '_>, contract: &Contract, key: &str, name: &str, columns: &[&String]) {
    let Some(lookup) = contract.lookups.iter().find(|it| it.name == name) else {
        let names = contract.lookups.iter().map(|it| it.name.as_str());
        root.problem(key, format!("no look-up `{name}`"), did_you_mean(name, names));
        return;
    };
    for column in columns.iter().filter(|it| !lookup.columns.contains(it)) {
        root.problem(key, format!("look-up `{name}` has no column `{column}`"), None);
    }
}

fn readers(at: &Section<'_, '_>, contract: &Contract, key: &str, reader: &Reader) {
    match reader {
        Reader::Words { list, .. } => known(at, key, "word list", list, contract.words.keys()),
        Reader::Nip { lookup: Some(name), .. } => {
            reference(at, contract, "lookup", name, &[&"nip".to_string(), &"nama".to_string()]);
        }
        _ => {}
    }
}

fn source(at: &Section<'_, '_>, contract: &Contract, source: &Source, names: &[&str]) {
    match &source.take {
        Take::Column(name) => a_column(at, "from", names, name),
        Take::Part { split, group, .. } => match contract.splits.get(split) {
            None => known(at, "from", "split", split, contract.splits.keys()),
            Some(it) => {
                let groups =
                    regex::Regex::new(&it.pattern).map(|re| re.capture_names().flatten().any(|name| name == group));
                if groups == Ok(false) {
                    at.problem("from", format!("split `{split}` has no group `{group}`"), None);
                }
            }
        },
        Take::Letterhead(fact) if !contract.letterhead.iter().any(|it| it.name == *fact) => {
            at.problem("from", format!("no letterhead fact `{fact}`"), None);
        }
        Take::Lookup { lookup, by, key, value } => {
            a_column(at, "from", names, by);
            reference(at, contract, "from", lookup, &[key, value]);
        }
        Take::Nip(_) if contract.identity.is_none() => {
            at.problem("from", "takes from the NIP, but the contract has no `identity`", None);
        }
        Take::UnpivotName | Take::UnpivotCell | Take::UnpivotHeader if contract.unpivot.is_none() => {
            at.problem("from", "takes from unpivoted columns, but there is no `[unpivot]`", None);
        }
        _ => {}
    }
    source.repair.iter().for_each(|code| known(at, "from", "message for", code, contract.shared.messages.keys()));
}
