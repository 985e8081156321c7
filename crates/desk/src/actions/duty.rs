//! `POST /desk/duty`: available, busy or away.

use crate::desk::Desk;
use crate::render::duty_name;
use crate::web::{Asked, DeskError, Posted, done};
use axum::extract::State;
use axum::response::Response;
use domain::DutyState;
use std::sync::Arc;

/// Chooses.
pub(crate) async fn duty(State(desk): State<Arc<Desk>>, posted: Posted) -> Result<Response, DeskError> {
    if !posted.who.counsellor.role.takes_children() {
        return Err(DeskError::Forbidden);
    }
    let chosen = [DutyState::Available, DutyState::Busy, DutyState::Away]
        .into_iter()
        .find(|state| duty_name(*state) == posted.fields.get("duty"))
        .ok_or(DeskError::BadForm)?;
    desk.door.heartbeat(posted.who.counsellor.id).await;
    desk.door.duty(posted.who.counsellor.id, chosen).await;
    Ok(done(Asked::of(&posted.headers), "/desk"))
}
