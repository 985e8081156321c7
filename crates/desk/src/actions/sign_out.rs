//! `POST /desk/sign-out`: the session ends and the counsellor is away.

use crate::auth::end;
use crate::desk::Desk;
use crate::web::{DeskError, Posted};
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use domain::DutyState;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Actor, AuditEntry};

/// Leaves.
pub(crate) async fn sign_out(State(desk): State<Arc<Desk>>, posted: Posted) -> Result<Response, DeskError> {
    let who = &posted.who;
    let cookie = end(&desk, who).await?;
    if who.counsellor.role.takes_children() {
        desk.door.duty(who.counsellor.id, DutyState::Away).await;
    }
    let entry = AuditEntry {
        at: desk.door.now(),
        actor: Actor::Person { id: who.counsellor.id },
        conversation: None,
        action: "signed_out".to_owned(),
        facts: BTreeMap::new(),
    };
    desk.store.record(entry).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/desk/sign-in")).into_response())
}
