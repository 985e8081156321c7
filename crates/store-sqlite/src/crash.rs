//! Stopping the process dead at a chosen moment, to show that nothing is lost or said twice.
//!
//! Only in debug builds: a release has no such switch, and none of it is compiled there.
//! Read next: `writer.rs`.

use crate::writer::Kind;

/// Where to stop.
#[cfg(debug_assertions)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashPoint {
    /// An inbox batch was written, not committed.
    BeforeInboxCommit,
    /// An inbox batch is on disk; nobody was told.
    AfterInboxCommit,
    /// A turn was written, not committed.
    BeforeTurnCommit,
    /// A turn is on disk; nobody was told.
    AfterTurnCommit,
    /// Messages are marked as under way; none was sent.
    AfterClaimCommit,
}

#[cfg(debug_assertions)]
impl CrashPoint {
    /// All, in the order of a message's way.
    pub const ALL: [Self; 5] = [
        Self::BeforeInboxCommit,
        Self::AfterInboxCommit,
        Self::BeforeTurnCommit,
        Self::AfterTurnCommit,
        Self::AfterClaimCommit,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeInboxCommit => "before_inbox_commit",
            Self::AfterInboxCommit => "after_inbox_commit",
            Self::BeforeTurnCommit => "before_turn_commit",
            Self::AfterTurnCommit => "after_turn_commit",
            Self::AfterClaimCommit => "after_claim_commit",
        }
    }

    /// From the name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.name() == name)
    }

    const fn moment(self) -> (Moment, Kind) {
        match self {
            Self::BeforeInboxCommit => (Moment::BeforeCommit, Kind::Inbox),
            Self::AfterInboxCommit => (Moment::AfterCommit, Kind::Inbox),
            Self::BeforeTurnCommit => (Moment::BeforeCommit, Kind::Turn),
            Self::AfterTurnCommit => (Moment::AfterCommit, Kind::Turn),
            Self::AfterClaimCommit => (Moment::AfterCommit, Kind::Claim),
        }
    }
}

/// Where, and how many times to pass before stopping.
#[cfg(debug_assertions)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crash {
    /// Where.
    pub point: CrashPoint,
    /// Stop at this passing, counted from 1.
    pub at_passing: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    BeforeCommit,
    AfterCommit,
}

/// Counts down to the chosen moment. Empty in a release.
#[derive(Debug, Default)]
pub(crate) struct CrashSwitch {
    #[cfg(debug_assertions)]
    left: Option<Crash>,
}

impl CrashSwitch {
    #[cfg(debug_assertions)]
    pub(crate) const fn new(crash: Option<Crash>) -> Self {
        Self { left: crash }
    }

    #[cfg(debug_assertions)]
    pub(crate) fn pass(&mut self, moment: Moment, kinds: impl Iterator<Item = Kind>) {
        let Some(crash) = &mut self.left else { return };
        for kind in kinds {
            if crash.point.moment() == (moment, kind) {
                crash.at_passing = crash.at_passing.saturating_sub(1);
                if crash.at_passing == 0 {
                    std::process::abort();
                }
            }
        }
    }

    #[cfg(not(debug_assertions))]
    #[allow(clippy::unused_self)]
    pub(crate) fn pass(&mut self, _moment: Moment, _kinds: impl Iterator<Item = Kind>) {}
}
