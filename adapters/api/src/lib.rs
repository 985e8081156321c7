//! The adapter contract (A4): what a platform adapter owes the house, and what it may ask of it.
//!
//! Obligations, in short (the whole list: README of `adapters/`):
//! 1. Hand in through [`Inbox::accept`] and acknowledge to the platform only after it returned.
//! 2. Never drop, merge or reorder what one chat delivered. Repeating is fine: the house dedupes.
//! 3. Say truly what became of a send; when in doubt, [`SendOutcome::Unknown`]. Never send twice.
//! 4. Hold no conversation state and decide nothing.
//! 5. Stop receiving soon after `stop` fires; what wasn't accepted comes again after restart.
//!
//! It must never log a child's words or a platform's id. Read next: `adapters/terminal`.

#[cfg(feature = "conformance")]
pub mod conformance;
mod split;

pub use split::split_text;

use async_trait::async_trait;
use domain::{AccountId, Cursor, DeliveryOutcome, Inbound, Platform};
use speech::{Outbound, Recipient};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The house's side of receiving.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Commits a batch, and the place to read on from, in one transaction. After `Ok` the
    /// platform may be told "received". At most `domain::limits::INBOX_BATCH` items.
    ///
    /// # Errors
    /// [`NotAccepted`]: nothing was kept; try again, don't acknowledge.
    async fn accept(&self, batch: Vec<Inbound>, cursor: Option<Cursor>) -> Result<(), NotAccepted>;

    /// Where to read on after a restart: what the last committed [`Inbox::accept`] carried.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn cursor(&self) -> Result<Option<Cursor>, NotAccepted>;

    /// The platform has answered and things are being received: for the channel's health only.
    /// Called whenever that is so after it wasn't, at least once a [`Adapter::receive`].
    fn connected(&self) {}
}

/// The store could not keep it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the inbox could not keep the batch: {0}")]
pub struct NotAccepted(pub String);

/// A message to send, with the key that makes repeating harmless where the platform allows.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Where.
    pub to: Recipient,
    /// The same for every try of the same message, also across restarts: at most 60 ASCII characters.
    pub key: String,
    /// What.
    pub outbound: Outbound,
}

/// What became of a try to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// It is settled.
    Settled(DeliveryOutcome),
    /// Not sent, surely; try again after this long (rate limit, server down before the send).
    Later(Duration),
}

/// Can the same send be repeated without the child seeing it twice?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The platform drops a repeated key.
    Harmless,
    /// It would be shown twice: an interrupted send is *unknown*.
    Doubles,
}

/// A platform's limits for one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest text.
    pub text: TextLimit,
    /// Most choices shown as buttons; `0`: shown as numbered text.
    pub buttons: usize,
}

/// A text limit and what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextLimit {
    /// Bytes of UTF-8.
    Bytes(usize),
    /// UTF-16 units.
    Utf16(usize),
    /// Unicode scalar values.
    Chars(usize),
}

/// One thing looked at by [`Adapter::examine`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// How it stands.
    pub verdict: Verdict,
    /// What was looked at, in a few words: `token`, `message content intent`.
    pub what: &'static str,
    /// What was found and, unless all is well, what to do. Never a token, a name or an id of a child.
    pub found: String,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works; a person should know.
    Note,
    /// Children can't be reached, or not fully, until a person acts.
    Bad,
}

/// Why an adapter had to stop.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// The platform refuses the account: wrong token, deactivated. A person must act.
    #[error("the platform refused the account: {0}")]
    Refused(String),
    /// The platform can't be reached; the house will start the adapter again.
    #[error("the platform can't be reached: {0}")]
    Unreachable(String),
    /// The adapter's own files are damaged or missing.
    #[error("the adapter's own data can't be used: {0}")]
    OwnData(String),
    /// The inbox could not keep what came.
    #[error(transparent)]
    Inbox(#[from] NotAccepted),
}

/// One account on one platform.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// The account's name in the configuration.
    fn account(&self) -> &AccountId;

    /// Which platform.
    fn platform(&self) -> Platform;

    /// What one message may hold.
    fn limits(&self) -> Limits;

    /// Can a send be repeated?
    fn repeat(&self) -> Repeat;

    /// Receives until `stop`. Returning an error makes the house start it again after a pause,
    /// except for [`AdapterError::Refused`].
    ///
    /// # Errors
    /// See [`AdapterError`].
    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError>;

    /// Shows, where the platform can, that a person is writing now. Asked for only while a counsellor
    /// really writes (C10); lasts as long as the platform makes it last. Failing changes nothing.
    async fn typing(&self, _to: &Recipient) {}

    /// Looks at the account as `passerelle doctor` does: token, permissions, what must be switched on,
    /// what stands in the way. Changes nothing on the platform. An answer within about 20 seconds.
    async fn examine(&self) -> Vec<Examined> {
        Vec::new()
    }

    /// Sends one message. Long texts are split by the adapter with [`split_text`], choices shown
    /// as the platform can, always with a typed equivalent.
    async fn send(&self, delivery: Delivery) -> SendOutcome;
}
