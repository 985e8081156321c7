//! Accounts and sessions in memory. Read next: `../conformance.rs`.

use super::MemoryStore;
use crate::checks::refusals;
use crate::{Login, People, Session, StoreError, login_key};
use async_trait::async_trait;
use domain::{Counsellor, CounsellorId, Timestamp};

#[async_trait]
impl People for MemoryStore {
    async fn put_login(&self, login: Login) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let name = login_key(&login.counsellor.login);
        let same_name = |other: &&Login| login_key(&other.counsellor.login) == name;
        if kept.logins.values().find(same_name).is_some_and(|other| other.counsellor.id != login.counsellor.id) {
            return Err(refusals::login_taken(&login.counsellor.login));
        }
        kept.logins.insert(login.counsellor.id, login);
        Ok(())
    }

    async fn login(&self, login: &str) -> Result<Option<Login>, StoreError> {
        let name = login_key(login);
        Ok(self.kept().logins.values().find(|kept| login_key(&kept.counsellor.login) == name).cloned())
    }

    async fn counsellors(&self) -> Result<Vec<Counsellor>, StoreError> {
        let mut everyone: Vec<_> = self.kept().logins.values().map(|login| login.counsellor.clone()).collect();
        everyone.sort_by_key(|counsellor| login_key(&counsellor.login));
        Ok(everyone)
    }

    async fn put_session(&self, session: Session) -> Result<(), StoreError> {
        let mut kept = self.kept();
        kept.sessions.retain(|_, old| old.expires_at > session.created_at);
        kept.sessions.insert(session.token_hash, session);
        Ok(())
    }

    async fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<Session>, StoreError> {
        Ok(self.kept().sessions.get(token_hash).filter(|session| session.expires_at > now).cloned())
    }

    async fn end_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.kept().sessions.remove(token_hash);
        Ok(())
    }

    async fn end_sessions_of(&self, counsellor: CounsellorId) -> Result<(), StoreError> {
        self.kept().sessions.retain(|_, session| session.counsellor != counsellor);
        Ok(())
    }
}
