//! Urgency, tier, and the one law about them: risk only rises (I3).
//!
//! `Urgency` joins by maximum and has no way down; [`Risk`] keeps the highest seen.
//! Read next: `finding.rs`.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How soon a human must be there. Ordered: `Routine < Soon < Urgent < Emergency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// All else.
    #[default]
    Routine,
    /// Within minutes: abuse told of the past, bullying, deep distress.
    Soon,
    /// At once, best match: suicidal thoughts, self-harm, sexual abuse, sextortion.
    Urgent,
    /// At once to everyone: attempt under way, overdose, violence here now.
    Emergency,
}

impl Urgency {
    /// All, lowest first.
    pub const ALL: [Self; 4] = [Self::Routine, Self::Soon, Self::Urgent, Self::Emergency];

    /// The higher of the two. There is no lower.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        self.max(other)
    }

    /// High urgency is never closed by silence or by the child's leaving (I4).
    pub fn is_high(self) -> bool {
        self >= Self::Urgent
    }

    /// The name in files and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::Soon => "soon",
            Self::Urgent => "urgent",
            Self::Emergency => "emergency",
        }
    }

    /// From the name in a file.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|urgency| urgency.name() == name)
    }

    /// Longest time from asking to the first offer, when somebody is free.
    pub const fn offer_within(self) -> Duration {
        Duration::from_secs(match self {
            Self::Emergency => 0,
            Self::Urgent => 10,
            Self::Soon | Self::Routine => 60,
        })
    }

    /// Nobody accepted: the offer goes to everyone free after this long. `None`: it already did.
    pub const fn widen_after(self) -> Option<Duration> {
        match self {
            Self::Emergency => None,
            Self::Urgent => Some(Duration::from_secs(45)),
            Self::Soon => Some(Duration::from_secs(180)),
            Self::Routine => Some(Duration::from_secs(300)),
        }
    }

    /// Nobody accepted: the supervisor is told after this long.
    pub const fn supervisor_after(self) -> Duration {
        Duration::from_secs(match self {
            Self::Emergency => 0,
            Self::Urgent => 120,
            Self::Soon => 600,
            Self::Routine => 1_800,
        })
    }

    /// Nobody accepted: the pager rings after this long. `None`: it doesn't ring.
    pub const fn pager_after(self) -> Option<Duration> {
        match self {
            Self::Emergency => Some(Duration::from_secs(60)),
            Self::Urgent => Some(Duration::from_secs(300)),
            Self::Soon | Self::Routine => None,
        }
    }
}

/// What a finding asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Raise attention; shown to the counsellor.
    Soft,
    /// Escalate now.
    Hard,
}

/// The highest urgency seen in a conversation. It can be raised and read, nothing else.
///
/// ```compile_fail
/// let mut risk = domain::Risk::default();
/// risk.lower(domain::Urgency::Routine);
/// ```
/// ```compile_fail
/// let risk = domain::Risk { urgency: domain::Urgency::Routine };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Risk {
    urgency: Urgency,
}

impl Risk {
    /// The urgency now.
    pub const fn urgency(&self) -> Urgency {
        self.urgency
    }

    /// Raises to at least this.
    pub fn raise(&mut self, to: Urgency) {
        self.urgency = self.urgency.join(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_urgency() -> impl Strategy<Value = Urgency> {
        prop::sample::select(Urgency::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn risk_never_falls_over_any_sequence(raises in prop::collection::vec(any_urgency(), 0..50)) {
            let mut risk = Risk::default();
            for to in raises {
                let before = risk.urgency();
                risk.raise(to);
                prop_assert!(risk.urgency() >= before && risk.urgency() >= to);
            }
        }
    }

    #[test]
    fn higher_urgency_never_waits_longer() {
        for pair in Urgency::ALL.windows(2) {
            let (low, high) = (pair[0], pair[1]);
            assert!(high.offer_within() <= low.offer_within());
            assert!(high.supervisor_after() <= low.supervisor_after());
            let never = Duration::MAX;
            assert!(high.pager_after().unwrap_or(never) <= low.pager_after().unwrap_or(never));
            assert!(high.widen_after().unwrap_or(Duration::ZERO) <= low.widen_after().unwrap_or(Duration::ZERO));
        }
    }
}
