//! Every limit of the engine: a name, a unit in the name, a default. Refuses to enforce anything.

use serde::{Deserialize, Serialize};

/// The limits of one project; `talenta.toml` may change each under `[limits]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Largest delivered file that is read.
    pub file_bytes_max: u64,
    /// Unpacked size above which a file is an archive bomb, if it is also 100 times the packed size (BRK-07).
    pub unzipped_bytes_max: u64,
    /// Most rows of one sheet.
    pub rows_max: u64,
    /// Address space of a worker process that reads files or draws reports.
    pub worker_memory_bytes_max: u64,
    /// Time a worker has for one delivered file before it is killed (BRK-15).
    pub file_seconds_max: u64,
    /// Memory a query may use; the address space of its worker follows from it.
    pub query_memory_bytes_max: u64,
    /// Time a query has before its worker is killed.
    pub query_seconds_max: u64,
    /// Time a worker has to draw one report for one reader before it is killed.
    pub report_seconds_max: u64,
    /// Rows of a result shown on a terminal or as JSON; does not bind `--output`.
    pub result_rows_max: u64,
    /// Largest attachment of a mail; a larger one stays behind and the message says where to fetch it.
    pub attachment_bytes_max: u64,
    /// Largest message on the wire: 10 MB is what most servers take, and base64 makes 1.37 of 1.
    pub message_bytes_max: u64,
    /// Time after the first attempt from which a message that a relay keeps putting off has failed: the report is stale by then.
    pub retry_hours_max: u64,
    /// Most recipients of one report.
    pub recipients_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: 1 << 30,
            unzipped_bytes_max: 64 << 20,
            rows_max: 2_000_000,
            worker_memory_bytes_max: 4 << 30,
            file_seconds_max: 300,
            query_memory_bytes_max: 1 << 30,
            query_seconds_max: 120,
            report_seconds_max: 120,
            result_rows_max: 10_000,
            attachment_bytes_max: 10 << 20,
            message_bytes_max: 10_000_000,
            retry_hours_max: 48,
            recipients_max: 200,
        }
    }
}
