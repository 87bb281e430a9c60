//! One worker process seen from the process that owns it: spawn, call, kill at the deadline, reap. Refuses to wait without an end,
//! and to use a worker again that has failed.

use crate::model::frame::{Frame, Open};
use crate::worker::wire;
use crate::worker::{By, Error};
use serde_json::Value;
use std::io::{BufReader, BufWriter, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What is kept of a worker's last words; they tell an exhausted memory from another abort and are shown to nobody.
const STDERR_BYTES_KEPT: u64 = 16 << 10;
/// How many read frames may wait for the caller.
const FRAMES_WAITING: usize = 4;
/// How long a process may take to be reaped after its pipe closed or it was killed.
const REAP: Duration = Duration::from_secs(5);
/// Signals of the limits, and of an abort (`signal(7)`).
const SIGABRT: i32 = 6;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;
/// Exit code of a Rust program whose main thread panicked.
const EXIT_PANIC: i32 = 101;

/// A running worker. Dropping it kills and reaps the process.
#[derive(Debug)]
pub struct Worker {
    stopper: Stopper,
    frames: Option<Sender<Frame>>,
    answers: Option<Receiver<Result<Option<Frame>, wire::Error>>>,
    last_words: Receiver<Vec<u8>>,
    served: u64,
    broken: bool,
}

/// Stops a worker from another thread, say when the reader of its answer has gone.
#[derive(Debug, Clone)]
pub struct Stopper {
    child: Arc<Mutex<Child>>,
    asked: Arc<AtomicBool>,
}

impl Stopper {
    /// Kills the process; the call in progress ends with [`By::Request`].
    pub fn stop(&self) {
        self.asked.store(true, Ordering::Release);
        self.kill();
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kill(&self) {
        // An error means that it has ended already.
        let _ = self.child().kill();
    }

    /// How the process ended, if it does so within `patience`.
    fn reap(&self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            if let Ok(Some(status)) = self.child().try_wait() {
                return Some(status);
            }
            if Instant::now() >= until {
                return None;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Worker {
    /// Starts `program` with `args`, an empty environment and `/` as its folder, and tells it what it is.
    ///
    /// # Errors
    /// [`Error::Spawn`] where the program cannot be started.
    pub fn spawn(program: &Path, args: &[&str], open: &Open) -> Result<Self, Error> {
        let spawned = Command::new(program)
            .args(args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let failed = |source| Error::Spawn { program: program.to_path_buf(), source };
        let mut child = spawned.map_err(failed)?;
        let (input, output, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (frames, to_write) = channel();
        let (answered, answers) = sync_channel(FRAMES_WAITING);
        let (said, last_words) = channel();
        let stopper = Stopper { child: Arc::new(Mutex::new(child)), asked: Arc::new(AtomicBool::new(false)) };
        // From here on a failure drops the worker, and with it the process.
        let worker =
            Self { stopper, frames: Some(frames), answers: Some(answers), last_words, served: 0, broken: false };
        let max = open.limits.memory_bytes;
        if let (Some(input), Some(output), Some(stderr)) = (input, output, stderr) {
            let named = |name: &str| thread::Builder::new().name(name.into());
            named("worker-in").spawn(move || write_all(input, &to_write)).map_err(failed)?;
            named("worker-out").spawn(move || read_all(output, max, &answered)).map_err(failed)?;
            named("worker-err").spawn(move || said.send(keep_first(stderr))).map_err(failed)?;
        }
        if let Some(frames) = &worker.frames {
            // The channel cannot be closed yet; if the process is gone, the first call says so.
            let _ = frames.send(Frame::Open(open.clone()));
        }
        Ok(worker)
    }

    /// Sends `frames` (the last of them a `run`), hands every frame of the answer to `on_frame`, and returns what `done` says.
    /// Kills the worker when it has not answered within `deadline`; the time spent in `on_frame` is not held against it.
    ///
    /// # Errors
    /// What `on_frame` returns, and [`Error`] otherwise. After any but [`Error::Refused`] the worker is dead.
    pub fn call<E: From<Error>>(
        &mut self,
        frames: Vec<Frame>,
        deadline: Duration,
        on_frame: &mut dyn FnMut(Frame) -> Result<(), E>,
    ) -> Result<Value, E> {
        let served = self.served;
        // Unfit until the answer is whole: a panic in `on_frame` must not lend a worker that is in the middle of one.
        let was_broken = std::mem::replace(&mut self.broken, true);
        let fault = match self.exchange(frames, deadline, on_frame) {
            Ok(value) => {
                self.broken = was_broken;
                self.served += 1;
                return Ok(value);
            }
            Err(fault) => fault,
        };
        let error: E = match fault {
            Fault::Refused { code, text } => {
                self.broken = was_broken;
                self.served += 1;
                return Err(Error::Refused { code, text }.into());
            }
            Fault::Wire(error) => Error::Wire(error).into(),
            Fault::Ended => Error::Stopped { by: self.ended_by(), served }.into(),
            Fault::Deadline => Error::Stopped { by: By::Deadline, served }.into(),
            Fault::Receiver(error) => error,
        };
        self.end();
        Err(error)
    }

    /// Whether it lives and can take another call.
    pub fn is_fit(&self) -> bool {
        !self.broken && matches!(self.stopper.child().try_wait(), Ok(None))
    }

    /// A handle that stops this worker from another thread.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Process number, for the log.
    pub fn pid(&self) -> u32 {
        self.stopper.child().id()
    }

    fn exchange<E>(
        &mut self,
        frames: Vec<Frame>,
        deadline: Duration,
        on_frame: &mut dyn FnMut(Frame) -> Result<(), E>,
    ) -> Result<Value, Fault<E>> {
        let (Some(sender), Some(answers)) = (&self.frames, &self.answers) else { return Err(Fault::Ended) };
        // Between calls the worker has nothing to say; if it does, its answers no longer belong to our questions.
        match answers.try_recv() {
            Ok(Ok(Some(frame))) => return Err(Fault::Wire(wire::Error::Misplaced { kind: frame.kind() })),
            Ok(Ok(None)) | Err(TryRecvError::Disconnected) => return Err(Fault::Ended),
            Ok(Err(error)) => return Err(Fault::Wire(error)),
            Err(TryRecvError::Empty) => {}
        }
        frames.into_iter().try_for_each(|frame| sender.send(frame)).map_err(|_| Fault::Ended)?;
        let mut until = Instant::now() + deadline;
        loop {
            let frame = match answers.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Ok(Some(frame))) => frame,
                Ok(Ok(None)) | Err(RecvTimeoutError::Disconnected) => return Err(Fault::Ended),
                Ok(Err(wire::Error::Torn { .. } | wire::Error::Pipe(_))) => return Err(Fault::Ended),
                Ok(Err(error)) => return Err(Fault::Wire(error)),
                Err(RecvTimeoutError::Timeout) => return Err(Fault::Deadline),
            };
            match frame {
                Frame::Done(value) => return Ok(value),
                Frame::Error { code, text } => return Err(Fault::Refused { code, text }),
                Frame::Bytes { .. } | Frame::Table { .. } => {
                    let began = Instant::now();
                    on_frame(frame).map_err(Fault::Receiver)?;
                    until += began.elapsed();
                }
                other => return Err(Fault::Wire(wire::Error::Misplaced { kind: other.kind() })),
            }
        }
    }

    /// Why the pipe closed. The process has the time of [`REAP`] to be gone.
    fn ended_by(&mut self) -> By {
        let Some(status) = self.stopper.reap(REAP) else { return By::Silence };
        if self.stopper.asked.load(Ordering::Acquire) {
            return By::Request;
        }
        let last_words = self.last_words.recv_timeout(REAP).unwrap_or_default();
        let said = |words: &str| last_words.windows(words.len()).any(|window| window == words.as_bytes());
        match (status.signal(), status.code()) {
            (Some(SIGABRT), _) if said("memory allocation of") => By::Memory,
            (Some(SIGABRT), _) if said("has overflowed its stack") => By::Stack,
            (Some(SIGXCPU), _) => By::Cpu,
            (Some(SIGXFSZ), _) => By::FileSize,
            (Some(number), _) => By::Signal(number),
            (None, Some(EXIT_PANIC)) => By::Panic,
            (None, code) => By::Exit(code.unwrap_or(-1)),
        }
    }

    /// Kills and reaps; from here on every call fails.
    fn end(&mut self) {
        self.broken = true;
        self.frames = None;
        self.answers = None;
        self.stopper.kill();
        self.stopper.reap(REAP);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

/// What went wrong in an exchange, before it is known how the process ended.
enum Fault<E> {
    Refused { code: String, text: String },
    Wire(wire::Error),
    Ended,
    Deadline,
    Receiver(E),
}

/// Writes frames until the owner has no more or the worker is gone. Its own thread, so that a worker which answers before it has
/// read everything, and an owner which writes before it has read the answer, cannot wait for each other.
fn write_all(input: ChildStdin, frames: &Receiver<Frame>) {
    let mut input = BufWriter::new(input);
    while let Ok(frame) = frames.recv() {
        if wire::write(&mut input, &frame).is_err() {
            return;
        }
    }
}

/// Reads frames until the worker is gone or the owner no longer listens.
fn read_all(output: ChildStdout, max: u64, answered: &SyncSender<Result<Option<Frame>, wire::Error>>) {
    let mut output = BufReader::new(output);
    loop {
        let read = wire::read(&mut output, max);
        let more = matches!(read, Ok(Some(_)));
        if answered.send(read).is_err() || !more {
            return;
        }
    }
}

/// Keeps the first bytes of what a worker says on its way out and lets the rest go, so that it never waits for a reader.
fn keep_first(mut stderr: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let read = stderr.by_ref().take(STDERR_BYTES_KEPT).read_to_end(&mut kept);
    if read.is_ok() {
        // Whatever comes of it, there is nothing to do about it.
        let _ = std::io::copy(&mut stderr, &mut std::io::sink());
    }
    kept
}

#[cfg(test)]
mod tests;
