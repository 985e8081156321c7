//! Random sequences of everything that can happen; what must hold after each step.
//!
//! Read next: `support.rs` for the harness, `src/alive.rs` for the promise against silence.

use crate::pack::{library, library_without};
use crate::support::{ASKS, EMERGENCY, LEA, SOON, TOM, Talk, URGENT, counsellor_id, person, secs};
use domain::limits::FLOOD_MESSAGES;
use domain::{
    CloseReason, Closed, Confidential, Conversation, DeclineReason, DeliveryOutcome, DeskCommand, DutyState,
    Event, ExternalId, Feedback, InboundBody, Lang, MessageId, RefusalReason, Speaker, Stage, TimerKey,
    UnknownReason,
};
use engine::{Command, Opening, StepError, owed};
use flow_script::{FlowLibrary, HouseLangs, load_shipped};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// One thing that can happen.
#[derive(Debug, Clone)]
enum Act {
    Child(InboundBody),
    /// The n-th choice of the last question.
    Tap(usize),
    Wait(u64),
    Desk(u128, DeskCommand),
    /// The n-th newest message's fate.
    Fate(usize, DeliveryOutcome),
    Arrives(u128),
    Duty(u128, DutyState),
    Gone(u128),
    Roster,
    Doors(Opening),
    /// All flows, or one of them withdrawn.
    Flows(Option<&'static str>),
    Pay,
}

const WORDS: [&str; 22] = [
    "hello",
    "1",
    "2",
    "talk",
    "later",
    "blue",
    "no",
    "",
    "12",
    "stop",
    "help",
    "human",
    "delete",
    "language",
    "français",
    URGENT,
    EMERGENCY,
    SOON,
    ASKS,
    "spin",
    "I want to cut myself",
    "yes",
];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,40}"]
}

fn external() -> impl Strategy<Value = ExternalId> {
    (1_u32..40).prop_map(|number| ExternalId(format!("in-{number}")))
}

fn body() -> impl Strategy<Value = InboundBody> {
    let hidden = |text: Option<String>| text.map(Confidential::from);
    prop_oneof![
        12 => words().prop_map(|text| InboundBody::Text { text: text.into() }),
        2 => (external(), words()).prop_map(|(of, text)| InboundBody::Edit { of, text: text.into() }),
        1 => external().prop_map(|of| InboundBody::Redaction { of }),
        1 => external().prop_map(|of| InboundBody::Reaction { of, sign: Confidential::from("❤️") }),
        1 => (prop::option::of(words()), prop::option::of(words())).prop_map(move |(name, caption)| {
            InboundBody::Attachment { media: "image".into(), name: hidden(name), size: None, caption: hidden(caption) }
        }),
        1 => prop::option::of(words()).prop_map(move |label| {
            InboundBody::Choice { value: "old.1.talk".into(), label: hidden(label) }
        }),
        1 => Just(InboundBody::Joined),
        1 => Just(InboundBody::Left),
        1 => Just(InboundBody::Unreadable { why: "malformed".into() }),
    ]
}

fn command() -> impl Strategy<Value = DeskCommand> {
    let feedback = prop::sample::select(vec![Feedback::Ask, Feedback::DontAsk]);
    prop_oneof![
        6 => Just(DeskCommand::Accept),
        1 => Just(DeskCommand::Decline { reason: DeclineReason::Busy }),
        6 => (0_u32..50).prop_map(|key| DeskCommand::Say { text: "hi".into(), client_key: key.to_string() }),
        1 => Just(DeskCommand::Note { text: "a note".into() }),
        1 => Just(DeskCommand::GiveBack),
        3 => feedback.prop_map(|feedback| DeskCommand::Finish { feedback }),
        2 => Just(DeskCommand::WrapUp { reason: CloseReason::Helped, note: None }),
        1 => Just(DeskCommand::View),
    ]
}

