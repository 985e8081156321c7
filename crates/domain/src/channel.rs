//! How one channel is: an account on a platform, as an operator must see it (A5).
//!
//! It must never hold a child's words, a platform's id or a token: it is shown on the desk and in
//! `/health`. Read next: `crates/switchboard/src/channel.rs`, which fills it in.

use crate::{AccountId, Platform, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelState {
    /// It is being started; the platform hasn't answered yet.
    Connecting,
    /// What children write is being received.
    Receiving,
    /// It failed and is tried again by itself.
    Retrying,
    /// The platform refuses the account: a person must act.
    Refused,
}

impl ChannelState {
    /// The name in `/health` and in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Receiving => "receiving",
            Self::Retrying => "retrying",
            Self::Refused => "refused",
        }
    }
}

/// What kind of trouble a channel had last. A kind only: texts of errors can quote what they carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelTrouble {
    /// The platform can't be reached.
    Unreachable,
    /// The platform refuses the account.
    Refused,
    /// The adapter's own files can't be used.
    OwnData,
    /// The house could not keep what came.
    NotKept,
    /// A bug: the adapter panicked or stopped without being asked.
    Failed,
    /// The platform, or the way to it, asks to wait before sending more.
    MustWait,
}

impl ChannelTrouble {
    /// The name in `/health` and in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::OwnData => "own_data",
            Self::NotKept => "not_kept",
            Self::Failed => "failed",
            Self::MustWait => "must_wait",
        }
    }
}

/// How one channel is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelHealth {
    /// The account's name in the settings.
    pub account: AccountId,
    /// Where.
    pub platform: Platform,
    /// Where it stands.
    pub state: ChannelState,
    /// Since when it stands there.
    pub since: Timestamp,
    /// When something from a child was last kept, since the house started.
    pub last_heard: Option<Timestamp>,
    /// When a message to a child was last taken by the platform, since the house started.
    pub last_sent: Option<Timestamp>,
    /// The last trouble and when it was, since the house started.
    pub last_trouble: Option<(ChannelTrouble, Timestamp)>,
    /// Messages from children that are kept and wait for their turn.
    pub inbound_waiting: u64,
    /// Messages to children that aren't settled; `None` when the store can't be read.
    pub outbound_waiting: Option<u64>,
    /// Since when the oldest of them waits.
    pub oldest_outbound: Option<Timestamp>,
    /// Sends since the house started of which nobody can tell whether they arrived.
    pub unknown_sends: u64,
    /// Open talks with a message that was refused or whose fate isn't known; `None` when the
    /// store can't be read.
    pub talks_in_trouble: Option<u64>,
}

impl ChannelHealth {
    /// Nothing is wrong with it that a person should know.
    pub fn is_well(&self) -> bool {
        self.state == ChannelState::Receiving
    }
}
