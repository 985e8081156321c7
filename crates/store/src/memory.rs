//! A store that forgets when the process ends: for tests of the rooms above and for trying flows.
//!
//! It passes the same conformance suite as the stores that keep. It must never be offered to a
//! helpline: nothing in it survives. Read next: `memory/turns.rs`.

mod audit;
mod desk;
mod inbox;
mod links;
mod outbox;
mod people;
mod turns;
mod upkeep;

use crate::{AuditLine, ChainHead, Login, QueueRow, Session};
use domain::{
    AccountId, Alarm, ContactId, Conversation, ConversationId, CounsellorId, Cursor, DedupeKey, InboxSeq,
    MessageId, PlatformId, Recorded, Timestamp,
};
use speech::{Outbound, Recipient};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Everything in memory, behind one lock: one writer at a time.
#[derive(Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore([kept])")
    }
}

#[derive(Default)]
struct Kept {
    /// Counts starts, so that rows under way are known to be from before.
    run: u64,
    contacts: BTreeMap<ContactId, Recipient>,
    found_by: HashMap<(AccountId, String), ContactId>,
    seen: HashMap<(AccountId, DedupeKey), Timestamp>,
    cursors: HashMap<AccountId, Cursor>,
    next_inbox: i64,
    inbox: BTreeMap<InboxSeq, crate::InboxRow>,
    talks: BTreeMap<ConversationId, Talk>,
    outbox: BTreeMap<(ConversationId, MessageId), Waiting>,
    alarms: Vec<Ringing>,
    audit: Vec<(AuditLine, String)>,
    chain: ChainHead,
    logins: BTreeMap<CounsellorId, Login>,
    sessions: HashMap<[u8; 32], Session>,
    links: Vec<links::Link>,
    next_link: u64,
}

struct Talk {
    /// Counted over all conversations: the order in which they began.
    order: usize,
    contact: ContactId,
    row: QueueRow,
    /// `None` once erased.
    words: Option<Words>,
}

struct Words {
    state: Conversation,
    events: Vec<Recorded>,
}

struct Waiting {
    account: AccountId,
    contact: ContactId,
    outbound: Outbound,
    due_at: Timestamp,
    since: Timestamp,
    tries: u32,
    /// The run in which it went under way; `None` while it waits.
    under_way: Option<u64>,
}

struct Ringing {
    alarm: Alarm,
    seen: bool,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// As if the process had stopped and started again: rows under way become interrupted.
    pub fn restart(&self) {
        self.kept().run += 1;
    }

    /// Changes a kept audit line behind the chain's back, to show that it is noticed.
    #[cfg(any(test, feature = "conformance"))]
    pub fn tamper_with_audit(&self, seq: u64, json: &str) {
        if let Some((_, kept)) = self.kept().audit.iter_mut().find(|(line, _)| line.seq == seq) {
            json.clone_into(kept);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic in another test thread must not hide the reason behind a second one.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn recipient(&self, contact: ContactId) -> Option<Recipient> {
        self.contacts.get(&contact).cloned()
    }

    fn open_of(&self, contact: ContactId) -> Option<&Talk> {
        self.talks.values().find(|talk| talk.contact == contact && talk.row.stage != domain::StageName::Closed)
    }

    fn is_same(a: &PlatformId, b: &PlatformId) -> bool {
        a.expose() == b.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;
    use crate::Store;
    use crate::conformance::Subject;
    use async_trait::async_trait;

    struct InMemory(MemoryStore);

    #[async_trait]
    impl Subject for InMemory {
        fn store(&self) -> &dyn Store {
            &self.0
        }

        async fn restart(&mut self) {
            self.0.restart();
        }

        async fn tamper_with_audit(&mut self, seq: u64, json: &str) {
            self.0.tamper_with_audit(seq, json);
        }
    }

    async fn make() -> InMemory {
        InMemory(MemoryStore::new())
    }

    crate::conformance_suite!(make);
}
