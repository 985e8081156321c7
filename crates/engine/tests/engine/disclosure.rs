//! Wherever and however a child tells it, it is heard, kept and acted on (S1, I2, I3).

use crate::support::{ASKS, EMERGENCY, LEA, SOON, Talk, URGENT};
use domain::{Confidential, Feedback, HandoffEvent, InboundBody, StageName, Urgency};

fn file(name: Option<&str>, caption: Option<&str>) -> InboundBody {
    InboundBody::Attachment {
        media: "image".into(),
        name: name.map(Confidential::from),
        size: Some(10),
        caption: caption.map(Confidential::from),
    }
}

/// All the forms in which the same words can come.
fn forms() -> Vec<InboundBody> {
    let label = Some(Confidential::from(URGENT));
    vec![
        InboundBody::Text { text: URGENT.into() },
        InboundBody::Choice { value: "old.0.x".into(), label },
        InboundBody::Edit { of: domain::ExternalId("in-1".into()), text: URGENT.into() },
        InboundBody::Edit { of: domain::ExternalId("never seen".into()), text: URGENT.into() },
        file(Some("I want to kill myself.png"), None),
        file(None, Some(URGENT)),
    ]
}

#[test]
fn every_form_calls_a_human_with_the_bot() {
    for form in forms() {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        let heard = talk.sends(form.clone());
        assert_eq!(heard[0], "urgent_now", "{form:?}");
        assert_eq!((talk.stage(), talk.urgency()), (StageName::Offered, Urgency::Urgent), "{form:?}");
    }
}

#[test]
fn every_form_calls_a_human_as_the_very_first_words() {
    for form in forms() {
        let mut talk = Talk::alone();
        let heard = talk.sends(form.clone());
        assert_eq!(heard[0], "urgent_now", "{form:?}");
        assert_eq!(talk.stage(), StageName::AwaitingReturn, "{form:?}");
    }
}

/// Softer words, which call nobody by themselves, still never rest: a changed message has no answer
/// of its own that would wake the talk.
#[test]
fn soft_words_in_a_changed_message_call_a_human_out_of_a_rest() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.wait(3_600);
    assert_eq!(talk.stage(), StageName::Parked);
    let heard = talk.sends(InboundBody::Edit { of: domain::ExternalId("in-1".into()), text: SOON.into() });
    assert_eq!(heard[0], "person_better");
    assert_eq!((talk.stage(), talk.urgency()), (StageName::Offered, Urgency::Soon));
}

#[test]
fn every_form_calls_a_human_out_of_a_rest() {
    for form in forms() {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.wait(3_600);
        assert_eq!(talk.stage(), StageName::Parked);
        talk.sends(form.clone());
        assert_eq!((talk.stage(), talk.urgency()), (StageName::Offered, Urgency::Urgent), "{form:?}");
    }
}

#[test]
fn every_form_raises_a_wait_for_something_lighter() {
    for form in forms() {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.child("human");
        let heard = talk.sends(form.clone());
        assert_eq!(heard, ["urgent_now", "suicide.safe_now"], "{form:?}");
        assert_eq!(talk.urgency(), Urgency::Urgent, "{form:?}");
    }
}

#[test]
fn every_form_reopens_a_talk_that_was_being_wrapped_up() {
    for feedback in [Feedback::Ask, Feedback::DontAsk] {
        for form in forms() {
            let mut talk = Talk::with(&[LEA]);
            talk.child("hello");
            talk.child("human");
            talk.live(LEA);
            talk.finish(LEA, feedback);
            talk.sends(form.clone());
            assert_eq!((talk.stage(), talk.urgency()), (StageName::Live, Urgency::Urgent), "{form:?}");
        }
    }
}

