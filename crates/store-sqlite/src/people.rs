//! Accounts and sessions on disk.
//!
//! Read next: `desk.rs`.

use crate::SqliteStore;
use crate::rows::broken;
use crate::writer::Kind;
use async_trait::async_trait;
use domain::{Counsellor, CounsellorId, Timestamp};
use rusqlite::OptionalExtension;
use store::checks::refusals;
use store::{Login, MustChange, People, Session, StoreError, login_key};
use uuid::Uuid;

#[async_trait]
impl People for SqliteStore {
    async fn put_login(&self, login: Login) -> Result<(), StoreError> {
        let name = login.counsellor.login.clone();
        let person = serde_json::to_string(&login.counsellor)
            .map_err(|_| StoreError::Invalid("an account can't be written".to_owned()))?;
        self.writer
            .run(Kind::Other, move |writing| {
                let id = login.counsellor.id.as_uuid().into_bytes();
                let holder: Option<[u8; 16]> = writing
                    .db
                    .query_row("SELECT id FROM counsellors WHERE login_key = ?1", [login_key(&name)], |row| {
                        row.get(0)
                    })
                    .optional()
                    .map_err(broken)?;
                if holder.is_some_and(|holder| holder != id) {
                    return Err(refusals::login_taken(&name));
                }
                let sql = "INSERT INTO counsellors
                               (id, login_key, person, password_hash, must_change, failures, locked_until)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                           ON CONFLICT (id) DO UPDATE SET login_key = excluded.login_key,
                               person = excluded.person, password_hash = excluded.password_hash,
                               must_change = excluded.must_change, failures = excluded.failures,
                               locked_until = excluded.locked_until";
                let must_change = login.must_change == MustChange::Yes;
                let locked = login.locked_until.map(Timestamp::millis);
                let values =
                    (id, login_key(&name), person, login.password_hash, must_change, login.failures, locked);
                writing.db.execute(sql, values).map_err(broken)?;
                Ok(())
            })
            .await
    }

    async fn login(&self, login: &str) -> Result<Option<Login>, StoreError> {
        let sql = "SELECT person, password_hash, must_change, failures, locked_until
                   FROM counsellors WHERE login_key = ?1";
        let each = |row: &rusqlite::Row<'_>| {
            Ok(Login {
                counsellor: counsellor(row)?,
                password_hash: row.get(1)?,
                must_change: if row.get(2)? { MustChange::Yes } else { MustChange::No },
                failures: row.get(3)?,
                locked_until: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
            })
        };
        Ok(self.readers.rows(sql, [login_key(login)], each).await?.into_iter().next())
    }

    async fn counsellors(&self) -> Result<Vec<Counsellor>, StoreError> {
        self.readers.rows("SELECT person FROM counsellors ORDER BY login_key", [], counsellor).await
    }

    async fn put_session(&self, session: Session) -> Result<(), StoreError> {
        self.writer
            .run(Kind::Other, move |writing| {
                let now = session.created_at.millis();
                writing.db.execute("DELETE FROM sessions WHERE expires_at <= ?1", [now]).map_err(broken)?;
                let sql = "INSERT OR REPLACE INTO sessions (token_hash, counsellor, created_at, expires_at)
                           VALUES (?1, ?2, ?3, ?4)";
                let who = session.counsellor.as_uuid().into_bytes();
                writing
                    .db
                    .execute(sql, (session.token_hash, who, now, session.expires_at.millis()))
                    .map_err(broken)?;
                Ok(())
            })
            .await
    }

    async fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<Session>, StoreError> {
        let sql = "SELECT token_hash, counsellor, created_at, expires_at FROM sessions
                   WHERE token_hash = ?1 AND expires_at > ?2";
        let each = |row: &rusqlite::Row<'_>| {
            Ok(Session {
                token_hash: row.get(0)?,
                counsellor: CounsellorId::from_uuid(Uuid::from_bytes(row.get(1)?)),
                created_at: Timestamp::from_millis(row.get(2)?),
                expires_at: Timestamp::from_millis(row.get(3)?),
            })
        };
        Ok(self.readers.rows(sql, (*token_hash, now.millis()), each).await?.into_iter().next())
    }

    async fn end_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        let token_hash = *token_hash;
        self.writer
            .run(Kind::Other, move |writing| {
                writing.db.execute("DELETE FROM sessions WHERE token_hash = ?1", [token_hash]).map_err(broken)?;
                Ok(())
            })
            .await
    }

    async fn end_sessions_of(&self, counsellor: CounsellorId) -> Result<(), StoreError> {
        let who = counsellor.as_uuid().into_bytes();
        self.writer
            .run(Kind::Other, move |writing| {
                writing.db.execute("DELETE FROM sessions WHERE counsellor = ?1", [who]).map_err(broken)?;
                Ok(())
            })
            .await
    }
}

fn counsellor(row: &rusqlite::Row<'_>) -> rusqlite::Result<Counsellor> {
    let person: String = row.get(0)?;
    serde_json::from_str(&person).map_err(|_| rusqlite::Error::InvalidQuery)
}
