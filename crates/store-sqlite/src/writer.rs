//! The one writer: a thread that owns the writing connection and commits many jobs at once.
//!
//! While one transaction goes to disk the next jobs gather; they then share one `COMMIT`. Each
//! job runs in its own savepoint, so that a refused one leaves its neighbours alone, and hears
//! its result only after the commit. A full or failing disk fails the jobs of that batch and
//! nothing else. Read next: `turns.rs`.

use crate::crash::{CrashSwitch, Moment};
use crate::head;
use crate::rows::broken;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::vault::Vault;
use store::{AuditEntry, ChainHead, StoreError};
use tokio::sync::{mpsc, oneshot};

/// Jobs in one transaction at most.
const BATCH: usize = 256;
/// Jobs that may wait; who hands in more waits too.
const QUEUE: usize = 1_024;

/// What a job is about, for the crash switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Inbox,
    Turn,
    Claim,
    Other,
}

/// What a job may use while it writes.
pub(crate) struct Writing<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) vault: &'a Vault,
    chain: &'a mut ChainHead,
}

impl Writing<'_> {
    /// Ties a line to the audit chain.
    pub(crate) fn record(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let line = entry.canonical()?;
        let next = self.chain.then(&line);
        let conversation = entry.conversation.map(|id| id.as_uuid().into_bytes());
        self.db
            .prepare_cached("INSERT INTO audit (seq, conversation, line, hash) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| insert.execute((next.seq.cast_signed(), conversation, line, next.hash)))
            .map_err(broken)?;
        *self.chain = next;
        Ok(())
    }
}

trait Job: Send {
    fn kind(&self) -> Kind;
    /// Runs once; `false` when it was refused and its savepoint must be undone.
    fn work(&mut self, writing: &mut Writing<'_>) -> bool;
    /// Tells the caller, after the commit or with the reason why there was none.
    fn answer(self: Box<Self>, failed: Option<&str>);
}

struct Waiting<T, F> {
    kind: Kind,
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send> Job for Waiting<T, F> {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn work(&mut self, writing: &mut Writing<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        let result = work(writing);
        let kept = result.is_ok();
        self.result = Some(result);
        kept
    }

    fn answer(self: Box<Self>, failed: Option<&str>) {
        let result = match (self.result, failed) {
            // A refusal stays what it is: the caller can do something about it.
            (Some(Err(refused)), _) => Err(refused),
            (_, Some(why)) => Err(StoreError::Unavailable(why.to_owned())),
            (Some(done), None) => done,
            (None, None) => Err(StoreError::Unavailable("the writer skipped a job".to_owned())),
        };
        // A caller that went away doesn't need to know.
        let _ = self.caller.send(result);
    }
}

enum Message {
    Job(Box<dyn Job>),
    Scrub(oneshot::Sender<()>),
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// How many jobs were committed, in how many transactions.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) batches: AtomicU64,
    pub(crate) jobs: AtomicU64,
}

/// The way to the writer's thread.
pub(crate) struct Writer {
    to_thread: mpsc::Sender<Message>,
    pub(crate) counts: Arc<Counts>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub(crate) fn start(db: Connection, vault: Arc<Vault>, crash: CrashSwitch) -> Result<Self, StoreError> {
        let (to_thread, inbox) = mpsc::channel(QUEUE);
        let chain = head::tip(&db).map_err(broken)?;
        let counts = Arc::new(Counts::default());
        let thread = WriterThread { db, vault, crash, chain, data_version: None, counts: Arc::clone(&counts) };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || thread.run(inbox))
            .map_err(|error| StoreError::Unavailable(format!("no thread for the writer: {}", error.kind())))?;
        Ok(Self { to_thread, counts })
    }

    /// Hands in a job and waits until its change is on disk.
    ///
    /// # Errors
    /// What the job refuses, and [`StoreError::Unavailable`] when it can't be kept.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, answer) = oneshot::channel();
        let job = Waiting { kind, work: Some(work), result: None, caller };
        self.to_thread.send(Message::Job(Box::new(job))).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Moves the log into the main file and empties it, so that no old copy of a destroyed key
    /// stays in it.
    pub(crate) async fn scrub(&self) {
        let (caller, answer) = oneshot::channel();
        if self.to_thread.send(Message::Scrub(caller)).await.is_ok() {
            let _ = answer.await;
        }
    }

