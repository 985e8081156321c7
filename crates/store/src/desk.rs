//! What the desk may read.

use crate::StoreError;
use async_trait::async_trait;
use domain::{
    Alarm, CloseReason, Closed, Conversation, ConversationId, CounsellorId, Lang, Platform, Stage, StageName,
    Timestamp, Urgency,
};
use serde::{Deserialize, Serialize};

/// One conversation in a list. No words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// Which.
    pub id: ConversationId,
    /// Where it stands.
    pub stage: StageName,
    /// How urgent.
    pub urgency: Urgency,
    /// When the child began to wait, or the talk began.
    pub since: Timestamp,
    /// Offered to or held by.
    pub counsellors: Vec<CounsellorId>,
    /// The child's language.
    pub lang: Lang,
    /// Where.
    pub platform: Platform,
    /// When the child last wrote.
    pub last_inbound_at: Option<Timestamp>,
    /// The version, to tell whether a picture of it is old.
    pub version: u64,
    /// Messages whose fate isn't known, or that were refused.
    pub delivery_trouble: bool,
}

impl QueueRow {
    /// What a list shows of a conversation. Rows of a closed one keep it for statistics.
    pub fn of(state: &Conversation) -> Self {
        let (since, counsellors) = match &state.stage {
            Stage::WithBot => (state.opened_at, Vec::new()),
            Stage::Requested(wait) | Stage::Queued(wait) | Stage::AwaitingReturn(wait) => (wait.since, Vec::new()),
            Stage::Offered(offered) => (offered.request.since, offered.to.iter().copied().collect()),
            Stage::Accepted(held) | Stage::Introduced(held) | Stage::Live(held) | Stage::Wrapping(held) => {
                (held.since, vec![held.by])
            }
            Stage::Parked(parked) => (parked.since, Vec::new()),
            Stage::Closed(Closed::Human { by_whom, at, .. }) => (*at, vec![*by_whom]),
            Stage::Closed(Closed::Child { at }) => (*at, Vec::new()),
        };
        Self {
            id: state.id,
            stage: state.stage.name(),
            urgency: state.urgency(),
            since,
            counsellors,
            lang: state.lang,
            platform: state.platform,
            last_inbound_at: state.last_inbound_at,
            version: state.version,
            delivery_trouble: state.unknown_deliveries > 0 || state.unreachable.is_some(),
        }
    }
}

/// Closed by a person because the child asked for its deletion.
pub const fn deletion_asked(state: &Conversation) -> bool {
    matches!(state.stage, Stage::Closed(Closed::Human { reason: CloseReason::DeletionAsked, .. }))
}

/// How far a message to the child has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// In the outbox.
    Waiting,
    /// The platform has it.
    Sent,
    /// The platform said no.
    Refused,
    /// Nobody can tell.
    Unknown,
}

/// Reads for lists and boards.
#[async_trait]
pub trait DeskReads {
    /// All that isn't closed, most urgent first, then longest wait.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn board(&self) -> Result<Vec<QueueRow>, StoreError>;

    /// The contact's earlier conversations, newest first.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn earlier(&self, id: ConversationId, limit: usize) -> Result<Vec<QueueRow>, StoreError>;

    /// Closed conversations whose child asked for deletion and whose words are still kept, the one
    /// that was closed first first.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn to_erase(&self) -> Result<Vec<QueueRow>, StoreError>;

    /// Alarms not yet seen by anyone.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn alarms(&self) -> Result<Vec<Alarm>, StoreError>;

    /// Someone saw the alarms of this conversation.
    ///
    /// # Errors
    /// When the store can't be used.
    async fn alarms_seen(&self, id: ConversationId, by: CounsellorId, at: Timestamp) -> Result<(), StoreError>;
}
