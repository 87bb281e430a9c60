//! File shapes of a project: text in, nouns of `model` or every problem out. Refuses to open files, stores or sockets.

pub mod access;
mod chart;
pub mod contract;
mod contract_check;
mod contract_column;
pub mod doc;
pub mod indicator;
pub mod job;
mod job_report;
pub mod literal;
pub mod report;
pub mod settings;
