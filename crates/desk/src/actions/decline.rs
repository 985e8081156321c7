//! `POST /desk/c/{id}/decline`: Say no to an offer.

use super::send::{Then, conversation_id, send};
use crate::desk::Desk;
use crate::render::Typed;
use crate::web::{DeskError, Posted};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{DeclineReason, DeskCommand};
use std::sync::Arc;

/// Say no to an offer.
pub(crate) async fn decline(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    let reason = DeclineReason::from_name(posted.fields.get("reason")).ok_or(DeskError::BadForm)?;
    send(&desk, &posted, id, DeskCommand::Decline { reason }, Typed::default(), Then::Queue).await
}
