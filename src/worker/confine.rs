//! What a worker process does to itself before it reads a delivered byte: memory, processor time, files, no core dump.
//! Refuses to serve where a limit cannot be set.

use crate::model::frame::WorkerLimits;
use crate::worker::Error;
use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, getppid, getrlimit, setrlimit, umask};
use std::thread;
use std::time::Duration;

/// Most files a worker may have open: enough for the parts of a wide query, too few to take the machine's.
const OPEN_FILES_MAX: u64 = 1024;
/// Clock ticks per second in `/proc`: fixed by the kernel's interface, whatever the machine's own clock.
const TICKS_PER_SECOND: u64 = 100;

/// How often a worker looks whether the process that started it still lives.
const LOOK: Duration = Duration::from_secs(1);

/// Makes everything this process and its children write from now on readable by its user alone: deliveries, receipts, messages and
/// the lake hold personal data.
pub fn keep_to_oneself() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Ends this process soon after the one that started it is gone: nobody is left to keep its deadline, and a call that waits
/// without using the processor meets no limit.
pub fn leave_with_parent() {
    let parent = getppid();
    thread::spawn(move || {
        while getppid() == parent {
            thread::sleep(LOOK);
        }
        std::process::abort();
    });
}

/// Binds the calling process to `limits`, for good except for processor time, which [`renew_cpu`] grants again to each call.
///
/// # Errors
/// [`Error::Limit`] where the system refuses a limit; the caller must then end.
pub fn confine(limits: &WorkerLimits) -> Result<(), Error> {
    set(Resource::Core, "core dumps", 0)?;
    set(Resource::As, "memory", limits.memory_bytes)?;
    set(Resource::Fsize, "file size", limits.file_bytes)?;
    set(Resource::Nofile, "open files", OPEN_FILES_MAX)?;
    renew_cpu(limits.cpu_seconds)
}

/// Grants the calling process `seconds` of processor time from now on, so that a long life is not held against the next call.
///
/// # Errors
/// [`Error::Limit`] where the system refuses.
pub fn renew_cpu(seconds: u64) -> Result<(), Error> {
    let hard = getrlimit(Resource::Cpu).maximum;
    let wanted = used_seconds().saturating_add(1).saturating_add(seconds);
    let current = Some(hard.map_or(wanted, |hard| hard.min(wanted)));
    setrlimit(Resource::Cpu, Rlimit { current, maximum: hard })
        .map_err(|source| Error::Limit { what: "processor time", source: source.into() })
}

/// Sets both the soft and the hard limit, never above the hard limit that the process was born with.
fn set(resource: Resource, what: &'static str, value: u64) -> Result<(), Error> {
    let value = Some(getrlimit(resource).maximum.map_or(value, |hard| hard.min(value)));
    setrlimit(resource, Rlimit { current: value, maximum: value })
        .map_err(|source| Error::Limit { what, source: source.into() })
}

/// Processor time the process has used, in seconds. Where the system does not tell, 0: the limit then binds the whole life.
fn used_seconds() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    ticks(&stat).unwrap_or(0) / TICKS_PER_SECOND
}

/// User and system ticks of a `/proc/<pid>/stat` line: fields 14 and 15, counted after the name, which may hold blanks.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user.saturating_add(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_processor_time_past_any_name() {
        let line = "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 150 70 0 0 20 0 1 0 5 6 7";
        assert_eq!(ticks(line), Some(220));
        assert_eq!(ticks("42 (x) S 1"), None);
        assert_eq!(ticks(""), None);
    }
}
