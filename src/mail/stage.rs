//! How far a transaction is, seen from both of its threads: the one that speaks and the one that waits. Refuses to let the first go
//! on after the second has given up.

use std::sync::atomic::{AtomicU8, Ordering};

const BEFORE: u8 = 0;
const BODY: u8 = 1;
const DOT: u8 = 2;
const GIVEN_UP: u8 = 3;

/// How far a transaction is. It only goes forward.
#[derive(Debug, Default)]
pub(in crate::mail) struct Stage(AtomicU8);

impl Stage {
    /// The speaker is about to send the first byte of the body. False if the other has given up: then nothing more is sent.
    pub(in crate::mail) fn begin_body(&self) -> bool {
        self.0.compare_exchange(BEFORE, BODY, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The speaker is about to send the final dot.
    pub(in crate::mail) fn begin_dot(&self) {
        self.0.store(DOT, Ordering::Release);
    }

    /// The waiter gives up. True if that was in time: nothing of the body has gone out and nothing will.
    pub(in crate::mail) fn give_up(&self) -> bool {
        self.0.compare_exchange(BEFORE, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// What is known of a body that was under way when the answer failed to come.
    pub(in crate::mail) fn known(&self) -> &'static str {
        match self.0.load(Ordering::Acquire) {
            BODY => "the final dot was not sent, so the relay should have dropped it",
            _ => "the final dot may have been sent, so the relay may have taken it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_the_body_begins_or_the_waiter_gives_up() {
        let stage = Stage::default();
        assert!(stage.give_up());
        assert!(!stage.begin_body());
        let stage = Stage::default();
        assert!(stage.begin_body());
        assert!(!stage.give_up());
        assert!(stage.known().contains("not sent"));
        stage.begin_dot();
        assert!(stage.known().contains("may have"));
        assert!(!stage.give_up());
    }
}
