//! `GET /desk`: the queue.

use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::render::{self, Ctx};
use crate::web::DeskError;
use crate::words::{Tongue, W};
use axum::extract::State;
use axum::http::HeaderMap;
use maud::{Markup, html};
use std::sync::Arc;

/// The page.
pub(crate) async fn queue(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Markup, DeskError> {
    let t = Tongue::of(&headers, desk.cookies);
    let ctx = Ctx::read(&desk, t, &who).await?;
    let main = html! {
        div.page-head {
            h1 { (t.w(W::Queue)) }
            button.plain type="button" data-test-alert { (t.w(W::TestAlert)) }
        }
        (render::board(&ctx))
    };
    Ok(render::page(&ctx, t.w(W::Queue), "queue", &main))
}
