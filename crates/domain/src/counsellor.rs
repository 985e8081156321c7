//! Who works here and who is on duty. The roster is a picture of one moment, passed to the engine.
//!
//! Read next: `handoff.rs`.

use crate::{CounsellorId, Lang, TeamId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a signed-in person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Talks with children.
    Counsellor,
    /// Also sees the whole board and is told when a child waits too long.
    Supervisor,
    /// Manages accounts; sees no conversation.
    Admin,
}

impl Role {
    /// The name in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counsellor => "counsellor",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// From the name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Counsellor, Self::Supervisor, Self::Admin].into_iter().find(|role| role.name() == name)
    }

    /// May be offered a child.
    pub const fn takes_children(self) -> bool {
        matches!(self, Self::Counsellor | Self::Supervisor)
    }
}

/// A member of the helpline, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counsellor {
    /// Who.
    pub id: CounsellorId,
    /// Name to sign in with.
    pub login: String,
    /// The only name a child sees.
    pub first_name: String,
    /// What they may do.
    pub role: Role,
    /// Languages they counsel in.
    pub langs: Vec<Lang>,
    /// Teams they belong to.
    pub teams: Vec<TeamId>,
}

/// Chosen by the counsellor at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// Takes offers.
    Available,
    /// Here, takes no new child.
    Busy,
    /// Not here.
    Away,
}

/// One counsellor at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// Who.
    pub counsellor: Counsellor,
    /// Available, busy or away.
    pub duty: DutyState,
    /// Conversations they hold now, offers included.
    pub load: u32,
    /// Last sign of life of their desk.
    pub seen_at: Timestamp,
}

impl RosterEntry {
    /// May be offered a child now.
    pub fn is_free(&self, most: u32) -> bool {
        self.duty == DutyState::Available && self.counsellor.role.takes_children() && self.load < most
    }
}

/// Everyone whose desk has been heard of within the last minute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// One entry a person, in a fixed order.
    pub entries: Vec<RosterEntry>,
    /// Conversations one counsellor holds at most before offers pass them by.
    pub most_each: u32,
}

impl Roster {
    /// Those who may be offered a child now.
    pub fn free(&self) -> impl Iterator<Item = &RosterEntry> {
        self.entries.iter().filter(|entry| entry.is_free(self.most_each))
    }

    /// Someone is here who takes children, free or busy.
    pub fn anyone_on_duty(&self) -> bool {
        self.entries.iter().any(|entry| entry.counsellor.role.takes_children() && entry.duty != DutyState::Away)
    }

    /// The entry of one counsellor.
    pub fn get(&self, id: CounsellorId) -> Option<&RosterEntry> {
        self.entries.iter().find(|entry| entry.counsellor.id == id)
    }
}
