//! The page, its script and its style: three files, nothing built, nothing fetched from elsewhere.
//!
//! A strict content policy lets nothing else run. Read next: `assets/app.js`.

use crate::PracticeAdapter;
use crate::words::Words;
use axum::Router;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use std::sync::Arc;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Arc<PracticeAdapter>> {
    Router::new()
        .route("/practice", get(page))
        .route("/practice/app.js", get(script))
        .route("/practice/style.css", get(style))
}

async fn page(headers: HeaderMap) -> Response {
    guarded("text/html; charset=utf-8", markup(Words::for_headers(&headers)).into_string())
}

async fn script() -> Response {
    guarded("text/javascript; charset=utf-8", include_str!("../assets/app.js"))
}

async fn style() -> Response {
    guarded("text/css; charset=utf-8", include_str!("../assets/style.css"))
}

fn guarded(kind: &'static str, body: impl IntoResponse) -> Response {
    let headers: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept-Language"),
    ];
    (headers, body).into_response()
}

fn markup(words: &Words) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(words.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content";
                meta name="color-scheme" content="light dark";
                title { (words.title) }
                link rel="stylesheet" href="/practice/style.css";
                script src="/practice/app.js" defer {}
            }
            // The script's words come from here, so that it holds none itself.
            body data-edit=(words.edit) data-delete=(words.delete) data-save=(words.save) data-cancel=(words.cancel)
                data-edited=(words.edited) data-deleted=(words.deleted) data-sending=(words.sending)
                data-sent=(words.sent) data-again=(words.again) data-me=(words.me) data-helpline=(words.helpline) {
                header {
                    h1 { (words.title) }
                    button #new-child type="button" title=(words.new_child_hint) { (words.new_child) }
                    p #notice { (words.notice) }
                }
                main {
                    noscript { p { (words.needs_script) } }
                    div #talk role="log" aria-live="polite" aria-label=(words.talk) tabindex="0" { ol #log {} }
                }
                form #write autocomplete="off" {
                    label for="text" { (words.write) }
                    div.row {
                        textarea #text name="text" rows="2" dir="auto" {}
                        button #send type="submit" { (words.send) }
                    }
                    p #state role="status" {}
                }
            }
        }
    }
}
