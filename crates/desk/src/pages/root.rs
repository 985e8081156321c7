//! `GET /`: where the desk and the practice page are.

use crate::desk::Desk;
use crate::render;
use crate::words::{Tongue, W};
use axum::extract::State;
use axum::http::HeaderMap;
use maud::{Markup, html};
use std::sync::Arc;

/// The front door.
pub(crate) async fn root(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Markup {
    let t = Tongue::of(&headers, desk.cookies);
    let main = html! {
        h1 { (desk.helpline) }
        p { a.button.main href="/desk" { (t.w(W::ToTheDesk)) } }
        p { a.button href="/practice" { (t.w(W::ToPractice)) } }
    };
    render::bare(&desk, t, &desk.helpline, &main)
}
