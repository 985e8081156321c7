//! One turn, sealed and ready to write, and the statements that write it.
//!
//! Few and fixed statements: this is the house's busiest path. Read next: `../outbox.rs`.

use crate::rows::{broken, urgency_number, word};
use crate::writer::Writing;
use domain::{Alarm, ContactId, ConversationId, InboxSeq, MessageId, Timestamp};
use rusqlite::OptionalExtension;
use store::checks::{check_item_size, refusals};
use store::vault::{Place, SealKey, Table, Vault};
use store::{AuditEntry, QueueRow, StoreError, TurnCommit, deletion_asked};

/// A turn without a readable word in it.
pub(super) struct SealedTurn {
    id: ConversationId,
    contact: ContactId,
    account: String,
    platform: String,
    expected: u64,
    row: QueueRow,
    counsellors: Vec<u8>,
    timers: String,
    next_timer: Option<i64>,
    state: Vec<u8>,
    events: Vec<(i64, i64, Vec<u8>)>,
    outbox: Vec<(MessageId, Vec<u8>)>,
    settled: Option<MessageId>,
    /// Closed, and the child asked for deletion.
    to_erase: bool,
    took: Option<InboxSeq>,
    alarms: Vec<Alarm>,
    audit: Vec<AuditEntry>,
    at: Timestamp,
}

/// Seals a turn with its conversation's key.
pub(super) fn seal(vault: &Vault, key: &SealKey, turn: TurnCommit) -> Result<SealedTurn, StoreError> {
    let state = &turn.state;
    let id = state.id;
    let entropy = vault.entropy();
    let mut events = Vec::with_capacity(turn.events.len());
    for event in &turn.events {
        let sealed = key.seal_json(Place::conversation(Table::Events, id, event.seq), &event.event, entropy)?;
        check_item_size(sealed.len())?;
        events.push((event.seq.cast_signed(), event.at.millis(), sealed));
    }
    let mut outbox = Vec::with_capacity(turn.outbox.len());
    for outbound in &turn.outbox {
        let place = Place::conversation(Table::Outbox, id, u64::from(outbound.message.0));
        let kept = outbound.to_kept().map(zeroize::Zeroizing::new);
        let kept =
            kept.map_err(|_| StoreError::Invalid(format!("conversation {id}: a message can't be written")))?;
        outbox.push((outbound.message, key.seal(place, &kept, entropy)?));
    }
    let row = QueueRow::of(state);
    let timers = serde_json::to_string(&state.timers)
        .map_err(|_| StoreError::Invalid(format!("conversation {id}: its timers can't be written")))?;
    Ok(SealedTurn {
        id,
        contact: state.contact,
        account: state.account.as_str().to_owned(),
        platform: word(&state.platform)?,
        expected: turn.expected,
        counsellors: row.counsellors.iter().flat_map(|id| id.as_uuid().into_bytes()).collect(),
        row,
        timers,
        next_timer: state.timers.values().min().map(|at| at.millis()),
        state: key.seal_json(Place::conversation(Table::Conversations, id, 0), state, entropy)?,
        events,
        outbox,
        to_erase: deletion_asked(state),
        settled: turn.settled.map(|(message, _)| message),
        took: turn.took,
        alarms: turn.alarms,
        audit: turn.audit,
        at: turn.at,
    })
}

