//! One request to Discord: asked once, never repeated here, and told truly what became of it.
//!
//! serenity gives the routes and knows which of them share a rate limit. Its own sender isn't used: it
//! sleeps through rate limits, which would hold up others, and without that it drops the time to wait.
//! It must never put a token, an address or a body into an error or a log. Read next: `send.rs`.

use domain::{Clock, Confidential, Timestamp};
use reqwest::{Method, Response, header};
use serde_json::Value;
use serenity::http::{RatelimitingBucket, Route};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const AGENT: &str = concat!("DiscordBot (https://passerelle.invalid, ", env!("CARGO_PKG_VERSION"), ")");
/// Discord shuts an address out after 10,000 refused requests (401, 403, 429) in 10 minutes. Far before
/// that, we ask nothing until the window is over.
const REFUSED_MOST: u32 = 5_000;
const REFUSED_WINDOW: Duration = Duration::from_secs(600);
/// When Discord names no time.
const SOON: Duration = Duration::from_secs(1);

/// Why there is no good answer.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub(crate) enum Failure {
    /// Not done; not before this time has passed.
    #[error("Discord asks to wait {0:?}")]
    Limited(Duration),
    /// Not done, for a reason that stays: the HTTP status and Discord's own code.
    #[error("Discord refused ({status}, code {code})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Discord's code, 0 when it gave none.
        code: u64,
    },
    /// Not done: no connection was made.
    #[error("Discord can't be reached")]
    NotReached,
    /// Perhaps done: the connection broke, the time was over, or the server failed.
    #[error("Discord didn't answer clearly")]
    Unclear,
}

/// Asks Discord.
pub(crate) struct Rest {
    client: reqwest::Client,
    host: Option<String>,
    authorization: header::HeaderValue,
    clock: Arc<dyn Clock>,
    gate: Mutex<Gate>,
}

/// When what may be asked again.
#[derive(Debug, Default)]
struct Gate {
    everything: Timestamp,
    lanes: HashMap<RatelimitingBucket, Timestamp>,
    refused: u32,
    refused_since: Timestamp,
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").finish_non_exhaustive()
    }
}

impl Rest {
    /// `None` when the token can't stand in a header, or there is no TLS.
    pub(crate) fn new(
        token: &Confidential<String>,
        host: Option<&str>,
        patience: Duration,
        clock: Arc<dyn Clock>,
    ) -> Option<Self> {
        let token = token.text().trim().trim_start_matches("Bot ");
        let mut authorization = header::HeaderValue::from_str(&format!("Bot {token}")).ok()?;
        authorization.set_sensitive(true);
        let client = reqwest::Client::builder()
            .user_agent(AGENT)
            .timeout(patience)
            .connect_timeout(patience)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .ok()?;
        let host = host.map(|host| host.trim_end_matches('/').to_owned());
        Some(Self { client, host, authorization, clock, gate: Mutex::default() })
    }

    /// GET with these pairs behind the question mark.
    pub(crate) async fn get(&self, route: Route<'_>, query: &[(&str, String)]) -> Result<Value, Failure> {
        let lane = route.ratelimiting_bucket();
        let request = self.client.get(self.address(route)).query(query);
        self.ask(request, lane).await?.ok_or(Failure::Unclear)
    }

