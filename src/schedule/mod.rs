//! The door by the clock: when jobs are due and the loop that runs them. Refuses to trust the alarm clock: the due-table decides.

pub mod clock;
pub mod daemon;
pub mod simulate;
