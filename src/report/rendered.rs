//! A rendered report: its bodies and its files, taken apart for a pipe or a disk and put together again. Refuses to be put together
//! from other parts than it was taken into.

use crate::model::report::AttachmentKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A rendered report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// States the finding.
    pub subject: String,
    /// HTML body; charts by `cid:`.
    pub html: String,
    /// The plain-text twin.
    pub text: String,
    /// Pictures the HTML names.
    pub inline: Vec<Inline>,
    /// Files that go with the mail, in the order of the report.
    pub files: Vec<File>,
    /// Canonical bytes of the data document: UTF-8 JSON, keys sorted, no blanks.
    #[serde(skip)]
    pub data_json: Vec<u8>,
    /// What a person should look at before the report is sent.
    pub warnings: Vec<String>,
}

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Which file.
    pub kind: AttachmentKind,
    /// Its name.
    pub name: String,
    /// Its bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A picture of the mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inline {
    /// Content id, without brackets.
    pub cid: String,
    /// File name.
    pub file_name: String,
    /// PNG at twice the shown size.
    #[serde(skip)]
    pub png: Vec<u8>,
    /// The finding, for those who do not see the picture.
    pub alt: String,
}

impl Rendered {
    /// The texts and names, and the bytes apart from them.
    pub fn apart(mut self) -> (Value, Vec<Vec<u8>>) {
        let parts = self.bytes().map(std::mem::take).collect();
        let names = serde_json::to_value(&self).expect("a rendered report holds only text and lists of it");
        (names, parts)
    }

    /// The report of these texts and names and their bytes; none where they do not belong together.
    pub fn whole(names: Value, parts: Vec<Vec<u8>>) -> Option<Self> {
        let mut whole: Self = serde_json::from_value(names).ok()?;
        if whole.bytes().count() != parts.len() {
            return None;
        }
        whole.bytes().zip(parts).for_each(|(place, part)| *place = part);
        Some(whole)
    }

    /// Everything that is bytes, in one order.
    fn bytes(&mut self) -> impl Iterator<Item = &mut Vec<u8>> {
        let files = self.files.iter_mut().map(|it| &mut it.bytes);
        let pictures = self.inline.iter_mut().map(|it| &mut it.png);
        std::iter::once(&mut self.data_json).chain(files).chain(pictures)
    }
}
