//! Reads what a talk holds after a place, oldest first.
//!
//! It waits and tries again by itself, apart from everything else. It must never give up on a talk that may
//! still be read. Read next: `place.rs`.

use crate::event::id_at;
use crate::place::earlier;
use crate::rest::{Failure, Rest};
use crate::settings::pause;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;
use std::num::NonZeroU64;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Messages asked for at once: Discord's most.
const PAGE: usize = 100;
/// Read again before the place: messages of two talks may come in another order than their ids tell, and an
/// edit made while we were away is seen on the message. The inbox drops what it has.
const MARGIN: u64 = 3_600_000;

/// Where to read from, for this place.
pub(crate) fn from(place: u64) -> u64 {
    earlier(place, MARGIN)
}

/// All messages after `after`, oldest first; none where Discord says that there is nothing to read.
pub(crate) async fn read(
    rest: &Rest,
    channel: u64,
    after: u64,
    between: Duration,
    mut permit: Option<OwnedSemaphorePermit>,
) -> Vec<Value> {
    let Some(id) = NonZeroU64::new(channel) else { return Vec::new() };
    let route = Route::ChannelMessages { channel_id: ChannelId::from(id) };
    let mut all: Vec<Value> = Vec::new();
    let mut after = after;
    loop {
        let query = [("after", after.to_string()), ("limit", PAGE.to_string())];
        match rest.get(route, &query).await {
            Ok(Value::Array(mut page)) => {
                let count = page.len();
                page.sort_by_key(|message| id_at(message, "/id"));
                let newest = page.last().and_then(|message| id_at(message, "/id")).unwrap_or(0);
                all.append(&mut page);
                if count < PAGE || newest <= after {
                    return all;
                }
                after = newest;
            }
            Err(Failure::Refused { status, code }) if status != 401 => {
                tracing::warn!(status, code, "the history of a talk on Discord can't be read");
                return all;
            }
            // Others may read meanwhile.
            Err(Failure::Limited(wait)) => {
                permit = None;
                pause(wait.max(between)).await;
            }
            Ok(_) | Err(_) => {
                permit = None;
                pause(between).await;
            }
        }
        drop(permit.take());
    }
}
