//! A bot's own address for webhooks, as a program mounts it: takes the bytes and the secret, and
//! answers with a status.
//!
//! Read next: `server.rs`.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use std::future::Future;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Listens on loopback until it is dropped.
#[derive(Debug)]
pub struct Door {
    url: String,
    task: JoinHandle<()>,
}

impl Door {
    /// Opens it for a handler, which is given the body and the secret.
    ///
    /// # Panics
    /// When loopback can't be listened on.
    pub async fn open<H, F>(handler: H) -> Self
    where
        H: Fn(Vec<u8>, Option<String>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = u16> + Send + 'static,
    {
        let answer = move |headers: HeaderMap, body: Bytes| {
            let secret = headers.get("x-telegram-bot-api-secret-token").and_then(|value| value.to_str().ok());
            let answer = handler(body.to_vec(), secret.map(str::to_owned));
            async move { StatusCode::from_u16(answer.await).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR) }
        };
        let app = Router::new().route("/hook", post(answer));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.unwrap_or_else(|error| panic!("loopback can't be listened on: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("a listener has no address: {error}"));
        let task = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
        Self { url: format!("http://{address}/hook"), task }
    }

    /// For `setWebhook`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}
