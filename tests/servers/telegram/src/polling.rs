//! `getUpdates`: long polling with true confirmation.
//!
//! An update is gone only when a higher offset is asked for. Of two pollers the earlier one hears
//! 409. Read next: `webhook.rs`.

use crate::answer::{Refusal, bad, refuse};
use crate::params::Args;
use crate::server::Inner;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

const HOOKED: &str =
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER: &str =
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

/// The poll that waits, until it is over, however it ends.
struct Waits {
    inner: Arc<Inner>,
    poll: u64,
}

impl Drop for Waits {
    fn drop(&mut self) {
        let mut world = self.inner.world();
        if world.waiting == Some(self.poll) {
            world.waiting = None;
        }
    }
}

enum Look {
    Found(String),
    Deaf,
    Wait,
}

/// The result as JSON text: it may hold what isn't JSON, when a test asked for that.
pub(crate) async fn get_updates(inner: &Arc<Inner>, args: &Args) -> Result<String, Refusal> {
    let limit = args.int("limit").unwrap_or(100);
    let timeout = args.int("timeout").unwrap_or(0);
    let (Ok(limit @ 1..=100), Ok(seconds)) = (usize::try_from(limit), u64::try_from(timeout)) else {
        return bad("limit must be 1 to 100 and timeout not negative");
    };
    let mut changes = inner.changes.subscribe();
    let poll = begin(inner, args)?;
    let _waits = Waits { inner: Arc::clone(inner), poll };
    let waiting = async {
        loop {
            changes.mark_unchanged();
            match look(inner, poll, limit)? {
                Look::Wait if seconds > 0 => drop(changes.changed().await),
                other => return Ok::<_, Refusal>(other),
            }
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(seconds.max(1)), waiting).await;
    match found.unwrap_or(Ok(Look::Wait))? {
        Look::Found(updates) => Ok(updates),
        Look::Wait if inner.world().deaf < poll => Ok("[]".to_owned()),
        Look::Wait | Look::Deaf => std::future::pending().await,
    }
}

fn begin(inner: &Inner, args: &Args) -> Result<u64, Refusal> {
    let mut world = inner.world();
    if world.hook.is_some() {
        return refuse(409, HOOKED);
    }
    if let Some(kinds) = args.json("allowed_updates").and_then(Value::as_array) {
        let kinds: Vec<String> = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        world.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
    }
    world.confirm(args.int("offset").unwrap_or(0));
    world.polls += 1;
    world.waiting = Some(world.polls);
    let poll = world.polls;
    drop(world);
    inner.changed();
    Ok(poll)
}

fn look(inner: &Inner, poll: u64, limit: usize) -> Result<Look, Refusal> {
    let mut world = inner.world();
    if world.deaf >= poll {
        return Ok(Look::Deaf);
    }
    if world.hook.is_some() {
        return refuse(409, HOOKED);
    }
    if world.polls != poll {
        return refuse(409, OTHER);
    }
    let found = world.deliverable(limit);
    if found.is_empty() {
        return Ok(Look::Wait);
    }
    let raws: Vec<String> = found.into_iter().map(|queued| queued.raw).collect();
    Ok(Look::Found(format!("[{}]", raws.join(","))))
}
