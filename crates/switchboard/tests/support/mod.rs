//! A whole house in one process: memory store, virtual time, a platform played by the test.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test file uses its own part of the support"
)]

use adapter_api::{Adapter, AdapterError, Delivery, Inbox, Limits, Repeat, SendOutcome, TextLimit};
use async_trait::async_trait;
use domain::{
    AccountId, Alarm, Clock, Confidential, Conversation, ConversationId, Counsellor, CounsellorId, DedupeKey,
    DeliveryOutcome, Entropy, ExternalId, Inbound, InboundBody, Lang, OsEntropyMissing, Platform, PlatformId,
    Role, StageName, Timestamp,
};
use engine::Opening;
use flow_script::{FlowLibrary, HouseLangs, load_shipped};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::memory::MemoryStore;
use store::{DeskReads as _, Login, MustChange, People as _, Store, Turns as _};
use switchboard::{Channel, Hours, Notice, Pager, Parts, Settings, Switchboard, VirtualTime};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Ids that count up, so that a run can be repeated.
#[derive(Default)]
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), OsEntropyMissing> {
        let next = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        for (place, byte) in buffer.iter_mut().enumerate() {
            *byte = (next >> (8 * (place % 8))) as u8;
        }
        Ok(())
    }
}

pub struct AlwaysOpen;

impl Hours for AlwaysOpen {
    fn at(&self, _now: Timestamp) -> Opening {
        Opening::Open
    }
}

#[derive(Default)]
pub struct HeardPager {
    pub rung: Mutex<Vec<Alarm>>,
}

#[async_trait]
impl Pager for HeardPager {
    async fn ring(&self, alarm: Alarm) {
        self.rung.lock().unwrap().push(alarm);
    }
}

/// What one child's app shows: each delivery once.
#[derive(Default)]
pub struct Phone {
    shown: Mutex<HashMap<String, Vec<String>>>,
    keys: Mutex<HashMap<String, u32>>,
    inbox: Mutex<Option<Arc<dyn Inbox>>>,
    ready: Notify,
    next: AtomicU64,
}

/// A platform that the test plays.
pub struct TestAdapter {
    account: AccountId,
    pub phone: Arc<Phone>,
}

#[async_trait]
impl Adapter for TestAdapter {
    fn account(&self) -> &AccountId {
        &self.account
    }
    fn platform(&self) -> Platform {
        Platform::Practice
    }
    fn limits(&self) -> Limits {
        Limits { text: TextLimit::Chars(4_000), buttons: 10 }
    }
    fn repeat(&self) -> Repeat {
        Repeat::Harmless
    }
    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        *self.phone.inbox.lock().unwrap() = Some(inbox);
        self.phone.ready.notify_waiters();
        stop.cancelled().await;
        Ok(())
    }
    async fn send(&self, delivery: Delivery) -> SendOutcome {
        let first = {
            let mut keys = self.phone.keys.lock().unwrap();
            let tries = keys.entry(delivery.key.clone()).or_default();
            *tries += 1;
            *tries == 1
        };
        if first {
            let mut shown = self.phone.shown.lock().unwrap();
            let words = delivery.outbound.text.text().to_owned();
            shown.entry(delivery.to.contact.expose().to_owned()).or_default().push(words);
        }
        SendOutcome::Settled(DeliveryOutcome::Sent { external: Some(ExternalId(delivery.key)) })
    }
}

impl Phone {
    pub fn seen_by(&self, child: &str) -> Vec<String> {
        self.shown.lock().unwrap().get(child).cloned().unwrap_or_default()
    }

    async fn inbox(&self) -> Arc<dyn Inbox> {
        loop {
            let ready = self.ready.notified();
            if let Some(inbox) = self.inbox.lock().unwrap().clone() {
                return inbox;
            }
            ready.await;
        }
    }

    pub fn inbound(&self, child: &str, body: InboundBody) -> Inbound {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        Inbound {
            account: AccountId::new("test"),
            dedupe: DedupeKey(format!("{child}-{id}")),
            contact: PlatformId::new(child),
            chat: PlatformId::new(format!("chat of {child}")),
            external: Some(ExternalId(format!("{child}-{id}"))),
            sent_at: None,
            client_lang: Some(Lang::EN),
            body,
        }
    }
}

/// The house under test.
pub struct TestHouse {
    pub board: Switchboard,
    pub store: Arc<MemoryStore>,
    pub time: VirtualTime,
    pub phone: Arc<Phone>,
    pub pager: Arc<HeardPager>,
    tasks: JoinSet<()>,
}

