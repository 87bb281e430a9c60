//! A short message without a report: why there is none, or what failed. Refuses figures: it holds sentences only.

use crate::model::settings::Office;
use crate::report::sentence::{self, Engine, Medium};
use crate::report::{Error, Templates};
use serde_json::json;

/// What a short message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Subject and heading.
    pub title: String,
    /// Salutation; none where empty.
    pub to: String,
    /// Paragraphs, each one or more sentences.
    pub paragraphs: Vec<String>,
    /// A list after the first paragraph.
    pub items: Vec<String>,
    /// Why the reader gets it.
    pub reason: String,
}

/// HTML and plain text of a short message.
///
/// # Errors
/// [`Error::Missing`] where the project lacks the shared template.
pub fn notice(files: &Templates, office: &Office, notice: &Notice) -> Result<(String, String), Error> {
    let values = sentence::value(&json!({
        "kop": office,
        "judul": notice.title,
        "kepada": notice.to,
        "paragraf": notice.paragraphs,
        "butir": notice.items,
        "alasan": notice.reason,
    }));
    let draw = |medium, path: &str| {
        if files.get(path).is_none() {
            return Err(Error::Missing { path: path.into() });
        }
        Engine::new(medium, "shared", files)?.file(path, &values)
    };
    Ok((draw(Medium::Html, "shared/pemberitahuan.html")?, draw(Medium::Plain, "shared/pemberitahuan.txt")?))
}
