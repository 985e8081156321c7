//! `POST /desk/c/{id}/say`: Write to the child.

use super::send::{Then, conversation_id, send};
use crate::desk::Desk;
use crate::render::Typed;
use crate::web::{DeskError, Posted};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Confidential, DeskCommand};
use std::sync::Arc;

/// Write to the child.
pub(crate) async fn say(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    let client_key = posted.fields.get("client_key").to_owned();
    if !is_key(&client_key) {
        return Err(DeskError::BadForm);
    }
    let text = posted.fields.get("text").to_owned();
    let typed = Typed { form: "say", text: text.clone(), refusal: None };
    let command = DeskCommand::Say { text: Confidential::new(text), client_key };
    send(&desk, &posted, id, command, typed, Then::Stay).await
}

/// Keys are made by the page: letters, digits and `-`, 8 to 64 of them.
fn is_key(key: &str) -> bool {
    (8..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
