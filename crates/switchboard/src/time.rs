//! Time as the switchboard lives it: the present, and sleeping until a moment.
//!
//! Real time is read here and nowhere else in this room. Tests drive [`VirtualTime`].

use crate::house::held;
use async_trait::async_trait;
use domain::{Clock, Timestamp};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// A clock one can sleep by.
#[async_trait]
pub trait HouseTime: Clock {
    /// Returns when the clock reads at least `at`.
    async fn sleep_until(&self, at: Timestamp);
}

/// The machine's clock, which never goes back while the process lives: a clock that is set back by
/// an hour must not keep an alarm from ringing for an hour.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealTime;

static ANCHOR: Mutex<Option<Anchor>> = Mutex::new(None);

/// A moment by both of the machine's clocks.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    /// Since the process' first reading; never goes back.
    up: Instant,
    wall: Timestamp,
}

impl Anchor {
    /// The present: by the wall's clock, or by the time passed where the wall's clock is behind.
    fn forward(known: Option<Self>, read: Self) -> (Self, Timestamp) {
        let Some(known) = known else { return (read, read.wall) };
        let passed = known.wall.plus(read.up.saturating_duration_since(known.up));
        if read.wall >= passed { (read, read.wall) } else { (known, passed) }
    }
}

impl Clock for RealTime {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        let mut anchor = held(&ANCHOR);
        let (next, now) = Anchor::forward(*anchor, Anchor { up: Instant::now(), wall });
        *anchor = Some(next);
        now
    }
}

/// Sleeps are cut, so that a clock that jumps forward is noticed within this time.
const LONGEST_NAP: Duration = Duration::from_secs(15);

#[async_trait]
impl HouseTime for RealTime {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that sleeps by the machine's clock")]
    async fn sleep_until(&self, at: Timestamp) {
        loop {
            let left = at.since(self.now());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_NAP)).await;
        }
    }
}

/// A clock that a test moves.
#[derive(Debug, Clone)]
pub struct VirtualTime {
    now: Arc<watch::Sender<Timestamp>>,
}

impl VirtualTime {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { now: Arc::new(watch::Sender::new(start)) }
    }

    /// Moves it forward.
    pub fn advance(&self, span: Duration) {
        self.now.send_modify(|now| *now = now.plus(span));
    }

    /// Sets it, also back.
    pub fn set(&self, at: Timestamp) {
        self.now.send_replace(at);
    }
}

impl Clock for VirtualTime {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }
}

#[async_trait]
impl HouseTime for VirtualTime {
    async fn sleep_until(&self, at: Timestamp) {
        let mut seen = self.now.subscribe();
        // The sender lives as long as `self`, so waiting can't fail.
        let _ = seen.wait_for(|now| *now >= at).await;
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "an instant can't be made without reading a clock")]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_does_not_take_time_back() {
        let (start, wall) = (Instant::now(), Timestamp::from_millis(1_790_000_000_000));
        let read = |up: u64, wall_at: i64| Anchor {
            up: start + Duration::from_secs(up),
            wall: Timestamp::from_millis(wall.millis() + wall_at * 1_000),
        };
        let after = |seconds: i64| Timestamp::from_millis(wall.millis() + seconds * 1_000);
        let mut known = None;
        let mut told = Vec::new();
        for read in [read(0, 0), read(5, 5), read(6, -3_594), read(70, -3_530), read(71, 300), read(72, 301)] {
            let (next, now) = Anchor::forward(known, read);
            known = Some(next);
            told.push(now);
        }
        assert_eq!(told, [after(0), after(5), after(6), after(70), after(300), after(301)]);
    }
}
