//! The shape of `report-templates/<name>/report.toml`. Refuses to plan its queries or to render its sentences.

use crate::config::chart::chart;
use crate::config::doc::{Doc, Section};
use crate::model::problem::Problem;
use crate::model::report::{AttachmentKind, AttachmentSpec, ColumnSpec, DataQuery};
use crate::model::report::{DecisionSpec, FigureSpec, Format, LimitSpec, ReportSpec, TableSpec};
use std::collections::BTreeSet;

/// Words for how a value is written.
pub const FORMATS: &[(&str, Format)] = &[
    ("text", Format::Text),
    ("whole", Format::Whole),
    ("index", Format::Index),
    ("share", Format::Share),
    ("date", Format::Date),
];

/// Reads one report; `name` is the folder's name, `file` the path shown in problems.
pub fn report(name: &str, file: &str, text: &str) -> Result<ReportSpec, Vec<Problem>> {
    let doc = Doc::parse(file, text).map_err(|problem| vec![problem])?;
    let root = doc.root();
    let data: Vec<DataQuery> = root.sections("data").iter().map(query).collect();
    let known: BTreeSet<&str> = data.iter().filter(|it| !it.single).map(|it| it.name.as_str()).collect();
    let tables: Vec<TableSpec> = root.sections("table").iter().map(|it| table(it, &known)).collect();
    let named: BTreeSet<&str> = tables.iter().map(|it| it.name.as_str()).collect();
    let attachments: Vec<AttachmentSpec> =
        root.sections("attachment").iter().map(|it| attachment(it, &named)).collect();
    told_apart(&root, &attachments);
    let spec = ReportSpec {
        name: name.to_string(),
        title: root.text("title"),
        about: root.text("about"),
        class: root.text("class"),
        kin: root.truth("kin", false),
        subject: root.text("subject"),
        preheader: root.text("preheader"),
        withheld: root.text_opt("withheld").unwrap_or_else(|| "‹5".into()),
        decisions: root.sections("decision").iter().map(decision).collect(),
        figures: root.sections("figure").iter().map(figure).collect(),
        charts: root.sections("chart").iter().map(|it| chart(it, &known)).collect(),
        tables,
        limits: root.sections("limit").iter().map(limit).collect(),
        attachments,
        data: Vec::new(),
    };
    if data.is_empty() {
        root.problem("data", "is missing", Some("write at least one `[[data]]` with name and sql".into()));
    }
    root.close();
    let problems = doc.finish();
    if problems.is_empty() { Ok(ReportSpec { data, ..spec }) } else { Err(problems) }
}

fn query(section: &Section<'_, '_>) -> DataQuery {
    let query = DataQuery {
        name: section.text("name"),
        sql: section.text("sql"),
        single: section.truth("single", false),
        optional: section.truth("optional", false),
    };
    plain_name(section, "name", &query.name);
    section.close();
    query
}

fn decision(section: &Section<'_, '_>) -> DecisionSpec {
    let decision = DecisionSpec {
        when: section.text_opt("when").unwrap_or_else(|| "true".into()),
        text: section.text("text"),
        owner: section.text("owner"),
        due: section.text("due"),
    };
    section.close();
    decision
}

fn figure(section: &Section<'_, '_>) -> FigureSpec {
    let figure = FigureSpec {
        label: section.text("label"),
        value: section.text("value"),
        note: section.text_opt("note").unwrap_or_default(),
        change: section.text_opt("change").unwrap_or_default(),
    };
    section.close();
    figure
}

fn table(section: &Section<'_, '_>, known: &BTreeSet<&str>) -> TableSpec {
    let table = TableSpec {
        name: section.text("name"),
        data: list_query(section, known),
        title: section.text("title"),
        note: section.text_opt("note").unwrap_or_default(),
        columns: section.sections("column").iter().map(column).collect(),
        shown: section.truth("shown", true),
    };
    plain_name(section, "name", &table.name);
    if table.columns.is_empty() {
        section.problem("column", "is missing", Some("write at least one column with key and label".into()));
    }
    section.close();
    table
}

