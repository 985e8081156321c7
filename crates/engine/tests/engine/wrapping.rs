//! After the talk: feedback, the record, and the child who writes again.

use crate::support::{ASKS, LEA, TOM, Talk, person, refused};
use domain::{
    CloseReason, Closed, DeskCommand, Feedback, HandoffEvent, InboundBody, RefusalCode, Role, Stage, StageName,
};
use engine::Person;

fn ended(feedback: Feedback) -> Talk {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("human");
    talk.live(LEA);
    talk.finish(LEA, feedback);
    talk
}

#[test]
fn feedback_is_asked_answered_and_closed_by_the_record() {
    let mut talk = ended(Feedback::Ask);
    assert_eq!(talk.tap("yes"), ["feedback.words"]);
    assert_eq!(talk.child("more pictures"), ["feedback.thanks", "resources.directory"]);
    assert_eq!(talk.stage(), StageName::Wrapping);
    talk.tap("yes");
    assert_eq!(talk.stage(), StageName::Wrapping, "a second tap doesn't open the talk again");
    talk.wrap_up(LEA).unwrap();
    assert!(talk.c().is_closed());
}

#[test]
fn words_after_the_end_open_it_again_for_the_same_counsellor() {
    let mut talk = ended(Feedback::DontAsk);
    assert!(talk.child("wait").is_empty(), "a person answers");
    assert_eq!(talk.stage(), StageName::Live);
    assert!(talk.wrap_up(LEA).is_err(), "a record written meanwhile doesn't close over the child's words");
    talk.says(LEA, "yes?");
}

#[test]
fn words_after_the_end_with_the_counsellor_gone_find_somebody() {
    let mut talk = ended(Feedback::DontAsk);
    talk.gone(LEA);
    assert_eq!(talk.child("wait"), ["given_back", "nobody_on_duty", "out_of_hours.meanwhile"]);
}

#[test]
fn asking_for_a_person_in_the_feedback_opens_it_again() {
    for how in ["human", ASKS, "person"] {
        let mut talk = ended(Feedback::Ask);
        talk.child(how);
        assert_eq!(talk.stage(), StageName::Live, "{how}");
    }
}

#[test]
fn a_worrying_answer_in_the_feedback_opens_it_again() {
    let mut talk = ended(Feedback::Ask);
    talk.tap("worse_now");
    assert_eq!(talk.stage(), StageName::Live);
}

#[test]
fn an_answer_that_fits_none_follows_the_feedback_and_promises_nobody() {
    let mut talk = ended(Feedback::Ask);
    assert_eq!(talk.child("so so"), ["feedback.words"]);
    assert_eq!(talk.stage(), StageName::Wrapping);
}

#[test]
fn coming_and_taking_back_open_nothing() {
    let mut talk = ended(Feedback::DontAsk);
    talk.sends(InboundBody::Joined);
    talk.sends(InboundBody::Redaction { of: domain::ExternalId("in-1".into()) });
    assert_eq!(talk.stage(), StageName::Wrapping);
}

#[test]
fn a_talk_ended_before_the_first_word_is_not_left_in_a_false_belief() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("human");
    assert_eq!(talk.accept(LEA), ["counsellor_reading"]);
    assert_eq!(talk.finish(LEA, Feedback::DontAsk), ["finished"]);
}

#[test]
fn the_counsellor_can_write_again_before_the_record() {
    let mut talk = ended(Feedback::Ask);
    assert_eq!(talk.says(LEA, "one more thing"), ["*"]);
    assert_eq!(talk.stage(), StageName::Live);
    assert!(talk.c().bot.is_none(), "the feedback doesn't speak over it");
    let began = domain::Timestamp::from_millis(0);
    assert_eq!(talk.moments(began, |what| matches!(what, HandoffEvent::Reopened)).len(), 1);
}

#[test]
fn a_supervisor_writes_the_record_of_somebody_who_left() {
    let mut talk = ended(Feedback::DontAsk);
    talk.gone(LEA);
    let record = || DeskCommand::WrapUp { reason: CloseReason::Helped, note: None };
    assert_eq!(refused(talk.wrap_up(TOM)), RefusalCode::TakenByAnother, "a colleague doesn't");
    let sam = Person { role: Role::Supervisor, ..person(TOM) };
    talk.r.desk(&sam, record()).unwrap();
    assert!(matches!(&talk.c().stage, Stage::Closed(Closed::Human { by_whom, .. }) if *by_whom == sam.id));

    // But not over a child who still talks, nor without a human ever having had the child.
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    assert!(talk.r.desk(&sam, record()).is_err());
    talk.child("human");
    assert!(talk.r.desk(&sam, record()).is_err());
    talk.live(LEA);
    assert_eq!(refused(talk.r.desk(&sam, record()).map(|_| Vec::new())), RefusalCode::WrongStage);
}
