//! `POST /desk/language`: the desk's own language, kept in a cookie.

use crate::desk::Desk;
use crate::web::{DeskError, PostedByVisitor, cookies};
use crate::words::Tongue;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use std::sync::Arc;

/// Chooses.
pub(crate) async fn language(
    State(desk): State<Arc<Desk>>,
    posted: PostedByVisitor,
) -> Result<Response, DeskError> {
    let tongue = Tongue::from_tag(posted.fields.get("to")).ok_or(DeskError::BadForm)?;
    let cookie = cookies::set_for_a_year(desk.cookies, cookies::language(desk.cookies), tongue.tag());
    let back = match posted.fields.get("back") {
        "/desk/sign-in" => "/desk/sign-in",
        _ => "/desk",
    };
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(back)).into_response())
}
