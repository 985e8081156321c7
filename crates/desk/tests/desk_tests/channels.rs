//! Channels on the desk and in `/health`: states, counts and kinds; never a word, a token or a text of an error.

use crate::browser::Browser;
use crate::support::{House, NOW};
use axum::http::StatusCode;
use domain::{AccountId, ChannelHealth, ChannelState, ChannelTrouble, Platform, Role, Timestamp};

fn channel(name: &str, platform: Platform, state: ChannelState) -> ChannelHealth {
    let ago = |seconds: i64| Timestamp::from_millis(NOW - seconds * 1_000);
    ChannelHealth {
        account: AccountId::new(name),
        platform,
        state,
        since: ago(90),
        last_heard: Some(ago(100)),
        last_sent: None,
        last_trouble: (state != ChannelState::Receiving).then(|| (ChannelTrouble::Unreachable, ago(90))),
        inbound_waiting: 0,
        outbound_waiting: Some(3),
        oldest_outbound: Some(ago(80)),
        unknown_sends: 2,
        talks_in_trouble: Some(1),
    }
}

fn with_one_down() -> std::sync::Arc<House> {
    let house = House::new();
    *house.channels.lock().unwrap() = vec![
        channel("matrix", Platform::Matrix, ChannelState::Receiving),
        channel("tg", Platform::Telegram, ChannelState::Retrying),
    ];
    house
}

#[tokio::test]
async fn health_is_200_with_one_channel_down_and_says_which() {
    let house = with_one_down();
    let answer = Browser::new(&house).get("/health").await;
    assert_eq!(answer.status, StatusCode::OK);
    let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(told["status"], "degraded");
    let tg = &told["channels"][1];
    assert_eq!((tg["account"].as_str(), tg["state"].as_str()), (Some("tg"), Some("retrying")));
    assert_eq!((tg["since_s"].as_u64(), tg["oldest_outbound_s"].as_u64()), (Some(90), Some(80)));
    assert_eq!((tg["last_trouble"].as_str(), tg["unknown_sends"].as_u64()), (Some("unreachable"), Some(2)));
    assert_eq!((tg["outbound_waiting"].as_u64(), tg["talks_in_trouble"].as_u64()), (Some(3), Some(1)));
    assert!(tg["last_sent_s"].is_null());
}

#[tokio::test]
async fn everyone_sees_that_a_channel_is_down_in_their_language() {
    let house = with_one_down();
    house.person("kim", "Kim", Role::Counsellor).await;
    let mut kim = Browser::signed_in(&house, "kim").await;
    let page = kim.get("/desk").await;
    assert!(page.has("id=\"channel-tg\"") && page.has("down, being tried again"));
    assert!(page.has("Children on one app can't reach us"));
    assert!(!page.has("/desk/channels"), "details are for those who can act");
    assert_eq!(kim.get("/desk/channels").await.status, StatusCode::FORBIDDEN);
    kim.act("/desk/language", &[("to", "fr"), ("back", "/desk")]).await;
    assert!(kim.get("/desk").await.has("en panne, nouvel essai en cours"));
    *house.channels.lock().unwrap() = vec![channel("matrix", Platform::Matrix, ChannelState::Receiving)];
    assert!(!kim.get("/desk").await.has("channels-hint"), "all is well again");
}

#[tokio::test]
async fn a_supervisor_sees_the_details_of_each_channel() {
    let house = with_one_down();
    house.person("sam", "Sam", Role::Supervisor).await;
    let mut sam = Browser::signed_in(&house, "sam").await;
    assert!(sam.get("/desk").await.has("href=\"/desk/channels\""));
    let page = sam.get("/desk/channels").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["channel-detail-matrix", "channel-detail-tg", "the app couldn't be reached", "the oldest for"] {
        assert!(page.has(part), "{part}");
    }
    house.channels.lock().unwrap()[1].state = ChannelState::Refused;
    assert!(sam.get("/desk/channels").await.has("passerelle doctor"));
}
