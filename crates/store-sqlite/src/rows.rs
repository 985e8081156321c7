//! Values as columns and back, and SQLite's failures in the store's words.
//!
//! An error here names a column or a code, never a value. Read next: `turns.rs`.

use domain::{ContactId, ConversationId, CounsellorId, StageName, Timestamp, Urgency};
use rusqlite::ErrorCode;
use serde::{Serialize, de::DeserializeOwned};
use store::{QueueRow, StoreError};
use uuid::Uuid;

/// SQLite's failure, without the statement's values.
pub(crate) fn broken(error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(failure, _) = &error else {
        return StoreError::Unreadable(match error {
            rusqlite::Error::InvalidColumnType(_, column, _) => format!("column `{column}` has the wrong type"),
            _ => "a row has an unknown shape".to_owned(),
        });
    };
    let code = failure.extended_code;
    match failure.code {
        ErrorCode::DiskFull => StoreError::Unavailable("the disk is full".to_owned()),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            StoreError::Unavailable("another process holds the database; is the service running twice?".to_owned())
        }
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::Unavailable(
            "the database can't be written; look at the file's owner and rights".to_owned(),
        ),
        ErrorCode::CannotOpen => StoreError::Unavailable("the database can't be opened".to_owned()),
        ErrorCode::SystemIoFailure => {
            StoreError::Unavailable(format!("the disk failed (SQLite code {code}); look at the system's log"))
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Unreadable(format!(
            "the database is damaged (SQLite code {code}); stop the service and restore a backup"
        )),
        ErrorCode::ConstraintViolation => {
            StoreError::Invalid(format!("a rule of the database was broken (SQLite code {code})"))
        }
        _ => StoreError::Unavailable(format!("SQLite code {code}")),
    }
}

/// A number for the `LIMIT` of a read.
pub(crate) fn limit(asked: usize) -> i64 {
    i64::try_from(asked.min(store::checks::READ_ROWS)).unwrap_or(i64::MAX)
}

pub(crate) fn conversation_id(bytes: [u8; 16]) -> ConversationId {
    ConversationId::from_uuid(Uuid::from_bytes(bytes))
}

pub(crate) fn contact_id(bytes: [u8; 16]) -> ContactId {
    ContactId::from_uuid(Uuid::from_bytes(bytes))
}

pub(crate) fn urgency_number(urgency: Urgency) -> i64 {
    Urgency::ALL.iter().position(|known| *known == urgency).map_or(0, |place| place as i64)
}

pub(crate) fn urgency_from(number: i64) -> rusqlite::Result<Urgency> {
    let place = usize::try_from(number).map_err(|_| unknown())?;
    Urgency::ALL.get(place).copied().ok_or_else(unknown)
}

/// The name of a plain enum, as in the wire form.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Invalid("a name can't be written".to_owned())),
    }
}

pub(crate) fn from_word<T: DeserializeOwned>(word: String) -> rusqlite::Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| unknown())
}

fn unknown() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}

/// Columns of a list, in the order that [`queue_row`] reads.
macro_rules! queue_columns {
    () => {
        "id, stage, urgency, since, counsellors, lang, platform, last_inbound_at, version, delivery_trouble"
    };
}
pub(crate) use queue_columns;

pub(crate) fn queue_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<QueueRow> {
    let stage: String = row.get(1)?;
    let counsellors: Vec<u8> = row.get(4)?;
    let (ids, _) = counsellors.as_chunks::<16>();
    Ok(QueueRow {
        id: conversation_id(row.get(0)?),
        stage: StageName::from_name(&stage).ok_or_else(unknown)?,
        urgency: urgency_from(row.get(2)?)?,
        since: Timestamp::from_millis(row.get(3)?),
        counsellors: ids.iter().map(|id| CounsellorId::from_uuid(Uuid::from_bytes(*id))).collect(),
        lang: row.get::<_, String>(5)?.parse().map_err(|_| unknown())?,
        platform: from_word(row.get(6)?)?,
        last_inbound_at: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
        version: row.get::<_, i64>(8)?.cast_unsigned(),
        delivery_trouble: row.get(9)?,
    })
}
