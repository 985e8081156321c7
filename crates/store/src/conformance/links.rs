//! Cases of links: two contacts of one child, by the child's word; taken back; gone with the words.

use super::Subject;
use super::make::{at, closing, conversation, counsellor, entry, next, talk};
use crate::{Store, StoreError};
use domain::{Conversation, ConversationId};

async fn link(store: &dyn Store, one: ConversationId, other: ConversationId) -> Result<u64, StoreError> {
    store.link(one, other, counsellor(1), at(3), entry(Some(one), "linked", 3)).await
}

async fn close(store: &dyn Store, state: &Conversation) {
    store.commit(next(state, closing(counsellor(1)), at(5))).await.unwrap();
}

#[allow(missing_docs)]
pub async fn contacts_are_linked_seen_from_both_ends_and_parted_again(subject: &mut dyn Subject) {
    let (one, other) = (talk(subject, 1, "a").await, talk(subject, 2, "b").await);
    let store = subject.store();
    assert!(store.linked(one.id, 5).await.unwrap().is_empty(), "never by itself");
    let number = link(store, one.id, other.id).await.unwrap();
    assert_eq!(link(store, other.id, one.id).await.unwrap(), number, "once is enough, from either end");
    subject.restart().await;
    let store = subject.store();
    for (here, there) in [(one.id, other.id), (other.id, one.id)] {
        let linked = store.linked(here, 5).await.unwrap();
        assert_eq!((linked.len(), linked[0].number, linked[0].by), (1, number, counsellor(1)));
        assert_eq!(linked[0].talks.iter().map(|row| row.id).collect::<Vec<_>>(), [there]);
        assert!(store.earlier(here, 5).await.unwrap().is_empty(), "two contacts stay two");
    }
    let refused = store.unlink(one.id, number + 1, entry(Some(one.id), "unlinked", 4)).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    store.unlink(other.id, number, entry(Some(other.id), "unlinked", 4)).await.unwrap();
    assert!(store.linked(one.id, 5).await.unwrap().is_empty());
    let again = link(store, one.id, other.id).await.unwrap();
    assert!(again > number, "a number is never given twice");
    let lines = store.audit(None, 0, 10).await.unwrap();
    let told: Vec<_> =
        lines.iter().map(|line| (line.entry.action.as_str(), line.entry.facts["link"].clone())).collect();
    let (first, second) = (number.to_string(), again.to_string());
    assert_eq!(told, [("linked", first.clone()), ("unlinked", first), ("linked", second)]);
    assert_eq!(store.verify().await.unwrap(), Ok(3));
}

#[allow(missing_docs)]
pub async fn what_can_not_be_linked_is_refused(subject: &mut dyn Subject) {
    let one = talk(subject, 1, "a").await;
    let store = subject.store();
    for (from, to) in [(one.id, one.id), (one.id, conversation(9)), (conversation(9), one.id)] {
        let refused = link(store, from, to).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    }
    assert!(store.audit(None, 0, 10).await.unwrap().is_empty(), "nothing was done");
}

#[allow(missing_docs)]
pub async fn erasing_one_contact_leaves_no_trace_of_the_link(subject: &mut dyn Subject) {
    let (one, other) = (talk(subject, 1, "a").await, talk(subject, 2, "b").await);
    let store = subject.store();
    link(store, one.id, other.id).await.unwrap();
    close(store, &one).await;
    store.erase(one.id, entry(Some(one.id), "erased", 6)).await.unwrap();
    assert!(store.linked(other.id, 5).await.unwrap().is_empty());
    assert!(store.linked(one.id, 5).await.unwrap().is_empty());
    let refused = link(store, other.id, one.id).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    for line in store.audit(Some(one.id), 0, 10).await.unwrap() {
        assert!(!format!("{:?}", line.entry.facts).contains(&other.id.to_string()), "the log says with whom");
    }
    assert!(store.audit(Some(other.id), 0, 10).await.unwrap().is_empty());
}

#[allow(missing_docs)]
pub async fn a_conversation_is_found_by_the_beginning_of_its_name(subject: &mut dyn Subject) {
    let state = talk(subject, 0xAB << 120, "a").await;
    talk(subject, 0xAC << 120, "b").await;
    let store = subject.store();
    assert_eq!(store.named("ab").await.unwrap(), [state.id]);
    assert_eq!(store.named("AB00").await.unwrap(), [state.id]);
    assert_eq!(store.named("a").await.unwrap().len(), 2);
    assert!(store.named("ff").await.unwrap().is_empty());
    close(store, &state).await;
    store.erase(state.id, entry(Some(state.id), "erased", 6)).await.unwrap();
    assert!(store.named("ab").await.unwrap().is_empty());
}
