//! `GET /desk/channels`: how every channel to children is, in detail; for supervisors and administrators.
//!
//! Read next: `../render/channels.rs`.

use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::render::{self, Ctx};
use crate::web::DeskError;
use crate::words::{Tongue, W};
use axum::extract::State;
use axum::http::HeaderMap;
use domain::Role;
use maud::{Markup, html};
use std::sync::Arc;

/// The page.
pub(crate) async fn channels(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Markup, DeskError> {
    if who.counsellor.role == Role::Counsellor {
        return Err(DeskError::Forbidden);
    }
    let t = Tongue::of(&headers, desk.cookies);
    let ctx = Ctx::read(&desk, t, &who).await?;
    let main = html! { h1 { (t.w(W::Channels)) } (render::channels::details(&ctx)) };
    Ok(render::page(&ctx, t.w(W::Channels), "channels", &main))
}
