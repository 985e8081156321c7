//! `stop`, `help`, `human`, `delete` and `language`: at every stage, typed (C8).

use crate::support::{LEA, SOON, Talk, URGENT};
use domain::{Closed, DutyState, Event, Feedback, HandoffReason, Lang, Stage, StageName, TimerKey};

/// Talks that stand at each stage where the bot may speak.
fn stages() -> Vec<(StageName, Talk)> {
    let fresh = || {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk
    };
    let with_bot = fresh();
    let mut offered = fresh();
    offered.child("human");
    let mut queued = fresh();
    queued.r.roster.entries[0].duty = DutyState::Busy;
    queued.child("human");
    let mut awaiting = Talk::alone();
    awaiting.child("hello");
    awaiting.child("human");
    let mut accepted = fresh();
    accepted.child("human");
    accepted.accept(LEA);
    let mut wrapping = fresh();
    wrapping.child("human");
    wrapping.live(LEA);
    wrapping.finish(LEA, Feedback::Ask);
    let all = vec![
        (StageName::WithBot, with_bot),
        (StageName::Offered, offered),
        (StageName::Queued, queued),
        (StageName::AwaitingReturn, awaiting),
        (StageName::Accepted, accepted),
        (StageName::Wrapping, wrapping),
    ];
    for (stage, talk) in &all {
        assert_eq!(talk.stage(), *stage);
    }
    all
}

#[test]
fn help_is_answered_at_every_stage() {
    for (stage, mut talk) in stages() {
        if stage == StageName::Wrapping {
            continue; // `help` after the talk is for the counsellor; see `wrapping.rs`.
        }
        let heard = talk.child("help");
        assert!(heard.contains(&"help".to_owned()), "{stage:?} {heard:?}");
    }
}

#[test]
fn human_is_answered_truly_at_every_stage() {
    for (stage, mut talk) in stages() {
        let heard = talk.child("human");
        let wanted = match stage {
            StageName::Accepted => "counsellor_reading",
            // The counsellor who had the child is called back.
            StageName::Wrapping => "heard",
            _ => "human_called",
        };
        assert_eq!(heard[0], wanted, "{stage:?}");
        let asked = talk.c().stage.waiting().is_some() || talk.c().stage.engaged().is_some();
        assert!(asked, "{stage:?} became {:?}", talk.stage());
        assert_ne!(talk.stage(), StageName::Wrapping);
    }
}

#[test]
fn delete_reaches_a_human_at_every_stage() {
    for (stage, mut talk) in stages() {
        assert_eq!(talk.child("delete")[0], "deletion_asked", "{stage:?}");
        assert!(talk.c().stage.waiting().is_some() || talk.c().stage.engaged().is_some(), "{stage:?}");
        let noted = talk.r.log.iter().any(|recorded| matches!(recorded.event, Event::Noted { .. }));
        let reason = talk.c().stage.waiting().map(|request| request.reason.clone());
        assert!(noted || reason == Some(HandoffReason::DeletionAsked) || talk.stage() == StageName::Live);
    }
}

#[test]
fn language_is_changed_at_every_stage_and_the_question_asked_again() {
    for (stage, mut talk) in stages() {
        let asked = talk.child("language");
        assert_eq!(asked, ["language_choice"], "{stage:?}");
        let heard = talk.child("français");
        assert_eq!(heard[0], "language_changed", "{stage:?}");
        assert_eq!(talk.c().lang, Lang::FR);
        if let Some(bot) = &talk.c().bot {
            assert!(heard[1].ends_with(bot.step.as_str()), "{stage:?} {heard:?}");
            let last = talk.r.spoken.last().unwrap().outbound.text.text().to_owned();
            assert!(last.starts_with("[fr]"), "{stage:?} {last}");
        }
    }
}

#[test]
fn stop_at_low_urgency_ends_it_unless_a_counsellor_has_the_child() {
    for (stage, mut talk) in stages() {
        assert_eq!(talk.child("stop"), ["stopped"], "{stage:?}");
        match stage {
            StageName::Accepted | StageName::Wrapping => assert_eq!(talk.stage(), stage),
            _ => assert!(matches!(talk.c().stage, Stage::Closed(Closed::Child { .. })), "{stage:?}"),
        }
        assert!(talk.c().bot.is_none());
    }
}

#[test]
fn stop_after_something_was_told_goes_to_a_humans_list_and_keeps_its_word() {
    for told in [URGENT, SOON] {
        let mut talk = Talk::with(&[LEA]);
        talk.child("hello");
        talk.child(told);
        let heard = talk.child("stop");
        assert_eq!(heard[0], "stopped_high", "{told}");
        assert!(talk.c().stage.waiting().is_some());
        assert!(!talk.c().timers.contains_key(&TimerKey::Holding), "no more questions, no more messages");
        assert!(talk.wait(1_700).is_empty());
        assert_eq!(talk.child("ok"), ["heard"], "an answer, but no question");
        assert_eq!(talk.child("human")[0], "human_called");
        assert!(talk.c().timers.contains_key(&TimerKey::Holding));
    }
}

#[test]
fn each_of_them_works_as_the_very_first_word() {
    let rows: [(&str, &[&str], StageName); 4] = [
        ("language", &["language_choice"], StageName::WithBot),
        ("français", &["language_changed", "welcome.hello", "welcome.topic"], StageName::WithBot),
        ("human", &["human_called"], StageName::Offered),
        ("stop", &["stopped"], StageName::Closed),
    ];
    for (word, heard, stage) in rows {
        let mut talk = Talk::with(&[LEA]);
        assert!(
            talk.child(word).starts_with(&heard.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()),
            "{word}"
        );
        assert_eq!(talk.stage(), stage, "{word}");
        assert!(stage != StageName::WithBot || !talk.c().timers.is_empty(), "{word} leads into silence");
    }
}
