//! `talenta status`: latest release, last runs, what arrived and what did not.

use crate::cli::ingest::{waiting, waiting_json};
use crate::cli::open;
use crate::cli::words::say;
use crate::cli::{Done, Failed, Global};
use crate::model::indonesia::waktu;
use crate::pipeline::deliveries::missing;
use crate::pipeline::operator::owed;
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;

/// Runs shown.
const RUNS_SHOWN: u32 = 5;

/// Latest release, last runs, deliveries.
#[derive(Debug, Args)]
pub struct Status {}

/// `talenta status`.
pub fn run(_: &Status, global: &Global) -> Done {
    let project = open::project(global)?;
    let state = open::state(&project)?;
    let world = open::world(global)?;
    let periode = open::last_month(world.now());
    let (release, held) = open::block_on(async {
        let lake = open::lake(&project, &world).await?;
        let release = lake.latest_release().await.map_err(Failed::user)?;
        Ok((release, lake.waiting().await.map_err(Failed::user)?))
    })?;
    let holder = open::holder(&project);
    let mut runs = state.runs(RUNS_SHOWN).map_err(Failed::user)?;
    runs.iter_mut().for_each(|run| run.status = run.seen(holder.is_some()));
    let deliveries = state.deliveries(None).map_err(Failed::user)?;
    let missing = missing(&deliveries, &project.senders, &project.contracts, periode);
    let messages = state.outbox_list(None).map_err(Failed::user)?;
    let mut outbox: BTreeMap<String, u64> = BTreeMap::new();
    messages.iter().for_each(|it| *outbox.entry(it.state.to_string()).or_default() += 1);
    let owed = owed(&state, world.now(), holder.is_some()).map_err(Failed::user)?;
    if global.json {
        say(json!({
            "release": release, "runs": runs, "deliveries": deliveries.len(), "periode": periode,
            "missing": missing.iter().map(|(nama, datasets)| json!({ "instansi": nama, "dataset": datasets })).collect::<Vec<_>>(),
            "waiting": held.iter().map(waiting_json).collect::<Vec<_>>(), "outbox": outbox, "owed": owed, "writer": holder,
        }));
        return Ok(0);
    }
    match &release {
        Some(it) => say(format!(
            "release {} of {}, published {} by job `{}`",
            it.nomor,
            it.periode,
            waktu(it.dibuat_pada),
            it.job
        )),
        None => say("no release yet: `talenta run bulanan` publishes one"),
    }
    if let Some(holder) = &holder {
        say(format!("writing now: {holder}"));
    }
    for run in &runs {
        let message = run.message.as_deref().map_or_else(String::new, |it| format!(": {it}"));
        let (began, status) = (waktu(run.started), run.status);
        say(format!("run {} {} of {} began {began}: {status}{message}", run.id, run.job, run.periode));
    }
    let refused = deliveries.iter().filter(|it| it.status == "DITOLAK").count();
    say(format!("{} tables delivered in all, {refused} refused", deliveries.len()));
    waiting(&held);
    if missing.is_empty() {
        say(format!("every government has delivered every dataset for {periode}"));
    } else {
        say(format!("nothing in force for {periode}:"));
        // Governments that lack the same are told together.
        let mut alike: Vec<(Vec<&str>, &[String])> = Vec::new();
        for (nama, datasets) in &missing {
            match alike.iter_mut().find(|(_, same)| *same == datasets.as_slice()) {
                Some((names, _)) => names.push(nama),
                None => alike.push((vec![nama], datasets)),
            }
        }
        for (names, datasets) in alike {
            let all = datasets.len() == project.contracts.len();
            let what = if all { "every dataset".into() } else { datasets.join(", ") };
            say(format!("  {}: {what}", names.join(", ")));
        }
    }
    let counts: Vec<String> = outbox.iter().map(|(state, count)| format!("{count} {state}")).collect();
    say(format!("outbox: {}", if counts.is_empty() { "empty".into() } else { counts.join(", ") }));
    if owed.is_empty() && !outbox.is_empty() {
        say("every reader got every report");
    } else if !owed.is_empty() {
        say("readers without their report:");
        owed.lines().iter().for_each(|line| say(format!("  {line}")));
    }
    Ok(0)
}
