//! The server as a test holds it: start it, make people, let it misbehave, look at what was asked.
//!
//! Read next: `person.rs`.

use crate::http;
use crate::line::{Cut, Gate, hold};
use crate::person::{Group, Person};
use crate::spec::Spec;
use crate::trouble::{Fault, Faults};
use crate::webhook;
use crate::world::World;
use axum::Router;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) const BOT: i64 = 700_000_001;
pub(crate) const TOKEN: &str = "700000001:TEST-token_of_the_bot_for_tests_only";
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1_024;

/// One call that a client made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method, as the description writes it.
    pub method: String,
    /// Its parameters.
    pub args: Value,
    /// The status it was answered with.
    pub code: u16,
}

/// Shared with the people and the running tasks.
#[derive(Debug)]
pub(crate) struct Inner {
    world: Mutex<World>,
    pub(crate) changes: watch::Sender<u64>,
    gate: Mutex<Listening>,
    address: SocketAddr,
}

#[derive(Debug)]
enum Listening {
    Up { cut: CancellationToken, task: JoinHandle<()> },
    Down(Option<TcpSocket>),
}

impl Inner {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes all that wait for something to happen.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn is_down(&self) -> bool {
        matches!(*self.gate(), Listening::Down(_))
    }

    fn gate(&self) -> MutexGuard<'_, Listening> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(self: &Arc<Self>, listener: TcpListener) {
        let cut = CancellationToken::new();
        let app = Router::new().fallback(http::handle).with_state(Arc::clone(self));
        let app = app.into_make_service_with_connect_info::<Cut>();
        let gate = Gate { listener, cut: cut.clone() };
        let task = tokio::spawn(async move { drop(axum::serve(gate, app).await) });
        *self.gate() = Listening::Up { cut, task };
    }
}

/// The platform, with one bot.
#[derive(Debug)]
pub struct TelegramServer {
    inner: Arc<Inner>,
    pushing: JoinHandle<()>,
}

