//! Points in time and the names of timers. Reading a clock is for whoever passes one in.
//!
//! Read next: `conversation.rs`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This much later; the far future when it doesn't fit.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// A moment earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis))
    }

    /// How long ago `earlier` was; zero when it lies ahead (clocks can jump back).
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({}ms)", self.0)
    }
}

/// The present, passed in so that tests own it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// A conversation's timers. At most one of each runs at a time; arming again moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKey {
    /// The flow's `pause` is over.
    FlowPause,
    /// The child hasn't answered the flow's question.
    ChildSilent,
    /// Look (again) for a counsellor to offer to.
    Offer,
    /// The offer wasn't taken in time.
    OfferExpires,
    /// Widen the offer to everyone.
    Widen,
    /// Tell the supervisor.
    Supervisor,
    /// Ring the pager.
    Pager,
    /// The next caring message while waiting.
    Holding,
    /// The counsellor accepted but hasn't written.
    FirstWords,
    /// The child hasn't written for a long time while a human is there.
    ParkCheck,
}
