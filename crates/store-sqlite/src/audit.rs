//! The audit log on disk. Lines are tied to the chain by the writer, in the order of commits.
//!
//! Read next: `writer.rs`.

use crate::SqliteStore;
use crate::head;
use crate::rows::{broken, limit};
use crate::writer::Kind;
use async_trait::async_trait;
use domain::ConversationId;
use std::sync::Arc;
use store::{Audit, AuditEntry, AuditLine, ChainBreak, ChainHead, StoreError};

#[async_trait]
impl Audit for SqliteStore {
    async fn record(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.writer.run(Kind::Other, move |writing| writing.record(&entry)).await
    }

    async fn audit(
        &self,
        conversation: Option<ConversationId>,
        after: u64,
        most: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let each = |row: &rusqlite::Row<'_>| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
        };
        let rows = match conversation {
            Some(id) => {
                let sql = "SELECT seq, line, hash FROM audit WHERE conversation = ?1 AND seq > ?2
                           ORDER BY seq LIMIT ?3";
                self.readers.rows(sql, (id.as_uuid().into_bytes(), after, limit(most)), each).await?
            }
            None => {
                let sql = "SELECT seq, line, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2";
                self.readers.rows(sql, (after, limit(most)), each).await?
            }
        };
        rows.into_iter()
            .map(|(seq, line, hash)| {
                let entry = serde_json::from_str(&line)
                    .map_err(|_| StoreError::Unreadable(format!("audit line {seq} has an unknown shape")))?;
                Ok(AuditLine { seq: seq.cast_unsigned(), entry, hash: hex::encode(hash) })
            })
            .collect()
    }

    async fn verify(&self) -> Result<Result<u64, ChainBreak>, StoreError> {
        let vault = Arc::clone(&self.vault);
        self.readers
            .run(move |db| {
                // Lines and seal of one moment.
                let _one_moment = db.unchecked_transaction().map_err(broken)?;
                let mut statement =
                    db.prepare_cached("SELECT seq, line, hash FROM audit ORDER BY seq").map_err(broken)?;
                let mut rows = statement.query([]).map_err(broken)?;
                let mut end = ChainHead::default();
                while let Some(row) = rows.next().map_err(broken)? {
                    let (seq, line, hash): (i64, String, Vec<u8>) = row.try_into().map_err(broken)?;
                    end = match end.check(seq.cast_unsigned(), &line, &hash) {
                        Ok(next) => next,
                        Err(found) => return Ok(Err(found)),
                    };
                }
                Ok(head::look(db, &vault, &end)?.map_or(Ok(end.seq), Err))
            })
            .await
    }
}
