//! What a desk may ask for, why it may be refused, and alarms for humans.
//!
//! A counsellor's act enters through the same door as a child's message. Read next: `handoff.rs`.

use crate::{CloseReason, Confidential, ConversationId, DeclineReason, Timestamp, Urgency};
use serde::{Deserialize, Serialize};

/// After the talk: ask the child how it was?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// The feedback flow is offered.
    Ask,
    /// Nothing more is said.
    DontAsk,
}

/// What a counsellor does with a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskCommand {
    /// Take the child.
    Accept,
    /// Say no to an offer.
    Decline {
        /// Why.
        reason: DeclineReason,
    },
    /// Write to the child.
    Say {
        /// The words.
        text: Confidential<String>,
        /// Made by the desk for each message, so that a double press is one message.
        client_key: String,
    },
    /// Write for colleagues only.
    Note {
        /// The words.
        text: Confidential<String>,
    },
    /// Give the child back to the queue.
    GiveBack,
    /// End the talk; the record comes next.
    Finish {
        /// Ask how it was?
        feedback: Feedback,
    },
    /// Write the record and close.
    WrapUp {
        /// Why it ended.
        reason: CloseReason,
        /// For the record.
        note: Option<Confidential<String>>,
    },
    /// The conversation was opened on a desk (audited).
    View,
}

/// Why a command was refused, in words for the person who gave it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code:?}: {why}")]
pub struct Refusal {
    /// Stable, for the desk to translate.
    pub code: RefusalCode,
    /// For the log and the developer. Never holds a child's words.
    pub why: String,
}

/// Kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Another counsellor has the child.
    TakenByAnother,
    /// Not offered to this person and not theirs.
    NotYours,
    /// The conversation isn't at a point where this makes sense.
    WrongStage,
    /// Too long.
    TooLong,
    /// Nothing written.
    Empty,
    /// No such conversation.
    NotFound,
    /// The role doesn't allow it.
    NotAllowed,
    /// The service is stopping or the store can't be written; try again.
    Unavailable,
}

impl Refusal {
    /// A refusal with its reason.
    pub fn new(code: RefusalCode, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// The supervisor is told.
    Supervisor,
    /// The on-call pager rings.
    Pager,
}

/// A call for a human that must not be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// About which child.
    pub conversation: ConversationId,
    /// Who is called.
    pub kind: AlarmKind,
    /// How urgent.
    pub urgency: Urgency,
    /// When.
    pub at: Timestamp,
}