#[test]
fn after_the_talk_with_the_counsellor_gone_a_disclosure_finds_somebody_else() {
    for feedback in [Feedback::Ask, Feedback::DontAsk] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.child("human");
        talk.live(LEA);
        talk.finish(LEA, feedback);
        talk.gone(LEA);
        let heard = talk.child(URGENT);
        assert_eq!(talk.stage(), StageName::AwaitingReturn);
        assert!(heard.contains(&"nobody_on_duty".to_owned()), "{heard:?}");
        assert!(heard.contains(&"resources.directory".to_owned()), "{heard:?}");
    }
}

#[test]
fn after_a_stop_it_still_counts() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(SOON);
    talk.child("stop");
    let heard = talk.child(EMERGENCY);
    assert_eq!(heard[0], "emergency_now");
    assert_eq!(talk.urgency(), Urgency::Emergency);
}

#[test]
fn a_tapped_choice_is_heard_by_its_label_on_every_platform() {
    for label in [None, Some(Confidential::from("thoughts of dying"))] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        let value = talk.r.spoken.last().unwrap().outbound.choices[4].value.clone();
        let heard = talk.sends(InboundBody::Choice { value, label });
        assert_eq!(heard, ["urgent_now", "suicide.safe_now"]);
        assert_eq!(talk.urgency(), Urgency::Urgent);
        let topic = talk.c().vars.get(&domain::VarName::new("topic")).map(|value| value.text().to_owned());
        assert_eq!(topic.as_deref(), Some("thoughts_of_dying"), "the answer is kept as well");
    }
}

#[test]
fn a_choice_raises_and_says_the_words_for_it() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    let heard = talk.tap("not_safe");
    assert_eq!(heard[..2], ["emergency_now", "welcome.numbers"]);
    assert_eq!((talk.stage(), talk.urgency()), (StageName::Offered, Urgency::Emergency));
}

#[test]
fn a_choice_that_raises_while_waiting_says_the_words_too() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(URGENT);
    assert_eq!(talk.tap("not_safe")[0], "emergency_now");
    assert_eq!(talk.urgency(), Urgency::Emergency);
    assert_eq!(talk.r.alarms.len(), 1, "the supervisor at once");
}

#[test]
fn less_than_hard_is_never_answered_with_not_understood() {
    let mut talk = Talk::with(&[LEA]);
    assert_eq!(talk.child(SOON), ["heard", "welcome.hello", "welcome.topic"]);
    talk.tap("age");
    let heard = talk.child(SOON);
    assert_eq!(heard, ["worry.tell"], "the flow that the table names");
    assert_eq!(talk.urgency(), Urgency::Soon);
}

#[test]
fn a_waiting_child_who_tells_more_is_told_that_it_was_kept() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(URGENT);
    for round in 0..3 {
        assert_eq!(talk.child("I want to kill myself and nobody sees it"), ["heard"], "{round}");
    }
    assert!(talk.kept("nobody sees it"));
}

#[test]
fn asking_for_a_person_in_ones_own_words_works_and_is_not_asked_twice() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert_eq!(talk.child(ASKS)[0], "human_called");
    assert_eq!(talk.stage(), StageName::Offered);
    let began = talk.r.now;
    talk.wait(5);
    assert_eq!(talk.child(ASKS), ["human_called"]);
    let asked = talk.moments(began, |what| matches!(what, HandoffEvent::Requested { .. }));
    assert_eq!(asked, [0]);
}

#[test]
fn urgency_never_falls_by_calmer_words() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(EMERGENCY);
    for words in ["all good now", "it was a joke", "stop", "delete"] {
        talk.child(words);
        assert_eq!(talk.urgency(), Urgency::Emergency);
    }
    assert!(!talk.c().is_closed());
}

#[test]
fn an_older_message_changed_while_the_talk_rests_finds_a_human() {
    for words in [SOON, URGENT] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.wait(1_900);
        assert_eq!(talk.stage(), StageName::Parked);
        assert!(!talk.edits(1, words).is_empty(), "{words}: the child is answered");
        assert!(talk.c().stage.waiting().is_some(), "{words}: {:?}", talk.stage());
    }
}
