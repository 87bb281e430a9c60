//! The one integration binary: every test goes through the command line or the tree itself.
#![expect(clippy::string_slice, clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stderr, reason = "a comparison that cannot run here says so")]
#![allow(clippy::disallowed_methods, reason = "tests look at the disk and at what they were asked to run")]
#![allow(
    clippy::cloned_ref_to_slice_refs,
    clippy::cmp_owned,
    clippy::needless_borrows_for_generic_args,
    clippy::regex_creation_in_loops,
    clippy::single_element_loop,
    clippy::useless_format,
    reason = "tests say what they mean; none of these costs anything here"
)]

mod accept;
mod bounds;
mod check;
mod conditions;
mod demo;
mod disclosure;
mod docs;
mod exports;
mod harness;
mod hostile;
mod hostile_archives;
mod hostile_books;
mod hostile_seeds;
mod ingest;
mod ingest_cut_short;
mod ingest_large;
mod ingest_parallel;
mod ingest_property;
mod ingest_refused;
mod look;
mod mail;
mod mail_rules;
mod outbox;
mod peer;
mod policy;
mod policy_corpus;
mod policy_queries;
mod policy_report;
mod postfix;
mod proof;
mod queries;
mod receipt;
mod release;
mod report;
mod report_make;
mod samples;
mod schedule;
mod sql;
mod status;
mod tables;
mod tidy;
mod worklists;
