//! An inbox in memory that keeps the house's promises: it drops what it has, keeps the cursor
//! with the batch, and can refuse on demand.
//!
//! Read next: `hearing.rs`.

use super::PATIENCE;
use crate::{Inbox, NotAccepted};
use async_trait::async_trait;
use domain::{Cursor, Inbound, InboundBody};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Records what was handed in.
#[derive(Debug, Default)]
pub struct RecordingInbox {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    items: Vec<Inbound>,
    cursor: Option<Cursor>,
    refusals: usize,
    refused: usize,
    connections: usize,
}

impl RecordingInbox {
    /// Everything kept, in order, each once.
    pub fn items(&self) -> Vec<Inbound> {
        self.lock().items.clone()
    }

    /// What was kept after the first `from`, without the child's coming and going.
    pub fn heard(&self, from: usize) -> Vec<InboundBody> {
        let spoken = |body: &InboundBody| !matches!(body, InboundBody::Joined | InboundBody::Left);
        self.lock().items.iter().skip(from).map(|item| item.body.clone()).filter(spoken).collect()
    }

    /// How many were kept.
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Nothing was kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A place to read on from was kept.
    pub fn has_cursor(&self) -> bool {
        self.lock().cursor.is_some()
    }

    /// How often the adapter said that it is connected.
    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    /// The next `count` hand-ins are refused, as by a full disk.
    pub fn refuse(&self, count: usize) {
        self.lock().refusals = count;
    }

    /// Waits until a hand-in was refused.
    ///
    /// # Panics
    /// When none was for a minute.
    pub async fn wait_refused(&self) {
        self.wait_until("a hand-in that was refused", || self.lock().refused > 0).await;
    }

    /// Waits for `count` things said after the first `from`, and gives all that were.
    ///
    /// # Panics
    /// When they don't come within a minute.
    pub async fn wait_heard(&self, from: usize, count: usize) -> Vec<InboundBody> {
        let what = format!("{count} things said by the child");
        self.wait_until(&what, || self.heard(from).len() >= count).await;
        self.heard(from)
    }

    /// Waits until something holds.
    ///
    /// # Panics
    /// When it doesn't within a minute.
    pub async fn wait_until(&self, what: &str, holds: impl Fn() -> bool + Send) {
        self.wait_for(what, PATIENCE, holds).await;
    }

    pub(crate) async fn wait_for(&self, what: &str, patience: Duration, holds: impl Fn() -> bool + Send) {
        let mut changes = self.changes.subscribe();
        let waiting = async {
            // The sender lives as long as `self`, so the wait ends by the condition or by time.
            while !holds() && changes.changed().await.is_ok() {}
        };
        let in_time = tokio::time::timeout(patience, waiting).await.is_ok();
        assert!(in_time, "{what} didn't come; so far: {}", self.len());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, batch: Vec<Inbound>, cursor: Option<Cursor>) -> Result<(), NotAccepted> {
        assert!(batch.len() <= domain::limits::INBOX_BATCH, "a batch of {} is too large", batch.len());
        let mut state = self.lock();
        if state.refusals > 0 {
            state.refusals -= 1;
            state.refused += 1;
            return Err(NotAccepted("refused for a test".to_owned()));
        }
        for item in batch {
            if !state.items.iter().any(|known| known.dedupe == item.dedupe) {
                state.items.push(item);
            }
        }
        if cursor.is_some() {
            state.cursor = cursor;
        }
        Ok(())
    }
}

#[async_trait]
impl Inbox for RecordingInbox {
    async fn accept(&self, batch: Vec<Inbound>, cursor: Option<Cursor>) -> Result<(), NotAccepted> {
        let kept = self.keep(batch, cursor);
        self.changes.send_modify(|count| *count += 1);
        kept
    }

    async fn cursor(&self) -> Result<Option<Cursor>, NotAccepted> {
        Ok(self.lock().cursor.clone())
    }

    fn connected(&self) {
        self.lock().connections += 1;
        self.changes.send_modify(|count| *count += 1);
    }
}
