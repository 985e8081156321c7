//! Cases of erasing: the words are gone, the fact that it was done stays.

use super::Subject;
use super::make::{
    account, at, closing, closing_because, conversation, counsellor, entry, next, received, said_event, talk, text,
};
use crate::StoreError;
use domain::{CloseReason, Conversation, StageName, Urgency};

async fn closed(subject: &dyn Subject) -> Conversation {
    let state = talk(subject, 1, "a").await;
    let turn = next(&state, closing(counsellor(1)), at(5));
    let state = turn.state.clone();
    subject.store().commit(turn).await.unwrap();
    state
}

#[allow(missing_docs)]
pub async fn only_a_closed_conversation_can_be_erased(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    let store = subject.store();
    for id in [state.id, conversation(9)] {
        let refused = store.erase(id, entry(Some(id), "erased", 1)).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    }
    assert_eq!(store.events(state.id, 0, 10).await.unwrap().len(), 3);
    assert_eq!(store.verify().await.unwrap(), Ok(0));
}

#[allow(missing_docs)]
pub async fn an_erased_conversation_can_not_be_read_again(subject: &mut dyn Subject) {
    let state = closed(subject).await;
    subject.store().erase(state.id, entry(Some(state.id), "erased", 6)).await.unwrap();
    for restarted in [false, true] {
        if restarted {
            subject.restart().await;
        }
        let store = subject.store();
        let read = store.events(state.id, 0, 10).await;
        assert!(matches!(read, Err(StoreError::Unreadable(_))), "{:?}", read.map(|events| events.len()));
        assert!(store.load(state.id).await.unwrap().is_none());
        assert_eq!(store.unsettled(&account()).await.unwrap(), 0);
        assert!(store.claim(&account(), at(99), 10).await.unwrap().is_empty());
        assert_eq!(store.next_timer().await.unwrap(), None);
        let late = store.commit(next(&state, vec![said_event(3, "x")], at(7))).await;
        assert!(matches!(late, Err(StoreError::Unreadable(_))), "{late:?}");
    }
    let store = subject.store();
    store.erase(state.id, entry(Some(state.id), "erased", 8)).await.unwrap();
    let lines = store.audit(Some(state.id), 0, 10).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.entry.action.as_str()).collect::<Vec<_>>(), ["erased"], "told once");
    assert_eq!(store.verify().await.unwrap(), Ok(1));
}

#[allow(missing_docs)]
pub async fn erasing_leaves_what_the_child_wrote_since(subject: &mut dyn Subject) {
    let state = closed(subject).await;
    let store = subject.store();
    let (seq, contact) = received(store, text("a", "since", "I am back")).await;
    store.erase(state.id, entry(Some(state.id), "erased", 6)).await.unwrap();
    assert_eq!(contact, state.contact);
    let rows = store.pending(domain::InboxSeq(0), 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [seq]);
    let mut turn = super::make::opening(conversation(2), contact, Vec::new(), at(7));
    turn.took = Some(seq);
    store.commit(turn).await.unwrap();
    let earlier = store.earlier(conversation(2), 10).await.unwrap();
    assert_eq!(
        (earlier[0].stage, earlier[0].urgency),
        (StageName::Closed, Urgency::Routine),
        "kept for statistics"
    );
}

#[allow(missing_docs)]
pub async fn who_asked_for_deletion_is_listed_until_erased(subject: &mut dyn Subject) {
    let reasons = [CloseReason::DeletionAsked, CloseReason::Helped, CloseReason::DeletionAsked];
    for (n, reason) in (1_u32..).zip(reasons) {
        let state = talk(subject, n.into(), &format!("child{n}")).await;
        assert!(subject.store().to_erase().await.unwrap().iter().all(|row| row.id != state.id), "still open");
        // The later one was closed earlier.
        let closed = next(&state, closing_because(counsellor(1), reason), at(10 - i64::from(n)));
        subject.store().commit(closed).await.unwrap();
    }
    let listed = async |subject: &mut dyn Subject| -> Vec<u128> {
        let rows = subject.store().to_erase().await.unwrap();
        rows.iter().map(|row| row.id.as_uuid().as_u128()).collect()
    };
    assert_eq!(listed(subject).await, [3, 1]);
    subject.restart().await;
    assert_eq!(listed(subject).await, [3, 1]);
    subject.store().erase(conversation(3), entry(Some(conversation(3)), "erased", 20)).await.unwrap();
    assert_eq!(listed(subject).await, [1]);
}