    /// POST, PUT or PATCH. `Ok(None)`: it was done, and the answer is empty or can't be read.
    pub(crate) async fn change(
        &self,
        method: Method,
        route: Route<'_>,
        body: Option<&Value>,
    ) -> Result<Option<Value>, Failure> {
        let lane = route.ratelimiting_bucket();
        let mut request = self.client.request(method, self.address(route));
        request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.to_string()),
            None => request.header(header::CONTENT_LENGTH, 0),
        };
        self.ask(request, lane).await
    }

    fn address(&self, route: Route<'_>) -> String {
        let path = route.path();
        match &self.host {
            Some(host) => path.replacen("https://discord.com", host, 1),
            None => path.into_owned(),
        }
    }

    async fn ask(
        &self,
        request: reqwest::RequestBuilder,
        lane: RatelimitingBucket,
    ) -> Result<Option<Value>, Failure> {
        if let Some(wait) = self.wait_for(&lane) {
            return Err(Failure::Limited(wait));
        }
        let request = request.header(header::AUTHORIZATION, self.authorization.clone());
        let response = request.send().await.map_err(|error| match error.is_connect() {
            true => Failure::NotReached,
            false => Failure::Unclear,
        })?;
        let status = response.status().as_u16();
        self.note_limits(&response, &lane);
        if response.status().is_success() {
            // It is done, whatever the answer looks like.
            let text = response.text().await.unwrap_or_default();
            return Ok(serde_json::from_str(&text).ok());
        }
        if matches!(status, 401 | 403 | 429) {
            self.note_refused();
        }
        let global = response.headers().contains_key("x-ratelimit-global");
        let head = seconds(&response, "retry-after");
        let body: Value = response.json().await.unwrap_or_default();
        match status {
            429 => {
                let named = body["retry_after"].as_f64().or(head).and_then(duration).unwrap_or(SOON);
                self.shut(lane, named, global || body["global"] == true);
                Err(Failure::Limited(named))
            }
            // 408 and 5xx: a gateway in between may have passed it on before it failed.
            408 | 500.. => Err(Failure::Unclear),
            _ => Err(Failure::Refused { status, code: body["code"].as_u64().unwrap_or(0) }),
        }
    }

    fn wait_for(&self, lane: &RatelimitingBucket) -> Option<Duration> {
        let now = self.clock.now();
        let mut gate = self.lock();
        if now.since(gate.refused_since) > REFUSED_WINDOW {
            gate.refused = 0;
        }
        if gate.refused >= REFUSED_MOST {
            return Some(gate.refused_since.plus(REFUSED_WINDOW).since(now).max(SOON));
        }
        let lane = gate.lanes.get(lane).copied().unwrap_or_default();
        let until = lane.max(gate.everything);
        (until > now).then(|| until.since(now))
    }

    /// A bucket that is empty now needn't be tried again before it is filled.
    fn note_limits(&self, response: &Response, lane: &RatelimitingBucket) {
        let empty = response.headers().get("x-ratelimit-remaining").is_some_and(|left| left == "0");
        if let (true, Some(after)) = (empty, seconds(response, "x-ratelimit-reset-after").and_then(duration)) {
            self.shut(*lane, after, false);
        }
    }

    fn shut(&self, lane: RatelimitingBucket, after: Duration, everything: bool) {
        let now = self.clock.now();
        let until = now.plus(after);
        let mut gate = self.lock();
        if everything {
            gate.everything = gate.everything.max(until);
            return;
        }
        gate.lanes.retain(|_, until| *until > now);
        if !lane.is_none() {
            gate.lanes.insert(lane, until);
        }
    }

    fn note_refused(&self) {
        let now = self.clock.now();
        let mut gate = self.lock();
        if gate.refused == 0 {
            gate.refused_since = now;
        }
        gate.refused += 1;
        if gate.refused == REFUSED_MOST {
            tracing::error!("Discord refuses nearly everything; nothing is sent for up to ten minutes");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seconds(response: &Response, name: &str) -> Option<f64> {
    response.headers().get(name)?.to_str().ok()?.parse().ok()
}

/// At most a day: a server's odd number must not silence us for ever.
fn duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.clamp(0.0, 86_400.0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn nothing_is_asked_before_discord_would_shut_the_address_out() {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let clock = Arc::new(Hand::default());
        let token = Confidential::from("t");
        let rest = Rest::new(&token, None, Duration::from_secs(1), clock.clone()).unwrap();
        let lane = Route::UserMe.ratelimiting_bucket();
        for _ in 0..REFUSED_MOST - 1 {
            rest.note_refused();
        }
        assert_eq!(rest.wait_for(&lane), None);
        clock.0.store(60_000, Ordering::Relaxed);
        rest.note_refused();
        assert_eq!(rest.wait_for(&lane), Some(Duration::from_secs(540)));
        clock.0.store(600_001, Ordering::Relaxed);
        assert_eq!(rest.wait_for(&lane), None);
    }

    #[test]
    fn odd_times_to_wait_are_bounded() {
        assert_eq!(duration(-1.0), Some(Duration::ZERO));
        assert_eq!(duration(f64::INFINITY), Some(Duration::from_secs(86_400)));
        assert_eq!(duration(f64::NAN), None);
        assert_eq!(duration(0.3), Some(Duration::from_millis(300)));
    }
}
