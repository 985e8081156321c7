//! What the child does reaches the inbox: all of it, once, in order, across failures and restarts.
//!
//! Read next: `speaking.rs`.

use super::{Receiving, RecordingInbox, Stage};
use domain::{Confidential, ExternalId, InboundBody};
use std::sync::Arc;

/// Scripts, directions and signs that a careless adapter damages.
const WORDS: [&str; 6] = [
    "hello",
    "أريد أن أتحدث مع شخص",
    "ça va pas 😢 👩‍👩‍👧",
    "two\nlines  and   spaces",
    "<b>not bold</b> *nor this* & \"quotes\" \\",
    "1",
];

pub(crate) async fn check(stage: &mut dyn Stage, inbox: &Arc<RecordingInbox>) {
    let receiving = Receiving::start(stage.adapter(), inbox);
    let first = hears_words_whole_and_in_order(stage, inbox).await;
    hears_changes(stage, inbox, &first).await;
    hears_files_and_junk(stage, inbox).await;
    a_repeat_changes_nothing(stage, inbox).await;
    a_refused_hand_in_comes_again(stage, inbox).await;
    receiving.stop().await;
    what_came_while_down_is_heard_in_order(stage, inbox).await;
    every_item_is_well_formed(stage, inbox);
}

async fn hears_words_whole_and_in_order(stage: &mut dyn Stage, inbox: &RecordingInbox) -> String {
    let from = inbox.len();
    let long = format!("{} end", "long words ".repeat(1_500));
    let lines = stage.can().lines;
    let mut said: Vec<&str> = WORDS.into_iter().filter(|words| lines || !words.contains('\n')).collect();
    said.push(&long);
    let mut first = None;
    for words in &said {
        let name = stage.says(words).await;
        first.get_or_insert(name);
    }
    let heard = inbox.wait_heard(from, said.len()).await;
    assert_eq!(texts(&heard), said, "the child's words must come whole and in order");
    first.unwrap_or_default()
}

async fn hears_changes(stage: &mut dyn Stage, inbox: &RecordingInbox, of: &str) {
    let from = inbox.len();
    let mut expected = Vec::new();
    let of_id = ExternalId(of.to_owned());
    if stage.can().edit {
        stage.edits(of, "changed words").await;
        expected.push(InboundBody::Edit { of: of_id.clone(), text: Confidential::from("changed words") });
    }
    if stage.can().delete {
        stage.deletes(of).await;
        expected.push(InboundBody::Redaction { of: of_id });
    }
    let heard = inbox.wait_heard(from, expected.len()).await;
    assert!(heard == expected, "an edit and a deletion must name the message they change");
}

async fn hears_files_and_junk(stage: &mut dyn Stage, inbox: &RecordingInbox) {
    let from = inbox.len();
    let can = stage.can();
    if can.attach {
        stage.attaches("photo.jpg").await;
    }
    if can.junk {
        stage.sends_junk().await;
    }
    let heard = inbox.wait_heard(from, usize::from(can.attach) + usize::from(can.junk)).await;
    if can.attach {
        let named = |body: &InboundBody| matches!(body, InboundBody::Attachment { name: Some(name), .. } if name.text() == "photo.jpg");
        assert!(heard.first().is_some_and(named), "a file must be handed in with its name");
    }
    if can.junk {
        let told = |body: &InboundBody| matches!(body, InboundBody::Unreadable { .. } | InboundBody::Text { .. });
        assert!(heard.last().is_some_and(told), "what can't be read must be handed in as such");
    }
}

async fn a_repeat_changes_nothing(stage: &mut dyn Stage, inbox: &RecordingInbox) {
    if !stage.can().repeat {
        return;
    }
    let from = inbox.len();
    stage.says("once").await;
    inbox.wait_heard(from, 1).await;
    stage.repeats().await;
    stage.says("after").await;
    let heard = inbox.wait_heard(from, 2).await;
    assert_eq!(texts(&heard), ["once", "after"], "a repeated delivery must carry the same dedupe key");
}

async fn a_refused_hand_in_comes_again(stage: &mut dyn Stage, inbox: &RecordingInbox) {
    if !stage.can().keep {
        return;
    }
    let from = inbox.len();
    inbox.refuse(1);
    stage.says("kept back").await;
    inbox.wait_refused().await;
    stage.says("and then").await;
    let heard = inbox.wait_heard(from, 2).await;
    assert_eq!(texts(&heard), ["kept back", "and then"], "what the inbox refused must come again, in order");
}

async fn what_came_while_down_is_heard_in_order(stage: &mut dyn Stage, inbox: &Arc<RecordingInbox>) {
    let from = inbox.len();
    let mut expected = Vec::new();
    if stage.can().keep {
        for number in 0..5 {
            let words = format!("while you were away {number}");
            stage.says(&words).await;
            expected.push(words);
        }
    }
    stage.reopen().await;
    let receiving = Receiving::start(stage.adapter(), inbox);
    stage.says("and now").await;
    expected.push("and now".to_owned());
    let heard = inbox.wait_heard(from, expected.len()).await;
    assert_eq!(texts(&heard), expected, "after a restart nothing may be missing, doubled or out of order");
    receiving.stop().await;
}

fn every_item_is_well_formed(stage: &dyn Stage, inbox: &RecordingInbox) {
    let (adapter, child) = (stage.adapter(), stage.child());
    for item in inbox.items() {
        assert_eq!(&item.account, adapter.account(), "items must carry the adapter's account");
        assert!(item.contact == child.contact, "items must carry the child's id");
        assert!(item.chat == child.chat, "items must carry the chat to answer in");
        assert!(!item.dedupe.0.is_empty(), "items must carry a dedupe key");
    }
}

/// The words of texts; a mark for anything else.
fn texts(bodies: &[InboundBody]) -> Vec<String> {
    let words = |body: &InboundBody| match body {
        InboundBody::Text { text } => text.text().to_owned(),
        _ => "(not a text)".to_owned(),
    };
    bodies.iter().map(words).collect()
}
