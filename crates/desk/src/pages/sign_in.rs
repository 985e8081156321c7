//! `GET /desk/sign-in`: name and password.

use crate::auth::Visitor;
use crate::desk::Desk;
use crate::render;
use crate::web::DeskError;
use crate::words::{Tongue, W};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use maud::html;
use std::sync::Arc;

/// The page.
pub(crate) async fn sign_in(
    State(desk): State<Arc<Desk>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, DeskError> {
    sign_in_with(&desk, visitor, &headers, None)
}

/// The page, after a try that was refused.
pub(crate) fn sign_in_with(
    desk: &Desk,
    visitor: Visitor,
    headers: &HeaderMap,
    refused: Option<&str>,
) -> Result<Response, DeskError> {
    let t = Tongue::of(headers, desk.cookies);
    let (csrf, set_cookie) = visitor.or_new(desk)?;
    let main = html! {
        h1 { (desk.helpline) }
        p { (t.w(W::SignInToDesk)) }
        @if refused.is_some() { p.hint.bad role="alert" #refused { (t.w(W::SignInRefused)) } }
        form.stacked method="post" action="/desk/sign-in" {
            input type="hidden" name="csrf" value=(csrf);
            label for="login" { (t.w(W::LoginName)) }
            input #login name="login" value=[refused] autocomplete="username" autocapitalize="none"
                spellcheck="false" required maxlength="200" autofocus;
            label for="password" { (t.w(W::Password)) }
            input #password name="password" type="password" autocomplete="current-password" required maxlength="512";
            button.main { (t.w(W::SignIn)) }
        }
        (render::languages(t, &csrf, "/desk/sign-in"))
    };
    let page = render::bare(desk, t, t.w(W::SignIn), &main);
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let cookies = AppendHeaders(set_cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((status, cookies, page).into_response())
}
