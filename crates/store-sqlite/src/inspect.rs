//! A look at a database that changes nothing, also while a house works on it.
//!
//! Read next: `open.rs`.

use crate::open::{OpenError, SCHEMA_VERSION, check_kind_of_file, check_whose};
use crate::rows::broken;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::vault::{MasterKey, Vault};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// The file's version.
    pub version: i64,
    /// The version that this program brings it to at the next start.
    pub known: i64,
}

/// Looks at a database that is there: whose it is, which key, whether its pages hold together.
///
/// # Errors
/// As [`crate::SqliteStore::open`]. A file that isn't there is one, too.
pub fn inspect(path: &Path, key: &MasterKey, entropy: Arc<dyn domain::Entropy>) -> Result<Inspected, OpenError> {
    let failed = |error: StoreError| OpenError::Unavailable { path: path.to_owned(), why: error.to_string() };
    let sql = |error: rusqlite::Error| failed(broken(error));
    if !path.exists() {
        let why = "the file isn't there".to_owned();
        return Err(OpenError::Unavailable { path: path.to_owned(), why });
    }
    check_kind_of_file(path)?;
    let vault = Vault::new(key, entropy).map_err(failed)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(sql)?;
    db.busy_timeout(Duration::from_secs(5)).map_err(sql)?;
    check_whose(path, &db, &vault, sql)?;
    let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sql)?;
    if said != "ok" {
        let why = "its pages don't hold together".to_owned();
        return Err(OpenError::Damaged { path: path.to_owned(), why });
    }
    let version = db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sql)?;
    Ok(Inspected { version, known: SCHEMA_VERSION })
}
