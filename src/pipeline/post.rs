//! Messages into the outbox: composed once per reader, stored before they leave. Refuses an address outside the project's domains,
//! and a second message under one key.

use crate::mail::{self, Letter, Person};
use crate::model::digest::Digest;
use crate::model::indonesia::{tanggal, waktu, wib};
use crate::model::job::Recipient;
use crate::model::outbox::{Message, MessageKind, NewMessage, OutboxKey, OutboxState, Put, Rung};
use crate::model::periode::Periode;
use crate::model::proof::Pin;
use crate::model::release::Release;
use crate::pipeline::conditions::Terms;
use crate::pipeline::letter::{self, Frame, letter, person};
use crate::pipeline::post_error::PostError;
use crate::pipeline::project::Project;
use crate::pipeline::render::{self, templates};
use crate::pipeline::send;
use crate::pipeline::world::World;
use crate::report::Rendered;
use crate::report::notice::{Notice, notice};
use crate::state::State;

pub use crate::pipeline::send::{Posted, send_due, send_waiting};

/// Class of a report that anybody may read.
const PUBLIC: &str = "Untuk umum";

/// A report drawn for one reader.
pub struct Drawn {
    /// The report.
    pub report: String,
    /// For whom.
    pub reader: Recipient,
    /// What it was made from.
    pub pin: Pin,
    /// Its files and bodies.
    pub rendered: Rendered,
}

/// Where messages are made: the project they are of, the ledger they go into, the world they are made in.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The project.
    pub project: &'a Project,
    /// The ledger.
    pub state: &'a State,
    /// The surroundings.
    pub world: &'a World,
}

/// The message of a rendered report for one reader, under terms, not yet stored. Where it cannot leave in time it says so; where the
/// reader has an earlier revision it says that it replaces it.
pub fn prepare(
    desk: Desk<'_>,
    drawn: &Drawn,
    release: &Release,
    revision: u32,
    terms: &Terms,
) -> Result<NewMessage, PostError> {
    let Drawn { report, reader, pin, rendered } = drawn;
    let key = OutboxKey {
        kind: MessageKind::Laporan,
        report: report.clone(),
        periode: release.periode,
        recipient: reader.address.clone(),
        revision,
    };
    let (mut marks, mut above) = (Vec::new(), Vec::new());
    let before = desk.state.outbox_of(key.kind, report, key.periode, &key.recipient)?;
    let sent =
        |it: &&Message| it.key.revision < revision && matches!(it.state, OutboxState::Diterima | OutboxState::Ragu);
    let leaves = terms.not_before.unwrap_or_else(|| desk.world.now());
    match before.iter().rev().find(sent) {
        Some(earlier) => {
            let day = earlier.handed_over_at.unwrap_or(earlier.rendered_at).with_timezone(&wib()).date_naive();
            marks.push("[Perbaikan]");
            above.push(format!(
                "Laporan ini menggantikan laporan yang dikirim {}: data {} berubah sejak itu.",
                tanggal(day),
                bulan(key.periode)
            ));
        }
        None if terms.due_at.is_some_and(|due| due < leaves) => {
            marks.push("[Terlambat]");
            let planned = terms.planned.or(terms.due_at).map_or_else(String::new, waktu);
            above.push(format!("Laporan ini terlambat: seharusnya dikirim {planned}, dikirim {}.", waktu(leaves)));
        }
        None => {}
    }
    let to = Person { name: Some(reader.name.clone()), address: reader.address.clone() };
    let message = made(desk, key, release.nomor, to, (marks, above), rendered, terms)?;
    // Before the message, so that none is without its proof.
    desk.state.put_proof(Some(Digest::of(&message.mime)), pin, &render::parts(rendered), desk.world.now())?;
    Ok(message)
}

