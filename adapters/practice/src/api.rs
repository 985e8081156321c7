//! The interface of the page, also used by tests.
//!
//! - `POST /practice/api/send`: a JSON object with `child`, `id` (made by the client; the same id is
//!   the same message) and one of
//!   `"text": "…"`, `"choice": "value"` (or `{value, label}`), `"edit": {of, text}`, `"redact": {of}`,
//!   `"file": {name, media, size, caption}`, `"joined": {}`, `"left": {}`.
//!   With `?child=…&id=…` the whole body is the text, whatever bytes it holds.
//!   `202` only after the house has it; `503` and `429`: not taken, try again with the same id.
//! - `GET /practice/api/messages?child=…&after=N`: what the child was shown after number `N`.
//! - `GET /practice/api/events?child=…`: the same live, resumed by `Last-Event-ID`.
//!
//! Read next: `shown.rs`.

use crate::live::{Own, Signal};
use crate::words::Words;
use crate::{Open, PracticeAdapter};
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::{Confidential, DedupeKey, ExternalId, Inbound, InboundBody, PlatformId};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Largest body taken, in bytes. All of it is handed in.
const BODY_BYTES: usize = 1024 * 1024;
/// Length of names that clients make.
const NAME_BYTES: std::ops::RangeInclusive<usize> = 1..=64;

pub(crate) fn routes() -> Router<Arc<PracticeAdapter>> {
    Router::new()
        .route("/practice/api/send", post(send).layer(DefaultBodyLimit::max(BODY_BYTES)))
        .route("/practice/api/messages", get(messages))
        .route("/practice/api/events", get(events))
}

#[derive(Deserialize)]
struct Address {
    child: Option<String>,
    id: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    child: String,
    #[serde(default)]
    after: u64,
}

/// The body of a send.
#[derive(Deserialize)]
struct Sent {
    child: String,
    id: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Text(String),
    Choice(Pressed),
    Edit { of: String, text: String },
    Redact(Named),
    File { name: Option<String>, media: Option<String>, size: Option<u64>, caption: Option<String> },
    Joined {},
    Left {},
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Pressed {
    Value(String),
    Labelled { value: String, label: Option<String> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Of { of: String },
    Id(String),
}

/// Why nothing was taken; the child's page shows the words.
enum Answer {
    Malformed,
    TooLarge,
    TooMuch,
    NotNow,
}

async fn send(
    State(adapter): State<Arc<PracticeAdapter>>,
    Query(address): Query<Address>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let words = Words::for_headers(&headers);
    let taken = match body {
        Ok(body) => take(&adapter, address, words, &body).await,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Answer::TooLarge),
        Err(_) => Err(Answer::Malformed),
    };
    match taken {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({"received": true}))).into_response(),
        Err(answer) => said(&answer, words),
    }
}

async fn take(adapter: &PracticeAdapter, address: Address, words: &Words, body: &[u8]) -> Result<(), Answer> {
    // Bytes that aren't text are still a child's message: what can be read of it is handed in.
    let text = String::from_utf8_lossy(body);
    let (child, id, body, own) = match (address.child, address.id) {
        (Some(child), Some(id)) => {
            let own = Own::Text { id: id.clone(), text: text.to_string() };
            (child, id, InboundBody::Text { text: Confidential::from(text.into_owned()) }, Some(own))
        }
        _ => {
            let sent: Sent = serde_json::from_str(&text).map_err(|_| Answer::Malformed)?;
            let own = own(&sent);
            (sent.child, sent.id, inbound_body(sent.what), own)
        }
    };
    if !is_name(&child) || !is_name(&id) {
        return Err(Answer::Malformed);
    }
    let Some(Open { inbox, stop }) = adapter.way_in() else {
        return Err(Answer::NotNow);
    };
    if stop.is_cancelled() {
        return Err(Answer::NotNow);
    }
    if !adapter.allows(&child, text_bytes(&body)) {
        return Err(Answer::TooMuch);
    }
    let inbound = Inbound {
        account: adapter.account.clone(),
        dedupe: DedupeKey(format!("{child}/{id}")),
        contact: PlatformId::new(child.as_str()),
        chat: PlatformId::new(child.as_str()),
        external: Some(ExternalId(id)),
        sent_at: None,
        client_lang: Some(words.lang),
        body,
    };
    inbox.accept(vec![inbound], None).await.map_err(|_| Answer::NotNow)?;
    if let Some(own) = own {
        adapter.live.own(&child, own);
    }
    Ok(())
}

