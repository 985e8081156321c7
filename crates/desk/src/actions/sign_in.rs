//! `POST /desk/sign-in`: name and password. A fresh session each time.

use crate::auth::{Attempt, Visitor, begin, try_sign_in};
use crate::desk::Desk;
use crate::pages::sign_in_with;
use crate::web::{DeskError, PostedByVisitor};
use axum::extract::{FromRequestParts, State};
use axum::http::{Request, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use domain::{CounsellorId, DutyState};
use std::sync::Arc;
use store::MustChange;

/// Tries.
pub(crate) async fn sign_in(
    State(desk): State<Arc<Desk>>,
    posted: PostedByVisitor,
) -> Result<Response, DeskError> {
    let name = posted.fields.get("login").trim().to_owned();
    let password = posted.fields.get("password").to_owned();
    match try_sign_in(&desk, &name, password).await? {
        Attempt::Welcome(login) => {
            let cookie = begin(&desk, &login, &posted.headers).await?;
            // Whoever must still choose a password isn't on duty yet.
            if login.must_change == MustChange::No && login.counsellor.role.takes_children() {
                arrive(&desk, login.counsellor.id).await;
            }
            let to = match login.must_change {
                MustChange::Yes => "/desk/password",
                MustChange::No => "/desk",
            };
            Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(to)).into_response())
        }
        Attempt::Refused => {
            let (mut parts, ()) = Request::new(()).into_parts();
            parts.headers = posted.headers;
            let Ok(visitor) = Visitor::from_request_parts(&mut parts, &desk).await;
            sign_in_with(&desk, visitor, &parts.headers, Some(&name))
        }
    }
}

/// Signing in after signing out is coming on duty; signing in at a second desk changes nothing.
async fn arrive(desk: &Desk, who: CounsellorId) {
    let elsewhere = desk.door.roster().await.into_iter().find(|entry| entry.counsellor.id == who);
    match elsewhere.map(|entry| entry.duty) {
        Some(DutyState::Available | DutyState::Busy) => desk.door.heartbeat(who).await,
        Some(DutyState::Away) | None => desk.door.duty(who, DutyState::Available).await,
    }
}
