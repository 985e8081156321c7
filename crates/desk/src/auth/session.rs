//! Sessions: a random token in a cookie, its SHA-256 in the store.
//!
//! It must never keep or log the token itself. Read next: `web/posted.rs`.

use crate::desk::Desk;
use crate::web::{DeskError, cookie, cookies};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Counsellor, Timestamp};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use store::{Login, MustChange, Session};

/// A session ends after this long: one shift.
const LASTS: Duration = Duration::from_secs(12 * 3_600);

/// Somebody signed in, on this request.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) counsellor: Counsellor,
    /// Must a new password be chosen first?
    pub(crate) must_change: MustChange,
    /// What the store knows of the session.
    pub(crate) session: Session,
    /// What every form must carry.
    pub(crate) csrf: String,
}

/// A browser that hasn't signed in: only what its forms must carry.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// What every form must carry; `None` when the browser sent no cookie.
    pub(crate) csrf: Option<String>,
}

/// SHA-256 of a session's token, as kept.
fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The form token that belongs to a cookie's token. Knowing one doesn't give the other.
fn csrf_of(token: &str) -> String {
    hex::encode(Sha256::new().chain_update(b"desk form token v1\0").chain_update(token).finalize())
}

fn fresh_token(desk: &Desk) -> Result<String, DeskError> {
    let mut bytes = [0_u8; 32];
    desk.entropy.fill(&mut bytes).map_err(|_| DeskError::Unavailable)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Begins a session and ends the one the browser had. Returns the `Set-Cookie` value.
pub(crate) async fn begin(desk: &Desk, login: &Login, parts: &axum::http::HeaderMap) -> Result<String, DeskError> {
    if let Some(old) = cookie(parts, cookies::session(desk.cookies)) {
        desk.store.end_session(&token_hash(&old)).await?;
    }
    let token = fresh_token(desk)?;
    let now = desk.door.now();
    desk.store
        .put_session(Session {
            token_hash: token_hash(&token),
            counsellor: login.counsellor.id,
            created_at: now,
            expires_at: now.plus(LASTS),
        })
        .await?;
    Ok(cookies::set(desk.cookies, cookies::session(desk.cookies), &token, cookies::Hidden::FromScripts))
}

/// Ends a session. Returns the `Set-Cookie` value that takes the cookie away.
pub(crate) async fn end(desk: &Desk, who: &SignedIn) -> Result<String, DeskError> {
    desk.store.end_session(&who.session.token_hash).await?;
    Ok(cookies::clear(desk.cookies, cookies::session(desk.cookies)))
}

impl SignedIn {
    /// Whoever the cookie belongs to, password changed or not.
    pub(crate) async fn from_headers(desk: &Desk, headers: &axum::http::HeaderMap) -> Result<Self, DeskError> {
        let token = cookie(headers, cookies::session(desk.cookies)).ok_or(DeskError::SignInFirst)?;
        let session =
            desk.store.session(&token_hash(&token), desk.door.now()).await?.ok_or(DeskError::SignInFirst)?;
        let everyone = desk.store.counsellors().await?;
        let counsellor =
            everyone.into_iter().find(|one| one.id == session.counsellor).ok_or(DeskError::SignInFirst)?;
        let login = desk.store.login(&counsellor.login).await?.ok_or(DeskError::SignInFirst)?;
        Ok(Self { counsellor, must_change: login.must_change, session, csrf: csrf_of(&token) })
    }

    /// Is the session still good? Asked again while a live stream is open.
    pub(crate) async fn still_valid(&self, desk: &Desk, now: Timestamp) -> bool {
        matches!(desk.store.session(&self.session.token_hash, now).await, Ok(Some(_)))
    }
}

impl FromRequestParts<Arc<Desk>> for SignedIn {
    type Rejection = DeskError;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, DeskError> {
        let who = Self::from_headers(desk, &parts.headers).await?;
        match who.must_change {
            MustChange::Yes => Err(DeskError::ChangePasswordFirst),
            MustChange::No => Ok(who),
        }
    }
}

impl Visitor {
    /// The form token for a browser, and the cookie to set when it has none yet.
    pub(crate) fn or_new(self, desk: &Desk) -> Result<(String, Option<String>), DeskError> {
        if let Some(csrf) = self.csrf {
            return Ok((csrf, None));
        }
        let token = fresh_token(desk)?;
        let name = cookies::visitor(desk.cookies);
        let set = cookies::set(desk.cookies, name, &token, cookies::Hidden::FromScripts);
        Ok((csrf_of(&token), Some(set)))
    }
}

impl FromRequestParts<Arc<Desk>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Infallible> {
        let token = cookie(&parts.headers, cookies::visitor(desk.cookies));
        Ok(Self { csrf: token.map(|token| csrf_of(&token)) })
    }
}
