//! Files a report takes over as they are: the workbooks of the reader's own receipts. Refuses those of another government, a reader whose
//! policy shows no raw values, and receipts in which there is nothing to mend.

use crate::model::policy::Policy;
use crate::model::report::{Addressee, AttachmentKind, ReportSpec};
use crate::model::table::engine_tables;
use crate::pipeline::project::Project;
use crate::pipeline::receipts;
use crate::pipeline::render_error::RenderError;
use crate::report::Supplies;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::Path;

/// The column of rejected cells as they were delivered.
const RAW: &str = "nilai_mentah";

/// What the report encloses for this reader, of the month `periode`, in order of name.
pub fn supplies(
    project: &Project,
    spec: &ReportSpec,
    periode: &str,
    reader: &Addressee,
    policy: &Policy,
) -> Result<Supplies, RenderError> {
    let mut supplies = Supplies::default();
    if !spec.attachments.iter().any(|it| it.kind == AttachmentKind::Receipts) || !shows_raw_values(policy) {
        return Ok(supplies);
    }
    for own in &reader.instansi {
        let folder = project.path(receipts::FOLDER).join(&own.kode).join(periode);
        supplies.receipts.extend(to_mend(&folder)?);
    }
    Ok(supplies)
}

/// Whether the reader is of one government and reads the cells it delivered: a raw value goes back to its sender and to nobody else.
fn shows_raw_values(policy: &Policy) -> bool {
    let rejected = engine_tables().into_iter().find(|table| table.has(RAW));
    let view = rejected.and_then(|table| policy.view(&table));
    policy.instansi().is_some() && view.is_some_and(|view| !view.masked.contains(RAW))
}

/// Workbooks of a folder whose receipt lists rows to mend.
fn to_mend(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let wrong = |path: &Path| {
        let path = path.to_path_buf();
        move |source| RenderError::Read { path, source }
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // Nothing was delivered for the month.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(RenderError::Read { path: folder.to_path_buf(), source }),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(wrong(folder))?.path();
        let Some(base) = path.to_str().and_then(|it| it.strip_suffix(".json")) else { continue };
        if !lists_rows(&fs::read(&path).map_err(wrong(&path))?) {
            continue;
        }
        let book = Path::new(base).with_file_name(format!("{}.xlsx", name_of(Path::new(base))));
        found.push((name_of(&book), fs::read(&book).map_err(wrong(&book))?));
    }
    found.sort();
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether a receipt, as written, lists rows to mend in any of its tables.
fn lists_rows(json: &[u8]) -> bool {
    let Ok(receipt) = serde_json::from_slice::<Value>(json) else { return false };
    let tables = receipt.get("tabel").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    tables.iter().any(|table| table.get("masalah").and_then(Value::as_array).is_some_and(|it| !it.is_empty()))
}
