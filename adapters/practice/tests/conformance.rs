//! The practice channel keeps the adapter contract.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use adapter_api::Adapter;
use adapter_api::conformance::{self, Can, Stage, Trouble};
use adapter_practice::{PracticeAdapter, PracticeSettings};
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::{AccountId, Clock, PlatformId, Timestamp};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use speech::Recipient;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tower::ServiceExt as _;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

type Current = Arc<Mutex<Arc<PracticeAdapter>>>;

/// A child's browser: sends one after the other, each again until it is taken.
struct Browser {
    folder: PathBuf,
    adapter: Current,
    queue: mpsc::UnboundedSender<Value>,
    last: Value,
    names: u32,
    swap: Swap,
}

/// A flaky link: the first of two messages arrives after the second.
enum Swap {
    No,
    Next,
    Held(Value),
}

fn open(folder: PathBuf) -> Arc<PracticeAdapter> {
    let settings = PracticeSettings { account: AccountId::new("practice"), data_dir: folder };
    PracticeAdapter::open(settings, Arc::new(Still)).unwrap()
}

async fn deliver(adapter: Current, mut queue: mpsc::UnboundedReceiver<Value>) {
    let mut again = tokio::time::interval(Duration::from_millis(5));
    while let Some(what) = queue.recv().await {
        let of = |key: &str| what.get(key).and_then(Value::as_str);
        let (uri, body) = match (of("raw"), of("broken")) {
            (Some(id), _) => (format!("/practice/api/send?child=kim&id={id}"), vec![0xff, 0xfe, b'?']),
            (None, Some(text)) => ("/practice/api/send".to_owned(), text.as_bytes().to_vec()),
            (None, None) => ("/practice/api/send".to_owned(), what.to_string().into_bytes()),
        };
        loop {
            let router = adapter.lock().unwrap().router();
            let request = Request::post(&uri).body(Body::from(body.clone())).unwrap();
            match router.oneshot(request).await.unwrap().status() {
                StatusCode::ACCEPTED => break,
                StatusCode::SERVICE_UNAVAILABLE => again.tick().await,
                // Nobody's words: the page is told, and goes on.
                StatusCode::BAD_REQUEST if of("broken").is_some() => break,
                other => panic!("unexpected answer {other}"),
            };
        }
    }
}

impl Browser {
    fn new(folder: PathBuf) -> Self {
        let adapter = Arc::new(Mutex::new(open(folder.clone())));
        let (queue, sent) = mpsc::unbounded_channel();
        tokio::spawn(deliver(Arc::clone(&adapter), sent));
        Self { folder, adapter, queue, last: Value::Null, names: 0, swap: Swap::No }
    }

    fn send(&mut self, key: &str, what: Value) -> String {
        self.names += 1;
        let id = format!("m{}", self.names);
        self.last = json!({"child": "kim", "id": id, key: what});
        match std::mem::replace(&mut self.swap, Swap::No) {
            Swap::No => self.queue.send(self.last.clone()).unwrap(),
            Swap::Next => self.swap = Swap::Held(self.last.clone()),
            Swap::Held(first) => {
                self.queue.send(self.last.clone()).unwrap();
                self.queue.send(first).unwrap();
            }
        }
        id
    }

    async fn messages(&self) -> Vec<Value> {
        let router = self.adapter.lock().unwrap().router();
        let request = Request::get("/practice/api/messages?child=kim").body(Body::empty()).unwrap();
        let body = router.oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice::<Value>(&body).unwrap()["messages"].as_array().unwrap().clone()
    }
}

const INSIDE: &str = "the channel is a part of the house: nothing lies between the page's file and us";
const CANNOT: &[(Trouble, &str)] = &[
    (Trouble::Down, INSIDE),
    (Trouble::Up, INSIDE),
    (Trouble::RateLimited, "the page limits children, not the house"),
    (Trouble::AnswerLost, INSIDE),
    (Trouble::ServerFault, INSIDE),
    (Trouble::HalfOpen, "each message comes in a request of its own"),
    (Trouble::Blocked, "a page can't be blocked; it is closed, and nobody is told"),
    (Trouble::Unblocked, "a page can't be blocked; it is closed, and nobody is told"),
    (Trouble::ClockAhead, "a message carries no time"),
    (Trouble::ClockBehind, "a message carries no time"),
];

#[async_trait]
impl Stage for Browser {
    fn can(&self) -> Can {
        Can {
            edit: true,
            delete: true,
            attach: true,
            press: true,
            repeat: true,
            junk: true,
            lines: true,
            keep: true,
        }
    }

    fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter.lock().unwrap().clone()
    }

    async fn reopen(&mut self) {
        *self.adapter.lock().unwrap() = open(self.folder.clone());
    }

    fn child(&self) -> Recipient {
        Recipient { contact: PlatformId::new("kim"), chat: PlatformId::new("kim") }
    }

    async fn says(&mut self, text: &str) -> String {
        self.send("text", json!(text))
    }

    async fn repeats(&mut self) {
        self.queue.send(self.last.clone()).unwrap();
    }

    async fn edits(&mut self, of: &str, text: &str) {
        self.send("edit", json!({"of": of, "text": text}));
    }

    async fn deletes(&mut self, of: &str) {
        self.send("redact", json!({"of": of}));
    }

    async fn attaches(&mut self, name: &str) {
        self.send("file", json!({"name": name, "media": "image"}));
    }

    async fn presses(&mut self, number: usize) {
        let messages = self.messages().await;
        let choice = messages.last().unwrap()["choices"][number - 1].clone();
        self.send("choice", choice);
    }

    async fn sends_junk(&mut self) {
        self.names += 1;
        self.queue.send(json!({"raw": format!("m{}", self.names)})).unwrap();
    }

    async fn suffers(&mut self, trouble: Trouble) -> bool {
        match trouble {
            Trouble::Reordered => self.swap = Swap::Next,
            Trouble::UnknownType => {
                let dance = json!({"child": "kim", "id": "unknown", "dance": "tango"});
                self.queue.send(json!({"broken": dance.to_string()})).unwrap();
            }
            Trouble::Malformed => self.queue.send(json!({"broken": "{\"child\": \"kim\", \"id\": "})).unwrap(),
            _ => return false,
        }
        true
    }

    fn cannot(&self) -> &'static [(Trouble, &'static str)] {
        CANNOT
    }

    async fn shown(&mut self, count: usize) -> Vec<String> {
        let messages = self.messages().await;
        assert!(messages.len() >= count, "sent means shown: {} of {count}", messages.len());
        messages.iter().map(as_shown).collect()
    }
}

/// As the page shows it: the choices with their numbers.
fn as_shown(message: &Value) -> String {
    let mut text = message["text"].as_str().unwrap().to_owned();
    for (index, choice) in message["choices"].as_array().unwrap().iter().enumerate() {
        text.push_str(&format!("\n{}. {}", index + 1, choice["label"].as_str().unwrap()));
    }
    text
}

#[tokio::test]
async fn the_practice_channel_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = Browser::new(folder.path().join("practice"));
    conformance::check(&mut browser, &Arc::default()).await;
}

#[tokio::test]
async fn the_practice_channel_keeps_the_contract_over_any_schedule() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    let open = async || {
        number.set(number.get() + 1);
        (Browser::new(folder.path().join(number.get().to_string())), Arc::default())
    };
    conformance::schedules(conformance::seeds(12), open).await;
}
