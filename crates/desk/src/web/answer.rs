//! How an action answers: a redirect for a plain form, a line of JSON for the page's script.
//!
//! Read next: `../actions/accept.rs`.

use crate::words::Tongue;
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use domain::RefusalCode;

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A form or a link.
    ByPage,
    /// The page's script (`X-Desk: live`).
    ByScript,
}

impl Asked {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if headers.get("x-desk").is_some() { Self::ByScript } else { Self::ByPage }
    }
}

/// It was done; go on at `to`.
pub(crate) fn done(asked: Asked, to: &str) -> Response {
    match asked {
        Asked::ByPage => Redirect::to(to).into_response(),
        Asked::ByScript => Json(serde_json::json!({ "ok": true, "to": to })).into_response(),
    }
}

/// It was refused, as a line of JSON for the script.
pub(crate) fn refused(tongue: Tongue, code: RefusalCode) -> Response {
    let line = serde_json::json!({ "ok": false, "words": tongue.refusal(code) });
    (refusal_status(code), Json(line)).into_response()
}

/// The HTTP status of a refusal.
pub(crate) const fn refusal_status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::TakenByAnother | RefusalCode::WrongStage => StatusCode::CONFLICT,
        RefusalCode::NotYours | RefusalCode::NotAllowed => StatusCode::FORBIDDEN,
        RefusalCode::TooLong | RefusalCode::Empty => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalCode::NotFound => StatusCode::NOT_FOUND,
        RefusalCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}
