//! A turn's result, kept whole or not at all: events, state, outbox, timers, audit (I5).

use crate::{AuditEntry, StoreError};
use async_trait::async_trait;
use domain::{
    Alarm, ContactId, Conversation, ConversationId, DeliveryOutcome, InboxSeq, MessageId, Recorded, TimerKey,
    Timestamp,
};
use speech::Outbound;

/// All that one turn changes.
#[derive(Debug, Clone)]
pub struct TurnCommit {
    /// The state after the turn. `state.version` is `expected + events.len()`.
    pub state: Conversation,
    /// The version the turn was made for; `0` makes the conversation.
    pub expected: u64,
    /// What happened, with `seq` going on from `expected`.
    pub events: Vec<Recorded>,
    /// Messages to send, in order.
    pub outbox: Vec<Outbound>,
    /// An outbox row that is settled by this turn.
    pub settled: Option<(MessageId, DeliveryOutcome)>,
    /// Calls for humans.
    pub alarms: Vec<Alarm>,
    /// Decisions, for the audit log.
    pub audit: Vec<AuditEntry>,
    /// The inbox row this turn took; its sealed words are removed in the same transaction.
    pub took: Option<InboxSeq>,
    /// When.
    pub at: Timestamp,
}

/// Where it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The version now.
    pub version: u64,
}

/// A timer whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueTimer {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Which.
    pub key: TimerKey,
    /// When it was due.
    pub at: Timestamp,
}

/// Conversations and their turns.
#[async_trait]
pub trait Turns {
    /// Keeps a turn. The store's timers become exactly `state.timers`. Many turns may be
    /// committed to disk together; the call returns when this one is safe.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another writer was faster. Nothing was kept.
    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError>;

    /// The state of a conversation.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn load(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError>;

    /// The contact's open conversation.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn open_of(&self, contact: ContactId) -> Result<Option<ConversationId>, StoreError>;

    /// Events after a place, in order.
    ///
    /// # Errors
    /// When the store can't be read or the conversation's key was destroyed.
    async fn events(&self, id: ConversationId, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError>;

    /// Timers due at `now`, earliest first.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn due_timers(&self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError>;

    /// When the next timer is due.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Destroys a conversation's key: its words can't be read again anywhere (P2). The
    /// conversation must be closed. Outbox rows and inbox words of it go too.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it isn't closed.
    async fn erase(&self, id: ConversationId, audit: AuditEntry) -> Result<(), StoreError>;
}
