//! A process on a short lead: spawned with an empty environment, limited, spoken to in frames, killed at its deadline.
//! Refuses to know what a file or a query is, and to believe a worker that ended without `done`.

pub mod confine;
pub mod pool;
pub mod process;
pub mod serve;
pub mod table;
pub mod wire;

pub use confine::{confine, keep_to_oneself, leave_with_parent};
pub use pool::Pool;
pub use process::{Stopper, Worker};
pub use serve::{Failure, Reply, Request, read_open, serve};

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a call to a worker has no answer, or a worker cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The worker refused the call and is ready for the next one.
    #[error("{text} ({code})")]
    Refused {
        /// Which refusal, as the worker names it.
        code: String,
        /// Why, without cell values.
        text: String,
    },
    /// The worker ended, or was ended, before it said `done`.
    #[error("the worker process {by} before it had answered")]
    Stopped {
        /// What ended it.
        by: By,
        /// How many calls it had answered before. A limit met by a worker that served others first may not be this call's
        /// fault: a fresh process tells.
        served: u64,
    },
    /// Every worker was busy for as long as the caller was ready to wait.
    #[error("all {size} worker processes were busy for {seconds} seconds; try again later or allow more of them")]
    Busy {
        /// How many there may be.
        size: usize,
        /// How long the caller waited.
        seconds: u64,
    },
    /// The program of the worker could not be started.
    #[error("cannot start the worker process `{program}`: {source}")]
    Spawn {
        /// Which program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The worker sent, or was sent, what is no frame.
    #[error(transparent)]
    Wire(#[from] wire::Error),
    /// A table in a frame cannot be written or read.
    #[error("the table `{name}` between process and worker is damaged: {source}")]
    Table {
        /// Name of the table.
        name: String,
        /// What Arrow said.
        source: arrow::error::ArrowError,
    },
    /// The worker cannot bind itself to its limits, and so does not start.
    #[error("cannot limit {what} of the worker process: {source}")]
    Limit {
        /// Which limit.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// What ended a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The deadline of the call.
    Deadline,
    /// Someone in this process who no longer wants the answer.
    Request,
    /// It asked for more memory than it may have.
    Memory,
    /// It used more processor time than it may.
    Cpu,
    /// It wrote a larger file than it may.
    FileSize,
    /// Its stack overflowed.
    Stack,
    /// A panic.
    Panic,
    /// Another signal, by number.
    Signal(i32),
    /// It left by itself, with this exit code.
    Exit(i32),
    /// It closed its side of the pipe and stayed.
    Silence,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Deadline => write!(f, "was stopped at its deadline"),
            By::Request => write!(f, "was stopped on request"),
            By::Memory => write!(f, "ran out of the memory it may use"),
            By::Cpu => write!(f, "used up the processor time it may use"),
            By::FileSize => write!(f, "wrote a larger file than it may"),
            By::Stack => write!(f, "overflowed its stack"),
            By::Panic => write!(f, "panicked"),
            By::Signal(number) => write!(f, "was ended by signal {number}"),
            By::Exit(code) => write!(f, "ended with exit code {code}"),
            By::Silence => write!(f, "closed its pipe"),
        }
    }
}
