//! New flows without a restart, and the end of a version that was withdrawn.
//!
//! Talks keep the version they began with as long as the library has it. Who stands in a version
//! that is gone is sent to a human at once, whether or not they write. Read next: `house.rs`.

use crate::Switchboard;
use crate::turn::{About, Settles, TurnError};
use engine::Command;
use flow_script::FlowLibrary;
use std::sync::{Arc, PoisonError};
use store::{Actor, StoreError};

impl Switchboard {
    /// Plays these flows from now on. The library must still hold every older version that may go
    /// on. Returns how many talks were sent to a human because theirs doesn't.
    ///
    /// # Errors
    /// When the store can't be read; the new flows are in use all the same, and talks without
    /// their version are sent to a human when the child writes or a timer fires.
    pub async fn reload(&self, flows: FlowLibrary) -> Result<usize, StoreError> {
        let flows = Arc::new(flows);
        *self.inner.flows.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&flows);
        let mut sent = 0;
        for row in self.inner.store.board().await? {
            let about = About::Conversation(row.id);
            let changed = |_: Option<&domain::Conversation>| Command::FlowsChanged;
            match self.inner.turn_with(&flows, &about, &Actor::House, &Settles::default(), changed).await {
                Ok(_) => sent += 1,
                Err(TurnError::Nothing | TurnError::Closed) => {}
                Err(error) => {
                    tracing::error!(%error, conversation = %row.id, "a talk whose flow was withdrawn can't be handed over yet");
                }
            }
        }
        Ok(sent)
    }
}
