//! `POST /desk/heartbeat`: an open desk is alive.

use crate::desk::Desk;
use crate::web::{DeskError, Posted};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Notes it.
pub(crate) async fn heartbeat(State(desk): State<Arc<Desk>>, posted: Posted) -> Result<StatusCode, DeskError> {
    if posted.who.counsellor.role.takes_children() {
        desk.door.heartbeat(posted.who.counsellor.id).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
