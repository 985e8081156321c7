//! What is kept, in one SQLite file: one writer that commits many turns at once, and readers.
//!
//! A call returns when its change is on disk (WAL, `synchronous=FULL`). It must never keep a
//! child's words or a platform's id unsealed, and never panic on a damaged or foreign file.
//! Read next: `writer.rs` (group commit), then `turns.rs`.

mod audit;
mod crash;
mod desk;
mod head;
mod inbox;
mod inspect;
mod keys;
mod links;
mod open;
mod outbox;
mod people;
mod readers;
mod rows;
mod turns;
mod upkeep;
mod writer;

#[cfg(debug_assertions)]
pub use crash::{Crash, CrashPoint};
pub use inspect::{Inspected, inspect};
pub use open::{OpenError, Options, SCHEMA_VERSION};

use keys::Keys;
use readers::Readers;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::StoreError;
use store::vault::Vault;
use writer::Writer;

/// What the writer has done since the file was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Turns, inbox batches, claims and other changes.
    pub jobs: u64,
    /// Transactions, each with one wait for the disk.
    pub transactions: u64,
}

/// A store in a file.
pub struct SqliteStore {
    vault: Arc<Vault>,
    keys: Keys,
    writer: Writer,
    readers: Readers,
    /// Counts openings of the file; rows claimed in an earlier one were interrupted.
    run: i64,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("run", &self.run).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the file, or makes it, and brings it to this program's shape.
    ///
    /// # Errors
    /// When it isn't a database of this program, is of a newer version, was sealed with another
    /// master key, or can't be used. Nothing was changed then.
    pub fn open(path: &Path, options: Options) -> Result<Self, OpenError> {
        open::open(path, options)
    }

    /// Jobs committed so far and the transactions they shared, for metrics.
    pub fn committed(&self) -> Committed {
        let counts = &self.writer.counts;
        Committed {
            jobs: counts.jobs.load(Ordering::Relaxed),
            transactions: counts.batches.load(Ordering::Relaxed),
        }
    }

    /// Finishes what was handed in, moves all of it into the main file and closes.
    ///
    /// # Errors
    /// When the medium failed. What was confirmed before is safe all the same.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.readers.close();
        self.writer.close().await
    }
}
