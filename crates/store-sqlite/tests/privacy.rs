//! What a thief of the disk can read of a child: nothing (P1, P2).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Folder, open};
use domain::{Confidential, Cursor, DeliveryOutcome, Event, ExternalId, MessageId};
use store::conformance::Subject;
use store::conformance::make::{
    account, at, closing, conversation, counsellor, entry, next, opening, outbound, received, received_event,
    said_event, text,
};
use store::{Inboxes, Outboxes, Store, Turns};
use store_sqlite::SqliteStore;

const WORDS: &str = "my stepfather shouts at me every night";
const ANSWER: &str = "thank you for telling me about the shouting";
const VALUE: &str = "variable-mill-lane";

struct Plain(SqliteStore);

#[async_trait::async_trait]
impl Subject for Plain {
    fn store(&self) -> &dyn Store {
        &self.0
    }
    async fn restart(&mut self) {}
    async fn tamper_with_audit(&mut self, _: u64, _: &str) {}
}

fn on_disk(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn none_of(folder: &Folder, secrets: &[&[u8]]) {
    for (name, bytes) in on_disk(folder) {
        for secret in secrets {
            assert!(!holds(&bytes, secret), "{name} holds {:?}", String::from_utf8_lossy(secret));
        }
    }
}

const SECRETS: [&[u8]; 9] = [
    b"stepfather",
    b"telling me about",
    b"mill-lane",
    b"childsname",
    b"!childsname-room",
    b"$event-",
    b"delivery-key",
    b"sync-token",
    b"Yes\"",
];

/// Words in the inbox, in events, in the state, in the outbox; a cursor; an external id.
async fn a_talk(store: &SqliteStore) -> domain::Conversation {
    let (seq, contact) = received(store, text("childsname", "delivery-key-1", WORDS)).await;
    store
        .accept(
            &account(),
            vec![text("childsname", "delivery-key-2", WORDS)],
            Some(Cursor("sync-token-9".into())),
            at(0),
        )
        .await
        .unwrap();
    let external = ExternalId("$event-out".into());
    let events = vec![
        received_event(1, seq, WORDS),
        said_event(2, ANSWER),
        Event::VariableSet { name: "where".into(), value: Confidential::from(VALUE) },
    ];
    let mut turn = opening(conversation(1), contact, events, at(1));
    turn.took = Some(seq);
    turn.outbox = vec![outbound(conversation(1), 2, ANSWER), outbound(conversation(1), 3, ANSWER)];
    let state = turn.state.clone();
    store.commit(turn).await.unwrap();
    store.claim(&account(), at(2), 10).await.unwrap();
    let outcome = DeliveryOutcome::Sent { external: Some(external) };
    let mut turn = next(&state, vec![Event::Delivered { message: MessageId(2), outcome: outcome.clone() }], at(2));
    turn.settled = Some((MessageId(2), outcome));
    let state = turn.state.clone();
    store.commit(turn).await.unwrap();
    state
}

#[tokio::test]
async fn no_word_and_no_platform_id_is_readable_on_disk() {
    let folder = Folder::new();
    let store = open(&folder);
    a_talk(&store).await;
    let found = on_disk(&folder);
    assert!(
        found.iter().any(|(name, bytes)| name.ends_with("-wal") && holds(bytes, b"with_bot")),
        "the log is looked at"
    );
    none_of(&folder, &SECRETS);
    store.close().await.unwrap();
    assert!(on_disk(&folder).iter().any(|(_, bytes)| holds(bytes, b"with_bot")), "the main file is looked at");
    none_of(&folder, &SECRETS);
}

#[tokio::test]
async fn erasing_leaves_no_trace_of_the_key_or_of_sealed_words() {
    let folder = Folder::new();
    let store = open(&folder);
    let state = a_talk(&store).await;
    let sealed = |sql: &str| -> Vec<u8> {
        let db = rusqlite::Connection::open(folder.database()).unwrap();
        let bytes: Vec<u8> = db.query_row(sql, [], |row| row.get(0)).unwrap();
        // The first bytes hold the nonce: enough to know it again.
        bytes[1..25].to_vec()
    };
    let traces = [
        sealed("SELECT wrapped FROM conversations"),
        sealed("SELECT sealed FROM events WHERE seq = 2"),
        sealed("SELECT sealed FROM outbox"),
    ];
    let on_disk_now = on_disk(&folder);
    assert!(traces.iter().all(|trace| on_disk_now.iter().any(|(_, bytes)| holds(bytes, trace))));
    store.commit(next(&state, closing(counsellor(1)), at(5))).await.unwrap();
    store.erase(state.id, entry(Some(state.id), "erased", 6)).await.unwrap();
    none_of(&folder, &traces.each_ref().map(Vec::as_slice));
}

#[tokio::test]
async fn errors_and_debug_show_nothing() {
    let folder = Folder::new();
    let store = open(&folder);
    let state = a_talk(&store).await;
    assert!(!format!("{store:?}").contains("childsname"));
    let mut turn = next(&state, vec![said_event(4, WORDS)], at(3));
    turn.expected = 99;
    turn.state.version = 100;
    turn.events[0].seq = 100;
    assert!(!format!("{turn:?}").contains("stepfather"));
    let error = store.commit(turn).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("stepfather"));
}

#[tokio::test]
async fn a_row_moved_to_another_child_does_not_open() {
    let folder = Folder::new();
    let store = open(&folder);
    for (n, who) in [(1, "a"), (2, "b")] {
        store::conformance::make::talk(&Plain(open(&folder)), n, who).await;
    }
    received(&store, text("a", "w1", "mine")).await;
    received(&store, text("b", "w2", "yours")).await;
    let db = rusqlite::Connection::open(folder.database()).unwrap();
    db.execute_batch(
        "UPDATE events SET sealed = (SELECT sealed FROM events e WHERE e.conversation = 2 AND e.seq = 2)
         WHERE conversation = 1 AND seq = 2;
         UPDATE inbox SET contact = 1 WHERE contact = 2;",
    )
    .unwrap();
    let read = store.events(conversation(1), 0, 10).await;
    assert!(matches!(read, Err(store::StoreError::Unreadable(_))));
    assert_eq!(store.events(conversation(2), 0, 10).await.unwrap().len(), 3);
    let waiting = store.pending(domain::InboxSeq(0), 10).await.unwrap();
    assert_eq!(waiting.len(), 1, "the damaged row keeps nobody else waiting");
    assert_eq!(store.pending_count().await.unwrap(), 2, "and isn't forgotten");
}
