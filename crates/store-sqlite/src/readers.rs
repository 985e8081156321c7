//! A few read-only connections. What they see is always committed.
//!
//! Read next: `desk.rs`.

use crate::rows::broken;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use store::StoreError;
use tokio::sync::Semaphore;

/// Connections for reading; more reads than this wait for each other.
pub(crate) const READERS: usize = 4;

/// The pool.
pub(crate) struct Readers {
    free: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Self { free: Arc::new(Mutex::new(connections)), permits }
    }

    /// Reads on a thread where waiting for the disk hurts nobody.
    ///
    /// # Errors
    /// What the reading gives, and [`StoreError::Unavailable`] when the store is closed.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let free = Arc::clone(&self.free);
        let reading = tokio::task::spawn_blocking(move || {
            let taken = free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = taken.ok_or_else(closed)?;
            let result = read(&connection);
            free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            drop(permit);
            result
        });
        reading.await.map_err(|_| StoreError::Unavailable("a read was given up".to_owned()))?
    }

    /// Reads several rows with one statement.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) async fn rows<T: Send + 'static>(
        &self,
        sql: &'static str,
        values: impl rusqlite::Params + Send + 'static,
        each: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.run(move |db| {
            let mut statement = db.prepare_cached(sql).map_err(broken)?;
            let rows = statement.query_map(values, each).map_err(broken)?;
            rows.collect::<rusqlite::Result<Vec<_>>>().map_err(broken)
        })
        .await
    }

    pub(crate) fn close(&self) {
        self.permits.close();
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}
