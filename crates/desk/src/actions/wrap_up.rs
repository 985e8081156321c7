//! `POST /desk/c/{id}/wrap-up`: Write the record and close.

use super::send::{Then, conversation_id, send};
use crate::desk::Desk;
use crate::render::Typed;
use crate::web::{DeskError, Posted};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{CloseReason, Confidential, DeskCommand, Role};
use std::sync::Arc;

/// Write the record and close.
pub(crate) async fn wrap_up(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    let reason = CloseReason::from_name(posted.fields.get("reason")).ok_or(DeskError::BadForm)?;
    let text = posted.fields.get("note").to_owned();
    let typed = Typed { form: "wrap-up", text: text.clone(), refusal: None };
    let note = (!text.trim().is_empty()).then(|| Confidential::new(text));
    // A supervisor can go on to delete the words at once.
    let supervisor = posted.who.counsellor.role == Role::Supervisor;
    let then = if supervisor && reason == CloseReason::DeletionAsked { Then::Stay } else { Then::Queue };
    send(&desk, &posted, id, DeskCommand::WrapUp { reason, note }, typed, then).await
}