    /// Drains what was handed in, then closes.
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        let (caller, answer) = oneshot::channel();
        if self.to_thread.send(Message::Close(caller)).await.is_err() {
            return Ok(());
        }
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

struct WriterThread {
    db: Connection,
    vault: Arc<Vault>,
    crash: CrashSwitch,
    chain: ChainHead,
    /// SQLite's own count of changes made by others, such as a command beside a running service.
    data_version: Option<i64>,
    counts: Arc<Counts>,
}

impl WriterThread {
    fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        let mut jobs = Vec::with_capacity(BATCH);
        while let Some(first) = inbox.blocking_recv() {
            let mut next = Some(first);
            while let Some(message) = next.take() {
                match message {
                    Message::Job(job) => jobs.push(job),
                    Message::Scrub(caller) => {
                        self.batch(&mut jobs);
                        self.scrub();
                        let _ = caller.send(());
                    }
                    Message::Close(caller) => {
                        // Whoever comes later hears that the store is closed; those already in
                        // the channel are still served.
                        inbox.close();
                        while let Some(message) = inbox.blocking_recv() {
                            if let Message::Job(job) = message {
                                jobs.push(job);
                            }
                        }
                        while !jobs.is_empty() {
                            self.batch(&mut jobs);
                        }
                        self.scrub();
                        let _ = caller.send(self.db.close().map_err(|(_, error)| broken(error)));
                        return;
                    }
                }
                if jobs.len() < BATCH {
                    next = inbox.try_recv().ok();
                }
            }
            self.batch(&mut jobs);
        }
        // All handles are gone without a close: SQLite closes cleanly with the connection.
    }

    /// One transaction for all jobs.
    fn batch(&mut self, jobs: &mut Vec<Box<dyn Job>>) {
        if jobs.is_empty() {
            return;
        }
        let mut batch: Vec<_> = jobs.drain(..jobs.len().min(BATCH)).collect();
        let before = self.chain;
        let outcome = self.write(&mut batch);
        if let Err(error) = &outcome {
            self.chain = before;
            if !self.db.is_autocommit()
                && let Err(second) = self.db.execute_batch("ROLLBACK")
            {
                tracing::error!(error = %broken(second), "the writer could not roll back");
            }
            tracing::error!(error = %error, jobs = batch.len(), "the store could not commit");
        } else {
            self.counts.batches.fetch_add(1, Ordering::Relaxed);
            self.counts.jobs.fetch_add(batch.len() as u64, Ordering::Relaxed);
            self.crash.pass(Moment::AfterCommit, batch.iter().map(|job| job.kind()));
        }
        let why = outcome.err().map(|error| match error {
            StoreError::Unavailable(why) | StoreError::Unreadable(why) => why,
            other => other.to_string(),
        });
        for job in batch {
            job.answer(why.as_deref());
        }
    }

    fn write(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE")?;
        self.refresh_chain()?;
        let before = self.chain;
        for job in batch.iter_mut() {
            self.one(job.as_mut())?;
        }
        if self.chain != before {
            head::seal(&self.db, &self.vault, &self.chain).map_err(broken)?;
        }
        self.crash.pass(Moment::BeforeCommit, batch.iter().map(|job| job.kind()));
        self.execute("COMMIT")
    }

    /// # Errors
    /// When the whole transaction is lost, not when the job alone is refused.
    fn one(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        self.execute("SAVEPOINT job")?;
        let before = self.chain;
        let kept = job.work(&mut Writing { db: &self.db, vault: &self.vault, chain: &mut self.chain });
        // After some failures (disk full, input/output) SQLite has already rolled everything back.
        if self.db.is_autocommit() {
            return Err(StoreError::Unavailable("SQLite gave the transaction up".to_owned()));
        }
        if !kept {
            self.chain = before;
            self.execute("ROLLBACK TO job")?;
        }
        self.execute("RELEASE job")
    }

    fn execute(&self, sql: &'static str) -> Result<(), StoreError> {
        self.db.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(|_| ()).map_err(broken)
    }

