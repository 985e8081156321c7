//! What is kept, as traits. One conformance suite runs over every store.
//!
//! It must never decide what to keep; it keeps what a turn says, whole or not at all (I5).
//! A key or a word of a child never stands in an error or a log.
//! Read next: `turns.rs`.

mod audit;
pub mod checks;
mod desk;
mod error;
mod inbox;
mod links;
mod outbox;
mod people;
mod turns;
mod upkeep;
pub mod vault;

pub mod memory;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;

pub use audit::{Actor, Audit, AuditEntry, AuditLine, ChainBreak, ChainHead};
pub use desk::{DeliveryState, DeskReads, QueueRow, deletion_asked};
pub use error::StoreError;
pub use inbox::{Accepted, InboxRow, Inboxes};
pub use links::{Linked, Links};
pub use memory::MemoryStore;
pub use outbox::{OutboxRow, Outboxes, send_key};
pub use people::{Login, MustChange, People, Session, login_key};
pub use turns::{Committed, DueTimer, TurnCommit, Turns};
pub use upkeep::{Backlog, Upkeep};

/// Everything the house needs of a store.
pub trait Store: Inboxes + Turns + Outboxes + Audit + DeskReads + People + Links + Upkeep + Send + Sync {}

impl<T: Inboxes + Turns + Outboxes + Audit + DeskReads + People + Links + Upkeep + Send + Sync> Store for T {}
