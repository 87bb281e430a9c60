//! All reports of a run for all their readers, on every core, one message's worth of memory a core. Refuses half a report: where one
//! reader's fails, nobody gets that report.

use crate::model::job::{JobReport, Recipient};
use crate::model::proof::Pin;
use crate::pipeline::progress::Progress;
use crate::pipeline::project::Project;
use crate::pipeline::render::{Press, write_files};
use crate::pipeline::render_error::RenderError;
use crate::pipeline::spool::{Spool, Spooled};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Stack of a thread that plans and draws: plans and layouts recurse deeply.
const STACK_BYTES: usize = 16 << 20;

/// A report of one reader, put away.
pub struct Drawn {
    /// The report.
    pub report: String,
    /// For whom.
    pub reader: Recipient,
    /// What it was made from.
    pub pin: Pin,
    /// Where it lies.
    pub spooled: Spooled,
}

/// A report that nobody gets.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct Failed {
    /// The report.
    pub report: String,
    /// Why.
    pub why: DrawError,
}

/// Why a report of a run failed.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// Drawing it for one of its readers.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// More readers than allowed.
    #[error("report `{report}` would go to {readers} people, more than recipients_max ({max})")]
    TooManyReaders {
        /// The report.
        report: String,
        /// How many.
        readers: usize,
        /// The limit.
        max: u64,
    },
    /// It cannot run side by side.
    #[error("cannot start a thread to draw on: {0}")]
    Thread(#[source] std::io::Error),
}

/// What a run drew.
#[derive(Default)]
pub struct Outcome {
    /// Whole reports, in the order of the job and its readers.
    pub drawn: Vec<Drawn>,
    /// Reports that failed.
    pub failed: Vec<Failed>,
    /// Files written, by report and reader.
    pub files: Vec<PathBuf>,
}

/// Readers of a report of a job, in the order of `recipients.toml`.
pub fn readers<'a>(project: &'a Project, wanted: &JobReport) -> Vec<&'a Recipient> {
    project.recipients.iter().filter(|it| it.groups.iter().any(|group| wanted.to.contains(group))).collect()
}

/// Names of the folders of a report's readers; a single reader needs none.
pub fn folders(readers: &[&Recipient]) -> Vec<String> {
    if readers.len() < 2 {
        return readers.iter().map(|_| String::new()).collect();
    }
    let mut taken = BTreeSet::new();
    let mut folder = |reader: &&Recipient| {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' };
        let plain: String = reader.principal.chars().map(plain).collect();
        let named = (1usize..).map(|n| if n == 1 { plain.clone() } else { format!("{plain}-{n}") });
        let free = named.into_iter().find(|it| !taken.contains(it)).unwrap_or_default();
        taken.insert(free.clone());
        free
    };
    readers.iter().map(&mut folder).collect()
}

/// A report and who gets it drawn.
pub struct Wanted<'a> {
    /// The report.
    pub report: &'a str,
    /// Its readers.
    pub readers: Vec<&'a Recipient>,
}

/// Draws the reports for all their readers and writes the files of the whole ones below `laporan/`.
pub fn draw(
    press: &Press<'_>,
    project: &Project,
    wanted: &[Wanted<'_>],
    spool: &Spool,
    at: &Surroundings<'_>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut queue = Vec::new();
    let max = project.settings.limits.recipients_max;
    for Wanted { report, readers } in wanted {
        if readers.len() as u64 > max {
            let why = DrawError::TooManyReaders { report: report.to_string(), readers: readers.len(), max };
            outcome.failed.push(Failed { report: report.to_string(), why });
            continue;
        }
        queue.extend(readers.iter().zip(folders(readers)).map(|(reader, folder)| (*report, *reader, folder)));
    }
    at.progress.begin("render", Some(queue.len() as u64));
    let answers = side_by_side(press, &queue, spool, at);
    at.progress.end();
    let mut whole = Vec::new();
    for ((report, reader, folder), answer) in queue.into_iter().zip(answers) {
        match answer {
            Ok((pin, spooled)) => {
                whole.push((Drawn { report: report.into(), reader: reader.clone(), pin, spooled }, folder));
            }
            Err(why) if outcome.failed.iter().all(|it| it.report != report) => {
                outcome.failed.push(Failed { report: report.into(), why });
            }
            Err(_) => {}
        }
    }
    whole.retain(|(drawn, _)| outcome.failed.iter().all(|it| it.report != drawn.report));
    for (drawn, folder) in whole {
        let usual = project.path("laporan").join(&drawn.report).join(drawn.pin.periode.to_string()).join(folder);
        match drawn.spooled.get().and_then(|rendered| write_files(&rendered, &usual)) {
            Ok(files) => {
                outcome.files.extend(files);
                outcome.drawn.push(drawn);
            }
            Err(why) => outcome.failed.push(Failed { report: drawn.report, why: why.into() }),
        }
    }
    outcome.drawn.retain(|drawn| outcome.failed.iter().all(|it| it.report != drawn.report));
    outcome
}

/// What drawing side by side needs of its caller.
pub struct Surroundings<'a> {
    /// Threads, and with them worker processes, at once.
    pub threads: usize,
    /// Runs the queries.
    pub runtime: tokio::runtime::Handle,
    /// Who watches.
    pub progress: &'a dyn Progress,
}

type Answer = Result<(Pin, Spooled), DrawError>;

/// One answer for each of the queue, in its order.
fn side_by_side(
    press: &Press<'_>,
    queue: &[(&str, &Recipient, String)],
    spool: &Spool,
    at: &Surroundings<'_>,
) -> Vec<Answer> {
    let next = Mutex::new(0..queue.len());
    let answers: Mutex<Vec<Option<Answer>>> = Mutex::new(queue.iter().map(|_| None).collect());
    let work = || {
        loop {
            let nth = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((nth, (report, reader, _))) = nth.and_then(|nth| Some((nth, queue.get(nth)?))) else { return };
            let drawing = at.runtime.block_on(press.draw(report, reader));
            let answer = drawing.and_then(|it| Ok((it.pin, spool.put(nth, it.rendered)?))).map_err(DrawError::from);
            if let Some(place) = answers.lock().unwrap_or_else(PoisonError::into_inner).get_mut(nth) {
                *place = Some(answer);
            }
            at.progress.advance(1);
        }
    };
    let mut refused = None;
    thread::scope(|scope| {
        for _ in 0..at.threads.clamp(1, queue.len().max(1)) {
            let thread = thread::Builder::new().name("draw".into()).stack_size(STACK_BYTES);
            refused = thread.spawn_scoped(scope, work).err().or(refused.take());
        }
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let lost = |answer: Option<Answer>| {
        answer.unwrap_or_else(|| {
            Err(DrawError::Thread(refused.take().unwrap_or_else(|| std::io::ErrorKind::Other.into())))
        })
    };
    answers.into_iter().map(lost).collect()
}
