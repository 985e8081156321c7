//! Calls for humans: kept with the turn that rang them, rung again after a crash until seen.

use crate::house::Inner;
use async_trait::async_trait;
use domain::{Alarm, AlarmKind};
use std::sync::Arc;

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

    /// Alarms nobody had seen when the process stopped.
    pub(crate) async fn call_again(&self) {
        match self.store.alarms().await {
            Ok(alarms) => alarms.into_iter().for_each(|alarm| self.call(alarm)),
            Err(error) => tracing::error!(%error, "alarms can't be read"),
        }
    }
}
