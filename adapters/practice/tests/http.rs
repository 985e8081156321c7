//! The practice page's interface: odd bodies, limits, live and resumed reading, the page itself.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use adapter_api::conformance::RecordingInbox;
use adapter_api::{Adapter as _, Delivery, SendOutcome};
use adapter_practice::{PracticeAdapter, PracticeSettings};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use domain::{AccountId, Clock, ConversationId, InboundBody, Lang, MessageId, PlatformId, Timestamp};
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use speech::{ChildText, Choice, Outbound, Recipient};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

struct House {
    adapter: Arc<PracticeAdapter>,
    inbox: Arc<RecordingInbox>,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl House {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings =
            PracticeSettings { account: AccountId::new("practice"), data_dir: folder.path().join("practice") };
        let adapter = PracticeAdapter::open(settings, Arc::new(Still)).unwrap();
        let (inbox, stop) = (Arc::new(RecordingInbox::default()), CancellationToken::new());
        let (receiver, to, until) = (Arc::clone(&adapter), Arc::clone(&inbox), stop.clone());
        tokio::spawn(async move { receiver.receive(to, until).await });
        let house = Self { adapter, inbox, stop, _folder: folder };
        while house
            .post("/practice/api/send", json!({"child": "first", "id": "0", "joined": {}}).to_string())
            .await
            .0
            != StatusCode::ACCEPTED
        {
            tokio::task::yield_now().await;
        }
        house
    }

    fn router(&self) -> Router {
        self.adapter.router()
    }

    async fn post(&self, uri: &str, body: impl Into<Body>) -> (StatusCode, Value) {
        let request = Request::post(uri).header("accept-language", "fr").body(body.into()).unwrap();
        let answer = self.router().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn get(&self, uri: &str, header: (&str, &str)) -> Response<Body> {
        let request = Request::get(uri).header(header.0, header.1).body(Body::empty()).unwrap();
        self.router().oneshot(request).await.unwrap()
    }

    async fn show(&self, key: &str, text: &str) {
        let outbound = Outbound {
            conversation: ConversationId::from_uuid(uuid::Uuid::nil()),
            message: MessageId(1),
            text: ChildText::from_flow("f".into(), "s".into(), text.to_owned()),
            choices: vec![Choice { value: "v".to_owned(), label: "L".to_owned() }],
            lang: Lang::EN,
        };
        let to = Recipient { contact: PlatformId::new("kim"), chat: PlatformId::new("kim") };
        let outcome = self.adapter.send(Delivery { to, key: key.to_owned(), outbound }).await;
        assert!(matches!(outcome, SendOutcome::Settled(_)), "{outcome:?}");
    }

    fn last(&self) -> InboundBody {
        self.inbox.items().pop().unwrap().body
    }
}

#[tokio::test]
async fn bytes_that_are_not_text_are_still_handed_in() {
    let house = House::open().await;
    let mut body = br#"{"child":"kim","id":"1","text":"help "#.to_vec();
    body.extend([0xff, 0xc3]);
    body.extend(br#" me"}"#);
    assert_eq!(house.post("/practice/api/send", body).await.0, StatusCode::ACCEPTED);
    assert!(house.last().texts()[0].starts_with("help \u{fffd}") && house.last().texts()[0].ends_with(" me"));
    let junk: Vec<u8> = (0..=255).collect();
    assert_eq!(house.post("/practice/api/send?child=kim&id=2", junk).await.0, StatusCode::ACCEPTED);
    assert!(matches!(house.last(), InboundBody::Text { .. }));
}

#[tokio::test]
async fn a_large_message_is_handed_in_whole_and_a_larger_one_refused_kindly() {
    let house = House::open().await;
    let large = "é".repeat(500_000);
    let body = json!({"child": "kim", "id": "1", "text": large}).to_string();
    assert_eq!(house.post("/practice/api/send", body).await.0, StatusCode::ACCEPTED);
    assert_eq!(house.last().texts(), [large.as_str()]);
    let (status, answer) = house.post("/practice/api/send", "x".repeat(1024 * 1024 + 1)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer["say"].as_str().unwrap().contains("trop long"));
}

#[tokio::test]
async fn only_what_the_inbox_kept_is_answered_with_received() {
    let house = House::open().await;
    let body = || json!({"child": "kim", "id": "1", "text": "hi"}).to_string();
    house.inbox.refuse(1);
    assert_eq!(house.post("/practice/api/send", body()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(house.post("/practice/api/send", body()).await.0, StatusCode::ACCEPTED);
    assert_eq!(house.post("/practice/api/send", body()).await.0, StatusCode::ACCEPTED);
    assert_eq!(house.inbox.heard(0).len(), 1);
    house.stop.cancel();
    assert_eq!(house.post("/practice/api/send", body()).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn malformed_requests_are_refused_with_a_kind_word() {
    let house = House::open().await;
    for body in ["", "{", "[]", r#"{"child":"kim","id":"1"}"#, r#"{"child":"../x","id":"1","text":"a"}"#] {
        let (status, answer) = house.post("/practice/api/send", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(!answer["say"].as_str().unwrap().is_empty());
    }
    let long = format!("/practice/api/send?child={}&id=1", "k".repeat(65));
    assert_eq!(house.post(&long, "hi").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_flood_of_one_child_is_slowed_and_the_others_are_not() {
    let house = House::open().await;
    let mut slowed = 0;
    for number in 0..12_005 {
        let uri = format!("/practice/api/send?child=kim&id=same-{}", number % 10);
        slowed += u32::from(house.post(&uri, "hi").await.0 == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(slowed, 5);
    assert_eq!(house.post("/practice/api/send?child=lee&id=1", "hi").await.0, StatusCode::ACCEPTED);
}

/// The next live event, as (name, id, data).
async fn event(
    body: &mut (impl futures_util::Stream<Item = Result<axum::body::Bytes, axum::Error>> + Unpin),
) -> String {
    String::from_utf8(body.next().await.unwrap().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn an_open_page_sees_what_comes_and_resumes_where_it_was() {
    let house = House::open().await;
    house.show("a", "one").await;
    house.show("b", "two").await;
    let mut page = house
        .get("/practice/api/events?child=kim&after=0", ("last-event-id", "1"))
        .await
        .into_body()
        .into_data_stream();
    let second = event(&mut page).await;
    assert!(second.contains("id: 2") && second.contains("two"), "{second}");
    house.show("c", "three").await;
    let third = event(&mut page).await;
    assert!(third.contains("id: 3") && third.contains("three"), "{third}");
    // The child's other device wrote.
    house.post("/practice/api/send?child=kim&id=9", "from my other phone").await;
    let own = event(&mut page).await;
    assert!(own.contains("event: own") && own.contains("from my other phone"), "{own}");
    house.stop.cancel();
    assert!(page.next().await.is_none(), "an open page must not hold up the stop");
}

#[tokio::test]
async fn the_page_speaks_the_childs_language_and_runs_only_its_own_script() {
    let house = House::open().await;
    for (wanted, words) in [("fr", "Envoyer"), ("en", "Send")] {
        let answer = house.get("/practice", ("accept-language", wanted)).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let page = String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert!(page.contains(&format!("<html lang=\"{wanted}\">")) && page.contains(words));
        assert!(!page.contains("style=") && !page.contains("onclick") && !page.contains("<style"));
    }
    for (uri, kind) in [("/practice/app.js", "text/javascript"), ("/practice/style.css", "text/css")] {
        let answer = house.get(uri, ("accept", "*/*")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(kind));
    }
}
