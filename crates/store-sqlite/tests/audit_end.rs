//! Lines cut off the end of the audit log are found, also after the log went on.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Folder, open};
use rusqlite::Connection;
use store::Audit as _;
use store::conformance::make::entry;
use store_sqlite::SqliteStore;

async fn lines(store: &SqliteStore, many: i64) {
    for n in 0..many {
        store.record(entry(None, "act", n)).await.unwrap();
    }
}

/// A closed file with five lines.
async fn five() -> Folder {
    let folder = Folder::new();
    let store = open(&folder);
    lines(&store, 5).await;
    assert_eq!(store.verify().await.unwrap(), Ok(5));
    store.close().await.unwrap();
    folder
}

fn by_another_hand(folder: &Folder, sql: &str) {
    Connection::open(folder.database()).unwrap().execute_batch(sql).unwrap();
}

async fn check(folder: &Folder, seq: u64, why: &str) {
    let store = open(folder);
    for more in [0, 3, 0] {
        lines(&store, more).await;
        let broken = store.verify().await.unwrap().expect_err("it is broken");
        assert!(broken.seq == seq && broken.why.contains(why), "{broken}");
    }
    store.close().await.unwrap();
    let broken = open(folder).verify().await.unwrap().expect_err("it stays broken");
    assert!(broken.seq == seq && broken.why.contains(why), "{broken}");
}

#[tokio::test]
async fn a_cut_is_found_and_new_lines_do_not_hide_it() {
    let folder = five().await;
    by_another_hand(&folder, "DELETE FROM audit WHERE seq > 3");
    check(&folder, 4, "cut off here; it had 5 lines").await;

    let folder = five().await;
    by_another_hand(&folder, "DELETE FROM audit");
    check(&folder, 1, "cut off").await;
}

#[tokio::test]
async fn a_cut_beside_the_running_service_is_found() {
    let folder = Folder::new();
    let store = open(&folder);
    lines(&store, 5).await;
    by_another_hand(&folder, "DELETE FROM audit WHERE seq = 5");
    lines(&store, 2).await;
    let broken = store.verify().await.unwrap().expect_err("it is broken");
    assert!(broken.seq == 5 && broken.why.contains("cut off"), "{broken}");
}

#[tokio::test]
async fn a_seal_that_is_gone_or_made_by_hand_is_found() {
    let folder = five().await;
    by_another_hand(&folder, "DELETE FROM meta WHERE name = 'audit_head'");
    check(&folder, 6, "seal of the log's end is missing").await;

    // The cut end, with the right number and hash, and the seal of the old end.
    let folder = five().await;
    let db = Connection::open(folder.database()).unwrap();
    let read = |sql: &str| db.query_row(sql, [], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let (hash, head) =
        (read("SELECT hash FROM audit WHERE seq = 3"), read("SELECT value FROM meta WHERE name = 'audit_head'"));
    let forged = [&3_u64.to_be_bytes()[..], &hash, &head[40..]].concat();
    db.execute("UPDATE meta SET value = ?1 WHERE name = 'audit_head'", [forged]).unwrap();
    db.execute("DELETE FROM audit WHERE seq > 3", []).unwrap();
    drop(db);
    check(&folder, 4, "seal of the log's end was changed").await;
}

#[tokio::test]
async fn a_line_added_by_hand_is_found() {
    let folder = five().await;
    let line = entry(None, "act", 9).canonical().unwrap();
    let db = Connection::open(folder.database()).unwrap();
    let last: [u8; 32] = db.query_row("SELECT hash FROM audit WHERE seq = 5", [], |row| row.get(0)).unwrap();
    let forged = store::ChainHead { seq: 5, hash: last }.then(&line);
    db.execute("INSERT INTO audit (seq, line, hash) VALUES (6, ?1, ?2)", (line, forged.hash)).unwrap();
    drop(db);
    check(&folder, 6, "added by another hand").await;
}