/// A column of a table, or a figure beside a chart's row.
pub fn column(section: &Section<'_, '_>) -> ColumnSpec {
    let column = ColumnSpec {
        key: section.text("key"),
        label: section.text("label"),
        format: section.choice("format", FORMATS).unwrap_or(Format::Text),
        about: section.text_opt("about").unwrap_or_default(),
        status: section.text_opt("status"),
        n: section.text_opt("n"),
        workbook_only: section.truth("workbook_only", false),
    };
    section.close();
    column
}

fn limit(section: &Section<'_, '_>) -> LimitSpec {
    let limit =
        LimitSpec { when: section.text_opt("when").unwrap_or_else(|| "true".into()), text: section.text("text") };
    section.close();
    limit
}

fn attachment(section: &Section<'_, '_>, tables: &BTreeSet<&str>) -> AttachmentSpec {
    let kind = section.choice("kind", &AttachmentKind::ALL);
    if !section.has("kind") {
        let words: Vec<String> = AttachmentKind::ALL.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        section.problem("kind", "is missing", Some(format!("write `kind = ` with one of {}", words.join(", "))));
    }
    let attachment = AttachmentSpec {
        kind: kind.unwrap_or(AttachmentKind::Pdf),
        when: section.text_opt("when").unwrap_or_else(|| "true".into()),
        file: match kind {
            Some(AttachmentKind::Receipts) => String::new(),
            _ => section.text("file"),
        },
        table: match kind {
            Some(AttachmentKind::Csv) => section.text("table"),
            _ => String::new(),
        },
    };
    if !attachment.table.is_empty() && !tables.contains(attachment.table.as_str()) {
        let hint = crate::model::problem::did_you_mean(&attachment.table, tables.iter().copied());
        section.problem("table", format!("names no `[[table]]`: `{}`", attachment.table), hint);
    }
    section.close();
    attachment
}

/// The files of a kind are told apart by it, so there is one of each; CSV files are told apart by their table.
fn told_apart(root: &Section<'_, '_>, attachments: &[AttachmentSpec]) {
    let mut seen = BTreeSet::new();
    for it in attachments {
        if !seen.insert((it.kind, it.table.as_str())) {
            let what =
                format!("two of kind `{}`{}", it.kind.word(), if it.table.is_empty() { "" } else { " and table" });
            root.problem("attachment", what, Some("keep one".into()));
        }
    }
}

/// The name at `data`: a query that gives a list.
pub fn list_query(section: &Section<'_, '_>, known: &BTreeSet<&str>) -> String {
    let name = section.text("data");
    if !name.is_empty() && !known.contains(name.as_str()) {
        let hint = crate::model::problem::did_you_mean(&name, known.iter().copied());
        section.problem("data", format!("names no `[[data]]` that is a list: `{name}`"), hint);
    }
    name
}

/// Names become file names, content ids and sheet names.
pub fn plain_name(section: &Section<'_, '_>, key: &str, name: &str) {
    let plain = name.len() <= 31 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !plain {
        section.problem(key, "is no plain name", Some("use up to 31 of a-z, 0-9 and `_`".into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_told_together() {
        let text = "version = 1\ntitle = 'T'\nabout = 'a'\nclass = 'Terbatas'\nsubject = 's'\npreheader = 'p'\n\
            [[data]]\nname = 'rows'\nsql = 'select 1'\n[[table]]\nname = 'T 1'\ndata = 'row'\ntitle = 't'\n\
            [[table.column]]\nkey = 'k'\nlabel = 'K'\nformat = 'shre'\n";
        let shown: Vec<String> = report("r", "r.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "r.toml:11: table[0].name: is no plain name\n    hint: use up to 31 of a-z, 0-9 and `_`",
                "r.toml:12: table[0].data: names no `[[data]]` that is a list: `row`\n    hint: did you mean `rows`?",
                "r.toml:17: table[0].column[0].format: unknown word `shre`; use text, whole, index, share, date\n    hint: did you mean `share`?",
            ]
        );
    }
}
