//! The warm handoff: offer, decline, accept, introduce, live, lost and given back (E2, E3, E9).

use crate::support::{LEA, TOM, Talk, URGENT, refused};
use domain::{
    AlarmKind, Confidential, DeclineReason, DeliveryOutcome, DeskCommand, Feedback, HandoffEvent, InboundBody,
    RefusalCode, RefusalReason, StageName, UnknownReason, Urgency,
};

#[test]
fn from_hello_to_a_talk_with_a_person() {
    let mut talk = Talk::with(&[LEA]);
    assert_eq!(talk.child("hello"), ["welcome.hello", "welcome.topic"]);
    assert_eq!(talk.stage(), StageName::WithBot);
    assert_eq!(talk.child(URGENT), ["urgent_now", "suicide.safe_now"]);
    assert_eq!((talk.stage(), talk.urgency()), (StageName::Offered, Urgency::Urgent));
    assert_eq!(talk.accept(LEA), ["counsellor_reading"]);
    assert_eq!(talk.child("safe"), ["suicide.glad", "resources.directory"], "the bot stays until the first words");
    assert_eq!(talk.says(LEA, "Hello"), ["introduce", "*"]);
    assert_eq!(talk.stage(), StageName::Accepted);
    talk.arrived();
    assert_eq!(talk.stage(), StageName::Introduced);
    assert!(talk.child("hi").is_empty());
    assert_eq!(talk.stage(), StageName::Live);
    assert!(talk.finish(LEA, Feedback::DontAsk).is_empty());
    talk.wrap_up(LEA).unwrap();
    assert!(talk.c().is_closed());
    assert_eq!(talk.r.replayed().as_ref(), Some(talk.c()));
}

#[test]
fn from_the_first_words_on_the_bot_is_silent() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(URGENT);
    talk.accept(LEA);
    talk.says(LEA, "Hello");
    let before = talk.r.spoken.len();
    for round in 0..2 {
        for words in ["safe", "stop", "help", "human", "delete", "language", "", URGENT, "I took all the pills"] {
            assert!(talk.child(words).is_empty(), "{words} in round {round}");
        }
        talk.tap("safe");
        talk.edits(1, "I took all the pills");
        talk.sends(InboundBody::Joined);
        talk.sends(InboundBody::Unreadable { why: "malformed".into() });
        talk.wait(7_200);
        talk.arrived();
    }
    assert_eq!(talk.r.spoken.len(), before, "the bot spoke over a human");
    assert_eq!(talk.urgency(), Urgency::Emergency);
    assert!(!talk.r.alarms.is_empty(), "the supervisor hears of an emergency although a counsellor is there");
}

#[test]
fn an_offer_goes_to_the_next_when_it_lapses() {
    let mut talk = Talk::with(&[LEA, TOM]);
    talk.child("hello");
    talk.child(URGENT);
    assert_eq!(talk.offered_to(), [LEA]);
    talk.wait(29);
    assert_eq!(talk.offered_to(), [LEA]);
    talk.wait(1);
    assert_eq!(talk.offered_to(), [TOM]);
    talk.wait(15);
    assert_eq!(talk.offered_to(), [LEA, TOM], "after 45 s everyone free is asked");
}

#[test]
fn a_decline_asks_the_next_at_once_and_the_same_only_after_a_moment() {
    let mut talk = Talk::with(&[LEA, TOM]);
    talk.child("hello");
    talk.child(URGENT);
    let decline = DeskCommand::Decline { reason: DeclineReason::Busy };
    assert_eq!(refused(talk.desk(TOM, decline.clone())), RefusalCode::NotYours);
    talk.desk(LEA, decline.clone()).unwrap();
    assert_eq!(talk.offered_to(), [TOM]);
    talk.desk(TOM, decline).unwrap();
    assert_eq!(talk.stage(), StageName::Queued, "nobody is asked again in the same breath");
    talk.wait(10);
    assert_eq!(talk.stage(), StageName::Offered);
}

#[test]
fn of_two_who_accept_the_first_has_the_child() {
    let mut talk = Talk::with(&[LEA, TOM]);
    talk.child("hello");
    talk.child("I took all the pills");
    assert_eq!(talk.offered_to(), [LEA, TOM]);
    talk.accept(TOM);
    assert_eq!(refused(talk.desk(LEA, DeskCommand::Accept)), RefusalCode::TakenByAnother);
    assert!(matches!(talk.desk(TOM, DeskCommand::Accept), Err(engine::StepError::Nothing)));
    let say = DeskCommand::Say { text: Confidential::from("Hi"), client_key: "k".into() };
    assert_eq!(refused(talk.desk(LEA, say)), RefusalCode::TakenByAnother);
}

#[test]
fn a_double_press_is_one_message() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("human");
    talk.accept(LEA);
    let say = DeskCommand::Say { text: Confidential::from("Hi"), client_key: "same".into() };
    assert_eq!(talk.desk(LEA, say.clone()).unwrap(), ["introduce", "*"]);
    assert!(matches!(talk.desk(LEA, say), Err(engine::StepError::Nothing)));
}

