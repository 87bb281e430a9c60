//! What travels over the pipe between a process and its worker. Refuses to know what a file or a query is: kinds and verbs are names.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// How much a worker process may take before the system stops it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerLimits {
    /// Address space in bytes; an allocation beyond it ends the process.
    pub memory_bytes: u64,
    /// Processor time for one call in seconds, all threads together.
    pub cpu_seconds: u64,
    /// Largest file it may write, in bytes.
    pub file_bytes: u64,
}

/// The first thing a worker is told: what it is, how far it may go, and for whom it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Which set of verbs it serves.
    pub kind: String,
    /// What it must not exceed; it binds itself to them before it reads on.
    pub limits: WorkerLimits,
    /// For whom it works; none where the work is nobody's in particular.
    pub principal: Option<String>,
    /// The release it reads; none where it reads no lake.
    pub release: Option<u64>,
}

/// One message. A call is any number of `Bytes`, `File` and `Table` and then one `Run`; its answer is any number of `Bytes` and `Table`
/// and then one `Done` or one `Error`. An answer that stops before either has failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// To the worker: what it is. Once, first.
    Open(Open),
    /// Either way: bytes under a name.
    Bytes {
        /// What the call knows them by.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// To the worker: a file under a name. It opens it to read and reads it where it lies, so that no byte of it passes through the pipe.
    File {
        /// What the call knows it by.
        name: String,
        /// Where it lies, from the root on.
        path: PathBuf,
    },
    /// Either way: rows under a name.
    Table {
        /// What the call knows them by.
        name: String,
        /// An Arrow IPC stream.
        ipc: Vec<u8>,
    },
    /// To the worker: do it, with all that came since the last call.
    Run {
        /// What to do.
        verb: String,
        /// How.
        arguments: Value,
    },
    /// From the worker: done, and this is what there is to say.
    Done(Value),
    /// From the worker: refused, and the worker is ready for the next call.
    Error {
        /// Which refusal, for programs.
        code: String,
        /// Why, for people; no cell values.
        text: String,
    },
    /// To the worker: forget all that came since the last call.
    Cancel,
}

impl Frame {
    /// Name of the kind of message, for errors.
    pub fn kind(&self) -> &'static str {
        match self {
            Frame::Open(_) => "open",
            Frame::Bytes { .. } => "bytes",
            Frame::File { .. } => "file",
            Frame::Table { .. } => "table",
            Frame::Run { .. } => "run",
            Frame::Done(_) => "done",
            Frame::Error { .. } => "error",
            Frame::Cancel => "cancel",
        }
    }
}
