//! Webhook mode: Telegram pushes; it hears "received" only after the inbox kept it.
//!
//! The binary mounts a route that gives us bytes and the secret header. Telegram is asked to push one
//! update at a time, so that their order is kept. Read next: `hand_in.rs`.

use crate::call::{Api, Failed};
use crate::hand_in::HandIn;
use crate::lenient::{number, one};
use crate::receive::wait_or_stop;
use crate::update::KINDS;
use adapter_api::AdapterError;
use domain::Confidential;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;
use teloxide::payloads::GetWebhookInfo;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Pushes that wait for the one before.
const WAITING: usize = 16;

/// What to answer a push with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Kept: 200.
    Kept,
    /// Not kept now, Telegram will push it again: 503.
    NotNow,
    /// It came without the right secret, or this account doesn't take pushes: 403.
    NotTelegram,
    /// Cut off on the way, Telegram will push it again: 400.
    CutOff,
}

impl Taken {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Kept => 200,
            Self::NotNow => 503,
            Self::NotTelegram => 403,
            Self::CutOff => 400,
        }
    }
}

/// One push, and where its answer goes.
struct Push {
    text: String,
    done: oneshot::Sender<Taken>,
}

/// Where pushes come in while the account receives.
#[derive(Default)]
pub(crate) struct Door(Mutex<Option<mpsc::Sender<Push>>>);

impl Door {
    fn set(&self, sender: Option<mpsc::Sender<Push>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = sender;
    }

    fn sender(&self) -> Option<mpsc::Sender<Push>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Passes a push on and waits until it is kept.
    pub(crate) async fn push(&self, secret: &Confidential<String>, shown: Option<&str>, body: &[u8]) -> Taken {
        let same = |shown: &str| bool::from(shown.as_bytes().ct_eq(secret.text().as_bytes()));
        if !shown.is_some_and(same) {
            return Taken::NotTelegram;
        }
        let Some(sender) = self.sender() else { return Taken::NotNow };
        let (done, taken) = oneshot::channel();
        let push = Push { text: String::from_utf8_lossy(body).into_owned(), done };
        if sender.send(push).await.is_err() {
            return Taken::NotNow;
        }
        taken.await.unwrap_or(Taken::NotNow)
    }
}

/// Closes the door when receiving ends, however it ends.
struct Open<'a>(&'a Door);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

#[derive(Serialize)]
struct SetWebhook<'a> {
    url: &'a str,
    secret_token: &'a str,
    max_connections: u8,
    allowed_updates: [&'static str; 5],
}

/// Receives until `stop`.
pub(crate) async fn receive(
    hand_in: &HandIn,
    door: &Door,
    (url, secret): (&str, &Confidential<String>),
    worked: &AtomicBool,
    stop: &CancellationToken,
) -> Result<(), AdapterError> {
    let (sender, mut pushes) = mpsc::channel(WAITING);
    let _open = Open(door);
    door.set(Some(sender));
    let failed = |failed: Failed| failed.while_receiving(worked.load(Ordering::Relaxed));
    let set = SetWebhook { url, secret_token: secret.text(), max_connections: 1, allowed_updates: KINDS };
    tokio::select! {
        biased;
        () = stop.cancelled() => return Ok(()),
        set = ask(&hand_in.api, "setWebhook", &set) => set.map_err(failed)?,
    };
    worked.store(true, Ordering::Relaxed);
    hand_in.inbox.connected();
    // One wait at a time over all pushes, so that a busy hour is looked at too.
    let mut look = Box::pin(wait_or_stop(hand_in.api.patience.poll, stop));
    loop {
        tokio::select! {
            biased;
            go_on = &mut look => {
                if !go_on {
                    return Ok(());
                }
                stands(&hand_in.api, url).await.map_err(failed)??;
                look = Box::pin(wait_or_stop(hand_in.api.patience.poll, stop));
            }
            push = pushes.recv() => if let Some(Push { text, done }) = push {
                let taken = take(hand_in, &text).await;
                let kept = taken.as_ref().copied().unwrap_or(Taken::NotNow);
                // Nobody waits any more: it is kept all the same, and dropped when it comes again.
                done.send(kept).ok();
                taken?;
            },
        }
    }
}

async fn take(hand_in: &HandIn, text: &str) -> Result<Taken, AdapterError> {
    if serde_json::from_str::<serde_json::Value>(text).is_err_and(|error| error.is_eof()) {
        return Ok(Taken::CutOff);
    }
    let update = one(text);
    if number(&update).is_none() {
        tracing::warn!(account = %hand_in.account, "a push from telegram without a number was passed over");
        return Ok(Taken::Kept);
    }
    hand_in.updates(&[update]).await?;
    Ok(Taken::Kept)
}

/// The webhook is still ours. Not so, an error tells it, and receiving begins anew by setting it.
async fn stands(api: &Api, url: &str) -> Result<Result<(), AdapterError>, Failed> {
    let info = api.call(&GetWebhookInfo::new()).await?;
    Ok(if info["url"] == url {
        Ok(())
    } else {
        Err(AdapterError::Unreachable(
            "somebody set another webhook for this bot or removed ours; setting it again".to_owned(),
        ))
    })
}

async fn ask(api: &Api, method: &str, payload: &impl Serialize) -> Result<(), Failed> {
    let (status, text) = api.text(method, payload, api.patience.answer).await?;
    crate::call::read(status, &text).map(|_| ())
}
