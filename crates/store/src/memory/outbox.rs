//! The outbox in memory. Read next: `audit.rs`.

use super::{Kept, MemoryStore, Waiting};
use crate::checks::{READ_ROWS, refusals};
use crate::{OutboxRow, Outboxes, StoreError};
use async_trait::async_trait;
use domain::{AccountId, ConversationId, MessageId, Timestamp};

#[async_trait]
impl Outboxes for MemoryStore {
    async fn claim(
        &self,
        account: &AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let mut kept = self.kept();
        let run = kept.run;
        let mut due: Vec<_> = kept
            .heads()
            .filter(|(_, row)| row.account == *account && row.under_way.is_none() && row.due_at <= now)
            .map(|(key, row)| (row.due_at, kept.talks.get(&key.0).map_or(0, |talk| talk.order), *key))
            .collect();
        due.sort_unstable();
        let mut claimed = Vec::new();
        for (_, _, key) in due.into_iter().take(limit.min(READ_ROWS)) {
            if let Some(row) = kept.outbox.get_mut(&key) {
                row.under_way = Some(run);
                row.tries = row.tries.saturating_add(1);
            }
            claimed.extend(kept.outbox_row(key));
        }
        Ok(claimed)
    }

    async fn postpone(
        &self,
        conversation: ConversationId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let row = kept
            .outbox
            .get_mut(&(conversation, message))
            .ok_or_else(|| refusals::not_unsettled(conversation, message))?;
        row.under_way = None;
        row.due_at = at;
        Ok(())
    }

    async fn interrupted(&self, account: &AccountId) -> Result<Vec<OutboxRow>, StoreError> {
        let kept = self.kept();
        let before = |row: &Waiting| row.account == *account && row.under_way.is_some_and(|run| run < kept.run);
        let keys = kept.outbox.iter().filter(|(_, row)| before(row)).map(|(key, _)| *key);
        Ok(keys.filter_map(|key| kept.outbox_row(key)).collect())
    }

    async fn next_send(&self, account: &AccountId) -> Result<Option<Timestamp>, StoreError> {
        let kept = self.kept();
        let waiting = kept.heads().filter(|(_, row)| row.account == *account && row.under_way.is_none());
        Ok(waiting.map(|(_, row)| row.due_at).min())
    }

    async fn unsettled(&self, account: &AccountId) -> Result<u64, StoreError> {
        Ok(self.kept().outbox.values().filter(|row| row.account == *account).count() as u64)
    }
}

impl Kept {
    /// The first unsettled row of each conversation.
    fn heads(&self) -> impl Iterator<Item = (&(ConversationId, MessageId), &Waiting)> {
        let mut last = None;
        self.outbox.iter().filter(move |((conversation, _), _)| last.replace(*conversation) != Some(*conversation))
    }

    fn outbox_row(&self, key: (ConversationId, MessageId)) -> Option<OutboxRow> {
        let row = self.outbox.get(&key)?;
        Some(OutboxRow {
            outbound: row.outbound.clone(),
            to: self.recipient(row.contact)?,
            key: crate::send_key(key.0, key.1),
            tries: row.tries,
        })
    }
}
