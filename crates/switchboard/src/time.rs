//! Time as the switchboard lives it: the present, and sleeping until a moment.
//!
//! Real time is read here and nowhere else in this room. Tests drive [`VirtualTime`].

use async_trait::async_trait;
use domain::{Clock, Timestamp};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// A clock one can sleep by.
#[async_trait]
pub trait HouseTime: Clock {
    /// Returns when the clock reads at least `at`.
    async fn sleep_until(&self, at: Timestamp);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealTime;

impl Clock for RealTime {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
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
