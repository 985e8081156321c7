//! Telegram: one bot, in private chats, by long polling or by webhook.
//!
//! What a child does is committed before Telegram hears "received"; the library's own dispatcher,
//! which confirms too early, is never used. It must never decide anything, never log a word or an
//! id of a child, and never let the token out: the library's errors and log lines carry it in
//! addresses, so they stay in `call.rs`. Words to a child leave as plain text.
//!
//! rustls needs its provider installed once in the process before [`TelegramAdapter::connect`].
//! Read next: `receive.rs`.

mod call;
mod choices;
mod cursor;
mod examine;
mod hand_in;
mod lenient;
mod message;
mod receive;
mod send;
mod settings;
mod update;
mod webhook;

pub use settings::{Patience, Receive, TelegramSettings};
pub use webhook::Taken;

use adapter_api::{Adapter, AdapterError, Delivery, Examined, Inbox, Limits, Repeat, SendOutcome};
use async_trait::async_trait;
use call::Api;
use domain::{AccountId, Platform};
use hand_in::HandIn;
use speech::Recipient;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use teloxide::payloads::SendChatAction;
use teloxide::types::{ChatAction, ChatId};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use webhook::Door;

/// One bot.
pub struct TelegramAdapter {
    settings: TelegramSettings,
    api: Api,
    door: Door,
    /// The token was taken at least once.
    worked: AtomicBool,
    /// One receiver at a time.
    receiving: Mutex<()>,
}

impl TelegramAdapter {
    /// Takes the settings. No network is needed: Telegram being down stops nobody else's start.
    ///
    /// # Errors
    /// [`AdapterError::Refused`] for a token, address or secret that can't be right.
    #[allow(clippy::unused_async, reason = "as every adapter that signs in")]
    pub async fn connect(settings: TelegramSettings) -> Result<Self, AdapterError> {
        settings.check()?;
        let api = Api::new(&settings)?;
        Ok(Self {
            settings,
            api,
            door: Door::default(),
            worked: AtomicBool::new(false),
            receiving: Mutex::new(()),
        })
    }

    /// With other waiting times than the usual ones, for slow or very near networks.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.api.patience = patience;
        self
    }

    /// One push of Telegram's to the webhook: the body and the header
    /// `X-Telegram-Bot-Api-Secret-Token`. Returns when it is kept, or can't be; answer with
    /// [`Taken::status`].
    pub async fn webhook(&self, body: &[u8], secret: Option<&str>) -> Taken {
        match &self.settings.receive {
            Receive::Webhook { secret: expected, .. } => self.door.push(expected, secret, body).await,
            Receive::Polling => Taken::NotTelegram,
        }
    }
}

impl fmt::Debug for TelegramAdapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelegramAdapter").field("account", &self.settings.account).finish_non_exhaustive()
    }
}

#[async_trait]
impl Adapter for TelegramAdapter {
    fn account(&self) -> &AccountId {
        &self.settings.account
    }

    fn platform(&self) -> Platform {
        Platform::Telegram
    }

    fn limits(&self) -> Limits {
        send::LIMITS
    }

    fn repeat(&self) -> Repeat {
        Repeat::Doubles
    }

    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        let _one = self.receiving.lock().await;
        let hand_in = HandIn::new(self.settings.account.clone(), self.api.clone(), inbox);
        match &self.settings.receive {
            Receive::Polling => receive::poll(&hand_in, &self.worked, &stop).await,
            Receive::Webhook { public_url, secret } => {
                webhook::receive(&hand_in, &self.door, (public_url, secret), &self.worked, &stop).await
            }
        }
    }

    async fn typing(&self, to: &Recipient) {
        if let Ok(chat) = to.chat.expose().parse::<i64>()
            && let Err(error) = self.api.call(&SendChatAction::new(ChatId(chat), ChatAction::Typing)).await
        {
            tracing::debug!(account = %self.settings.account, %error, "typing wasn't shown");
        }
    }

    async fn examine(&self) -> Vec<Examined> {
        examine::examine(&self.api, &self.settings.receive).await
    }

    async fn send(&self, delivery: Delivery) -> SendOutcome {
        send::send(&self.api, &delivery).await
    }
}
