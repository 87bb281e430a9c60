//! The nouns that rooms share. Refuses I/O, the clock, and anything of the rooms above.

pub mod calendar;
pub mod chart;
pub mod chunk;
pub mod condition;
pub mod contract;
pub mod delivery;
pub mod digest;
pub mod frame;
pub mod indicator;
pub mod indonesia;
pub mod instansi;
pub mod job;
pub mod limits;
pub mod outbox;
pub mod periode;
pub mod policy;
pub mod problem;
pub mod proof;
pub mod query;
pub mod receipt;
pub mod release;
pub mod report;
pub mod run;
pub mod settings;
pub mod table;
pub mod waiting;
