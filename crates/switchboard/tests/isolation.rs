//! One platform that is down, slow, told to wait or crowded never delays another (A5). Time is the
//! test's: what arrives while none passes was not delayed by anybody.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/failing.rs"]
#[allow(unreachable_pub, dead_code, reason = "shared by tests")]
mod failing;
mod support;

use adapter_api::{Adapter, AdapterError, Delivery, Inbox, Limits, Repeat, SendOutcome, TextLimit};
use async_trait::async_trait;
use domain::limits::INBOX_QUEUE;
use domain::{
    AccountId, ChannelHealth, ChannelState, ChannelTrouble, Clock as _, Confidential, DedupeKey, DeliveryOutcome,
    ExternalId, Inbound, InboundBody, Lang, Platform, PlatformId,
};
use failing::FailingStore;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::memory::MemoryStore;
use store::{Inboxes as _, Store};
use support::{AlwaysOpen, Counting, HeardPager, START, shipped};
use switchboard::{Channel, Connector, Parts, Settings, Switchboard, VirtualTime};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What a platform does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sends {
    Well,
    /// No answer ever comes.
    Never,
    Later(Duration),
    Panics,
}

/// A platform that the test plays.
struct Played {
    account: AccountId,
    sends: Mutex<Sends>,
    shown: Mutex<Vec<(String, String)>>,
    inbox: Mutex<Option<Arc<dyn Inbox>>>,
    /// Ends of `receive`, in order; after the last one it receives for good.
    ends: Mutex<VecDeque<AdapterError>>,
    breaks: Notify,
}

impl Played {
    fn new(name: &str) -> Arc<Self> {
        Arc::new(Self {
            account: AccountId::new(name),
            sends: Mutex::new(Sends::Well),
            shown: Mutex::default(),
            inbox: Mutex::default(),
            ends: Mutex::default(),
            breaks: Notify::new(),
        })
    }

    fn seen_by(&self, child: &str) -> usize {
        self.shown.lock().unwrap().iter().filter(|(who, _)| who == child).count()
    }

    fn inbound(&self, child: &str, number: usize) -> Inbound {
        Inbound {
            account: self.account.clone(),
            dedupe: DedupeKey(format!("{child}-{number}")),
            contact: PlatformId::new(child),
            chat: PlatformId::new(child),
            external: Some(ExternalId(format!("{child}-{number}"))),
            sent_at: None,
            client_lang: Some(Lang::EN),
            body: InboundBody::Text { text: Confidential::from("hi") },
        }
    }

    fn inbox(&self) -> Arc<dyn Inbox> {
        self.inbox.lock().unwrap().clone().expect("receiving")
    }

    async fn writes(&self, child: &str, number: usize) {
        self.inbox().accept(vec![self.inbound(child, number)], None).await.expect("accepted");
    }
}

#[async_trait]
impl Adapter for Played {
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
        inbox.connected();
        *self.inbox.lock().unwrap() = Some(inbox);
        tokio::select! {
            () = stop.cancelled() => Ok(()),
            () = self.breaks.notified() => {
                Err(self.ends.lock().unwrap().pop_front().expect("an error to end with"))
            }
        }
    }
    async fn send(&self, delivery: Delivery) -> SendOutcome {
        let sends = *self.sends.lock().unwrap();
        match sends {
            Sends::Well => {}
            Sends::Never => return std::future::pending().await,
            Sends::Later(after) => return SendOutcome::Later(after),
            Sends::Panics => panic!("the test wants it"),
        }
        let (who, words) = (delivery.to.contact.expose().to_owned(), delivery.outbound.text.text().to_owned());
        self.shown.lock().unwrap().push((who, words));
        SendOutcome::Settled(DeliveryOutcome::Sent { external: Some(ExternalId(delivery.key)) })
    }
}

/// Connects when the list of failures is used up.
struct Late {
    adapter: Arc<Played>,
    failures: Mutex<VecDeque<AdapterError>>,
}

#[async_trait]
impl Connector for Late {
    async fn connect(&self) -> Result<Arc<dyn Adapter>, AdapterError> {
        let failure = self.failures.lock().unwrap().pop_front();
        failure.map_or_else(|| Ok(Arc::clone(&self.adapter) as Arc<dyn Adapter>), Err)
    }
}

/// A house with a platform that is well and one that is not.
struct World {
    board: Switchboard,
    store: Arc<FailingStore>,
    time: VirtualTime,
    well: Arc<Played>,
    ill: Arc<Played>,
    tasks: JoinSet<()>,
}

