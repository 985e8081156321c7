//! What the child does on Telegram, beyond what every platform has.

use crate::play::{Town, all, told};
use adapter_api::conformance::{Receiving, RecordingInbox, Stage as _};
use adapter_api::{Adapter as _, AdapterError, Inbox as _, SendOutcome};
use adapter_telegram::TelegramAdapter;
use domain::{Confidential, DeliveryOutcome, InboundBody};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use telegram_server::{Fault, Media};
use tokio_util::sync::CancellationToken;

/// After which numbers begin anew.
const WEEK: Duration = Duration::from_secs(8 * 24 * 60 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_confirmed_before_it_is_kept() {
    let town = Town::polling().await;
    town.inbox.refuse(3);
    let receiving = town.receiving();
    town.child.says("keep this");
    town.inbox.wait_refused().await;
    let asked_past_it = |town: &Town| {
        let offsets = town.server.calls("getUpdates").into_iter().filter_map(|call| call.args["offset"].as_i64());
        offsets.count()
    };
    assert_eq!(asked_past_it(&town), 0, "an offset was asked for before anything was kept");
    let heard = town.inbox.wait_heard(0, 1).await;
    assert_eq!(told(&heard), ["keep this"]);
    town.server.wait_until("the confirmation", |server| server.pending() == 0).await;
    receiving.stop().await;
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_blocking_and_coming_back_are_told_with_the_apps_language() {
    let town = Town::polling().await;
    let sami = town.server.person_speaking("Sami", "ar");
    sami.starts();
    sami.blocks();
    sami.unblocks();
    sami.says("أنا هنا");
    let receiving = town.receiving();
    town.inbox.wait_heard(0, 1).await;
    receiving.stop().await;
    // The first is Ana's.
    assert_eq!(all(&town.inbox), ["(joined)", "(joined)", "(left)", "(joined)", "أنا هنا"]);
    let last = town.inbox.items().pop().unwrap();
    assert_eq!(last.client_lang.unwrap().as_str(), "ar");
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_places_and_contacts_are_noted_and_nothing_is_fetched() {
    let town = Town::polling().await;
    for media in [
        Media::Photo { caption: Some("from today".to_owned()) },
        Media::Voice,
        Media::Sticker { emoji: "😢".to_owned() },
        Media::Contact,
        Media::Location,
    ] {
        town.child.sends(media);
    }
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 5).await;
    receiving.stop().await;
    assert_eq!(told(&heard), ["(image)", "(voice)", "(sticker)", "(contact)", "(location)"]);
    let words: Vec<_> = heard.iter().flat_map(|body| body.texts()).collect();
    assert_eq!(
        words,
        ["from today", "😢"],
        "a caption and a sticker's sign are kept; a number and a place aren't"
    );
    assert_eq!(town.server.calls("getFile"), []);
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_left_and_what_is_said_there_is_not_taken_in() {
    let town = Town::polling().await;
    let group = town.server.group("Class 7b");
    group.says("hello bot");
    town.child.says("in private");
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 1).await;
    assert_eq!(told(&heard), ["in private"]);
    town.server.wait_until("the bot's leaving", |_| !group.has_the_bot()).await;
    receiving.stop().await;
    assert_eq!(town.server.calls("sendMessage"), [], "nothing is said in a group");
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_is_answered_once_kept_and_works_after_a_restart() {
    let mut town = Town::polling().await;
    let long = "a value that is longer than what fits under a button, by some".to_owned() + " letters";
    town.sends("q", "Is it safe to talk?", &[("yes", "Yes"), (&long, "Maybe later")]).await;
    town.reopen().await;
    town.inbox.refuse(usize::MAX);
    let receiving = town.receiving();
    town.child.presses(1);
    town.inbox.wait_refused().await;
    town.server.wait_until("more tries", |_| receiving.failures() > 3).await;
    assert_eq!(town.server.answered_presses(), 0, "a press was answered before it was kept");
    town.inbox.refuse(0);
    town.child.presses(2);
    let heard = town.inbox.wait_heard(0, 2).await;
    assert_eq!(told(&heard), ["(yes)", "Maybe later"]);
    town.server.wait_until("the presses' answers", |server| server.answered_presses() == 2).await;
    // A message that Telegram doesn't show any more.
    let message = town.child.shown()[0].message;
    town.child.presses_old(message, "=yes");
    let heard = town.inbox.wait_heard(0, 3).await;
    assert_eq!(told(&heard)[2], "(yes)");
    receiving.stop().await;
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_under_a_message_is_told_with_its_message() {
    let town = Town::polling().await;
    let receiving = town.receiving();
    // From the first question on Telegram knows that we want them.
    town.inbox.wait_until("the start", || !town.inbox.is_empty()).await;
    let outcome = town.sends("m", "How are you?", &[]).await;
    let SendOutcome::Settled(DeliveryOutcome::Sent { external: Some(of) }) = outcome else {
        panic!("{outcome:?}")
    };
    town.child.reacts(town.child.shown()[0].message, "😢");
    let heard = town.inbox.wait_heard(0, 1).await;
    assert!(heard[0] == InboundBody::Reaction { of, sign: Confidential::from("😢") });
    receiving.stop().await;
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_begin_anew_lose_nothing() {
    let mut town = Town::polling().await;
    let receiving = town.receiving();
    town.child.says("before the quiet week");
    town.inbox.wait_heard(0, 1).await;
    town.server.wait_until("the confirmation", |server| server.pending() == 0).await;
    // One empty answer, so that it is known that all is confirmed.
    let polls = town.server.calls("getUpdates").len();
    town.server.wait_until("an empty poll", |server| server.calls("getUpdates").len() > polls + 1).await;
    town.server.advance(WEEK);
    town.server.restart_ids_at(17);
    town.child.says("after it");
    town.inbox.wait_heard(0, 2).await;
    town.server.wait_until("the confirmation", |server| server.pending() == 0).await;
    receiving.stop().await;
    // And over a week in which the house was down.
    town.server.advance(WEEK);
    town.server.restart_ids_at(3);
    town.child.says("while away");
    town.reopen().await;
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 3).await;
    assert_eq!(told(&heard), ["before the quiet week", "after it", "while away"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_a_live_place_is_nothing_and_of_a_caption_is_an_edit() {
    let town = Town::polling().await;
    let place = town.child.sends(Media::Location);
    town.child.changes(place, &json!({ "location": { "latitude": 1.5, "longitude": 2.5 } }));
    let picture = town.child.sends(Media::Photo { caption: Some("one".to_owned()) });
    town.child.changes(picture, &json!({ "caption": "two" }));
    town.child.says("end");
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 4).await;
    receiving.stop().await;
    let words: Vec<String> = heard.iter().map(|body| body.texts().concat()).collect();
    assert_eq!(words, ["", "one", "two", "end"]);
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cursor_knows_is_not_handed_in_again() {
    let town = Town::polling().await;
    let receiving = town.receiving();
    town.inbox.wait_until("the start", || !town.inbox.is_empty()).await;
    town.server.wait_until("the confirmation", |server| server.pending() == 0 && server.polls_open() == 1).await;
    // Kept, but every question that would confirm it fails.
    town.server.faults("getUpdates", Fault::CutBefore, 1_000);
    town.child.says("kept, not confirmed");
    town.inbox.wait_heard(0, 1).await;
    receiving.stop().await;
    town.server.no_more_faults();
    assert_eq!(town.server.pending(), 1);
    // And once more behind what is new.
    town.server.replay_last();
    town.child.says("new");
    // An inbox that knows the cursor and nothing else, as after a child's wish to delete was done.
    let forgetful = Arc::new(RecordingInbox::default());
    forgetful.accept(Vec::new(), town.inbox.cursor().await.unwrap()).await.unwrap();
    let receiving = Receiving::start(town.adapter(), &forgetful);
    let heard = forgetful.wait_heard(0, 1).await;
    assert_eq!(told(&heard), ["new"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_behind_new_words_hides_none_of_them() {
    let mut town = Town::polling().await;
    let receiving = town.receiving();
    town.child.says("one");
    town.inbox.wait_heard(0, 1).await;
    town.server.wait_until("the confirmation", |server| server.pending() == 0).await;
    receiving.stop().await;
    town.server.replay_last();
    town.child.says("two");
    town.child.says("three");
    town.reopen().await;
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, 3).await;
    assert_eq!(told(&heard), ["one", "two", "three"]);
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_one_answers_worth_comes_whole_and_in_order() {
    let town = Town::polling().await;
    let said: Vec<String> = (0..260).map(|number| format!("away {number}")).collect();
    for words in &said {
        town.child.says(words);
    }
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, said.len()).await;
    receiving.stop().await;
    assert_eq!(told(&heard), said);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_does_not_wait_for_the_poll() {
    let town = Town::polling().await;
    // With the usual patience a poll is open for 25 s.
    let adapter = TelegramAdapter::connect(town.settings()).await.unwrap();
    let stop = CancellationToken::new();
    let (inbox, token) = (Arc::clone(&town.inbox), stop.clone());
    let task = tokio::spawn(async move { adapter.receive(inbox, token).await });
    town.inbox.wait_until("the first answer", || town.inbox.connections() > 0).await;
    town.server.wait_until("the long poll", |server| server.pending() == 0 && server.polls_open() == 1).await;
    stop.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(10), task).await;
    let ended: Result<(), AdapterError> = ended.expect("receiving must end at once").unwrap();
    assert!(ended.is_ok());
}
