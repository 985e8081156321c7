//! Sending on Telegram: parts, limits, and what is certain when it goes wrong.

use crate::play::Town;
use adapter_api::SendOutcome;
use adapter_api::conformance::Stage as _;
use domain::{DeliveryOutcome, RefusalReason, UnknownReason};
use std::time::Duration;
use telegram_server::Fault;

fn long() -> String {
    "A sentence of this text, one of many. ".repeat(250)
}

fn squeezed(parts: &[String]) -> String {
    parts.concat().split_whitespace().collect()
}

const fn unknown(reason: UnknownReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Unknown { reason })
}

const fn refused(reason: RefusalReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Refused { reason })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_in_the_middle_of_a_long_text_repeats_no_part() {
    let town = Town::polling().await;
    town.server.fault_after(1, "sendMessage", Fault::TooMany(1));
    let outcome = town.sends("long", &long(), &[("ok", "OK")]).await;
    assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
    let shown = town.child.shown();
    let expected = squeezed(&[format!("{}\n\n1. OK", long())]);
    assert_eq!(squeezed(&town.texts()), expected, "each part is shown once");
    assert!(shown.len() >= 3);
    assert!(
        shown.iter().rev().skip(1).all(|part| part.buttons.is_empty()),
        "the buttons stand under the last part"
    );
    assert_eq!(shown.last().unwrap().buttons.len(), 1);
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_in_doubt_leaves_the_message_in_doubt_and_repeats_nothing() {
    let town = Town::polling().await;
    town.server.fault_after(1, "sendMessage", Fault::CutAfter);
    let outcome = town.sends("long", &long(), &[]).await;
    assert_eq!(outcome, unknown(UnknownReason::Interrupted));
    let parts = town.texts();
    assert!(parts.len() == 2 && squeezed(&[long()]).starts_with(&squeezed(&parts)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_long_text_that_must_wait_too_long_is_in_doubt() {
    let town = Town::polling().await;
    town.server.fault_after(1, "sendMessage", Fault::TooMany(600));
    let outcome = town.sends("long", &long(), &[]).await;
    assert_eq!(outcome, unknown(UnknownReason::Interrupted), "a later try would begin with the first part again");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_is_told_as_what_is_certain() {
    let town = Town::polling().await;
    let later = SendOutcome::Later(Duration::from_secs(5));
    for (fault, expected, shown) in [
        (Fault::TooMany(7), SendOutcome::Later(Duration::from_secs(7)), 0),
        (Fault::Fails(500), later.clone(), 0),
        (Fault::Gateway(503), later.clone(), 0),
        (Fault::Gateway(502), unknown(UnknownReason::UnreadableAnswer), 0),
        (Fault::CutBefore, unknown(UnknownReason::Interrupted), 0),
        (Fault::CutAfter, unknown(UnknownReason::Interrupted), 1),
        (Fault::GarbageAfter, unknown(UnknownReason::UnreadableAnswer), 1),
        (Fault::SilentAfter, unknown(UnknownReason::TimedOut), 1),
    ] {
        let before = town.texts().len();
        town.server.faults("sendMessage", fault, 1);
        assert_eq!(town.sends("f", "Words.", &[]).await, expected, "{fault:?}");
        assert_eq!(town.texts().len() - before, shown, "{fault:?}");
    }
    town.server.down().await;
    assert_eq!(town.sends("down", "Words.", &[]).await, later);
    town.server.up();
    town.server.token_works(false);
    assert_eq!(town.sends("token", "Words.", &[]).await, SendOutcome::Later(Duration::from_secs(60)));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_while_idle_leave_no_message_in_doubt() {
    let town = Town::polling().await;
    for round in 0..30 {
        let sends = (0..4).map(|number| {
            let key = format!("{round}-{number}");
            let town = &town;
            async move { town.sends(&key, "Words.", &[]).await }
        });
        for outcome in futures_util::future::join_all(sends).await {
            assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
        }
        // The platform starts anew: everything that was open is dead.
        town.server.down().await;
        town.server.up();
    }
    assert_eq!(town.texts().len(), 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_reached_is_told_so() {
    let town = Town::polling().await;
    let stranger = town.server.person("Nobody");
    let mut to = town.child();
    to.chat = domain::PlatformId::new(stranger.id().to_string());
    let never_wrote = crate::play::delivery(to.clone(), "s", "Hello.", &[]);
    assert_eq!(town.adapter().send(never_wrote).await, refused(RefusalReason::Unreachable));
    to.chat = domain::PlatformId::new("424242");
    let nobody = crate::play::delivery(to, "n", "Hello.", &[]);
    assert_eq!(town.adapter().send(nobody).await, refused(RefusalReason::ChatGone));
    town.child.blocks();
    assert_eq!(town.sends("b", "Hello.", &[]).await, refused(RefusalReason::Unreachable));
    assert_eq!(town.sends("e", "  ", &[]).await, refused(RefusalReason::NotAcceptable));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_leave_as_plain_text_without_a_preview_of_links() {
    let town = Town::polling().await;
    town.sends("p", "<b>not bold</b> *nor this* https://example.org", &[]).await;
    let call = town.server.calls("sendMessage").remove(0);
    assert_eq!(call.args["parse_mode"], serde_json::Value::Null);
    assert_eq!(call.args["link_preview_options"]["is_disabled"], true);
    assert_eq!(town.texts(), ["<b>not bold</b> *nor this* https://example.org"]);
    town.keeps_to_the_description();
}
