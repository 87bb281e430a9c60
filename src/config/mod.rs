//! File shapes of a project: text in, nouns of `model` or every problem out. Refuses to open files, stores or sockets.

pub mod doc;
pub mod job;
pub mod report;
pub mod settings;
