//! `talenta report matrix`: who would see what, before anything is sent.

use crate::cli::open;
use crate::cli::words::{number, say};
use crate::cli::{Done, Failed, Global, USER};
use crate::pipeline::matrix::{Matrix, Piece, Sum, matrix};
use crate::pipeline::project::Project;
use crate::pipeline::reader::Opened;
use crate::pipeline::render;
use crate::pipeline::snapshot::{At, release};
use serde_json::json;

/// `talenta report matrix [--report NAME] [--release N]`; ends 1 where pieces do not add up.
pub fn run(project: &Project, report: Option<&str>, nomor: Option<u64>, global: &Global) -> Done {
    let wanted = match report {
        Some(name) => vec![render::spec(project, name).map_err(Failed::user)?],
        None => project.reports.iter().collect(),
    };
    let all: Vec<Matrix> = open::block_on(async {
        let lake = open::lake_to_read(project).await?;
        let queries = open::described(project).await?;
        let release = release(&lake, nomor.map_or(At::Latest, At::Release)).await.map_err(Failed::user)?;
        let opened = Opened::new(&release, &lake, &project.settings.limits).await.map_err(Failed::user)?;
        let mut all = Vec::new();
        for spec in wanted {
            let found = matrix(project, &queries, spec, &opened).await;
            all.push(found.map_err(Failed::user)?);
        }
        Ok(all)
    })?;
    if global.json {
        say(json!({ "reports": &all, "adds_up": all.iter().flat_map(|it| &it.sums).all(Sum::adds_up) }));
    } else {
        all.iter().for_each(show);
    }
    let whole = all.iter().flat_map(|it| &it.sums).all(Sum::adds_up);
    Ok(if whole { 0 } else { USER })
}

fn show(matrix: &Matrix) {
    say(format!("{}: {} readers", matrix.report, number(matrix.readers.len() as u64)));
    for reader in &matrix.readers {
        let cells: Vec<String> = reader.queries.iter().map(|(query, piece)| cell(query, piece.as_ref())).collect();
        say(format!("  {:<24} as {:<16} {}", reader.address, reader.principal, cells.join(" · ")));
    }
    for sum in &matrix.sums {
        say(format!("  {}", line(sum)));
    }
}

/// `indeks 15 rows (n 3.001)`.
fn cell(query: &str, piece: Option<&Piece>) -> String {
    let Some(piece) = piece else { return format!("{query} not for this reader") };
    let totals: Vec<String> = piece.totals.iter().map(|(column, total)| format!("{column} {total}")).collect();
    let totals = if totals.is_empty() { String::new() } else { format!(" ({})", totals.join(", ")) };
    format!("{query} {} rows{totals}", piece.rows)
}

fn line(sum: &Sum) -> String {
    let (table, role) = (&sum.table, &sum.role);
    let shared =
        if sum.shared > 0 { format!("; {} rows of the province go to all", sum.shared) } else { String::new() };
    if sum.adds_up() {
        return format!("{table}: {} rows, each in exactly one piece of role {role}{shared}", sum.whole);
    }
    let mut what = vec![format!("{table}: {} rows, {} in pieces of role {role}{shared}", sum.whole, sum.pieces)];
    if !sum.nobody.is_empty() {
        let named = sum.nobody.iter().map(|kode| if kode.is_empty() { "(no government)" } else { kode.as_str() });
        what.push(format!("nobody gets {}", named.collect::<Vec<_>>().join(", ")));
    }
    what.extend(sum.several.iter().map(|(kode, readers)| format!("{kode} goes to {}", readers.join(" and "))));
    if !sum.differs.is_empty() {
        what.push(format!("another sum for {}", sum.differs.join(", ")));
    }
    format!("DOES NOT ADD UP {}", what.join("; "))
}
