//! Turns on disk: sealed by the caller, checked and written by the writer, whole or not at all.
//!
//! Sealing happens before a turn is handed to the writer, so that the writer's thread only
//! compares and inserts. Read next: `turns/rows.rs`, then `outbox.rs`.

mod rows;

use crate::SqliteStore;
use crate::keys::Known;
use crate::links::forget_links_of;
use crate::rows::{broken, conversation_id, limit};
use crate::writer::{Kind, Writing};
use async_trait::async_trait;
use domain::{ContactId, Conversation, ConversationId, Event, Recorded, StageName, TimerKey, Timestamp};
use rows::seal;
use rusqlite::OptionalExtension;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::checks::{check_turn, refusals};
use store::vault::{Place, Table};
use store::{AuditEntry, Committed, DueTimer, StoreError, TurnCommit, Turns};

/// What is kept of a conversation beside its words.
struct Head {
    n: i64,
    contact: i64,
    version: u64,
    /// `None` once erased.
    wrapped: Option<Vec<u8>>,
}

#[async_trait]
impl Turns for SqliteStore {
    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError> {
        check_turn(&turn)?;
        let (id, version) = (turn.state.id, turn.state.version);
        if turn.expected == 0 {
            let (key, wrapped) = self.vault.new_conversation_key(id)?;
            let sealed = seal(&self.vault, &key, turn)?;
            let (n, contact) = self.writer.run(Kind::Turn, move |w| sealed.begin(w, &wrapped)).await?;
            self.keys.put(id, Arc::new(Known { n, contact, key }));
        } else {
            let known = self.known(id, turn.expected).await?;
            let sealed = seal(&self.vault, &known.key, turn)?;
            self.writer.run(Kind::Turn, move |w| sealed.go_on(w, known.n, known.contact)).await?;
        }
        Ok(Committed { version })
    }

    async fn load(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let key = id.as_uuid().into_bytes();
        let sql = "SELECT n, contact, wrapped, state FROM conversations WHERE id = ?1 AND wrapped IS NOT NULL";
        let each = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?, row.get::<_, Vec<u8>>(3)?))
        };
        let Some((n, contact, wrapped, state)) = self.readers.rows(sql, [key], each).await?.into_iter().next()
        else {
            return Ok(None);
        };
        let known = self.unwrapped(id, n, contact, &wrapped)?;
        // Bound to no version: the version stands inside, and only the newest snapshot is kept.
        known.key.open_json(Place::conversation(Table::Conversations, id, 0), &state).map(Some)
    }

    async fn open_of(&self, contact: ContactId) -> Result<Option<ConversationId>, StoreError> {
        let sql = "SELECT c.id FROM contacts k JOIN conversations c ON c.contact = k.n
                   WHERE k.id = ?1 AND c.stage <> 'closed'";
        let key = contact.as_uuid().into_bytes();
        let found = self.readers.rows(sql, [key], |row| row.get(0).map(conversation_id)).await?;
        Ok(found.into_iter().next())
    }

    async fn events(&self, id: ConversationId, after: u64, most: usize) -> Result<Vec<Recorded>, StoreError> {
        let vault = Arc::clone(&self.vault);
        let cached = self.keys.get(id);
        self.readers
            .run(move |db| {
                let Some(head) = head(db, id)? else { return Ok(Vec::new()) };
                let wrapped = head.wrapped.ok_or_else(|| refusals::erased(id))?;
                let key = match cached {
                    Some(known) => known.key.clone(),
                    None => vault.conversation_key(id, &wrapped)?,
                };
                let sql = "SELECT seq, at, sealed FROM events
                           WHERE conversation = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
                let mut statement = db.prepare_cached(sql).map_err(broken)?;
                let after = i64::try_from(after).unwrap_or(i64::MAX);
                let mut rows = statement.query((head.n, after, limit(most))).map_err(broken)?;
                let mut events = Vec::new();
                while let Some(row) = rows.next().map_err(broken)? {
                    let (seq, at): (i64, i64) = row.try_into().map_err(broken)?;
                    let seq = seq.cast_unsigned();
                    let sealed = row.get_ref(2).map_err(broken)?.as_blob().map_err(|_| refusals::erased(id))?;
                    let event: Event = key.open_json(Place::conversation(Table::Events, id, seq), sealed)?;
                    events.push(Recorded { seq, at: Timestamp::from_millis(at), event });
                }
                Ok(events)
            })
            .await
    }

    async fn due_timers(&self, now: Timestamp, most: usize) -> Result<Vec<DueTimer>, StoreError> {
        // The earliest `most` timers belong to the `most` conversations with the earliest timer.
        let sql = "SELECT id, timers FROM conversations
                   WHERE next_timer IS NOT NULL AND next_timer <= ?1 ORDER BY next_timer, id LIMIT ?2";
        let each = |row: &rusqlite::Row<'_>| Ok((conversation_id(row.get(0)?), row.get::<_, String>(1)?));
        let rows = self.readers.rows(sql, (now.millis(), limit(most)), each).await?;
        let mut due = Vec::new();
        for (conversation, timers) in rows {
            let timers: BTreeMap<TimerKey, Timestamp> = serde_json::from_str(&timers)
                .map_err(|_| StoreError::Unreadable(format!("the timers of conversation {conversation}")))?;
            let reached = timers.into_iter().filter(|(_, at)| *at <= now);
            due.extend(reached.map(|(key, at)| DueTimer { conversation, key, at }));
        }
        due.sort_by_key(|timer| (timer.at, timer.conversation, timer.key));
        due.truncate(most);
        Ok(due)
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(next_timer) FROM conversations WHERE next_timer IS NOT NULL";
        let found = self.readers.rows(sql, [], |row| row.get::<_, Option<i64>>(0)).await?;
        Ok(found.into_iter().flatten().next().map(Timestamp::from_millis))
    }

    async fn erase(&self, id: ConversationId, audit: AuditEntry) -> Result<(), StoreError> {
        self.writer.run(Kind::Other, move |writing| erase(writing, id, &audit)).await?;
        self.keys.forget(id);
        self.writer.scrub().await;
        Ok(())
    }
}

