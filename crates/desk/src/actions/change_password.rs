//! `POST /desk/password`: a new password. All other sessions of this person end.

use crate::auth::{Busy, begin, check_new, hash_password, verify};
use crate::desk::Desk;
use crate::pages::{ChangeRefused, password_with};
use crate::web::{DeskError, PostedByVisitor};
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Actor, AuditEntry, MustChange};

/// Changes it.
pub(crate) async fn change_password(
    State(desk): State<Arc<Desk>>,
    posted: PostedByVisitor,
) -> Result<Response, DeskError> {
    let who = posted.who.clone().ok_or(DeskError::SignInFirst)?;
    let refuse = |why| Ok(password_with(&desk, &who, &posted.headers, Some(why)));
    let login = desk.store.login(&who.counsellor.login).await?.ok_or(DeskError::SignInFirst)?;
    let new = posted.fields.get("new").to_owned();
    let current = posted.fields.get("current").to_owned();
    if let Err(why) = check_new(&new, posted.fields.get("again"), &login.counsellor.login, &current) {
        return refuse(ChangeRefused::New(why));
    }
    let (old_hash, must_change) = (login.password_hash.clone(), login.must_change);
    let entropy = desk.entropy.clone();
    let hashed = desk
        .guard
        .slow(move || {
            // A one-time password was typed a moment ago; the new one must not be the same.
            if must_change == MustChange::Yes && verify(&new, &old_hash) {
                return Err(ChangeRefused::New(crate::NewPasswordError::TooEasy));
            }
            if must_change == MustChange::No && !verify(&current, &old_hash) {
                return Err(ChangeRefused::WrongPassword);
            }
            Ok(hash_password(&new, &*entropy))
        })
        .await
        .map_err(|Busy| DeskError::Busy)?;
    let hash = match hashed {
        Err(why) => return refuse(why),
        Ok(hash) => hash.map_err(|_| DeskError::Unavailable)?,
    };
    let mut login = login;
    login.password_hash = hash;
    login.must_change = MustChange::No;
    desk.store.put_login(login.clone()).await?;
    desk.store.end_sessions_of(login.counsellor.id).await?;
    let entry = AuditEntry {
        at: desk.door.now(),
        actor: Actor::Person { id: login.counsellor.id },
        conversation: None,
        action: "password_changed".to_owned(),
        facts: BTreeMap::new(),
    };
    desk.store.record(entry).await?;
    let cookie = begin(&desk, &login, &posted.headers).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/desk")).into_response())
}
