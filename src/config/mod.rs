//! File shapes of a project: text in, nouns of `model` or every problem out. Refuses to open files, stores or sockets.

mod chart;
pub mod contract;
mod contract_check;
mod contract_column;
pub mod doc;
pub mod indicator;
pub mod job;
pub mod literal;
pub mod report;
pub mod settings;