impl World {
    async fn open(failures: Vec<AdapterError>) -> Self {
        let store = Arc::new(FailingStore::new(Arc::new(MemoryStore::new()), 1));
        let time = VirtualTime::new(START);
        let (well, ill) = (Played::new("well"), Played::new("ill"));
        let late = Late { adapter: Arc::clone(&ill), failures: Mutex::new(failures.into()) };
        let board = Switchboard::new(Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            time: Arc::new(time.clone()),
            entropy: Arc::new(Counting::default()),
            flows: shipped(),
            settings: Settings {
                helpline: "Test Helpline".into(),
                country: "FR".into(),
                emergency: "112".into(),
                langs: vec![Lang::EN, Lang::FR],
                most_each: 3,
                hours: Arc::new(AlwaysOpen),
                deadlines: engine::Deadlines::default(),
            },
            channels: vec![
                Channel::by(AccountId::new("ill"), Platform::Practice, Box::new(late)),
                Channel::ready(Arc::clone(&well) as Arc<dyn Adapter>),
            ],
            pager: Arc::new(HeardPager::default()),
        });
        let tasks = board.start().await.unwrap();
        let world = Self { board, store, time, well, ill, tasks };
        world.settle().await;
        world
    }

    /// Lets every task run; no time passes.
    async fn settle(&self) {
        for _ in 0..400 {
            tokio::task::yield_now().await;
        }
    }

    async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.time.advance(Duration::from_secs(1));
            self.settle().await;
        }
    }

    async fn health(&self, name: &str) -> ChannelHealth {
        self.board.channels().await.into_iter().find(|channel| channel.account.as_str() == name).unwrap()
    }

    /// A child on the healthy platform is answered while no time passes.
    async fn the_other_platform_answers_at_once(&self, child: &str) {
        let before = self.time.now();
        self.well.writes(child, 1).await;
        self.settle().await;
        assert!(self.well.seen_by(child) > 0, "{child} on the healthy platform waits");
        assert_eq!(self.time.now(), before);
        assert_eq!(self.health("well").await.state, ChannelState::Receiving);
    }

    async fn close(mut self) {
        self.board.stop();
        while !self.tasks.is_empty() {
            self.time.advance(Duration::from_secs(1));
            self.settle().await;
            while self.tasks.try_join_next().is_some() {}
        }
    }
}

fn unreachable() -> AdapterError {
    AdapterError::Unreachable("the test wants it".into())
}

#[tokio::test]
async fn an_account_that_can_not_connect_at_start_is_tried_again_and_stops_nobody() {
    let world = World::open(vec![unreachable(), unreachable(), unreachable()]).await;
    let ill = world.health("ill").await;
    assert_eq!((ill.state, ill.since), (ChannelState::Retrying, START));
    assert_eq!(ill.last_trouble, Some((ChannelTrouble::Unreachable, START)));
    world.the_other_platform_answers_at_once("ana").await;
    world.pass(10).await;
    assert_eq!(world.health("ill").await.state, ChannelState::Receiving);
    world.ill.writes("ben", 1).await;
    world.settle().await;
    assert!(world.ill.seen_by("ben") > 0);
    let ill = world.health("ill").await;
    assert_eq!(ill.last_heard, Some(world.time.now()));
    assert_eq!(ill.last_sent, Some(world.time.now()));
    world.close().await;
}

#[tokio::test]
async fn a_refused_account_is_shown_and_works_once_a_person_has_acted() {
    let world = World::open(vec![AdapterError::Refused("the test wants it".into())]).await;
    assert_eq!(world.health("ill").await.state, ChannelState::Refused);
    world.pass(200).await;
    assert_eq!(world.health("ill").await.state, ChannelState::Refused, "no platform is pestered");
    world.the_other_platform_answers_at_once("ana").await;
    world.pass(101).await;
    assert_eq!(world.health("ill").await.state, ChannelState::Receiving);
    world.close().await;
}

