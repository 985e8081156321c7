//! Keys that come late, and keys that are lost with the whole data folder.

use crate::play::{BOT, Town};
use adapter_api::conformance::Stage as _;
use adapter_api::{Delivery, SendOutcome, Verdict};
use adapter_matrix::Unencrypted;
use domain::{Confidential, ConversationId, DeliveryOutcome, InboundBody, Lang, MessageId};
use serde_json::json;
use speech::{ChildText, Outbound};
use std::sync::Arc;
use std::time::Duration;

fn text(words: &str) -> InboundBody {
    InboundBody::Text { text: Confidential::from(words) }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_overtake_their_key_wait_one_more_sync() {
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    let receiving = town.receiving();
    town.line.ask(json!({"cmd": "hold_keys"})).await;
    town.says("faster than my key").await;
    assert_eq!(town.inbox.wait_heard(0, 1).await, [text("faster than my key")]);
    town.says("after it").await;
    assert_eq!(town.inbox.wait_heard(0, 2).await, [text("faster than my key"), text("after it")]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_comes_much_later_opens_the_words_then() {
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    let receiving = town.receiving();
    town.line.ask(json!({"cmd": "hold_keys", "long": true})).await;
    town.says("my key is lost").await;
    let unreadable = InboundBody::Unreadable { why: "undecryptable".to_owned() };
    assert_eq!(town.inbox.wait_heard(0, 1).await, std::slice::from_ref(&unreadable));
    town.line.ask(json!({"cmd": "release_keys"})).await;
    town.says("here it is").await;
    let heard = town.inbox.wait_heard(0, 3).await;
    assert_eq!(heard, [unreadable, text("my key is lost"), text("here it is")]);
    let items = town.inbox.items();
    assert_eq!(items[1].external, items[2].external, "the words name the message that couldn't be read");
    receiving.stop().await;
}

/// How many keys lie in the account's backup, asked as any other device of the account would.
async fn keys_backed_up(town: &Town) -> u64 {
    use matrix_sdk::ruma::api::client::backup::get_latest_backup_info;
    let app = matrix_sdk::Client::builder().homeserver_url(&town.url).build().await.unwrap();
    app.matrix_auth().login_username("bot", "secret").device_id("WATCHER").send().await.unwrap();
    let answer = app.send(get_latest_backup_info::v3::Request::new()).await;
    answer.map_or(0, |backup| u64::from(backup.count))
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_folder_is_lost_the_same_house_reads_what_came_meanwhile() {
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    let receiving = town.receiving();
    town.says("before the loss").await;
    town.inbox.wait_heard(0, 1).await;
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    let uploaded = async {
        while keys_backed_up(&town).await == 0 {
            tick.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), uploaded).await.expect("the key of the talk in the backup");
    let looked = town.adapter().examine().await;
    assert!(looked.iter().all(|one| one.verdict == Verdict::Good), "{looked:?}");
    receiving.stop().await;

    town.adapter = None;
    std::fs::remove_dir_all(town.settings(Unencrypted::Refuse).data_dir).unwrap();
    town.says("while everything was gone").await;
    town.reopen().await;
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 2).await;
    assert_eq!(heard, [text("before the loss"), text("while everything was gone")]);
    let looked = town.adapter().examine().await;
    assert!(looked.iter().all(|one| one.verdict == Verdict::Good), "{looked:?}");
    let outcome = town.adapter().send(delivery(&town)).await;
    assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
    assert_eq!(town.shown(1).await, ["I can read you again."]);
    town.says("on the new device").await;
    town.inbox.wait_heard(0, 3).await;
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_came_while_the_folder_was_lost_is_taken() {
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    town.adapter = None;
    std::fs::remove_dir_all(town.settings(Unencrypted::Refuse).data_dir).unwrap();
    town.invite(true).await;
    town.reopen().await;
    let before = town.inbox.len();
    let receiving = town.receiving();
    town.child.ask(json!({"cmd": "wait_joined", "user": BOT})).await;
    let inbox = Arc::clone(&town.inbox);
    inbox.wait_until("the bot's coming into the new room", || inbox.len() > before).await;
    town.says("in the new room").await;
    assert_eq!(town.inbox.wait_heard(0, 1).await, [text("in the new room")]);
    receiving.stop().await;
}

fn delivery(town: &Town) -> Delivery {
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), "I can read you again.".to_owned()),
        choices: Vec::new(),
        lang: Lang::EN,
    };
    Delivery { to: town.child(), key: "again".to_owned(), outbound }
}
