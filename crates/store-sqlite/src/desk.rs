//! The desk's reads: lists from plain columns, without opening a single sealed row.
//!
//! Read next: `rows.rs`.

use crate::SqliteStore;
use crate::rows::{broken, conversation_id, from_word, limit, queue_columns, queue_row, urgency_from};
use crate::writer::Kind;
use async_trait::async_trait;
use domain::{Alarm, ConversationId, CounsellorId, Timestamp};
use std::cmp::Reverse;
use store::checks::READ_ROWS;
use store::{DeskReads, QueueRow, StoreError};

#[async_trait]
impl DeskReads for SqliteStore {
    async fn board(&self) -> Result<Vec<QueueRow>, StoreError> {
        let sql = concat!("SELECT ", queue_columns!(), " FROM conversations WHERE stage <> 'closed'");
        let mut rows = self.readers.rows(sql, [], queue_row).await?;
        rows.sort_by_key(|row| (Reverse(row.urgency), row.since, row.id));
        Ok(rows)
    }

    async fn earlier(&self, id: ConversationId, most: usize) -> Result<Vec<QueueRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            queue_columns!(),
            " FROM conversations WHERE contact = (SELECT contact FROM conversations WHERE id = ?1)
              AND n < (SELECT n FROM conversations WHERE id = ?1) ORDER BY n DESC LIMIT ?2"
        );
        self.readers.rows(sql, (id.as_uuid().into_bytes(), limit(most)), queue_row).await
    }

    async fn to_erase(&self) -> Result<Vec<QueueRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            queue_columns!(),
            " FROM conversations WHERE to_erase = 1 ORDER BY since, id LIMIT ?1"
        );
        self.readers.rows(sql, [limit(READ_ROWS)], queue_row).await
    }

    async fn alarms(&self) -> Result<Vec<Alarm>, StoreError> {
        let sql = "SELECT conversation, kind, urgency, at FROM alarms WHERE seen_at IS NULL ORDER BY n";
        let each = |row: &rusqlite::Row<'_>| {
            Ok(Alarm {
                conversation: conversation_id(row.get(0)?),
                kind: from_word(row.get(1)?)?,
                urgency: urgency_from(row.get(2)?)?,
                at: Timestamp::from_millis(row.get(3)?),
            })
        };
        self.readers.rows(sql, [], each).await
    }

    async fn alarms_seen(&self, id: ConversationId, by: CounsellorId, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(Kind::Other, move |writing| {
                let sql =
                    "UPDATE alarms SET seen_by = ?2, seen_at = ?3 WHERE conversation = ?1 AND seen_at IS NULL";
                let values = (id.as_uuid().into_bytes(), by.as_uuid().into_bytes(), at.millis());
                writing.db.prepare_cached(sql).and_then(|mut seen| seen.execute(values)).map_err(broken)?;
                Ok(())
            })
            .await
    }
}
