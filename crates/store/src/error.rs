//! What can go wrong with a store. Messages never hold content.

/// Why a store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was faster; load again.
    #[error("the conversation is at version {found}, the turn was made for {expected}")]
    Conflict {
        /// Version the turn was made for.
        expected: u64,
        /// Version in the store.
        found: u64,
    },
    /// The medium failed: disk full, file gone, connection lost.
    #[error("the store can't be used: {0}")]
    Unavailable(String),
    /// What is kept can't be read: wrong key, damaged, made by a newer version.
    #[error("what is kept can't be read: {0}")]
    Unreadable(String),
    /// A number or size beyond what the store takes.
    #[error("the store refuses this: {0}")]
    Invalid(String),
}
