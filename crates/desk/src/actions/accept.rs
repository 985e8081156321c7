//! `POST /desk/c/{id}/accept`: Take the child.

use super::send::{Then, conversation_id, send};
use crate::desk::Desk;
use crate::render::Typed;
use crate::web::{DeskError, Posted};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::DeskCommand;
use std::sync::Arc;

/// Take the child.
pub(crate) async fn accept(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    send(&desk, &posted, id, DeskCommand::Accept, Typed::default(), Then::Stay).await
}
