//! What receiving says when it can't: words a person can act on, and it goes on trying.

use crate::play::{Town, settings, told};
use adapter_api::{Adapter as _, AdapterError};
use adapter_telegram::{Receive, TelegramAdapter};
use telegram_server::Fault;
use tokio_util::sync::CancellationToken;

async fn fails(town: &Town) -> AdapterError {
    let receiving = town.telegram();
    let inbox = std::sync::Arc::clone(&town.inbox);
    let ended = receiving.receive(inbox, CancellationToken::new());
    let ended = tokio::time::timeout(std::time::Duration::from_secs(30), ended).await;
    ended.expect("receiving must end with an error").unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_that_fetches_is_named_and_receiving_goes_on() {
    let town = Town::polling().await;
    let other = TelegramAdapter::connect(town.settings()).await.unwrap();
    let other_inbox = std::sync::Arc::default();
    let others = adapter_api::conformance::Receiving::start(std::sync::Arc::new(other), &other_inbox);
    let why = tokio::join!(fails(&town), async {
        town.inbox.wait_until("the first answer", || town.inbox.connections() > 0).await;
        town.child.says("for one of the two");
    });
    assert!(matches!(why.0, AdapterError::Unreachable(_)), "{:?}", why.0);
    assert!(why.0.to_string().contains("another program"), "{}", why.0);
    others.stop().await;
    let receiving = town.receiving();
    town.child.says("for us alone");
    let last = || told(&town.inbox.heard(0)).last().is_some_and(|last| last == "for us alone");
    town.inbox.wait_until("words after the other left", last).await;
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_in_the_way_is_named_with_what_to_do() {
    let town = Town::polling().await;
    let elsewhere = Town::pushed().await;
    // Somebody else's program set a webhook for our bot.
    let hook = settings(&town.server.url(), town.server.token(), elsewhere.settings().receive);
    let other = TelegramAdapter::connect(hook).await.unwrap();
    let inbox = std::sync::Arc::default();
    let receiving = adapter_api::conformance::Receiving::start(std::sync::Arc::new(other), &inbox);
    inbox.wait_until("the webhook", || inbox.connections() > 0).await;
    receiving.stop().await;
    let why = fails(&town).await.to_string();
    assert!(why.contains("webhook") && why.contains("deleteWebhook"), "{why}");
    assert!(!why.contains(town.server.token()), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_but_one_that_worked_is_not_given_up() {
    let town = Town::polling().await;
    town.server.token_works(false);
    assert!(matches!(fails(&town).await, AdapterError::Refused(_)));
    town.server.token_works(true);
    let receiving = town.receiving();
    town.child.says("one");
    town.inbox.wait_heard(0, 1).await;
    town.server.token_works(false);
    let failures = receiving.failures();
    town.server.wait_until("a refused poll", |_| receiving.failures() > failures).await;
    town.server.token_works(true);
    town.child.says("two");
    assert_eq!(told(&town.inbox.wait_heard(0, 2).await), ["one", "two"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn polls_that_fail_in_any_way_are_asked_again_and_lose_nothing() {
    let town = Town::polling().await;
    for fault in [
        Fault::TooMany(1),
        Fault::Fails(500),
        Fault::Gateway(502),
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::SilentAfter,
        Fault::GarbageAfter,
    ] {
        town.server.faults("getUpdates", fault, 1);
    }
    for number in 0..20 {
        town.child.says(&format!("{number}"));
    }
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 20).await;
    let expected: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(told(&heard), expected);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_wait_is_told_as_trouble_and_a_short_one_is_waited_for() {
    let town = Town::polling().await;
    town.server.faults("getUpdates", Fault::TooMany(600), 1);
    assert!(fails(&town).await.to_string().contains("wait 600 s"));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_work_are_refused_before_anything_is_asked() {
    let refused = TelegramAdapter::connect(settings("https://example.org", "no token", Receive::Polling)).await;
    assert!(matches!(refused, Err(AdapterError::Refused(_))));
}
