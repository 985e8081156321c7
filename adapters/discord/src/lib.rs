//! Discord: direct messages with one bot.
//!
//! A child writes to the bot, or uses `/help` in a server, which opens the same private talk with nobody
//! else seeing it. Of Discord only what happens in these talks is asked for: no message in a server is read.
//! serenity brings the routes, the command builders and the names of intents; the gateway and the sending of
//! requests are ours, for the reasons told in `gateway.rs` and `rest.rs`.
//! It must never decide anything, and never log a word or an id of a child, or the token.
//!
//! rustls needs its provider installed once in the process before [`DiscordAdapter::connect`].
//! Read next: `receive.rs`, then `send.rs`.

mod asked;
mod commands;
mod event;
mod examine;
mod gateway;
mod history;
mod journal;
mod lane;
mod place;
mod receive;
mod rest;
mod send;
mod settings;

pub use settings::{DiscordSettings, Pace};

use adapter_api::{Adapter, AdapterError, Delivery, Examined, Inbox, Limits, Repeat, SendOutcome};
use asked::Desk;
use async_trait::async_trait;
use domain::{AccountId, Clock, Platform};
use gateway::Identifies;
use journal::Journal;
use rest::Rest;
use serenity::http::Route;
use serenity::model::gateway::GatewayIntents;
use serenity::model::id::ChannelId;
use speech::Recipient;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// Direct messages and nothing else: no privileged intent, nothing of what is said in servers.
const INTENTS: GatewayIntents = GatewayIntents::DIRECT_MESSAGES;

/// One bot on Discord.
pub struct DiscordAdapter {
    settings: DiscordSettings,
    rest: Arc<Rest>,
    desk: Desk,
    clock: Arc<dyn Clock>,
    journal: Arc<Mutex<Journal>>,
    /// Kept over restarts of receiving: Discord counts on.
    identifies: Identifies,
    /// One receiver at a time.
    receiving: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for DiscordAdapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscordAdapter").field("account", &self.settings.account).finish_non_exhaustive()
    }
}

impl DiscordAdapter {
    /// Opens the account's own files. Discord isn't asked: a token that doesn't work shows when receiving.
    ///
    /// # Errors
    /// [`AdapterError::OwnData`] when the data folder can't be used, [`AdapterError::Refused`] when the
    /// token holds what no token can.
    pub async fn connect(settings: DiscordSettings, clock: Arc<dyn Clock>) -> Result<Self, AdapterError> {
        let host = settings.api_url.as_deref();
        let rest =
            Rest::new(&settings.token, host, settings.pace.answer, Arc::clone(&clock)).ok_or_else(|| {
                AdapterError::Refused("the bot's token holds signs that no token has; copy it again".to_owned())
            })?;
        let rest = Arc::new(rest);
        let (folder, for_journal) = (settings.data_dir.clone(), Arc::clone(&clock));
        let journal = tokio::task::spawn_blocking(move || Journal::open(&folder, for_journal)).await;
        let journal =
            journal.map_err(|_panic| AdapterError::OwnData("the journal can't be read".to_owned()))??;
        let desk = Desk::new(Arc::clone(&rest), Arc::clone(&clock), settings.phrases.clone(), settings.pace);
        let journal = Arc::new(Mutex::new(journal));
        let identifies = Identifies::every(settings.pace.identify);
        Ok(Self { settings, rest, desk, clock, journal, identifies, receiving: tokio::sync::Mutex::new(()) })
    }
}

#[async_trait]
impl Adapter for DiscordAdapter {
    fn account(&self) -> &AccountId {
        &self.settings.account
    }

    fn platform(&self) -> Platform {
        Platform::Discord
    }

    fn limits(&self) -> Limits {
        send::LIMITS
    }

    /// Harmless because of the journal, not of Discord alone: its nonce holds for minutes only, and after
    /// them a begun post isn't made again but told as *unknown*.
    fn repeat(&self) -> Repeat {
        Repeat::Harmless
    }

    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        let _one = self.receiving.lock().await;
        let receiver = receive::Receiver {
            settings: &self.settings,
            rest: Arc::clone(&self.rest),
            desk: self.desk.clone(),
            clock: Arc::clone(&self.clock),
            inbox,
            intents: INTENTS.bits(),
            identifies: self.identifies.clone(),
        };
        receiver.run(stop).await
    }

    async fn typing(&self, to: &Recipient) {
        if let Ok(channel) = to.chat.expose().parse::<NonZeroU64>() {
            let route = Route::ChannelTyping { channel_id: ChannelId::from(channel) };
            // Shown or not: nothing depends on it.
            let _shown = self.rest.change(reqwest::Method::POST, route, None).await;
        }
    }

    async fn examine(&self) -> Vec<Examined> {
        examine::examine(&self.rest).await
    }

    async fn send(&self, delivery: Delivery) -> SendOutcome {
        self.post_all(&delivery).await
    }
}
