//! Cases of the outbox: in order, one under way per conversation, never blindly repeated.

use super::Subject;
use super::make::{account, at, next, opening_on, outbound, received, said_event, talk, text};
use crate::{OutboxRow, Store, StoreError};
use domain::{AccountId, Conversation, DeliveryOutcome, Event, MessageId, PlatformId, UnknownReason};

fn ids(rows: &[OutboxRow]) -> Vec<(u128, u32)> {
    let mut ids: Vec<_> =
        rows.iter().map(|row| (row.outbound.conversation.as_uuid().as_u128(), row.outbound.message.0)).collect();
    ids.sort_unstable();
    ids
}

async fn says(store: &dyn Store, state: &Conversation, numbers: &[u32]) -> Conversation {
    let events = numbers.iter().map(|number| said_event(*number, "words")).collect();
    let mut turn = next(state, events, at(1));
    turn.outbox = numbers.iter().map(|number| outbound(state.id, *number, "words")).collect();
    let state = turn.state.clone();
    store.commit(turn).await.unwrap();
    state
}

async fn settle(store: &dyn Store, state: &Conversation, message: u32) -> Result<Conversation, StoreError> {
    let outcome = DeliveryOutcome::Sent { external: None };
    let event = Event::Delivered { message: MessageId(message), outcome: outcome.clone() };
    let mut turn = next(state, vec![event], at(2));
    turn.settled = Some((MessageId(message), outcome));
    let state = turn.state.clone();
    store.commit(turn).await.map(|_| state)
}

#[allow(missing_docs)]
pub async fn the_outbox_sends_in_order_one_at_a_time_per_conversation(subject: &mut dyn Subject) {
    let first = talk(subject, 1, "a").await;
    let second = talk(subject, 2, "b").await;
    let store = subject.store();
    let first = says(store, &first, &[3, 4]).await;
    let claimed = store.claim(&account(), at(5), 10).await.unwrap();
    assert_eq!(ids(&claimed), [(1, 2), (2, 2)], "only the first of each");
    assert!(store.claim(&account(), at(5), 10).await.unwrap().is_empty(), "both are under way");
    let first = settle(store, &first, 2).await.unwrap();
    assert_eq!(ids(&store.claim(&account(), at(5), 10).await.unwrap()), [(1, 3)]);
    let first = settle(store, &first, 3).await.unwrap();
    settle(store, &second, 2).await.unwrap();
    assert_eq!(ids(&store.claim(&account(), at(5), 10).await.unwrap()), [(1, 4)]);
    settle(store, &first, 4).await.unwrap();
    assert_eq!(store.unsettled(&account()).await.unwrap(), 0);
    assert!(store.claim(&account(), at(5), 10).await.unwrap().is_empty());
}

#[allow(missing_docs)]
pub async fn the_key_of_a_row_never_changes(subject: &mut dyn Subject) {
    talk(subject, 0xABC, "a").await;
    let key = "00000000000000000000000000000abc-2";
    let row = subject.store().claim(&account(), at(1), 10).await.unwrap().remove(0);
    assert_eq!((row.key.as_str(), row.tries), (key, 1));
    assert_eq!(row.outbound, outbound(row.outbound.conversation, 2, "hi there"));
    subject.restart().await;
    let row = subject.store().interrupted(&account()).await.unwrap().remove(0);
    assert_eq!((row.key.as_str(), row.tries), (key, 1));
    subject.store().postpone(row.outbound.conversation, row.outbound.message, at(2)).await.unwrap();
    let row = subject.store().claim(&account(), at(3), 10).await.unwrap().remove(0);
    assert_eq!((row.key.as_str(), row.tries), (key, 2));
}

#[allow(missing_docs)]
pub async fn a_claim_is_under_way_until_settled_or_postponed(subject: &mut dyn Subject) {
    for n in 1..=3 {
        talk(subject, n, &format!("child{n}")).await;
    }
    let store = subject.store();
    assert_eq!(store.next_send(&account()).await.unwrap(), Some(at(0)));
    let mut claimed = store.claim(&account(), at(1), 2).await.unwrap();
    assert_eq!(claimed.len(), 2, "no more than asked for");
    claimed.extend(store.claim(&account(), at(1), 2).await.unwrap());
    assert_eq!(ids(&claimed), [(1, 2), (2, 2), (3, 2)]);
    assert_eq!(store.next_send(&account()).await.unwrap(), None);
    assert_eq!(store.unsettled(&account()).await.unwrap(), 3, "under way isn't settled");
}

