//! `POST /desk/c/{id}/note`: Write for colleagues only.

use super::send::{Then, conversation_id, send};
use crate::desk::Desk;
use crate::render::Typed;
use crate::web::{DeskError, Posted};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Confidential, DeskCommand};
use std::sync::Arc;

/// Write for colleagues only.
pub(crate) async fn note(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    let text = posted.fields.get("text").to_owned();
    let typed = Typed { form: "note", text: text.clone(), refusal: None };
    send(&desk, &posted, id, DeskCommand::Note { text: Confidential::new(text) }, typed, Then::Stay).await
}
