//! The way: from delivered files to mails, planned, walked and recorded. Refuses to parse arguments, print, or sleep.

pub mod berkas;
pub mod deliveries;
pub mod document;
pub mod embedded;
pub mod file_workers;
pub mod gather;
pub mod in_force;
pub mod ingest_commit;
pub mod ingest_logs;
pub mod ingest_pass;
pub mod ingest_read;
pub mod init;
pub mod inspect;
pub mod intake;
pub mod marts;
pub mod parallel;
pub mod post;
pub mod progress;
pub mod project;
pub mod query_worker;
pub mod references;
pub mod render;
pub mod run;
pub mod snapshot;
pub mod worker_loop;
pub mod world;
