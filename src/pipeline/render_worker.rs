//! Drawing reports in worker processes: a template may loop for ever or ask for all memory, and the typesetter bounds neither.
//! Refuses to draw in this process.

use crate::model::digest::Digest;
use crate::model::frame::{Frame, Open, WorkerLimits};
use crate::model::limits::Limits;
use crate::model::problem::Problem;
use crate::model::report::{Document, ReportSpec};
use crate::pipeline::file_workers::COMMAND;
use crate::pipeline::world::World;
use crate::report::{self, Rendered, Supplies, Templates};
use crate::worker::{Error as WorkerError, Failure, Pool, Reply, Request};
use serde_json::{Value, json};
use std::time::Duration;

/// Kind of the workers that draw reports.
pub const KIND: &str = "report";
/// Refusal of a worker that does not have the templates yet.
const NO_TEMPLATES: &str = "TEMPLATES";
/// Refusal for a fault that a person mends in a file.
const PROBLEM: &str = "PROBLEM";

/// Why a report was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderFault {
    /// A fault in a template file or a sentence of `report.toml`, paths relative to `report-templates`.
    #[error("{0}")]
    Template(Problem),
    /// Something else about the report.
    #[error("{0}")]
    Refused(String),
    /// It took too long or too much.
    #[error(
        "drawing it was stopped: {source}\nhint: show fewer rows, look for a loop in its templates, or raise report_seconds_max in talenta.toml"
    )]
    Stopped {
        /// By what.
        source: WorkerError,
    },
    /// The worker could not be started or spoken to.
    #[error(transparent)]
    Worker(WorkerError),
    /// What came back is not what was asked for.
    #[error("the process that draws reports answered something else; it is not this program")]
    Answer,
}

impl From<WorkerError> for RenderFault {
    fn from(error: WorkerError) -> Self {
        match error {
            WorkerError::Refused { code, text } if code == PROBLEM => {
                serde_json::from_str(&text).map_or(RenderFault::Refused(text), RenderFault::Template)
            }
            WorkerError::Refused { text, .. } => RenderFault::Refused(text),
            source @ WorkerError::Stopped { .. } => RenderFault::Stopped { source },
            other => RenderFault::Worker(other),
        }
    }
}

/// The workers of one project's reports; none is started before it is needed.
pub struct RenderWorkers {
    pool: Pool,
    templates: Templates,
    digest: Digest,
    deadline: Duration,
}

impl RenderWorkers {
    /// Workers that draw with these templates.
    pub fn new(templates: Templates, limits: &Limits, world: &World) -> Self {
        let worker_limits = WorkerLimits {
            memory_bytes: limits.worker_memory_bytes_max,
            cpu_seconds: limits.report_seconds_max.saturating_mul(world.threads as u64),
            file_bytes: 0,
        };
        let open = Open { kind: KIND.into(), limits: worker_limits, principal: None, release: None };
        let digest = digest(&templates);
        let pool = Pool::new(world.program.clone(), &[COMMAND], open, world.threads);
        Self { pool, templates, digest, deadline: Duration::from_secs(limits.report_seconds_max) }
    }

    /// Draws one report for one reader. The result depends on the arguments and the templates only.
    pub fn render(&self, spec: &ReportSpec, document: &Document, supplies: &Supplies) -> Result<Rendered, RenderFault> {
        let json = |value: serde_json::Result<Vec<u8>>| value.map_err(|_| RenderFault::Answer);
        let mut question =
            vec![bytes(SPEC, json(serde_json::to_vec(spec))?), bytes(DOCUMENT, json(serde_json::to_vec(document))?)];
        question.extend(supplies.receipts.iter().map(|(name, book)| bytes(&format!("{RECEIPT}{name}"), book.clone())));
        let mut answer = self.ask(&question, false, false);
        // Templates are large and the same for every reader: a worker is sent them once, when it says it has none.
        if matches!(&answer, Err(WorkerError::Refused { code, .. }) if code == NO_TEMPLATES) {
            answer = self.ask(&question, true, false);
        }
        // A limit met by a worker that drew others first may not be this report's fault: a fresh process tells.
        if matches!(&answer, Err(WorkerError::Stopped { served, .. }) if *served > 0) {
            answer = self.ask(&question, true, true);
        }
        let (names, parts) = answer?;
        Rendered::whole(names, parts).ok_or(RenderFault::Answer)
    }

