//! Cases of the inbox: nothing twice, nothing out of order, nothing half kept.

use super::Subject;
use super::make::{account, at, received, text};
use crate::checks::ITEM_BYTES;
use crate::{Accepted, StoreError};
use domain::limits::{INBOX_BATCH, MESSAGE_BYTES};
use domain::{Cursor, InboundBody, InboxSeq, PlatformId};

#[allow(missing_docs)]
pub async fn a_repeated_delivery_is_kept_once(subject: &mut dyn Subject) {
    let store = subject.store();
    let batch = vec![text("a", "k1", "one"), text("a", "k1", "one"), text("a", "k2", "two")];
    let first = store.accept(&account(), batch, None, at(0)).await.unwrap();
    assert!(matches!(first[..], [Accepted::New { .. }, Accepted::Repeated, Accepted::New { .. }]), "{first:?}");
    let again = store.accept(&account(), vec![text("a", "k2", "two")], None, at(9)).await.unwrap();
    assert_eq!(again, [Accepted::Repeated]);
    // Another account may use the same key for another delivery.
    let other = domain::AccountId::new("other");
    let mut item = text("a", "k2", "two");
    item.account = other.clone();
    let elsewhere = store.accept(&other, vec![item], None, at(9)).await.unwrap();
    assert!(matches!(elsewhere[..], [Accepted::New { .. }]));
    assert_eq!(store.pending_count().await.unwrap(), 3);
}

