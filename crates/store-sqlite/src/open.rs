//! Opening: whose file it is, which version, which key; only then anything is touched.
//!
//! It must never panic and never change a file that it refuses. Read next: `writer.rs`.

use crate::SqliteStore;
use crate::crash::CrashSwitch;
use crate::head;
use crate::keys::Keys;
use crate::readers::{READERS, Readers};
use crate::rows::broken;
use crate::writer::Writer;
use domain::Entropy;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::vault::{MasterKey, Vault};

/// The shapes, oldest first. The file's version is how many of them it has.
const MIGRATIONS: [&str; 4] = [
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_to_erase.sql"),
    include_str!("../migrations/0003_channels.sql"),
    include_str!("../migrations/0004_links.sql"),
];
/// The version of the database that this program writes.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;
/// Marks the file as ours: "PASS".
const APPLICATION_ID: i64 = 0x5041_5353;
/// How long to wait for another process that writes, such as a command beside the service.
const BUSY: Duration = Duration::from_secs(5);

/// What is needed to open a store.
pub struct Options {
    master_key: MasterKey,
    entropy: Arc<dyn Entropy>,
    #[cfg(debug_assertions)]
    crash: Option<crate::Crash>,
}

impl Options {
    /// The key and the source of random bytes.
    pub fn new(master_key: MasterKey, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            master_key,
            entropy,
            #[cfg(debug_assertions)]
            crash: None,
        }
    }

    /// Stops the process dead at a chosen moment.
    #[cfg(debug_assertions)]
    #[must_use]
    pub fn crash(mut self, crash: Option<crate::Crash>) -> Self {
        self.crash = crash;
        self
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Options([key])")
    }
}

/// Why a store can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another kind of file.
    #[error("{}: this is not a database; found another kind of file, expected one made by this program", .0.display())]
    NotADatabase(PathBuf),
    /// An SQLite database of something else.
    #[error("{}: this SQLite database belongs to another program", .0.display())]
    OtherProgram(PathBuf),
    /// Made by a newer program.
    #[error(
        "{}: the database has version {found}, this program knows versions up to {known}; use a newer program or restore the backup made before the upgrade",
        path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// Sealed with another master key.
    #[error("{}: the database was sealed with another master key; check which key file the configuration names", .0.display())]
    WrongKey(PathBuf),
    /// Damaged, or without its marks.
    #[error("{}: the database is damaged: {why}; restore a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The operating system or SQLite refuses.
    #[error("{}: the database can't be opened: {why}", path.display())]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
}

pub(crate) fn open(path: &Path, options: Options) -> Result<SqliteStore, OpenError> {
    let failed = |error: StoreError| match error {
        StoreError::Unreadable(why) => OpenError::Damaged { path: path.to_owned(), why },
        StoreError::Unavailable(why) => OpenError::Unavailable { path: path.to_owned(), why },
        other => OpenError::Unavailable { path: path.to_owned(), why: other.to_string() },
    };
    let sql = |error: rusqlite::Error| failed(broken(error));
    check_kind_of_file(path)?;
    let vault = Arc::new(Vault::new(&options.master_key, options.entropy).map_err(failed)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags).map_err(sql)?;
    db.busy_timeout(BUSY).map_err(sql)?;
    check_whose(path, &db, &vault, sql)?;

    tune_writer(&db).map_err(sql)?;
    let run = migrate(&mut db, &vault).map_err(sql)?;
    let mut readers = Vec::with_capacity(READERS);
    for _ in 0..READERS {
        readers.push(open_reader(path).map_err(sql)?);
    }
    #[cfg(debug_assertions)]
    let crash = CrashSwitch::new(options.crash);
    #[cfg(not(debug_assertions))]
    let crash = CrashSwitch::default();
    let writer = Writer::start(db, Arc::clone(&vault), crash).map_err(failed)?;
    Ok(SqliteStore { vault, keys: Keys::default(), writer, readers: Readers::new(readers), run })
}

/// Looks at the first bytes, and makes an empty file that only its owner can read.
pub(crate) fn check_kind_of_file(path: &Path) -> Result<(), OpenError> {
    let unavailable =
        |error: std::io::Error| OpenError::Unavailable { path: path.to_owned(), why: error.kind().to_string() };
    let mut head = Vec::with_capacity(16);
    match std::fs::File::open(path) {
        Ok(file) => file.take(16).read_to_end(&mut head).map_err(unavailable)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(path).map_err(unavailable)?;
            0
        }
        Err(error) => return Err(unavailable(error)),
    };
    if head.is_empty() || head == b"SQLite format 3\0" {
        return Ok(());
    }
    Err(OpenError::NotADatabase(path.to_owned()))
}

pub(crate) fn check_whose(
    path: &Path,
    db: &Connection,
    vault: &Vault,
    sql: impl Fn(rusqlite::Error) -> OpenError + Copy,
) -> Result<(), OpenError> {
    let number = |statement: &str| db.query_row(statement, [], |row| row.get::<_, i64>(0)).map_err(sql);
    let tables = number("SELECT count(*) FROM sqlite_master")?;
    if tables == 0 {
        return Ok(());
    }
    if number("PRAGMA application_id")? != APPLICATION_ID {
        return Err(OpenError::OtherProgram(path.to_owned()));
    }
    let found = number("PRAGMA user_version")?;
    if found > SCHEMA_VERSION {
        return Err(OpenError::TooNew { path: path.to_owned(), found, known: SCHEMA_VERSION });
    }
    let check = db
        .query_row("SELECT value FROM meta WHERE name = 'key_check'", [], |row| row.get::<_, Vec<u8>>(0))
        .optional()
        .map_err(sql)?;
    match check {
        Some(check) if check == vault.check_value() => Ok(()),
        Some(_) => Err(OpenError::WrongKey(path.to_owned())),
        None => {
            let why = "the mark of its master key is missing".to_owned();
            Err(OpenError::Damaged { path: path.to_owned(), why })
        }
    }
}

/// Full durability: a commit is on disk before anyone hears of it. `secure_delete` writes zeros
/// over what is deleted, so that a destroyed key is gone from the file.
fn tune_writer(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -8000;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Brings the file to this program's shape and counts the opening, in one transaction.
fn migrate(db: &mut Connection, vault: &Vault) -> rusqlite::Result<i64> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(0)) {
        change.execute_batch(migration)?;
    }
    if from < SCHEMA_VERSION {
        change.pragma_update(None, "application_id", APPLICATION_ID)?;
        change.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        tracing::info!(from, to = SCHEMA_VERSION, "the database was brought to this program's version");
    }
    change.execute(
        "INSERT INTO meta (name, value) VALUES ('key_check', ?1) ON CONFLICT (name) DO NOTHING",
        [vault.check_value()],
    )?;
    // The end of the audit log is sealed since version 2.
    if from < 2 {
        head::seal(&change, vault, &head::tip(&change)?)?;
    }
    let last: Option<[u8; 8]> =
        change.query_row("SELECT value FROM meta WHERE name = 'run'", [], |row| row.get(0)).optional()?;
    let run = last.map_or(1, |bytes| i64::from_be_bytes(bytes).saturating_add(1));
    change.execute(
        "INSERT INTO meta (name, value) VALUES ('run', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [run.to_be_bytes()],
    )?;
    change.commit()?;
    Ok(run)
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let db =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "query_only", true)?;
    db.pragma_update(None, "cache_size", -2_000)?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(db)
}
