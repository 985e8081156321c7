//! `GET /desk/c/{id}/live`: an open conversation renews itself.

use super::conversation::fresh_key;
use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::reading::{Audited, read};
use crate::render::{self, Ctx, Typed};
use crate::web::DeskError;
use crate::words::Tongue;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use maud::Markup;
use std::sync::Arc;

/// The part that changes.
pub(crate) async fn live(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Markup, DeskError> {
    let id = id.parse().map_err(|_| DeskError::NotFound)?;
    let reading = read(&desk, &who, id, Audited::Renewed).await?;
    let ctx = Ctx::read(&desk, Tongue::of(&headers, desk.cookies), &who).await?;
    Ok(render::talk(&ctx, &reading, &Typed::default(), &fresh_key(&desk)?))
}
