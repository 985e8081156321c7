//! `GET /desk/static/{file}` and `/desk/alert.wav`: built into the binary, named with their content's
//! hash, so that a browser may keep them for ever and still gets a new one at once.

use crate::alert::WAV;
use crate::web::DeskError;
use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct File {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

const FILES: [File; 5] = [
    File { name: "desk.css", kind: "text/css; charset=utf-8", content: include_str!("../../assets/desk.css") },
    File {
        name: "desk.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../../assets/desk.js"),
    },
    File {
        name: "beat.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../../assets/beat.js"),
    },
    File {
        name: "bare.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../../assets/bare.js"),
    },
    File { name: "icon.svg", kind: "image/svg+xml", content: include_str!("../../assets/icon.svg") },
];

static VERSIONS: LazyLock<[String; 5]> =
    LazyLock::new(|| FILES.each_ref().map(|file| version(file.content.as_bytes())));
static ALERT_VERSION: LazyLock<String> = LazyLock::new(|| version(&WAV));

fn version(content: &[u8]) -> String {
    hex::encode(&Sha256::digest(content)[..6])
}

fn address(place: usize) -> String {
    format!("/desk/static/{}?v={}", FILES[place].name, VERSIONS[place])
}

pub(crate) fn css() -> String {
    address(0)
}

pub(crate) fn js() -> String {
    address(1)
}

pub(crate) fn beat_js() -> String {
    address(2)
}

pub(crate) fn bare_js() -> String {
    address(3)
}

pub(crate) fn icon() -> String {
    address(4)
}

pub(crate) fn alert() -> String {
    format!("/desk/alert.wav?v={}", *ALERT_VERSION)
}

/// One file.
pub(crate) async fn file(Path(name): Path<String>, RawQuery(query): RawQuery) -> Result<Response, DeskError> {
    let place = FILES.iter().position(|file| file.name == name).ok_or(DeskError::NotFound)?;
    let file = &FILES[place];
    Ok(with_cache(file.kind, file.content.as_bytes(), query.as_deref(), &VERSIONS[place]))
}

/// The sound of an offer.
pub(crate) async fn alert_wav(RawQuery(query): RawQuery) -> Response {
    with_cache("audio/wav", &WAV, query.as_deref(), &ALERT_VERSION)
}

fn with_cache(kind: &'static str, content: &'static [u8], query: Option<&str>, version: &str) -> Response {
    let asked = query.and_then(|query| query.strip_prefix("v="));
    let cache = if asked == Some(version) { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], content).into_response()
}
