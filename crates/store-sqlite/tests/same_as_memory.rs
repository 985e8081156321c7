//! Whatever is done in whatever order, the file and the memory store answer alike.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Folder, open};
use domain::{ContactId, Conversation, DeliveryOutcome, Event, InboxSeq, MessageId, TimerKey, Urgency};
use proptest::prelude::*;
use std::collections::BTreeMap;
use store::conformance::make::{
    account, at, closing, conversation, counsellor, entry, next, opening, outbound, queueing, received_event,
    said_event, text,
};
use store::{Accepted, MemoryStore, Store, StoreError, TurnCommit};

#[derive(Debug, Clone)]
enum Op {
    Accept { child: u8, key: u8 },
    TakeNext,
    Speak { talk: u8, timer: u8 },
    Queue { talk: u8, urgency: u8 },
    Close { talk: u8 },
    Erase { talk: u8 },
    StaleTurn { talk: u8 },
    Claim { most: u8 },
    Settle { talk: u8 },
    Postpone { talk: u8, by: u8 },
    Restart,
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (0..4_u8, 0..60_u8).prop_map(|(child, key)| Op::Accept { child, key }),
        6 => Just(Op::TakeNext),
        4 => (0..6_u8, 0..40_u8).prop_map(|(talk, timer)| Op::Speak { talk, timer }),
        2 => (0..6_u8, 0..4_u8).prop_map(|(talk, urgency)| Op::Queue { talk, urgency }),
        2 => (0..6_u8).prop_map(|talk| Op::Close { talk }),
        1 => (0..6_u8).prop_map(|talk| Op::Erase { talk }),
        1 => (0..6_u8).prop_map(|talk| Op::StaleTurn { talk }),
        3 => (0..4_u8).prop_map(|most| Op::Claim { most }),
        3 => (0..6_u8).prop_map(|talk| Op::Settle { talk }),
        2 => (0..6_u8, 0..50_u8).prop_map(|(talk, by)| Op::Postpone { talk, by }),
        1 => Just(Op::Restart),
    ]
}

/// Contact ids are random in the file and counted in memory; both are named by the child.
#[derive(Default)]
struct Side {
    children: BTreeMap<ContactId, u8>,
    talks: Vec<Conversation>,
}

/// Runs one operation and tells what came of it, in words that don't depend on the store.
async fn perform(store: &dyn Store, side: &mut Side, op: &Op, now: i64) -> String {
    let pick = |talk: u8, side: &Side| side.talks.get(usize::from(talk)).cloned();
    match op {
        Op::Accept { child, key } => {
            let item = text(&format!("child{child}"), &format!("{child}-{key}"), "words");
            match &store.accept(&account(), vec![item], None, at(now)).await.unwrap()[..] {
                [Accepted::New { seq, contact }] => {
                    side.children.insert(*contact, *child);
                    format!("new {}", seq.0)
                }
                other => format!("{other:?}"),
            }
        }
        Op::TakeNext => {
            let Some(row) = store.pending(InboxSeq(0), 1).await.unwrap().into_iter().next() else {
                return "nothing waits".into();
            };
            let open = store.open_of(row.contact).await.unwrap();
            let place = side.talks.iter().position(|talk| Some(talk.id) == open);
            let mut turn = match place {
                Some(place) => {
                    let state = &side.talks[place];
                    let message = state.messages + 1;
                    next(
                        state,
                        vec![received_event(message, row.seq, "words"), said_event(message + 1, "answer")],
                        at(now),
                    )
                }
                None => {
                    let id = conversation(side.talks.len() as u128 + 1);
                    opening(
                        id,
                        row.contact,
                        vec![received_event(1, row.seq, "words"), said_event(2, "answer")],
                        at(now),
                    )
                }
            };
            turn.took = Some(row.seq);
            turn.outbox = vec![outbound(turn.state.id, turn.state.messages, "answer")];
            turn.audit = vec![entry(Some(turn.state.id), "answered", now)];
            keep(store, side, turn).await
        }
        Op::Speak { talk, timer } => {
            let Some(state) = pick(*talk, side) else { return "no such talk".into() };
            let message = state.messages + 1;
            let armed = Event::TimerArmed { key: TimerKey::ChildSilent, at: at(i64::from(*timer)) };
            let mut turn = next(&state, vec![said_event(message, "more"), armed], at(now));
            turn.outbox = vec![outbound(state.id, message, "more")];
            keep(store, side, turn).await
        }
        Op::Queue { talk, urgency } => {
            let Some(state) = pick(*talk, side).filter(|state| matches!(state.stage, domain::Stage::WithBot))
            else {
                return "not with the bot".into();
            };
            keep(store, side, next(&state, queueing(Urgency::ALL[usize::from(*urgency)]), at(now))).await
        }
        Op::Close { talk } => {
            let Some(state) = pick(*talk, side).filter(|state| matches!(state.stage, domain::Stage::WithBot))
            else {
                return "not with the bot".into();
            };
            keep(store, side, next(&state, closing(counsellor(1)), at(now))).await
        }
        Op::Erase { talk } => {
            let Some(state) = pick(*talk, side) else { return "no such talk".into() };
            told(store.erase(state.id, entry(Some(state.id), "erased", now)).await)
        }
        Op::StaleTurn { talk } => {
            let Some(mut state) = pick(*talk, side) else { return "no such talk".into() };
            state.version -= 1;
            told(store.commit(next(&state, vec![Event::Reminded], at(now))).await)
        }
        Op::Claim { most } => {
            let rows = store.claim(&account(), at(now), usize::from(*most)).await.unwrap();
            rows.iter().map(|row| format!("{} {} {}; ", row.key, row.tries, row.to.chat.expose())).collect()
        }
        Op::Settle { talk } => {
            let Some(state) = pick(*talk, side) else { return "no such talk".into() };
            let message = MessageId(state.messages);
            let outcome = DeliveryOutcome::Sent { external: None };
            let mut turn = next(&state, vec![Event::Delivered { message, outcome: outcome.clone() }], at(now));
            turn.settled = Some((message, outcome));
            keep(store, side, turn).await
        }
        Op::Postpone { talk, by } => {
            let Some(state) = pick(*talk, side) else { return "no such talk".into() };
            told(store.postpone(state.id, MessageId(state.messages), at(now + i64::from(*by))).await)
        }
        Op::Restart => String::new(),
    }
}

