//! A report sent by a person and not by a job: to its readers, whole or not at all, or as a test to the operator. Refuses to send the
//! same revision twice; conditions and hours are the job's, and a person who sends has decided.

use crate::lake::{Error as LakeError, Lake};
use crate::model::job::Recipient;
use crate::model::outbox::Put;
use crate::pipeline::conditions::Terms;
use crate::pipeline::draw::{self, Failed, Surroundings, Wanted};
use crate::pipeline::post::{self, Desk, Posted};
use crate::pipeline::post_error::PostError;
use crate::pipeline::project::Project;
use crate::pipeline::render::Press;
use crate::pipeline::render_error::RenderError;
use crate::pipeline::send::send_these;
use crate::pipeline::snapshot::revision;
use crate::pipeline::spool::Spool;
use crate::pipeline::world::World;
use crate::state::{Error as StateError, State};

/// Folder of drawn reports on their way to the outbox.
const SPOOL: &str = ".kerja/kirim";

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ByHandError {
    /// It could not be drawn for one of its readers.
    #[error("nothing was sent: {0}")]
    Failed(Failed),
    /// It could not be drawn.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Its messages could not be made or sent.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The ledger said no.
    #[error(transparent)]
    State(#[from] StateError),
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// Where a report is sent from.
pub struct Sender<'a> {
    /// The project.
    pub project: &'a Project,
    /// The ledger.
    pub state: &'a State,
    /// The lake.
    pub lake: &'a Lake,
    /// The surroundings.
    pub world: &'a World,
}

impl Sender<'_> {
    /// Sends `report` to these readers; returns how many messages are new and what became of them.
    pub async fn to_readers(
        &self,
        press: &Press<'_>,
        report: &str,
        readers: Vec<&Recipient>,
    ) -> Result<(u64, Posted), ByHandError> {
        press.keep_files(self.lake).await?;
        let spool = Spool::new(self.project.path(SPOOL))?;
        let at = Surroundings {
            threads: self.world.threads,
            runtime: tokio::runtime::Handle::current(),
            progress: self.world.progress.as_ref(),
        };
        let wanted = [Wanted { report, readers }];
        let outcome = tokio::task::block_in_place(|| draw::draw(press, self.project, &wanted, &spool, &at));
        if let Some(failed) = outcome.failed.into_iter().next() {
            return Err(ByHandError::Failed(failed));
        }
        let revision = revision(press.release(), self.lake).await?;
        let desk = Desk { project: self.project, state: self.state, world: self.world };
        let mut messages = Vec::new();
        for it in outcome.drawn {
            let rendered = it.spooled.get()?;
            let drawn = post::Drawn { report: it.report, reader: it.reader, pin: it.pin, rendered };
            messages.push(post::prepare(desk, &drawn, press.release(), revision, &Terms::default())?);
        }
        let put = self.state.outbox_put_all(&messages, self.world.now())?;
        let new = put.iter().filter(|it| matches!(it, Put::New { .. })).count() as u64;
        let ids: Vec<i64> = put
            .iter()
            .map(|it| match it {
                Put::New { id } | Put::Already { id, .. } => *id,
            })
            .collect();
        Ok((new, send_these(&ids, self.project, self.state, self.world)?))
    }

    /// Sends `report` as `reader` would get it to the operator and to nobody else.
    pub async fn to_operator(
        &self,
        press: &Press<'_>,
        report: &str,
        reader: &Recipient,
    ) -> Result<Posted, ByHandError> {
        press.keep_files(self.lake).await?;
        let drawing = press.draw(report, reader).await?;
        let (reader, rendered) = (reader.clone(), drawing.rendered);
        let drawn = post::Drawn { report: report.into(), reader, pin: drawing.pin, rendered };
        Ok(post::send_test(self.project, self.state, &drawn, press.release(), self.world)?)
    }
}
