//! One example of each shape, with every field filled. Never change one: add another at the end.

use domain::{
    AccountId, AgeBand, Category, CloseReason, Closed, Confidential, ContactId, Conversation, ConversationId,
    CounsellorId, DeclineReason, DeliveryOutcome, Engaged, Event, ExternalId, Finding, FlowHash, FlowId, Frame,
    HandoffEvent, HandoffReason, InboxSeq, Ladder, Lang, MessageId, Move, Offered, Parked, Person, Platform,
    Polarity, RefusalReason, Request, ResourceId, RuleId, Span, Speaker, Stage, StepId, TeamId, Tier, TimeRef,
    TimerKey, Timestamp, UnknownReason, Urgency, VarName, View, Waiting,
};
use std::collections::BTreeSet;
use uuid::Uuid;

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + seconds * 1_000)
}

const fn counsellor(number: u128) -> CounsellorId {
    CounsellorId::from_uuid(Uuid::from_u128(number))
}

fn words(text: &str) -> Confidential<String> {
    Confidential::from(text)
}

fn finding() -> Finding {
    Finding {
        category: Category::Suicide,
        tier: Tier::Hard,
        urgency: Urgency::Urgent,
        rule: RuleId::new("suicide.ideation.en.3"),
        version: 1,
        span: Span { start: 0, end: 12 },
        view: View::AsWritten,
        person: Person::Oneself,
        time: TimeRef::Now,
        polarity: Polarity::Affirmed,
        moves: vec![Move { from: Urgency::Emergency, to: Urgency::Urgent, because: "past".into() }],
    }
}

fn speakers() -> Vec<Speaker> {
    vec![
        Speaker::Flow { flow: FlowId::new("welcome"), step: StepId::new("hello") },
        Speaker::Phrase { phrase: "urgent_now".into() },
        Speaker::Counsellor { by: counsellor(1) },
    ]
}

fn outcomes() -> Vec<DeliveryOutcome> {
    let refused = |reason| DeliveryOutcome::Refused { reason };
    let unknown = |reason| DeliveryOutcome::Unknown { reason };
    vec![
        DeliveryOutcome::Sent { external: Some(ExternalId("$id".into())) },
        DeliveryOutcome::Sent { external: None },
        refused(RefusalReason::Unreachable),
        refused(RefusalReason::ChatGone),
        refused(RefusalReason::NotAcceptable),
        refused(RefusalReason::NotAllowed),
        unknown(UnknownReason::TimedOut),
        unknown(UnknownReason::Interrupted),
        unknown(UnknownReason::UnreadableAnswer),
    ]
}

const TIMERS: [TimerKey; 10] = [
    TimerKey::FlowPause,
    TimerKey::ChildSilent,
    TimerKey::Offer,
    TimerKey::OfferExpires,
    TimerKey::Widen,
    TimerKey::Supervisor,
    TimerKey::Pager,
    TimerKey::Holding,
    TimerKey::FirstWords,
    TimerKey::ParkCheck,
];

fn opened() -> Event {
    Event::Opened {
        contact: ContactId::from_uuid(Uuid::from_u128(2)),
        account: AccountId::new("matrix-main"),
        platform: Platform::Matrix,
        lang: Lang::EN,
    }
}

fn at_step(waiting: Option<Waiting>) -> Event {
    let frame = Frame { flow: FlowId::new("welcome"), hash: FlowHash::new("ab12"), step: StepId::new("topic") };
    Event::AtStep {
        flow: FlowId::new("suicide"),
        hash: FlowHash::new("cd34"),
        step: StepId::new("safe_now"),
        stack: vec![frame],
        waiting,
    }
}

/// Every event.
pub(crate) fn events() -> Vec<Event> {
    let message = MessageId(3);
    let mut events = vec![
        opened(),
        Event::Received {
            message,
            inbox: InboxSeq(9),
            external: Some(ExternalId("$ev".into())),
            text: words("hello"),
            kind: "text".into(),
        },
        Event::Edited { message: Some(message), inbox: InboxSeq(10), text: words("hello!") },
        Event::Edited { message: None, inbox: InboxSeq(11), text: words("") },
        Event::Redacted { message: Some(message), inbox: InboxSeq(12) },
        Event::LeftChat { inbox: InboxSeq(13) },
        Event::Found { message: Some(message), findings: vec![finding()] },
        Event::RiskRaised { to: Urgency::Urgent, rule: Some(RuleId::new("suicide.ideation.en.3")) },
        Event::RiskRaised { to: Urgency::Soon, rule: None },
        at_step(Some(Waiting::Answer)),
        at_step(Some(Waiting::Pause)),
        at_step(None),
        Event::NotUnderstood,
        Event::Reminded,
        Event::BotDone,
        Event::VariableSet { name: VarName::new("topic"), value: words("school") },
        Event::LangChosen { lang: Lang::FR },
        Event::ResourcesGiven { resources: vec![ResourceId::new("fr-119")] },
        Event::Noted { by: Some(counsellor(1)), text: words("a note") },
        Event::Noted { by: None, text: words("from a flow") },
        Event::LimitHit { limit: "flood_messages".into() },
        Event::WrapUpNoted { by: counsellor(1), note: words("the record") },
        Event::Viewed { by: counsellor(1) },
    ];
    events.extend(speakers().into_iter().map(|by| Event::Said {
        message,
        by,
        text: words("hi"),
        choices: vec![("ab12.1.yes".into(), "Yes".into())],
        client_key: Some("key".into()),
    }));
    events.extend(outcomes().into_iter().map(|outcome| Event::Delivered { message, outcome }));
    let bands = [AgeBand::Unknown, AgeBand::UpTo9, AgeBand::From10To13, AgeBand::From14To17, AgeBand::Adult];
    events.extend(bands.map(|band| Event::AgeBandSaid { band }));
    events.extend(TIMERS.map(|key| Event::TimerArmed { key, at: at(60) }));
    events.push(Event::TimerCleared { key: TimerKey::Offer });
    events.push(Event::Handoff { what: HandoffEvent::Queued });
    events
}

