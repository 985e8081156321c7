//! Counsellors' accounts and desk sessions.

use crate::StoreError;
use async_trait::async_trait;
use domain::{Counsellor, CounsellorId, Timestamp};

/// What is needed to check a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Who.
    pub counsellor: Counsellor,
    /// argon2id, PHC string.
    pub password_hash: String,
    /// The password is for one use: a new one must be chosen at once.
    pub must_change: MustChange,
    /// Failed tries since the last success.
    pub failures: u32,
    /// No try before this.
    pub locked_until: Option<Timestamp>,
}

/// Must the password be changed at the next sign-in?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MustChange {
    /// Yes: it was given by someone else.
    Yes,
    /// No: the person chose it.
    No,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("counsellor", &self.counsellor.id).finish_non_exhaustive()
    }
}

/// A signed-in desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's token; the token itself is kept nowhere.
    pub token_hash: [u8; 32],
    /// Who.
    pub counsellor: CounsellorId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Accounts and sessions.
#[async_trait]
pub trait People {
    /// Makes or changes an account.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the login belongs to someone else.
    async fn put_login(&self, login: Login) -> Result<(), StoreError>;

    /// By the name to sign in with, letters' case aside.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn login(&self, login: &str) -> Result<Option<Login>, StoreError>;

    /// Everyone.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn counsellors(&self) -> Result<Vec<Counsellor>, StoreError>;

    /// Keeps a session.
    ///
    /// # Errors
    /// When the store can't be used.
    async fn put_session(&self, session: Session) -> Result<(), StoreError>;

    /// An unexpired session.
    ///
    /// # Errors
    /// When the store can't be read.
    async fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Ends one session.
    ///
    /// # Errors
    /// When the store can't be used.
    async fn end_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError>;

    /// Ends all sessions of a person, after a password change.
    ///
    /// # Errors
    /// When the store can't be used.
    async fn end_sessions_of(&self, counsellor: CounsellorId) -> Result<(), StoreError>;
}

/// The form in which names to sign in with are compared: without spaces around, letters' case aside.
pub fn login_key(login: &str) -> String {
    login.trim().to_lowercase()
}
