//! Frames as bytes: one tag, the length in eight bytes, the payload. Refuses a frame that is torn, too large, or not one of ours.

use crate::model::frame::{Frame, Open};
use serde::Deserialize;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Largest payload of a frame that holds words, not data.
pub const WORDS_BYTES_MAX: u64 = 64 << 20;
/// What is reserved at once for a payload; more is taken as it arrives, so that a length alone costs no memory.
const RESERVE_BYTES: u64 = 64 << 20;

/// Why bytes on the pipe are no frame.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The pipe ended inside a frame.
    #[error("the pipe ended inside a `{kind}` frame")]
    Torn {
        /// Which kind of frame, `header` if not even that was complete.
        kind: &'static str,
    },
    /// The frame says it is larger than the reader takes.
    #[error("a `{kind}` frame of {bytes} bytes is over the limit of {max}")]
    TooLarge {
        /// Which kind of frame.
        kind: &'static str,
        /// What it says it has.
        bytes: u64,
        /// What the reader takes.
        max: u64,
    },
    /// The tag is not one of ours: the other side is another program or another version.
    #[error("a frame of unknown kind {tag}: the other end of the pipe is not this program")]
    Unknown {
        /// The tag.
        tag: u8,
    },
    /// The payload is not what its kind holds.
    #[error("a `{kind}` frame does not hold what it must")]
    Malformed {
        /// Which kind of frame.
        kind: &'static str,
    },
    /// A frame that has no place here.
    #[error("a `{kind}` frame where none may come")]
    Misplaced {
        /// Which kind of frame.
        kind: &'static str,
    },
    /// The system could not read or write.
    #[error("the pipe failed: {0}")]
    Pipe(#[source] io::Error),
}

#[derive(Deserialize)]
struct RunWords {
    verb: String,
    arguments: Value,
}

#[derive(Deserialize)]
struct ErrorWords {
    code: String,
    text: String,
}

/// Tags on the wire. A number is never used again for something else.
mod tag {
    pub(super) const OPEN: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const TABLE: u8 = 3;
    pub(super) const RUN: u8 = 4;
    pub(super) const DONE: u8 = 5;
    pub(super) const ERROR: u8 = 6;
    pub(super) const CANCEL: u8 = 7;
    pub(super) const FILE: u8 = 8;

    /// Name of the kind of frame, none if it is not one of ours.
    pub(super) fn kind(tag: u8) -> Option<&'static str> {
        let kinds = ["open", "bytes", "table", "run", "done", "error", "cancel", "file"];
        kinds.get(usize::from(tag.checked_sub(1)?)).copied()
    }
}

/// Writes one frame and flushes it.
///
/// # Errors
/// [`Error::Pipe`] when the other side is gone or the pipe fails.
pub fn write(output: &mut dyn Write, frame: &Frame) -> Result<(), Error> {
    write_frame(output, frame).and_then(|()| output.flush()).map_err(Error::Pipe)
}

fn write_frame(output: &mut dyn Write, frame: &Frame) -> io::Result<()> {
    match frame {
        Frame::Bytes { name, bytes } => named(output, tag::BYTES, name, bytes),
        Frame::Table { name, ipc } => named(output, tag::TABLE, name, ipc),
        Frame::File { name, path } => named(output, tag::FILE, name, path.as_os_str().as_bytes()),
        Frame::Open(open) => plain(output, tag::OPEN, &serde_json::to_vec(open)?),
        Frame::Run { verb, arguments } => {
            plain(output, tag::RUN, &serde_json::to_vec(&json!({ "verb": verb, "arguments": arguments }))?)
        }
        Frame::Done(value) => plain(output, tag::DONE, &serde_json::to_vec(value)?),
        Frame::Error { code, text } => {
            plain(output, tag::ERROR, &serde_json::to_vec(&json!({ "code": code, "text": text }))?)
        }
        Frame::Cancel => plain(output, tag::CANCEL, &[]),
    }
}

/// Reads one frame with a payload of at most `max` bytes; nothing where the pipe ended between frames.
///
/// # Errors
/// Every [`Error`] but `Misplaced`. After one the pipe is out of step and of no further use.
pub fn read(input: &mut dyn Read, max: u64) -> Result<Option<Frame>, Error> {
    let mut header = [0u8; 9];
    match fill(input, &mut header)? {
        0 => return Ok(None),
        9 => {}
        _ => return Err(Error::Torn { kind: "header" }),
    }
    let [tag, length @ ..] = header;
    let bytes = u64::from_le_bytes(length);
    let kind = tag::kind(tag).ok_or(Error::Unknown { tag })?;
    let is_named = matches!(tag, tag::BYTES | tag::TABLE | tag::FILE);
    let max = if is_named && tag != tag::FILE { max } else { max.min(WORDS_BYTES_MAX) };
    if bytes > max {
        return Err(Error::TooLarge { kind, bytes, max });
    }
    let malformed = || Error::Malformed { kind };
    if is_named {
        let mut length = [0u8; 4];
        let name_bytes = bytes.checked_sub(4).ok_or_else(malformed)?;
        if fill(input, &mut length)? < 4 {
            return Err(Error::Torn { kind });
        }
        let name_length = u64::from(u32::from_le_bytes(length));
        let rest = name_bytes.checked_sub(name_length).ok_or_else(malformed)?;
        let name = String::from_utf8(payload(input, name_length, kind)?).map_err(|_| malformed())?;
        let bytes = payload(input, rest, kind)?;
        return Ok(Some(match tag {
            tag::TABLE => Frame::Table { name, ipc: bytes },
            tag::FILE => Frame::File { name, path: OsString::from_vec(bytes).into() },
            _ => Frame::Bytes { name, bytes },
        }));
    }
    words(tag, &payload(input, bytes, kind)?).ok_or_else(malformed).map(Some)
}

