//! The reports of one run on their way to readers: which leave, what is stored for whom. Refuses a part of a report: what fails for one
//! reader is stored for none.

use crate::lake::Error as LakeError;
use crate::mail::Person;
use crate::model::indonesia::tanggal;
use crate::model::job::{Job, JobReport, Recipient, Step};
use crate::model::outbox::{MessageKind, NewMessage, OutboxKey, Put};
use crate::model::release::Release;
use crate::pipeline::conditions::{ConditionError, Decision, Lack, Terms, calendar, decide, terms};
use crate::pipeline::draw::{Drawn, readers};
use crate::pipeline::post::{self, Desk, bulan};
use crate::pipeline::post_error::PostError;
use crate::pipeline::project::Project;
use crate::pipeline::snapshot::revision;
use crate::pipeline::tools::Tools;
use crate::report::notice::Notice;
use crate::state::Error as StateError;
use std::collections::BTreeMap;

/// A report that leaves.
pub struct Leaving {
    /// The report and its readers' groups.
    pub wanted: JobReport,
    /// When it may leave and when it is late.
    pub terms: Terms,
    /// Readers who get word that there is no report, by address.
    pub lacking: BTreeMap<String, Vec<Lack>>,
}

/// A report that leaves to nobody, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The report.
    pub report: String,
    /// Why.
    pub why: String,
}

/// What the conditions of a job's reports come to.
#[derive(Default)]
pub struct Dispatch {
    /// Those that leave.
    pub leaving: Vec<Leaving>,
    /// Those whose conditions keep them back.
    pub stays: Vec<Held>,
    /// Those whose conditions cannot be decided.
    pub failed: Vec<Held>,
}

/// Decides on every report of a job. One that stores no messages draws all of them.
pub async fn dispatch(project: &Project, job: &Job, release: &Release, tools: &Tools<'_>) -> Dispatch {
    let mut found = Dispatch::default();
    let calendar = calendar(project);
    for wanted in &job.reports {
        let conditions = &wanted.conditions;
        let readers = readers(project, wanted);
        let decision = match job.steps.contains(&Step::Outbox) {
            true => decide(project, wanted, &readers, release, tools).await,
            false => Ok(Decision::Leaves(BTreeMap::new())),
        };
        let held = |why: String| Held { report: wanted.name.clone(), why };
        match decision {
            Ok(Decision::Leaves(lacking)) => {
                let terms = terms(conditions, &calendar, tools.due_at, tools.world.now());
                found.leaving.push(Leaving { wanted: wanted.clone(), terms, lacking });
            }
            Ok(Decision::Stays(why)) => found.stays.push(held(why)),
            Err(error) => found.failed.push(held(ConditionError::to_string(&error))),
        }
    }
    found
}

/// Why messages of a run were not stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The ledger said no.
    #[error(transparent)]
    State(#[from] StateError),
    /// The lake said no.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// Stores the messages of every report that leaves: all of a report's, or none and why. Returns how many are new.
pub async fn store(
    project: &Project,
    leaving: &[Leaving],
    drawn: &[Drawn],
    release: &Release,
    tools: &Tools<'_>,
) -> Result<(u64, Vec<Held>), StoreError> {
    let revision = revision(release, tools.lake).await?;
    let desk = Desk { project, state: tools.state, world: tools.world };
    let (mut new, mut failed) = (0, Vec::new());
    for report in leaving {
        let name = &report.wanted.name;
        let own = drawn.iter().filter(|it| it.report == *name).filter_map(|it| {
            // A message that is there is not made again: one key has one message for ever.
            let there = tools.state.outbox_of(MessageKind::Laporan, name, release.periode, &it.reader.address);
            let there = there.map(|all| all.iter().any(|it| it.key.revision == revision));
            there.map(|there| (!there).then_some(it)).transpose()
        });
        let reports = own.map(|it| {
            let it = it?;
            let rendered = it.spooled.get()?;
            let drawn = post::Drawn { report: name.clone(), reader: it.reader.clone(), pin: it.pin.clone(), rendered };
            post::prepare(desk, &drawn, release, revision, &report.terms)
        });
        let lacking =
            readers(project, &report.wanted).into_iter().filter_map(|it| Some((it, report.lacking.get(&it.address)?)));
        let words = lacking.map(|(reader, lacks)| no_report(desk, report, reader, lacks, release));
        let messages: Result<Vec<NewMessage>, PostError> = reports.chain(words).collect();
        match messages {
            Ok(messages) => {
                let put = tools.state.outbox_put_all(&messages, tools.world.now())?;
                new += put.iter().filter(|it| matches!(it, Put::New { .. })).count() as u64;
            }
            Err(error) => failed.push(Held { report: name.clone(), why: error.to_string() }),
        }
    }
    Ok((new, failed))
}

/// Word to a reader that there is no report, and who did not send what. One for each report, month and reader, however often it is
/// found lacking.
fn no_report(
    desk: Desk<'_>,
    report: &Leaving,
    reader: &Recipient,
    lacks: &[Lack],
    release: &Release,
) -> Result<NewMessage, PostError> {
    let name = &report.wanted.name;
    let spec = desk.project.reports.iter().find(|it| it.name == *name);
    let title = spec.map_or(name.as_str(), |it| it.title.as_str());
    let day = tanggal(release.periode.last_day());
    let said = Notice {
        title: format!("Tidak ada laporan {}: {}", bulan(release.periode), who(lacks)),
        to: match reader.jabatan.is_empty() {
            true => reader.name.clone(),
            false => format!("{}, {}", reader.name, reader.jabatan),
        },
        paragraphs: vec![
            format!("{title} keadaan per {day} tidak dapat dibuat, karena data berikut belum kami terima:"),
            "Laporan dikirim setelah data tersebut masuk.".into(),
        ],
        items: lacks.iter().map(|it| format!("{}: {}", it.nama, it.datasets.join(", "))).collect(),
        reason: format!("Surat ini dikirim otomatis kepada {} karena tercatat sebagai penerima laporan.", reader.name),
    };
    let key = OutboxKey {
        kind: MessageKind::TanpaLaporan,
        report: name.clone(),
        periode: release.periode,
        recipient: reader.address.clone(),
        revision: 1,
    };
    let to = Person { name: Some(reader.name.clone()), address: reader.address.clone() };
    post::prepare_notice(desk, key, release.nomor, to, &said, &report.terms)
}

/// `Kab. Kapuas belum mengirim pegawai`, or how many did not.
fn who(lacks: &[Lack]) -> String {
    match lacks {
        [one] if one.datasets.len() == 1 => format!("{} belum mengirim {}", one.nama, one.datasets.join(", ")),
        [one] => format!("{} belum mengirim {} himpunan data", one.nama, one.datasets.len()),
        more => format!("{} pemerintah belum mengirim data", more.len()),
    }
}
