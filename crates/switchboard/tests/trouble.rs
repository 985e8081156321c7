//! Whatever fails and in whatever order: nothing lost, nothing said twice, no urgency lowered,
//! the bot never over a human (I3, I5, I7, I9). Store, platform, desks, clock and process fail by
//! a seed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cases;
#[path = "support/failing.rs"]
#[allow(unreachable_pub, dead_code, reason = "shared by tests")]
mod failing;
mod support;

use adapter_api::{Adapter, AdapterError, Delivery, Inbox, Limits, Repeat, SendOutcome, TextLimit};
use async_trait::async_trait;
use domain::{
    AccountId, Clock as _, CloseReason, Confidential, Conversation, ConversationId, CounsellorId, DedupeKey,
    DeliveryOutcome, DeskCommand, DutyState, Event, ExternalId, Feedback, Inbound, InboundBody, Lang, Platform,
    PlatformId, RefusalReason, Speaker, StageName, Timestamp, UnknownReason, Urgency,
};
use failing::{Dice, FailingStore};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use store::memory::MemoryStore;
use store::{Audit as _, DeskReads as _, Inboxes as _, Outboxes as _, Store, Turns as _, send_key};
use support::{Counting, HeardPager, START, shipped};
use switchboard::{Channel, Hours, HouseTime as _, Pager, Parts, Settings, Switchboard, VirtualTime};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const CHILDREN: [&str; 4] = ["ana", "ben", "cleo", "dan"];
const WORDS: [&str; 6] = ["hi", "i dont want to live any more", "ok", "my dad hits me", "human", "thanks"];

static FLOWS: OnceLock<flow_script::FlowLibrary> = OnceLock::new();

fn account() -> AccountId {
    AccountId::new("test")
}

/// A platform that does anything a platform may do.
struct Wild {
    account: AccountId,
    repeat: Repeat,
    time: VirtualTime,
    dice: Dice,
    calm: AtomicBool,
    /// What is sent is shown, and the answer never comes.
    hangs: AtomicBool,
    /// Every time a message was shown, in order.
    shown: Mutex<Vec<String>>,
    inbox: Mutex<Option<Arc<dyn Inbox>>>,
    breaks: Notify,
}

impl Wild {
    fn show(&self, key: &str) {
        let mut shown = self.shown.lock().unwrap();
        if self.repeat == Repeat::Doubles || !shown.iter().any(|known| known == key) {
            shown.push(key.to_owned());
        }
    }
}

#[async_trait]
impl Adapter for Wild {
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
        self.repeat
    }
    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        *self.inbox.lock().unwrap() = Some(inbox);
        tokio::select! {
            () = stop.cancelled() => Ok(()),
            () = self.breaks.notified() => match self.dice.roll(3) {
                0 => panic!("the test wants it"),
                1 => Ok(()),
                _ => Err(AdapterError::Unreachable("the test wants it".into())),
            },
        }
    }
    async fn send(&self, delivery: Delivery) -> SendOutcome {
        let sent =
            SendOutcome::Settled(DeliveryOutcome::Sent { external: Some(ExternalId(delivery.key.clone())) });
        let what = if self.calm.load(Ordering::SeqCst) { 99 } else { self.dice.roll(20) };
        let pause = Duration::from_secs(self.dice.roll(100));
        match what {
            0 => return SendOutcome::Later(pause),
            1 => panic!("the test wants it"),
            2 => return SendOutcome::Settled(DeliveryOutcome::Refused { reason: RefusalReason::NotAcceptable }),
            3 => return SendOutcome::Settled(DeliveryOutcome::Refused { reason: RefusalReason::Unreachable }),
            4 => self.time.sleep_until(self.time.now().plus(pause)).await,
            _ => {}
        }
        self.show(&delivery.key);
        if self.hangs.load(Ordering::SeqCst) {
            return std::future::pending().await;
        }
        match what {
            5 => SendOutcome::Settled(DeliveryOutcome::Unknown { reason: UnknownReason::TimedOut }),
            6 => panic!("the test wants it"),
            7 => {
                self.time.sleep_until(self.time.now().plus(pause)).await;
                sent
            }
            _ => sent,
        }
    }
}

/// Opening hours that panic while they are broken.
#[derive(Default)]
struct Moody {
    broken: AtomicBool,
}

impl Hours for Moody {
    fn at(&self, _now: Timestamp) -> engine::Opening {
        assert!(!self.broken.load(Ordering::SeqCst), "the test wants it");
        engine::Opening::Open
    }
}

