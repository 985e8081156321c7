//! Links between contacts on disk.
//!
//! Read next: `desk.rs`.

use crate::SqliteStore;
use crate::rows::{broken, conversation_id, limit, queue_columns, queue_row};
use crate::writer::{Kind, Writing};
use async_trait::async_trait;
use domain::{ConversationId, CounsellorId, Timestamp};
use rusqlite::OptionalExtension;
use store::checks::refusals;
use store::{AuditEntry, Linked, Links, QueueRow, StoreError};
use uuid::Uuid;

#[async_trait]
impl Links for SqliteStore {
    async fn link(
        &self,
        one: ConversationId,
        other: ConversationId,
        by: CounsellorId,
        at: Timestamp,
        audit: AuditEntry,
    ) -> Result<u64, StoreError> {
        self.writer
            .run(Kind::Other, move |writing| {
                let (first, second) = (contact_with_words(writing, one)?, contact_with_words(writing, other)?);
                if first == second {
                    return Err(refusals::one_contact(one));
                }
                let pair = (first.min(second), first.max(second));
                let known: Option<i64> = writing
                    .db
                    .query_row("SELECT n FROM links WHERE one = ?1 AND other = ?2", pair, |row| row.get(0))
                    .optional()
                    .map_err(broken)?;
                if let Some(known) = known {
                    return Ok(known.cast_unsigned());
                }
                let sql = "INSERT INTO links (one, other, by_whom, at) VALUES (?1, ?2, ?3, ?4)";
                let values = (pair.0, pair.1, by.as_uuid().into_bytes(), at.millis());
                writing.db.execute(sql, values).map_err(broken)?;
                let number = writing.db.last_insert_rowid().cast_unsigned();
                writing.record(&audit.with_link(number))?;
                Ok(number)
            })
            .await
    }

    async fn unlink(&self, id: ConversationId, number: u64, audit: AuditEntry) -> Result<(), StoreError> {
        self.writer
            .run(Kind::Other, move |writing| {
                let contact = contact_of(writing, id)?.ok_or_else(|| refusals::unknown_conversation(id))?;
                let gone = writing
                    .db
                    .execute(
                        "DELETE FROM links WHERE n = ?1 AND (one = ?2 OR other = ?2)",
                        (number.cast_signed(), contact),
                    )
                    .map_err(broken)?;
                if gone == 0 {
                    return Err(refusals::no_link(id, number));
                }
                writing.record(&audit.with_link(number))
            })
            .await
    }

    async fn linked(&self, id: ConversationId, most: usize) -> Result<Vec<Linked>, StoreError> {
        self.readers
            .run(move |db| {
                let sql = "SELECT l.n, l.by_whom, l.at, CASE WHEN l.one = c.contact THEN l.other ELSE l.one END
                           FROM conversations c JOIN links l ON l.one = c.contact OR l.other = c.contact
                           WHERE c.id = ?1 ORDER BY l.n";
                let mut find = db.prepare_cached(sql).map_err(broken)?;
                let found = find
                    .query_map([id.as_uuid().into_bytes()], |row| {
                        let linked = Linked {
                            number: row.get::<_, i64>(0)?.cast_unsigned(),
                            by: CounsellorId::from_uuid(Uuid::from_bytes(row.get(1)?)),
                            at: Timestamp::from_millis(row.get(2)?),
                            talks: Vec::new(),
                        };
                        Ok((linked, row.get::<_, i64>(3)?))
                    })
                    .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
                    .map_err(broken)?;
                let sql = concat!(
                    "SELECT ",
                    queue_columns!(),
                    " FROM conversations WHERE contact = ?1 ORDER BY n DESC LIMIT ?2"
                );
                let mut talks = db.prepare_cached(sql).map_err(broken)?;
                let mut all = Vec::with_capacity(found.len());
                for (mut linked, other) in found {
                    let rows = talks.query_map((other, limit(most)), queue_row).map_err(broken)?;
                    linked.talks = rows.collect::<rusqlite::Result<Vec<QueueRow>>>().map_err(broken)?;
                    all.push(linked);
                }
                Ok(all)
            })
            .await
    }

    async fn named(&self, digits: &str) -> Result<Vec<ConversationId>, StoreError> {
        let sql = "SELECT id FROM conversations
                   WHERE substr(hex(id), 1, length(?1)) = ?1 AND wrapped IS NOT NULL LIMIT 2";
        self.readers.rows(sql, [digits.to_uppercase()], |row| row.get(0).map(conversation_id)).await
    }
}

/// A contact of whom nothing can be read any more is linked with nobody.
pub(crate) fn forget_links_of(writing: &Writing<'_>, contact: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM links WHERE (one = ?1 OR other = ?1) AND NOT EXISTS
                   (SELECT 1 FROM conversations WHERE contact = ?1 AND wrapped IS NOT NULL)";
    writing.db.execute(sql, [contact]).map(|_| ()).map_err(broken)
}

fn contact_of(writing: &Writing<'_>, id: ConversationId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT contact FROM conversations WHERE id = ?1";
    writing.db.query_row(sql, [id.as_uuid().into_bytes()], |row| row.get(0)).optional().map_err(broken)
}

fn contact_with_words(writing: &Writing<'_>, id: ConversationId) -> Result<i64, StoreError> {
    let sql = "SELECT contact FROM conversations WHERE id = ?1 AND wrapped IS NOT NULL";
    let found = writing.db.query_row(sql, [id.as_uuid().into_bytes()], |row| row.get(0)).optional();
    found.map_err(broken)?.ok_or_else(|| refusals::unknown_conversation(id))
}