/// Sends a report as its reader would get it to the operator, and to nobody else. It counts for nothing: not as the report's sending,
/// and the next test is another message.
pub fn send_test(
    project: &Project,
    state: &State,
    drawn: &Drawn,
    release: &Release,
    world: &World,
) -> Result<Posted, PostError> {
    let Drawn { report, reader, pin, rendered } = drawn;
    let operator = person(project.settings.mail.operator.as_deref().ok_or(PostError::NoOperator)?);
    let tests = state.outbox_of(MessageKind::Uji, report, release.periode, &operator.address)?;
    let key = OutboxKey {
        kind: MessageKind::Uji,
        report: report.clone(),
        periode: release.periode,
        recipient: operator.address.clone(),
        revision: tests.last().map_or(1, |it| it.key.revision + 1),
    };
    let above = vec![format!(
        "Surat uji. Penerima laporan ini adalah {} ({}); surat ini tidak dihitung sebagai pengirimannya.",
        reader.name, reader.address
    )];
    let desk = Desk { project, state, world };
    let message = made(desk, key, release.nomor, operator, (vec!["[UJI]"], above), rendered, &Terms::default())?;
    state.put_proof(Some(Digest::of(&message.mime)), pin, &render::parts(rendered), world.now())?;
    match state.outbox_put(&message, world.now())? {
        Put::New { id } | Put::Already { id, .. } => send::send_these(&[id], project, state, world),
    }
}

/// A short message without a report under `key`, not yet stored.
pub fn prepare_notice(
    desk: Desk<'_>,
    key: OutboxKey,
    release: u64,
    to: Person,
    said: &Notice,
    terms: &Terms,
) -> Result<NewMessage, PostError> {
    let settings = &desk.project.settings;
    let (html, text) = notice(&templates(desk.project), &settings.office, said)
        .map_err(|source| PostError::Notice { about: key.report.clone(), source })?;
    allowed(desk.project, &to.address)?;
    let composed = mail::compose(&Letter {
        from: person(&settings.mail.from),
        to,
        reply_to: settings.mail.reply_to.as_deref().map(person),
        bounce: None,
        subject: letter::subject(&[], &said.title),
        html,
        text,
        images: Vec::new(),
        attachments: Vec::new(),
        message_id: message_id(&key, &settings.mail.from),
        date: desk.world.now(),
        list: None,
        confidential: true,
    })
    .map_err(|source| PostError::Compose { report: key.report.clone(), source })?;
    Ok(stored(key, release, composed, Rung::Lengkap, terms))
}

/// A message of a report with what is said before its subject and above it.
fn made(
    desk: Desk<'_>,
    key: OutboxKey,
    release: u64,
    to: Person,
    (marks, above): (Vec<&'static str>, Vec<String>),
    rendered: &Rendered,
    terms: &Terms,
) -> Result<NewMessage, PostError> {
    let settings = &desk.project.settings;
    allowed(desk.project, &to.address)?;
    let frame = Frame {
        to,
        message_id: message_id(&key, &settings.mail.from),
        date: desk.world.now(),
        marks,
        above,
        confidential: is_confidential(desk.project, &key.report),
    };
    let (composed, rung) = letter(&frame, rendered, &key.report, &settings.mail, &settings.limits)?;
    Ok(stored(key, release, composed, rung, terms))
}

fn stored(key: OutboxKey, release: u64, composed: mail::Composed, rung: Rung, terms: &Terms) -> NewMessage {
    NewMessage {
        key,
        release,
        sender: composed.sender,
        address: composed.recipient,
        subject: composed.subject,
        message_id: composed.message_id,
        mime: composed.mime,
        rung,
        gate: terms.gate,
        not_before: terms.not_before,
        due_at: terms.due_at,
    }
}

fn allowed(project: &Project, address: &str) -> Result<(), PostError> {
    let mail = &project.settings.mail;
    match mail.may_go_to(address) {
        true => Ok(()),
        false => Err(PostError::Domain { address: address.into(), domains: mail.domains.join(", ") }),
    }
}

/// The same for the same key, even where the ledger was lost and the message is made again.
fn message_id(key: &OutboxKey, from: &str) -> String {
    let (periode, nth, kind) = (key.periode.to_string(), key.revision.to_string(), key.kind.to_string());
    let mut parts = vec![key.report.as_str(), &periode, &key.recipient, &nth];
    if key.kind != MessageKind::Laporan {
        parts.push(&kind);
    }
    let left: String = Digest::of_parts(parts.into_iter().map(str::as_bytes)).to_string().chars().take(32).collect();
    let from = person(from).address;
    format!("<{left}@{}>", from.rsplit('@').next().unwrap_or("localhost"))
}

fn is_confidential(project: &Project, report: &str) -> bool {
    project.reports.iter().find(|it| it.name == report).is_none_or(|it| it.class != PUBLIC)
}

/// `Desember 2025`.
pub fn bulan(periode: Periode) -> String {
    let name = crate::model::indonesia::BULAN[periode.month() as usize - 1];
    format!("{name} {}", periode.year())
}

#[cfg(test)]
mod tests;
