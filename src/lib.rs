//! `talenta`: exports of 15 governments in, a consistent release of merit and training figures out, and reports by mail.
//!
//! The rooms, lowest floor first; a room uses only rooms on lower floors (see ARCHITECTURE.md):
//! `model` · `config` `state` `worker` · `ingest` `lake` `analysis` `report` `mail` `sample` · `pipeline` · `schedule` · `cli`.

pub mod analysis;
pub mod cli;
pub mod config;
pub mod ingest;
pub mod lake;
pub mod mail;
pub mod model;
pub mod pipeline;
pub mod report;
pub mod sample;
pub mod schedule;
pub mod state;
pub mod worker;