struct World {
    hours: Arc<Moody>,
    pager: Arc<HeardPager>,
    kept: Arc<MemoryStore>,
    store: Arc<FailingStore>,
    time: VirtualTime,
    phone: Arc<Wild>,
    entropy: Arc<Counting>,
    board: Switchboard,
    tasks: JoinSet<()>,
    people: Vec<CounsellorId>,
    /// What each child wrote, and what of it the inbox hasn't confirmed.
    wrote: BTreeMap<&'static str, Vec<String>>,
    unsent: BTreeMap<&'static str, VecDeque<Inbound>>,
    said: u64,
}

impl World {
    async fn open(seed: u64) -> Self {
        let kept = Arc::new(MemoryStore::new());
        let store = Arc::new(FailingStore::new(Arc::clone(&kept), seed));
        let time = VirtualTime::new(START);
        let phone = Arc::new(Wild {
            account: account(),
            repeat: if seed.is_multiple_of(2) { Repeat::Harmless } else { Repeat::Doubles },
            time: time.clone(),
            dice: Dice::new(seed ^ 0xABCD),
            calm: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
            shown: Mutex::default(),
            inbox: Mutex::default(),
            breaks: Notify::new(),
        });
        let mut people = Vec::new();
        for (number, name) in [(1, "Lea"), (2, "Tom")] {
            people.push(support::counsellor_in(&kept, number, name).await);
        }
        let entropy = Arc::new(Counting::default());
        let (hours, pager) = (Arc::new(Moody::default()), Arc::new(HeardPager::default()));
        let (board, tasks) = begin(&store, &time, &phone, &entropy, (&hours, &pager)).await;
        let wrote = CHILDREN.iter().map(|child| (*child, Vec::new())).collect();
        let unsent = CHILDREN.iter().map(|child| (*child, VecDeque::new())).collect();
        Self { hours, pager, kept, store, time, phone, entropy, board, tasks, people, wrote, unsent, said: 0 }
    }

    fn trouble(&self, percent: u64) {
        self.store.percent.store(percent, Ordering::SeqCst);
    }

    fn writes(&mut self, child: &'static str, words: &str) {
        let place = self.wrote[child].len();
        let text = format!("{words} [{place}]");
        let inbound = Inbound {
            account: account(),
            dedupe: DedupeKey(format!("{child}-{place}")),
            contact: PlatformId::new(child),
            chat: PlatformId::new(child),
            external: Some(ExternalId(format!("{child}-{place}"))),
            sent_at: None,
            client_lang: Some(Lang::EN),
            body: InboundBody::Text { text: Confidential::from(text.as_str()) },
        };
        self.wrote.get_mut(child).unwrap().push(text);
        self.unsent.get_mut(child).unwrap().push_back(inbound);
    }

    /// Hands in what waits, in order, as an adapter would: a failed one is handed in again.
    async fn hand_in(&mut self) {
        let Some(inbox) = self.phone.inbox.lock().unwrap().clone() else { return };
        for waiting in self.unsent.values_mut() {
            while let Some(next) = waiting.front() {
                if inbox.accept(vec![next.clone()], None).await.is_err() {
                    break;
                }
                waiting.pop_front();
            }
        }
    }

    async fn restart(&mut self) {
        self.board.stop();
        while self.tasks.try_join_next().is_some() || !self.tasks.is_empty() {
            self.time.advance(Duration::from_secs(1));
            settle().await;
        }
        settle().await;
        self.kept.restart();
        let percent = self.store.percent.swap(0, Ordering::SeqCst);
        (self.board, self.tasks) =
            begin(&self.store, &self.time, &self.phone, &self.entropy, (&self.hours, &self.pager)).await;
        self.trouble(percent);
    }

    async fn counsel(&mut self, dice: &Dice) {
        let who = self.people[dice.roll(2) as usize];
        let rows = self.kept.board().await.unwrap();
        let Some(row) = rows.get(dice.roll(rows.len().max(1) as u64) as usize) else { return };
        self.said += 1;
        let say = DeskCommand::Say { text: "I am here.".into(), client_key: format!("k{}", self.said) };
        let command = match dice.roll(9) {
            0 | 1 => DeskCommand::Accept,
            2..=5 => say,
            6 => DeskCommand::GiveBack,
            7 => DeskCommand::Finish { feedback: Feedback::DontAsk },
            _ => DeskCommand::WrapUp { reason: CloseReason::Helped, note: None },
        };
        // A refusal is an answer, too.
        let _ = self.board.submit(who, row.id, command).await;
    }

