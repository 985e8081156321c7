//! Pushes updates to the bot's webhook, one at a time, in order, until each was taken.
//!
//! Read next: `door.rs`.

use crate::server::Inner;
use crate::world::{Hook, Queued};
use std::sync::Arc;
use std::time::Duration;

/// First and longest wait before an update that wasn't taken is pushed again. The platform waits
/// longer; a test needn't.
const AGAIN: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(200));
/// Longest wait for the webhook's answer.
const ANSWER: Duration = Duration::from_secs(20);

/// Runs until the server is gone.
pub(crate) async fn deliver(inner: Arc<Inner>) {
    let client = reqwest::Client::new();
    let mut changes = inner.changes.subscribe();
    let mut wait = AGAIN.0;
    loop {
        changes.mark_unchanged();
        let Some((hook, update)) = next(&inner) else {
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        };
        let answer = push(&client, &hook, &update).await;
        if settle(&inner, &hook, &update, answer) {
            inner.changed();
            wait = AGAIN.0;
        } else {
            pause(wait).await;
            wait = (wait * 2).min(AGAIN.1);
        }
    }
}

/// `true` when the update was taken.
fn settle(inner: &Inner, hook: &Hook, update: &Queued, answer: Result<(), String>) -> bool {
    let mut world = inner.world();
    let Err(why) = answer else {
        world.queue.retain(|queued| queued.id != update.id);
        return true;
    };
    let now = world.now;
    // A webhook set anew begins without a fault.
    if let Some(hook) = world.hook.as_mut().filter(|current| current.url == hook.url) {
        hook.last_error = Some((now, why));
    }
    false
}

fn next(inner: &Inner) -> Option<(Hook, Queued)> {
    if inner.is_down() {
        return None;
    }
    let mut world = inner.world();
    let hook = world.hook.clone()?;
    world.next_push().map(|update| (hook, update))
}

async fn push(client: &reqwest::Client, hook: &Hook, update: &Queued) -> Result<(), String> {
    let mut request =
        client.post(&hook.url).header("content-type", "application/json").timeout(ANSWER).body(update.raw.clone());
    if let Some(secret) = &hook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let answer = request.send().await.map_err(|_| "Connection failed".to_owned())?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("Wrong response from the webhook: {}", answer.status()))
    }
}

#[allow(clippy::disallowed_methods, reason = "the platform's own waiting, in real time as a network's")]
async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}
