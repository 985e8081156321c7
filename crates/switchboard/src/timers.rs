//! Timers: kept with the conversation, fired when due, also those that came due while down.

use crate::house::Inner;
use crate::turn::{About, Settles, TurnError};
use engine::Command;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, DueTimer};

const BATCH: usize = 200;
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Fires timers until the house stops.
pub(crate) async fn run(inner: Arc<Inner>) {
    loop {
        let due = match inner.store.due_timers(inner.time.now(), BATCH).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "timers can't be read; trying again");
                if !inner.pause(STORE_RETRY).await {
                    return;
                }
                continue;
            }
        };
        if due.is_empty() {
            if !wait(&inner).await {
                return;
            }
            continue;
        }
        let mut stuck = false;
        for timer in due {
            stuck |= !fire(&inner, timer).await;
        }
        if stuck && !inner.pause(STORE_RETRY).await {
            return;
        }
    }
}

async fn wait(inner: &Inner) -> bool {
    let next = inner.store.next_timer().await.ok().flatten();
    let later = async {
        match next {
            Some(at) => inner.time.sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = inner.wake_timers.notified() => true,
        () = later => true,
        () = inner.stop.cancelled() => false,
    }
}

/// `false` when it must be tried again.
async fn fire(inner: &Inner, timer: DueTimer) -> bool {
    let about = About::Conversation(timer.conversation);
    let command = || Command::Timer { key: timer.key };
    match inner.turn(&about, &Actor::House, &Settles::default(), command).await {
        Ok(_) | Err(TurnError::Nothing) => true,
        Err(error) => {
            tracing::error!(%error, conversation = %timer.conversation, key = ?timer.key, "a timer could not fire");
            false
        }
    }
}
