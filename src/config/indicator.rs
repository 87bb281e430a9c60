//! The shape of `queries/indikator.toml`: families and indicators of the catalogue. Refuses one without a mart or a known failure.

use crate::config::doc::{Doc, Section};
use crate::model::indicator::{AllowedTrait, Fairness, Family, Indicator, Indicators};
use crate::model::problem::{Problem, did_you_mean};

/// Reads families, indicators and what no figure of a person may rest on.
pub fn indicators(file: &str, text: &str) -> Result<Indicators, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let families: Vec<Family> = root.sections("family").iter().map(family).collect();
    let mut found: Vec<Indicator> = Vec::new();
    for section in root.sections("indicator") {
        let indicator = indicator(&section);
        if !families.iter().any(|it| it.name == indicator.family) {
            let hint = did_you_mean(&indicator.family, families.iter().map(|it| it.name.as_str()));
            section.problem("family", format!("no family `{}`", indicator.family), hint);
        }
        if found.iter().any(|it| it.code == indicator.code) {
            section.problem("code", "stands twice", Some("describe each indicator once".into()));
        }
        for (key, empty) in [("marts", indicator.marts.is_empty()), ("fails", indicator.fails.is_empty())] {
            if empty {
                section.problem(key, "is empty", Some("name at least one".into()));
            }
        }
        section.close();
        found.push(indicator);
    }
    let fairness = root.section("fairness").map(|it| fairness(&it)).unwrap_or_default();
    root.close();
    let problems = doc.finish();
    if problems.is_empty() { Ok(Indicators { families, indicators: found, fairness }) } else { Err(problems) }
}

fn family(section: &Section<'_, '_>) -> Family {
    let family = Family {
        name: section.text("name"),
        title: section.text("title"),
        about: section.text("about"),
        page: section.text("page"),
    };
    section.close();
    family
}

fn indicator(section: &Section<'_, '_>) -> Indicator {
    Indicator {
        code: section.text("code"),
        name: section.text("name"),
        family: section.text("family"),
        marts: section.texts("marts"),
        sentence: section.text("sentence"),
        formula: section.text("formula"),
        source: section.text("source"),
        fails: section.texts("fails"),
        next: section.text("next"),
    }
}

fn fairness(section: &Section<'_, '_>) -> Fairness {
    let allowed = |it: &Section<'_, '_>| {
        let allowed = AllowedTrait {
            mart: it.text("mart"),
            columns: it.texts("columns"),
            protected: it.text("protected"),
            reason: it.text("reason"),
        };
        it.close();
        allowed
    };
    let fairness = Fairness {
        protected: section.texts("protected"),
        marts: section.texts("marts"),
        allowed: section.sections("allowed").iter().map(allowed).collect(),
    };
    section.close();
    fairness
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_line() {
        let text = "version = 1\n[[family]]\nname = 'merit'\ntitle = 'Merit'\nabout = 'x'\npage = 'm.md'\n[[indicator]]\ncode = 'M01'\nname = 'n'\nfamily = 'meret'\nmarts = []\nsentence = 's'\nformula = 'f'\nsource = 'p'\nfails = ['a']\nnext = 't'\n";
        let shown: Vec<String> = indicators("i.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "i.toml:10: indicator[0].family: no family `meret`\n    hint: did you mean `merit`?",
                "i.toml:11: indicator[0].marts: is empty\n    hint: name at least one",
            ]
        );
    }
}
