//! Pushes: only Telegram's are taken, and only what is kept is acknowledged.

use crate::play::{SECRET, Town, told};
use adapter_telegram::Taken;

const PUSH: &[u8] =
    br#"{"update_id":1,"message":{"message_id":5,"chat":{"id":55,"type":"private"},"text":"hello"}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn only_telegram_is_believed_and_only_while_receiving() {
    let town = Town::pushed().await;
    let telegram = town.telegram();
    assert_eq!(telegram.webhook(PUSH, Some(SECRET)).await, Taken::NotNow, "nobody receives yet");
    let receiving = town.receiving();
    town.inbox.wait_until("the webhook", || town.inbox.connections() > 0).await;
    let from = town.inbox.len();
    assert_eq!(telegram.webhook(PUSH, Some("guess")).await, Taken::NotTelegram);
    assert_eq!(telegram.webhook(PUSH, None).await, Taken::NotTelegram);
    assert_eq!(telegram.webhook(&PUSH[..40], Some(SECRET)).await, Taken::CutOff);
    assert_eq!(told(&town.inbox.heard(from)), [""; 0]);
    assert_eq!(telegram.webhook(PUSH, Some(SECRET)).await, Taken::Kept);
    assert_eq!(told(&town.inbox.heard(from)), ["hello"]);
    receiving.stop().await;
    assert_eq!(telegram.webhook(PUSH, Some(SECRET)).await, Taken::NotNow);
    let polling = Town::polling().await;
    assert_eq!(polling.telegram().webhook(PUSH, Some(SECRET)).await, Taken::NotTelegram);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_was_not_kept_is_pushed_again_before_the_next() {
    let town = Town::pushed().await;
    let receiving = town.receiving();
    town.inbox.wait_until("the webhook", || town.inbox.connections() > 0).await;
    town.server.wait_until("the start", |server| server.pending() == 0).await;
    town.inbox.refuse(2);
    town.child.says("first");
    town.child.says("second");
    let heard = town.inbox.wait_heard(0, 2).await;
    assert_eq!(told(&heard), ["first", "second"]);
    receiving.stop().await;
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_cannot_be_read_holds_up_none() {
    let town = Town::pushed().await;
    let receiving = town.receiving();
    town.server.push_text("{\"no\":\"number\"}");
    town.server.push_text("not json at all }");
    town.child.says("after them");
    let heard = town.inbox.wait_heard(0, 1).await;
    assert_eq!(told(&heard), ["after them"]);
    receiving.stop().await;
}