async fn keep(store: &dyn Store, side: &mut Side, turn: TurnCommit) -> String {
    let state = turn.state.clone();
    let result = store.commit(turn).await;
    if result.is_ok() {
        match side.talks.iter_mut().find(|talk| talk.id == state.id) {
            Some(talk) => *talk = state,
            None => side.talks.push(state),
        }
    }
    told(result)
}

fn told<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Ok(done) => format!("{done:?}"),
        Err(error) => error.to_string(),
    }
}

/// All that can be read, without contact ids.
async fn picture(store: &dyn Store, side: &Side, now: i64) -> String {
    let mut all = String::new();
    let mut tell = |what: &str, value: String| all.push_str(&format!("{what}: {value}\n"));
    let pending = store.pending(InboxSeq(0), 100).await.unwrap();
    let pending: Vec<_> =
        pending.iter().map(|row| (row.seq.0, side.children.get(&row.contact), &row.inbound.dedupe.0)).collect();
    tell("pending", format!("{pending:?} {}", store.pending_count().await.unwrap()));
    for talk in &side.talks {
        let kept = store.load(talk.id).await.unwrap();
        if let Some(kept) = &kept {
            assert_eq!(kept, talk);
            let log = store.events(talk.id, 0, 10_000).await.unwrap();
            let again = Conversation::replay(talk.id, log.iter().map(|event| (&event.event, event.at))).unwrap();
            assert_eq!(&again, kept);
        }
        tell("kept", format!("{}", kept.is_some()));
        tell("some events", told(store.events(talk.id, 1, 2).await.map(|events| events.len())));
        tell("open", format!("{:?}", store.open_of(talk.contact).await.unwrap()));
        tell("earlier", format!("{:?}", store.earlier(talk.id, 2).await.unwrap()));
    }
    tell("board", format!("{:?}", store.board().await.unwrap()));
    tell("timers", format!("{:?}", store.due_timers(at(now), 3).await.unwrap()));
    tell("next timer", format!("{:?}", store.next_timer().await.unwrap()));
    tell("next send", format!("{:?}", store.next_send(&account()).await.unwrap()));
    tell("unsettled", format!("{:?}", store.unsettled(&account()).await.unwrap()));
    let interrupted = store.interrupted(&account()).await.unwrap();
    tell("interrupted", format!("{:?}", interrupted.iter().map(|row| &row.key).collect::<Vec<_>>()));
    tell("audit", format!("{:?} {:?}", store.audit(None, 0, 1_000).await.unwrap(), store.verify().await.unwrap()));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_file_answers_as_memory_does(ops in prop::collection::vec(any_op(), 1..60)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            let folder = Folder::new();
            let (memory, mut file) = (MemoryStore::new(), open(&folder));
            let (mut left, mut right) = (Side::default(), Side::default());
            for (step, op) in ops.iter().enumerate() {
                let now = step as i64;
                if matches!(op, Op::Restart) {
                    memory.restart();
                    file.close().await.unwrap();
                    file = open(&folder);
                }
                let expected = perform(&memory, &mut left, op, now).await;
                let found = perform(&file, &mut right, op, now).await;
                assert_eq!(expected, found, "step {step}: {op:?}");
            }
            let now = ops.len() as i64;
            assert_eq!(picture(&memory, &left, now).await, picture(&file, &right, now).await);
        });
    }
}
