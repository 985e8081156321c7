//! `GET /desk/board`: the queue's rows alone, for the live page.

use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::render::{self, Ctx};
use crate::web::DeskError;
use crate::words::Tongue;
use axum::extract::State;
use axum::http::HeaderMap;
use maud::Markup;
use std::sync::Arc;

/// The rows.
pub(crate) async fn board(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Markup, DeskError> {
    let ctx = Ctx::read(&desk, Tongue::of(&headers, desk.cookies), &who).await?;
    Ok(render::board(&ctx))
}
