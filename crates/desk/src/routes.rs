//! Every address of the desk on one page.
//!
//! Read next: the file named beside the address.

use crate::actions as act;
use crate::desk::{Desk, DeskParts};
use crate::pages;
use crate::web::around;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use std::sync::Arc;

/// Largest form: a counsellor's longest message, percent-encoded at its worst, and some room.
const FORM_BYTES: usize = 128 * 1_024;

/// The desk's addresses: `/`, `/health` and everything under `/desk`.
pub fn router(parts: DeskParts) -> Router {
    let desk = Arc::new(Desk::new(parts));
    Router::new()
        .route("/", get(pages::root))
        .route("/health", get(pages::health))
        .route("/desk", get(pages::queue))
        .route("/desk/", get(pages::queue))
        .route("/desk/board", get(pages::board))
        .route("/desk/head", get(pages::head))
        .route("/desk/channels", get(pages::channels))
        .route("/desk/events", get(pages::events))
        .route("/desk/help", get(pages::help))
        .route("/desk/sign-in", get(pages::sign_in).post(act::sign_in))
        .route("/desk/sign-out", post(act::sign_out))
        .route("/desk/password", get(pages::password).post(act::change_password))
        .route("/desk/language", post(act::language))
        .route("/desk/duty", post(act::duty))
        .route("/desk/heartbeat", post(act::heartbeat))
        .route("/desk/c/{id}", get(pages::conversation))
        .route("/desk/c/{id}/live", get(pages::live))
        .route("/desk/c/{id}/accept", post(act::accept))
        .route("/desk/c/{id}/decline", post(act::decline))
        .route("/desk/c/{id}/say", post(act::say))
        .route("/desk/c/{id}/note", post(act::note))
        .route("/desk/c/{id}/give-back", post(act::give_back))
        .route("/desk/c/{id}/finish", post(act::finish))
        .route("/desk/c/{id}/wrap-up", post(act::wrap_up))
        .route("/desk/c/{id}/alarms-seen", post(act::alarms_seen))
        .route("/desk/c/{id}/link", post(act::link))
        .route("/desk/c/{id}/unlink", post(act::unlink))
        .route("/desk/c/{id}/erase", post(act::erase))
        .route("/desk/alert.wav", get(pages::static_files::alert_wav))
        .route("/desk/static/{file}", get(pages::static_files::file))
        .route("/desk/{*rest}", get(pages::nothing_here))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn_with_state(desk.clone(), around))
        .with_state(desk)
}
