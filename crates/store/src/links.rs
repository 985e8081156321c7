//! The same child on two apps: two contacts, linked only by the child's own word (K1).
//!
//! Both contacts stay what they are; a link is one row beside them and can be taken back. When the
//! last words of one contact are erased, its links go too, and the audit log doesn't say with whom
//! they were. Read next: `desk.rs`.

use crate::{AuditEntry, QueueRow, StoreError};
use async_trait::async_trait;
use domain::{ConversationId, CounsellorId, Timestamp};

/// A link, seen from one of its two ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its number; never given twice.
    pub number: u64,
    /// Who wrote down what the child said.
    pub by: CounsellorId,
    /// When.
    pub at: Timestamp,
    /// The other contact's conversations, newest first.
    pub talks: Vec<QueueRow>,
}

/// Links between contacts.
#[async_trait]
pub trait Links {
    /// The contacts of these two conversations are one child, as the child said. Linking twice is
    /// the same link. The audit entry is kept with the fact `link`, the link's number, and nothing
    /// that says with whom.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a conversation isn't there or was erased, or both are of one contact.
    async fn link(
        &self,
        one: ConversationId,
        other: ConversationId,
        by: CounsellorId,
        at: Timestamp,
        audit: AuditEntry,
    ) -> Result<u64, StoreError>;

    /// Takes a link of this conversation's contact back.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the contact has no such link.
    async fn unlink(&self, id: ConversationId, number: u64, audit: AuditEntry) -> Result<(), StoreError>;

    /// Links of this conversation's contact, oldest first, with at most so many talks each.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn linked(&self, id: ConversationId, limit: usize) -> Result<Vec<Linked>, StoreError>;

    /// Conversations whose id begins with these hexadecimal digits, at most two: enough to know
    /// whether a short name is clear. Erased ones aren't found.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn named(&self, digits: &str) -> Result<Vec<ConversationId>, StoreError>;
}
