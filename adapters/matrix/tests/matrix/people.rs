//! Rooms and people on Matrix that aren't as they should be, and servers that say no.
use crate::play::{BOT, Helper, Town};
use adapter_api::conformance::Stage as _;
use adapter_api::{AdapterError, Delivery, SendOutcome, Verdict};
use adapter_matrix::{MatrixAdapter, Secret, Unencrypted};
use domain::{Confidential, ConversationId, DeliveryOutcome, InboundBody, Lang, MessageId, RefusalReason};
use serde_json::json;
use speech::{ChildText, Outbound};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn delivery(town: &Town, key: &str) -> Delivery {
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), "hello".to_owned()),
        choices: Vec::new(),
        lang: Lang::EN,
    };
    Delivery { to: town.child(), key: key.to_owned(), outbound }
}

const fn refused(reason: RefusalReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Refused { reason })
}

#[tokio::test(flavor = "multi_thread")]
async fn others_in_the_room_are_not_the_child_and_leaving_is_told() {
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    let receiving = town.receiving();
    let mut friend = town.person("friend", "two").await;
    town.child.ask(json!({"cmd": "invite", "user": "@friend:localhost"})).await;
    friend.ask(json!({"cmd": "join", "room": town.room})).await;
    friend.ask(json!({"cmd": "send", "body": "not the child"})).await;
    town.says("the child").await;
    let heard = town.inbox.wait_heard(0, 1).await;
    assert_eq!(heard, [InboundBody::Text { text: Confidential::from("the child") }]);
    town.child.ask(json!({"cmd": "leave"})).await;
    let inbox = Arc::clone(&town.inbox);
    inbox
        .wait_until("the child's leaving", || inbox.items().last().is_some_and(|i| i.body == InboundBody::Left))
        .await;
    assert_eq!(town.adapter().send(delivery(&town, "gone")).await, refused(RefusalReason::Unreachable));
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_room_that_cannot_be_encrypted_the_child_is_heard_and_nothing_is_sent() {
    let mut town = Town::build(&[]).await;
    let receiving = town.receiving();
    town.first_sync().await;
    town.invite(false).await;
    town.says("in the clear").await;
    let heard = town.inbox.wait_heard(0, 1).await;
    assert_eq!(heard, [InboundBody::Text { text: Confidential::from("in the clear") }]);
    let outcome = town.adapter().send(delivery(&town, "refused")).await;
    assert!(
        [refused(RefusalReason::Unreachable), refused(RefusalReason::NotAllowed)].contains(&outcome),
        "{outcome:?}"
    );
    let gone = town.child.next("member").await;
    let gone = if gone["membership"] == "join" { town.child.next("member").await } else { gone };
    assert_eq!((gone["user"].as_str(), gone["membership"].as_str()), (Some(BOT), Some("leave")));
    let quiet = town.child.ask(json!({"cmd": "wait_quiet", "seconds": 1})).await;
    assert_eq!(quiet["messages"], json!([]));
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_bot_may_it_switches_encryption_on() {
    let mut town = Town::build(&[]).await;
    let receiving = town.receiving();
    town.first_sync().await;
    let order =
        json!({"cmd": "create_room", "invite": [BOT], "encrypted": false, "preset": "trusted_private_chat"});
    town.room = town.child.ask(order).await["room"].as_str().unwrap().to_owned();
    town.says("in the clear").await;
    town.inbox.wait_heard(0, 1).await;
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let sent = async {
        // Put off until the library knows that the room is encrypted now.
        while !matches!(
            town.adapter().send(delivery(&town, "safe")).await,
            SendOutcome::Settled(DeliveryOutcome::Sent { .. })
        ) {
            tick.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), sent).await.expect("sent once the room is encrypted");
    // `shown` looks that it is encrypted.
    assert_eq!(town.shown(1).await, ["hello"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_settings_allow_it_an_unencrypted_room_is_a_talk() {
    let mut town = Town::build(&[]).await;
    town.adapter = None;
    town.adapter = Some(Arc::new(MatrixAdapter::connect(town.settings(Unencrypted::Warn)).await.unwrap()));
    town.meet(false).await;
    let receiving = town.receiving();
    town.says("in the clear").await;
    town.inbox.wait_heard(0, 1).await;
    let outcome = town.adapter().send(delivery(&town, "clear")).await;
    assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
    let came = town.child.ask(json!({"cmd": "wait", "count": 1})).await;
    assert_eq!(
        (came["messages"][0]["body"].as_str(), &came["messages"][0]["encrypted"]),
        (Some("hello"), &json!(false))
    );
    let looked = town.adapter().examine().await;
    let note = looked.iter().find(|one| one.what == "encryption").unwrap();
    assert!(note.verdict == Verdict::Note && note.found.contains("1 of them"), "{note:?}");
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_with_two_devices_is_one_child() {
    let mut town = Town::build(&[]).await;
    let mut tablet = Helper::start("matrix_child/child.py", &[]);
    let sign_in =
        json!({"cmd": "login", "homeserver": town.url, "user": "child", "password": "one", "device": "tablet"});
    tablet.ask(sign_in).await;
    town.meet(true).await;
    let receiving = town.receiving();
    tablet.ask(json!({"cmd": "join", "room": town.room})).await;
    tablet.ask(json!({"cmd": "wait_joined", "user": BOT})).await;
    town.says("from the phone").await;
    town.inbox.wait_heard(0, 1).await;
    tablet.ask(json!({"cmd": "send", "body": "from the tablet"})).await;
    let heard = town.inbox.wait_heard(0, 2).await;
    let words: Vec<String> = heard.iter().map(|body| body.texts().concat()).collect();
    assert_eq!(words, ["from the phone", "from the tablet"]);
    assert!(town.inbox.items().iter().all(|item| item.contact == town.child().contact), "one contact");
    let outcome = town.adapter().send(delivery(&town, "both")).await;
    assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
    assert_eq!(town.shown(1).await, ["hello"]);
    let came = tablet.ask(json!({"cmd": "wait", "count": 1})).await;
    assert_eq!(
        (came["messages"][0]["body"].as_str(), &came["messages"][0]["encrypted"]),
        (Some("hello"), &json!(true))
    );
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bot_has_no_key_for_is_told_as_unreadable() {
    let mut town = Town::build(&[]).await;
    town.adapter = None;
    town.adapter = Some(Arc::new(MatrixAdapter::connect(town.settings(Unencrypted::Warn)).await.unwrap()));
    town.meet(false).await;
    let content = json!({"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkLmt6qF84IK",
        "session_id": "none", "sender_key": "none", "device_id": "NONE"});
    town.child.ask(json!({"cmd": "raw", "type": "m.room.encrypted", "content": content})).await;
    town.says("after").await;
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 2).await;
    assert_eq!(
        heard,
        [
            InboundBody::Unreadable { why: "undecryptable".to_owned() },
            InboundBody::Text { text: Confidential::from("after") }
        ]
    );
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_and_a_server_that_is_away_are_told_apart() {
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let mut wrong = town.settings(Unencrypted::Refuse);
    wrong.data_dir = elsewhere.path().join("matrix");
    wrong.secret = Secret::Password(Confidential::from("guessed"));
    let error = MatrixAdapter::connect(wrong).await.unwrap_err();
    assert!(matches!(error, AdapterError::Refused(_)), "{error}");
    town.adapter = None;
    let mut locked = town.settings(Unencrypted::Refuse);
    locked.store_passphrase = Confidential::from("another");
    let error = MatrixAdapter::connect(locked).await.unwrap_err();
    assert!(matches!(error, AdapterError::OwnData(_)), "{error}");
    let mut other = town.settings(Unencrypted::Refuse);
    other.user = "friend".to_owned();
    let error = MatrixAdapter::connect(other).await.unwrap_err();
    assert!(matches!(error, AdapterError::OwnData(_)), "{error}");

    assert!(town.adapter.is_none(), "two adapters on one folder would spoil the keys");
    town.server.ask(json!({"cmd": "stop"})).await;
    town.reopen().await;
    let ended = town.adapter().receive(town.inbox.clone(), CancellationToken::new()).await;
    assert!(matches!(ended, Err(AdapterError::Unreachable(_))), "{ended:?}");
    assert!(matches!(town.adapter().send(delivery(&town, "away")).await, SendOutcome::Later(_)));
    town.server.ask(json!({"cmd": "start"})).await;
    let receiving = town.receiving();
    town.says("back again").await;
    town.inbox.wait_heard(0, 1).await;
    let outcome = town.adapter().send(delivery(&town, "away")).await;
    assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_serves_as_well_as_a_password_and_belongs_to_one_device() {
    let mut town = Town::build(&[]).await;
    let log_in = async |device: &str| {
        let app = matrix_sdk::Client::builder().homeserver_url(&town.url).build().await.unwrap();
        let answer = app.matrix_auth().login_username("bot", "secret").device_id(device).send().await.unwrap();
        Secret::Token(Confidential::from(answer.access_token))
    };
    let (token, other) = (log_in("FIRST").await, log_in("SECOND").await);
    let mut settings = town.settings(Unencrypted::Refuse);
    (settings.secret, settings.user) = (token.clone(), BOT.to_owned());
    settings.data_dir = town.folder.path().join("by-token");
    town.adapter = Some(Arc::new(MatrixAdapter::connect(settings.clone()).await.unwrap()));
    town.meet(true).await;
    town.says("hello").await;
    let receiving = town.receiving();
    town.inbox.wait_heard(0, 1).await;
    receiving.stop().await;
    town.adapter = None;
    settings.secret = other;
    let error = MatrixAdapter::connect(settings.clone()).await.unwrap_err();
    assert!(matches!(error, AdapterError::OwnData(_)), "{error}");
    settings.secret = Secret::Token(Confidential::from("syt_guessed"));
    let error = MatrixAdapter::connect(settings.clone()).await.unwrap_err();
    assert!(matches!(error, AdapterError::Refused(_)), "{error}");
    settings.secret = token;
    town.adapter = Some(Arc::new(MatrixAdapter::connect(settings).await.unwrap()));
    town.says("still the same device").await;
    let receiving = town.receiving();
    town.inbox.wait_heard(0, 2).await;
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_is_later_with_the_servers_time() {
    let mut town = Town::build(&["--default-limits"]).await;
    town.meet(true).await;
    let mut later = None;
    for number in 0..30 {
        if let SendOutcome::Later(wait) = town.adapter().send(delivery(&town, &format!("m-{number}"))).await {
            later = Some(wait);
            break;
        }
    }
    let wait = later.expect("the server's own limit is ten at once");
    assert!(wait.as_secs() < 60, "{wait:?}");
}
