//! Turns in memory: everything is checked first, then everything is kept.
//!
//! Read next: `outbox.rs`.

use super::{Kept, MemoryStore, Ringing, Talk, Waiting, Words};
use crate::checks::{READ_ROWS, check_turn, refusals};
use crate::{AuditEntry, Committed, DueTimer, QueueRow, StoreError, TurnCommit, Turns};
use async_trait::async_trait;
use domain::{ContactId, Conversation, ConversationId, Recorded, StageName, Timestamp};

#[async_trait]
impl Turns for MemoryStore {
    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError> {
        check_turn(&turn)?;
        let lines = turn.audit.iter().map(AuditEntry::canonical).collect::<Result<Vec<_>, _>>()?;
        let mut kept = self.kept();
        kept.check(&turn)?;
        Ok(kept.keep(turn, lines))
    }

    async fn load(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        Ok(self.kept().talks.get(&id).and_then(|talk| talk.words.as_ref()).map(|words| words.state.clone()))
    }

    async fn open_of(&self, contact: ContactId) -> Result<Option<ConversationId>, StoreError> {
        Ok(self.kept().open_of(contact).map(|talk| talk.row.id))
    }

    async fn events(&self, id: ConversationId, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        let kept = self.kept();
        let Some(talk) = kept.talks.get(&id) else { return Ok(Vec::new()) };
        let words = talk.words.as_ref().ok_or_else(|| refusals::erased(id))?;
        Ok(words.events.iter().filter(|event| event.seq > after).take(limit.min(READ_ROWS)).cloned().collect())
    }

    async fn due_timers(&self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let mut due: Vec<_> = self.kept().timers().filter(|timer| timer.at <= now).collect();
        due.sort_by_key(|timer| (timer.at, timer.conversation, timer.key));
        due.truncate(limit.min(READ_ROWS));
        Ok(due)
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.kept().timers().map(|timer| timer.at).min())
    }

    async fn erase(&self, id: ConversationId, audit: AuditEntry) -> Result<(), StoreError> {
        let line = audit.canonical()?;
        let mut kept = self.kept();
        let talk = kept.talks.get_mut(&id).ok_or_else(|| refusals::unknown_conversation(id))?;
        if talk.row.stage != StageName::Closed {
            return Err(refusals::not_closed(id));
        }
        if talk.words.take().is_none() {
            return Ok(());
        }
        kept.outbox.retain(|(conversation, _), _| *conversation != id);
        if let Some(contact) = kept.talks.get(&id).map(|talk| talk.contact) {
            kept.forget_links_of(contact);
        }
        kept.record(audit, line);
        Ok(())
    }
}

impl Kept {
    fn timers(&self) -> impl Iterator<Item = DueTimer> + '_ {
        self.talks.values().filter_map(|talk| talk.words.as_ref()).flat_map(|words| {
            let conversation = words.state.id;
            words.state.timers.iter().map(move |(key, at)| DueTimer { conversation, key: *key, at: *at })
        })
    }

    fn check(&self, turn: &TurnCommit) -> Result<(), StoreError> {
        let (id, contact) = (turn.state.id, turn.state.contact);
        let expected = turn.expected;
        let found = match self.talks.get(&id) {
            Some(talk) => talk.row.version,
            None => 0,
        };
        if found != expected {
            return Err(StoreError::Conflict { expected, found });
        }
        if self.talks.get(&id).is_some_and(|talk| talk.words.is_none()) {
            return Err(refusals::erased(id));
        }
        if expected == 0 {
            if let Some(open) = self.open_of(contact) {
                return Err(StoreError::Conflict { expected, found: open.row.version });
            }
            if !self.contacts.contains_key(&contact) {
                return Err(refusals::unknown_contact(contact));
            }
        }
        if let Some(seq) = turn.took
            && self.inbox.get(&seq).is_none_or(|row| row.contact != contact)
        {
            return Err(refusals::not_pending(seq));
        }
        if let Some((message, _)) = &turn.settled
            && !self.outbox.contains_key(&(id, *message))
        {
            return Err(refusals::not_unsettled(id, *message));
        }
        for outbound in &turn.outbox {
            if self.outbox.contains_key(&(id, outbound.message)) {
                return Err(refusals::twice_in_outbox(id, outbound.message));
            }
        }
        Ok(())
    }

    fn keep(&mut self, turn: TurnCommit, lines: Vec<String>) -> Committed {
        let id = turn.state.id;
        let version = turn.state.version;
        let (account, contact) = (turn.state.account.clone(), turn.state.contact);
        let order = self.talks.len();
        let talk = self.talks.entry(id).or_insert_with(|| Talk {
            order,
            contact,
            row: QueueRow::of(&turn.state),
            words: None,
        });
        talk.row = QueueRow::of(&turn.state);
        let mut events = talk.words.take().map_or_else(Vec::new, |words| words.events);
        events.extend(turn.events);
        talk.words = Some(Words { state: turn.state, events });
        if let Some((message, _)) = turn.settled {
            self.outbox.remove(&(id, message));
        }
        for outbound in turn.outbox {
            self.outbox.insert(
                (id, outbound.message),
                Waiting {
                    account: account.clone(),
                    contact,
                    outbound,
                    due_at: turn.at,
                    since: turn.at,
                    tries: 0,
                    under_way: None,
                },
            );
        }
        if let Some(seq) = turn.took {
            self.inbox.remove(&seq);
        }
        self.alarms.extend(turn.alarms.into_iter().map(|alarm| Ringing { alarm, seen: false }));
        for (entry, line) in turn.audit.into_iter().zip(lines) {
            self.record(entry, line);
        }
        Committed { version }
    }
}
