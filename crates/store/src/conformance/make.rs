//! Small builders for the cases: inbound items, talks, turns.
//!
//! Read next: `inbox.rs`.

use super::Subject;
use crate::{Accepted, Actor, AuditEntry, Store, TurnCommit};
use domain::{
    AccountId, CloseReason, Confidential, ContactId, Conversation, ConversationId, CounsellorId, DedupeKey, Event,
    ExternalId, HandoffEvent, HandoffReason, Inbound, InboundBody, InboxSeq, Lang, MessageId, Platform,
    PlatformId, Recorded, Speaker, StepId, Timestamp, Urgency,
};
use speech::{ChildText, Choice, Outbound};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A point in time, in seconds of the test's own clock.
pub const fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + second * 1_000)
}

/// The helpline's account in most cases.
pub fn account() -> AccountId {
    AccountId::new("matrix-main")
}

/// An id with a number.
pub const fn conversation(n: u128) -> ConversationId {
    ConversationId::from_uuid(Uuid::from_u128(n))
}

/// An id with a number.
pub const fn counsellor(n: u128) -> CounsellorId {
    CounsellorId::from_uuid(Uuid::from_u128(n))
}

/// What a child wrote. `key` is the delivery's own.
pub fn text(who: &str, key: &str, words: &str) -> Inbound {
    Inbound {
        account: account(),
        dedupe: DedupeKey(key.to_owned()),
        contact: PlatformId::new(format!("@{who}:example.org")),
        chat: PlatformId::new(format!("!{who}-room:example.org")),
        external: Some(ExternalId(format!("$event-{key}"))),
        sent_at: Some(at(0)),
        client_lang: Some(Lang::EN),
        body: InboundBody::Text { text: Confidential::from(words) },
    }
}

/// Hands in one item and returns where it was kept.
pub async fn received(store: &dyn Store, item: Inbound) -> (InboxSeq, ContactId) {
    let account = item.account.clone();
    match store.accept(&account, vec![item], None, at(0)).await.unwrap().as_slice() {
        [Accepted::New { seq, contact }] => (*seq, *contact),
        other => panic!("the item was new, but: {other:?}"),
    }
}

/// The event of a child's message.
pub fn received_event(message: u32, inbox: InboxSeq, words: &str) -> Event {
    Event::Received {
        message: MessageId(message),
        inbox,
        external: Some(ExternalId(format!("$event-{}", inbox.0))),
        text: Confidential::from(words),
        kind: "text".into(),
    }
}

/// The event of a message to the child.
pub fn said_event(message: u32, words: &str) -> Event {
    Event::Said {
        message: MessageId(message),
        by: Speaker::Flow { flow: "welcome".into(), step: "hello".into() },
        text: Confidential::from(words),
        choices: Vec::new(),
        client_key: None,
    }
}

/// A message to the child.
pub fn outbound(id: ConversationId, message: u32, words: &str) -> Outbound {
    Outbound {
        conversation: id,
        message: MessageId(message),
        text: ChildText::from_flow("welcome".into(), StepId::new("hello"), words.to_owned()),
        choices: vec![Choice { value: "yes".into(), label: "Yes".into() }],
        lang: Lang::EN,
    }
}

/// An audit line of the house.
pub fn entry(id: Option<ConversationId>, action: &str, second: i64) -> AuditEntry {
    let facts = BTreeMap::from([("rule".to_owned(), "r1".to_owned()), ("a".to_owned(), "b".to_owned())]);
    AuditEntry { at: at(second), actor: Actor::House, conversation: id, action: action.to_owned(), facts }
}

/// The first turn of a talk, with further events.
pub fn opening(id: ConversationId, contact: ContactId, more: Vec<Event>, now: Timestamp) -> TurnCommit {
    opening_on(account(), id, contact, more, now)
}

/// The first turn of a talk on a named account.
pub fn opening_on(
    account: AccountId,
    id: ConversationId,
    contact: ContactId,
    more: Vec<Event>,
    now: Timestamp,
) -> TurnCommit {
    let first = Event::Opened { contact, account, platform: Platform::Matrix, lang: Lang::EN };
    let state = Conversation::open(id, &first, now).unwrap();
    let mut turn = turn_of(state, 0, more, now);
    turn.events.insert(0, Recorded { seq: 1, at: now, event: first });
    turn
}

/// The next turn of a talk.
pub fn next(state: &Conversation, events: Vec<Event>, now: Timestamp) -> TurnCommit {
    turn_of(state.clone(), state.version, events, now)
}

fn turn_of(mut state: Conversation, expected: u64, events: Vec<Event>, now: Timestamp) -> TurnCommit {
    let mut recorded = Vec::new();
    for event in events {
        state.apply(&event, now).unwrap();
        recorded.push(Recorded { seq: state.version, at: now, event });
    }
    TurnCommit {
        state,
        expected,
        events: recorded,
        outbox: Vec::new(),
        settled: None,
        alarms: Vec::new(),
        audit: Vec::new(),
        took: None,
        at: now,
    }
}

/// Events that raise the urgency and put the child in the queue.
pub fn queueing(urgency: Urgency) -> Vec<Event> {
    vec![
        Event::RiskRaised { to: urgency, rule: Some("suicide.test.1".into()) },
        Event::Handoff { what: HandoffEvent::Requested { reason: HandoffReason::ChildAsked, team: None } },
        Event::Handoff { what: HandoffEvent::Queued },
    ]
}

/// Events that take a talk from the bot to its close by a counsellor.
pub fn closing(by: CounsellorId) -> Vec<Event> {
    closing_because(by, CloseReason::Helped)
}

/// As [`closing`], with a reason.
pub fn closing_because(by: CounsellorId, reason: CloseReason) -> Vec<Event> {
    let step = |what| Event::Handoff { what };
    vec![
        step(HandoffEvent::Requested { reason: HandoffReason::ChildAsked, team: None }),
        step(HandoffEvent::Queued),
        step(HandoffEvent::Accepted { by, first_name: "Ada".into() }),
        step(HandoffEvent::Finished),
        step(HandoffEvent::WrappedUp { by, reason }),
    ]
}

/// A kept talk with one message of the child and one answer in the outbox.
pub async fn talk(subject: &dyn Subject, n: u128, who: &str) -> Conversation {
    let store = subject.store();
    let (seq, contact) = received(store, text(who, &format!("{who}-{n}"), "hello")).await;
    let id = conversation(n);
    let events = vec![received_event(1, seq, "hello"), said_event(2, "hi there")];
    let mut turn = opening(id, contact, events, at(0));
    turn.took = Some(seq);
    turn.outbox.push(outbound(id, 2, "hi there"));
    let state = turn.state.clone();
    store.commit(turn).await.unwrap();
    state
}
