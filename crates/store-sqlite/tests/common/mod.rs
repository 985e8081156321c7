//! A folder that cleans up after itself, and stores in it.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "shared by several tests")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::conformance::SeededEntropy;
use store::vault::MasterKey;
use store_sqlite::{OpenError, Options, SqliteStore};

pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn database(&self) -> PathBuf {
        self.0.path().join("house.db")
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}

/// Each opening draws other bytes, as the operating system's would.
pub fn options(key: u8) -> Options {
    static OPENED: AtomicU64 = AtomicU64::new(1);
    let seed = OPENED.fetch_add(1, Ordering::Relaxed);
    Options::new(MasterKey::from_bytes([key; 32]), Arc::new(SeededEntropy::new(seed)))
}

pub fn try_open(folder: &Folder, key: u8) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(&folder.database(), options(key))
}

pub fn open(folder: &Folder) -> SqliteStore {
    try_open(folder, 1).unwrap()
}
