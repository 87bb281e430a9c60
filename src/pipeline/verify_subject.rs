//! What a person asks the proof of: a message by its number, or a file that was written or sent. Refuses to take a file for another
//! because it has its name.

use crate::lake::Lake;
use crate::mail::read;
use crate::model::digest::Digest;
use crate::model::proof::{Part, Proof};
use crate::pipeline::difference::difference;
use crate::pipeline::project::Project;
use crate::pipeline::verify::{Verdict, VerifyError, verify};
use crate::pipeline::world::World;
use crate::state::{Error as StateError, State};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why nothing can be proved.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}\nhint: name a file, or the number of a message of `talenta outbox list`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No report held it.
    #[error("no report that was written or sent holds `{}` (sha256 {sha256}), nor a file of its name", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// Its digest.
        sha256: Digest,
    },
    /// The message is no report.
    #[error("message {id} has no proof: it carries no report")]
    NoProof {
        /// The message.
        id: i64,
    },
    /// The ledger said no.
    #[error(transparent)]
    State(#[from] StateError),
    /// The report cannot be made again.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

/// What was found of the thing asked for.
pub struct Finding {
    /// The report made again.
    pub verdict: Verdict,
    /// What the thing is.
    pub what: String,
    /// Where it differs from what left, part by part; nothing where it does not.
    pub differs: Vec<String>,
}

impl Finding {
    /// Whether the thing is what left, and what left can be made again.
    pub fn holds(&self) -> bool {
        self.differs.is_empty() && self.verdict.holds()
    }
}

/// The ledger, the lake and what a comparison needs.
pub struct Archive<'a> {
    /// The project.
    pub project: &'a Project,
    /// The ledger.
    pub state: &'a State,
    /// The lake.
    pub lake: &'a Lake,
    /// The surroundings.
    pub world: &'a World,
}

impl Archive<'_> {
    /// Proves a message of the outbox.
    pub async fn message(&self, id: i64) -> Result<Finding, SubjectError> {
        let message = self.state.outbox_message(id)?;
        let proof = self.state.proof_of_message(message.sha256)?.ok_or(SubjectError::NoProof { id })?;
        let mime = self.state.outbox_mime(id)?;
        let differs = strangers(&mime, &proof);
        Ok(Finding { verdict: self.again(proof).await?, what: format!("message {id} to {}", message.address), differs })
    }

    /// Proves a file: a message, or a file of a report.
    pub async fn file(&self, path: &Path) -> Result<Finding, SubjectError> {
        let bytes = fs::read(path).map_err(|source| SubjectError::Read { path: path.to_path_buf(), source })?;
        let sha256 = Digest::of(&bytes);
        if let Some(id) = self.state.message_of_digest(sha256)? {
            return self.message(id).await;
        }
        if let Some(proof) = self.state.proofs_holding(sha256)?.into_iter().next() {
            let part = proof.parts.iter().find(|it| it.sha256 == sha256).map(named).unwrap_or_default();
            let what = format!("{part} of report {}", proof.pin.report);
            return Ok(Finding { verdict: self.again(proof).await?, what, differs: Vec::new() });
        }
        if let Some(id) =
            read::message_id(&bytes).and_then(|it| self.state.message_of_id(&it).transpose()).transpose()?
        {
            let mut finding = self.message(id).await?;
            finding.differs.extend(unlike(&bytes, &self.state.outbox_mime(id)?));
            finding.what = format!("the message {id}, changed");
            return Ok(finding);
        }
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let size = bytes.len() as u64;
        // Readers of one report get files of one name: the nearest in size is most likely the one that was changed.
        let near = |proof: Proof| {
            let part = proof.parts.iter().find(|it| it.name == name).cloned()?;
            Some((part.bytes.abs_diff(size), part, proof))
        };
        let candidates = self.state.proofs_naming(&name)?.into_iter().filter_map(near);
        let Some((_, part, proof)) = candidates.min_by_key(|(distance, _, _)| *distance) else {
            return Err(SubjectError::Unknown { path: path.to_path_buf(), sha256 });
        };
        let what = format!("by its name {} of report {}, but changed", named(&part), proof.pin.report);
        let verdict = self.again(proof).await?;
        let rebuilt = verdict.bytes(&part.part, &part.name).filter(|it| Digest::of(it) == part.sha256);
        let place = rebuilt.map_or_else(|| "its bytes are not those that left".into(), |own| difference(&own, &bytes));
        Ok(Finding { verdict, what, differs: vec![format!("{}: {place}", named(&part))] })
    }

    async fn again(&self, proof: Proof) -> Result<Verdict, VerifyError> {
        verify(self.project, proof, self.lake, self.world).await
    }
}

/// A part as people call it.
fn named(part: &Part) -> String {
    if part.name.is_empty() { part.part.clone() } else { format!("{} `{}`", part.part, part.name) }
}

/// Files of a message that its proof does not know. A body may be shorter than the report's: too large a message says less.
fn strangers(mime: &[u8], proof: &Proof) -> Vec<String> {
    let known = |digest: Digest| proof.parts.iter().any(|it| it.sha256 == digest);
    let files = read::pieces(mime).into_iter().filter(|it| !it.name.is_empty() && !known(Digest::of(&it.bytes)));
    files.map(|it| format!("`{}` is not a file of the report", it.name)).collect()
}

/// Where a message differs from the one that is stored.
fn unlike(changed: &[u8], stored: &[u8]) -> Vec<String> {
    let (changed, stored) = (read::pieces(changed), read::pieces(stored));
    let name = |piece: &read::Piece| if piece.name.is_empty() { piece.media_type.clone() } else { piece.name.clone() };
    let mut told = Vec::new();
    for own in &stored {
        match changed.iter().find(|it| name(it) == name(own)) {
            None => told.push(format!("{} is gone", name(own))),
            Some(other) if other.bytes != own.bytes => {
                told.push(format!("{}: {}", name(own), difference(&own.bytes, &other.bytes)));
            }
            Some(_) => {}
        }
    }
    let added = changed.iter().filter(|it| stored.iter().all(|own| name(own) != name(it)));
    told.extend(added.map(|it| format!("{} was added", name(it))));
    if told.is_empty() {
        told.push("its headers or its line ends; every body and file is as it left".into());
    }
    told
}