#[allow(missing_docs)]
pub async fn order_in_is_order_out(subject: &mut dyn Subject) {
    let store = subject.store();
    for round in 0..5 {
        let batch =
            (0..7).map(|n| text(if n % 2 == 0 { "a" } else { "b" }, &format!("{round}-{n}"), "w")).collect();
        store.accept(&account(), batch, None, at(round)).await.unwrap();
    }
    let rows = store.pending(InboxSeq(0), 1_000).await.unwrap();
    let keys: Vec<_> = rows.iter().map(|row| row.inbound.dedupe.0.clone()).collect();
    let expected: Vec<_> = (0..5).flat_map(|round| (0..7).map(move |n| format!("{round}-{n}"))).collect();
    assert_eq!(keys, expected);
    assert!(rows.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert_eq!(rows[7].received_at, at(1));
}

#[allow(missing_docs)]
pub async fn items_and_cursor_are_kept_together_or_not_at_all(subject: &mut dyn Subject) {
    let store = subject.store();
    assert_eq!(store.cursor(&account()).await.unwrap(), None);
    let cursor = |word: &str| Some(Cursor(word.to_owned()));
    store.accept(&account(), vec![text("a", "k1", "one")], cursor("s1"), at(0)).await.unwrap();
    assert_eq!(store.cursor(&account()).await.unwrap(), cursor("s1"));
    let mut foreign = text("a", "k3", "three");
    foreign.account = domain::AccountId::new("other");
    let refused = store.accept(&account(), vec![text("a", "k2", "two"), foreign], cursor("s2"), at(1)).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    assert_eq!(store.pending_count().await.unwrap(), 1);
    assert_eq!(store.cursor(&account()).await.unwrap(), cursor("s1"));
    // No cursor handed in: the last one stays. Nothing but a cursor: it moves.
    store.accept(&account(), vec![text("a", "k2", "two")], None, at(2)).await.unwrap();
    assert_eq!(store.cursor(&account()).await.unwrap(), cursor("s1"));
    store.accept(&account(), Vec::new(), cursor("s3"), at(2)).await.unwrap();
    subject.restart().await;
    assert_eq!(subject.store().cursor(&account()).await.unwrap(), cursor("s3"));
    assert_eq!(subject.store().cursor(&domain::AccountId::new("other")).await.unwrap(), None);
}

#[allow(missing_docs)]
pub async fn the_same_child_is_the_same_contact_and_the_newest_chat_counts(subject: &mut dyn Subject) {
    let (_, first) = received(subject.store(), text("a", "k1", "one")).await;
    let (_, other) = received(subject.store(), text("b", "k2", "two")).await;
    assert_ne!(first, other);
    subject.restart().await;
    let mut moved = text("a", "k3", "three");
    moved.chat = PlatformId::new("!another-room:example.org");
    let (_, again) = received(subject.store(), moved).await;
    assert_eq!(first, again);
    let mut elsewhere = text("a", "k4", "four");
    elsewhere.account = domain::AccountId::new("other");
    let (_, twin) = received(subject.store(), elsewhere).await;
    assert_ne!(first, twin, "two accounts are two contacts");
    let rows = subject.store().pending(InboxSeq(0), 10).await.unwrap();
    assert_eq!(rows[2].contact, first);
    assert_eq!(rows[2].inbound.chat.expose(), "!another-room:example.org");
}

#[allow(missing_docs)]
pub async fn a_batch_that_is_too_long_or_too_large_is_refused_whole(subject: &mut dyn Subject) {
    let store = subject.store();
    let batch = |count: usize| (0..count).map(|n| text("a", &format!("k{n}"), "w")).collect::<Vec<_>>();
    let refused = store.accept(&account(), batch(INBOX_BATCH + 1), None, at(0)).await;
    assert!(matches!(&refused, Err(StoreError::Invalid(why)) if why.contains("501 items")), "{refused:?}");
    let mut large = batch(2);
    large.push(text("a", "large", &"x".repeat(ITEM_BYTES)));
    let refused = store.accept(&account(), large, None, at(0)).await;
    assert!(matches!(&refused, Err(StoreError::Invalid(why)) if !why.contains("xx")), "{refused:?}");
    assert_eq!(store.pending_count().await.unwrap(), 0);
    assert_eq!(store.accept(&account(), batch(INBOX_BATCH), None, at(0)).await.unwrap().len(), INBOX_BATCH);
}

#[allow(missing_docs)]
pub async fn a_long_message_is_kept_whole(subject: &mut dyn Subject) {
    let words = "é".repeat(MESSAGE_BYTES);
    received(subject.store(), text("a", "k1", &words)).await;
    subject.restart().await;
    let rows = subject.store().pending(InboxSeq(0), 10).await.unwrap();
    let InboundBody::Text { text } = &rows[0].inbound.body else { panic!("another body") };
    assert!(text.text() == words, "all of it must be there to be screened");
}

#[allow(missing_docs)]
pub async fn pending_goes_on_after_a_place(subject: &mut dyn Subject) {
    let store = subject.store();
    let batch = (0..5).map(|n| text("a", &format!("k{n}"), "w")).collect();
    store.accept(&account(), batch, None, at(0)).await.unwrap();
    let first = store.pending(InboxSeq(0), 2).await.unwrap();
    let second = store.pending(first[1].seq, 2).await.unwrap();
    let keys: Vec<_> = first.iter().chain(&second).map(|row| row.inbound.dedupe.0.as_str()).collect();
    assert_eq!(keys, ["k0", "k1", "k2", "k3"]);
    assert!(store.pending(InboxSeq(i64::MAX), 2).await.unwrap().is_empty());
    assert!(store.pending(InboxSeq(0), 0).await.unwrap().is_empty());
}

#[allow(missing_docs)]
pub async fn old_deliveries_are_forgotten_and_nothing_else(subject: &mut dyn Subject) {
    let keys: Vec<String> = (0..2_500).map(|n| format!("k{n}")).collect();
    let each = |who: &str, keys: &[String]| keys.iter().map(|key| text(who, key, "w")).collect::<Vec<_>>();
    for some in keys.chunks(INBOX_BATCH) {
        subject.store().accept(&account(), each("a", some), None, at(0)).await.unwrap();
    }
    subject.store().accept(&account(), vec![text("a", "young", "w")], None, at(10)).await.unwrap();
    let store = subject.store();
    assert_eq!(store.forget_deliveries(at(0)).await.unwrap(), 0, "not those of that moment");
    assert_eq!(store.forget_deliveries(at(10)).await.unwrap(), 2_500);
    assert_eq!(store.forget_deliveries(at(10)).await.unwrap(), 0);
    assert_eq!(store.pending_count().await.unwrap(), 2_501, "what waits for its turn stays");
    subject.restart().await;
    let again = vec![text("a", "young", "w"), text("a", "k7", "w")];
    let again = subject.store().accept(&account(), again, None, at(11)).await.unwrap();
    assert!(matches!(again[..], [Accepted::Repeated, Accepted::New { .. }]), "{again:?}");
}
