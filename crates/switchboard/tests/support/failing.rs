//! A store that fails by a seed: before it did anything, or after, with the answer lost.

use async_trait::async_trait;
use domain::{
    AccountId, Alarm, ContactId, Conversation, ConversationId, Counsellor, CounsellorId, Cursor, Inbound,
    InboxSeq, MessageId, Recorded, Timestamp,
};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use store::memory::MemoryStore;
use store::*;
use tokio::sync::Notify;

/// Numbers from a seed.
pub struct Dice(AtomicU64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// One of `0..below`.
    pub fn roll(&self, below: u64) -> u64 {
        let mut x = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst).wrapping_add(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % below
    }
}

/// Fails this many of a hundred calls.
pub struct FailingStore {
    pub kept: Arc<MemoryStore>,
    pub dice: Dice,
    pub percent: AtomicU64,
    pub failed: AtomicU64,
    /// The answers of this many writes from now on are lost, though they are kept.
    pub lose_answers: AtomicU64,
    /// Contacts of this account find no answer to `open_of`.
    stalled: Mutex<Option<(AccountId, HashSet<ContactId>)>>,
    going_on: Notify,
}

impl FailingStore {
    pub fn new(kept: Arc<MemoryStore>, seed: u64) -> Self {
        Self {
            kept,
            dice: Dice::new(seed),
            percent: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            lose_answers: AtomicU64::new(0),
            stalled: Mutex::default(),
            going_on: Notify::new(),
        }
    }

    /// From now on no turn of this account's new contacts gets further than a look at the store.
    pub fn stall(&self, account: AccountId) {
        *self.stalled.lock().unwrap() = Some((account, HashSet::new()));
    }

    pub fn go_on(&self) {
        *self.stalled.lock().unwrap() = None;
        self.going_on.notify_waiters();
    }

    fn is_stalled(&self, contact: ContactId) -> bool {
        self.stalled.lock().unwrap().as_ref().is_some_and(|(_, contacts)| contacts.contains(&contact))
    }

    fn fails(&self) -> bool {
        let fails = self.dice.roll(100) < self.percent.load(Ordering::SeqCst);
        self.failed.fetch_add(u64::from(fails), Ordering::SeqCst);
        fails
    }

    /// For reads, and for `claim`, which marks nothing when it fails.
    async fn read<T>(&self, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        if self.fails() { Err(StoreError::Unavailable("the test wants it".into())) } else { call.await }
    }

    async fn write<T>(&self, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let lose = |left: u64| left.checked_sub(1);
        if self.lose_answers.fetch_update(Ordering::SeqCst, Ordering::SeqCst, lose).is_ok() {
            call.await?;
            return Err(StoreError::Unavailable("the answer was lost".into()));
        }
        if !self.fails() {
            return call.await;
        }
        if self.dice.roll(2) == 0 {
            call.await?;
        }
        Err(StoreError::Unavailable("the test wants it".into()))
    }
}

#[async_trait]
impl Inboxes for FailingStore {
    async fn accept(
        &self,
        account: &AccountId,
        batch: Vec<Inbound>,
        cursor: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Vec<Accepted>, StoreError> {
        let accepted = self.write(self.kept.accept(account, batch, cursor, now)).await;
        if let (Ok(accepted), Some((stalled, contacts))) = (&accepted, &mut *self.stalled.lock().unwrap())
            && stalled == account
        {
            contacts.extend(accepted.iter().filter_map(|one| match one {
                Accepted::New { contact, .. } => Some(*contact),
                Accepted::Repeated => None,
            }));
        }
        accepted
    }
    async fn cursor(&self, account: &AccountId) -> Result<Option<Cursor>, StoreError> {
        self.read(self.kept.cursor(account)).await
    }
    async fn pending(&self, after: InboxSeq, limit: usize) -> Result<Vec<InboxRow>, StoreError> {
        self.read(self.kept.pending(after, limit)).await
    }
    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.write(self.kept.forget_deliveries(before)).await
    }
    async fn pending_count(&self) -> Result<u64, StoreError> {
        self.read(self.kept.pending_count()).await
    }
}

