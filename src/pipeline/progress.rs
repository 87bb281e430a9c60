//! How far the work is, for whoever watches. Refuses to print.

/// Somebody who watches a run.
pub trait Progress: Send + Sync {
    /// A stage begins; `total` units of work lie ahead, where that is known.
    fn begin(&self, stage: &str, total: Option<u64>);
    /// `units` more are done.
    fn advance(&self, units: u64);
    /// The stage is over.
    fn end(&self);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn begin(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
}