impl SqliteStore {
    /// The key of a conversation, from memory or unwrapped.
    pub(crate) fn unwrapped(
        &self,
        id: ConversationId,
        n: i64,
        contact: i64,
        wrapped: &[u8],
    ) -> Result<Arc<Known>, StoreError> {
        if let Some(known) = self.keys.get(id) {
            return Ok(known);
        }
        let known = Arc::new(Known { n, contact, key: self.vault.conversation_key(id, wrapped)? });
        self.keys.put(id, Arc::clone(&known));
        Ok(known)
    }

    async fn known(&self, id: ConversationId, expected: u64) -> Result<Arc<Known>, StoreError> {
        if let Some(known) = self.keys.get(id) {
            return Ok(known);
        }
        let Some(head) = self.readers.run(move |db| head(db, id)).await? else {
            return Err(StoreError::Conflict { expected, found: 0 });
        };
        match head.wrapped {
            Some(wrapped) => self.unwrapped(id, head.n, head.contact, &wrapped),
            None if head.version != expected => Err(StoreError::Conflict { expected, found: head.version }),
            None => Err(refusals::erased(id)),
        }
    }
}

fn head(db: &rusqlite::Connection, id: ConversationId) -> Result<Option<Head>, StoreError> {
    db.prepare_cached("SELECT n, contact, version, wrapped FROM conversations WHERE id = ?1")
        .and_then(|mut find| {
            find.query_row([id.as_uuid().into_bytes()], |row| {
                let version = row.get::<_, i64>(2)?.cast_unsigned();
                Ok(Head { n: row.get(0)?, contact: row.get(1)?, version, wrapped: row.get(3)? })
            })
            .optional()
        })
        .map_err(broken)
}

fn erase(writing: &mut Writing<'_>, id: ConversationId, audit: &AuditEntry) -> Result<(), StoreError> {
    let head = head(writing.db, id)?.ok_or_else(|| refusals::unknown_conversation(id))?;
    let stage: String = writing
        .db
        .query_row("SELECT stage FROM conversations WHERE n = ?1", [head.n], |row| row.get(0))
        .map_err(broken)?;
    if stage != StageName::Closed.name() {
        return Err(refusals::not_closed(id));
    }
    if head.wrapped.is_none() {
        return Ok(());
    }
    for sql in [
        "UPDATE conversations SET wrapped = NULL, state = NULL, timers = '{}', next_timer = NULL, to_erase = 0
         WHERE n = ?1",
        "DELETE FROM events WHERE conversation = ?1",
        "DELETE FROM outbox WHERE conversation = ?1",
    ] {
        writing.db.execute(sql, [head.n]).map_err(broken)?;
    }
    forget_links_of(writing, head.contact)?;
    writing.record(audit)
}
