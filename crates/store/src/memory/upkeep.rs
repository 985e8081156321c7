//! What waits, in memory. Read next: `outbox.rs`.

use super::MemoryStore;
use crate::{Backlog, StoreError, Upkeep};
use async_trait::async_trait;
use domain::{AccountId, StageName, Timestamp};

#[async_trait]
impl Upkeep for MemoryStore {
    async fn backlog(&self, account: &AccountId) -> Result<Backlog, StoreError> {
        let kept = self.kept();
        let waiting = || kept.outbox.values().filter(|row| row.account == *account);
        let in_trouble = |talk: &&super::Talk| {
            talk.row.stage != StageName::Closed
                && talk.row.delivery_trouble
                && talk.words.as_ref().is_some_and(|words| words.state.account == *account)
        };
        Ok(Backlog {
            outbound: waiting().count() as u64,
            oldest: waiting().map(|row| row.since).min(),
            talks_in_trouble: kept.talks.values().filter(in_trouble).count() as u64,
        })
    }

    async fn probe(&self, _now: Timestamp) -> Result<(), StoreError> {
        drop(self.kept());
        Ok(())
    }
}
