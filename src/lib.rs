//! `talenta`: exports of 15 governments in, a consistent release of merit and training figures out, and reports by mail.
//!
//! The rooms, lowest floor first; a room uses only rooms on lower floors (see ARCHITECTURE.md):
//! `model` · `config` `state` `worker` · `ingest` `lake` `analysis` `report` `mail` `sample` · `pipeline` · `schedule` · `cli`.

pub mod model;
pub mod sample;
