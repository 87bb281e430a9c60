//! `talenta outbox`: every message and its state, the sending of what waits, a person's word on uncertain ones, the kill switch.

use crate::cli::open;
use crate::cli::run::tally;
use crate::cli::words::say;
use crate::cli::{Done, Failed, Global};
use crate::model::indonesia::waktu;
use crate::model::outbox::{Message, MessageKind, OutboxState, Resolution, Rung};
use crate::pipeline::post;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

/// The state of every message.
#[derive(Debug, Args)]
pub struct Outbox {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Every message, newest last
    List,
    /// Send what waits, also what was to be tried again later
    Send {
        /// Also what waits for the hours and days of its report
        #[arg(long)]
        now: bool,
    },
    /// Say what became of an uncertain message
    Resolve {
        /// Number of the message
        id: i64,
        /// `delivered`: it arrived. `resend`: it did not; send the same bytes again
        #[arg(value_enum)]
        what: Word,
    },
    /// Stop all sending at once; holds across restarts
    Stop,
    /// Let messages go again
    Start,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    Delivered,
    Resend,
}

/// `talenta outbox …`.
pub fn run(args: &Outbox, global: &Global) -> Done {
    let project = open::project(global)?;
    let state = open::state(&project)?;
    let now = open::now();
    match &args.action {
        Action::List => {
            let messages = state.outbox_list(None).map_err(Failed::user)?;
            let halted = state.outbox_stopped().map_err(Failed::user)?;
            if global.json {
                say(json!({ "messages": messages, "stopped": halted }));
            } else {
                messages.iter().rev().for_each(|it| show(it, now));
                if let Some(halt) = halted {
                    say(format!("stopped since {} by {}", halt.since, halt.by));
                }
                if messages.is_empty() {
                    say("no messages");
                }
            }
        }
        Action::Send { now: any_hour } => {
            let _lock = open::lock(&project, &state, "outbox send")?;
            let world = open::world(global)?;
            let posted = post::send_waiting(&project, &state, &world, !any_hour).map_err(Failed::user)?;
            let stopped = if posted.stopped { "; the outbox is stopped" } else { "" };
            say(format!("{}{stopped}", tally(&posted)));
        }
        Action::Resolve { id, what } => {
            let _lock = open::lock(&project, &state, "outbox resolve")?;
            let resolution = match what {
                Word::Delivered => Resolution::Delivered,
                Word::Resend => Resolution::Resend,
            };
            state.resolve(*id, resolution, now).map_err(Failed::user)?;
            let detail = json!({ "message": id, "resolution": format!("{what:?}").to_lowercase() });
            state.audit(now, "operator", "outbox resolve", &detail).map_err(Failed::user)?;
            say(format!("message {id} resolved"));
        }
        // The kill switch takes no lock: it must work while somebody sends.
        Action::Stop => {
            state.stop_outbox("operator", now).map_err(Failed::user)?;
            state.audit(now, "operator", "outbox stop", &json!({})).map_err(Failed::user)?;
            say("stopped: no message leaves until `talenta outbox start`");
        }
        Action::Start => {
            state.start_outbox().map_err(Failed::user)?;
            state.audit(now, "operator", "outbox start", &json!({})).map_err(Failed::user)?;
            say("messages may leave again");
        }
    }
    Ok(0)
}

fn show(message: &Message, now: DateTime<Utc>) {
    let key = &message.key;
    let kind = match key.kind {
        MessageKind::Laporan => String::new(),
        other => format!(" [{other}]"),
    };
    let mut notes = Vec::new();
    if message.rung != Rung::Lengkap {
        notes.push(message.rung.to_string());
    }
    if message.is_late(now) {
        notes.push("late".into());
    }
    if let Some(next) = message.next_attempt_at.filter(|_| message.state == OutboxState::Dirender) {
        notes.push(format!("not before {}", waktu(next)));
    }
    notes.extend(message.last_reply.clone());
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
    say(format!(
        "{:>5} {:<10} {}{kind} {} rev {} to {}{notes}",
        message.id, message.state, key.report, key.periode, key.revision, message.address
    ));
}
