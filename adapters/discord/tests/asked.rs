//! Commands and presses: answered in Discord's three seconds, seen by the one who asked alone.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each test program uses its own part of it")]
mod play;

use adapter_api::conformance::Stage as _;
use adapter_api::{Adapter as _, Delivery, Inbox, NotAccepted, SendOutcome};
use async_trait::async_trait;
use domain::{ConversationId, Cursor, DeliveryOutcome, Inbound, InboundBody, Lang, MessageId, RefusalReason};
use play::Town;
use speech::{ChildText, Choice, Outbound, Phrase, Recipient};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// An inbox that keeps nothing until it is let.
struct Slow {
    inner: Arc<adapter_api::conformance::RecordingInbox>,
    open: watch::Sender<bool>,
}

#[async_trait]
impl Inbox for Slow {
    async fn accept(&self, batch: Vec<Inbound>, cursor: Option<Cursor>) -> Result<(), NotAccepted> {
        if !batch.is_empty() {
            self.open.subscribe().wait_for(|open| *open).await.unwrap();
        }
        self.inner.accept(batch, cursor).await
    }

    async fn cursor(&self) -> Result<Option<Cursor>, NotAccepted> {
        self.inner.cursor().await
    }
}

fn says(phrase: Phrase, lang: Lang) -> String {
    phrase.say(lang, &play::settings("", std::path::Path::new("")).phrases).text().to_owned()
}

fn message(to: Recipient, key: &str, words: &str, choices: usize) -> Delivery {
    let choice = |n| Choice { value: format!("value-{n}"), label: format!("Choice {n}") };
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), words.to_owned()),
        choices: (1..=choices).map(choice).collect(),
        lang: Lang::EN,
    };
    Delivery { to, key: key.to_owned(), outbound }
}

