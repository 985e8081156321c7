//! `GET /health`: `{"status":"ok"}`, or 503 and `{"status":"unavailable"}` when the store can't be read.

use crate::desk::Desk;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Can the house read its store?
pub(crate) async fn health(State(desk): State<Arc<Desk>>) -> (StatusCode, Json<serde_json::Value>) {
    match desk.store.pending_count().await {
        Ok(_) => (StatusCode::OK, Json(serde_json::json!({ "status": "ok" }))),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({ "status": "unavailable" }))),
    }
}