pub const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

pub fn shipped() -> FlowLibrary {
    load_shipped(&HouseLangs::new([Lang::EN, Lang::FR])).expect("the shipped flows load").library
}

impl TestHouse {
    pub async fn open() -> Self {
        Self::with(shipped()).await
    }

    pub async fn with(flows: FlowLibrary) -> Self {
        let time = VirtualTime::new(START);
        let store = Arc::new(MemoryStore::new());
        let phone = Arc::new(Phone::default());
        let pager = Arc::new(HeardPager::default());
        let adapter = Arc::new(TestAdapter { account: AccountId::new("test"), phone: Arc::clone(&phone) });
        let board = Switchboard::new(Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            time: Arc::new(time.clone()),
            entropy: Arc::new(Counting::default()),
            flows,
            settings: Settings {
                helpline: "Test Helpline".into(),
                country: "FR".into(),
                emergency: "112".into(),
                langs: vec![Lang::EN, Lang::FR],
                most_each: 3,
                hours: Arc::new(AlwaysOpen),
                deadlines: engine::Deadlines::default(),
            },
            channels: vec![Channel::ready(adapter)],
            pager: Arc::clone(&pager) as Arc<dyn Pager>,
        });
        let tasks = board.start().await.expect("the switchboard starts");
        Self { board, store, time, phone, pager, tasks }
    }

    pub async fn counsellor(&self, number: u128, name: &str) -> CounsellorId {
        counsellor_in(&self.store, number, name).await
    }

    pub async fn child(&self, child: &str, text: &str) {
        self.hand_in(child, InboundBody::Text { text: Confidential::from(text) }).await;
    }

    pub async fn hand_in(&self, child: &str, body: InboundBody) {
        let inbound = self.phone.inbound(child, body);
        self.phone.inbox().await.accept(vec![inbound], None).await.expect("accepted");
    }

    /// Lets every task run until nothing moves any more. No time passes.
    pub async fn settle(&self) {
        let mut quiet = 0;
        let mut before = self.mark().await;
        while quiet < 20 {
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            let now = self.mark().await;
            quiet = if now == before { quiet + 1 } else { 0 };
            before = now;
        }
    }

    async fn mark(&self) -> (u64, u64, u64) {
        use store::{Inboxes as _, Outboxes as _};
        let pending = self.store.pending_count().await.expect("readable");
        let unsettled = self.store.unsettled(&AccountId::new("test")).await.expect("readable");
        let versions = self.store.board().await.expect("readable").iter().map(|row| row.version).sum();
        (pending, unsettled, versions)
    }

    /// Time passes in small steps; desks named here stay alive.
    pub async fn pass(&self, span: Duration, alive: &[CounsellorId]) {
        let mut left = span;
        while !left.is_zero() {
            let step = left.min(Duration::from_secs(5));
            self.time.advance(step);
            for who in alive {
                self.board.heartbeat(*who).await;
            }
            self.settle().await;
            left -= step;
        }
    }

    pub async fn only(&self) -> Conversation {
        let board = self.store.board().await.expect("readable");
        assert_eq!(board.len(), 1, "one open conversation");
        self.store.load(board[0].id).await.expect("readable").expect("kept")
    }

    pub async fn load(&self, id: ConversationId) -> Conversation {
        self.store.load(id).await.expect("readable").expect("kept")
    }

    pub async fn stage(&self) -> StageName {
        self.only().await.stage.name()
    }

    pub fn elapsed(&self) -> Duration {
        self.time.now().since(START)
    }

    pub async fn close(mut self) {
        self.board.stop();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Notices so far, without waiting.
pub fn drain(notices: &mut tokio::sync::broadcast::Receiver<Notice>) -> Vec<Notice> {
    std::iter::from_fn(|| notices.try_recv().ok()).collect()
}

/// Makes an account.
pub async fn counsellor_in(store: &MemoryStore, number: u128, name: &str) -> CounsellorId {
    let id = CounsellorId::from_uuid(uuid::Uuid::from_u128(number));
    let counsellor = Counsellor {
        id,
        login: name.to_lowercase(),
        first_name: name.to_owned(),
        role: Role::Counsellor,
        langs: vec![Lang::EN],
        teams: Vec::new(),
    };
    let login = Login {
        counsellor,
        password_hash: String::new(),
        must_change: MustChange::No,
        failures: 0,
        locked_until: None,
    };
    store.put_login(login).await.expect("an account");
    id
}
