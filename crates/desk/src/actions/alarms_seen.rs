//! `POST /desk/c/{id}/alarms-seen`: a supervisor saw the alarms of a conversation.

use super::send::conversation_id;
use crate::desk::Desk;
use crate::web::{Asked, DeskError, Posted, done};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Role;
use std::sync::Arc;

/// Marks them seen.
pub(crate) async fn alarms_seen(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    if posted.who.counsellor.role != Role::Supervisor {
        return Err(DeskError::Forbidden);
    }
    let id = conversation_id(&id)?;
    desk.store.alarms_seen(id, posted.who.counsellor.id, desk.door.now()).await?;
    Ok(done(Asked::of(&posted.headers), "/desk"))
}
