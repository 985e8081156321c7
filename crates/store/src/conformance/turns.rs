//! Cases of turns and timers: whole or not at all, one writer, rebuilt from events.

use super::Subject;
use super::make::{
    account, at, closing, conversation, counsellor, entry, next, opening, outbound, received, received_event,
    said_event, talk, text,
};
use crate::{Store, StoreError};
use domain::{
    Alarm, AlarmKind, Confidential, ContactId, Conversation, DeliveryOutcome, Event, InboxSeq, MessageId,
    TimerKey, Urgency,
};
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

/// Waits for all at the same time, so that a store may commit them together.
pub async fn together<T>(mut waiting: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (place, future) in waiting.iter_mut().enumerate() {
            if done[place].is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                done[place] = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

async fn replayed(store: &dyn Store, state: &Conversation) -> Conversation {
    let log = store.events(state.id, 0, 10_000).await.unwrap();
    assert!(log.iter().map(|event| event.seq).eq(1..=state.version));
    Conversation::replay(state.id, log.iter().map(|event| (&event.event, event.at))).unwrap()
}

#[allow(missing_docs)]
pub async fn a_turn_is_kept_whole(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    assert_eq!(store.load(state.id).await.unwrap().as_ref(), Some(&state));
    assert_eq!(store.open_of(state.contact).await.unwrap(), Some(state.id));
    assert_eq!(store.pending_count().await.unwrap(), 0, "the turn took its row");
    assert_eq!(store.unsettled(&account()).await.unwrap(), 1);
    let events = store.events(state.id, 0, 10).await.unwrap();
    assert_eq!(events.len(), 3);
    assert_eq!(store.events(state.id, 1, 1).await.unwrap(), events[1..2]);
    assert!(store.load(conversation(99)).await.unwrap().is_none());
    assert!(store.events(conversation(99), 0, 10).await.unwrap().is_empty());
}

#[allow(missing_docs)]
pub async fn a_turn_that_conflicts_keeps_nothing(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    let (seq, _) = received(store, text("a", "late", "late")).await;
    store.commit(next(&state, vec![said_event(3, "first")], at(1))).await.unwrap();
    let mut late = next(&state, vec![received_event(3, seq, "late"), said_event(4, "lost")], at(2));
    late.outbox.push(outbound(state.id, 4, "lost"));
    late.took = Some(seq);
    late.settled = Some((MessageId(2), DeliveryOutcome::Sent { external: None }));
    late.audit.push(entry(Some(state.id), "lost", 2));
    late.alarms.push(Alarm {
        conversation: state.id,
        kind: AlarmKind::Pager,
        urgency: Urgency::Urgent,
        at: at(2),
    });
    let refused = store.commit(late).await;
    assert!(matches!(refused, Err(StoreError::Conflict { expected: 3, found: 4 })), "{refused:?}");
    assert_eq!(store.pending_count().await.unwrap(), 1);
    assert_eq!(store.unsettled(&account()).await.unwrap(), 1);
    assert_eq!(store.events(state.id, 0, 100).await.unwrap().len(), 4);
    assert!(store.alarms().await.unwrap().is_empty());
    assert!(store.audit(None, 0, 10).await.unwrap().is_empty());
    assert_eq!(store.verify().await.unwrap(), Ok(0));
}

#[allow(missing_docs)]
pub async fn making_a_conversation_twice_conflicts(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    let again = store.commit(opening(state.id, state.contact, Vec::new(), at(1))).await;
    assert!(matches!(again, Err(StoreError::Conflict { expected: 0, found: 3 })), "{again:?}");
    let mut unborn = state.clone();
    unborn.id = conversation(7);
    let early = store.commit(next(&unborn, vec![said_event(3, "x")], at(1))).await;
    assert!(matches!(early, Err(StoreError::Conflict { expected: 3, found: 0 })), "{early:?}");
}

#[allow(missing_docs)]
pub async fn a_contact_has_one_open_conversation(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    let second = || opening(conversation(2), state.contact, Vec::new(), at(1));
    assert!(matches!(store.commit(second()).await, Err(StoreError::Conflict { expected: 0, .. })));
    store.commit(next(&state, closing(counsellor(1)), at(2))).await.unwrap();
    assert_eq!(store.open_of(state.contact).await.unwrap(), None);
    store.commit(second()).await.unwrap();
    assert_eq!(store.open_of(state.contact).await.unwrap(), Some(conversation(2)));
    let stranger = ContactId::from_uuid(uuid::Uuid::from_u128(0xBAD));
    let unknown = store.commit(opening(conversation(3), stranger, Vec::new(), at(1))).await;
    assert!(matches!(unknown, Err(StoreError::Invalid(_))), "{unknown:?}");
}

#[allow(missing_docs)]
pub async fn a_turn_takes_its_inbox_row_once(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    let (mine, _) = received(store, text("a", "k1", "one")).await;
    let (theirs, _) = received(store, text("b", "k2", "two")).await;
    let taking = |seq: InboxSeq| {
        let mut turn = next(&state, vec![said_event(3, "x")], at(1));
        turn.took = Some(seq);
        turn
    };
    for wrong in [theirs, InboxSeq(9_999), InboxSeq(1)] {
        let refused = store.commit(taking(wrong)).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{wrong:?}: {refused:?}");
    }
    store.commit(taking(mine)).await.unwrap();
    let left = store.pending(InboxSeq(0), 10).await.unwrap();
    assert_eq!(left.iter().map(|row| row.seq).collect::<Vec<_>>(), [theirs]);
    // A row that was taken is still remembered as received, and its number isn't given again.
    assert_eq!(
        store.accept(&account(), vec![text("a", "k1", "one")], None, at(2)).await.unwrap(),
        [crate::Accepted::Repeated]
    );
    let mut turn = opening(conversation(2), left[0].contact, Vec::new(), at(3));
    turn.took = Some(theirs);
    store.commit(turn).await.unwrap();
    subject.restart().await;
    let (later, _) = received(subject.store(), text("c", "k3", "three")).await;
    assert!(later > theirs);
}

#[allow(missing_docs)]
pub async fn replaying_the_events_gives_the_state(subject: &mut dyn Subject) {
    let mut state = talk(subject, 1, "a").await;
    for second in 1..20_u32 {
        let events = vec![
            said_event(state.messages + 1, "words"),
            Event::VariableSet { name: "mood".into(), value: Confidential::from("low") },
            Event::TimerArmed { key: TimerKey::ChildSilent, at: at(i64::from(second) + 60) },
        ];
        let turn = next(&state, events, at(i64::from(second)));
        state = turn.state.clone();
        subject.store().commit(turn).await.unwrap();
    }
    subject.store().commit(next(&state, closing(counsellor(1)), at(30))).await.unwrap();
    subject.restart().await;
    let kept = subject.store().load(state.id).await.unwrap().unwrap();
    assert!(kept.is_closed());
    assert_eq!(replayed(subject.store(), &kept).await, kept);
}

#[allow(missing_docs)]
pub async fn a_turn_whose_parts_do_not_fit_is_refused(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let good = || next(&state, vec![said_event(3, "x"), said_event(4, "y")], at(1));
    let mut gap = good();
    gap.events[1].seq += 1;
    let mut version = good();
    version.state.version += 1;
    let mut foreign = good();
    foreign.outbox.push(outbound(conversation(5), 3, "x"));
    let mut disorder = good();
    disorder.outbox = vec![outbound(state.id, 4, "y"), outbound(state.id, 3, "x")];
    let mut twice = good();
    twice.outbox.push(outbound(state.id, 2, "again"));
    let mut unknown = good();
    unknown.settled = Some((MessageId(77), DeliveryOutcome::Sent { external: None }));
    let many = next(&state, (0..=crate::checks::EVENTS_PER_TURN).map(|_| Event::Reminded).collect(), at(1));
    for (what, turn) in [
        ("a gap in the events", gap),
        ("a wrong version", version),
        ("another's message", foreign),
        ("messages out of order", disorder),
        ("a number given before", twice),
        ("settling what isn't there", unknown),
        ("too many events", many),
    ] {
        let refused = subject.store().commit(turn).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{what}: {refused:?}");
    }
    assert_eq!(subject.store().load(state.id).await.unwrap().as_ref(), Some(&state));
    subject.store().commit(good()).await.unwrap();
}

#[allow(missing_docs)]
pub async fn everything_is_there_after_a_restart(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    received(subject.store(), text("a", "k1", "one")).await;
    let mut turn = next(&state, vec![said_event(3, "x")], at(1));
    turn.audit.push(entry(Some(state.id), "said", 1));
    turn.outbox.push(outbound(state.id, 3, "x"));
    let state = turn.state.clone();
    subject.store().commit(turn).await.unwrap();
    subject.restart().await;
    let store = subject.store();
    assert_eq!(store.load(state.id).await.unwrap().as_ref(), Some(&state));
    assert_eq!(replayed(store, &state).await, state);
    assert_eq!(store.pending_count().await.unwrap(), 1);
    assert_eq!(store.unsettled(&account()).await.unwrap(), 2);
    assert_eq!(store.verify().await.unwrap(), Ok(1));
    store.commit(next(&state, vec![said_event(4, "y")], at(2))).await.unwrap();
}

#[allow(missing_docs)]
pub async fn timers_are_exactly_the_states(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let armed = |key, second| Event::TimerArmed { key, at: at(second) };
    let turn = next(&state, vec![armed(TimerKey::Offer, 10), armed(TimerKey::Pager, 20)], at(1));
    let state = turn.state.clone();
    subject.store().commit(turn).await.unwrap();
    let due = |rows: Vec<crate::DueTimer>| rows.iter().map(|row| (row.key, row.at)).collect::<Vec<_>>();
    let store = subject.store();
    assert_eq!(store.next_timer().await.unwrap(), Some(at(10)));
    assert!(store.due_timers(at(9), 10).await.unwrap().is_empty());
    assert_eq!(due(store.due_timers(at(10), 10).await.unwrap()), [(TimerKey::Offer, at(10))]);
    let moved = next(&state, vec![Event::TimerCleared { key: TimerKey::Offer }, armed(TimerKey::Pager, 5)], at(2));
    let state = moved.state.clone();
    store.commit(moved).await.unwrap();
    subject.restart().await;
    let store = subject.store();
    assert_eq!(due(store.due_timers(at(99), 10).await.unwrap()), [(TimerKey::Pager, at(5))]);
    store.commit(next(&state, vec![Event::TimerCleared { key: TimerKey::Pager }], at(3))).await.unwrap();
    assert_eq!(store.next_timer().await.unwrap(), None);
    assert!(store.due_timers(at(99), 10).await.unwrap().is_empty());
}

#[allow(missing_docs)]
pub async fn due_timers_come_earliest_first(subject: &mut dyn Subject) {
    let keys = [TimerKey::Holding, TimerKey::Offer, TimerKey::Supervisor];
    for n in 0..6_u32 {
        let state = talk(subject, u128::from(n) + 1, &format!("child{n}")).await;
        let armed = keys
            .iter()
            .enumerate()
            .map(|(k, key)| Event::TimerArmed {
                key: *key,
                at: at(100 + ((i64::from(n) * 37 + k as i64 * 17) % 50)),
            })
            .collect();
        subject.store().commit(next(&state, armed, at(1))).await.unwrap();
    }
    let all = subject.store().due_timers(at(1_000), 100).await.unwrap();
    assert_eq!(all.len(), 18);
    assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
    for limit in [0, 1, 4, 17] {
        assert_eq!(subject.store().due_timers(at(1_000), limit).await.unwrap(), all[..limit]);
    }
    assert_eq!(subject.store().next_timer().await.unwrap(), Some(all[0].at));
}

#[allow(missing_docs)]
pub async fn many_turns_at_once_each_keep_their_own(subject: &mut dyn Subject) {
    let mut states = Vec::new();
    for n in 0..40 {
        states.push(talk(subject, n + 1, &format!("child{n}")).await);
    }
    let store = subject.store();
    // Every fourth turn is made for an old version: it must fail without touching its neighbours.
    let turns = states.iter().enumerate().map(|(n, state)| {
        let mut turn = next(state, vec![said_event(3, "x")], at(1));
        turn.audit.push(entry(Some(state.id), "said", 1));
        if n % 4 == 0 {
            turn.expected += 1;
            turn.state.version += 1;
            turn.events[0].seq += 1;
        }
        store.commit(turn)
    });
    let results = together(turns.collect()).await;
    for (n, result) in results.iter().enumerate() {
        if n % 4 == 0 {
            assert!(matches!(result, Err(StoreError::Conflict { expected: 4, found: 3 })), "{n}: {result:?}");
        } else {
            assert_eq!(result.as_ref().unwrap().version, 4);
        }
    }
    for (n, state) in states.iter().enumerate() {
        let expected = if n % 4 == 0 { 3 } else { 4 };
        assert_eq!(store.load(state.id).await.unwrap().unwrap().version, expected);
        assert_eq!(store.events(state.id, 0, 100).await.unwrap().len() as u64, expected);
    }
    assert_eq!(store.verify().await.unwrap(), Ok(30));
}

#[allow(missing_docs)]
pub async fn of_racing_turns_one_wins(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    let racing = (0..16).map(|n| store.commit(next(&state, vec![said_event(3, &format!("try {n}"))], at(1))));
    let results = together(racing.collect()).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let lost = |result: &Result<_, _>| matches!(result, Err(StoreError::Conflict { expected: 3, found: 4 }));
    assert_eq!(results.iter().filter(|result| lost(result)).count(), 15);
    let kept = store.load(state.id).await.unwrap().unwrap();
    assert_eq!(replayed(store, &kept).await, kept);
}
