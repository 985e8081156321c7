//! Brings each channel up and keeps it up; one that fails never stops another (A5).
//!
//! It must never let one account's trouble end a task that others need. Read next: `inbox.rs`.

use crate::channel::Line;
use crate::house::Inner;
use crate::inbox::AccountInbox;
use crate::outbox;
use adapter_api::{Adapter, AdapterError};
use domain::{ChannelState, ChannelTrouble};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A refused account is tried again this late: a person mends it without restarting the house, and
/// no platform is pestered with a wrong token.
const REFUSED_WAIT: Duration = Duration::from_secs(300);
/// Wait before sending is started again after a bug ended it.
const UP_AGAIN: Duration = Duration::from_secs(1);

/// Why an adapter is no longer receiving.
enum Ended {
    ByTheHouse,
    Refused,
}

/// Waits between tries: doubled each time, and short again after things went well for a while.
struct Waits(Duration);

impl Waits {
    fn next(&mut self) -> Duration {
        let wait = self.0;
        self.0 = (wait * 2).min(LONGEST_WAIT);
        wait
    }
}

/// Connects, receives and sends for one channel until the house stops.
pub(crate) async fn run(inner: Arc<Inner>, line: Arc<Line>) {
    let mut waits = Waits(FIRST_WAIT);
    while !inner.stop.is_cancelled() {
        let Some(connected) = connect(&inner, &line).await else { return };
        let wait = match connected {
            Ok(adapter) => {
                waits = Waits(FIRST_WAIT);
                match work(&inner, &line, adapter).await {
                    Ended::ByTheHouse => return,
                    Ended::Refused => REFUSED_WAIT,
                }
            }
            Err(error) => {
                failed(&inner, &line, &error);
                if matches!(error, AdapterError::Refused(_)) { REFUSED_WAIT } else { waits.next() }
            }
        };
        if !inner.pause(wait).await {
            return;
        }
    }
}

/// `None` when the house stops meanwhile.
async fn connect(inner: &Inner, line: &Line) -> Option<Result<Arc<dyn Adapter>, AdapterError>> {
    let connecting = AssertUnwindSafe(line.way.connect()).catch_unwind();
    tokio::select! {
        connected = connecting => Some(connected.unwrap_or_else(|_panic| Err(panicked()))),
        () = inner.stop.cancelled() => None,
    }
}

fn panicked() -> AdapterError {
    AdapterError::OwnData("its adapter panicked".to_owned())
}

async fn work(inner: &Arc<Inner>, line: &Arc<Line>, adapter: Arc<dyn Adapter>) -> Ended {
    // Sending ends when the house stops, and when the account is refused: then messages wait.
    let ends = inner.stop.child_token();
    let mut sending = JoinSet::new();
    sending.spawn(keep_sending(Arc::clone(inner), Arc::clone(line), Arc::clone(&adapter), ends.clone()));
    let ended = keep_receiving(inner, line, adapter).await;
    ends.cancel();
    while sending.join_next().await.is_some() {}
    ended
}

/// A bug that ends sending early costs a moment, not the service to everyone on this channel.
async fn keep_sending(inner: Arc<Inner>, line: Arc<Line>, adapter: Arc<dyn Adapter>, ends: CancellationToken) {
    let once = || outbox::send(Arc::clone(&inner), Arc::clone(&line), Arc::clone(&adapter), ends.clone());
    while AssertUnwindSafe(once()).catch_unwind().await.is_err() {
        tracing::error!(account = %line.account, "sending panicked; starting it again");
        line.trouble(ChannelTrouble::Failed, inner.time.now());
        if !inner.pause(UP_AGAIN).await {
            return;
        }
    }
}

async fn keep_receiving(inner: &Arc<Inner>, line: &Arc<Line>, adapter: Arc<dyn Adapter>) -> Ended {
    let mut waits = Waits(FIRST_WAIT);
    loop {
        let inbox = Arc::new(AccountInbox::new(Arc::clone(inner), line.account.clone()));
        let began = inner.time.now();
        let received = AssertUnwindSafe(adapter.receive(inbox, inner.stop.clone())).catch_unwind().await;
        match received.unwrap_or_else(|_panic| Err(panicked())) {
            Ok(()) if inner.stop.is_cancelled() => return Ended::ByTheHouse,
            Ok(()) => {
                tracing::info!(account = %line.account, "the adapter stopped receiving; starting it again");
                line.trouble(ChannelTrouble::Failed, inner.time.now());
                inner.stands(line, ChannelState::Retrying);
            }
            Err(error) => {
                failed(inner, line, &error);
                if matches!(error, AdapterError::Refused(_)) {
                    return Ended::Refused;
                }
            }
        }
        if inner.time.now().since(began) > LONGEST_WAIT {
            waits = Waits(FIRST_WAIT);
        }
        if !inner.pause(waits.next()).await {
            return Ended::ByTheHouse;
        }
    }
}

/// Tells it in the log, whole, and on the desk, by its kind.
fn failed(inner: &Inner, line: &Line, error: &AdapterError) {
    let (account, platform) = (&line.account, line.platform.name());
    let (state, trouble) = match error {
        AdapterError::Refused(_) => (ChannelState::Refused, ChannelTrouble::Refused),
        AdapterError::Unreachable(_) => (ChannelState::Retrying, ChannelTrouble::Unreachable),
        AdapterError::OwnData(_) => (ChannelState::Retrying, ChannelTrouble::OwnData),
        AdapterError::Inbox(_) => (ChannelState::Retrying, ChannelTrouble::NotKept),
    };
    let next = match state {
        ChannelState::Refused => {
            "a person must act; `passerelle doctor` says what to do; tried again in 5 minutes"
        }
        _ => "tried again by itself; other channels go on",
    };
    if state == ChannelState::Refused {
        tracing::error!(%account, platform, %error, next, "a channel is refused");
    } else {
        tracing::warn!(%account, platform, %error, next, "a channel failed");
    }
    line.trouble(trouble, inner.time.now());
    inner.stands(line, state);
}
