//! From the outbox to adapters: in order per conversation, each message once.
//!
//! A try is marked before it begins. After a crash, what was under way is repeated where the
//! platform drops repeats, and otherwise marked unknown; never blindly repeated (I5).

use crate::channel::Line;
use crate::house::Inner;
use crate::turn::{About, Settles, TurnError};
use adapter_api::{Adapter, Delivery, Repeat, SendOutcome};
use domain::{ChannelTrouble, Conversation, ConversationId, DeliveryOutcome, MessageId, Timestamp, UnknownReason};
use engine::Command;
use flow_script::FlowLibrary;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, OutboxRow, StoreError};
use tokio_util::sync::CancellationToken;

/// Messages of one account under way at the same time.
const UNDER_WAY: usize = 64;
/// A send that takes longer is given up.
const LONGEST_SEND: Duration = Duration::from_secs(60);
/// What is under way when the house stops may still arrive within this time.
const GRACE: Duration = Duration::from_secs(5);
/// Wait between tries while the store can't be used.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Sends for one account until `ends`, and then what is under way, for a moment.
pub(crate) async fn send(inner: Arc<Inner>, line: Arc<Line>, adapter: Arc<dyn Adapter>, ends: CancellationToken) {
    if !settle_interrupted(&inner, &line, adapter.as_ref()).await {
        return;
    }
    let room = Arc::new(tokio::sync::Semaphore::new(UNDER_WAY));
    while !ends.is_cancelled() {
        let free = room.available_permits();
        let rows = match inner.store.claim(adapter.account(), inner.time.now(), free.max(1)).await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::error!(%error, account = %adapter.account(), "the outbox can't be used; trying again");
                if !inner.pause(STORE_RETRY).await {
                    break;
                }
                continue;
            }
        };
        if rows.is_empty() && !wait_for_work(&inner, &line, &ends).await {
            break;
        }
        for row in rows {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            let (inner, line, adapter) = (Arc::clone(&inner), Arc::clone(&line), Arc::clone(&adapter));
            tokio::spawn(async move {
                send_one(&inner, &line, adapter.as_ref(), row).await;
                line.wake.notify_one();
                drop(place);
            });
        }
    }
    let everyone = u32::try_from(UNDER_WAY).unwrap_or(u32::MAX);
    // Each ends by itself within GRACE; the semaphore is never closed.
    let _ = room.acquire_many(everyone).await;
}

