//! Sending: rows wait in order, one under way per conversation.

use crate::StoreError;
use async_trait::async_trait;
use domain::{AccountId, ConversationId, MessageId, Timestamp};
use speech::{Outbound, Recipient};

/// A message to send.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// What.
    pub outbound: Outbound,
    /// Where.
    pub to: Recipient,
    /// The same for every try: `{conversation as 32 hex digits}-{message}`.
    pub key: String,
    /// Tries begun so far, this one included.
    pub tries: u32,
}

/// The outbox. A row is settled by [`crate::TurnCommit::settled`].
#[async_trait]
pub trait Outboxes {
    /// Begins to send: of each conversation only its first unsettled row, if its time has come
    /// and it isn't under way. Marks them under way and counts the try, committed before return.
    ///
    /// # Errors
    /// When the store can't be used.
    async fn claim(&self, account: &AccountId, now: Timestamp, limit: usize)
    -> Result<Vec<OutboxRow>, StoreError>;

    /// It was surely not sent; try again from `at`.
    ///
    /// # Errors
    /// When the store can't be used.
    async fn postpone(
        &self,
        conversation: ConversationId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Rows that were under way when the process stopped. Called once at start, before
    /// [`Outboxes::claim`].
    ///
    /// # Errors
    /// When the store can't be read.
    async fn interrupted(&self, account: &AccountId) -> Result<Vec<OutboxRow>, StoreError>;

    /// When the next postponed row's time comes.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn next_send(&self, account: &AccountId) -> Result<Option<Timestamp>, StoreError>;

    /// Unsettled rows.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn unsettled(&self, account: &AccountId) -> Result<u64, StoreError>;
}

/// The key of a row, the same for every try, so that a platform can tell a repetition.
pub fn send_key(conversation: ConversationId, message: MessageId) -> String {
    format!("{}-{message}", conversation.as_uuid().simple())
}