    async fn step(&mut self, dice: &Dice) {
        match dice.roll(22) {
            0..=7 => {
                let child = CHILDREN[dice.roll(4) as usize];
                self.writes(child, WORDS[dice.roll(6) as usize]);
                self.hand_in().await;
            }
            8..=12 => self.counsel(dice).await,
            13 => self.board.heartbeat(self.people[dice.roll(2) as usize]).await,
            14 => {
                let duty = [DutyState::Available, DutyState::Busy, DutyState::Away][dice.roll(3) as usize];
                self.board.duty(self.people[dice.roll(2) as usize], duty).await;
            }
            15 => self.trouble([0, 10, 50, 100][dice.roll(4) as usize]),
            16 => self.phone.breaks.notify_one(),
            17 if dice.roll(3) == 0 => self.restart().await,
            18 if dice.roll(4) == 0 => {
                let back = i64::try_from(dice.roll(90_000)).unwrap();
                self.time.set(Timestamp::from_millis(self.time.now().millis() - back));
            }
            19 if dice.roll(4) == 0 => self.time.advance(Duration::from_secs(dice.roll(4_000))),
            _ => self.time.advance(Duration::from_millis(dice.roll(20_000))),
        }
        if dice.roll(3) > 0 {
            settle().await;
        }
    }

    /// All is well again: whatever waits gets its chance.
    async fn calm(&mut self) {
        self.trouble(0);
        self.phone.calm.store(true, Ordering::SeqCst);
        for _ in 0..80 {
            self.time.advance(Duration::from_secs(5));
            for who in self.people.clone() {
                self.board.duty(who, DutyState::Available).await;
            }
            self.hand_in().await;
            settle().await;
        }
    }

    async fn talks(&self) -> Vec<ConversationId> {
        let mut lines = Vec::new();
        loop {
            let more = self.kept.audit(None, lines.len() as u64, 5_000).await.unwrap();
            if more.is_empty() {
                break;
            }
            lines.extend(more);
        }
        lines
            .into_iter()
            .filter(|line| line.entry.action == "opened")
            .filter_map(|line| line.entry.conversation)
            .collect()
    }

    async fn check(&self, seed: u64) {
        assert_eq!(self.kept.pending_count().await.unwrap(), 0, "seed {seed}: a message was not taken");
        assert_eq!(self.kept.unsettled(&account()).await.unwrap(), 0, "seed {seed}: a message was not sent");
        assert!(self.kept.verify().await.unwrap().is_ok(), "seed {seed}: the audit chain is broken");
        let mut read: Vec<String> = Vec::new();
        for id in self.talks().await {
            read.extend(self.check_talk(seed, id).await);
        }
        for (child, wrote) in &self.wrote {
            let waits = self.unsent[child].len();
            assert_eq!(waits, 0, "seed {seed}: {child} could not hand in");
            // Of each child every message once, in order: the texts carry child and place.
            let taken: Vec<&String> = read.iter().filter(|line| line.starts_with(child)).collect();
            let expected: Vec<String> = wrote.iter().map(|text| format!("{child}: {text}")).collect();
            assert_eq!(taken, expected.iter().collect::<Vec<_>>(), "seed {seed}: {child}");
        }
    }

    /// Checks one talk and returns what its child wrote.
    async fn check_talk(&self, seed: u64, id: ConversationId) -> Vec<String> {
        let events = self.kept.events(id, 0, 10_000).await.unwrap();
        let kept = self.kept.load(id).await.unwrap().unwrap();
        let mut state = Conversation::open(id, &events[0].event, events[0].at).unwrap();
        let mut urgency = Urgency::Routine;
        let mut words = Vec::new();
        let mut outcomes: BTreeMap<u32, Vec<DeliveryOutcome>> = BTreeMap::new();
        for recorded in &events[1..] {
            let stage = state.stage.name();
            match &recorded.event {
                Event::Received { text, external, .. } => {
                    let from = external.as_ref().unwrap().0.split('-').next().unwrap().to_owned();
                    words.push(format!("{from}: {}", text.text()));
                }
                Event::Said { message, by, .. } => {
                    outcomes.entry(message.0).or_default();
                    let bot = !matches!(by, Speaker::Counsellor { .. });
                    let with_human = matches!(stage, StageName::Introduced | StageName::Live);
                    assert!(!(bot && with_human), "seed {seed}: the bot spoke over a human");
                }
                Event::Delivered { message, outcome } => {
                    outcomes.entry(message.0).or_default().push(outcome.clone());
                }
                _ => {}
            }
            state.apply(&recorded.event, recorded.at).unwrap();
            assert!(state.urgency() >= urgency, "seed {seed}: urgency fell");
            urgency = state.urgency();
        }
        assert_eq!(state, kept, "seed {seed}: events and state differ");
        assert!(
            urgency < Urgency::Urgent || kept.stage.name() != StageName::WithBot,
            "seed {seed}: no human called"
        );
        let shown = self.phone.shown.lock().unwrap();
        let mut places = Vec::new();
        for (message, outcomes) in &outcomes {
            let key = send_key(id, domain::MessageId(*message));
            let times = shown.iter().filter(|known| **known == key).count();
            places.extend(shown.iter().position(|known| *known == key));
            assert_eq!(outcomes.len(), 1, "seed {seed}: message {message} was settled {} times", outcomes.len());
            match &outcomes[0] {
                DeliveryOutcome::Sent { .. } => assert_eq!(times, 1, "seed {seed}: message {message}"),
                DeliveryOutcome::Unknown { .. } => assert!(times <= 1, "seed {seed}: message {message} doubled"),
                DeliveryOutcome::Refused { .. } => assert!(times <= 1, "seed {seed}: message {message} doubled"),
            }
        }
        assert!(places.is_sorted(), "seed {seed}: messages were shown out of order");
        words
    }
}

