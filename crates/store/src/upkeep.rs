//! How the store itself is, and how much waits in it for one account: for health pages and doctors.
//!
//! No words, no platform ids. Read next: `outbox.rs`.

use crate::StoreError;
use async_trait::async_trait;
use domain::{AccountId, Timestamp};

/// What waits for one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Messages to children that aren't settled, those under way among them.
    pub outbound: u64,
    /// Since when the oldest of them waits; postponing doesn't make it younger.
    pub oldest: Option<Timestamp>,
    /// Open talks with a message that was refused or whose fate isn't known.
    pub talks_in_trouble: u64,
}

/// Looks at the store from outside the work.
#[async_trait]
pub trait Upkeep {
    /// What waits for this account.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn backlog(&self, account: &AccountId) -> Result<Backlog, StoreError>;

    /// Writes a mark and waits until it is as safe as a child's message would be.
    ///
    /// # Errors
    /// When the store can't be written: then nothing that children write can be kept.
    async fn probe(&self, now: Timestamp) -> Result<(), StoreError>;
}
