//! Joins the desk's door to the switchboard.

use async_trait::async_trait;
use desk::{Change, Door};
use domain::{
    ChannelHealth, ConversationId, CounsellorId, DeskCommand, DutyState, Refusal, RosterEntry, Timestamp,
};
use switchboard::{Notice, Switchboard};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Changes a desk may lag behind before it reads everything anew.
const CHANGES: usize = 4_096;

/// The switchboard, as desks see it.
pub(crate) struct HouseDoor {
    switchboard: Switchboard,
    changes: broadcast::Sender<Change>,
}

impl HouseDoor {
    /// Passes notices on until the switchboard is gone.
    pub(crate) fn new(switchboard: Switchboard) -> Self {
        let changes = broadcast::Sender::new(CHANGES);
        let (mut notices, out) = (switchboard.notices(), changes.clone());
        tokio::spawn(async move {
            loop {
                let change = match notices.recv().await {
                    Ok(Notice::Conversation { id, version }) => Change::Conversation { id, version },
                    Ok(Notice::Alarm { id }) => Change::Alarm { id },
                    Ok(Notice::Roster) => Change::Roster,
                    Ok(Notice::Channels) => Change::Channels,
                    // Nobody knows what moved: a counsellor must not look at an old talk.
                    Err(RecvError::Lagged(_)) => Change::Everything,
                    Err(RecvError::Closed) => return,
                };
                // No desk open is fine.
                let _ = out.send(change);
            }
        });
        Self { switchboard, changes }
    }
}

#[async_trait]
impl Door for HouseDoor {
    async fn submit(
        &self,
        who: CounsellorId,
        conversation: ConversationId,
        command: DeskCommand,
    ) -> Result<(), Refusal> {
        self.switchboard.submit(who, conversation, command).await
    }

    async fn heartbeat(&self, who: CounsellorId) {
        self.switchboard.heartbeat(who).await;
    }

    async fn duty(&self, who: CounsellorId, duty: DutyState) {
        self.switchboard.duty(who, duty).await;
    }

    async fn roster(&self) -> Vec<RosterEntry> {
        self.switchboard.roster()
    }

    async fn channels(&self) -> Vec<ChannelHealth> {
        self.switchboard.channels().await
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    fn now(&self) -> Timestamp {
        self.switchboard.now()
    }
}