#[tokio::test]
async fn what_was_to_be_sent_on_a_refused_account_waits_and_is_sent_when_it_works_again() {
    let world = World::open(Vec::new()).await;
    world.ill.ends.lock().unwrap().push_back(AdapterError::Refused("the test wants it".into()));
    *world.ill.sends.lock().unwrap() = Sends::Later(Duration::from_secs(5));
    world.ill.writes("ben", 1).await;
    world.settle().await;
    world.ill.breaks.notify_one();
    world.settle().await;
    *world.ill.sends.lock().unwrap() = Sends::Well;
    world.pass(60).await;
    let ill = world.health("ill").await;
    assert_eq!((ill.state, world.ill.seen_by("ben")), (ChannelState::Refused, 0), "nothing is sent meanwhile");
    assert!(ill.outbound_waiting.unwrap() > 0);
    assert_eq!(ill.oldest_outbound, Some(START), "its age is counted from the beginning");
    world.pass(245).await;
    assert!(world.ill.seen_by("ben") > 0);
    assert_eq!(world.health("ill").await.outbound_waiting, Some(0));
    world.close().await;
}

#[tokio::test]
async fn a_platform_that_breaks_off_is_shown_and_comes_back() {
    let world = World::open(Vec::new()).await;
    world.ill.ends.lock().unwrap().push_back(unreachable());
    world.ill.breaks.notify_one();
    world.settle().await;
    assert_eq!(world.health("ill").await.state, ChannelState::Retrying);
    world.the_other_platform_answers_at_once("ana").await;
    world.pass(2).await;
    let ill = world.health("ill").await;
    assert_eq!(ill.state, ChannelState::Receiving);
    assert!(ill.since > START && ill.last_trouble == Some((ChannelTrouble::Unreachable, START)));
    world.close().await;
}

/// More children than a channel sends to at the same time.
const CROWD: usize = 100;

#[tokio::test]
async fn a_platform_that_does_not_take_messages_delays_nobody_else() {
    for sends in [Sends::Never, Sends::Later(Duration::from_secs(30)), Sends::Panics] {
        let world = World::open(Vec::new()).await;
        *world.ill.sends.lock().unwrap() = sends;
        for child in 0..CROWD {
            world.ill.writes(&format!("ill-{child}"), 1).await;
        }
        world.settle().await;
        world.the_other_platform_answers_at_once("ana").await;
        world.pass(5).await;
        world.the_other_platform_answers_at_once("ben").await;
        let ill = world.health("ill").await;
        assert!(ill.outbound_waiting.unwrap() >= CROWD as u64, "{sends:?}: {ill:?}");
        assert!(ill.last_heard.is_some() && ill.last_sent.is_none(), "{sends:?}");
        // Nothing is lost: when it takes messages again, each child gets theirs.
        *world.ill.sends.lock().unwrap() = Sends::Well;
        world.pass(140).await;
        for child in 0..CROWD {
            assert!(world.ill.seen_by(&format!("ill-{child}")) > 0, "{sends:?}: {child}");
        }
        world.close().await;
    }
}

#[tokio::test]
async fn a_crowd_on_one_platform_is_held_back_there_and_nowhere_else_and_nothing_is_lost() {
    let world = World::open(Vec::new()).await;
    // No turn of the crowd's platform can be made for a while.
    world.store.stall(AccountId::new("ill"));
    let inbox = world.ill.inbox();
    for batch in 0..INBOX_QUEUE / 500 {
        // More contacts than are worked on at the same time, each with many messages.
        let place = |n| batch * 500 + n;
        let one = |n| world.ill.inbound(&format!("c{}", place(n) % 300), place(n));
        let batch = (0..500).map(one).collect();
        inbox.accept(batch, None).await.unwrap();
    }
    world.settle().await;
    assert_eq!(world.health("ill").await.inbound_waiting, INBOX_QUEUE as u64);
    let (late, one_more) = (Arc::clone(&inbox), world.ill.inbound("one too many", 1));
    let mut held_back = tokio::spawn(async move { late.accept(vec![one_more], None).await });
    world.the_other_platform_answers_at_once("ana").await;
    tokio::select! {
        biased;
        _ = &mut held_back => panic!("it must wait"),
        () = std::future::ready(()) => {}
    }
    world.pass(11).await;
    held_back.await.unwrap().expect_err("the platform keeps it");
    assert_eq!(world.store.kept.pending_count().await.unwrap(), INBOX_QUEUE as u64);
    assert_eq!(world.health("ill").await.last_trouble.map(|(what, _)| what), Some(ChannelTrouble::NotKept));
    // Work goes on: the platform brings the rest again.
    world.store.go_on();
    for _ in 0..200 {
        world.settle().await;
    }
    world.ill.writes("one too many", 1).await;
    world.pass(2).await;
    assert_eq!(world.store.kept.pending_count().await.unwrap(), 0);
    assert!(world.ill.seen_by("one too many") > 0);
    assert_eq!(world.health("ill").await.inbound_waiting, 0);
    world.close().await;
}
