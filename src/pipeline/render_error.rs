//! Why a report was not rendered. Refuses to hold what it says.

use crate::lake::Error as LakeError;
use crate::pipeline::document::DocumentError;
use crate::pipeline::reader::ReaderError;
use crate::pipeline::render_worker::RenderFault;
use std::io;
use std::path::PathBuf;

/// Why a report was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There is no such report.
    #[error("no report `{name}` under report-templates\nhint: {hint}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        hint: String,
    },
    /// The tables of its release.
    #[error(transparent)]
    Opened(#[from] ReaderError),
    /// Its data.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The drawing of it.
    #[error("cannot render report `{name}`: {source}")]
    Draw {
        /// The report.
        name: String,
        /// Why.
        source: RenderFault,
    },
    /// What it was made from cannot be kept.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A file it encloses.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its files.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
