//! Recognising, unpacking and reading delivered files in worker processes. Refuses to parse a delivered byte in this process.

use crate::ingest::source::Member;
use crate::model::contract::Contract;
use crate::model::delivery::{Delivery, Found, Receipt, Recognised};
use crate::model::frame::{Frame, Open, WorkerLimits};
use crate::model::limits::Limits;
use crate::pipeline::world::World;
use crate::worker::{Error as WorkerError, Pool, table};
use arrow::array::RecordBatch;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Kind of the workers that read files.
pub const KIND: &str = "ingest";
/// Hidden command that starts a worker.
pub const COMMAND: &str = "worker";

/// Address space that a worker with one thread needs: the program is mapped into it.
const WORKER_BYTES: u64 = 512 << 20;
/// Address space of a further thread; the allocator reserves much more than it uses.
const THREAD_BYTES: u64 = 256 << 20;

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Rule code.
    pub code: String,
    /// Why, for the sender.
    pub pesan: String,
}

/// The bytes of a delivered file, as a worker gets them.
#[derive(Debug, Clone)]
pub enum Bytes {
    /// Through the pipe.
    Here(Arc<Vec<u8>>),
    /// From where they lie; the path begins at the root.
    There(PathBuf),
}

impl Bytes {
    fn frame(&self) -> Frame {
        let name = "file".to_string();
        match self {
            Bytes::Here(bytes) => Frame::Bytes { name, bytes: bytes.to_vec() },
            Bytes::There(path) => Frame::File { name, path: path.clone() },
        }
    }
}

/// A failure that is not the file's.
#[derive(Debug, thiserror::Error)]
pub enum FileWorkerError {
    /// The worker could not be started or spoken to.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// A message could not be written or understood.
    #[error("cannot speak with the reader of `{file}`: {source}")]
    Message {
        /// Name as delivered.
        file: String,
        /// Why.
        source: serde_json::Error,
    },
    /// A rule of the engine was broken while reading; nothing of the file is loaded.
    #[error("reading `{file}` broke a rule of the engine: {what}")]
    Broken {
        /// Name as delivered.
        file: String,
        /// Which rule.
        what: String,
    },
}

/// Begins the name of delivered rows that come along with the reading; the place of their table follows.
pub const DELIVERED: &str = "delivered ";

/// Rows that a reader sends: `accepted`, `tolakan`, `nulled`, `perbaikan`, `temuan` or [`DELIVERED`]; delivered rows that were asked for
/// by the place of their table.
pub type OnRows<'a> = dyn FnMut(&str, Vec<RecordBatch>) -> Result<(), FileWorkerError> + 'a;

/// The workers of one pass.
pub struct FileWorkers {
    pool: Pool,
    contracts: Arc<Vec<u8>>,
    limits: Limits,
    threads: usize,
}

impl FileWorkers {
    /// Workers that know `contracts`; none is started yet.
    pub fn new(contracts: &[Contract], limits: &Limits, world: &World) -> Result<Self, serde_json::Error> {
        let worker_limits = WorkerLimits {
            memory_bytes: limits.worker_memory_bytes_max,
            cpu_seconds: limits.file_seconds_max,
            file_bytes: 0,
        };
        let open = Open { kind: KIND.into(), limits: worker_limits, principal: None, release: None };
        let pool = Pool::new(world.program.clone(), &[COMMAND], open, world.threads);
        Ok(Self {
            pool,
            contracts: Arc::new(serde_json::to_vec(contracts)?),
            limits: limits.clone(),
            threads: threads(limits, world),
        })
    }

    /// What the file is.
    pub fn recognise(&self, file: &Bytes, delivery: &Delivery) -> Result<Recognised, FileWorkerError> {
        let frames = || {
            vec![
                Frame::Bytes { name: "contracts".into(), bytes: self.contracts.to_vec() },
                file.frame(),
                self.run("recognise", json!({ "delivery": delivery })),
            ]
        };
        let answer = self.call(&delivery.nama_asal, &frames, &mut |_, _| Ok(()))?;
        match answer {
            Ok(value) => serde_json::from_value(value).map_err(|source| message(delivery, source)),
            Err(Refusal { code, pesan }) => Ok(Recognised::Refused { code, pesan }),
        }
    }

    /// The members of a bundle.
    pub fn unpack(&self, file: &Bytes, delivery: &Delivery) -> Result<Result<Vec<Member>, Refusal>, FileWorkerError> {
        let mut members = Vec::new();
        let frames = || vec![file.frame(), self.run("unpack", json!(null))];
        let answer = self.exchange(&delivery.nama_asal, &frames, &mut |frame| {
            if let Frame::Bytes { name, bytes } = frame {
                members.push(Member { name, bytes });
            }
            Ok(())
        })?;
        Ok(answer.map(|_| members))
    }

