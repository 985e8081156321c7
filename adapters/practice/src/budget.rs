//! How much may come in: so that nobody can fill the disk or drown the others.
//!
//! The limits are far above what a person writes; the house itself answers floods kindly.
//! Read next: `api.rs`.

use domain::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// The window that the limits count in.
const WINDOW: Duration = Duration::from_secs(60);
/// Requests of one child in a window.
const PER_CHILD: u32 = 12_000;
/// Requests of all in a window.
const PER_ALL: u32 = 60_000;
/// Bytes of all in a window.
const BYTES: usize = 64 * 1024 * 1024;

/// What came in during the running window.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    since: Timestamp,
    children: HashMap<String, u32>,
    requests: u32,
    bytes: usize,
}

impl Budget {
    /// Counts one request; `false` when it is too much.
    pub(crate) fn allows(&mut self, child: &str, bytes: usize, now: Timestamp) -> bool {
        // Also when the clock was set back: a window never lasts longer than the clock can tell.
        if now < self.since || now.since(self.since) >= WINDOW {
            *self = Self { since: now, ..Self::default() };
        }
        let of_child = self.children.get(child).copied().unwrap_or(0);
        if of_child >= PER_CHILD || self.requests >= PER_ALL || self.bytes.saturating_add(bytes) > BYTES {
            return false;
        }
        self.children.insert(child.to_owned(), of_child + 1);
        self.requests += 1;
        self.bytes += bytes;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn one_child_is_stopped_and_the_others_are_not() {
        let mut budget = Budget::default();
        assert!((0..PER_CHILD).all(|_| budget.allows("a", 10, at(100))));
        assert!(!budget.allows("a", 10, at(159)));
        assert!(budget.allows("b", 10, at(159)));
        assert!(budget.allows("a", 10, at(160)));
        assert!(budget.allows("a", 10, at(1)));
    }

    #[test]
    fn bytes_are_counted_over_all() {
        let mut budget = Budget::default();
        assert!((0..64).all(|n| budget.allows(&n.to_string(), 1024 * 1024, at(0))));
        assert!(!budget.allows("x", 1, at(59)));
        assert!(budget.allows("x", 1, at(60)));
    }
}
