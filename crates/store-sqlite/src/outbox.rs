//! The outbox on disk: of each conversation only the first unsettled row goes out.
//!
//! Read next: `audit.rs`.

use crate::SqliteStore;
use crate::inbox::recipient;
use crate::rows::{broken, contact_id, conversation_id, limit};
use crate::writer::Kind;
use async_trait::async_trait;
use domain::{AccountId, ContactId, ConversationId, MessageId, Timestamp};
use speech::Outbound;
use store::checks::refusals;
use store::vault::{Place, Table};
use store::{OutboxRow, Outboxes, StoreError, send_key};

/// Columns that [`raw`] reads, in its order.
macro_rules! rows_where {
    ($condition:literal) => {
        concat!(
            "SELECT o.conversation, o.message, o.tries, o.sealed, c.id, c.contact, c.wrapped, k.id, k.sealed
             FROM outbox o JOIN conversations c ON c.n = o.conversation JOIN contacts k ON k.n = c.contact
             WHERE ",
            $condition
        )
    };
}

/// Nothing of the same conversation waits before it.
macro_rules! first_of_its_conversation {
    () => {
        "NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation = o.conversation AND e.message < o.message)"
    };
}

const DUE: &str = concat!(
    rows_where!("o.account = ?1 AND o.under_way IS NULL AND o.due_at <= ?2 AND "),
    first_of_its_conversation!(),
    " ORDER BY o.due_at, o.conversation, o.message LIMIT ?3"
);
const INTERRUPTED: &str = rows_where!(
    "o.account = ?1 AND o.under_way IS NOT NULL AND o.under_way < ?2 ORDER BY c.id, o.message LIMIT 10000"
);
const NEXT: &str = concat!(
    "SELECT o.due_at FROM outbox o WHERE o.account = ?1 AND o.under_way IS NULL AND ",
    first_of_its_conversation!(),
    " ORDER BY o.due_at LIMIT 1"
);

/// A row as it lies in the file.
struct Raw {
    conversation: i64,
    message: MessageId,
    tries: u32,
    sealed: Vec<u8>,
    id: ConversationId,
    contact: i64,
    wrapped: Vec<u8>,
    contact_id: ContactId,
    to: Vec<u8>,
}

fn raw(row: &rusqlite::Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw {
        conversation: row.get(0)?,
        message: MessageId(row.get(1)?),
        tries: row.get(2)?,
        sealed: row.get(3)?,
        id: conversation_id(row.get(4)?),
        contact: row.get(5)?,
        wrapped: row.get(6)?,
        contact_id: contact_id(row.get(7)?),
        to: row.get(8)?,
    })
}

#[async_trait]
impl Outboxes for SqliteStore {
    async fn claim(&self, account: &AccountId, now: Timestamp, most: usize) -> Result<Vec<OutboxRow>, StoreError> {
        let (account, run) = (account.as_str().to_owned(), self.run);
        let claimed = self
            .writer
            .run(Kind::Claim, move |writing| {
                let mut due = writing.db.prepare_cached(DUE).map_err(broken)?;
                let rows = due.query_map((&account, now.millis(), limit(most)), raw).map_err(broken)?;
                let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>().map_err(broken)?;
                let sql = "UPDATE outbox SET under_way = ?3, tries = ?4 WHERE conversation = ?1 AND message = ?2";
                let mut mark = writing.db.prepare_cached(sql).map_err(broken)?;
                for row in &mut rows {
                    row.tries = row.tries.saturating_add(1);
                    mark.execute((row.conversation, row.message.0, run, row.tries)).map_err(broken)?;
                }
                Ok(rows)
            })
            .await?;
        Ok(self.opened(claimed))
    }

    async fn postpone(
        &self,
        conversation: ConversationId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(Kind::Other, move |writing| {
                let sql = "UPDATE outbox SET under_way = NULL, due_at = ?3
                           WHERE conversation = (SELECT n FROM conversations WHERE id = ?1) AND message = ?2";
                let key = conversation.as_uuid().into_bytes();
                let changed = writing
                    .db
                    .prepare_cached(sql)
                    .and_then(|mut postpone| postpone.execute((key, message.0, at.millis())))
                    .map_err(broken)?;
                if changed == 0 { Err(refusals::not_unsettled(conversation, message)) } else { Ok(()) }
            })
            .await
    }

    async fn interrupted(&self, account: &AccountId) -> Result<Vec<OutboxRow>, StoreError> {
        let rows = self.readers.rows(INTERRUPTED, (account.as_str().to_owned(), self.run), raw).await?;
        Ok(self.opened(rows))
    }

    async fn next_send(&self, account: &AccountId) -> Result<Option<Timestamp>, StoreError> {
        let found = self.readers.rows(NEXT, [account.as_str().to_owned()], |row| row.get::<_, i64>(0)).await?;
        Ok(found.first().copied().map(Timestamp::from_millis))
    }

    async fn unsettled(&self, account: &AccountId) -> Result<u64, StoreError> {
        // Both halves of the table have an index that begins with the account.
        let sql = "SELECT (SELECT count(*) FROM outbox WHERE account = ?1 AND under_way IS NULL)
                        + (SELECT count(*) FROM outbox WHERE account = ?1 AND under_way IS NOT NULL)";
        let found = self.readers.rows(sql, [account.as_str().to_owned()], |row| row.get::<_, i64>(0)).await?;
        Ok(found.first().map_or(0, |count| count.cast_unsigned()))
    }
}

impl SqliteStore {
    /// Unseals rows. A damaged one is told in the log and left under way: it can't be sent, and
    /// it must not keep other children's messages from being sent.
    fn opened(&self, rows: Vec<Raw>) -> Vec<OutboxRow> {
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            match self.open_row(&row) {
                Ok(row) => opened.push(row),
                Err(error) => {
                    tracing::error!(
                        conversation = %row.id, message = row.message.0, error = %error,
                        "a message to a child can't be read and was not sent"
                    );
                }
            }
        }
        opened
    }

    fn open_row(&self, row: &Raw) -> Result<OutboxRow, StoreError> {
        let known = self.unwrapped(row.id, row.conversation, row.contact, &row.wrapped)?;
        let place = Place::conversation(Table::Outbox, row.id, u64::from(row.message.0));
        let kept = known.key.open(place, &row.sealed)?;
        let outbound = Outbound::from_kept(row.id, row.message, &kept)
            .map_err(|_| StoreError::Unreadable("a row of `outbox` has an unknown shape".to_owned()))?;
        Ok(OutboxRow {
            outbound,
            to: recipient(&self.vault, row.contact_id, &row.to)?,
            key: send_key(row.id, row.message),
            tries: row.tries,
        })
    }
}
