//! What goes wrong with a request because a test wants it: limits, faults, answers that never come.
//!
//! Read next: `world.rs`.

use crate::rest::{Answer, Call, bad, respond};
use crate::world::World;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// What happens to a request.
pub(crate) enum Plan {
    Do,
    Lose,
    Garble,
    Refuse(Response),
}

/// What goes wrong with this request, if anything.
pub(crate) fn plan(world: &mut World, call: &Call<'_>, path: &str, headers: &HeaderMap) -> Plan {
    let right = format!("Bot {}", world.token);
    let own = headers.get("authorization").is_some_and(|sent| sent.as_bytes() == right.as_bytes());
    // Interactions are answered by their token alone.
    let by_token = matches!(call.path.first(), Some(&"interactions" | &"webhooks"));
    if !own && !by_token {
        return Plan::Refuse(respond(&bad(401, 0, "401: Unauthorized"), &[]));
    }
    let is_post = call.method == "POST" && path.starts_with("/channels/") && path.ends_with("/messages");
    let hit = match world.faults.only.as_str() {
        "" => is_post,
        only => path.contains(only),
    };
    if hit && take(&mut world.faults.rate_limited) {
        let after = world.faults.retry_after;
        return Plan::Refuse(limited(after, if world.faults.global { "global" } else { "user" }));
    }
    if is_post && let Some(after) = over_bucket(world, path) {
        return Plan::Refuse(limited(after, "user"));
    }
    if hit && take(&mut world.faults.server_faults) {
        return Plan::Refuse((StatusCode::BAD_GATEWAY, "upstream connect error").into_response());
    }
    if hit && take(&mut world.faults.answers_lost) {
        return Plan::Lose;
    }
    if hit && take(&mut world.faults.answers_garbled) {
        return Plan::Garble;
    }
    Plan::Do
}

fn take(left: &mut usize) -> bool {
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}

fn over_bucket(world: &mut World, path: &str) -> Option<f64> {
    let (limit, window) = world.bucket_limit?;
    let now = world.now();
    let bucket = world.buckets.entry(path.to_owned()).or_default();
    if now - bucket.since >= window {
        bucket.since = now;
        bucket.used = 0;
    }
    if bucket.used >= limit {
        return Some((window - (now - bucket.since)) as f64 / 1_000.0);
    }
    bucket.used += 1;
    None
}

pub(crate) fn bucket_headers(world: &World, call: &Call<'_>) -> Vec<(&'static str, String)> {
    let Some((limit, window)) = world.bucket_limit else { return Vec::new() };
    let path = format!("/{}", call.path.join("/"));
    let Some(bucket) = world.buckets.get(&path).filter(|_| call.method == "POST") else { return Vec::new() };
    let left = (window - (world.now() - bucket.since)).max(0) as f64 / 1_000.0;
    vec![
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", limit.saturating_sub(bucket.used).to_string()),
        ("x-ratelimit-reset-after", format!("{left:.3}")),
        ("x-ratelimit-bucket", "messages".to_owned()),
    ]
}

fn limited(after: f64, scope: &str) -> Response {
    let body = json!({
        "message": "You are being rate limited.", "retry_after": after, "global": scope == "global",
    });
    // `via` tells clients that this comes from the API and not from a wall before it.
    let mut head = vec![
        ("retry-after", after.ceil().to_string()),
        ("x-ratelimit-scope", scope.to_owned()),
        ("via", "1.1 discord".to_owned()),
    ];
    if scope == "global" {
        head.push(("x-ratelimit-global", "true".to_owned()));
    }
    respond(&Answer { status: 429, body, template: "" }, &head)
}