    /// Another process may have added audit lines since the last batch.
    fn refresh_chain(&mut self) -> Result<(), StoreError> {
        let version = self.db.prepare_cached("PRAGMA data_version").map_err(broken)?;
        let now = { version }.query_row([], |row| row.get(0)).map_err(broken)?;
        if self.data_version != Some(now) {
            self.chain = head::tip(&self.db).map_err(broken)?;
            head::look_and_note(&self.db, &self.vault, &self.chain)?;
            self.data_version = Some(now);
        }
        Ok(())
    }

    fn scrub(&self) {
        let blocked = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        match blocked {
            Ok(0) => {}
            Ok(_) => tracing::warn!("a reader kept the log from being emptied; the next checkpoint will do it"),
            Err(error) => tracing::warn!(error = %broken(error), "the log could not be emptied"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rows::broken;
    use crate::{Options, SqliteStore};
    use std::sync::Arc;
    use store::conformance::SeededEntropy;
    use store::conformance::make::{account, at, entry, text};
    use store::conformance::turns::together;
    use store::vault::MasterKey;
    use store::{Audit, Inboxes, StoreError};

    use super::Kind;

    fn open(folder: &tempfile::TempDir) -> SqliteStore {
        let options = Options::new(MasterKey::from_bytes([1; 32]), Arc::new(SeededEntropy::new(1)));
        SqliteStore::open(&folder.path().join("house.db"), options).unwrap()
    }

    async fn pages_at_most(store: &SqliteStore, more: i64) {
        store
            .writer
            .run(Kind::Other, move |writing| {
                let now: i64 = writing.db.query_row("PRAGMA page_count", [], |row| row.get(0)).map_err(broken)?;
                let sql = format!("PRAGMA max_page_count = {}", now + more);
                writing.db.query_row(&sql, [], |row| row.get::<_, i64>(0)).map_err(broken).map(|_| ())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_keeps_nothing_of_the_batch_and_the_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        store.record(entry(None, "before", 0)).await.unwrap();
        pages_at_most(&store, 4).await;
        let large = "x".repeat(200_000);
        let refused = store.accept(&account(), vec![text("a", "k1", &large)], None, at(0)).await;
        assert!(
            matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("disk is full")),
            "{refused:?}"
        );
        assert_eq!(store.pending_count().await.unwrap(), 0);
        pages_at_most(&store, 100_000).await;
        store.accept(&account(), vec![text("a", "k1", &large)], None, at(0)).await.unwrap();
        store.record(entry(None, "after", 0)).await.unwrap();
        assert_eq!(store.verify().await.unwrap(), Ok(2));
    }

    #[tokio::test]
    async fn jobs_handed_in_together_share_transactions_and_a_refused_one_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let before = store.committed();
        let jobs = (0..600_i64).map(|n| {
            store.writer.run(Kind::Other, move |writing| {
                writing.record(&entry(None, &format!("act {n}"), n))?;
                if n % 3 == 0 { Err(StoreError::Invalid("no".into())) } else { Ok(n) }
            })
        });
        let jobs = jobs
            .map(|job| Box::pin(job) as std::pin::Pin<Box<dyn Future<Output = Result<i64, StoreError>> + Send>>)
            .collect();
        let results = together(jobs).await;
        assert!(results.iter().zip(0..).all(|(result, n)| result.is_err() == (n % 3 == 0)));
        let after = store.committed();
        assert_eq!(after.jobs - before.jobs, 600);
        assert!(after.transactions - before.transactions <= 100, "{after:?}");
        assert_eq!(store.verify().await.unwrap(), Ok(400));
        let lines = store.audit(None, 0, 1_000).await.unwrap();
        assert!(lines.iter().all(|line| line.entry.at.millis() / 1_000 % 3 != 1_700_000_000 % 3));
    }

    #[tokio::test]
    async fn what_was_handed_in_before_a_close_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let mut jobs: Vec<std::pin::Pin<Box<dyn Future<Output = bool> + Send>>> = Vec::new();
        for n in 0..50 {
            let store = &store;
            jobs.push(Box::pin(async move { store.record(entry(None, "act", n)).await.is_ok() }));
        }
        let closing = &store;
        jobs.push(Box::pin(async move { closing.close().await.is_ok() }));
        assert!(together(jobs).await.into_iter().all(|kept| kept));
        assert_eq!(open(&folder).verify().await.unwrap(), Ok(50));
    }
}