fn outcome() -> impl Strategy<Value = DeliveryOutcome> {
    let refusals = vec![
        RefusalReason::Unreachable,
        RefusalReason::ChatGone,
        RefusalReason::NotAcceptable,
        RefusalReason::NotAllowed,
    ];
    prop_oneof![
        6 => Just(DeliveryOutcome::Sent { external: None }),
        1 => prop::sample::select(refusals).prop_map(|reason| DeliveryOutcome::Refused { reason }),
        1 => Just(DeliveryOutcome::Unknown { reason: UnknownReason::TimedOut }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let who = || prop::sample::select(vec![LEA, TOM]);
    let duty = prop::sample::select(vec![DutyState::Available, DutyState::Busy, DutyState::Away]);
    let withdrawn = prop::sample::select(vec![
        None,
        None,
        Some("welcome"),
        Some("waiting"),
        Some("suicide"),
        Some("feedback"),
    ]);
    let span = prop::sample::select(vec![1_u64, 9, 13, 31, 61, 181, 400, 1_900, 90_000]);
    prop_oneof![
        10 => body().prop_map(Act::Child),
        6 => (0_usize..14).prop_map(Act::Tap),
        5 => span.prop_map(Act::Wait),
        12 => (who(), command()).prop_map(|(who, command)| Act::Desk(who, command)),
        5 => (0_usize..3, outcome()).prop_map(|(back, outcome)| Act::Fate(back, outcome)),
        3 => who().prop_map(Act::Arrives),
        1 => (who(), duty).prop_map(|(who, duty)| Act::Duty(who, duty)),
        2 => who().prop_map(Act::Gone),
        1 => Just(Act::Roster),
        1 => prop::sample::select(vec![Opening::Open, Opening::Closed]).prop_map(Act::Doors),
        1 => withdrawn.prop_map(Act::Flows),
        1 => Just(Act::Pay),
    ]
}

/// Plays one act. A refusal and "nothing to do" are fine; a bug is not.
fn play(talk: &mut Talk, act: Act) -> Result<(), StepError> {
    let done = match act {
        Act::Child(body) => talk.r.inbound(body),
        Act::Tap(number) => {
            let asked = talk.r.spoken.iter().rev().find(|spoken| !spoken.outbound.choices.is_empty());
            let choice = asked.and_then(|spoken| spoken.outbound.choices.get(number).cloned());
            let Some(choice) = choice else { return Ok(()) };
            let label = (number % 2 == 0).then(|| Confidential::from(choice.label));
            talk.r.inbound(InboundBody::Choice { value: choice.value, label })
        }
        Act::Wait(seconds) => talk.r.wait(secs(seconds)),
        Act::Desk(who, command) => talk.r.desk(&person(who), command),
        Act::Fate(back, outcome) => {
            let number =
                talk.r.spoken.iter().rev().nth(back).map_or(MessageId(1), |spoken| spoken.outbound.message);
            talk.r.command(Command::Delivered { message: number, outcome })
        }
        Act::Arrives(who) => {
            talk.leaves_duty(who);
            talk.arrives(who);
            Ok(Vec::new())
        }
        Act::Duty(who, duty) => {
            let entries = talk.r.roster.entries.iter_mut();
            entries.filter(|entry| entry.counsellor.id == counsellor_id(who)).for_each(|entry| entry.duty = duty);
            talk.r.roster_changed()
        }
        Act::Gone(who) => {
            talk.gone(who);
            Ok(Vec::new())
        }
        Act::Roster => talk.r.roster_changed(),
        Act::Doors(opening) => {
            talk.r.house.opening = opening;
            Ok(Vec::new())
        }
        Act::Flows(without) => {
            talk.r.set_flows(without.map_or_else(library, library_without));
            Ok(Vec::new())
        }
        Act::Pay => talk.r.command(Command::PayWhatIsOwed),
    };
    match done {
        Ok(_) | Err(StepError::Nothing | StepError::Refused(_) | StepError::Closed) => Ok(()),
        Err(bug @ StepError::Bug(_)) => Err(bug),
    }
}

/// Something goes on by itself: nobody is left in a silence that only the child could end.
fn goes_on(c: &Conversation) -> bool {
    let runs = |key: TimerKey| c.timers.contains_key(&key);
    match &c.stage {
        Stage::WithBot => runs(TimerKey::ChildSilent) || runs(TimerKey::FlowPause),
        Stage::Queued(_) | Stage::AwaitingReturn(_) => runs(TimerKey::Offer),
        Stage::Offered(_) => runs(TimerKey::OfferExpires),
        Stage::Accepted(engaged) => engaged.first_words.is_some() || runs(TimerKey::FirstWords),
        Stage::Introduced(_) | Stage::Live(_) | Stage::Wrapping(_) | Stage::Parked(_) => true,
        Stage::Closed(_) => c.timers.is_empty(),
        Stage::Requested(_) => false,
    }
}

/// Alarms of the ladder that haven't rung are set, at every urgency that has them.
fn ladder_is_set(c: &Conversation) -> bool {
    let Some(request) = c.stage.waiting() else { return true };
    let set = |key: TimerKey, has: bool, rung: bool| !has || rung || c.timers.contains_key(&key);
    let urgency = c.urgency();
    set(TimerKey::Widen, urgency.widen_after().is_some(), request.ladder.widened_at.is_some())
        && set(TimerKey::Supervisor, true, request.ladder.supervisor_at.is_some())
        && set(TimerKey::Pager, urgency.pager_after().is_some(), request.ladder.pager_at.is_some())
}

/// May a machine speak at this point of the log? Judged from the log alone, not by the engine's own guard.
fn bot_spoke_over_a_human(talk: &Talk) -> bool {
    let mut human = false;
    talk.r.log.iter().any(|recorded| match &recorded.event {
        Event::Said { by: Speaker::Counsellor { .. }, .. } => {
            human = true;
            false
        }
        Event::Said { .. } => human,
        Event::Handoff { what } => {
            use domain::HandoffEvent as E;
            if matches!(what, E::CounsellorLost { .. } | E::GivenBack { .. } | E::Finished) {
                human = false;
            } else if matches!(what, E::Reopened) {
                human = true;
            }
            false
        }
        _ => false,
    })
}

fn check(talk: &Talk, before: Option<&Conversation>) -> Result<(), TestCaseError> {
    let Some(c) = talk.r.conversation() else { return Ok(()) };
    prop_assert!(before.is_none_or(|before| c.urgency() >= before.urgency()), "urgency fell");
    prop_assert_eq!(owed(c), None, "something is owed to the child");
    prop_assert!(goes_on(c), "dead silence at {:?} with timers {:?}", c.stage.name(), c.timers);
    prop_assert!(ladder_is_set(c), "alarms forgotten at {:?}: {:?}", c.urgency(), c.timers);
    let by_child = matches!(c.stage, Stage::Closed(Closed::Child { .. }));
    prop_assert!(!(by_child && c.urgency().is_high()), "closed by the child at high urgency");
    let rests = matches!(c.stage, Stage::Parked(_)) || by_child;
    let told = c.seen.iter().any(|seen| seen.finding.urgency > domain::Urgency::Routine);
    prop_assert!(!(rests && told), "rests although a rule fired, and no human has it");
    Ok(())
}

fn check_log(talk: &Talk) -> Result<(), TestCaseError> {
    let Some(c) = talk.r.conversation() else { return Ok(()) };
    let replayed = talk.r.replayed();
    prop_assert_eq!(replayed.as_ref(), Some(c), "the log alone rebuilds the state");
    prop_assert!(!bot_spoke_over_a_human(talk), "the bot spoke over a human");
    let seqs: Vec<u64> = talk.r.log.iter().map(|recorded| recorded.seq).collect();
    prop_assert_eq!(seqs, (1..=c.version).collect::<Vec<_>>(), "places in the log without gaps");
    let numbers: Vec<u32> = talk
        .r
        .log
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Received { message, .. } | Event::Said { message, .. } => Some(message.0),
            _ => None,
        })
        .collect();
    prop_assert_eq!(numbers, (1..=c.messages).collect::<Vec<_>>(), "message numbers without gaps");
    let keys: Vec<&String> = talk
        .r
        .log
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Said { client_key: Some(key), .. } => Some(key),
            _ => None,
        })
        .collect();
    prop_assert_eq!(keys.len(), keys.iter().collect::<BTreeSet<_>>().len(), "a key was said twice");
    Ok(())
}