/// The frame of a tag whose payload is JSON.
fn words(tag: u8, payload: &[u8]) -> Option<Frame> {
    match tag {
        tag::OPEN => serde_json::from_slice::<Open>(payload).ok().map(Frame::Open),
        tag::RUN => serde_json::from_slice::<RunWords>(payload)
            .ok()
            .map(|it| Frame::Run { verb: it.verb, arguments: it.arguments }),
        tag::DONE => serde_json::from_slice(payload).ok().map(Frame::Done),
        tag::ERROR => {
            serde_json::from_slice::<ErrorWords>(payload).ok().map(|it| Frame::Error { code: it.code, text: it.text })
        }
        tag::CANCEL => payload.is_empty().then_some(Frame::Cancel),
        _ => None,
    }
}

/// Reads until `buffer` is full or the pipe ends; returns how much came.
fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, Error> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Pipe(error)),
        }
    }
    Ok(filled)
}

/// Reads exactly `length` bytes.
fn payload(input: &mut dyn Read, length: u64, kind: &'static str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(RESERVE_BYTES)).unwrap_or(0));
    input.take(length).read_to_end(&mut bytes).map_err(Error::Pipe)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(Error::Torn { kind }) }
}

/// Writes a frame without a name.
fn plain(output: &mut dyn Write, tag: u8, payload: &[u8]) -> io::Result<()> {
    output.write_all(&header(tag, payload.len() as u64))?;
    output.write_all(payload)
}

/// Writes a frame of data under a name.
fn named(output: &mut dyn Write, tag: u8, name: &str, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(name.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    output.write_all(&header(tag, 4 + u64::from(length) + payload.len() as u64))?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(name.as_bytes())?;
    output.write_all(payload)
}

/// Tag and length.
fn header(tag: u8, length: u64) -> [u8; 9] {
    let mut header = [tag; 9];
    header[1..].copy_from_slice(&length.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::frame::WorkerLimits;
    use proptest::prelude::*;

    fn frames() -> Vec<Frame> {
        let limits = WorkerLimits { memory_bytes: 1 << 30, cpu_seconds: 10, file_bytes: 0 };
        vec![
            Frame::Open(Open { kind: "ingest".into(), limits, principal: Some("budi".into()), release: Some(7) }),
            Frame::Bytes { name: "berkas.csv".into(), bytes: vec![0, 255, 10, 13] },
            Frame::Bytes { name: String::new(), bytes: vec![] },
            Frame::Table { name: "asn".into(), ipc: vec![1; 100] },
            Frame::File { name: "file".into(), path: "/lake/raw/é".into() },
            Frame::Run { verb: "read".into(), arguments: json!({ "baris": 3, "nama": "é" }) },
            Frame::Done(json!([1, null, "x"])),
            Frame::Error { code: "BRK-10".into(), text: "not this one".into() },
            Frame::Cancel,
        ]
    }

    #[test]
    fn what_is_written_is_read_back_and_the_end_between_frames_is_an_end() {
        let mut pipe = Vec::new();
        frames().iter().for_each(|frame| write(&mut pipe, frame).unwrap());
        let mut input = pipe.as_slice();
        for frame in frames() {
            assert_eq!(read(&mut input, 1 << 20).unwrap(), Some(frame));
        }
        assert_eq!(read(&mut input, 1 << 20).unwrap(), None);
    }

    #[test]
    fn a_frame_cut_anywhere_is_torn() {
        for frame in frames() {
            let mut pipe = Vec::new();
            write(&mut pipe, &frame).unwrap();
            for cut in 1..pipe.len() {
                let error = read(&mut &pipe[..cut], 1 << 20).expect_err("cut frames are no frames");
                assert!(matches!(error, Error::Torn { .. }), "{frame:?} cut at {cut}: {error}");
            }
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_anything_is_reserved() {
        let mut pipe = header(tag::BYTES, u64::MAX).to_vec();
        assert!(matches!(read(&mut pipe.as_slice(), 1 << 40), Err(Error::TooLarge { .. })));
        pipe = header(tag::DONE, WORDS_BYTES_MAX + 1).to_vec();
        assert!(matches!(read(&mut pipe.as_slice(), u64::MAX), Err(Error::TooLarge { kind: "done", .. })));
        pipe = header(tag::BYTES, 2).to_vec();
        pipe.extend([0; 2]);
        assert!(matches!(read(&mut pipe.as_slice(), 99), Err(Error::Malformed { .. })));
    }

    #[test]
    fn other_programs_are_recognised() {
        assert!(matches!(read(&mut b"hello, world".as_slice(), 99), Err(Error::Unknown { tag: b'h' })));
        assert!(matches!(read(&mut [0u8; 9].as_slice(), 99), Err(Error::Unknown { tag: 0 })));
        let mut pipe = Vec::new();
        plain(&mut pipe, tag::RUN, b"{}").unwrap();
        assert!(matches!(read(&mut pipe.as_slice(), 99), Err(Error::Malformed { kind: "run" })));
    }

    proptest! {
        #[test]
        fn no_bytes_panic_or_take_more_than_the_limit(bytes in proptest::collection::vec(any::<u8>(), 0..200), tag in 0u8..10) {
            let mut framed = header(tag, bytes.len() as u64).to_vec();
            framed.extend(&bytes);
            let _ = read(&mut framed.as_slice(), 150);
            let _ = read(&mut bytes.as_slice(), 150);
        }
    }
}
