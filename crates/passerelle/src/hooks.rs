//! Where platforms push to: one address for each account that takes pushes.
//!
//! A push is answered "received" only after the inbox kept it, and 503 while its account isn't
//! connected: the platform brings it again. Read next: `accounts.rs`.

use axum::Router;
use config::{Account, AccountOn, TelegramReceive};

/// The adapter that pushes go to, once it is connected.
#[derive(Clone, Default)]
pub(crate) struct Hook {
    #[cfg(feature = "telegram")]
    telegram: std::sync::Arc<std::sync::Mutex<Option<std::sync::Arc<adapter_telegram::TelegramAdapter>>>>,
}

/// The address that a platform is given for an account.
pub(crate) fn public_url(base: &str, account: &Account) -> String {
    format!("{}{}", base.trim_end_matches('/'), path(account))
}

fn path(account: &Account) -> String {
    format!("/telegram/{}", account.id)
}

/// The route of an account; none for one that doesn't take pushes.
pub(crate) fn router(account: &Account, hook: &Hook) -> Router {
    match &account.on {
        AccountOn::Telegram(telegram) if matches!(telegram.receive, TelegramReceive::Webhook { .. }) => {
            route(&path(account), hook)
        }
        _ => Router::new(),
    }
}

#[cfg(not(feature = "telegram"))]
fn route(_path: &str, _hook: &Hook) -> Router {
    Router::new()
}

#[cfg(feature = "telegram")]
fn route(path: &str, hook: &Hook) -> Router {
    use axum::routing::post;
    Router::new().route(path, post(telegram::pushed)).with_state(hook.clone())
}

#[cfg(feature = "telegram")]
mod telegram {
    use super::Hook;
    use adapter_telegram::TelegramAdapter;
    use axum::body::Bytes;
    use axum::extract::State;
    use axum::http::{HeaderMap, StatusCode};
    use std::sync::{Arc, PoisonError};

    /// Telegram shows our secret in it.
    const SECRET: &str = "x-telegram-bot-api-secret-token";

    impl Hook {
        /// From now on pushes go to this adapter.
        pub(crate) fn leads_to(&self, adapter: Arc<TelegramAdapter>) {
            *self.telegram.lock().unwrap_or_else(PoisonError::into_inner) = Some(adapter);
        }

        fn adapter(&self) -> Option<Arc<TelegramAdapter>> {
            self.telegram.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }

    pub(super) async fn pushed(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
        let Some(adapter) = hook.adapter() else { return StatusCode::SERVICE_UNAVAILABLE };
        let secret = headers.get(SECRET).and_then(|value| value.to_str().ok());
        let taken = adapter.webhook(&body, secret).await;
        StatusCode::from_u16(taken.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
    }
}
