//! Cases of upkeep: what waits for an account, as health pages show it.

use super::Subject;
use super::make::{account, at, next, talk};
use crate::Backlog;
use domain::{AccountId, DeliveryOutcome, Event, MessageId, UnknownReason};

#[allow(missing_docs)]
pub async fn what_waits_for_an_account_is_counted_and_the_oldest_stays_old(subject: &mut dyn Subject) {
    assert_eq!(subject.store().backlog(&account()).await.unwrap(), Backlog::default());
    let first = talk(subject, 1, "a").await;
    talk(subject, 2, "b").await;
    let store = subject.store();
    let waiting = Backlog { outbound: 2, oldest: Some(at(0)), talks_in_trouble: 0 };
    assert_eq!(store.backlog(&account()).await.unwrap(), waiting);
    assert_eq!(store.backlog(&AccountId::new("other")).await.unwrap(), Backlog::default());
    // Neither a try nor a pause makes a message younger.
    store.claim(&account(), at(5), 10).await.unwrap();
    store.postpone(first.id, MessageId(2), at(600)).await.unwrap();
    assert_eq!(store.backlog(&account()).await.unwrap(), waiting);
    let outcome = DeliveryOutcome::Unknown { reason: UnknownReason::TimedOut };
    let event = Event::Delivered { message: MessageId(2), outcome: outcome.clone() };
    let mut turn = next(&first, vec![event], at(7));
    turn.settled = Some((MessageId(2), outcome));
    store.commit(turn).await.unwrap();
    let after = Backlog { outbound: 1, oldest: Some(at(0)), talks_in_trouble: 1 };
    assert_eq!(store.backlog(&account()).await.unwrap(), after);
    subject.restart().await;
    assert_eq!(subject.store().backlog(&account()).await.unwrap(), after);
}

#[allow(missing_docs)]
pub async fn a_store_that_works_takes_a_probe_as_often_as_asked(subject: &mut dyn Subject) {
    for now in [at(1), at(1), at(0)] {
        subject.store().probe(now).await.unwrap();
    }
    subject.restart().await;
    subject.store().probe(at(2)).await.unwrap();
}
