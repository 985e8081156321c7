//! `GET /desk/c/{id}`: one conversation. Each opening is audited.

use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::reading::{Audited, read};
use crate::render::{self, Ctx, Typed};
use crate::web::DeskError;
use crate::words::{Tongue, W};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::ConversationId;
use maud::Markup;
use std::sync::Arc;

/// The page.
pub(crate) async fn conversation(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Markup, DeskError> {
    let id = id.parse().map_err(|_| DeskError::NotFound)?;
    conversation_with(&desk, &who, id, &headers, &Typed::default()).await
}

/// The page, with what was typed into a form that was refused.
pub(crate) async fn conversation_with(
    desk: &Desk,
    who: &SignedIn,
    id: ConversationId,
    headers: &HeaderMap,
    typed: &Typed,
) -> Result<Markup, DeskError> {
    let t = Tongue::of(headers, desk.cookies);
    let reading = read(desk, who, id, Audited::Opened).await?;
    let ctx = Ctx::read(desk, t, who).await?;
    let main = render::talk(&ctx, &reading, typed, &fresh_key(desk)?);
    Ok(render::page(&ctx, t.w(W::Conversation), "conversation", &main))
}

/// A name for the next message, so that pressing twice sends once.
pub(crate) fn fresh_key(desk: &Desk) -> Result<String, DeskError> {
    let mut bytes = [0_u8; 16];
    desk.entropy.fill(&mut bytes).map_err(|_| DeskError::Unavailable)?;
    Ok(hex::encode(bytes))
}
