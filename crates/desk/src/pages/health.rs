//! `GET /health`: can the house keep what children write, and how is each channel.
//!
//! 200 while the house works, also when a channel is down: `status` says `ok` or `degraded`. 503 when
//! nothing can be kept, with `unavailable`. For the operator's own monitoring; no words, no tokens, no
//! platform ids, no texts of errors. Read next: `crates/domain/src/channel.rs`.

use crate::desk::Desk;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{ChannelHealth, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A store that takes longer to keep a mark would keep a child waiting, too.
const LONGEST_PROBE: Duration = Duration::from_secs(5);
/// Within this time an answer is given again instead of writing anew: `/health` needs no sign-in.
const PROBE_HOLDS: Duration = Duration::from_secs(2);

/// The state of the house.
pub(crate) async fn health(State(desk): State<Arc<Desk>>) -> (StatusCode, Json<Value>) {
    let now = desk.door.now();
    if !can_keep(&desk, now).await {
        let told = json!({ "status": "unavailable", "why": "the store can't be written" });
        return (StatusCode::SERVICE_UNAVAILABLE, Json(told));
    }
    let Ok(channels) = tokio::time::timeout(LONGEST_PROBE, desk.door.channels()).await else {
        let told = json!({ "status": "unavailable", "why": "the store can't be read" });
        return (StatusCode::SERVICE_UNAVAILABLE, Json(told));
    };
    let status = if channels.iter().all(ChannelHealth::is_well) { "ok" } else { "degraded" };
    let channels: Vec<Value> = channels.iter().map(|channel| told(channel, now)).collect();
    (StatusCode::OK, Json(json!({ "status": status, "channels": channels })))
}

async fn can_keep(desk: &Desk, now: Timestamp) -> bool {
    // One asks at a time; the others get the same answer.
    let mut last = desk.probed.lock().await;
    if let Some((at, worked)) = *last
        && now.since(at) < PROBE_HOLDS
        && at <= now
    {
        return worked;
    }
    let worked = match tokio::time::timeout(LONGEST_PROBE, desk.store.probe(now)).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, "the store can't be written");
            false
        }
        Err(_) => {
            tracing::error!("the store doesn't answer");
            false
        }
    };
    *last = Some((now, worked));
    worked
}

fn told(channel: &ChannelHealth, now: Timestamp) -> Value {
    let ago = |at: Timestamp| now.since(at).as_secs();
    json!({
        "account": channel.account.as_str(),
        "platform": channel.platform.name(),
        "state": channel.state.name(),
        "since_s": ago(channel.since),
        "last_heard_s": channel.last_heard.map(ago),
        "last_sent_s": channel.last_sent.map(ago),
        "last_trouble": channel.last_trouble.map(|(what, _)| what.name()),
        "last_trouble_s": channel.last_trouble.map(|(_, at)| ago(at)),
        "inbound_waiting": channel.inbound_waiting,
        "outbound_waiting": channel.outbound_waiting,
        "oldest_outbound_s": channel.oldest_outbound.map(ago),
        "unknown_sends": channel.unknown_sends,
        "talks_in_trouble": channel.talks_in_trouble,
    })
}
