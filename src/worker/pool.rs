//! A few workers of one kind, lent for one call each and replaced after a fault. Refuses to start more than its size, and to wait
//! longer than the call may take.

use crate::model::frame::{Frame, Open};
use crate::worker::Error;
use crate::worker::process::Worker;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Up to `size` workers; they start when they are needed and live until they fail.
#[derive(Debug)]
pub struct Pool {
    program: PathBuf,
    args: Vec<String>,
    open: Open,
    size: usize,
    desk: Mutex<Desk>,
    returned: Condvar,
}

/// Who is here and how many are out.
#[derive(Debug, Default)]
struct Desk {
    idle: Vec<Worker>,
    lent: usize,
}

impl Pool {
    /// A pool of `size` (at least one) processes of `program` with `args`, each told `open`. Starts none.
    pub fn new(program: PathBuf, args: &[&str], open: Open, size: usize) -> Self {
        let args = args.iter().map(ToString::to_string).collect();
        Self { program, args, open, size: size.max(1), desk: Mutex::default(), returned: Condvar::new() }
    }

    /// One call on a free worker, as [`Worker::call`]. Waits for a free one at most `deadline`, which then starts anew.
    ///
    /// # Errors
    /// As [`Worker::call`]; [`Error::Busy`] where none came free; [`Error::Spawn`] where none can be started.
    pub fn call<E: From<Error>>(
        &self,
        frames: Vec<Frame>,
        deadline: Duration,
        on_frame: &mut dyn FnMut(Frame) -> Result<(), E>,
    ) -> Result<Value, E> {
        self.lend(deadline, false)?.worker()?.call(frames, deadline, on_frame)
    }

    /// As [`Pool::call`], but on a process that has served nobody: what a limit says of such a call is true of the call alone.
    ///
    /// # Errors
    /// As [`Pool::call`].
    pub fn call_fresh<E: From<Error>>(
        &self,
        frames: Vec<Frame>,
        deadline: Duration,
        on_frame: &mut dyn FnMut(Frame) -> Result<(), E>,
    ) -> Result<Value, E> {
        self.lend(deadline, true)?.worker()?.call(frames, deadline, on_frame)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, and the worker that has it if there is one.
    fn lend(&self, patience: Duration, fresh: bool) -> Result<Loan<'_>, Error> {
        let until = Instant::now() + patience;
        let mut desk = self.desk();
        while desk.lent >= self.size {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Busy { size: self.size, seconds: patience.as_secs() });
            }
            desk = self.returned.wait_timeout(desk, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        desk.lent += 1;
        // A worker may have died while it waited; that is nobody's fault, least of all this call's.
        let worker = desk.idle.pop().filter(|worker| !fresh && worker.is_fit());
        Ok(Loan { pool: self, worker })
    }
}

/// A place in the pool; given back when dropped, whatever happened.
struct Loan<'a> {
    pool: &'a Pool,
    worker: Option<Worker>,
}

impl Loan<'_> {
    /// The worker of this place, started if there is none.
    fn worker(&mut self) -> Result<&mut Worker, Error> {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => {
                let args: Vec<&str> = self.pool.args.iter().map(String::as_str).collect();
                Worker::spawn(&self.pool.program, &args, &self.pool.open)?
            }
        };
        Ok(self.worker.insert(worker))
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let fit = self.worker.take().filter(Worker::is_fit);
        let mut desk = self.pool.desk();
        desk.lent = desk.lent.saturating_sub(1);
        desk.idle.extend(fit);
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::frame::WorkerLimits;
    use crate::worker::By;
    use crate::worker::wire;
    use serde_json::json;
    use std::thread;

    fn pool(size: usize) -> Pool {
        let limits = WorkerLimits { memory_bytes: 1 << 30, cpu_seconds: 10, file_bytes: 0 };
        let open = Open { kind: "uji".into(), limits, principal: None, release: None };
        let mut opened = Vec::new();
        wire::write(&mut opened, &Frame::Open(open.clone())).unwrap();
        let skip = format!("skip={}", opened.len());
        Pool::new(PathBuf::from("/bin/dd"), &["bs=65536", "iflag=skip_bytes", &skip], open, size)
    }

    fn say(pool: &Pool, frames: Vec<Frame>, milliseconds: u64) -> Result<Value, Error> {
        pool.call(frames, Duration::from_millis(milliseconds), &mut |_| Ok(()))
    }

    #[test]
    fn a_worker_is_kept_after_an_answer_and_replaced_after_a_fault() {
        let pool = pool(1);
        let pid = |pool: &Pool| pool.desk().idle.first().map(Worker::pid);
        assert_eq!(say(&pool, vec![Frame::Done(json!(1))], 20_000).unwrap(), json!(1));
        let first = pid(&pool);
        assert!(first.is_some());
        assert_eq!(say(&pool, vec![Frame::Done(json!(2))], 20_000).unwrap(), json!(2));
        assert_eq!(pid(&pool), first);
        assert!(matches!(say(&pool, vec![], 50), Err(Error::Stopped { by: By::Deadline, served: 2 })));
        assert_eq!(pid(&pool), None);
        assert_eq!(say(&pool, vec![Frame::Done(json!(3))], 20_000).unwrap(), json!(3));
        let second = pid(&pool);
        let fresh: Result<Value, Error> =
            pool.call_fresh(vec![Frame::Done(json!(4))], Duration::from_secs(20), &mut |_| Ok(()));
        assert_eq!(fresh.unwrap(), json!(4));
        assert_ne!(pid(&pool), second);
    }

    #[test]
    fn nobody_waits_for_ever_and_everybody_is_served() {
        let pool = pool(1);
        thread::scope(|scope| {
            scope.spawn(|| say(&pool, vec![], 1_500));
            thread::sleep(Duration::from_millis(300));
            assert!(matches!(say(&pool, vec![Frame::Done(json!(1))], 100), Err(Error::Busy { size: 1, .. })));
            assert_eq!(say(&pool, vec![Frame::Done(json!(2))], 20_000).unwrap(), json!(2));
        });
        let missing = Pool::new(PathBuf::from("/nowhere/at/all"), &[], pool.open.clone(), 1);
        for _ in 0..3 {
            assert!(matches!(say(&missing, vec![], 50), Err(Error::Spawn { .. })), "the place is given back");
        }
    }
}