#[test]
fn what_a_desk_may_not_do_is_refused_with_a_reason() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    let text = |words: &str| DeskCommand::Say { text: Confidential::from(words), client_key: words.into() };
    assert_eq!(refused(talk.desk(LEA, text("hi"))), RefusalCode::NotYours, "the child must be accepted first");
    talk.accept(LEA);
    assert_eq!(refused(talk.desk(LEA, text("  "))), RefusalCode::Empty);
    assert_eq!(refused(talk.desk(LEA, text(&"x".repeat(4_001)))), RefusalCode::TooLong);
    assert_eq!(refused(talk.wrap_up(LEA)), RefusalCode::WrongStage, "the child may have written again");
    assert_eq!(refused(talk.wrap_up(TOM)), RefusalCode::TakenByAnother);
    let note = DeskCommand::Note { text: Confidential::from("note") };
    assert_eq!(refused(talk.desk(TOM, note)), RefusalCode::NotYours);
    talk.finish(LEA, Feedback::DontAsk);
    talk.wrap_up(LEA).unwrap();
    assert_eq!(refused(talk.desk(LEA, DeskCommand::Accept)), RefusalCode::WrongStage);
    assert_eq!(refused(talk.desk(LEA, text("more"))), RefusalCode::WrongStage);
}

#[test]
fn a_lost_counsellor_is_replaced_at_once_and_the_child_told() {
    let mut talk = Talk::with(&[LEA, TOM]);
    talk.child("hello");
    talk.child(URGENT);
    let began = talk.r.now;
    talk.live(LEA);
    talk.wait(1_200);
    let heard = talk.gone(LEA);
    assert_eq!(heard, ["counsellor_lost", "waiting.offer"]);
    assert_eq!(talk.offered_to(), [TOM]);
    let request = talk.c().stage.waiting().unwrap();
    assert_eq!(request.since, began, "the child is at the top, not at the end of the queue");
    assert_eq!(request.alarms_from(), talk.r.now, "and the alarms count anew");
    let lost = talk.r.now;
    talk.wait(300);
    assert_eq!(talk.alarms(AlarmKind::Supervisor, lost), [120]);
    assert_eq!(talk.alarms(AlarmKind::Pager, lost), [300]);
}

#[test]
fn a_lost_counsellor_with_nobody_else_here_is_said_so_with_numbers_to_call() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(URGENT);
    talk.live(LEA);
    assert_eq!(
        talk.gone(LEA),
        ["counsellor_lost", "nobody_on_duty", "resources.directory", "out_of_hours.meanwhile"]
    );
    assert_eq!(talk.stage(), StageName::AwaitingReturn);
    let came = talk.arrives(TOM);
    assert_eq!(came, ["somebody_came"]);
    assert_eq!(talk.offered_to(), [TOM]);
}

#[test]
fn words_to_a_desk_that_is_gone_reach_somebody_else() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child(URGENT);
    talk.live(LEA);
    talk.leaves_duty(LEA);
    let heard = talk.child("are you there?");
    assert_eq!(heard[0], "counsellor_lost", "{heard:?}");
    assert_eq!(talk.stage(), StageName::AwaitingReturn);
}

#[test]
fn first_words_that_never_come_bring_another_counsellor() {
    let mut talk = Talk::with(&[LEA, TOM]);
    talk.child("hello");
    talk.child(URGENT);
    talk.accept(LEA);
    assert!(talk.wait(179).is_empty());
    assert_eq!(talk.wait(1), ["given_back", "waiting.offer"]);
    assert_eq!(talk.offered_to(), [TOM], "the one who wrote nothing comes last");
}

#[test]
fn a_counsellor_can_give_the_child_back() {
    let mut talk = Talk::with(&[LEA, TOM]);
    talk.child("hello");
    talk.child("human");
    talk.live(LEA);
    assert_eq!(talk.desk(LEA, DeskCommand::GiveBack).unwrap(), ["given_back", "waiting.offer"]);
    assert_eq!(talk.offered_to(), [TOM]);
}

#[test]
fn first_words_that_were_refused_do_not_hold_up_the_talk() {
    for (outcome, stage) in [
        (DeliveryOutcome::Sent { external: None }, StageName::Introduced),
        (DeliveryOutcome::Unknown { reason: UnknownReason::TimedOut }, StageName::Introduced),
        (DeliveryOutcome::Refused { reason: RefusalReason::NotAcceptable }, StageName::Accepted),
    ] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.child("human");
        talk.accept(LEA);
        talk.says(LEA, "Hello");
        let first = talk.r.spoken.last().unwrap().outbound.message;
        talk.outcome(first, outcome);
        assert_eq!(talk.stage(), stage);
        talk.says(LEA, "Hello again");
        talk.arrived();
        assert_eq!(talk.stage(), StageName::Introduced);
        talk.child("hi");
        assert_eq!(talk.stage(), StageName::Live);
    }
}

#[test]
fn a_waiting_child_is_offered_when_a_hand_gets_free_even_if_nobody_says_so() {
    let mut talk = Talk::with(&[LEA]);
    talk.r.roster.entries[0].load = 3;
    talk.child("hello");
    talk.child("human");
    assert_eq!(talk.stage(), StageName::Queued);
    talk.r.roster.entries[0].load = 2;
    talk.wait(10);
    assert_eq!(talk.stage(), StageName::Offered);
}

#[test]
fn an_offer_is_not_made_twice_at_the_same_moment() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("I took all the pills");
    let began = talk.r.now;
    talk.child(URGENT);
    talk.r.roster_changed().unwrap();
    let offers = talk.moments(began, |what| matches!(what, HandoffEvent::Offered { .. }));
    assert_eq!(offers, [0]);
}

#[test]
fn somebody_who_comes_during_an_emergency_is_asked_too() {
    let mut talk = Talk::with(&[LEA]);
    talk.child("hello");
    talk.child("I took all the pills");
    talk.arrives(TOM);
    assert_eq!(talk.offered_to(), [LEA, TOM]);
}
