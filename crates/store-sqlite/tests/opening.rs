//! What is refused at opening, with words for the person who can mend it, and nothing changed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Folder, open, try_open};
use domain::CloseReason;
use rusqlite::Connection;
use store::conformance::make::{account, at, closing_because, conversation, counsellor, entry, opening, text};
use store::{Accepted, Audit as _, DeskReads as _, Inboxes, StoreError, Turns as _};
use store_sqlite::{OpenError, SCHEMA_VERSION};

fn refused(folder: &Folder, key: u8, part: &str) -> OpenError {
    let before = std::fs::read(folder.database()).ok();
    let error = try_open(folder, key).unwrap_err();
    let said = error.to_string();
    assert!(said.contains(part) && said.contains("house.db"), "{said}");
    assert_eq!(std::fs::read(folder.database()).ok(), before, "the file was changed");
    error
}

async fn used() -> Folder {
    let folder = Folder::new();
    let store = open(&folder);
    store.accept(&account(), vec![text("a", "k1", "hello")], None, at(0)).await.unwrap();
    store.close().await.unwrap();
    folder
}

#[tokio::test]
async fn another_master_key_is_refused_before_anything_is_touched() {
    let folder = used().await;
    assert!(matches!(refused(&folder, 2, "another master key"), OpenError::WrongKey(_)));
    assert_eq!(open(&folder).pending_count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_newer_database_is_refused_with_both_versions() {
    let folder = used().await;
    let db = Connection::open(folder.database()).unwrap();
    db.pragma_update(None, "user_version", SCHEMA_VERSION + 6).unwrap();
    db.close().unwrap();
    refused(
        &folder,
        1,
        &format!("has version {}, this program knows versions up to {SCHEMA_VERSION}", SCHEMA_VERSION + 6),
    );
}

#[test]
fn other_files_are_refused() {
    for (content, part) in [
        (&b"[helpline]\nname = \"x\"\n"[..], "not a database"),
        (&b"SQL"[..], "not a database"),
        (&[0xFF; 5_000][..], "not a database"),
        (&b"SQLite format 3\0 and then nothing like it at all"[..], "damaged"),
    ] {
        let folder = Folder::new();
        std::fs::write(folder.database(), content).unwrap();
        refused(&folder, 1, part);
    }
    let folder = Folder::new();
    let db = Connection::open(folder.database()).unwrap();
    db.execute_batch("CREATE TABLE theirs (x)").unwrap();
    db.close().unwrap();
    refused(&folder, 1, "belongs to another program");
}

#[test]
fn a_path_that_can_not_be_used_is_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.database()).unwrap();
    assert!(matches!(try_open(&folder, 1).unwrap_err(), OpenError::Unavailable { .. }));
    let nowhere = folder.path().join("missing").join("house.db");
    let error = store_sqlite::SqliteStore::open(&nowhere, common::options(1)).unwrap_err();
    assert!(matches!(error, OpenError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn a_database_cut_short_gives_errors_and_no_panic() {
    let folder = used().await;
    let whole = std::fs::read(folder.database()).unwrap();
    for keep in [100, 4_096, 8_192, whole.len() / 2, whole.len() - 4_096] {
        std::fs::write(folder.database(), &whole[..keep]).unwrap();
        if let Ok(store) = try_open(&folder, 1) {
            let _ = store.pending(domain::InboxSeq(0), 10).await;
            let _ = store.accept(&account(), vec![text("b", "k2", "x")], None, at(0)).await;
            let _ = store.close().await;
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let store = open(&folder);
    store.accept(&account(), vec![text("a", "k1", "hello")], None, at(0)).await.unwrap();
    let mut seen = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
        seen += 1;
    }
    assert!(seen >= 2, "the database and its log");
}

#[tokio::test]
async fn a_closed_store_says_so_and_opens_again() {
    let folder = used().await;
    let store = open(&folder);
    store.close().await.unwrap();
    store.close().await.unwrap();
    let refused = store.accept(&account(), vec![text("b", "k2", "x")], None, at(0)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let refused = store.pending_count().await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(open(&folder).pending_count().await.unwrap(), 1);
}

#[tokio::test]
async fn two_processes_keep_one_audit_chain() {
    use store::Audit;
    use store::conformance::make::entry;
    let folder = Folder::new();
    let (service, command) = (open(&folder), open(&folder));
    for n in 0..4 {
        service.record(entry(None, "service", n)).await.unwrap();
        command.record(entry(None, "command", n)).await.unwrap();
    }
    assert_eq!(service.verify().await.unwrap(), Ok(8));
}

/// A file as version 1 made it: without what later versions added.
async fn of_version_1() -> Folder {
    let folder = Folder::new();
    let store = open(&folder);
    for (n, reason) in [(1, CloseReason::DeletionAsked), (2, CloseReason::Helped)] {
        let who = format!("child{n}");
        let kept = store.accept(&account(), vec![text(&who, &who, "hello")], None, at(0)).await.unwrap();
        let Accepted::New { contact, .. } = kept[0] else { panic!("it is new") };
        let events = closing_because(counsellor(1), reason);
        store.commit(opening(conversation(n), contact, events, at(0))).await.unwrap();
        let mut line = entry(Some(conversation(n)), "closed", 0);
        line.facts.insert("reason".into(), reason.name().into());
        store.record(line).await.unwrap();
    }
    store.close().await.unwrap();
    let db = Connection::open(folder.database()).unwrap();
    db.execute_batch(
        "DROP TABLE links;
         DROP INDEX conversations_in_trouble;
         ALTER TABLE outbox DROP COLUMN since;
         DROP INDEX conversations_to_erase;
         ALTER TABLE conversations DROP COLUMN to_erase;
         DELETE FROM meta WHERE name = 'audit_head';
         PRAGMA user_version = 1;",
    )
    .unwrap();
    folder
}

#[tokio::test]
async fn a_file_of_version_1_is_brought_on_with_its_wishes_and_its_log() {
    let folder = of_version_1().await;
    for _ in 0..2 {
        let store = open(&folder);
        let rows = store.to_erase().await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [conversation(1)]);
        assert_eq!(store.verify().await.unwrap(), Ok(2));
        store.close().await.unwrap();
    }
}
