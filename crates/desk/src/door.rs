//! What the desk asks of the house. The switchboard answers it; the binary joins the two.

use async_trait::async_trait;
use domain::{
    ChannelHealth, ConversationId, CounsellorId, DeskCommand, DutyState, Refusal, RosterEntry, Timestamp,
};

/// Something on the board moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// This conversation has a new version.
    Conversation {
        /// Which.
        id: ConversationId,
        /// Its version now.
        version: u64,
    },
    /// Changes were missed: read everything anew, open talks too.
    Everything,
    /// Somebody's duty or presence changed.
    Roster,
    /// A channel to children came up or went down.
    Channels,
    /// A supervisor or pager alarm rang.
    Alarm {
        /// About which child.
        id: ConversationId,
    },
}

/// The house's door for desks.
#[async_trait]
pub trait Door: Send + Sync {
    /// Does what a counsellor asks, in the conversation's own order.
    ///
    /// # Errors
    /// [`Refusal`] with a code the desk turns into words.
    async fn submit(
        &self,
        who: CounsellorId,
        conversation: ConversationId,
        command: DeskCommand,
    ) -> Result<(), Refusal>;

    /// The desk is alive. Called at least every 15 s while a desk is open.
    async fn heartbeat(&self, who: CounsellorId);

    /// The counsellor's choice: available, busy, away (sign-out is away).
    async fn duty(&self, who: CounsellorId, duty: DutyState);

    /// Who is here.
    async fn roster(&self) -> Vec<RosterEntry>;

    /// How every channel to children is.
    async fn channels(&self) -> Vec<ChannelHealth>;

    /// Changes from now on. A receiver that lags must read everything anew.
    fn changes(&self) -> tokio::sync::broadcast::Receiver<Change>;

    /// The present, from the house's clock.
    fn now(&self) -> Timestamp;
}
