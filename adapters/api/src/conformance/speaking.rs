//! What the house says reaches the child: whole, once, in order, with choices that can be typed.
//!
//! Read next: `troubles.rs`.

use super::{PATIENCE, Receiving, RecordingInbox, Stage, pause};
use crate::{Delivery, Repeat, SendOutcome, TextLimit};
use domain::{ConversationId, DeliveryOutcome, InboundBody, Lang, MessageId, PlatformId};
use speech::{ChildText, Choice, Outbound, Recipient};
use std::sync::Arc;
use std::time::Duration;

/// Between two tries of a message that was put off.
const AGAIN: Duration = Duration::from_millis(100);

pub(crate) async fn check(stage: &mut dyn Stage, inbox: &Arc<RecordingInbox>) {
    let receiving = Receiving::start(stage.adapter(), inbox);
    let mut shown = stage.shown(0).await;
    shows_words_whole_and_in_order(stage, &mut shown).await;
    splits_long_words_in_order(stage, &mut shown).await;
    offers_choices_that_can_be_typed(stage, inbox, &mut shown).await;
    receiving.stop().await;
    a_repeated_key_is_shown_once(stage, &mut shown).await;
    nonsense_is_refused_not_fatal(stage).await;
}

async fn shows_words_whole_and_in_order(stage: &mut dyn Stage, shown: &mut Vec<String>) {
    let said = ["Hello 👋", "مرحبا، أنا هنا", "Line one\nline two", "<i>& \"so\"</i>"];
    for (number, words) in said.iter().enumerate() {
        sent(stage, &delivery(stage.child(), &format!("whole-{number}"), words, &[])).await;
    }
    let new = news(stage, shown, said.len()).await;
    assert_eq!(new, said, "words must be shown whole and in order");
}

async fn splits_long_words_in_order(stage: &mut dyn Stage, shown: &mut Vec<String>) {
    let limit = stage.adapter().limits().text;
    // Where there is practically no limit there is nothing to split.
    if limit.most() > 100_000 {
        return;
    }
    let sentence = "Une phrase assez courte, avec des accents. ";
    let words = sentence.repeat(limit.most() / limit.measure(sentence) + 3);
    sent(stage, &delivery(stage.child(), "long", &words, &[])).await;
    let new = news(stage, shown, 2).await;
    for part in &new {
        assert!(fits(limit, part), "every part must fit the limit");
        assert!(part.ends_with('.'), "a long text must be split at sentence ends");
    }
    assert_eq!(squeezed(&new.concat()), squeezed(&words), "no letter may be lost in splitting");
}

async fn offers_choices_that_can_be_typed(stage: &mut dyn Stage, inbox: &RecordingInbox, shown: &mut Vec<String>) {
    let choices = [("yes", "Yes 👍"), ("no", "No"), ("later", "لاحقا")];
    sent(stage, &delivery(stage.child(), "choices", "Is it safe to talk?", &choices)).await;
    let new = news(stage, shown, 1).await.concat();
    for (number, (_, label)) in choices.iter().enumerate() {
        let numbered = format!("{}. {label}", number + 1);
        assert!(new.contains(&numbered), "every choice must be shown with the number to type");
    }
    let from = inbox.len();
    stage.says("2").await;
    let heard = inbox.wait_heard(from, 1).await;
    let typed = |body: &InboundBody| matches!(body, InboundBody::Text { text } if text.text() == "2");
    assert!(heard.iter().all(typed), "a typed number must be handed in as the words it is");
    if stage.can().press {
        let from = inbox.len();
        stage.presses(3).await;
        let heard = inbox.wait_heard(from, 1).await;
        let pressed = |body: &InboundBody| matches!(body, InboundBody::Choice { value, .. } if value == "later");
        assert!(heard.iter().all(pressed), "a pressed choice must come back with the value it was sent with");
    }
}

async fn a_repeated_key_is_shown_once(stage: &mut dyn Stage, shown: &mut Vec<String>) {
    if stage.adapter().repeat() != Repeat::Harmless {
        return;
    }
    let again = delivery(stage.child(), "again", "Only once.", &[]);
    sent(stage, &again).await;
    sent(stage, &again).await;
    stage.reopen().await;
    sent(stage, &again).await;
    sent(stage, &delivery(stage.child(), "after", "After it.", &[])).await;
    let new = news(stage, shown, 2).await;
    assert_eq!(new, ["Only once.", "After it."], "a repeated key must be shown once, also after a restart");
}

async fn nonsense_is_refused_not_fatal(stage: &mut dyn Stage) {
    let nowhere = Recipient { contact: PlatformId::new("no such person"), chat: PlatformId::new("no such room") };
    // An adapter whose platform makes up rooms as they are named may well send; it must not fail.
    let outcome = stage.adapter().send(delivery(nowhere, "nowhere", "hello", &[])).await;
    assert!(
        matches!(outcome, SendOutcome::Settled(_)),
        "a room that can't exist will not exist later: {outcome:?}"
    );
}

/// Sends, and tries again when told to, as the house does.
pub(super) async fn sent(stage: &dyn Stage, delivery: &Delivery) {
    let tries = async {
        loop {
            match stage.adapter().send(delivery.clone()).await {
                SendOutcome::Settled(DeliveryOutcome::Sent { .. }) => return,
                // The house waits as long as it was told; asking earlier must do no harm.
                SendOutcome::Later(wait) => pause(wait.min(AGAIN)).await,
                SendOutcome::Settled(other) => panic!("{} must be sent: {other:?}", delivery.key),
            }
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, tries).await.is_ok();
    assert!(in_time, "{} was put off for {PATIENCE:?}", delivery.key);
}

/// What was shown beyond `before`, once at least `count` messages were.
async fn news(stage: &mut dyn Stage, before: &mut Vec<String>, count: usize) -> Vec<String> {
    let all = tokio::time::timeout(PATIENCE, stage.shown(before.len() + count)).await;
    let all =
        all.unwrap_or_else(|_| panic!("{count} new messages must be shown after the first {}", before.len()));
    let new = all[before.len()..].to_vec();
    *before = all;
    new
}

pub(super) fn delivery(to: Recipient, key: &str, words: &str, choices: &[(&str, &str)]) -> Delivery {
    let choice = |(value, label): &(&str, &str)| Choice { value: (*value).to_owned(), label: (*label).to_owned() };
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("conformance".into(), "step".into(), words.to_owned()),
        choices: choices.iter().map(choice).collect(),
        lang: Lang::EN,
    };
    Delivery { to, key: format!("conformance-{key}"), outbound }
}

fn fits(limit: TextLimit, text: &str) -> bool {
    limit.measure(text) <= limit.most()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}