/// Every reason for a handoff.
pub(crate) fn reasons() -> Vec<HandoffReason> {
    vec![
        HandoffReason::Rule { rule: RuleId::new("suicide.ideation.en.3"), category: Category::Suicide },
        HandoffReason::ChildAsked,
        HandoffReason::Flow { flow: FlowId::new("welcome"), step: StepId::new("person") },
        HandoffReason::NotUnderstood,
        HandoffReason::ChildSilent,
        HandoffReason::ChildLeft,
        HandoffReason::DeletionAsked,
        HandoffReason::Limit { limit: "bot_turns".into() },
        HandoffReason::FlowBroken { what: "flow_missing".into() },
        HandoffReason::CounsellorLost,
        HandoffReason::CounsellorReturned,
        HandoffReason::TakenUp,
    ]
}

/// Every handoff event.
pub(crate) fn handoff_events() -> Vec<HandoffEvent> {
    let by = counsellor(1);
    let mut events: Vec<HandoffEvent> = reasons()
        .into_iter()
        .map(|reason| HandoffEvent::Requested { reason, team: Some(TeamId::new("night")) })
        .collect();
    events.extend([
        HandoffEvent::Queued,
        HandoffEvent::NobodyOnDuty,
        HandoffEvent::SomebodyCame,
        HandoffEvent::Offered { to: BTreeSet::from([by, counsellor(2)]), deadline: at(30) },
        HandoffEvent::OfferExpired,
        HandoffEvent::Widened,
        HandoffEvent::SupervisorTold,
        HandoffEvent::PagerRang,
        HandoffEvent::HeldCompany,
        HandoffEvent::Accepted { by, first_name: "Léa".into() },
        HandoffEvent::FirstWords { message: MessageId(4) },
        HandoffEvent::Introduced,
        HandoffEvent::WentLive,
        HandoffEvent::CounsellorLost { by },
        HandoffEvent::GivenBack { by },
        HandoffEvent::Finished,
        HandoffEvent::Reopened,
        HandoffEvent::Parked,
        HandoffEvent::Returned,
        HandoffEvent::ChildLeft,
    ]);
    events.extend(DeclineReason::ALL.map(|reason| HandoffEvent::Declined { by, reason }));
    events.extend(CloseReason::ALL.map(|reason| HandoffEvent::WrappedUp { by, reason }));
    events
}

fn request() -> Request {
    Request {
        reason: HandoffReason::CounsellorLost,
        team: Some(TeamId::new("night")),
        since: at(1),
        again_since: Some(at(2)),
        ladder: Ladder { widened_at: Some(at(45)), supervisor_at: Some(at(120)), pager_at: Some(at(300)) },
        passed: BTreeSet::from([counsellor(2)]),
        holding_sent: 2,
    }
}

/// Every stage.
pub(crate) fn stages() -> Vec<Stage> {
    let engaged = Engaged {
        by: counsellor(1),
        first_name: "Léa".into(),
        since: at(5),
        request: request(),
        first_words: Some(MessageId(4)),
    };
    vec![
        Stage::WithBot,
        Stage::Requested(Request::new(HandoffReason::ChildAsked, None, at(1))),
        Stage::Queued(request()),
        Stage::AwaitingReturn(request()),
        Stage::Offered(Offered { request: request(), to: BTreeSet::from([counsellor(1)]), deadline: at(30) }),
        Stage::Accepted(engaged.clone()),
        Stage::Introduced(engaged.clone()),
        Stage::Live(engaged.clone()),
        Stage::Wrapping(engaged),
        Stage::Parked(Parked { since: at(9) }),
        Stage::Closed(Closed::Human { by_whom: counsellor(1), at: at(10), reason: CloseReason::Helped }),
        Stage::Closed(Closed::Child { at: at(11) }),
    ]
}

/// A state with something in every field, made by its events.
pub(crate) fn conversation() -> Conversation {
    let id = ConversationId::from_uuid(Uuid::from_u128(7));
    let mut log = vec![opened()];
    log.extend(events().into_iter().filter(|event| {
        !matches!(event, Event::Opened { .. } | Event::BotDone | Event::Handoff { .. } | Event::LeftChat { .. })
    }));
    let reason = HandoffReason::ChildAsked;
    log.push(Event::Handoff { what: HandoffEvent::Requested { reason, team: None } });
    Conversation::replay(id, log.iter().map(|event| (event, at(20)))).unwrap()
}