    fn ask(&self, question: &[Frame], templates: bool, fresh: bool) -> Result<(Value, Vec<Vec<u8>>), WorkerError> {
        let mut frames = question.to_vec();
        if templates {
            let files = self.templates.iter();
            frames.extend(files.map(|(path, file)| bytes(&format!("{TEMPLATE}{path}"), file.to_vec())));
        }
        frames.push(Frame::Run { verb: "render".into(), arguments: json!(self.digest) });
        let mut parts = Vec::new();
        let mut on_frame = |frame| {
            if let Frame::Bytes { bytes, .. } = frame {
                parts.push(bytes);
            }
            Ok::<(), WorkerError>(())
        };
        let names = match fresh {
            true => self.pool.call_fresh(frames, self.deadline, &mut on_frame)?,
            false => self.pool.call(frames, self.deadline, &mut on_frame)?,
        };
        Ok((names, parts))
    }
}

/// Names of the frames of a question.
const SPEC: &str = "spec";
const DOCUMENT: &str = "document";
const RECEIPT: &str = "receipt:";
const TEMPLATE: &str = "template:";

fn bytes(name: &str, bytes: Vec<u8>) -> Frame {
    Frame::Bytes { name: name.into(), bytes }
}

fn digest(templates: &Templates) -> Digest {
    Digest::of_parts(templates.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes]))
}

/// The templates a worker has been sent last.
#[derive(Default)]
pub struct Kept(Option<(Digest, Templates)>);

/// The worker's side.
pub fn serve_verb(request: Request, reply: &mut Reply<'_>, kept: &mut Kept) -> Result<Value, Failure> {
    let wrong = |what: &str| Failure { code: "CALL".into(), text: what.into() };
    let wanted: Digest = serde_json::from_value(request.arguments).map_err(|_| wrong("the call names no templates"))?;
    let (mut spec, mut document, mut supplies, mut files) = (None, None, Supplies::default(), Vec::new());
    for frame in request.frames {
        let Frame::Bytes { name, bytes } = frame else { continue };
        match name.as_str() {
            SPEC => spec = serde_json::from_slice::<ReportSpec>(&bytes).ok(),
            DOCUMENT => document = serde_json::from_slice::<Document>(&bytes).ok(),
            name => match (name.strip_prefix(RECEIPT), name.strip_prefix(TEMPLATE)) {
                (Some(name), _) => supplies.receipts.push((name.to_string(), bytes)),
                (_, Some(path)) => files.push((path.to_string(), bytes)),
                _ => return Err(wrong("the call holds a frame of another call")),
            },
        }
    }
    let (Some(spec), Some(document)) = (spec, document) else { return Err(wrong("the call lacks a report")) };
    if !files.is_empty() {
        let templates = Templates::new(files);
        kept.0 = Some((digest(&templates), templates));
    }
    let Some((_, templates)) = kept.0.as_ref().filter(|(digest, _)| *digest == wanted) else {
        return Err(Failure { code: NO_TEMPLATES.into(), text: "the templates were not sent".into() });
    };
    match report::render(&spec, templates, &document, &supplies) {
        Ok(rendered) => {
            let (names, parts) = rendered.apart();
            parts.into_iter().for_each(|part| reply.send(&bytes("part", part)));
            Ok(names)
        }
        Err(report::Error::Template(problem)) => {
            let text = serde_json::to_string(&problem).unwrap_or_else(|_| problem.to_string());
            Err(Failure { code: PROBLEM.into(), text })
        }
        Err(error) => Err(Failure { code: "REPORT".into(), text: error.to_string() }),
    }
}
