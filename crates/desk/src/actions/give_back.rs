//! `POST /desk/c/{id}/give-back`: Give the child back to the queue.

use super::send::{Then, conversation_id, send};
use crate::desk::Desk;
use crate::render::Typed;
use crate::web::{DeskError, Posted};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::DeskCommand;
use std::sync::Arc;

/// Give the child back to the queue.
pub(crate) async fn give_back(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    send(&desk, &posted, id, DeskCommand::GiveBack, Typed::default(), Then::Queue).await
}
