//! What the steps of a run work with. Refuses to do anything itself.

use crate::analysis::project::Project as QueryProject;
use crate::lake::Lake;
use crate::pipeline::world::World;
use crate::state::State;
use chrono::{DateTime, Utc};

/// What a run needs besides the project.
pub struct Tools<'a> {
    /// The lake.
    pub lake: &'a Lake,
    /// The ledger.
    pub state: &'a State,
    /// The planned queries.
    pub queries: &'a QueryProject,
    /// The surroundings.
    pub world: &'a World,
    /// When the job was due for the month, where a clock says so.
    pub due_at: Option<DateTime<Utc>>,
}
