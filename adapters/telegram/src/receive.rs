//! Long polling: one `getUpdates` at a time, confirmed only after the inbox kept what it brought.
//!
//! Telegram forgets an update when a higher offset is asked for, so that offset is never asked for
//! before the commit. After an empty answer everything is confirmed and no offset is sent any more:
//! numbers begin anew, possibly lower, after a week without updates, and an old offset would throw
//! those away. For the same reason the first question after a start has no offset; what was kept
//! before comes again then, and the cursor and the inbox know it. Read next: `cursor.rs`, `hand_in.rs`.

use crate::call::Failed;
use crate::cursor::Committed;
use crate::hand_in::HandIn;
use crate::lenient::{number, sort, updates};
use crate::update::KINDS;
use adapter_api::AdapterError;
use serde::Serialize;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Updates in one answer; Telegram's most.
const MOST: u8 = 100;
/// When Telegram says "too many" without a time.
const SOME_TIME: Duration = Duration::from_secs(5);
/// Longer waits are told as trouble with the channel.
const SHORT: Duration = Duration::from_secs(30);

/// The library's own request has narrower numbers than Telegram.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; 5],
}

/// Receives until `stop`.
pub(crate) async fn poll(
    hand_in: &HandIn,
    worked: &AtomicBool,
    stop: &CancellationToken,
) -> Result<(), AdapterError> {
    let cursor = hand_in.inbox.cursor().await?;
    let mut committed = cursor.as_ref().map(Committed::read).unwrap_or_default();
    let mut confirm = None;
    let mut connected = false;
    loop {
        // The first answer comes at once, so that the channel's health is known.
        let wait = if connected { hand_in.api.patience.poll } else { Duration::ZERO };
        let asked = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            asked = ask(hand_in, confirm, wait) => asked,
        };
        let mut found = match asked {
            Ok(found) => found,
            Err(Failed::Said { code: 429, retry_after, .. }) => {
                let wait = retry_after.unwrap_or(SOME_TIME);
                if wait > SHORT {
                    return Err(AdapterError::Unreachable(format!("telegram asks to wait {} s", wait.as_secs())));
                }
                if !wait_or_stop(wait, stop).await {
                    return Ok(());
                }
                continue;
            }
            Err(failed) => return Err(failed.while_receiving(worked.load(Ordering::Relaxed))),
        };
        if !connected {
            connected = true;
            worked.store(true, Ordering::Relaxed);
            hand_in.inbox.connected();
        }
        let came = !found.is_empty();
        // Only the first answer can hold what was committed before. After an empty one all is confirmed.
        let known = std::mem::take(&mut committed);
        confirm = found.iter().filter_map(number).filter(|number| known.has(*number)).max().map(after);
        found.retain(|update| number(update).is_none_or(|number| !known.has(number)));
        sort(&mut found);
        if !found.is_empty() {
            hand_in.updates(&found).await?;
            confirm = found.iter().rev().find_map(number).map(after);
        }
        if came && confirm.is_none() {
            return Err(AdapterError::Unreachable("telegram's updates have no numbers".to_owned()));
        }
    }
}

const fn after(number: i64) -> i64 {
    number.saturating_add(1)
}

async fn ask(hand_in: &HandIn, offset: Option<i64>, wait: Duration) -> Result<Vec<Value>, Failed> {
    let question = GetUpdates { offset, limit: MOST, timeout: wait.as_secs(), allowed_updates: KINDS };
    let patience = wait + hand_in.api.patience.answer;
    let (status, text) = hand_in.api.text("getUpdates", &question, patience).await?;
    updates(status, &text)
}

/// `false` when it is time to stop.
pub(crate) async fn wait_or_stop(span: Duration, stop: &CancellationToken) -> bool {
    tokio::time::timeout(span, stop.cancelled()).await.is_err()
}