impl SealedTurn {
    /// Writes the first turn of a conversation; gives its row and its contact's.
    pub(super) fn begin(self, writing: &mut Writing<'_>, wrapped: &[u8]) -> Result<(i64, i64), StoreError> {
        let key = self.id.as_uuid().into_bytes();
        if let Some(found) = Self::version_where(writing, "SELECT version FROM conversations WHERE id = ?1", key)?
        {
            return Err(StoreError::Conflict { expected: 0, found });
        }
        let contact = self.contact.as_uuid().into_bytes();
        let open = "SELECT c.version FROM contacts k JOIN conversations c ON c.contact = k.n
                    WHERE k.id = ?1 AND c.stage <> 'closed'";
        if let Some(found) = Self::version_where(writing, open, contact)? {
            return Err(StoreError::Conflict { expected: 0, found });
        }
        let contact: i64 = writing
            .db
            .prepare_cached("SELECT n FROM contacts WHERE id = ?1")
            .and_then(|mut find| find.query_row([contact], |row| row.get(0)).optional())
            .map_err(broken)?
            .ok_or_else(|| refusals::unknown_contact(self.contact))?;
        let sql = "INSERT INTO conversations (version, stage, urgency, since, lang, last_inbound_at,
                       delivery_trouble, counsellors, timers, next_timer, state,
                       id, contact, account, platform, wrapped)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        let row = &self.row;
        writing
            .db
            .prepare_cached(sql)
            .and_then(|mut insert| {
                insert.execute(rusqlite::params![
                    row.version.cast_signed(),
                    row.stage.name(),
                    urgency_number(row.urgency),
                    row.since.millis(),
                    row.lang.as_str(),
                    row.last_inbound_at.map(Timestamp::millis),
                    row.delivery_trouble,
                    self.counsellors,
                    self.timers,
                    self.next_timer,
                    self.state,
                    key,
                    contact,
                    self.account,
                    self.platform,
                    wrapped,
                ])
            })
            .map_err(broken)?;
        let n = writing.db.last_insert_rowid();
        self.rest(writing, n, contact)?;
        Ok((n, contact))
    }

    /// Writes a later turn.
    pub(super) fn go_on(self, writing: &mut Writing<'_>, n: i64, contact: i64) -> Result<(), StoreError> {
        let sql = "UPDATE conversations SET version = ?1, stage = ?2, urgency = ?3, since = ?4, lang = ?5,
                       last_inbound_at = ?6, delivery_trouble = ?7, counsellors = ?8, timers = ?9,
                       next_timer = ?10, state = ?11
                   WHERE n = ?12 AND version = ?13 AND wrapped IS NOT NULL";
        let row = &self.row;
        let changed = writing
            .db
            .prepare_cached(sql)
            .and_then(|mut update| {
                update.execute(rusqlite::params![
                    row.version.cast_signed(),
                    row.stage.name(),
                    urgency_number(row.urgency),
                    row.since.millis(),
                    row.lang.as_str(),
                    row.last_inbound_at.map(Timestamp::millis),
                    row.delivery_trouble,
                    self.counsellors,
                    self.timers,
                    self.next_timer,
                    self.state,
                    n,
                    self.expected.cast_signed(),
                ])
            })
            .map_err(broken)?;
        if changed == 0 {
            let key = self.id.as_uuid().into_bytes();
            let found = Self::version_where(writing, "SELECT version FROM conversations WHERE id = ?1", key)?;
            let (expected, found) = (self.expected, found.unwrap_or(0));
            return Err(if found == expected {
                refusals::erased(self.id)
            } else {
                StoreError::Conflict { expected, found }
            });
        }
        self.rest(writing, n, contact)
    }

    fn rest(self, writing: &mut Writing<'_>, n: i64, contact: i64) -> Result<(), StoreError> {
        let db = writing.db;
        if let Some(seq) = self.took {
            let sql = "DELETE FROM inbox WHERE seq = ?1 AND contact = ?2";
            let taken =
                db.prepare_cached(sql).and_then(|mut take| take.execute((seq.0, contact))).map_err(broken)?;
            if taken == 0 {
                return Err(refusals::not_pending(seq));
            }
        }
        if let Some(message) = self.settled {
            let sql = "DELETE FROM outbox WHERE conversation = ?1 AND message = ?2";
            let gone =
                db.prepare_cached(sql).and_then(|mut settle| settle.execute((n, message.0))).map_err(broken)?;
            if gone == 0 {
                return Err(refusals::not_unsettled(self.id, message));
            }
        }
        if !self.events.is_empty() {
            let sql = "INSERT INTO events (conversation, seq, at, sealed) VALUES (?1, ?2, ?3, ?4)";
            let mut insert = db.prepare_cached(sql).map_err(broken)?;
            for (seq, at, sealed) in &self.events {
                insert.execute((n, seq, at, sealed)).map_err(broken)?;
            }
        }
        for (message, sealed) in &self.outbox {
            let sql = "INSERT INTO outbox
                           (conversation, message, account, due_at, since, under_way, tries, sealed)
                       VALUES (?1, ?2, ?3, ?4, ?4, NULL, 0, ?5) ON CONFLICT (conversation, message) DO NOTHING";
            let kept = db
                .prepare_cached(sql)
                .and_then(|mut insert| insert.execute((n, message.0, &self.account, self.at.millis(), sealed)))
                .map_err(broken)?;
            if kept == 0 {
                return Err(refusals::twice_in_outbox(self.id, *message));
            }
        }
        if self.to_erase {
            let sql = "UPDATE conversations SET to_erase = 1 WHERE n = ?1";
            db.prepare_cached(sql).and_then(|mut mark| mark.execute([n])).map_err(broken)?;
        }
        for alarm in &self.alarms {
            let sql = "INSERT INTO alarms (conversation, kind, urgency, at) VALUES (?1, ?2, ?3, ?4)";
            let about = alarm.conversation.as_uuid().into_bytes();
            let values = (about, word(&alarm.kind)?, urgency_number(alarm.urgency), alarm.at.millis());
            db.prepare_cached(sql).and_then(|mut insert| insert.execute(values)).map_err(broken)?;
        }
        for entry in &self.audit {
            writing.record(entry)?;
        }
        Ok(())
    }

    fn version_where(writing: &Writing<'_>, sql: &str, key: [u8; 16]) -> Result<Option<u64>, StoreError> {
        let found = writing
            .db
            .prepare_cached(sql)
            .and_then(|mut find| find.query_row([key], |row| row.get::<_, i64>(0)).optional())
            .map_err(broken)?;
        Ok(found.map(i64::cast_unsigned))
    }
}
