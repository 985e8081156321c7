//! What is kept, as traits. One conformance suite runs over every store.
//!
//! It must never decide what to keep; it keeps what a turn says, whole or not at all (I5).
//! Read next: `turns.rs`.

mod audit;
mod desk;
mod error;
mod inbox;
mod outbox;
mod people;
mod turns;

pub use audit::{Actor, Audit, AuditEntry, AuditLine, ChainBreak};
pub use desk::{DeskReads, DeliveryState, QueueRow};
pub use error::StoreError;
pub use inbox::{Accepted, InboxRow, Inboxes};
pub use outbox::{OutboxRow, Outboxes};
pub use people::{Login, MustChange, People, Session};
pub use turns::{Committed, DueTimer, TurnCommit, Turns};

/// Everything the house needs of a store.
pub trait Store: Inboxes + Turns + Outboxes + Audit + DeskReads + People + Send + Sync {}

impl<T: Inboxes + Turns + Outboxes + Audit + DeskReads + People + Send + Sync> Store for T {}
