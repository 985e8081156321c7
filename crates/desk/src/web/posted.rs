//! A form that came from our own page: origin, session and form token checked before anything.
//!
//! It must never hand a field to an action when a check failed. Read next: `../actions/say.rs`.

use super::{DeskError, cookie, cookies};
use crate::auth::{SignedIn, Visitor};
use crate::desk::Desk;
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use std::sync::Arc;
use store::MustChange;
use subtle::ConstantTimeEq;

/// Header a script may carry the form token in.
const CSRF_HEADER: &str = "x-csrf-token";

/// A form's fields, in order.
#[derive(Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// A field's value; empty when it isn't there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }
}

/// A form by somebody signed in whose password is their own.
pub(crate) struct Posted {
    pub(crate) who: SignedIn,
    pub(crate) fields: Fields,
    pub(crate) headers: HeaderMap,
}

/// A form from the sign-in page or for a new password; a session isn't needed.
pub(crate) struct PostedByVisitor {
    pub(crate) who: Option<SignedIn>,
    pub(crate) fields: Fields,
    pub(crate) headers: HeaderMap,
}

/// Did a page of ours send it? Browsers of today say so in `Sec-Fetch-Site`. Older ones, and
/// plain HTTP, send `Origin`, which our own `no-referrer` policy turns into `null`; then the form
/// token decides alone.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_owned());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    match text("origin") {
        None => true,
        Some(origin) if origin == "null" => true,
        Some(origin) => {
            let host = text(header::HOST.as_str()).unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, origin_host)| !host.is_empty() && origin_host == host)
        }
    }
}

async fn fields(request: Request) -> Result<Fields, DeskError> {
    let Form(pairs) =
        Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(|_| DeskError::BadForm)?;
    Ok(Fields(pairs))
}

fn token_fits(expected: &str, headers: &HeaderMap, fields: &Fields) -> bool {
    let sent = match headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()) {
        Some(sent) => sent,
        None => fields.get("csrf"),
    };
    bool::from(expected.as_bytes().ct_eq(sent.as_bytes()))
}

impl FromRequest<Arc<Desk>> for Posted {
    type Rejection = DeskError;

    async fn from_request(request: Request, desk: &Arc<Desk>) -> Result<Self, DeskError> {
        let headers = request.headers().clone();
        if !from_here(&headers) {
            return Err(DeskError::NotFromHere);
        }
        let who = SignedIn::from_headers(desk, &headers).await?;
        let fields = fields(request).await?;
        if !token_fits(&who.csrf, &headers, &fields) {
            return Err(DeskError::NotFromHere);
        }
        match who.must_change {
            MustChange::Yes => Err(DeskError::ChangePasswordFirst),
            MustChange::No => Ok(Self { who, fields, headers }),
        }
    }
}

impl FromRequest<Arc<Desk>> for PostedByVisitor {
    type Rejection = DeskError;

    async fn from_request(request: Request, desk: &Arc<Desk>) -> Result<Self, DeskError> {
        let (mut parts, body) = request.into_parts();
        let headers = parts.headers.clone();
        if !from_here(&headers) {
            return Err(DeskError::NotFromHere);
        }
        let who = match cookie(&headers, cookies::session(desk.cookies)) {
            Some(_) => SignedIn::from_headers(desk, &headers).await.ok(),
            None => None,
        };
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, desk).await;
        let fields = fields(Request::from_parts(parts, body)).await?;
        let by_session = who.as_ref().is_some_and(|who| token_fits(&who.csrf, &headers, &fields));
        let by_visit = visitor.csrf.as_ref().is_some_and(|csrf| token_fits(csrf, &headers, &fields));
        if by_session || by_visit { Ok(Self { who, fields, headers }) } else { Err(DeskError::NotFromHere) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_our_own_pages_may_post() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            from_here(&headers)
        };
        assert!(check(&[("sec-fetch-site", "same-origin"), ("origin", "null"), ("host", "desk:80")]));
        assert!(!check(&[("sec-fetch-site", "cross-site"), ("origin", "http://desk:80"), ("host", "desk:80")]));
        assert!(!check(&[("sec-fetch-site", "same-site")]));
        assert!(!check(&[("sec-fetch-site", "none")]));
        assert!(check(&[("origin", "http://desk:80"), ("host", "desk:80")]));
        assert!(!check(&[("origin", "http://evil"), ("host", "desk:80")]));
        assert!(!check(&[("origin", "http://evil")]));
    }
}
