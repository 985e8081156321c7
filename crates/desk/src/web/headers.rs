//! Around every request: the strict headers of every answer, and error pages in the reader's language.
//!
//! Read next: `error.rs`.

use super::{Asked, DeskError};
use crate::Cookies;
use crate::desk::Desk;
use crate::render;
use crate::words::Tongue;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The layer.
pub(crate) async fn around(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let tongue = Tongue::of(request.headers(), desk.cookies);
    let asked = Asked::of(request.headers());
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions().get::<DeskError>().copied() {
        response = shown(&desk, error, tongue, asked, response);
    }
    let headers = response.headers_mut();
    let mut put = |name: header::HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(
        header::HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    );
    if desk.cookies == Cookies::Secure {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// The error as a page, a redirect, or a line for the script.
fn shown(desk: &Desk, error: DeskError, tongue: Tongue, asked: Asked, plain: Response) -> Response {
    match (asked, error) {
        (Asked::ByScript, _) => (error.status(), render::error_line(tongue, error)).into_response(),
        (Asked::ByPage, DeskError::SignInFirst | DeskError::ChangePasswordFirst) => plain,
        (Asked::ByPage, _) => {
            let mut page = render::error_page(desk, tongue, error).into_response();
            *page.status_mut() = match error.status() {
                StatusCode::OK => StatusCode::INTERNAL_SERVER_ERROR,
                status => status,
            };
            page
        }
    }
}
