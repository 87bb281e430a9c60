//! The inside of a worker process: which verbs each kind serves. Refuses everything before it is confined.

use crate::ingest;
use crate::ingest::ToRead;
use crate::ingest::source;
use crate::ingest::source::{ReadAt, Shelf};
use crate::model::contract::Contract;
use crate::model::delivery::{Delivery, Found};
use crate::model::frame::Frame;
use crate::model::limits::Limits;
use crate::pipeline::file_workers::{self, DELIVERED};
use crate::pipeline::query_worker;
use crate::pipeline::render_worker;
use crate::worker::{
    Error as WorkerError, Failure, Reply, Request, confine, leave_with_parent, read_open, serve, table,
};
use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;

/// Serves calls on `input` and `output` until the pipe closes.
pub fn run(input: &mut dyn Read, output: &mut dyn Write) -> Result<(), WorkerError> {
    let open = read_open(input)?;
    // Before the limits: the thread needs a little memory of its own.
    leave_with_parent();
    confine(&open.limits)?;
    let (mut kept, mut press) = (Kept::default(), render_worker::Kept::default());
    serve(input, output, &open, &mut |request, reply| match request.kind.as_str() {
        file_workers::KIND => ingest_verb(request, reply, &mut kept),
        query_worker::KIND => query_worker::serve_verb(request, reply),
        render_worker::KIND => render_worker::serve_verb(request, reply, &mut press),
        other => Err(failure("KIND", &format!("no worker of kind `{other}`"))),
    })
}

/// What a worker keeps from one call to the next.
#[derive(Default)]
struct Kept {
    contracts: Contracts,
    shelf: Shelf,
}

/// Contracts last sent, so that the same bytes are parsed once and not for every file.
#[derive(Default)]
struct Contracts {
    bytes: Vec<u8>,
    parsed: Vec<Contract>,
}

impl Contracts {
    fn of(&mut self, bytes: &[u8]) -> Result<&[Contract], Failure> {
        if self.bytes != bytes || bytes.is_empty() {
            self.parsed = parse(bytes)?;
            self.bytes = bytes.to_vec();
        }
        Ok(&self.parsed)
    }
}

#[derive(Deserialize)]
struct Arguments {
    limits: Limits,
    delivery: Option<Delivery>,
    #[serde(default)]
    threads: usize,
    #[serde(default)]
    found: Vec<Found>,
    #[serde(default)]
    wanted: Vec<BTreeSet<u32>>,
}

fn ingest_verb(request: Request, reply: &mut Reply<'_>, kept: &mut Kept) -> Result<Value, Failure> {
    let arguments: Arguments =
        serde_json::from_value(request.arguments).map_err(|error| failure("CALL", &error.to_string()))?;
    let given = given(&request.frames)?;
    let file: &dyn ReadAt = match &given {
        Given::Here(bytes) => bytes,
        Given::There(file) => file,
    };
    match (request.verb.as_str(), arguments.delivery) {
        ("recognise", Some(delivery)) => {
            let contracts = kept.contracts.of(bytes(&request.frames, "contracts")?)?;
            let recognised = ingest::recognise(file, &delivery, contracts, &arguments.limits, &mut kept.shelf);
            to_json(&recognised)
        }
        ("unpack", _) => {
            let bytes = at_once(file).map_err(|error| failure("FILE", &error.to_string()))?;
            let members = source::unpack(&bytes, &arguments.limits).map_err(|it| failure(it.code, &it.pesan))?;
            for member in members {
                reply.send(&Frame::Bytes { name: member.name, bytes: member.bytes });
            }
            Ok(json!(null))
        }
        ("read", Some(delivery)) => {
            let contract: Contract = parse(bytes(&request.frames, "contract")?)?;
            let lookups = lookups(&request.frames)?;
            let to_read = ToRead {
                file,
                delivery: &delivery,
                found: &arguments.found,
                contract: &contract,
                lookups: &lookups,
                limits: &arguments.limits,
                threads: arguments.threads,
            };
            read(&to_read, &mut kept.shelf, reply)
        }
        ("rows", Some(delivery)) => {
            for (place, (found, wanted)) in arguments.found.iter().zip(&arguments.wanted).enumerate() {
                let rows = ingest::delivered(file, &delivery, found, wanted, &arguments.limits, &mut kept.shelf);
                for batch in rows.map_err(|it| failure(it.code, &it.pesan))? {
                    let frame = table::to_frame(&place.to_string(), &batch.schema(), &[batch]);
                    reply.send(&frame.map_err(|error| failure("CALL", &error.to_string()))?);
                }
            }
            Ok(json!(null))
        }
        (verb, _) => Err(failure("CALL", &format!("no call `{verb}`"))),
    }
}

