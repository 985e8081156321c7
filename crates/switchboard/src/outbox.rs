//! From the outbox to adapters: in order per conversation, each message once.
//!
//! A try is marked before it begins. After a crash, what was under way is repeated where the
//! platform drops repeats, and otherwise marked unknown; never blindly repeated (I5).

use crate::house::Inner;
use crate::turn::{About, Settles, TurnError};
use adapter_api::{Adapter, Delivery, Repeat, SendOutcome};
use domain::{DeliveryOutcome, UnknownReason};
use engine::Command;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, OutboxRow, StoreError};

/// Messages of one account under way at the same time.
const UNDER_WAY: usize = 64;
/// A send that takes longer is given up.
const LONGEST_SEND: Duration = Duration::from_secs(60);
/// Wait between tries while the store can't be used.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Sends for one account until the house stops.
pub(crate) async fn send(inner: Arc<Inner>, adapter: Arc<dyn Adapter>) {
    if !settle_interrupted(&inner, adapter.as_ref()).await {
        return;
    }
    let room = Arc::new(tokio::sync::Semaphore::new(UNDER_WAY));
    loop {
        let free = room.available_permits();
        let rows = match inner.store.claim(adapter.account(), inner.time.now(), free.max(1)).await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::error!(%error, account = %adapter.account(), "the outbox can't be used; trying again");
                if !inner.pause(STORE_RETRY).await {
                    return;
                }
                continue;
            }
        };
        if rows.is_empty() && !wait_for_work(&inner, adapter.as_ref()).await {
            return;
        }
        for row in rows {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            let (inner, adapter) = (Arc::clone(&inner), Arc::clone(&adapter));
            tokio::spawn(async move {
                send_one(&inner, adapter.as_ref(), row).await;
                inner.wake_sender(adapter.account());
                drop(place);
            });
        }
    }
}

async fn wait_for_work(inner: &Inner, adapter: &dyn Adapter) -> bool {
    let Some(wake) = inner.wake_outbox.get(adapter.account()) else { return false };
    let next = inner.store.next_send(adapter.account()).await.ok().flatten();
    let later = async {
        match next {
            Some(at) => inner.time.sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wake.notified() => true,
        () = later => true,
        () = inner.stop.cancelled() => false,
    }
}

async fn send_one(inner: &Inner, adapter: &dyn Adapter, row: OutboxRow) {
    let (conversation, message) = (row.outbound.conversation, row.outbound.message);
    let delivery = Delivery { to: row.to, key: row.key, outbound: row.outbound };
    let give_up = inner.time.now().plus(LONGEST_SEND);
    let outcome = tokio::select! {
        outcome = adapter.send(delivery) => outcome,
        () = inner.time.sleep_until(give_up) => timed_out(adapter.repeat()),
        // Left under way: settled at the next start.
        () = inner.stop.cancelled() => return,
    };
    match outcome {
        SendOutcome::Settled(outcome) => settle(inner, conversation, message, outcome).await,
        SendOutcome::Later(after) => {
            let at = inner.time.now().plus(after);
            while let Err(error) = inner.store.postpone(conversation, message, at).await {
                tracing::error!(%error, "a postponed message can't be written down; trying again");
                if !inner.pause(STORE_RETRY).await {
                    return;
                }
            }
        }
    }
}

const fn timed_out(repeat: Repeat) -> SendOutcome {
    match repeat {
        Repeat::Harmless => SendOutcome::Later(Duration::from_secs(5)),
        Repeat::Doubles => SendOutcome::Settled(DeliveryOutcome::Unknown { reason: UnknownReason::TimedOut }),
    }
}

async fn settle(
    inner: &Inner,
    conversation: domain::ConversationId,
    message: domain::MessageId,
    outcome: DeliveryOutcome,
) {
    let settles = Settles { took: None, sent: Some((message, outcome.clone())) };
    let about = About::Conversation(conversation);
    loop {
        let command = || Command::Delivered { message, outcome: outcome.clone() };
        match inner.turn(&about, &Actor::House, &settles, command).await {
            Ok(_) => return,
            // It was settled by a try whose answer was lost.
            Err(TurnError::Store(StoreError::Invalid(why))) => {
                tracing::warn!(why, %conversation, "an outcome was settled before");
                return;
            }
            Err(TurnError::Store(error)) => tracing::error!(%error, "an outcome can't be kept; trying again"),
            Err(error) => {
                tracing::error!(%error, %conversation, "an outcome had no place in its conversation");
                return;
            }
        }
        if !inner.pause(STORE_RETRY).await {
            return;
        }
    }
}

/// What was under way when the process stopped; `false` when the house stops meanwhile.
async fn settle_interrupted(inner: &Inner, adapter: &dyn Adapter) -> bool {
    let rows = loop {
        match inner.store.interrupted(adapter.account()).await {
            Ok(rows) => break rows,
            Err(error) => {
                tracing::error!(%error, account = %adapter.account(), "interrupted sends can't be read; trying again");
                if !inner.pause(STORE_RETRY).await {
                    return false;
                }
            }
        }
    };
    for row in rows {
        let (conversation, message) = (row.outbound.conversation, row.outbound.message);
        match adapter.repeat() {
            Repeat::Harmless => {
                while inner.store.postpone(conversation, message, inner.time.now()).await.is_err() {
                    if !inner.pause(STORE_RETRY).await {
                        return false;
                    }
                }
            }
            Repeat::Doubles => {
                let unknown = DeliveryOutcome::Unknown { reason: UnknownReason::Interrupted };
                settle(inner, conversation, message, unknown).await;
            }
        }
    }
    true
}