#[async_trait]
impl Turns for FailingStore {
    async fn commit(&self, turn: TurnCommit) -> Result<Committed, StoreError> {
        self.write(self.kept.commit(turn)).await
    }
    async fn load(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        self.read(self.kept.load(id)).await
    }
    async fn open_of(&self, contact: ContactId) -> Result<Option<ConversationId>, StoreError> {
        loop {
            let going_on = self.going_on.notified();
            if !self.is_stalled(contact) {
                return self.read(self.kept.open_of(contact)).await;
            }
            going_on.await;
        }
    }
    async fn events(&self, id: ConversationId, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        self.read(self.kept.events(id, after, limit)).await
    }
    async fn due_timers(&self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.read(self.kept.due_timers(now, limit)).await
    }
    async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(self.kept.next_timer()).await
    }
    async fn erase(&self, id: ConversationId, audit: AuditEntry) -> Result<(), StoreError> {
        self.write(self.kept.erase(id, audit)).await
    }
}

#[async_trait]
impl Outboxes for FailingStore {
    async fn claim(
        &self,
        account: &AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.read(self.kept.claim(account, now, limit)).await
    }
    async fn postpone(
        &self,
        conversation: ConversationId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(self.kept.postpone(conversation, message, at)).await
    }
    async fn interrupted(&self, account: &AccountId) -> Result<Vec<OutboxRow>, StoreError> {
        self.read(self.kept.interrupted(account)).await
    }
    async fn next_send(&self, account: &AccountId) -> Result<Option<Timestamp>, StoreError> {
        self.read(self.kept.next_send(account)).await
    }
    async fn unsettled(&self, account: &AccountId) -> Result<u64, StoreError> {
        self.read(self.kept.unsettled(account)).await
    }
}

#[async_trait]
impl Audit for FailingStore {
    async fn record(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.write(self.kept.record(entry)).await
    }
    async fn audit(
        &self,
        conversation: Option<ConversationId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        self.read(self.kept.audit(conversation, after, limit)).await
    }
    async fn verify(&self) -> Result<Result<u64, ChainBreak>, StoreError> {
        self.read(self.kept.verify()).await
    }
}

#[async_trait]
impl DeskReads for FailingStore {
    async fn board(&self) -> Result<Vec<QueueRow>, StoreError> {
        self.read(self.kept.board()).await
    }
    async fn earlier(&self, id: ConversationId, limit: usize) -> Result<Vec<QueueRow>, StoreError> {
        self.read(self.kept.earlier(id, limit)).await
    }
    async fn to_erase(&self) -> Result<Vec<QueueRow>, StoreError> {
        self.read(self.kept.to_erase()).await
    }
    async fn alarms(&self) -> Result<Vec<Alarm>, StoreError> {
        self.read(self.kept.alarms()).await
    }
    async fn alarms_seen(&self, id: ConversationId, by: CounsellorId, at: Timestamp) -> Result<(), StoreError> {
        self.write(self.kept.alarms_seen(id, by, at)).await
    }
}

#[async_trait]
impl People for FailingStore {
    async fn put_login(&self, login: Login) -> Result<(), StoreError> {
        self.write(self.kept.put_login(login)).await
    }
    async fn login(&self, login: &str) -> Result<Option<Login>, StoreError> {
        self.read(self.kept.login(login)).await
    }
    async fn counsellors(&self) -> Result<Vec<Counsellor>, StoreError> {
        self.read(self.kept.counsellors()).await
    }
    async fn put_session(&self, session: Session) -> Result<(), StoreError> {
        self.write(self.kept.put_session(session)).await
    }
    async fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<Session>, StoreError> {
        self.read(self.kept.session(token_hash, now)).await
    }
    async fn end_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.write(self.kept.end_session(token_hash)).await
    }
    async fn end_sessions_of(&self, counsellor: CounsellorId) -> Result<(), StoreError> {
        self.write(self.kept.end_sessions_of(counsellor)).await
    }
}

#[async_trait]
impl Links for FailingStore {
    async fn link(
        &self,
        one: ConversationId,
        other: ConversationId,
        by: CounsellorId,
        at: Timestamp,
        audit: AuditEntry,
    ) -> Result<u64, StoreError> {
        self.write(self.kept.link(one, other, by, at, audit)).await
    }
    async fn unlink(&self, id: ConversationId, number: u64, audit: AuditEntry) -> Result<(), StoreError> {
        self.write(self.kept.unlink(id, number, audit)).await
    }
    async fn linked(&self, id: ConversationId, limit: usize) -> Result<Vec<Linked>, StoreError> {
        self.read(self.kept.linked(id, limit)).await
    }
    async fn named(&self, digits: &str) -> Result<Vec<ConversationId>, StoreError> {
        self.read(self.kept.named(digits)).await
    }
}

#[async_trait]
impl Upkeep for FailingStore {
    async fn backlog(&self, account: &AccountId) -> Result<Backlog, StoreError> {
        self.read(self.kept.backlog(account)).await
    }
    async fn probe(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(self.kept.probe(now)).await
    }
}
