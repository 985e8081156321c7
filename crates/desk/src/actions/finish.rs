//! `POST /desk/c/{id}/finish`: End the talk; the record comes next.

use super::send::{Then, conversation_id, send};
use crate::desk::Desk;
use crate::render::Typed;
use crate::web::{DeskError, Posted};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{DeskCommand, Feedback};
use std::sync::Arc;

/// End the talk; the record comes next.
pub(crate) async fn finish(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    let feedback = match posted.fields.get("feedback") {
        "ask" => Feedback::Ask,
        "dont_ask" => Feedback::DontAsk,
        _ => return Err(DeskError::BadForm),
    };
    send(&desk, &posted, id, DeskCommand::Finish { feedback }, Typed::default(), Then::Stay).await
}
