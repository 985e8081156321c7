//! Turns whose commit failed in a way that leaves open whether they were kept.
//!
//! A disk or a connection can fail after the change was safe and before the answer came. Then the
//! record is right, but nobody was told: not the sender, not the timers, not the pager. So each
//! such turn is looked up in the store, and if it was kept, what follows from it is done.
//! Read next: `turn.rs`.

use crate::house::{Inner, held};
use crate::turn::lock_of;
use domain::{Conversation, ConversationId};
use engine::Turn;
use std::sync::Arc;
use std::time::Duration;

const STORE_RETRY: Duration = Duration::from_secs(1);

impl Inner {
    /// Remembers a turn that was perhaps kept.
    pub(crate) fn doubt(&self, turn: Turn) {
        held(&self.doubts).insert(turn.conversation.id, turn);
        self.wake_doubts.notify_one();
    }

    /// The store was read: now it is known. Called by whoever holds the conversation's lock.
    pub(crate) fn resolve(&self, id: ConversationId, kept: Option<&Conversation>) {
        let Some(turn) = held(&self.doubts).remove(&id) else { return };
        // Only one writer: the same version is the same turn.
        if kept.is_some_and(|kept| kept.version == turn.conversation.version) {
            self.after(turn);
        }
    }
}

/// Resolves doubts until the house stops.
pub(crate) async fn run(inner: Arc<Inner>) {
    loop {
        let open: Vec<ConversationId> = held(&inner.doubts).keys().copied().collect();
        if open.is_empty() {
            tokio::select! {
                () = inner.wake_doubts.notified() => continue,
                () = inner.stop.cancelled() => return,
            }
        }
        for id in open {
            let _writing = inner.locks[lock_of(id, inner.locks.len())].lock().await;
            match inner.store.load(id).await {
                Ok(kept) => inner.resolve(id, kept.as_ref()),
                Err(error) => {
                    tracing::error!(%error, conversation = %id, "a turn in doubt can't be looked up yet")
                }
            }
        }
        if !held(&inner.doubts).is_empty() && !inner.pause(STORE_RETRY).await {
            return;
        }
    }
}
