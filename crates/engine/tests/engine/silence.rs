//! The child falls silent, leaves, comes back (C7, E10).

use crate::support::{LEA, SOON, Talk, URGENT};
use domain::{Closed, HandoffReason, InboundBody, Stage, StageName, TimerKey};

#[test]
fn silence_at_low_urgency_is_reminded_once_and_then_rests() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert!(talk.wait(179).is_empty());
    assert_eq!(talk.wait(1), ["welcome.topic"], "the reminder");
    assert!(talk.wait(599).is_empty());
    assert!(talk.wait(1).is_empty());
    assert_eq!(talk.stage(), StageName::Parked);
    assert!(talk.c().timers.is_empty());
}

#[test]
fn silence_after_something_was_told_goes_to_a_human() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(SOON);
    talk.wait(780);
    assert_eq!(talk.c().stage.waiting().unwrap().reason, HandoffReason::ChildSilent);
}

#[test]
fn silence_while_waiting_never_parks() {
    let mut talk = Talk::alone();
    talk.child("hello");
    talk.child(URGENT);
    talk.wait(7 * 86_400);
    assert_eq!(talk.stage(), StageName::AwaitingReturn);
}

#[test]
fn coming_back_goes_on_where_it_was_with_nothing_retold() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.tap("age");
    talk.wait(5 * 3_600);
    assert_eq!(talk.stage(), StageName::Parked);
    assert_eq!(talk.child("12"), ["welcome_back", "welcome.topic"], "the answer still counts");
    talk.wait(5 * 3_600);
    assert_eq!(talk.child("hello again"), ["welcome_back", "welcome.topic"], "a greeting is no wrong answer");
    talk.wait(5 * 3_600);
    assert_eq!(talk.sends(InboundBody::Joined), ["welcome_back", "welcome.topic"]);
    assert!(talk.c().timers.contains_key(&TimerKey::ChildSilent));
}

#[test]
fn coming_back_after_a_safe_end_begins_with_the_welcome() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.tap("later"), ["welcome.bye", "resources.directory"]);
    assert_eq!(talk.stage(), StageName::Parked);
    assert_eq!(talk.child("hi"), ["welcome_back", "welcome.hello", "welcome.topic"]);
}

#[test]
fn a_safe_end_after_something_was_told_is_a_human_instead() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(SOON);
    assert_eq!(talk.tap("later")[0], "person_better");
    assert_eq!(talk.stage(), StageName::Offered);
}

#[test]
fn leaving_closes_only_what_holds_nothing() {
    for (told, closes) in [("hello again", true), (SOON, false), (URGENT, false)] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.child(told);
        talk.sends(InboundBody::Left);
        let closed = matches!(talk.c().stage, Stage::Closed(Closed::Child { .. }));
        assert_eq!(closed, closes, "{told}");
        assert!(closed || talk.c().stage.waiting().is_some(), "{told}");
    }
}

#[test]
fn a_child_who_left_and_comes_back_is_welcomed_and_heard() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(SOON);
    assert!(talk.sends(InboundBody::Left).is_empty());
    assert!(talk.wait(300).is_empty(), "nothing is sent to a chat that is gone");
    assert_eq!(talk.child("I am back"), ["welcome_back"]);
    assert!(!talk.wait(3_600).is_empty(), "caring messages go on");
}
