//! The inbox on disk: sealed on the way in, opened on the way to the turn.
//!
//! Read next: `turns.rs`.

use crate::SqliteStore;
use crate::rows::{broken, contact_id};
use crate::writer::{Kind, Writing};
use async_trait::async_trait;
use domain::{AccountId, ContactId, Cursor, Inbound, InboxSeq, PlatformId, Timestamp};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use speech::Recipient;
use store::checks::{READ_ROWS, check_batch, check_item_size};
use store::vault::{KeyedHash, Place, Table, Vault};
use store::{Accepted, InboxRow, Inboxes, StoreError};

/// Deliveries forgotten in one job.
const FORGET_AT_ONCE: usize = 1_000;

/// One item on its way into the file.
struct Sealed {
    delivery: KeyedHash,
    sender: KeyedHash,
    chat_hash: KeyedHash,
    to: Kept,
    body: Vec<u8>,
}

/// The shape kept, sealed, of a contact.
#[derive(Serialize, Deserialize)]
struct Kept {
    contact: PlatformId,
    chat: PlatformId,
}

/// Opens a contact's platform ids.
pub(crate) fn recipient(vault: &Vault, contact: ContactId, sealed: &[u8]) -> Result<Recipient, StoreError> {
    let kept: Kept = vault.contacts().open_json(Place::contact(Table::Contacts, contact, 0), sealed)?;
    Ok(Recipient { contact: kept.contact, chat: kept.chat })
}

