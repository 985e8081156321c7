//! The thread that a model lives on: takes the next asking, answers it or doesn't.
//!
//! It must never be waited for by anyone who can't do without it, and never take more than its
//! own thread down. Read next: `native.rs` for the model itself.

use super::queue::{Job, Queue};
use crate::{Ask, Suggestion};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What reads and answers. It stops soon after `wanted` says no.
pub(super) trait Mind {
    fn think(&mut self, ask: &Ask, wanted: &dyn Fn() -> bool) -> Result<Suggestion, Failed>;
}

/// Why there is no suggestion. Never what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failed {
    /// Nobody waited any more.
    CalledOff,
    /// What came out is not the form, or the model can't go on.
    Unusable,
}

/// How many askings went which way, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Came in.
    pub asked: u64,
    /// Answered with a suggestion.
    pub suggested: u64,
    /// Dropped because too many waited, or because nobody works here any more.
    pub dropped: u64,
    /// Not answered within the time limit.
    pub late: u64,
    /// The model's answer could not be used.
    pub unusable: u64,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) asked: AtomicU64,
    pub(super) suggested: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) late: AtomicU64,
    pub(super) unusable: AtomicU64,
}

impl Tally {
    pub(super) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            asked: read(&self.asked),
            suggested: read(&self.suggested),
            dropped: read(&self.dropped),
            late: read(&self.late),
            unusable: read(&self.unusable),
        }
    }
}

pub(super) fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

/// What the thread and those who ask share.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) queue: Queue,
    pub(super) tally: Tally,
}

/// However the thread ends, nobody waits for it afterwards.
pub(super) struct CloseAtEnd(pub(super) Arc<Desk>);

impl Drop for CloseAtEnd {
    fn drop(&mut self) {
        self.0.queue.close();
    }
}

/// Answers until the line is closed.
pub(super) fn work(desk: &Desk, mind: &mut dyn Mind) {
    while let Some(Job { ask, answer }) = desk.queue.next() {
        match mind.think(&ask, &|| !answer.is_closed() && desk.queue.is_open()) {
            Ok(suggestion) => {
                // Counted first, so that whoever has the answer finds it counted.
                if !answer.is_closed() {
                    add(&desk.tally.suggested, 1);
                }
                let _ = answer.send(suggestion);
            }
            Err(Failed::Unusable) => add(&desk.tally.unusable, 1),
            Err(Failed::CalledOff) => {}
        }
    }
}