async fn with_commands() -> (Town, adapter_api::conformance::Receiving) {
    let town = Town::met().await;
    let receiving = town.receiving().await;
    town.server.wait_until("three commands", |server| server.commands().len() == 3).await;
    (town, receiving)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_in_a_server_opens_a_private_talk_that_nobody_else_sees() {
    let (town, receiving) = with_commands().await;
    let friend = town.server.child("friend", "en-US");
    let asked = town.child.commands_in_guild("help");
    assert_eq!(asked.wait_shown(1).await, [says(Phrase::WriteInPrivate, Lang::FR)]);
    assert!(asked.is_private(), "only the one who asked may see it");
    assert_eq!(friend.transcript(), Vec::<String>::new());
    let items = town.inbox.items();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].body, InboundBody::Joined);
    assert_eq!(items[0].client_lang, Some(Lang::FR));
    assert!(items[0].chat == town.to(&town.child).chat && items[0].contact == town.to(&town.child).contact);
    // The menus on a person and on a message do the same; so does the command in the talk itself.
    let menus =
        [friend.commands_by_menu("Talk in private", false), friend.commands_by_menu("Talk in private", true)];
    let here = friend.commands_in_private("help");
    for asked in menus.iter().chain([&here]) {
        assert_eq!(asked.wait_shown(1).await, [says(Phrase::WriteInPrivate, Lang::EN)]);
        assert!(asked.is_private());
    }
    assert_eq!(town.inbox.len(), 4);
    receiving.stop().await;
    assert_eq!(town.server.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_house_is_waited_for_without_saying_received() {
    let town = Town::met().await;
    let slow = Arc::new(Slow { inner: Arc::clone(&town.inbox), open: watch::Sender::new(false) });
    let stop = CancellationToken::new();
    let (adapter, inbox, until) = (town.adapter.clone().unwrap(), slow.clone(), stop.clone());
    let receiving = tokio::spawn(async move { adapter.receive(inbox, until).await });
    town.server.wait_until("the connection", |server| server.connected() == 1).await;
    town.server.wait_until("three commands", |server| server.commands().len() == 3).await;
    // The first holds the house up; the command and the press come behind it.
    town.child.says("hello");
    let offered = message(town.to(&town.child), "offer", "Choose.", 2);
    town.adapter().send(offered).await;
    let asked = town.child.commands_in_guild("help");
    let pressed = town.child.presses(2);
    let (answer, after) = asked.wait_answered().await;
    assert_eq!(answer, 5, "\"thinking\", which claims nothing");
    assert!(after < Duration::from_secs(3), "{after:?} is too late for Discord");
    let (answer, after) = pressed.wait_answered().await;
    assert_eq!(answer, 6);
    assert!(after < Duration::from_secs(3), "{after:?} is too late for Discord");
    assert_eq!(asked.shown(), Vec::<String>::new(), "nothing is claimed before the commit");
    assert_eq!(town.inbox.len(), 0);
    slow.open.send_replace(true);
    assert_eq!(asked.wait_shown(1).await, [says(Phrase::WriteInPrivate, Lang::FR)]);
    assert!(asked.is_private() && !asked.failed() && !pressed.failed());
    town.inbox.wait_until("the press", || town.inbox.len() >= 3).await;
    stop.cancel();
    receiving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_keeps_nothing_answers_truly_once_it_does() {
    let (town, receiving) = with_commands().await;
    town.inbox.refuse(1);
    let asked = town.child.commands_in_guild("help");
    town.inbox.wait_refused().await;
    // Receiving is started again, Discord repeats the command, and now it is kept.
    assert_eq!(asked.wait_shown(1).await, [says(Phrase::WriteInPrivate, Lang::FR)]);
    assert_eq!(town.inbox.items().len(), 1);
    assert!(!asked.failed());
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_whose_messages_are_closed_is_told_what_to_do() {
    for closed_by_leaving in [false, true] {
        let (town, receiving) = with_commands().await;
        let asked = town.child.commands_in_guild("help");
        asked.wait_shown(1).await;
        if closed_by_leaving {
            town.child.shares_a_server(false);
        } else {
            town.child.closes_messages();
        }
        let outcome = town.adapter().send(message(town.to(&town.child), "first", "Hello.", 0)).await;
        let refused = DeliveryOutcome::Refused { reason: RefusalReason::Unreachable };
        assert_eq!(outcome, SendOutcome::Settled(refused));
        let shown = asked.wait_shown(2).await;
        assert_eq!(shown[1], says(Phrase::PrivateClosed, Lang::FR));
        assert!(asked.is_private());
        receiving.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_that_cannot_be_opened_is_not_claimed_to_be() {
    let (town, receiving) = with_commands().await;
    town.server.faults_only("/users/@me/channels");
    town.server.server_faults(1);
    let asked = town.child.commands_in_guild("help");
    assert_eq!(asked.wait_shown(1).await, [says(Phrase::TryAgainSoon, Lang::FR)]);
    assert!(town.inbox.is_empty());
    let asked = town.child.commands_in_guild("help");
    assert_eq!(asked.wait_shown(1).await, [says(Phrase::WriteInPrivate, Lang::FR)]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_choices_become_menus_and_each_comes_back_with_its_value() {
    let (town, receiving) = with_commands().await;
    town.child.says("hello");
    town.inbox.wait_heard(0, 1).await;
    for (key, count, number) in [("few", 25, 25), ("many", 60, 53)] {
        let outcome = town.adapter().send(message(town.to(&town.child), key, "Choose.", count)).await;
        assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
        let from = town.inbox.len();
        let pressed = town.child.presses(number);
        let heard = town.inbox.wait_heard(from, 1).await;
        let InboundBody::Choice { value, label } = &heard[0] else { panic!("a press must be a choice") };
        assert_eq!(
            (value.as_str(), label.as_ref().unwrap().text()),
            (format!("value-{number}").as_str(), format!("Choice {number}").as_str())
        );
        assert_eq!(pressed.wait_answered().await.0, 6, "a press changes nothing that is seen");
    }
    receiving.stop().await;
    assert_eq!(town.server.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_under_way_at_a_stop_is_repeated_though_later_words_were_kept() {
    let mut town = Town::met().await;
    // Long enough that the talk isn't given up before the stop.
    town.pace.answer = Duration::from_secs(30);
    town.reopen().await;
    let receiving = town.receiving().await;
    town.server.wait_until("three commands", |server| server.commands().len() == 3).await;
    town.child.says("before");
    town.inbox.wait_heard(0, 1).await;
    let friend = town.server.child("friend", "en-US");
    town.server.faults_only("/users/@me/channels");
    town.server.lose_answers(1);
    let asked = friend.commands_in_guild("help");
    let opens = |server: &discord_server::DiscordServer| {
        server.seen().iter().any(|seen| seen.path == "/users/@me/channels")
    };
    town.server.wait_until("the wish to open a talk", opens).await;
    town.child.says("after");
    town.inbox.wait_heard(0, 2).await;
    receiving.stop().await;
    town.reopen().await;
    let receiving = town.receiving().await;
    assert_eq!(asked.wait_shown(1).await, [says(Phrase::WriteInPrivate, Lang::EN)]);
    assert_eq!(town.inbox.items().last().unwrap().body, InboundBody::Joined);
    assert_eq!(town.heard(), ["before", "after"]);
    receiving.stop().await;
}
