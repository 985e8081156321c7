//! Receiving: committed before the platform hears "received" (A6, I5).

use crate::StoreError;
use async_trait::async_trait;
use domain::{AccountId, ContactId, Cursor, Inbound, InboxSeq, Timestamp};

/// What became of one item handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// Kept.
    New {
        /// Its place.
        seq: InboxSeq,
        /// Whose it is.
        contact: ContactId,
    },
    /// The same delivery was kept before.
    Repeated,
}

/// A row that waits for its turn.
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// Its place; rows of a contact are taken in this order.
    pub seq: InboxSeq,
    /// Whose it is.
    pub contact: ContactId,
    /// When it was received.
    pub received_at: Timestamp,
    /// What it is.
    pub inbound: Inbound,
}

/// The inbox.
#[async_trait]
pub trait Inboxes {
    /// Keeps a batch and the cursor in one transaction. Contacts are found by keyed hash or
    /// made; `contact.chat` is updated to the newest. Same order in, same order out.
    ///
    /// # Errors
    /// Nothing was kept.
    async fn accept(
        &self,
        account: &AccountId,
        batch: Vec<Inbound>,
        cursor: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Vec<Accepted>, StoreError>;

    /// The cursor last kept for an account.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn cursor(&self, account: &AccountId) -> Result<Option<Cursor>, StoreError>;

    /// Rows not yet taken by a turn, lowest place first, from after `after`.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn pending(&self, after: InboxSeq, limit: usize) -> Result<Vec<InboxRow>, StoreError>;

    /// Forgets which deliveries were received before a moment, and tells how many. A later repetition of
    /// one would count as new. Rows that still wait for their turn stay.
    ///
    /// # Errors
    /// When the store can't be used; some may be forgotten then.
    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// How many rows wait.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn pending_count(&self) -> Result<u64, StoreError>;
}
