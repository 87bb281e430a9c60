//! What a run may know of the world: the clock, the environment, its own program, who watches. Passed in, never taken.

use crate::pipeline::progress::Progress;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The surroundings of one command.
#[derive(Clone)]
pub struct World {
    /// Reads the clock.
    pub clock: fn() -> DateTime<Utc>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// This program, to start workers.
    pub program: PathBuf,
    /// Worker processes and query threads at once.
    pub threads: usize,
    /// Who watches.
    pub progress: Arc<dyn Progress>,
}

impl World {
    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}
