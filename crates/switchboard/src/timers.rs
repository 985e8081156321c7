//! Timers: kept with the conversation, fired when due, also those that came due while down.

use crate::house::{Inner, held};
use crate::turn::{About, Settles, TurnError};
use domain::{Conversation, ConversationId, TimerKey, Timestamp};
use engine::Command;
use flow_script::FlowLibrary;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, DueTimer};

const BATCH: usize = 200;
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Fires timers until the house stops.
pub(crate) async fn run(inner: Arc<Inner>) {
    let mut stuck: HashSet<DueKey> = HashSet::new();
    loop {
        // Those that can't fire must not keep others from being read.
        let due = match inner.store.due_timers(inner.time.now(), BATCH + stuck.len()).await {
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
            stuck.clear();
            if !wait(&inner).await {
                return;
            }
            continue;
        }
        let mut failed = HashSet::new();
        let mut fired = false;
        for timer in due {
            let key = (timer.conversation, timer.key, timer.at);
            match fire(&inner, timer).await {
                Fired::Yes => fired = true,
                // Moved since the list was read. When it is still on the next list, something is wrong.
                Fired::Nothing if !stuck.contains(&key) => {
                    fired = true;
                    failed.insert(key);
                }
                Fired::Nothing | Fired::No => {
                    failed.insert(key);
                }
            }
        }
        stuck = failed;
        let go_on = if fired { !inner.stop.is_cancelled() } else { inner.pause(STORE_RETRY).await };
        if !go_on {
            return;
        }
    }
}

type DueKey = (ConversationId, TimerKey, Timestamp);

enum Fired {
    Yes,
    /// There was nothing to do.
    Nothing,
    /// It must be tried again.
    No,
}

/// `false` when the house stops.
async fn wait(inner: &Inner) -> bool {
    let next = match inner.store.next_timer().await {
        Ok(next) => next,
        Err(error) => {
            // Not to be taken for "no timer runs": an alarm would be slept through.
            tracing::error!(%error, "timers can't be read; trying again");
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
        () = inner.wake_timers.notified() => true,
        () = later => true,
        () = inner.stop.cancelled() => false,
    }
}

async fn fire(inner: &Inner, timer: DueTimer) -> Fired {
    let error = match fire_with(inner, timer, &inner.library()).await {
        Ok(_) => return Fired::Yes,
        Err(TurnError::Nothing) => {
            // Memory and store may disagree: the store is right.
            held(&inner.cache).remove(&timer.conversation);
            return Fired::Nothing;
        }
        Err(error) => error,
    };
    tracing::error!(%error, conversation = %timer.conversation, key = ?timer.key, "a timer could not fire");
    if matches!(error, TurnError::Store(_)) {
        return Fired::No;
    }
    // A script that breaks the engine must not leave a waiting child in silence.
    match fire_with(inner, timer, &FlowLibrary::default()).await {
        Ok(_) => Fired::Yes,
        Err(error) => {
            tracing::error!(%error, conversation = %timer.conversation, "nor without the flows; trying again");
            Fired::No
        }
    }
}

async fn fire_with(inner: &Inner, timer: DueTimer, flows: &FlowLibrary) -> Result<Conversation, TurnError> {
    let about = About::Conversation(timer.conversation);
    let command = || Command::Timer { key: timer.key };
    inner.turn_with(flows, &about, &Actor::House, &Settles::default(), |_| command()).await
}
