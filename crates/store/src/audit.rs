//! The audit log: append-only, hash-chained, without a child's words (I9, P5).
//!
//! Each line's hash is SHA-256 over the previous hash and the line's canonical JSON, so that a
//! changed, removed or reordered line is found by anyone with the log.

use crate::StoreError;
use async_trait::async_trait;
use domain::{ConversationId, CounsellorId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor", rename_all = "snake_case")]
pub enum Actor {
    /// The house itself: engine, timers.
    House,
    /// The child.
    Child,
    /// A signed-in person.
    Person {
        /// Who.
        id: CounsellorId,
    },
    /// Somebody at the command line.
    Operator,
}

/// One decision or act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// About which conversation.
    pub conversation: Option<ConversationId>,
    /// What, as a stable word: `finding`, `risk_raised`, `offered`, `accepted`, `viewed`…
    pub action: String,
    /// Facts: rule ids, versions, spans, urgencies, ids. Never words of a child.
    pub facts: BTreeMap<String, String>,
}

impl AuditEntry {
    /// With the number of the link it is about.
    #[must_use]
    pub fn with_link(mut self, number: u64) -> Self {
        self.facts.insert("link".to_owned(), number.to_string());
        self
    }
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Counted from 1, without gaps.
    pub seq: u64,
    /// What.
    pub entry: AuditEntry,
    /// SHA-256, hexadecimal.
    pub hash: String,
}

/// Where the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the audit log is broken at line {seq}: {why}")]
pub struct ChainBreak {
    /// The first line that doesn't fit.
    pub seq: u64,
    /// What is wrong.
    pub why: String,
}

/// The end of the chain, which the next line is tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChainHead {
    /// The last line's number; 0 before the first.
    pub seq: u64,
    /// The last line's hash; zeros before the first.
    pub hash: [u8; 32],
}

impl ChainHead {
    /// The head after one more line.
    #[must_use]
    pub fn then(self, canonical: &str) -> Self {
        let hash = Sha256::new().chain_update(self.hash).chain_update(canonical.as_bytes()).finalize();
        Self { seq: self.seq + 1, hash: hash.into() }
    }

    /// Checks that a kept line is the next one, and returns the head after it.
    ///
    /// # Errors
    /// When a line is missing before it or it was changed.
    pub fn check(self, seq: u64, canonical: &str, hash: &[u8]) -> Result<Self, ChainBreak> {
        let next = self.then(canonical);
        if seq != next.seq {
            return Err(ChainBreak { seq: next.seq, why: format!("the line is missing; line {seq} comes next") });
        }
        if hash != next.hash {
            return Err(ChainBreak { seq, why: "the line or one before it was changed".into() });
        }
        Ok(next)
    }
}

impl AuditEntry {
    /// The JSON that the chain is computed over: fields in a fixed order, facts sorted by name.
    ///
    /// # Errors
    /// When it can't be written as JSON; it always can.
    pub fn canonical(&self) -> Result<String, crate::StoreError> {
        serde_json::to_string(self).map_err(|_| StoreError::Invalid("an audit line can't be written".into()))
    }
}

/// Reading and checking the log. Lines are written by turns and by [`Audit::record`].
#[async_trait]
pub trait Audit {
    /// Appends a line that belongs to no turn (sign-in, account made).
    ///
    /// # Errors
    /// When the store can't be used.
    async fn record(&self, entry: AuditEntry) -> Result<(), StoreError>;

    /// Lines after a place, in order; of one conversation when named.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn audit(
        &self,
        conversation: Option<ConversationId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError>;

    /// Checks the whole chain and returns how many lines it has.
    ///
    /// # Errors
    /// The outer error when the store can't be read.
    async fn verify(&self) -> Result<Result<u64, ChainBreak>, StoreError>;
}
