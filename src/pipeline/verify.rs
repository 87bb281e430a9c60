//! Proof of a report: made again from the release, files and reader that were pinned, and compared with what left. Refuses to call
//! the same what it could not compare.

use crate::lake::{Error as LakeError, Lake};
use crate::model::digest::Digest;
use crate::model::problem::Problem;
use crate::model::proof::{Part, Pin, Proof};
use crate::pipeline::inspect;
use crate::pipeline::marts::VERSION;
use crate::pipeline::project::{Project, ProjectError};
use crate::pipeline::render::{self, Press};
use crate::pipeline::render_error::RenderError;
use crate::pipeline::world::World;
use crate::report::Rendered;
use std::collections::BTreeMap;

/// Why a report cannot be made again.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Something it was made from is gone.
    #[error("report `{report}` of {periode} cannot be made again: {source}")]
    Gone {
        /// The report.
        report: String,
        /// Its month.
        periode: String,
        /// What is missing.
        source: LakeError,
    },
    /// The list of its files is not one.
    #[error("the list of files that report `{report}` was made from is damaged; restore the lake from a backup")]
    Damaged {
        /// The report.
        report: String,
    },
    /// This program does not take the files of then.
    #[error(
        "the project files of then are not understood by this program (talenta {VERSION}; then {program}): {source}\nhint: verify with talenta {program}"
    )]
    Files {
        /// The program then.
        program: String,
        /// What it does not understand.
        source: ProjectError,
    },
    /// Drawing it again failed.
    #[error("report `{report}` cannot be made again under talenta {VERSION} (then {program}): {source}")]
    Render {
        /// The report.
        report: String,
        /// The program then.
        program: String,
        /// Why.
        source: RenderError,
    },
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// The same, byte for byte.
    Same,
    /// Something else, and where.
    Differs(String),
    /// Not compared, and why.
    Not(&'static str),
}

/// A report made again.
pub struct Verdict {
    /// What it was made from.
    pub proof: Proof,
    /// The data document.
    pub document: Compared,
    /// Every file and body.
    pub parts: Vec<(Part, Compared)>,
    /// What was made now.
    pub rebuilt: Rendered,
}

impl Verdict {
    /// Whether everything that was compared is the same.
    pub fn holds(&self) -> bool {
        let differs = |it: &Compared| matches!(it, Compared::Differs(_));
        !differs(&self.document) && !self.parts.iter().any(|(_, it)| differs(it))
    }

    /// Whether the program is the one of then: only then are files compared byte for byte.
    pub fn same_program(&self) -> bool {
        self.proof.pin.program == VERSION
    }

    /// The bytes made now for a part.
    pub fn bytes(&self, part: &str, name: &str) -> Option<Vec<u8>> {
        bytes_of(&self.rebuilt, part, name)
    }
}

/// Makes the report of a proof again and compares it with the digests of then.
pub async fn verify(project: &Project, proof: Proof, lake: &Lake, world: &World) -> Result<Verdict, VerifyError> {
    let pin = &proof.pin;
    let gone = |source| VerifyError::Gone { report: pin.report.clone(), periode: pin.periode.to_string(), source };
    let release = lake.release(pin.release).await.map_err(gone)?;
    let earlier = match pin.earlier {
        Some(nomor) => Some(lake.release(nomor).await.map_err(gone)?),
        None => None,
    };
    let then = project_of_then(project, pin, lake).await?;
    let planned = inspect::queries(&then).await.map_err(|problems| unlike(pin, problems))?;
    let failed = |source| VerifyError::Render { report: pin.report.clone(), program: pin.program.clone(), source };
    let press = Press::new(&then, &planned, &release, earlier.as_ref(), lake, world).await.map_err(failed)?;
    let drawing = press.draw(&pin.report, &pin.reader).await.map_err(failed)?;
    let document = match drawing.pin.document == pin.document {
        true => Compared::Same,
        false => Compared::Differs("the release gives other data now".into()),
    };
    let same_program = pin.program == VERSION;
    let parts = proof.parts.iter().map(|part| (part.clone(), compare(part, &drawing.rendered, same_program)));
    let parts = parts.collect();
    Ok(Verdict { document, parts, rebuilt: drawing.rendered, proof })
}

/// The project as it was, from the bytes kept beside the releases.
async fn project_of_then(project: &Project, pin: &Pin, lake: &Lake) -> Result<Project, VerifyError> {
    let gone = |source| VerifyError::Gone { report: pin.report.clone(), periode: pin.periode.to_string(), source };
    let list = lake.get_content(pin.files).await.map_err(gone)?;
    let list: BTreeMap<String, Digest> =
        serde_json::from_slice(&list).map_err(|_| VerifyError::Damaged { report: pin.report.clone() })?;
    let mut files = BTreeMap::new();
    for (path, digest) in list {
        files.insert(path, lake.get_content(digest).await.map_err(gone)?.to_vec());
    }
    let program = || pin.program.clone();
    let mut then = project.with_files(files).map_err(|source| VerifyError::Files { program: program(), source })?;
    then.settings.office = pin.office.clone();
    Ok(then)
}

fn unlike(pin: &Pin, problems: Vec<Problem>) -> VerifyError {
    VerifyError::Files { program: pin.program.clone(), source: ProjectError::Problems(problems) }
}

fn compare(part: &Part, rebuilt: &Rendered, same_program: bool) -> Compared {
    if part.part == "data" {
        // Said once, as the document.
        return Compared::Not("the data document, compared above");
    }
    if !same_program {
        return Compared::Not("another program version made it; only the data document is compared");
    }
    match bytes_of(rebuilt, &part.part, &part.name) {
        Some(bytes) if Digest::of(&bytes) == part.sha256 => Compared::Same,
        _ if part.part == "receipts" => Compared::Not("a receipt enclosed as it was, not made from the release"),
        Some(bytes) => Compared::Differs(format!("made again it has {} bytes, then {}", bytes.len(), part.bytes)),
        None => Compared::Differs("it is not made any more".into()),
    }
}

fn bytes_of(rendered: &Rendered, part: &str, name: &str) -> Option<Vec<u8>> {
    if part == "html" {
        return Some(rendered.html.clone().into_bytes());
    }
    let files = render::files(rendered).into_iter();
    files.filter(|(own, file, _)| *own == part && *file == name).map(|(_, _, bytes)| bytes).next()
}
