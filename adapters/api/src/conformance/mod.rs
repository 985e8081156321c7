//! One suite that every adapter passes against its platform (A4), real where one can be run.
//!
//! A test implements [`Stage`]: it plays the child on the platform and can stop and start the
//! adapter. [`check`] runs the whole script on it and panics at the first breach of the contract,
//! naming it; [`schedules`] plays random mixtures of the same. Switched on by the feature
//! `conformance`. Read next: `inbox.rs`, then `hearing.rs`, `speaking.rs`, `troubles.rs`, `schedule.rs`.

mod hearing;
mod inbox;
mod plan;
mod schedule;
mod speaking;
mod troubles;

pub use inbox::RecordingInbox;
pub use schedule::{schedules, seeds};

use crate::{Adapter, AdapterError};
use async_trait::async_trait;
use speech::Recipient;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longest wait for anything to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The time to wait that a server tells under [`Trouble::RateLimited`].
pub const RATE_LIMIT: Duration = Duration::from_secs(2);

/// Before an adapter that failed is started again; the house waits longer.
const RESTART: Duration = Duration::from_millis(50);

/// What a platform has. All else every platform has.
#[derive(Debug, Clone, Copy)]
pub struct Can {
    /// The child can change a message.
    pub edit: bool,
    /// The child can take a message back.
    pub delete: bool,
    /// The child can send a file.
    pub attach: bool,
    /// The child can choose without typing: a button, a reaction.
    pub press: bool,
    /// The platform can deliver the same message twice.
    pub repeat: bool,
    /// The child's program can send what can't be read.
    pub junk: bool,
    /// A message can hold a line break and an empty line.
    pub lines: bool,
    /// The platform keeps what the child sends while the adapter is down, or the child's program
    /// tries again until it is taken.
    pub keep: bool,
}

/// What goes wrong between a platform and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Asked for before two messages are said while the adapter receives: these two reach it the other
    /// way round, as far as the platform can.
    Reordered,
    /// From now on every connection is refused, and open ones are cut.
    Down,
    /// The end of `Down`.
    Up,
    /// The next send, only that one, is answered "too many requests", wait [`RATE_LIMIT`], and not done.
    RateLimited,
    /// The next send is done, but its answer never comes (the connection is cut, or stays silent).
    AnswerLost,
    /// The next send, only that one, is answered with the server's own failure (5xx), and not done.
    ServerFault,
    /// The open receiving connection stays open and says nothing more; a new one works.
    HalfOpen,
    /// Something of a kind the platform has just invented comes.
    UnknownType,
    /// Something comes that isn't what the platform promised: missing fields, wrong types.
    Malformed,
    /// The child blocks the bot or leaves the room; the adapter has been told as far as the platform
    /// tells it. The next send must be refused.
    Blocked,
    /// The end of `Blocked`; [`Stage::child`] may be another chat from now on.
    Unblocked,
    /// From now on the platform's times are an hour ahead.
    ClockAhead,
    /// From now on the platform's times are an hour behind.
    ClockBehind,
}

/// The platform and the child on it, as a test plays them.
#[async_trait]
pub trait Stage: Send {
    /// What this platform has.
    fn can(&self) -> Can;

    /// The adapter, as it was last opened.
    fn adapter(&self) -> Arc<dyn Adapter>;

    /// Opens the adapter anew on the same data, as after a crash. The old one isn't used again.
    async fn reopen(&mut self);

    /// Where the child reads.
    fn child(&self) -> Recipient;

    /// The child writes; gives the message's name for [`Stage::edits`] and [`Stage::deletes`].
    async fn says(&mut self, text: &str) -> String;

    /// The platform delivers the last thing the child sent once more.
    async fn repeats(&mut self);

    /// The child changes a message.
    async fn edits(&mut self, of: &str, text: &str);

    /// The child takes a message back.
    async fn deletes(&mut self, of: &str);

    /// The child sends a file of this name.
    async fn attaches(&mut self, name: &str);

    /// The child chooses without typing; `number` counts from 1 in the last message shown.
    async fn presses(&mut self, number: usize);

    /// The child's program sends what can't be read.
    async fn sends_junk(&mut self);

    /// Brings the trouble about; `false` when this platform can't have it, see [`Stage::cannot`].
    async fn suffers(&mut self, trouble: Trouble) -> bool;

    /// The troubles that this platform can't have, each with the reason in a sentence. For these, and
    /// for these only, [`Stage::suffers`] answers `false`.
    fn cannot(&self) -> &'static [(Trouble, &'static str)] {
        &[]
    }

    /// How many of the adapter's connections or calls were turned away since the last [`Trouble::Down`];
    /// `None` where the test doesn't count: then [`Adapter::receive`] must end with an error three times.
    async fn turned_away(&mut self) -> Option<usize> {
        None
    }

    /// How often the child's app was told that somebody is writing; `None` where the platform can't.
    async fn typing_shown(&mut self) -> Option<usize> {
        None
    }

    /// Everything the helpline's messages showed the child until now, in order, once at least
    /// `count` are there. Choices are shown with their numbers.
    async fn shown(&mut self, count: usize) -> Vec<String>;
}

/// Runs the whole suite. Where a first start reads nothing old, the test lets the adapter read once
/// into `inbox` before.
///
/// # Panics
/// When the adapter breaks the contract, with what was expected.
pub async fn check(stage: &mut dyn Stage, inbox: &Arc<RecordingInbox>) {
    hearing::check(stage, inbox).await;
    speaking::check(stage, inbox).await;
    troubles::check(stage, inbox).await;
}

/// The adapter, receiving, restarted like the house does. Dropping it asks it to stop.
#[derive(Debug)]
pub struct Receiving {
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
    failures: Arc<AtomicUsize>,
}

impl Receiving {
    /// Starts to receive into the inbox.
    pub fn start(adapter: Arc<dyn Adapter>, inbox: &Arc<RecordingInbox>) -> Self {
        let stop = CancellationToken::new();
        let failures = Arc::new(AtomicUsize::new(0));
        let task = receive_until(adapter, Arc::clone(inbox), stop.clone(), Arc::clone(&failures));
        Self { stop, task: Some(tokio::spawn(task)), failures }
    }

    /// How often receiving ended with an error and was started again.
    pub fn failures(&self) -> usize {
        self.failures.load(Ordering::Relaxed)
    }

    /// Asks it to stop; it must, soon.
    ///
    /// # Panics
    /// When it doesn't within a minute.
    pub async fn stop(mut self) {
        self.ends().await;
    }

    pub(crate) async fn ends(&mut self) {
        self.stop.cancel();
        let Some(task) = self.task.take() else { return };
        let ended = tokio::time::timeout(PATIENCE, task).await;
        assert!(ended.is_ok_and(|task| task.is_ok()), "receiving must end soon after it was asked to stop");
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn receive_until(
    adapter: Arc<dyn Adapter>,
    inbox: Arc<RecordingInbox>,
    stop: CancellationToken,
    failures: Arc<AtomicUsize>,
) {
    while !stop.is_cancelled() {
        match adapter.receive(inbox.clone(), stop.clone()).await {
            Ok(()) => assert!(stop.is_cancelled(), "receiving must not end by itself without an error"),
            Err(AdapterError::Refused(why)) => panic!("the account was refused: {why}"),
            Err(_) => {
                failures.fetch_add(1, Ordering::Relaxed);
                pause(RESTART).await;
            }
        }
    }
}

/// Before something is looked at or tried again; nothing is measured by it.
#[allow(clippy::disallowed_methods, reason = "platforms in tests run by the machine's clock")]
pub(crate) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}
