//! The suite that every store passes, over a file on disk.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use async_trait::async_trait;
use common::{Folder, open};
use store::Store;
use store::conformance::Subject;
use store_sqlite::SqliteStore;

struct OnDisk {
    folder: Folder,
    store: SqliteStore,
}

#[async_trait]
impl Subject for OnDisk {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn restart(&mut self) {
        self.store.close().await.unwrap();
        self.store = open(&self.folder);
    }

    async fn tamper_with_audit(&mut self, seq: u64, json: &str) {
        let db = rusqlite::Connection::open(self.folder.database()).unwrap();
        let changed = db.execute("UPDATE audit SET line = ?2 WHERE seq = ?1", (seq.cast_signed(), json)).unwrap();
        assert_eq!(changed, 1);
    }
}

async fn make() -> OnDisk {
    let folder = Folder::new();
    let store = open(&folder);
    OnDisk { folder, store }
}

store::conformance_suite!(make);
