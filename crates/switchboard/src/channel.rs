//! One account on one platform, apart from all others (A5): how its adapter is made, what waits for
//! it, how it is.
//!
//! Nothing here is shared between two channels: one that is down, slow or told to wait costs the
//! others nothing. It must never hold a child's words or a platform's id.
//! Read next: `receive.rs`, which brings a channel up and keeps it up.

use crate::house::{Inner, Notice, Switchboard, held};
use adapter_api::{Adapter, AdapterError};
use async_trait::async_trait;
use domain::limits::{INBOX_QUEUE, OUTBOX_QUEUE};
use domain::{AccountId, ChannelHealth, ChannelState, ChannelTrouble, Platform, Timestamp};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Backlog;
use tokio::sync::{Notify, Semaphore};

/// Contacts of one account whose messages are worked on at the same time.
const LANES: usize = 256;
/// How long an adapter is made to wait while too much of its account is waiting for its turn.
const LONGEST_WAIT_FOR_ROOM: Duration = Duration::from_secs(10);

/// Makes an account's adapter: reads its secrets, opens its files, signs in.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Called at start and, when it fails, again after a pause, while everything else works.
    ///
    /// # Errors
    /// See [`AdapterError`]. After `Refused` the pause is long: a person must act first.
    async fn connect(&self) -> Result<Arc<dyn Adapter>, AdapterError>;
}

/// An account and the way to its adapter.
pub struct Channel {
    account: AccountId,
    platform: Platform,
    way: Box<dyn Connector>,
}

impl Channel {
    /// An adapter that is there already.
    pub fn ready(adapter: Arc<dyn Adapter>) -> Self {
        Self { account: adapter.account().clone(), platform: adapter.platform(), way: Box::new(Ready(adapter)) }
    }

    /// An adapter that must be connected first. That may fail without harm to other channels.
    pub fn by(account: AccountId, platform: Platform, way: Box<dyn Connector>) -> Self {
        Self { account, platform, way }
    }
}

struct Ready(Arc<dyn Adapter>);

#[async_trait]
impl Connector for Ready {
    async fn connect(&self) -> Result<Arc<dyn Adapter>, AdapterError> {
        Ok(Arc::clone(&self.0))
    }
}

/// A channel at work.
pub(crate) struct Line {
    pub(crate) account: AccountId,
    pub(crate) platform: Platform,
    pub(crate) way: Box<dyn Connector>,
    /// Places for contacts whose messages are worked on.
    pub(crate) lanes: Arc<Semaphore>,
    /// Something may be there to send.
    pub(crate) wake: Notify,
    noted: Mutex<Noted>,
    waiting: Mutex<usize>,
    room: Notify,
}

/// What was seen of it since the house started.
#[derive(Debug, Clone, Copy)]
struct Noted {
    state: ChannelState,
    since: Timestamp,
    last_heard: Option<Timestamp>,
    last_sent: Option<Timestamp>,
    last_trouble: Option<(ChannelTrouble, Timestamp)>,
    unknown_sends: u64,
}

impl Line {
    pub(crate) fn new(channel: Channel, now: Timestamp) -> Self {
        Self {
            account: channel.account,
            platform: channel.platform,
            way: channel.way,
            lanes: Arc::new(Semaphore::new(LANES)),
            wake: Notify::new(),
            noted: Mutex::new(Noted {
                state: ChannelState::Connecting,
                since: now,
                last_heard: None,
                last_sent: None,
                last_trouble: None,
                unknown_sends: 0,
            }),
            waiting: Mutex::new(0),
            room: Notify::new(),
        }
    }

    /// A row was put into a lane.
    pub(crate) fn one_waits(&self) {
        *held(&self.waiting) += 1;
    }

    /// A row was taken, or the house stops.
    pub(crate) fn one_taken(&self) {
        let mut waiting = held(&self.waiting);
        *waiting = waiting.saturating_sub(1);
        drop(waiting);
        self.room.notify_waiters();
    }

    fn has_room(&self) -> bool {
        *held(&self.waiting) < INBOX_QUEUE
    }

    pub(crate) fn heard(&self, at: Timestamp) {
        held(&self.noted).last_heard = Some(at);
    }

    pub(crate) fn sent(&self, at: Timestamp) {
        held(&self.noted).last_sent = Some(at);
    }

    pub(crate) fn unknown(&self) {
        held(&self.noted).unknown_sends += 1;
    }

    pub(crate) fn trouble(&self, what: ChannelTrouble, at: Timestamp) {
        held(&self.noted).last_trouble = Some((what, at));
    }
}

impl Inner {
    pub(crate) fn line(&self, account: &AccountId) -> Option<&Arc<Line>> {
        // A helpline has a handful of accounts.
        self.lines.iter().find(|line| line.account == *account)
    }

    /// Notes where a channel stands, and tells desks when that is new.
    pub(crate) fn stands(&self, line: &Line, state: ChannelState) {
        let now = self.time.now();
        {
            let mut noted = held(&line.noted);
            if noted.state == state {
                return;
            }
            (noted.state, noted.since) = (state, now);
        }
        let (account, state) = (&line.account, state.name());
        tracing::info!(%account, platform = line.platform.name(), state, "a channel's state changed");
        self.tell(Notice::Channels);
    }

    /// Waits until an account may hand in more; `false` when it must try again later. Only the
    /// adapter of that account waits: its platform keeps what isn't accepted and brings it again.
    pub(crate) async fn room_for(&self, line: &Line) -> bool {
        let until = self.time.now().plus(LONGEST_WAIT_FOR_ROOM);
        loop {
            let room = line.room.notified();
            tokio::pin!(room);
            // Listening before looking: a place that gets free in between isn't missed.
            room.as_mut().enable();
            if line.has_room() {
                return true;
            }
            tokio::select! {
                () = room => {}
                () = self.time.sleep_until(until) => return line.has_room(),
                () = self.stop.cancelled() => return false,
            }
        }
    }

    fn health_of(&self, line: &Line, backlog: Option<Backlog>) -> ChannelHealth {
        let noted = *held(&line.noted);
        ChannelHealth {
            account: line.account.clone(),
            platform: line.platform,
            state: noted.state,
            since: noted.since,
            last_heard: noted.last_heard,
            last_sent: noted.last_sent,
            last_trouble: noted.last_trouble,
            inbound_waiting: *held(&line.waiting) as u64,
            outbound_waiting: backlog.map(|backlog| backlog.outbound),
            oldest_outbound: backlog.and_then(|backlog| backlog.oldest),
            unknown_sends: noted.unknown_sends,
            talks_in_trouble: backlog.map(|backlog| backlog.talks_in_trouble),
        }
    }
}

impl Switchboard {
    /// How every channel is, in the order of the settings.
    pub async fn channels(&self) -> Vec<ChannelHealth> {
        let mut channels = Vec::with_capacity(self.inner.lines.len());
        for line in &self.inner.lines {
            let backlog = match self.inner.store.backlog(&line.account).await {
                Ok(backlog) => Some(backlog),
                Err(error) => {
                    tracing::error!(%error, account = %line.account, "what waits can't be counted");
                    None
                }
            };
            if backlog.is_some_and(|backlog| backlog.outbound >= OUTBOX_QUEUE as u64) {
                tracing::warn!(account = %line.account, "very many messages to children wait on one channel");
            }
            channels.push(self.inner.health_of(line, backlog));
        }
        channels
    }

    /// Can the house keep what children write? Asked by writing, as a child's message would be.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn probe(&self) -> Result<(), store::StoreError> {
        self.inner.store.probe(self.inner.time.now()).await
    }
}