/// `false` when sending ends.
async fn wait_for_work(inner: &Inner, line: &Line, ends: &CancellationToken) -> bool {
    let next = match inner.store.next_send(&line.account).await {
        Ok(next) => next,
        Err(error) => {
            // Not to be taken for "nothing is postponed": that would be slept through.
            tracing::error!(%error, account = %line.account, "the outbox can't be read; trying again");
            return inner.pause(STORE_RETRY).await;
        }
    };
    let later = async {
        match next {
            Some(at) => inner.time.sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = line.wake.notified() => true,
        () = later => true,
        () = ends.cancelled() => false,
    }
}

async fn send_one(inner: &Inner, line: &Line, adapter: &dyn Adapter, row: OutboxRow) {
    let (conversation, message) = (row.outbound.conversation, row.outbound.message);
    if inner.stop.is_cancelled() {
        // Surely not sent: the next start sends it, also where a repeat would double it.
        if let Err(error) = inner.store.postpone(conversation, message, inner.time.now()).await {
            tracing::error!(%error, %conversation, "a message that wasn't begun can't be put back");
        }
        return;
    }
    let delivery = Delivery { to: row.to, key: row.key, outbound: row.outbound };
    let give_up = inner.time.now().plus(LONGEST_SEND);
    let stopped = async {
        inner.stop.cancelled().await;
        inner.time.sleep_until(inner.time.now().plus(GRACE)).await;
    };
    let outcome = tokio::select! {
        outcome = AssertUnwindSafe(adapter.send(delivery)).catch_unwind() => outcome.unwrap_or_else(|_panic| {
            tracing::error!(account = %adapter.account(), %conversation, "the adapter panicked while sending");
            line.trouble(ChannelTrouble::Failed, inner.time.now());
            not_known(adapter.repeat(), UnknownReason::Interrupted)
        }),
        () = inner.time.sleep_until(give_up) => not_known(adapter.repeat(), UnknownReason::TimedOut),
        // Left under way: settled at the next start.
        () = stopped => return,
    };
    match outcome {
        SendOutcome::Settled(outcome) => {
            match &outcome {
                DeliveryOutcome::Sent { .. } => line.sent(inner.time.now()),
                DeliveryOutcome::Unknown { .. } => line.unknown(),
                DeliveryOutcome::Refused { .. } => {}
            }
            settle(inner, conversation, message, outcome).await;
        }
        SendOutcome::Later(after) => {
            line.trouble(ChannelTrouble::MustWait, inner.time.now());
            postpone(inner, conversation, message, inner.time.now().plus(after)).await;
        }
    }
}

/// `false` when the house stops before it is written down.
async fn postpone(inner: &Inner, conversation: ConversationId, message: MessageId, at: Timestamp) -> bool {
    loop {
        match inner.store.postpone(conversation, message, at).await {
            Ok(()) => return true,
            Err(StoreError::Invalid(why)) => {
                // The talk was deleted meanwhile, with all that waited in it.
                tracing::warn!(why, %conversation, "a message to postpone is gone");
                return true;
            }
            Err(error) => tracing::error!(%error, "a postponed message can't be written down; trying again"),
        }
        if !inner.pause(STORE_RETRY).await {
            return false;
        }
    }
}

const fn not_known(repeat: Repeat, reason: UnknownReason) -> SendOutcome {
    match repeat {
        Repeat::Harmless => SendOutcome::Later(Duration::from_secs(5)),
        Repeat::Doubles => SendOutcome::Settled(DeliveryOutcome::Unknown { reason }),
    }
}

/// Writes the outcome down, however often it must be tried: an unsettled message holds up all that
/// come after it. `false` when the house stops before.
async fn settle(
    inner: &Inner,
    conversation: ConversationId,
    message: MessageId,
    outcome: DeliveryOutcome,
) -> bool {
    let settles = Settles { took: None, sent: Some((message, outcome.clone())) };
    let about = About::Conversation(conversation);
    let nothing_scripted = FlowLibrary::default();
    let mut flows = inner.library();
    loop {
        let command = |_: Option<&Conversation>| Command::Delivered { message, outcome: outcome.clone() };
        let wait = match inner.turn_with(&flows, &about, &Actor::House, &settles, command).await {
            Ok(_) => return true,
            // It was settled by a try whose answer was lost, or the talk was deleted meanwhile.
            Err(TurnError::Store(StoreError::Invalid(why))) => {
                tracing::warn!(why, %conversation, "an outcome was settled before");
                return true;
            }
            Err(TurnError::NotFound) => {
                tracing::warn!(%conversation, "an outcome's conversation is gone");
                return true;
            }
            Err(TurnError::Store(error)) => {
                tracing::error!(%error, "an outcome can't be kept; trying again");
                STORE_RETRY
            }
            Err(error) => {
                tracing::error!(%error, %conversation, "an outcome had no place in its talk; trying without flows");
                flows = Arc::new(nothing_scripted.clone());
                STORE_RETRY
            }
        };
        if !inner.pause(wait).await {
            return false;
        }
    }
}

/// What was under way when the process stopped; `false` when the house stops meanwhile.
async fn settle_interrupted(inner: &Inner, line: &Line, adapter: &dyn Adapter) -> bool {
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
        let done = match not_known(adapter.repeat(), UnknownReason::Interrupted) {
            SendOutcome::Later(_) => postpone(inner, conversation, message, inner.time.now()).await,
            SendOutcome::Settled(unknown) => {
                line.unknown();
                settle(inner, conversation, message, unknown).await
            }
        };
        if !done {
            return false;
        }
    }
    true
}
