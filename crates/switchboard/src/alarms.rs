//! Calls for humans: kept with the turn that rang them, rung again after a crash until seen.

use crate::house::Inner;
use async_trait::async_trait;
use domain::{Alarm, AlarmKind, StageName};
use std::collections::HashSet;
use std::sync::Arc;
use store::QueueRow;

/// Reaches people who aren't at a desk.
#[async_trait]
pub trait Pager: Send + Sync {
    /// Rings. Holds no words of a child; must not block for long.
    async fn ring(&self, alarm: Alarm);
}

impl Inner {
    /// Rings the pager for a pager alarm; supervisors see all alarms on the desk.
    pub(crate) fn call(&self, alarm: Alarm) {
        tracing::warn!(conversation = %alarm.conversation, kind = ?alarm.kind, urgency = alarm.urgency.name(), "alarm");
        if alarm.kind == AlarmKind::Pager {
            let pager = Arc::clone(&self.pager);
            tokio::spawn(async move { pager.ring(alarm).await });
        }
    }

    /// Alarms nobody had seen when the process stopped, about children who still wait.
    pub(crate) async fn call_again(&self, board: &[QueueRow]) {
        let waiting: HashSet<_> = board.iter().filter(|row| waits(row.stage)).map(|row| row.id).collect();
        match self.store.alarms().await {
            Ok(alarms) => alarms
                .into_iter()
                .filter(|alarm| waiting.contains(&alarm.conversation))
                .for_each(|alarm| self.call(alarm)),
            Err(error) => tracing::error!(%error, "alarms can't be read"),
        }
    }
}

const fn waits(stage: StageName) -> bool {
    matches!(stage, StageName::Requested | StageName::Queued | StageName::AwaitingReturn | StageName::Offered)
}
