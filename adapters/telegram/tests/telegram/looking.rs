//! What `passerelle doctor` is told of a bot.

use crate::play::{Town, settings};
use adapter_api::conformance::Stage as _;
use adapter_api::{Adapter as _, Examined, Verdict};
use adapter_telegram::{Receive, TelegramAdapter};

async fn look(town: &Town) -> Vec<Examined> {
    town.adapter().examine().await
}

fn verdict(found: &[Examined], what: &str) -> Verdict {
    found
        .iter()
        .find(|one| one.what == what)
        .unwrap_or_else(|| panic!("{what} wasn't looked at: {found:?}"))
        .verdict
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_works_has_nothing_bad_and_notes_what_a_person_should_know() {
    let town = Town::polling().await;
    let found = look(&town).await;
    assert_eq!(verdict(&found, "token"), Verdict::Good);
    assert_eq!(verdict(&found, "webhook"), Verdict::Good);
    assert_eq!(verdict(&found, "groups"), Verdict::Note);
    assert_eq!(verdict(&found, "privacy mode"), Verdict::Good);
    assert_eq!(verdict(&found, "menu"), Verdict::Note);
    assert_eq!(verdict(&found, "waiting messages"), Verdict::Good);
    for number in 0..60 {
        town.child.says(&format!("{number}"));
    }
    assert_eq!(verdict(&look(&town).await, "waiting messages"), Verdict::Note);
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_in_the_way_of_polling_is_bad() {
    let pushed = Town::pushed().await;
    assert_eq!(verdict(&look(&pushed).await, "webhook"), Verdict::Note, "not set before the first start");
    let receiving = pushed.receiving();
    pushed.inbox.wait_until("the webhook", || pushed.inbox.connections() > 0).await;
    assert_eq!(verdict(&look(&pushed).await, "webhook"), Verdict::Good);
    receiving.stop().await;
    let polling = settings(&pushed.server.url(), pushed.server.token(), Receive::Polling);
    let polling = TelegramAdapter::connect(polling).await.unwrap();
    assert_eq!(verdict(&polling.examine().await, "webhook"), Verdict::Bad);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_a_platform_that_is_down_are_bad() {
    let town = Town::polling().await;
    town.server.token_works(false);
    assert_eq!(verdict(&look(&town).await, "token"), Verdict::Bad);
    town.server.down().await;
    assert_eq!(verdict(&look(&town).await, "token"), Verdict::Bad);
}
