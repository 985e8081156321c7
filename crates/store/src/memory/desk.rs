//! The desk's reads in memory. Read next: `people.rs`.

use super::MemoryStore;
use crate::checks::READ_ROWS;
use crate::{DeskReads, QueueRow, StoreError, deletion_asked};
use async_trait::async_trait;
use domain::{Alarm, ConversationId, CounsellorId, StageName, Timestamp};
use std::cmp::Reverse;

#[async_trait]
impl DeskReads for MemoryStore {
    async fn board(&self) -> Result<Vec<QueueRow>, StoreError> {
        let kept = self.kept();
        let open = kept.talks.values().map(|talk| &talk.row).filter(|row| row.stage != StageName::Closed);
        let mut rows: Vec<_> = open.cloned().collect();
        rows.sort_by_key(|row| (Reverse(row.urgency), row.since, row.id));
        Ok(rows)
    }

    async fn earlier(&self, id: ConversationId, limit: usize) -> Result<Vec<QueueRow>, StoreError> {
        let kept = self.kept();
        let Some(this) = kept.talks.get(&id) else { return Ok(Vec::new()) };
        let mut before: Vec<_> =
            kept.talks.values().filter(|talk| talk.contact == this.contact && talk.order < this.order).collect();
        before.sort_by_key(|talk| Reverse(talk.order));
        Ok(before.into_iter().take(limit.min(READ_ROWS)).map(|talk| talk.row.clone()).collect())
    }

    async fn to_erase(&self) -> Result<Vec<QueueRow>, StoreError> {
        let kept = self.kept();
        let asked = kept
            .talks
            .values()
            .filter(|talk| talk.words.as_ref().is_some_and(|words| deletion_asked(&words.state)));
        let mut rows: Vec<_> = asked.map(|talk| talk.row.clone()).collect();
        rows.sort_by_key(|row| (row.since, row.id));
        Ok(rows)
    }

    async fn alarms(&self) -> Result<Vec<Alarm>, StoreError> {
        Ok(self
            .kept()
            .alarms
            .iter()
            .filter(|ringing| !ringing.seen)
            .map(|ringing| ringing.alarm.clone())
            .collect())
    }

    async fn alarms_seen(&self, id: ConversationId, _by: CounsellorId, _at: Timestamp) -> Result<(), StoreError> {
        for ringing in self.kept().alarms.iter_mut().filter(|ringing| ringing.alarm.conversation == id) {
            ringing.seen = true;
        }
        Ok(())
    }
}