#[async_trait]
impl Inboxes for SqliteStore {
    async fn accept(
        &self,
        account: &AccountId,
        batch: Vec<Inbound>,
        cursor: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Vec<Accepted>, StoreError> {
        check_batch(account, &batch)?;
        let items = batch.into_iter().map(|item| seal(&self.vault, item)).collect::<Result<Vec<_>, _>>()?;
        let cursor = match cursor {
            Some(cursor) => {
                let place = Place::cursor(self.vault.account_hash(account));
                Some(self.vault.inbox().seal_json(place, &cursor, self.vault.entropy())?)
            }
            None => None,
        };
        let account = account.clone();
        self.writer
            .run(Kind::Inbox, move |writing| {
                let accepted =
                    items.iter().map(|item| keep(writing, &account, item, now)).collect::<Result<Vec<_>, _>>()?;
                if let Some(cursor) = cursor {
                    let sql = "INSERT INTO cursors (account, sealed) VALUES (?1, ?2)
                               ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed";
                    let mut insert = writing.db.prepare_cached(sql).map_err(broken)?;
                    insert.execute((account.as_str(), cursor)).map_err(broken)?;
                }
                Ok(accepted)
            })
            .await
    }

    async fn cursor(&self, account: &AccountId) -> Result<Option<Cursor>, StoreError> {
        let name = account.as_str().to_owned();
        let sql = "SELECT sealed FROM cursors WHERE account = ?1";
        let found = self.readers.rows(sql, [name], |row| row.get::<_, Vec<u8>>(0)).await?;
        let place = Place::cursor(self.vault.account_hash(account));
        found.first().map(|sealed| self.vault.inbox().open_json(place, sealed)).transpose()
    }

    async fn pending(&self, after: InboxSeq, limit: usize) -> Result<Vec<InboxRow>, StoreError> {
        let vault = std::sync::Arc::clone(&self.vault);
        let limit = limit.min(READ_ROWS);
        self.readers
            .run(move |db| {
                let sql = "SELECT i.seq, k.id, k.hash, i.hash, i.received_at, i.sealed
                           FROM inbox i JOIN contacts k ON k.n = i.contact WHERE i.seq > ?1 ORDER BY i.seq";
                let mut statement = db.prepare_cached(sql).map_err(broken)?;
                let mut rows = statement.query([after.0]).map_err(broken)?;
                let mut waiting = Vec::new();
                while waiting.len() < limit
                    && let Some(row) = rows.next().map_err(broken)?
                {
                    let (seq, opened) = pending_row(&vault, row).map_err(broken)?;
                    match opened {
                        Ok(row) => waiting.push(row),
                        // One damaged row must not keep every other child waiting.
                        Err(error) => tracing::error!(inbox = seq.0, error = %error, "an inbox row can't be read"),
                    }
                }
                Ok(waiting)
            })
            .await
    }

    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        // Some at a time, so that no child's message waits behind all of them.
        let sql = "DELETE FROM deliveries WHERE hash IN
                       (SELECT hash FROM deliveries WHERE received_at < ?1 LIMIT ?2)";
        let mut forgotten = 0;
        loop {
            let some = self
                .writer
                .run(Kind::Other, move |writing| {
                    let mut forget = writing.db.prepare_cached(sql).map_err(broken)?;
                    forget.execute((before.millis(), FORGET_AT_ONCE)).map_err(broken)
                })
                .await?;
            forgotten += some as u64;
            if some < FORGET_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }

    async fn pending_count(&self) -> Result<u64, StoreError> {
        let count = self.readers.rows("SELECT count(*) FROM inbox", [], |row| row.get::<_, i64>(0)).await?;
        Ok(count.first().map_or(0, |count| count.cast_unsigned()))
    }
}

fn pending_row(
    vault: &Vault,
    row: &rusqlite::Row<'_>,
) -> rusqlite::Result<(InboxSeq, Result<InboxRow, StoreError>)> {
    let seq = InboxSeq(row.get(0)?);
    let contact = contact_id(row.get(1)?);
    let place = Place::delivery(row.get(3)?, row.get(2)?);
    let received_at = Timestamp::from_millis(row.get(4)?);
    let sealed = row.get_ref(5)?.as_blob()?;
    let opened = vault.inbox().open_json(place, sealed);
    Ok((seq, opened.map(|inbound| InboxRow { seq, contact, received_at, inbound })))
}

fn seal(vault: &Vault, item: Inbound) -> Result<Sealed, StoreError> {
    let delivery = vault.dedupe_hash(&item.account, &item.dedupe);
    let sender = vault.contact_hash(&item.account, &item.contact);
    let chat_hash = vault.chat_hash(&item.account, &item.chat);
    let body = vault.inbox().seal_json(Place::delivery(delivery, sender), &item, vault.entropy())?;
    check_item_size(body.len())?;
    Ok(Sealed { delivery, sender, chat_hash, to: Kept { contact: item.contact, chat: item.chat }, body })
}

fn keep(
    writing: &Writing<'_>,
    account: &AccountId,
    item: &Sealed,
    now: Timestamp,
) -> Result<Accepted, StoreError> {
    let sql = "INSERT INTO deliveries (hash, received_at) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING";
    let fresh = writing
        .db
        .prepare_cached(sql)
        .and_then(|mut insert| insert.execute((item.delivery, now.millis())))
        .map_err(broken)?;
    if fresh == 0 {
        return Ok(Accepted::Repeated);
    }
    let (n, contact) = contact_row(writing, account, item)?;
    writing
        .db
        .prepare_cached("INSERT INTO inbox (contact, received_at, hash, sealed) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut insert| insert.execute((n, now.millis(), item.delivery, &item.body)))
        .map_err(broken)?;
    Ok(Accepted::New { seq: InboxSeq(writing.db.last_insert_rowid()), contact })
}

fn contact_row(writing: &Writing<'_>, account: &AccountId, item: &Sealed) -> Result<(i64, ContactId), StoreError> {
    let known = writing
        .db
        .prepare_cached("SELECT n, id, chat_hash FROM contacts WHERE hash = ?1")
        .and_then(|mut find| {
            find.query_row([item.sender], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 16]>(1)?, row.get::<_, KeyedHash>(2)?))
            })
            .optional()
        })
        .map_err(broken)?;
    let seal = |id| {
        let place = Place::contact(Table::Contacts, id, 0);
        writing.vault.contacts().seal_json(place, &item.to, writing.vault.entropy())
    };
    if let Some((n, id, chat_hash)) = known {
        let id = contact_id(id);
        if chat_hash != item.chat_hash {
            let sealed = seal(id)?;
            writing
                .db
                .prepare_cached("UPDATE contacts SET chat_hash = ?2, sealed = ?3 WHERE n = ?1")
                .and_then(|mut update| update.execute((n, item.chat_hash, sealed)))
                .map_err(broken)?;
        }
        return Ok((n, id));
    }
    let id = writing.vault.new_contact()?;
    let sealed = seal(id)?;
    writing
        .db
        .prepare_cached("INSERT INTO contacts (id, hash, chat_hash, account, sealed) VALUES (?1, ?2, ?3, ?4, ?5)")
        .and_then(|mut insert| {
            insert.execute((id.as_uuid().into_bytes(), item.sender, item.chat_hash, account.as_str(), sealed))
        })
        .map_err(broken)?;
    Ok((writing.db.last_insert_rowid(), id))
}
