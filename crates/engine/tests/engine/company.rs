//! What the bot does beside the handoff: answers, pauses, sub-flows, withdrawn flows.

use crate::pack::library_without;
use crate::support::{LEA, Talk, URGENT};
use domain::{HandoffReason, StageName};

#[test]
fn a_wrong_answer_is_asked_again_and_then_a_human_is_asked_for() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.child("blue"), ["welcome.topic"], "the first words may be a greeting");
    assert_eq!(talk.child("blue"), ["not_understood", "welcome.topic"]);
    assert_eq!(talk.child("blue"), ["person_better", "waiting.offer"]);
    assert_eq!(talk.c().stage.waiting().unwrap().reason, HandoffReason::NotUnderstood);
}

#[test]
fn typed_answers_work_as_taps_do() {
    for answer in ["talk", "1", "Talk", "tlak"] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        assert_eq!(talk.child(answer), ["welcome.person", "waiting.offer"], "{answer}");
    }
}

#[test]
fn a_pause_goes_on_by_time_and_by_words() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert!(talk.tap("rest").is_empty());
    assert_eq!(talk.wait(12), ["welcome.rested", "welcome.topic"]);
    talk.tap("rest");
    assert_eq!(talk.child("ok"), ["welcome.rested", "welcome.topic"]);
    assert!(talk.wait(100).is_empty(), "the pause doesn't end twice");
}

#[test]
fn a_pause_of_the_company_goes_on_while_waiting() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("human");
    assert_eq!(talk.tap("breathe"), ["waiting.in"]);
    assert_eq!(talk.wait(12), ["waiting.out", "waiting.offer"]);
}

#[test]
fn a_sub_flow_comes_back() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.tap("sub"), ["small.hi", "small.bye", "resources.directory", "welcome.topic"]);
    assert_eq!(talk.stage(), StageName::WithBot);
}

#[test]
fn company_that_has_ended_does_not_begin_again_by_itself() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("human");
    assert_eq!(talk.tap("just_wait"), ["waiting.fine", "resources.directory"]);
    assert_eq!(talk.child("ok"), ["heard"]);
    assert_eq!(talk.child("thanks"), ["heard"]);
}

#[test]
fn a_safety_flow_that_ends_is_followed_by_company() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(URGENT);
    assert_eq!(talk.tap("safe"), ["suicide.glad", "resources.directory", "waiting.offer"]);
}

#[test]
fn an_age_sets_the_band_and_nonsense_does_not() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.tap("age");
    assert_eq!(talk.child("banana"), ["not_understood", "welcome.age"]);
    assert_eq!(talk.child("I am 12"), ["welcome.topic"]);
    assert_eq!(talk.c().age_band, domain::AgeBand::from_years(12));
}

#[test]
fn a_withdrawn_flow_brings_a_human_at_the_next_word_or_at_the_next_silence() {
    for by_words in [true, false] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.r.set_flows(library_without("welcome"));
        let heard = if by_words { talk.child("talk") } else { talk.wait(180) };
        assert_eq!(heard, ["script_broken"]);
        assert!(matches!(talk.c().stage.waiting().unwrap().reason, HandoffReason::FlowBroken { .. }));
        assert_eq!(talk.child("hello?"), ["heard"], "a waiting child without a flow still gets an answer");
    }
}

#[test]
fn with_no_flow_at_all_a_child_reaches_a_human() {
    let mut talk = Talk::alone();
    talk.r.set_flows(flow_script::FlowLibrary::default());
    assert_eq!(talk.child("hello"), ["script_broken", "nobody_on_duty"]);
    assert_eq!(talk.child(URGENT), ["urgent_now"]);
    assert_eq!(talk.child("?"), ["heard"]);
    assert_eq!(talk.wait(60), ["holding_1"]);
}

#[test]
fn a_goto_to_a_flow_that_is_gone_brings_a_human() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.tap("broken"), ["script_broken"]);
    assert_eq!(talk.stage(), StageName::Offered);
}
