//! Each limit is hit, kindly, and loses nothing.

use crate::support::{LEA, SOON, Talk, URGENT};
use domain::limits::{BOT_TURNS, FINDINGS_REMEMBERED, FLOOD_MESSAGES, VARIABLE_BYTES, VARIABLES};
use domain::{Event, HandoffReason, StageName, Urgency};

fn hit(talk: &Talk, wanted: &str) -> usize {
    talk.r.log.iter().filter(|r| matches!(&r.event, Event::LimitHit { limit } if limit == wanted)).count()
}

#[test]
fn ten_thousand_messages_are_kept_answered_once_and_hide_no_disclosure() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    let mut heard = 0;
    let mut called = Vec::new();
    for number in 0..10_000 {
        let disclosed = number == 5_000;
        let said = talk.child(if disclosed { URGENT } else { "spam" });
        heard += said.len();
        if disclosed {
            called = said;
        }
    }
    assert_eq!(called, ["urgent_now", "suicide.safe_now"]);
    assert_eq!(talk.stage(), StageName::Offered);
    assert!(heard < 60, "{heard} messages to one child");
    assert_eq!(hit(&talk, "flood_messages"), 1);
    let kept = talk.r.log.iter().filter(|r| matches!(r.event, Event::Received { .. })).count();
    assert_eq!(kept, 10_001);
}

#[test]
fn in_a_flood_a_child_can_still_stop_and_still_ask_for_a_person() {
    for (word, stage) in [("human", StageName::Offered), ("stop", StageName::Closed)] {
        let mut talk = Talk::with(&[LEA]);
        (0..FLOOD_MESSAGES + 5).for_each(|_| drop(talk.tap("age")));
        assert_eq!(talk.stage(), StageName::WithBot);
        talk.child(word);
        assert_eq!(talk.stage(), stage, "{word}");
    }
    let mut talk = Talk::with(&[LEA]);
    (0..FLOOD_MESSAGES + 5).for_each(|_| drop(talk.tap("age")));
    talk.child("human");
    let heard: usize = (0..100).map(|_| talk.child("human").len()).sum();
    assert_eq!(heard, 0, "asking a hundred times isn't answered a hundred times");
}

#[test]
fn after_the_flood_the_bot_listens_again() {
    let mut talk = Talk::with(&[LEA]);
    (0..FLOOD_MESSAGES + 5).for_each(|_| drop(talk.tap("age")));
    assert!(talk.child("12").is_empty());
    talk.wait(61);
    assert_eq!(talk.child("12"), ["welcome.topic"]);
}

#[test]
fn a_flow_that_goes_round_ends_with_a_human() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.tap("spin"), ["script_broken"]);
    let reason = HandoffReason::Limit { limit: "steps_per_turn".into() };
    assert_eq!(talk.c().stage.waiting().unwrap().reason, reason);
}

#[test]
fn flows_that_call_each_other_without_end_end_with_a_human() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.tap("deep"), ["script_broken"]);
    let reason = HandoffReason::FlowBroken { what: "calls_too_deep".into() };
    assert_eq!(talk.c().stage.waiting().unwrap().reason, reason);
}

#[test]
fn variables_beyond_the_limit_are_left_out_and_the_talk_goes_on() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.tap("many");
    assert_eq!(talk.tap("more"), ["welcome.topic"]);
    assert_eq!(talk.c().vars.len(), VARIABLES);
    assert!(hit(&talk, "variables") > 0);
}

#[test]
fn a_long_answer_is_kept_whole_in_the_talk_and_cut_in_the_variable() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.tap("bullied");
    talk.child(&"é".repeat(VARIABLE_BYTES));
    let story = talk.c().vars[&domain::VarName::new("story")].text().len();
    assert!(story <= VARIABLE_BYTES && story > VARIABLE_BYTES - 4);
    assert!(talk.kept(&"é".repeat(VARIABLE_BYTES)));
}

#[test]
fn a_talk_that_the_bot_leads_for_too_long_goes_to_a_human() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    for turn in 0..BOT_TURNS {
        talk.wait(4);
        talk.tap("age");
        assert!(turn < 2 * BOT_TURNS);
    }
    assert_eq!(talk.stage(), StageName::Offered);
    assert_eq!(hit(&talk, "bot_turns"), 1);
}

#[test]
fn of_many_findings_the_gravest_is_never_forgotten() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(URGENT);
    (0..2 * FINDINGS_REMEMBERED).for_each(|_| drop(talk.child(SOON)));
    assert!(talk.c().seen.len() <= FINDINGS_REMEMBERED);
    assert!(talk.c().seen.iter().any(|seen| seen.finding.urgency == Urgency::Urgent));
    assert_eq!(engine::owed(talk.c()), None);
}