#[allow(missing_docs)]
pub async fn rows_under_way_at_a_stop_are_interrupted(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    talk(subject, 2, "b").await;
    subject.store().claim(&account(), at(1), 1).await.unwrap();
    assert!(subject.store().interrupted(&account()).await.unwrap().is_empty(), "this process still sends it");
    subject.restart().await;
    let store = subject.store();
    let rows = store.interrupted(&account()).await.unwrap();
    assert_eq!(ids(&rows), [(1, 2)]);
    assert_eq!(rows[0].to.contact.expose(), "@a:example.org");
    assert_eq!(
        ids(&store.claim(&account(), at(1), 9).await.unwrap()),
        [(2, 2)],
        "an interrupted row isn't repeated"
    );
    assert_eq!(ids(&store.interrupted(&account()).await.unwrap()), [(1, 2)]);
    let outcome = DeliveryOutcome::Unknown { reason: UnknownReason::Interrupted };
    let event = Event::Delivered { message: MessageId(2), outcome: outcome.clone() };
    let mut turn = next(&state, vec![event], at(2));
    turn.settled = Some((MessageId(2), outcome));
    store.commit(turn).await.unwrap();
    assert!(store.interrupted(&account()).await.unwrap().is_empty());
    assert_eq!(store.unsettled(&account()).await.unwrap(), 1);
}

#[allow(missing_docs)]
pub async fn a_postponed_row_waits_for_its_time(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    says(store, &state, &[3]).await;
    store.claim(&account(), at(1), 9).await.unwrap();
    store.postpone(state.id, MessageId(2), at(60)).await.unwrap();
    assert!(store.claim(&account(), at(59), 9).await.unwrap().is_empty(), "what follows doesn't overtake it");
    assert_eq!(store.next_send(&account()).await.unwrap(), Some(at(60)));
    let row = store.claim(&account(), at(60), 9).await.unwrap().remove(0);
    assert_eq!((row.outbound.message, row.tries), (MessageId(2), 2));
    let refused = store.postpone(state.id, MessageId(99), at(60)).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
}

#[allow(missing_docs)]
pub async fn a_row_is_settled_once(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    store.claim(&account(), at(1), 9).await.unwrap();
    let state = settle(store, &state, 2).await.unwrap();
    let again = settle(store, &state, 2).await;
    assert!(matches!(again, Err(StoreError::Invalid(_))), "{again:?}");
    assert_eq!(store.load(state.id).await.unwrap().as_ref(), Some(&state));
}

#[allow(missing_docs)]
pub async fn an_account_claims_its_own_rows_only(subject: &mut dyn Subject) {
    talk(subject, 1, "a").await;
    let store = subject.store();
    let other = AccountId::new("practice");
    let mut item = text("b", "k9", "hello");
    item.account = other.clone();
    let (_, contact) = received(store, item).await;
    let id = super::make::conversation(2);
    let mut turn = opening_on(other.clone(), id, contact, vec![said_event(1, "x")], at(0));
    turn.outbox.push(outbound(id, 1, "x"));
    store.commit(turn).await.unwrap();
    assert_eq!(ids(&store.claim(&other, at(1), 9).await.unwrap()), [(2, 1)]);
    assert_eq!(store.unsettled(&other).await.unwrap(), 1);
    assert_eq!(store.next_send(&other).await.unwrap(), None);
    assert_eq!(ids(&store.claim(&account(), at(1), 9).await.unwrap()), [(1, 2)]);
    subject.restart().await;
    assert_eq!(ids(&subject.store().interrupted(&other).await.unwrap()), [(2, 1)]);
}

#[allow(missing_docs)]
pub async fn a_message_goes_to_the_newest_chat(subject: &mut dyn Subject) {
    talk(subject, 1, "a").await;
    let store = subject.store();
    let mut moved = text("a", "moved", "new phone");
    moved.chat = PlatformId::new("!new:example.org");
    received(store, moved).await;
    let row = store.claim(&account(), at(1), 9).await.unwrap().remove(0);
    assert_eq!(row.to.chat.expose(), "!new:example.org");
    assert_eq!(row.to.contact.expose(), "@a:example.org");
}
