//! What goes on between Discord and us: sessions, gaps, order, limits, refusals, shards.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each test program uses its own part of it")]
mod play;

use adapter_api::conformance::{Receiving, Stage as _};
use adapter_api::{Adapter as _, AdapterError, Delivery, SendOutcome, Verdict};
use adapter_discord::{DiscordAdapter, DiscordSettings};
use domain::{Confidential, ConversationId, DeliveryOutcome, InboundBody, Lang, MessageId, UnknownReason};
use play::Town;
use serde_json::json;
use speech::{ChildText, Outbound, Recipient};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn message(to: Recipient, key: &str, words: &str) -> Delivery {
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), words.to_owned()),
        choices: Vec::new(),
        lang: Lang::EN,
    };
    Delivery { to, key: key.to_owned(), outbound }
}

/// A town in which the child has written once and was heard.
async fn talking() -> (Town, Receiving) {
    let town = Town::build().await;
    let receiving = town.receiving().await;
    town.child.says("first");
    town.inbox.wait_heard(0, 1).await;
    (town, receiving)
}

fn is_sent(outcome: &SendOutcome) -> bool {
    matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_session_is_made_good_from_the_history() {
    let (town, receiving) = talking().await;
    receiving.stop().await;
    let numbers: Vec<String> = (0..130).map(|n| format!("while away {n}")).collect();
    numbers.iter().for_each(|words| drop(town.child.says(words)));
    // Nothing is repeated: more than a page must be read.
    town.server.forget_sessions();
    let receiving = town.receiving().await;
    town.child.says("and now");
    let heard = town.inbox.wait_heard(0, 132).await;
    assert_eq!(heard.len(), 132);
    let heard = town.heard();
    assert_eq!(heard[0], "first");
    assert_eq!(heard[1..131], numbers);
    assert_eq!(heard[131], "and now");
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_made_in_a_gap_is_found_and_a_deletion_is_not_invented() {
    let (town, receiving) = talking().await;
    let kept = town.child.says("before");
    let gone = town.child.says("soon gone");
    town.inbox.wait_heard(0, 3).await;
    receiving.stop().await;
    town.child.edits(&kept, "after");
    town.child.deletes(&gone);
    town.server.forget_sessions();
    let receiving = town.receiving().await;
    let heard = town.inbox.wait_heard(3, 1).await;
    let edited = |body: &InboundBody| matches!(body, InboundBody::Edit { of, text } if of.0 == kept && text.text() == "after");
    assert!(heard.iter().all(edited), "{heard:?}");
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_where_the_last_commit_was() {
    let (mut town, receiving) = talking().await;
    receiving.stop().await;
    let id = town.child.says("told");
    town.child.edits(&id, "changed");
    town.child.deletes(&id);
    town.reopen().await;
    let receiving = town.receiving().await;
    // Each step as it was, and no new session was begun.
    let heard = town.inbox.wait_heard(1, 3).await;
    assert!(matches!(heard[0], InboundBody::Text { .. }) && matches!(heard[2], InboundBody::Redaction { .. }));
    let log = town.server.gateway_log();
    assert_eq!(log.iter().filter(|line| line.starts_with("identify")).count(), 1, "{log:?}");
    assert!(log.iter().any(|line| line == "connect /resume"), "the address to resume at is used: {log:?}");
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_reconnect_or_told_that_the_session_is_over_nothing_is_lost() {
    let (town, receiving) = talking().await;
    town.server.ask_to_reconnect();
    town.child.says("around op 7");
    town.inbox.wait_heard(0, 2).await;
    town.server.forget_sessions();
    town.child.says("around op 9");
    town.inbox.wait_heard(0, 3).await;
    town.server.cut();
    town.child.says("around a cut");
    town.inbox.wait_heard(0, 4).await;
    town.server.no_acks(true);
    town.server
        .wait_until("a second resume", |server| {
            server.gateway_log().iter().filter(|line| line.starts_with("resume with")).count() >= 3
        })
        .await;
    town.server.no_acks(false);
    town.child.says("after a dead connection");
    town.inbox.wait_heard(0, 5).await;
    assert_eq!(town.heard(), ["first", "around op 7", "around op 9", "around a cut", "after a dead connection"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_children_at_once_each_keep_their_order() {
    let (town, receiving) = talking().await;
    let children: Vec<_> = (0..10).map(|n| town.server.child(&format!("child {n}"), "en-US")).collect();
    for n in 0..40 {
        children.iter().for_each(|child| drop(child.says(&format!("{} says {n}", child.id()))));
    }
    town.inbox.wait_heard(0, 401).await;
    let heard = town.heard();
    for child in &children {
        let own = format!("{} says ", child.id());
        let said: Vec<_> = heard.iter().filter_map(|words| words.strip_prefix(&own)).collect();
        assert_eq!(said, (0..40).map(|n| n.to_string()).collect::<Vec<_>>());
    }
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_shards_hear_talks_and_servers() {
    let mut town = Town::build().await;
    town.shards = Some(2);
    town.reopen().await;
    let receiving = town.receiving().await;
    town.server.wait_until("three commands", |server| server.commands().len() == 3).await;
    town.child.says("in private");
    town.inbox.wait_heard(0, 1).await;
    let asked = town.child.commands_in_guild("help");
    asked.wait_shown(1).await;
    assert_eq!(town.inbox.items().last().unwrap().body, InboundBody::Joined);
    receiving.stop().await;
    // Both go on where they were.
    town.child.says("while away");
    town.reopen().await;
    let receiving = town.receiving().await;
    town.inbox.wait_heard(0, 2).await;
    assert_eq!(town.heard(), ["in private", "while away"]);
    let log = town.server.gateway_log();
    let mut begun: Vec<_> = log.iter().filter(|line| line.starts_with("identify")).collect();
    begun.sort();
    assert_eq!(begun, ["identify 0 of 2", "identify 1 of 2"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_said_in_a_server_is_taken_in() {
    let (town, receiving) = talking().await;
    town.child.says_in_guild("not for us");
    let quiet = town.child.says("https://example.org");
    town.child.link_unfurls(&quiet);
    town.child.says("last");
    town.inbox.wait_heard(0, 3).await;
    assert_eq!(town.heard(), ["first", "https://example.org", "last"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limited_talk_holds_up_no_other() {
    let (town, receiving) = talking().await;
    let other = town.server.child("other", "en-US");
    town.server.bucket(Some((1, Duration::from_secs(30))));
    let send = |child: &discord_server::Child, key: &str| {
        let delivery = message(town.to(child), key, key);
        let adapter = town.adapter();
        async move { adapter.send(delivery).await }
    };
    assert!(is_sent(&send(&town.child, "one").await));
    let before = town.server.seen().len();
    let SendOutcome::Later(wait) = send(&town.child, "two").await else { panic!("the bucket is empty") };
    assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30), "{wait:?}");
    assert_eq!(town.server.seen().len(), before, "what Discord said is kept to without asking again");
    assert!(is_sent(&send(&other, "three").await));
    town.clock.advance(Duration::from_secs(31));
    town.server.advance(Duration::from_secs(31));
    assert!(is_sent(&send(&town.child, "two").await));
    // A global limit is for all.
    town.server.bucket(None);
    town.clock.advance(Duration::from_secs(31));
    town.server.rate_limit(1, Duration::from_secs(7), true);
    assert!(matches!(send(&town.child, "four").await, SendOutcome::Later(_)));
    assert!(matches!(send(&other, "five").await, SendOutcome::Later(_)));
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_in_doubt_is_repeated_only_while_its_nonce_holds() {
    let (mut town, receiving) = talking().await;
    let delivery = |key: &str| message(town.child(), key, &"Long words. ".repeat(300));
    let (lost, doubt) = (delivery("lost"), delivery("doubt"));
    // The first part is done without an answer; within the time it is asked for again, and stands once.
    town.server.lose_answers(1);
    assert!(matches!(town.adapter().send(lost.clone()).await, SendOutcome::Later(_)));
    town.reopen().await;
    assert!(is_sent(&town.adapter().send(lost.clone()).await));
    assert_eq!(town.child.shown().len(), 2);
    // Sent again as after a crash of the outbox: still there once.
    assert!(is_sent(&town.adapter().send(lost).await));
    assert_eq!(town.child.shown().len(), 2);
    // After the time nobody can tell any more.
    town.server.lose_answers(1);
    assert!(matches!(town.adapter().send(doubt.clone()).await, SendOutcome::Later(_)));
    town.clock.advance(Duration::from_secs(121));
    town.server.advance(Duration::from_secs(600));
    town.reopen().await;
    let unknown = DeliveryOutcome::Unknown { reason: UnknownReason::Interrupted };
    assert_eq!(town.adapter().send(doubt).await, SendOutcome::Settled(unknown));
    assert_eq!(town.child.shown().len(), 3, "its first part came, the second was never tried");
    // An answer that isn't JSON is a post all the same.
    town.server.garble_answers(1);
    let short = message(town.child(), "garbled", "Short.");
    assert!(is_sent(&town.adapter().send(short.clone()).await));
    assert!(is_sent(&town.adapter().send(short).await));
    assert_eq!(town.child.shown().len(), 4);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mentions_and_links_stay_plain() {
    let (town, receiving) = talking().await;
    let words = "@everyone <@1> https://example.org";
    assert!(is_sent(&town.adapter().send(message(town.child(), "plain", words)).await));
    let posts = town.server.seen();
    let post = posts.iter().rfind(|seen| seen.method == "POST" && seen.path.ends_with("/messages")).unwrap();
    assert_eq!(post.body["allowed_mentions"], json!({"parse": []}));
    assert_eq!(post.body["flags"], 4);
    assert_eq!(post.body["enforce_nonce"], true);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_stickers_and_voice_are_noted_and_never_fetched() {
    let (town, receiving) = talking().await;
    town.child.attaches("me.png", "image/png", 77, "this is me");
    town.child.sends_sticker("Sad cat");
    let heard = town.inbox.wait_heard(1, 2).await;
    let InboundBody::Attachment { media, name, size, caption } = &heard[0] else { panic!("a file") };
    assert_eq!((media.as_str(), *size), ("image", Some(77)));
    assert_eq!((name.as_ref().unwrap().text(), caption.as_ref().unwrap().text()), ("me.png", "this is me"));
    assert!(matches!(&heard[1], InboundBody::Attachment { media, .. } if media == "sticker"));
    assert!(
        town.server.seen().iter().all(|seen| !seen.path.contains("cdn") && !seen.path.contains("attachments"))
    );
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_without_showing_it() {
    let town = Town::build().await;
    let token = "a-secret-that-nobody-may-see";
    let settings = DiscordSettings { token: Confidential::from(token), ..town.settings() };
    let shown = format!("{settings:?}");
    let adapter = DiscordAdapter::connect(settings, town.clock.clone()).await.unwrap();
    let inbox: Arc<adapter_api::conformance::RecordingInbox> = Arc::default();
    let error = adapter.receive(inbox, CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, AdapterError::Refused(_)), "{error:?}");
    let examined = adapter.examine().await;
    assert_eq!(examined[0].verdict, Verdict::Bad);
    let outcome = adapter.send(message(town.to(&town.child), "k", "words")).await;
    assert!(matches!(outcome, SendOutcome::Later(_)), "a person puts in another token and then it goes out");
    let all = format!("{shown}{adapter:?}{error:?}{error}{examined:?}{outcome:?}");
    assert!(!all.contains(token));
    // A token that can't stand in a header.
    let settings = DiscordSettings { token: Confidential::from("line\nbreak"), ..town.settings() };
    let error = DiscordAdapter::connect(settings, town.clock.clone()).await.unwrap_err();
    assert!(matches!(error, AdapterError::Refused(_)) && !format!("{error:?}").contains("break"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_ones_own_never_leads_to_the_public_gateway() {
    let (town, receiving) = talking().await;
    receiving.stop().await;
    town.server.down().await;
    let inbox: Arc<adapter_api::conformance::RecordingInbox> = Arc::default();
    let error = town.adapter().receive(inbox.clone(), CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, AdapterError::Unreachable(_)), "{error:?}");
    town.server.up().await;
    town.server.name_gateway("wss://gateway.discord.gg");
    let error = town.adapter().receive(inbox, CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, AdapterError::Refused(_)), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_the_account_names_what_a_person_should_do() {
    let (town, receiving) = talking().await;
    town.server.wait_until("three commands", |server| server.commands().len() == 3).await;
    let worst = async || {
        let found = town.adapter().examine().await;
        found.into_iter().filter(|one| one.verdict != Verdict::Good).map(|one| one.what).collect::<Vec<_>>()
    };
    assert_eq!(worst().await, Vec::<&str>::new());
    town.server.set_interactions_endpoint(Some("https://example.org/interactions"));
    assert_eq!(worst().await, ["interactions endpoint"]);
    town.server.set_interactions_endpoint(None);
    town.server.bot_in_guilds(false);
    assert_eq!(worst().await, ["servers"]);
    town.server.approve_content();
    assert_eq!(worst().await, ["intents", "servers"]);
    receiving.stop().await;
    assert_eq!(town.server.violations(), Vec::<String>::new());
}
