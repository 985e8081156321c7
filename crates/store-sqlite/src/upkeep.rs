//! How the file is and what waits in it.
//!
//! Read next: `outbox.rs`.

use crate::SqliteStore;
use crate::rows::broken;
use crate::writer::Kind;
use async_trait::async_trait;
use domain::{AccountId, Timestamp};
use store::{Backlog, StoreError, Upkeep};

#[async_trait]
impl Upkeep for SqliteStore {
    async fn backlog(&self, account: &AccountId) -> Result<Backlog, StoreError> {
        // Both halves of the outbox have an index that begins with the account.
        let sql = "SELECT count(*), min(since),
                          (SELECT count(*) FROM conversations
                           WHERE account = ?1 AND stage <> 'closed' AND delivery_trouble <> 0)
                   FROM (SELECT since FROM outbox WHERE account = ?1 AND under_way IS NULL
                         UNION ALL
                         SELECT since FROM outbox WHERE account = ?1 AND under_way IS NOT NULL)";
        let each = |row: &rusqlite::Row<'_>| {
            Ok(Backlog {
                outbound: row.get::<_, i64>(0)?.cast_unsigned(),
                oldest: row.get::<_, Option<i64>>(1)?.map(Timestamp::from_millis),
                talks_in_trouble: row.get::<_, i64>(2)?.cast_unsigned(),
            })
        };
        let found = self.readers.rows(sql, [account.as_str().to_owned()], each).await?;
        Ok(found.first().copied().unwrap_or_default())
    }

    async fn probe(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(Kind::Other, move |writing| {
                let sql = "INSERT INTO meta (name, value) VALUES ('probe', ?1)
                           ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                writing.db.execute(sql, [now.millis().to_be_bytes()]).map_err(broken)?;
                Ok(())
            })
            .await
    }
}
