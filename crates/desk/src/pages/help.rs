//! `GET /desk/help`: keys, the alert's test, language.

use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::render::{self, Ctx};
use crate::web::DeskError;
use crate::words::{Tongue, W};
use axum::extract::State;
use axum::http::HeaderMap;
use maud::{Markup, html};
use std::sync::Arc;

/// The page. Its content is the help dialog that every page carries, shown by itself.
pub(crate) async fn help(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Markup, DeskError> {
    let t = Tongue::of(&headers, desk.cookies);
    let ctx = Ctx::read(&desk, t, &who).await?;
    let main = html! { h1 { (t.w(W::Help)) } (render::help(&ctx)) };
    Ok(render::page(&ctx, t.w(W::Help), "help", &main))
}
