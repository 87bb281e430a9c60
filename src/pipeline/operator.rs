//! Word to the person who keeps the program running: what failed, and who did not get what. Refuses to tell readers anything, and
//! to hold a run up when the word itself cannot be sent.

use crate::model::indonesia::wib;
use crate::model::outbox::{Message, MessageKind, OutboxKey, OutboxState, Put};
use crate::model::periode::Periode;
use crate::model::run::{Run, RunStatus};
use crate::pipeline::conditions::Terms;
use crate::pipeline::letter::person;
use crate::pipeline::post::{Desk, prepare_notice};
use crate::pipeline::post_error::PostError;
use crate::pipeline::project::Project;
use crate::pipeline::send::send_these;
use crate::report::notice::Notice;
use crate::state::{Error as StateError, State};
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Timelike as _, Utc};
use serde::Serialize;
use std::collections::BTreeSet;

/// Days after which what failed is no news any more; doubts stay until a person settles them.
const DAYS_KEPT: i64 = 31;
/// Runs looked at.
const RUNS_LOOKED_AT: u32 = 200;
/// What the daily line is about, in its key.
const DAILY: &str = "harian";

/// Who did not get what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Owed {
    /// Messages to readers that were refused, are uncertain, put off, or late.
    pub messages: Vec<Message>,
    /// The last run of a job for a month, where it failed or was cut off: its readers may have nothing.
    pub runs: Vec<Run>,
}

impl Owed {
    /// Whether everybody got everything.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.runs.is_empty()
    }

    /// One line for each, for terminals and logs.
    pub fn lines(&self) -> Vec<String> {
        let run = |it: &Run| {
            let why = it.message.as_deref().map_or_else(String::new, |why| format!(": {}", first_line(why)));
            format!("run of `{}` for {} {}{why}", it.job, it.periode, it.status)
        };
        let message = |it: &Message| {
            let why = it.last_reply.as_deref().map_or_else(String::new, |why| format!(" ({why})"));
            let (key, state, address) = (&it.key, it.state, &it.address);
            format!("message {}: {address} has no {} of {}: {state}{why}", it.id, key.report, key.periode)
        };
        self.runs.iter().map(run).chain(self.messages.iter().map(message)).collect()
    }
}

/// Who did not get what as things stand at `now`; `writing` says whether a process is at work, whose run is then under way.
///
/// # Errors
/// What a read can meet.
pub fn owed(state: &State, now: DateTime<Utc>, writing: bool) -> Result<Owed, StateError> {
    let kept = now - TimeDelta::days(DAYS_KEPT);
    let is_owed = |it: &Message| match it.state {
        OutboxState::Diterima | OutboxState::Diganti => false,
        OutboxState::Ragu => true,
        OutboxState::Gagal => it.rendered_at >= kept,
        OutboxState::Diserahkan => !writing,
        OutboxState::Dirender => it.attempts > 0 || it.is_late(now),
    };
    let to_reader = |it: &Message| matches!(it.key.kind, MessageKind::Laporan | MessageKind::TanpaLaporan);
    let mut messages = state.outbox_list(None)?;
    messages.retain(|it| to_reader(it) && is_owed(it));
    messages.reverse();
    let mut seen = BTreeSet::new();
    let mut runs = state.runs(RUNS_LOOKED_AT)?;
    runs.iter_mut().for_each(|it| it.status = it.seen(writing));
    runs.retain(|it| {
        let last = seen.insert((it.job.clone(), it.periode));
        last && it.started >= kept && matches!(it.status, RunStatus::Gagal | RunStatus::Terputus)
    });
    Ok(Owed { messages, runs })
}

/// Tells the operator that a run failed. Where there is no operator, or the word cannot be sent now, the log has it.
pub fn tell_failed_run(desk: Desk<'_>, run: &Run, why: &str) {
    let said = Notice {
        title: format!("[Talenta] Pekerjaan {} untuk {} gagal", run.job, run.periode),
        to: String::new(),
        paragraphs: vec![
            "Penerima laporan yang gagal tidak menerima apa pun, dan tidak diberi tahu. Sebabnya:".into(),
            "Perbaiki sebabnya lalu jalankan lagi; yang sudah terkirim tidak dikirim dua kali.".into(),
        ],
        items: why.lines().map(str::to_string).collect(),
        reason: "Surat ini dikirim otomatis kepada operator.".into(),
    };
    if let Err(error) = tell(desk, &run.job, run.periode, run.nth, &said) {
        tracing::error!(%error, "the operator could not be told of the failed run");
    }
}

/// Whether the daily line is still to be given today; `told` is the last day it was given for.
pub fn is_time(project: &Project, told: Option<NaiveDate>, now: DateTime<Utc>) -> bool {
    let local = now.with_timezone(&wib());
    told != Some(local.date_naive()) && local.hour() >= project.settings.mail.operator_hour
}

/// The daily line, once a day from the operator's hour on: to the log always, to the operator where anything is owed. Returns the day
/// it was given for; `told` is the last such day.
///
/// # Errors
/// What storing and sending can meet.
pub fn daily(desk: Desk<'_>, told: Option<NaiveDate>) -> Result<Option<NaiveDate>, PostError> {
    let now = desk.world.now();
    if !is_time(desk.project, told, now) {
        return Ok(told);
    }
    let today = now.with_timezone(&wib()).date_naive();
    let owed = owed(desk.state, now, true)?;
    if owed.is_empty() {
        tracing::info!("every reader got every report");
        return Ok(Some(today));
    }
    let lines = owed.lines();
    lines.iter().for_each(|line| tracing::warn!("{line}"));
    let said = Notice {
        title: format!("[Talenta] {} laporan belum sampai", owed.messages.len() + owed.runs.len()),
        to: String::new(),
        paragraphs: vec![
            "Yang belum menerima laporannya, dan pekerjaan yang gagal:".into(),
            "Yang berstatus RAGU menunggu keputusan: `talenta outbox resolve NOMOR delivered` bila sampai, `resend` bila tidak."
                .into(),
        ],
        items: lines,
        reason: "Surat ini dikirim otomatis kepada operator, sekali sehari, selama ada yang belum sampai.".into(),
    };
    tell(desk, DAILY, Periode::of(today), today.day(), &said)?;
    Ok(Some(today))
}

/// Stores and sends one word to the operator, once for each key; nothing where there is none.
fn tell(desk: Desk<'_>, about: &str, periode: Periode, nth: u32, said: &Notice) -> Result<(), PostError> {
    let Some(operator) = &desk.project.settings.mail.operator else { return Ok(()) };
    let to = person(operator);
    let key = OutboxKey {
        kind: MessageKind::Operator,
        report: about.into(),
        periode,
        recipient: to.address.clone(),
        revision: nth,
    };
    let message = prepare_notice(desk, key, 0, to, said, &Terms::default())?;
    if let Put::New { id } = desk.state.outbox_put(&message, desk.world.now())? {
        send_these(&[id], desk.project, desk.state, desk.world)?;
    }
    Ok(())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
