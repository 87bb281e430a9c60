//! `talenta outbox`: every message and its state, the sending of what waits, a person's word on uncertain ones, the kill switch.

use crate::cli::open;
use crate::cli::words::say;
use crate::cli::{Done, Failed, Global};
use crate::model::outbox::{Message, Resolution};
use crate::pipeline::post;
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
    Send,
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
                messages.iter().for_each(show);
                if let Some(halt) = halted {
                    say(format!("stopped since {} by {}", halt.since, halt.by));
                }
                if messages.is_empty() {
                    say("no messages");
                }
            }
        }
        Action::Send => {
            let _lock = open::lock(&project, &state, "outbox send")?;
            let world = open::world(global)?;
            let posted = post::send_waiting(&project, &state, &world).map_err(Failed::user)?;
            say(format!(
                "{} sent, {} to be tried again, {} failed, {} uncertain{}",
                posted.accepted,
                posted.postponed,
                posted.failed,
                posted.uncertain,
                if posted.stopped { "; the outbox is stopped" } else { "" }
            ));
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
            say("stopped: no message leaves until `talenta outbox start`");
        }
        Action::Start => {
            state.start_outbox().map_err(Failed::user)?;
            say("messages may leave again");
        }
    }
    Ok(0)
}

fn show(message: &Message) {
    let key = &message.key;
    let reply = message.last_reply.as_deref().map_or_else(String::new, |reply| format!(" ({reply})"));
    say(format!(
        "{:>5} {:<10} {} {} rev {} to {}{reply}",
        message.id, message.state, key.report, key.periode, key.revision, message.address
    ));
}