async fn begin(
    store: &Arc<FailingStore>,
    time: &VirtualTime,
    phone: &Arc<Wild>,
    entropy: &Arc<Counting>,
    (hours, pager): (&Arc<Moody>, &Arc<HeardPager>),
) -> (Switchboard, JoinSet<()>) {
    let board = Switchboard::new(Parts {
        store: Arc::clone(store) as Arc<dyn Store>,
        time: Arc::new(time.clone()),
        entropy: Arc::clone(entropy) as Arc<dyn domain::Entropy>,
        flows: FLOWS.get_or_init(shipped).clone(),
        settings: Settings {
            helpline: "Test Helpline".into(),
            country: "FR".into(),
            emergency: "112".into(),
            langs: vec![Lang::EN, Lang::FR],
            most_each: 3,
            hours: Arc::clone(hours) as Arc<dyn Hours>,
            deadlines: engine::Deadlines::default(),
        },
        channels: vec![Channel::ready(Arc::clone(phone) as Arc<dyn Adapter>)],
        pager: Arc::clone(pager) as Arc<dyn Pager>,
    });
    let tasks = board.start().await.unwrap();
    settle().await;
    (board, tasks)
}

async fn settle() {
    for _ in 0..80 {
        tokio::task::yield_now().await;
    }
}

/// Returns whether store calls failed, a fate stayed unknown, a talk went live.
async fn one_life(seed: u64) -> [bool; 3] {
    let mut world = World::open(seed).await;
    let dice = Dice::new(seed.wrapping_mul(7_919));
    for _ in 0..150 {
        world.step(&dice).await;
    }
    world.calm().await;
    world.check(seed).await;
    world.phone.calm.store(true, Ordering::SeqCst);
    world.restart().await;
    world.board.stop();
    while world.tasks.join_next().await.is_some() {}
    let mut hit = [world.store.failed.load(Ordering::SeqCst) > 0, false, false];
    for id in world.talks().await {
        hit[1] |= world.kept.load(id).await.unwrap().unwrap().unknown_deliveries > 0;
        hit[2] |= world
            .kept
            .audit(Some(id), 0, 5_000)
            .await
            .unwrap()
            .iter()
            .any(|line| line.entry.action == "went_live");
    }
    hit
}

/// Panics that a test wants are part of the play; others are told.
#[allow(clippy::print_stderr, reason = "what a panic says must be seen")]
fn hush() {
    std::panic::set_hook(Box::new(|info| {
        if !info.payload().downcast_ref::<&str>().is_some_and(|text| text.contains("the test wants it")) {
            eprintln!("{info}");
        }
    }));
}

impl World {
    async fn calm_open(seed: u64) -> Self {
        hush();
        let world = Self::open(seed).await;
        world.phone.calm.store(true, Ordering::SeqCst);
        world
    }

    async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.time.advance(Duration::from_secs(1));
            settle().await;
        }
    }

    fn shown(&self) -> usize {
        self.phone.shown.lock().unwrap().len()
    }

    async fn only(&self) -> Conversation {
        let rows = self.kept.board().await.unwrap();
        assert_eq!(rows.len(), 1);
        self.kept.load(rows[0].id).await.unwrap().unwrap()
    }

    fn duty_of(&self, who: CounsellorId) -> Option<DutyState> {
        self.board.roster().into_iter().find(|entry| entry.counsellor.id == who).map(|entry| entry.duty)
    }
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "SEEDS and FIRST_SEED let a person play more lives")]
async fn whatever_fails_nothing_is_lost_doubled_or_lowered() {
    hush();
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("FIRST_SEED").unwrap_or(0);
    let mut seen = [false; 3];
    for seed in first..first + number("SEEDS").unwrap_or(12) {
        let hit = one_life(seed).await;
        seen = [seen[0] | hit[0], seen[1] | hit[1], seen[2] | hit[2]];
    }
    assert_eq!(seen, [true; 3], "the play was too tame: failed calls, unknown fates, live talks");
}