impl TelegramServer {
    /// Starts on a free loopback port, checking against the description where the environment names it.
    ///
    /// # Panics
    /// When loopback can't be listened on.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.unwrap_or_else(|error| panic!("loopback can't be listened on: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("a listener has no address: {error}"));
        let inner = Arc::new(Inner {
            world: Mutex::new(World::new(Spec::from_environment())),
            changes: watch::Sender::new(0),
            gate: Mutex::new(Listening::Down(None)),
            address,
        });
        inner.listen(listener);
        let pushing = tokio::spawn(webhook::deliver(Arc::clone(&inner)));
        Self { inner, pushing }
    }

    /// For the client's settings, instead of `https://api.telegram.org`.
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// The bot's token.
    pub const fn token(&self) -> &'static str {
        TOKEN
    }

    /// A person with an English app, who hasn't written to the bot yet.
    pub fn person(&self, name: &str) -> Person {
        self.person_speaking(name, "en")
    }

    /// A person whose app speaks a language.
    pub fn person_speaking(&self, name: &str, language: &str) -> Person {
        Person::new(&self.inner, name, language)
    }

    /// A group that somebody adds the bot to.
    pub fn group(&self, title: &str) -> Group {
        Group::new(&self.inner, title)
    }

    /// The next `times` calls of a method go wrong.
    pub fn faults(&self, method: &str, fault: Fault, times: usize) {
        self.inner.world().faults.add(method, 0, fault, times);
    }

    /// After `after` calls of a method that go well, one goes wrong.
    pub fn fault_after(&self, after: usize, method: &str, fault: Fault) {
        self.inner.world().faults.add(method, after, fault, 1);
    }

    /// Faults that haven't happened yet won't.
    pub fn no_more_faults(&self) {
        self.inner.world().faults = Faults::default();
    }

    /// Refuses every connection and cuts the open ones.
    ///
    /// # Panics
    /// When the port can't be kept for later.
    pub async fn down(&self) {
        let before = std::mem::replace(&mut *self.inner.gate(), Listening::Down(None));
        if let Listening::Up { cut, task } = before {
            task.abort();
            // Ends when the listener is closed.
            drop(task.await);
            let held = hold(self.inner.address);
            let held = held.unwrap_or_else(|error| panic!("the port was lost: {error}"));
            *self.inner.gate() = Listening::Down(Some(held));
            cut.cancel();
        }
    }

    /// The end of [`Self::down`].
    ///
    /// # Panics
    /// When the port can't be listened on again.
    pub fn up(&self) {
        let held = match &mut *self.inner.gate() {
            Listening::Down(held) => held.take(),
            Listening::Up { .. } => None,
        };
        if let Some(held) = held {
            let listener = held.listen(BACKLOG);
            self.inner.listen(listener.unwrap_or_else(|error| panic!("the port was lost: {error}")));
            self.inner.changed();
        }
    }

    /// The open `getUpdates` (or the next, when none is open) stays open and says nothing more.
    pub fn half_open(&self) {
        let mut world = self.inner.world();
        world.deaf = world.waiting.unwrap_or(world.polls + 1);
        drop(world);
        self.inner.changed();
    }

    /// The two updates to come are delivered the other way round, once both are there.
    pub fn swap_next(&self) {
        let mut world = self.inner.world();
        world.swap = Some(world.next_update);
    }

    /// The newest update is delivered once more, whatever was confirmed.
    pub fn replay_last(&self) {
        let mut world = self.inner.world();
        let last = world.last.clone();
        world.replays.extend(last);
        drop(world);
        self.inner.changed();
    }

    /// An update of a kind and with a content of the test's own. Nothing is checked.
    pub fn push_update(&self, kind: &str, content: &Value) {
        let mut world = self.inner.world();
        let update = json!({ "update_id": world.next_update, kind: content });
        world.push_raw(update.to_string());
        drop(world);
        self.inner.changed();
    }

    /// An update as text, which needn't be JSON; `{id}` stands for its number.
    pub fn push_text(&self, text: &str) {
        let mut world = self.inner.world();
        let text = text.replace("{id}", &world.next_update.to_string());
        world.push_raw(text);
        drop(world);
        self.inner.changed();
    }

    /// The platform's clock goes on.
    pub fn advance(&self, span: Duration) {
        self.inner.world().now += i64::try_from(span.as_secs()).unwrap_or(0);
        self.inner.changed();
    }

    /// Dates that the platform tells are off by so many seconds.
    pub fn shift_dates(&self, seconds: i64) {
        self.inner.world().shift = seconds;
    }

    /// Update ids go on from here, as after a week without updates.
    pub fn restart_ids_at(&self, id: i64) {
        self.inner.world().next_update = id;
    }

    /// The token stops working, as when it is revoked, or works again.
    pub fn token_works(&self, works: bool) {
        self.inner.world().token_works = works;
    }

    /// Updates that nobody confirmed yet.
    pub fn pending(&self) -> usize {
        let mut world = self.inner.world();
        world.expire();
        world.queue.len()
    }

    /// Calls of a method so far, in order.
    pub fn calls(&self, method: &str) -> Vec<Call> {
        self.inner.world().calls.iter().filter(|call| call.method == method).cloned().collect()
    }

    /// What a client asked for or we answered against the description.
    pub fn violations(&self) -> Vec<String> {
        self.inner.world().violations.clone()
    }

    /// Polls that wait now.
    pub fn polls_open(&self) -> usize {
        usize::from(self.inner.world().waiting.is_some())
    }

    /// Presses that were answered.
    pub fn answered_presses(&self) -> usize {
        self.inner.world().queries.values().filter(|answered| **answered).count()
    }

    /// Waits until something holds.
    ///
    /// # Panics
    /// When it doesn't within a minute.
    pub async fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut changes = self.inner.changes.subscribe();
        let waiting = async { while !holds(self) && changes.changed().await.is_ok() {} };
        let in_time = tokio::time::timeout(Duration::from_secs(60), waiting).await.is_ok();
        assert!(in_time, "{what} didn't come");
    }
}

impl Drop for TelegramServer {
    fn drop(&mut self) {
        self.pushing.abort();
        if let Listening::Up { cut, task } = &*self.inner.gate() {
            task.abort();
            cut.cancel();
        }
    }
}
