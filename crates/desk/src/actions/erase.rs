//! `POST /desk/c/{id}/erase`: a supervisor deletes the words of a closed conversation, as the child asked.

use super::send::conversation_id;
use crate::desk::Desk;
use crate::web::{Asked, DeskError, Posted, done};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{CloseReason, Closed, Role, Stage};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Actor, AuditEntry};

/// Destroys the conversation's key. There is no way back.
pub(crate) async fn erase(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    if posted.who.counsellor.role != Role::Supervisor {
        return Err(DeskError::Forbidden);
    }
    if posted.fields.get("sure") != "yes" {
        return Err(DeskError::BadForm);
    }
    let id = conversation_id(&id)?;
    let conversation = desk.store.load(id).await?.ok_or(DeskError::NotFound)?;
    let Stage::Closed(Closed::Human { reason: CloseReason::DeletionAsked, .. }) = conversation.stage else {
        return Err(DeskError::Forbidden);
    };
    let audit = AuditEntry {
        at: desk.door.now(),
        actor: Actor::Person { id: posted.who.counsellor.id },
        conversation: Some(id),
        action: "erased".to_owned(),
        facts: BTreeMap::from([("because".to_owned(), CloseReason::DeletionAsked.name().to_owned())]),
    };
    desk.store.erase(id, audit).await?;
    Ok(done(Asked::of(&posted.headers), "/desk"))
}
