//! The switchboard's parts and its public face.
//!
//! Read next: `turn.rs`.

use crate::alarms::Pager;
use crate::channel::{Channel, Line};
use crate::presence::Presence;
use crate::time::HouseTime;
use domain::{AccountId, Conversation, ConversationId, CounsellorId, Entropy, Lang, Timestamp};
use engine::{Deadlines, House, Opening, Turn};
use flow_script::FlowLibrary;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::Store;
use tokio::sync::{Notify, Semaphore, broadcast};
use tokio_util::sync::CancellationToken;

/// Are the doors open at a moment? Missing or broken hours must answer `Open`.
pub trait Hours: Send + Sync {
    /// Open or closed.
    fn at(&self, now: Timestamp) -> Opening;
}

/// The helpline's settings.
#[derive(Clone)]
pub struct Settings {
    /// As children see it.
    pub helpline: String,
    /// ISO 3166 country for local help.
    pub country: String,
    /// Emergency numbers.
    pub emergency: String,
    /// Languages children can choose; the first is the default.
    pub langs: Vec<Lang>,
    /// Conversations one counsellor holds before offers pass them by.
    pub most_each: u32,
    /// Opening hours.
    pub hours: Arc<dyn Hours>,
    /// How soon the ladder's alarms ring.
    pub deadlines: Deadlines,
}

/// What the switchboard is made of.
pub struct Parts {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// Time.
    pub time: Arc<dyn HouseTime>,
    /// Fresh ids.
    pub entropy: Arc<dyn Entropy>,
    /// Flows and resources.
    pub flows: FlowLibrary,
    /// Settings.
    pub settings: Settings,
    /// One for each account.
    pub channels: Vec<Channel>,
    /// Who is called when nobody comes.
    pub pager: Arc<dyn Pager>,
}

/// Something on the board moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A conversation has a new version.
    Conversation {
        /// Which.
        id: ConversationId,
        /// Its version.
        version: u64,
    },
    /// Presence or duty changed.
    Roster,
    /// A channel's state changed.
    Channels,
    /// An alarm rang.
    Alarm {
        /// About which child.
        id: ConversationId,
    },
}

/// How many notices a slow listener may lag behind before it must read anew.
const NOTICES: usize = 4_096;
/// Locks for conversations; two conversations may share one, which costs time and nothing else.
const LOCKS: usize = 1_024;
/// Contacts of accounts no longer in the settings whose messages are worked on at the same time.
const OTHER_LANES: usize = 16;

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) time: Arc<dyn HouseTime>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) flows: RwLock<Arc<FlowLibrary>>,
    pub(crate) settings: Settings,
    pub(crate) lines: Vec<Arc<Line>>,
    pub(crate) pager: Arc<dyn Pager>,
    pub(crate) notices: broadcast::Sender<Notice>,
    pub(crate) presence: Mutex<Presence>,
    pub(crate) locks: Vec<tokio::sync::Mutex<()>>,
    pub(crate) cache: Mutex<HashMap<ConversationId, Arc<Conversation>>>,
    pub(crate) holders: Mutex<HashMap<ConversationId, BTreeSet<CounsellorId>>>,
    /// Turns that were perhaps kept.
    pub(crate) doubts: Mutex<HashMap<ConversationId, Turn>>,
    pub(crate) wake_doubts: Notify,
    pub(crate) wake_inbox: Notify,
    pub(crate) wake_timers: Notify,
    pub(crate) wake_offers: Notify,
    pub(crate) wake_presence: Notify,
    /// For what waits of accounts that are no longer in the settings.
    pub(crate) other_lanes: Arc<Semaphore>,
    pub(crate) stop: CancellationToken,
}

/// The heart of the house. Cheap to clone; all clones are the same house.
#[derive(Clone)]
pub struct Switchboard {
    pub(crate) inner: Arc<Inner>,
}

/// A lock held only for a moment; a panic elsewhere doesn't spoil plain data.
pub(crate) fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Switchboard {
    /// Puts the parts together; nothing runs before [`Switchboard::start`].
    pub fn new(parts: Parts) -> Self {
        let now = parts.time.now();
        let lines = parts.channels.into_iter().map(|channel| Arc::new(Line::new(channel, now))).collect();
        let inner = Inner {
            store: parts.store,
            time: parts.time,
            entropy: parts.entropy,
            flows: RwLock::new(Arc::new(parts.flows)),
            settings: parts.settings,
            lines,
            pager: parts.pager,
            notices: broadcast::Sender::new(NOTICES),
            presence: Mutex::new(Presence::default()),
            locks: (0..LOCKS).map(|_| tokio::sync::Mutex::new(())).collect(),
            cache: Mutex::new(HashMap::new()),
            holders: Mutex::new(HashMap::new()),
            doubts: Mutex::new(HashMap::new()),
            wake_doubts: Notify::new(),
            wake_inbox: Notify::new(),
            wake_timers: Notify::new(),
            wake_offers: Notify::new(),
            wake_presence: Notify::new(),
            other_lanes: Arc::new(Semaphore::new(OTHER_LANES)),
            stop: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Notices from now on.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.inner.notices.subscribe()
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        self.inner.time.now()
    }

    /// Asks every task to stop. What is committed stays; what isn't comes again.
    pub fn stop(&self) {
        self.inner.stop.cancel();
    }

    /// Has [`Switchboard::stop`] been called?
    pub fn stopping(&self) -> CancellationToken {
        self.inner.stop.clone()
    }
}

impl Inner {
    pub(crate) fn house(&self) -> House {
        House {
            helpline: self.settings.helpline.clone(),
            country: self.settings.country.clone(),
            emergency: self.settings.emergency.clone(),
            langs: self.settings.langs.clone(),
            opening: self.settings.hours.at(self.time.now()),
            deadlines: self.settings.deadlines,
        }
    }

    pub(crate) fn library(&self) -> Arc<FlowLibrary> {
        Arc::clone(&self.flows.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn tell(&self, notice: Notice) {
        // Nobody listening is fine: desks read everything when they open.
        let _ = self.notices.send(notice);
    }

    pub(crate) fn wake_sender(&self, account: &AccountId) {
        if let Some(line) = self.line(account) {
            line.wake.notify_one();
        }
    }

    /// Waits this long by the house's clock; `false` when the house stops.
    pub(crate) async fn pause(&self, span: std::time::Duration) -> bool {
        let until = self.time.now().plus(span);
        tokio::select! {
            () = self.time.sleep_until(until) => true,
            () = self.stop.cancelled() => false,
        }
    }
}
