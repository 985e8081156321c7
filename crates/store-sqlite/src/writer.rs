//! The one writer: a thread that owns the writing connection and commits many jobs at once.
//!
//! While one transaction goes to disk the next jobs gather; they then share one `COMMIT`. Each
//! job runs in its own savepoint, so that a refused one leaves its neighbours alone, and hears
//! its result only after the commit. A full or failing disk fails the jobs of that batch and
//! nothing else. Read next: `turns.rs`.

use crate::crash::{CrashSwitch, Moment};
use crate::rows::broken;
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;
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

/// The way to the writer's thread.
pub(crate) struct Writer {
    to_thread: mpsc::Sender<Message>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub(crate) fn start(db: Connection, vault: Arc<Vault>, crash: CrashSwitch) -> Result<Self, StoreError> {
        let (to_thread, inbox) = mpsc::channel(QUEUE);
        let chain = read_chain(&db).map_err(broken)?;
        let thread = WriterThread { db, vault, crash, chain, data_version: None };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || thread.run(inbox))
            .map_err(|error| StoreError::Unavailable(format!("no thread for the writer: {}", error.kind())))?;
        Ok(Self { to_thread })
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

fn read_chain(db: &Connection) -> rusqlite::Result<ChainHead> {
    let last = db
        .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?)))
        .optional()?;
    Ok(last.map_or_else(ChainHead::default, |(seq, hash)| ChainHead { seq: seq.cast_unsigned(), hash }))
}

struct WriterThread {
    db: Connection,
    vault: Arc<Vault>,
    crash: CrashSwitch,
    chain: ChainHead,
    /// SQLite's own count of changes made by others, such as a command beside a running service.
    data_version: Option<i64>,
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
        self.refresh_chain().map_err(broken)?;
        for job in batch.iter_mut() {
            self.one(job.as_mut())?;
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
    fn refresh_chain(&mut self) -> rusqlite::Result<()> {
        let now = self.db.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.data_version != Some(now) {
            self.chain = read_chain(&self.db)?;
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