static SHIPPED: LazyLock<FlowLibrary> = LazyLock::new(|| {
    load_shipped(&HouseLangs::new([Lang::EN, Lang::FR])).expect("the shipped flows load").library
});

fn staffed(staff: usize) -> Talk {
    Talk::with(&[LEA, TOM][..staff])
}

proptest! {
    // `PROPTEST_CASES=20000` looks deeper.

    #[test]
    fn whatever_happens_the_promises_hold(staff in 0_usize..=2, acts in prop::collection::vec(act(), 1..60)) {
        let mut talk = staffed(staff);
        for act in acts {
            let before = talk.r.conversation().cloned();
            let shown = format!("{act:?}");
            if let Err(bug) = play(&mut talk, act) {
                return Err(TestCaseError::fail(format!("{shown}: {bug:?}")));
            }
            check(&talk, before.as_ref())?;
        }
        check_log(&talk)?;
    }

    #[test]
    fn the_same_happenings_give_the_same_talk(acts in prop::collection::vec(act(), 1..40)) {
        let (mut one, mut two) = (staffed(2), staffed(2));
        for act in acts {
            let first = play(&mut one, act.clone()).is_ok();
            prop_assert_eq!(first, play(&mut two, act).is_ok());
        }
        prop_assert_eq!(one.r.conversation(), two.r.conversation());
        prop_assert_eq!(&one.r.log, &two.r.log);
        prop_assert_eq!(&one.r.alarms, &two.r.alarms);
    }

    #[test]
    fn with_the_shipped_flows_too(staff in 0_usize..=2, acts in prop::collection::vec(act(), 1..60)) {
        let mut talk = staffed(staff);
        talk.r.set_flows(SHIPPED.clone());
        for act in acts.into_iter().filter(|act| !matches!(act, Act::Flows(_))) {
            let before = talk.r.conversation().cloned();
            if let Err(bug) = play(&mut talk, act) {
                return Err(TestCaseError::fail(format!("{bug:?}")));
            }
            check(&talk, before.as_ref())?;
        }
        check_log(&talk)?;
    }

    /// Left alone with the clock, a child who told something is always on a human's list.
    #[test]
    fn left_alone_a_disclosure_always_ends_with_a_human(
        staff in 0_usize..=2,
        acts in prop::collection::vec(act(), 0..25),
        told in prop::sample::select(vec![URGENT, EMERGENCY, SOON]),
    ) {
        let mut talk = staffed(staff);
        for act in acts {
            if let Err(bug) = play(&mut talk, act) {
                return Err(TestCaseError::fail(format!("{bug:?}")));
            }
        }
        let bot_leads = talk.r.conversation().is_none_or(|c| c.stage.bot_may_speak() && c.flood.1 < FLOOD_MESSAGES);
        match talk.r.child(told) {
            Ok(heard) => prop_assert!(!bot_leads || !heard.is_empty(), "told, and heard nothing"),
            Err(StepError::Closed) => return Ok(()),
            Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
        }
        talk.r.wait(secs(86_400)).map_err(|bug| TestCaseError::fail(format!("{bug:?}")))?;
        let c = talk.c();
        let human = c.stage.waiting().is_some() || c.stage.engaged().is_some();
        prop_assert!(human, "a day later it is {:?}", c.stage.name());
    }
}
