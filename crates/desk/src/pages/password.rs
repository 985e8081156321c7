//! `GET /desk/password`: choose a new password.

use crate::auth::{NewPasswordError, SignedIn};
use crate::desk::Desk;
use crate::render;
use crate::web::DeskError;
use crate::words::{Tongue, W};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::html;
use std::sync::Arc;
use store::MustChange;

/// Why a change was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeRefused {
    /// The present password is wrong.
    WrongPassword,
    /// The new one isn't taken.
    New(NewPasswordError),
}

/// The page.
pub(crate) async fn password(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Result<Response, DeskError> {
    let who = SignedIn::from_headers(&desk, &headers).await?;
    Ok(password_with(&desk, &who, &headers, None))
}

/// The page, after a change that was refused.
pub(crate) fn password_with(
    desk: &Desk,
    who: &SignedIn,
    headers: &HeaderMap,
    refused: Option<ChangeRefused>,
) -> Response {
    let t = Tongue::of(headers, desk.cookies);
    let first = who.must_change == MustChange::Yes;
    let main = html! {
        h1 { (t.w(W::ChangePassword)) }
        @if first { p { (t.w(W::ChooseOwnPassword)) } }
        p { (t.w(W::PasswordRule)) }
        @if let Some(why) = refused { p.hint.bad role="alert" #refused { (t.change_refused(why)) } }
        form.stacked method="post" action="/desk/password" {
            input type="hidden" name="csrf" value=(who.csrf);
            input type="text" name="login" autocomplete="username" value=(who.counsellor.login) readonly hidden;
            @if !first {
                label for="current" { (t.w(W::CurrentPassword)) }
                input #current name="current" type="password" autocomplete="current-password" required maxlength="512";
            }
            label for="new" { (t.w(W::NewPassword)) }
            input #new name="new" type="password" autocomplete="new-password" required minlength="12" maxlength="512";
            label for="again" { (t.w(W::NewPasswordAgain)) }
            input #again name="again" type="password" autocomplete="new-password" required minlength="12" maxlength="512";
            button.main { (t.w(W::Save)) }
        }
        @if !first { p { a href="/desk" { (t.w(W::BackToQueue)) } } }
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, render::bare(desk, t, t.w(W::ChangePassword), &main)).into_response()
}
