//! Bounds on password work, so that a flood of tries can't take the machine from the children.
//!
//! It must never queue without end. Read next: `sign_in.rs`.

use tokio::sync::{Mutex, Semaphore};

/// Hashes computed at the same time.
const AT_ONCE: usize = 2;
/// Requests that may wait for it; more are told to come back.
const WAITING: usize = 32;

/// Too many people are signing in at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

/// One for the whole desk.
pub(crate) struct Guard {
    queue: Semaphore,
    workers: Semaphore,
    /// Held while a login's counter of failures is read and written.
    pub(crate) counting: Mutex<()>,
}

impl Guard {
    pub(crate) fn new() -> Self {
        Self { queue: Semaphore::new(WAITING), workers: Semaphore::new(AT_ONCE), counting: Mutex::new(()) }
    }

    /// Runs slow password work on a thread for it.
    pub(crate) async fn slow<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _place = self.queue.try_acquire().map_err(|_| Busy)?;
        let _worker = self.workers.acquire().await.map_err(|_| Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
    }
}
