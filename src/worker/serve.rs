//! The worker's side of the pipe: collect the frames of a call, do it, answer. Refuses to know what the verbs mean, and to go on
//! after bytes that are no frame.

use crate::model::frame::{Frame, Open};
use crate::worker::Error;
use crate::worker::confine::renew_cpu;
use crate::worker::wire;
use serde_json::Value;
use std::io::{Read, Write};

/// Largest `open` frame: it is read before any limit holds.
const OPEN_BYTES_MAX: u64 = 1 << 20;

/// A call as the worker sees it.
#[derive(Debug)]
pub struct Request {
    /// Which set of verbs the worker serves.
    pub kind: String,
    /// What to do.
    pub verb: String,
    /// How.
    pub arguments: Value,
    /// The `bytes`, `file` and `table` frames that came with the call, in order.
    pub frames: Vec<Frame>,
}

/// Why a call is refused. The worker stays fit for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which refusal, for programs.
    pub code: String,
    /// Why, for people; no cell values.
    pub text: String,
}

/// Where a handler sends what does not fit into the final JSON.
pub struct Reply<'a> {
    output: &'a mut dyn Write,
    failed: Option<wire::Error>,
}

impl Reply<'_> {
    /// Sends a `bytes` or `table` frame at once. After the first failure nothing more is sent and the loop ends.
    pub fn send(&mut self, frame: &Frame) {
        if self.failed.is_some() {
            return;
        }
        let sent = match frame {
            Frame::Bytes { .. } | Frame::Table { .. } => wire::write(self.output, frame),
            other => Err(wire::Error::Misplaced { kind: other.kind() }),
        };
        self.failed = sent.err();
    }
}

/// Reads the first frame, which must say what the worker is. The caller then binds itself with [`crate::worker::confine()`].
///
/// # Errors
/// [`Error::Wire`] where anything but an `open` frame comes.
pub fn read_open(input: &mut dyn Read) -> Result<Open, Error> {
    match wire::read(input, OPEN_BYTES_MAX)? {
        Some(Frame::Open(open)) => Ok(open),
        Some(other) => Err(wire::Error::Misplaced { kind: other.kind() }.into()),
        None => Err(wire::Error::Torn { kind: "open" }.into()),
    }
}

/// Serves calls until the pipe closes. A panic of the handler is not caught: the process ends, and the other side knows why.
///
/// # Errors
/// [`Error::Wire`] where the pipe holds what is no frame or fails; [`Error::Limit`] where processor time cannot be granted.
pub fn serve(
    input: &mut dyn Read,
    output: &mut dyn Write,
    open: &Open,
    handler: &mut dyn FnMut(Request, &mut Reply<'_>) -> Result<Value, Failure>,
) -> Result<(), Error> {
    let mut frames = Vec::new();
    while let Some(frame) = wire::read(input, open.limits.memory_bytes)? {
        match frame {
            Frame::Bytes { .. } | Frame::Table { .. } | Frame::File { .. } => frames.push(frame),
            Frame::Cancel => frames.clear(),
            Frame::Run { verb, arguments } => {
                renew_cpu(open.limits.cpu_seconds)?;
                let request = Request { kind: open.kind.clone(), verb, arguments, frames: std::mem::take(&mut frames) };
                let mut reply = Reply { output, failed: None };
                let answer = handler(request, &mut reply);
                if let Some(error) = reply.failed {
                    return Err(error.into());
                }
                wire::write(
                    output,
                    &match answer {
                        Ok(value) => Frame::Done(value),
                        Err(Failure { code, text }) => Frame::Error { code, text },
                    },
                )?;
            }
            Frame::Open(_) | Frame::Done(_) | Frame::Error { .. } => {
                return Err(wire::Error::Misplaced { kind: frame.kind() }.into());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::frame::WorkerLimits;
    use serde_json::json;

    fn open() -> Open {
        let limits = WorkerLimits { memory_bytes: 1 << 20, cpu_seconds: 100_000, file_bytes: 0 };
        Open { kind: "uji".into(), limits, principal: None, release: None }
    }

    fn bytes(name: &str) -> Frame {
        Frame::Bytes { name: name.into(), bytes: vec![7; 10] }
    }

    fn run(verb: &str) -> Frame {
        Frame::Run { verb: verb.into(), arguments: json!(null) }
    }

    /// Feeds `frames` to a loop that answers with the names it got.
    fn answers(frames: &[Frame]) -> (Vec<Frame>, Result<(), Error>) {
        let (mut input, mut output) = (Vec::new(), Vec::new());
        frames.iter().for_each(|frame| wire::write(&mut input, frame).unwrap());
        let ended = serve(&mut input.as_slice(), &mut output, &open(), &mut |request, reply| {
            request.frames.iter().for_each(|frame| reply.send(frame));
            match request.verb.as_str() {
                "refuse" => Err(Failure { code: "TIDAK".into(), text: "not today".into() }),
                verb => Ok(json!({ "kind": request.kind, "verb": verb, "frames": request.frames.len() })),
            }
        });
        let mut output = output.as_slice();
        let mut answered = Vec::new();
        while let Some(frame) = wire::read(&mut output, 1 << 20).unwrap() {
            answered.push(frame);
        }
        (answered, ended)
    }

    #[test]
    fn a_call_gets_its_own_frames_and_a_refusal_is_no_end() {
        let (answered, ended) =
            answers(&[bytes("a"), run("refuse"), bytes("b"), Frame::Cancel, bytes("c"), run("read"), run("read")]);
        ended.unwrap();
        let expected = [
            bytes("a"),
            Frame::Error { code: "TIDAK".into(), text: "not today".into() },
            bytes("c"),
            Frame::Done(json!({ "kind": "uji", "verb": "read", "frames": 1 })),
            Frame::Done(json!({ "kind": "uji", "verb": "read", "frames": 0 })),
        ];
        assert_eq!(answered, expected);
    }

    #[test]
    fn what_has_no_place_ends_the_loop() {
        let (answered, ended) = answers(&[run("read"), Frame::Done(json!(1)), run("read")]);
        assert_eq!(answered.len(), 1);
        assert!(matches!(ended, Err(Error::Wire(wire::Error::Misplaced { kind: "done" }))));
        assert!(read_open(&mut [].as_slice()).is_err());
    }

    #[test]
    fn the_first_frame_says_what_the_worker_is() {
        let mut input = Vec::new();
        wire::write(&mut input, &Frame::Open(open())).unwrap();
        assert_eq!(read_open(&mut input.as_slice()).unwrap(), open());
        let mut input = Vec::new();
        wire::write(&mut input, &run("read")).unwrap();
        assert!(read_open(&mut input.as_slice()).is_err());
    }
}