    /// Reads one dataset of a file (all its sheets) into canonical rows and their log.
    pub fn read(
        &self,
        file: &Bytes,
        delivery: &Delivery,
        found: &[Found],
        contract: &Contract,
        lookups: &BTreeMap<String, RecordBatch>,
        on_rows: &mut OnRows<'_>,
    ) -> Result<Result<Vec<Receipt>, Refusal>, FileWorkerError> {
        let contract = serde_json::to_vec(contract).map_err(|source| message(delivery, source))?;
        let mut tables = Vec::new();
        for (name, batch) in lookups {
            tables.push(table::to_frame(name, &batch.schema(), std::slice::from_ref(batch))?);
        }
        let frames = || {
            let mut frames = tables.clone();
            frames.push(Frame::Bytes { name: "contract".into(), bytes: contract.clone() });
            frames.push(file.frame());
            frames.push(self.run("read", json!({ "delivery": delivery, "found": found, "threads": self.threads })));
            frames
        };
        let answer = self.call(&delivery.nama_asal, &frames, on_rows)?;
        match answer {
            Ok(value) => serde_json::from_value(value).map(Ok).map_err(|source| message(delivery, source)),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Rows of tables as delivered, by their numbers (`wanted`, one set a table); handed out under the place of their table.
    pub fn rows(
        &self,
        file: &Bytes,
        delivery: &Delivery,
        found: &[Found],
        wanted: &[BTreeSet<u32>],
        on_rows: &mut OnRows<'_>,
    ) -> Result<Result<(), Refusal>, FileWorkerError> {
        let frames = || {
            let arguments = json!({ "delivery": delivery, "found": found, "wanted": wanted });
            vec![file.frame(), self.run("rows", arguments)]
        };
        Ok(self.call(&delivery.nama_asal, &frames, on_rows)?.map(|_| ()))
    }

    fn run(&self, verb: &str, mut arguments: serde_json::Value) -> Frame {
        if let Some(object) = arguments.as_object_mut() {
            object.insert("limits".into(), json!(self.limits));
        } else {
            arguments = json!({ "limits": self.limits });
        }
        Frame::Run { verb: verb.into(), arguments }
    }

    fn call(
        &self,
        file: &str,
        frames: &dyn Fn() -> Vec<Frame>,
        on_rows: &mut OnRows<'_>,
    ) -> Result<Result<serde_json::Value, Refusal>, FileWorkerError> {
        self.exchange(file, frames, &mut |frame| {
            if let Frame::Table { name, ipc } = frame {
                let (_, batches) = table::from_ipc(&name, &ipc)?;
                on_rows(&name, batches)?;
            }
            Ok(())
        })
    }

    /// One call. A worker that was stopped by a limit, or crashed, is BRK-15: the file is refused and the pass goes on.
    fn exchange(
        &self,
        file: &str,
        frames: &dyn Fn() -> Vec<Frame>,
        on_frame: &mut dyn FnMut(Frame) -> Result<(), FileWorkerError>,
    ) -> Result<Result<serde_json::Value, Refusal>, FileWorkerError> {
        let deadline = Duration::from_secs(self.limits.file_seconds_max);
        let mut heard = false;
        let answer = self.pool.call(frames(), deadline, &mut |frame| {
            heard = true;
            on_frame(frame)
        });
        // A limit met by a worker that served others first may not be this file's fault: a fresh process tells, unless rows of
        // the file are on their way already.
        let answer = match answer {
            Err(FileWorkerError::Worker(WorkerError::Stopped { served, .. })) if served > 0 && !heard => {
                self.pool.call_fresh(frames(), deadline, on_frame)
            }
            answer => answer,
        };
        match answer {
            Ok(value) => Ok(Ok(value)),
            Err(FileWorkerError::Worker(WorkerError::Refused { code, text })) if code.starts_with("BRK-") => {
                Ok(Err(Refusal { code, pesan: text }))
            }
            Err(FileWorkerError::Worker(WorkerError::Refused { text, .. })) => {
                Err(FileWorkerError::Broken { file: file.into(), what: text })
            }
            Err(FileWorkerError::Worker(WorkerError::Stopped { by, .. })) => {
                tracing::warn!(file, %by, "the reader was stopped");
                let pesan = "Pembaca berkas dihentikan oleh batas keamanan atau gagal; simpan ulang berkas dari aplikasi \
                             asal dan kirim kembali";
                Ok(Err(Refusal { code: "BRK-15".into(), pesan: pesan.into() }))
            }
            Err(other) => Err(other),
        }
    }
}

/// Threads inside a worker. Each reserves address space of its own, so that one with little of it does its work alone.
fn threads(limits: &Limits, world: &World) -> usize {
    let spare = limits.worker_memory_bytes_max.saturating_sub(WORKER_BYTES);
    world.threads.min(usize::try_from(spare / THREAD_BYTES).unwrap_or(usize::MAX)).max(1)
}

fn message(delivery: &Delivery, source: serde_json::Error) -> FileWorkerError {
    FileWorkerError::Message { file: delivery.nama_asal.clone(), source }
}