fn read(to_read: &ToRead<'_>, shelf: &mut Shelf, reply: &mut Reply<'_>) -> Result<Value, Failure> {
    let mut torn = None;
    let answer = ingest::read(to_read, shelf, &mut |output| {
        let (name, batch) = match output {
            ingest::Output::Accepted(batch) => ("accepted".to_string(), batch),
            ingest::Output::Tolakan(batch) => ("tolakan".to_string(), batch),
            ingest::Output::Nulled(batch) => ("nulled".to_string(), batch),
            ingest::Output::Perbaikan(batch) => ("perbaikan".to_string(), batch),
            ingest::Output::Temuan(batch) => ("temuan".to_string(), batch),
            ingest::Output::Delivered(table, batch) => (format!("{DELIVERED}{table}"), batch),
        };
        match table::to_frame(&name, &batch.schema(), &[batch]) {
            Ok(frame) => reply.send(&frame),
            Err(error) => torn = Some(error.to_string()),
        }
        if torn.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if let Some(torn) = torn {
        return Err(failure("CALL", &torn));
    }
    match answer {
        Ok(receipts) => to_json(&receipts),
        Err(refused) => Err(failure(refused.code, &refused.pesan)),
    }
}

/// The file of a call: its bytes, or where they lie.
enum Given<'a> {
    Here(&'a [u8]),
    There(OpenFile),
}

/// A file that was opened to be read.
struct OpenFile {
    file: File,
    size: u64,
}

impl ReadAt for OpenFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        FileExt::read_at(&self.file, into, at)
    }
}

fn given(frames: &[Frame]) -> Result<Given<'_>, Failure> {
    let path = frames.iter().find_map(|frame| match frame {
        Frame::File { name, path } if name == "file" => Some(path),
        _ => None,
    });
    let Some(path) = path else { return bytes(frames, "file").map(Given::Here) };
    let opened = File::open(path).and_then(|file| file.metadata().map(|meta| OpenFile { size: meta.len(), file }));
    opened.map(Given::There).map_err(|error| failure("FILE", &format!("cannot open the file: {error}")))
}

/// All bytes of a file.
fn at_once(file: &dyn ReadAt) -> io::Result<Vec<u8>> {
    if let Some(bytes) = file.whole() {
        return Ok(bytes.to_vec());
    }
    let mut bytes = vec![0; usize::try_from(file.size()).unwrap_or(usize::MAX)];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(filled as u64, rest)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => filled += count,
        }
    }
    Ok(bytes)
}

fn bytes<'a>(frames: &'a [Frame], wanted: &str) -> Result<&'a [u8], Failure> {
    let found = frames.iter().find_map(|frame| match frame {
        Frame::Bytes { name, bytes } if name == wanted => Some(bytes.as_slice()),
        _ => None,
    });
    found.ok_or_else(|| failure("CALL", &format!("the call lacks `{wanted}`")))
}

fn lookups(frames: &[Frame]) -> Result<BTreeMap<String, RecordBatch>, Failure> {
    let mut found = BTreeMap::new();
    for frame in frames {
        if let Frame::Table { name, ipc } = frame {
            let wrong = |text: String| failure("CALL", &text);
            let (schema, batches) = table::from_ipc(name, ipc).map_err(|error| wrong(error.to_string()))?;
            let batch = concat_batches(&schema, &batches).map_err(|error| wrong(error.to_string()))?;
            found.insert(name.clone(), batch);
        }
    }
    Ok(found)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| failure("CALL", &error.to_string()))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| failure("CALL", &error.to_string()))
}

fn failure(code: &str, text: &str) -> Failure {
    Failure { code: code.into(), text: text.into() }
}
