//! Live updates: what moved is told by id, together, and only to those who are still signed in.

use crate::browser::Browser;
use crate::support::*;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use domain::{Lang, Role};
use futures_util::StreamExt;
use std::sync::Arc;
use tower::ServiceExt;

async fn stream(browser: &Browser) -> BodyDataStream {
    let cookie = format!("desk={}", browser.jar["desk"]);
    let request = Request::get("/desk/events").header("cookie", cookie).body(Body::empty()).unwrap();
    let response = browser.app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

async fn next(stream: &mut BodyDataStream) -> Option<String> {
    stream.next().await.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap())
}

async fn ready() -> (Arc<House>, Browser, domain::ConversationId) {
    let house = House::new();
    house.person("kim", "Kim", Role::Counsellor).await;
    let id = house.child(1, Lang::EN, vec![(9, asked_for_human()), (9, queued())]).await;
    let browser = Browser::signed_in(&house, "kim").await;
    (house, browser, id)
}

#[tokio::test]
async fn changes_are_told_together_by_id_and_without_words() {
    let (house, browser, id) = ready().await;
    let mut stream = stream(&browser).await;
    assert!(next(&mut stream).await.unwrap().contains("\"all\":true"), "first everything is read anew");
    for number in 1..4 {
        house.add(id, vec![wrote(number, "secret words")]).await;
    }
    let told = next(&mut stream).await.unwrap();
    assert!(told.contains("event: moved") && told.contains("\"all\":false"));
    assert_eq!(told.matches(&id.to_string()).count(), 1);
    assert!(!told.contains("secret"));
}

#[tokio::test]
async fn a_stream_that_fell_behind_says_so() {
    let (house, browser, id) = ready().await;
    let mut stream = stream(&browser).await;
    next(&mut stream).await;
    for number in 1..20 {
        house.add(id, vec![wrote(number, "x")]).await;
    }
    assert!(next(&mut stream).await.unwrap().contains("\"all\":true"));
}

#[tokio::test]
async fn what_the_house_itself_missed_is_read_anew() {
    let (house, browser, _) = ready().await;
    let mut stream = stream(&browser).await;
    next(&mut stream).await;
    house.changes.send(desk::Change::Everything).unwrap();
    assert!(next(&mut stream).await.unwrap().contains("\"all\":true"));
}

#[tokio::test]
async fn the_stream_ends_with_the_session_and_when_the_house_stops() {
    let (house, mut browser, id) = ready().await;
    let mut first = stream(&browser).await;
    next(&mut first).await;
    house.stopping.cancel();
    assert_eq!(next(&mut first).await, None);

    let (house2, mut browser2, id2) = ready().await;
    let mut second = stream(&browser2).await;
    next(&mut second).await;
    browser2.act("/desk/sign-out", &[]).await;
    house2.add(id2, vec![wrote(1, "x")]).await;
    assert_eq!(next(&mut second).await, None);
    assert_eq!(browser2.get("/desk/events").await.to(), "/desk/sign-in");
    assert!(browser.get(&format!("/desk/c/{id}")).await.status.is_success());
}

#[tokio::test]
async fn a_heartbeat_needs_a_session_and_reaches_the_house() {
    let (house, mut browser, _) = ready().await;
    let before = house.beats.lock().unwrap().len();
    assert_eq!(browser.act("/desk/heartbeat", &[]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.beats.lock().unwrap().len(), before + 1);
    browser.jar.clear();
    browser.headers.push(("x-desk", "live".into()));
    assert_eq!(browser.post("/desk/heartbeat", &[]).await.status, StatusCode::UNAUTHORIZED);
}
