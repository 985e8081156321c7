//! `GET /desk/head`: duty, offers and alarms alone, for every live page.

use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::render::{self, Ctx};
use crate::web::DeskError;
use crate::words::Tongue;
use axum::extract::State;
use axum::http::HeaderMap;
use maud::Markup;
use std::sync::Arc;

/// The banner.
pub(crate) async fn head(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Markup, DeskError> {
    let ctx = Ctx::read(&desk, Tongue::of(&headers, desk.cookies), &who).await?;
    Ok(render::head(&ctx))
}
