//! Whatever comes in: a defined, kind answer, and nothing lost.

use crate::support::{LEA, Talk, URGENT};
use domain::limits::MESSAGE_BYTES;
use domain::{Confidential, DeliveryOutcome, Event, ExternalId, InboundBody, RefusalReason, StageName, Urgency};
use engine::StepError;

fn unreadable() -> InboundBody {
    InboundBody::Unreadable { why: "undecryptable".into() }
}

fn button(value: &str) -> InboundBody {
    InboundBody::Choice { value: value.into(), label: None }
}

#[test]
fn odd_first_messages_are_answered_and_lead_into_the_welcome() {
    let file = InboundBody::Attachment { media: "image".into(), name: None, size: None, caption: None };
    let edit = InboundBody::Edit { of: ExternalId("unknown".into()), text: "hi".into() };
    let rows: Vec<(InboundBody, &[&str])> = vec![
        (InboundBody::Text { text: "".into() }, &["empty", "welcome.hello", "welcome.topic"]),
        (InboundBody::Text { text: " \u{200b}\n ".into() }, &["welcome.hello", "welcome.topic"]),
        (unreadable(), &["unreadable", "welcome.hello", "welcome.topic"]),
        (file, &["file_not_opened", "welcome.hello", "welcome.topic"]),
        (button("never.9.seen"), &["welcome.hello", "welcome.topic"]),
        (InboundBody::Joined, &["welcome.hello", "welcome.topic"]),
        (edit, &["welcome.hello", "welcome.topic"]),
    ];
    for (body, heard) in rows {
        let mut talk = Talk::with(&[LEA]);
        let said = talk.sends(body.clone());
        assert!(said.ends_with(&heard.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()), "{body:?}: {said:?}");
    }
}

#[test]
fn a_message_taken_back_before_anything_was_said_asks_nothing() {
    let mut talk = Talk::with(&[LEA]);
    assert!(talk.sends(InboundBody::Redaction { of: ExternalId("unknown".into()) }).is_empty());
    assert_eq!(talk.stage(), StageName::Parked);
    assert!(talk.child("hello").contains(&"welcome.topic".to_owned()));
}

#[test]
fn a_sign_under_a_message_is_kept_and_asks_for_no_answer() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    let heart = InboundBody::Reaction { of: ExternalId("out-1".into()), sign: "❤️".into() };
    assert!(talk.sends(heart).is_empty());
    let kept = |event: &Event| matches!(event, Event::Received { kind, text, .. } if kind.as_str() == "reaction" && text.text() == "❤️");
    assert!(talk.r.log.iter().any(|recorded| kept(&recorded.event)));
}

#[test]
fn a_very_long_message_is_screened_whole_kept_cut_and_said_so() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    let long = format!("{} {URGENT}", "é".repeat(MESSAGE_BYTES));
    let heard = talk.child(&long);
    assert_eq!(heard, ["urgent_now", "suicide.safe_now", "cut_long"]);
    assert_eq!(talk.urgency(), Urgency::Urgent);
    let kept = talk.r.log.iter().find_map(|recorded| match &recorded.event {
        Event::Received { text, .. } if text.text().len() > 100 => Some(text.text().len()),
        _ => None,
    });
    assert!(kept.is_some_and(|kept| kept <= MESSAGE_BYTES && kept > MESSAGE_BYTES - 4));
}

#[test]
fn a_child_who_cannot_be_read_is_seen_by_a_human_soon() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.sends(unreadable()), ["unreadable"]);
    assert_eq!(talk.sends(unreadable()), ["unreadable"]);
    assert_eq!(talk.sends(unreadable())[0], "person_better");
    assert_eq!(talk.stage(), StageName::Offered);
}

#[test]
fn an_unknown_or_old_button_is_said_to_be_so_and_the_question_repeated() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.sends(button("never.9.seen")), ["unknown_button", "welcome.topic"]);
    let old = talk.r.spoken.last().unwrap().outbound.choices[0].value.clone();
    talk.tap("age");
    assert_eq!(talk.sends(button(&old)), ["unknown_button", "welcome.age"], "an old one does nothing by surprise");
    let label = Some(Confidential::from("human"));
    let heard = talk.sends(InboundBody::Choice { value: "never.9.seen".into(), label });
    assert_eq!(heard[0], "human_called", "words that always work do so on buttons");
}

#[test]
fn every_button_carries_its_place_and_fits_the_narrowest_platform() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    for choice in &talk.r.spoken.last().unwrap().outbound.choices {
        assert!(choice.value.len() <= 64);
    }
}

#[test]
fn a_message_for_a_closed_talk_is_for_a_new_one() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("stop");
    for body in [InboundBody::Text { text: URGENT.into() }, InboundBody::Joined, unreadable()] {
        assert!(matches!(talk.r.inbound(body), Err(StepError::Closed)));
    }
}

#[test]
fn the_same_inbox_row_is_never_taken_twice() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    let before = talk.c().clone();
    let seq = before.last_inbox.unwrap();
    let inbound = domain::Inbound {
        account: domain::AccountId::new("rehearsal"),
        dedupe: domain::DedupeKey("again".into()),
        contact: domain::PlatformId::new("child"),
        chat: domain::PlatformId::new("chat"),
        external: None,
        sent_at: None,
        client_lang: None,
        body: InboundBody::Text { text: "hello".into() },
    };
    let screened = safety_rules::screen_inbound(inbound);
    assert!(matches!(talk.r.command(engine::Command::Inbound { seq, screened }), Err(StepError::Nothing)));
    assert_eq!(talk.c(), &before);
}

#[test]
fn a_text_that_the_platform_refuses_brings_a_human_instead_of_silence() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    let last = talk.r.spoken.last().unwrap().outbound.message;
    let heard = talk.outcome(last, DeliveryOutcome::Refused { reason: RefusalReason::NotAcceptable });
    assert_eq!(heard, ["script_broken"]);
    assert_eq!(talk.stage(), StageName::Offered);
    assert!(talk.c().unreachable.is_none(), "the next text may well be taken");
}

#[test]
fn a_child_who_blocks_after_telling_stays_on_a_humans_list() {
    for reason in [RefusalReason::Unreachable, RefusalReason::ChatGone, RefusalReason::NotAllowed] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.child(crate::support::SOON);
        let last = talk.r.spoken.last().unwrap().outbound.message;
        talk.outcome(last, DeliveryOutcome::Refused { reason });
        assert_eq!(talk.stage(), StageName::Offered, "{reason:?}");
    }
}