fn text_bytes(body: &InboundBody) -> usize {
    body.texts().iter().map(|text| text.len()).sum::<usize>() + 200
}

fn inbound_body(what: What) -> InboundBody {
    match what {
        What::Text(text) => InboundBody::Text { text: Confidential::from(text) },
        What::Choice(Pressed::Value(value)) => InboundBody::Choice { value, label: None },
        What::Choice(Pressed::Labelled { value, label }) => {
            InboundBody::Choice { value, label: label.map(Confidential::from) }
        }
        What::Edit { of, text } => InboundBody::Edit { of: ExternalId(of), text: Confidential::from(text) },
        What::Redact(Named::Of { of } | Named::Id(of)) => InboundBody::Redaction { of: ExternalId(of) },
        What::File { name, media, size, caption } => InboundBody::Attachment {
            media: media.unwrap_or_else(|| "file".to_owned()),
            name: name.map(Confidential::from),
            size,
            caption: caption.map(Confidential::from),
        },
        What::Joined {} => InboundBody::Joined,
        What::Left {} => InboundBody::Left,
    }
}

/// What the child's other devices show.
fn own(sent: &Sent) -> Option<Own> {
    let id = sent.id.clone();
    Some(match &sent.what {
        What::Text(text) => Own::Text { id, text: text.clone() },
        What::Choice(Pressed::Value(value)) => Own::Text { id, text: value.clone() },
        What::Choice(Pressed::Labelled { value, label }) => {
            Own::Text { id, text: label.clone().unwrap_or_else(|| value.clone()) }
        }
        What::Edit { of, text } => Own::Edit { of: of.clone(), text: text.clone() },
        What::Redact(Named::Of { of } | Named::Id(of)) => Own::Redact { of: of.clone() },
        What::File { name, .. } => Own::Text { id, text: format!("📎 {}", name.as_deref().unwrap_or_default()) },
        What::Joined {} | What::Left {} => return None,
    })
}

fn is_name(name: &str) -> bool {
    NAME_BYTES.contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn said(answer: &Answer, words: &Words) -> Response {
    let (status, say) = match answer {
        Answer::Malformed => (StatusCode::BAD_REQUEST, words.malformed),
        Answer::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, words.too_large),
        Answer::TooMuch => (StatusCode::TOO_MANY_REQUESTS, words.too_much),
        Answer::NotNow => (StatusCode::SERVICE_UNAVAILABLE, words.not_now),
    };
    let mut response = (status, Json(json!({"received": false, "say": say}))).into_response();
    if matches!(answer, Answer::TooMuch | Answer::NotNow) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

async fn messages(State(adapter): State<Arc<PracticeAdapter>>, Query(asked): Query<Asked>) -> Response {
    Json(json!({"messages": adapter.shown_after(&asked.child, asked.after)})).into_response()
}

async fn events(
    State(adapter): State<Arc<PracticeAdapter>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let stop = adapter.way_in().map(|open| open.stop).unwrap_or_default();
    let page = Page {
        signals: adapter.live.listen(),
        adapter,
        child: asked.child,
        after: resumed.unwrap_or(asked.after),
        ready: VecDeque::new(),
        stop,
    };
    Sse::new(page.stream()).keep_alive(KeepAlive::default()).into_response()
}

/// One open page.
struct Page {
    adapter: Arc<PracticeAdapter>,
    signals: broadcast::Receiver<Signal>,
    child: String,
    after: u64,
    ready: VecDeque<Event>,
    /// Ends the stream, so that stopping the server isn't held up by an open page.
    stop: CancellationToken,
}

impl Page {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut page| async move { page.next().await.map(|event| (Ok(event), page)) })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            // Own signals wait in the channel while these are read: nothing falls in between.
            for message in self.adapter.shown_after(&self.child, self.after) {
                self.after = message.n;
                let event = Event::default().event("message").id(message.n.to_string());
                self.ready.push_back(event.json_data(&message).ok()?);
            }
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let signal = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                signal = self.signals.recv() => signal,
            };
            match signal {
                Ok(signal) if signal.child() != self.child => {}
                Ok(Signal::Own(_, own)) => return Event::default().event("own").json_data(&own).ok(),
                Ok(Signal::New(_)) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
