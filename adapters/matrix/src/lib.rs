//! Matrix with end-to-end encryption: one account on one homeserver.
//!
//! A child invites the helpline's user into a room; we join, and the room is a talk with that
//! child. Words, edits, redactions, reactions and files are handed in; answers go out encrypted.
//! It must never decide anything, never log a word or an id of a child, and never write in the
//! clear where the operator refuses that. The library's own log lines name rooms and people:
//! the binary keeps the targets `matrix_sdk*` and `ruma*` out of its log.
//!
//! rustls needs its provider installed once in the process before [`MatrixAdapter::connect`].
//! Read next: `receive.rs`.

mod backfill;
mod choices;
mod event;
mod examine;
mod kept;
mod receive;
mod room;
mod send;
mod session;
mod settings;

pub use settings::{MatrixSettings, Secret, Unencrypted};

use adapter_api::{Adapter, AdapterError, Delivery, Examined, Inbox, Limits, Repeat, SendOutcome};
use async_trait::async_trait;
use domain::{AccountId, Platform};
use matrix_sdk::Client;
use matrix_sdk::ruma::RoomId;
use session::SyncToken;
use speech::Recipient;
use std::sync::Arc;
use tokio::sync::{Mutex, RwLock};
use tokio_util::sync::CancellationToken;

/// One signed-in Matrix account.
#[derive(Debug)]
pub struct MatrixAdapter {
    settings: MatrixSettings,
    /// `None` only while it is being opened again. A send holds the read side to its end, so that
    /// two clients never use the same keys.
    client: RwLock<Option<Client>>,
    /// One receiver at a time.
    receiving: Mutex<()>,
}

impl MatrixAdapter {
    /// Opens the kept session, or logs in once and keeps it. With a kept session no network is needed.
    ///
    /// # Errors
    /// [`AdapterError::Refused`] for a wrong password or token, [`AdapterError::Unreachable`]
    /// when the homeserver can't be asked, [`AdapterError::OwnData`] when the data folder is
    /// damaged, another account's, or locked with another passphrase.
    pub async fn connect(settings: MatrixSettings) -> Result<Self, AdapterError> {
        let client = session::open(&settings, SyncToken::Keep).await?;
        Ok(Self { settings, client: RwLock::new(Some(client)), receiving: Mutex::new(()) })
    }

    /// The client for receiving. Opened anew when the library has read further than the house
    /// has committed: it would throw away the repeated response.
    async fn client_at(&self, cursor: Option<&str>) -> Result<Client, AdapterError> {
        if let Some(client) = &*self.client.read().await {
            let own = session::own_token(client).await?;
            if own.is_none() || own.as_deref() == cursor {
                return Ok(client.clone());
            }
        }
        let mut client = self.client.write().await;
        drop(client.take());
        let opened = session::open(&self.settings, SyncToken::Forget).await?;
        *client = Some(opened.clone());
        Ok(opened)
    }
}

#[async_trait]
impl Adapter for MatrixAdapter {
    fn account(&self) -> &AccountId {
        &self.settings.account
    }

    fn platform(&self) -> Platform {
        Platform::Matrix
    }

    fn limits(&self) -> Limits {
        send::LIMITS
    }

    fn repeat(&self) -> Repeat {
        Repeat::Harmless
    }

    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        let _one = self.receiving.lock().await;
        let cursor = inbox.cursor().await?;
        let place = cursor.as_ref().map(|cursor| cursor.0.as_str());
        let mut client = self.client_at(place).await?;
        session::vouch_for_device(&client, &self.settings).await;
        session::keep_keys_safe(&client, &self.settings).await;
        if place.is_some() && client.rooms().is_empty() {
            // The folder is new and the house isn't: the server tells of changes since the place only,
            // so the rooms as they are must be learnt first.
            receive::learn_rooms(&client).await?;
            drop(client);
            client = self.client_at(place).await?;
        }
        let own = client.user_id().map(ToString::to_string).unwrap_or_default();
        receive::Receiver { client, settings: &self.settings, own, inbox }.run(cursor, stop).await
    }

    async fn typing(&self, to: &Recipient) {
        let Some(client) = self.client.read().await.clone() else { return };
        let room = <&RoomId>::try_from(to.chat.expose()).ok().and_then(|id| client.get_room(id));
        let Some(room) = room else { return };
        if room.typing_notice(true).await.is_err() {
            tracing::debug!(account = self.settings.account.as_str(), "that somebody writes couldn't be shown");
        }
    }

    async fn examine(&self) -> Vec<Examined> {
        let client = self.client.read().await.clone();
        match client {
            Some(client) => examine::examine(&client, &self.settings).await,
            None => Vec::new(),
        }
    }

    async fn send(&self, delivery: Delivery) -> SendOutcome {
        match &*self.client.read().await {
            Some(client) => send::send(client, &self.settings, &delivery).await,
            None => SendOutcome::Later(send::SOON),
        }
    }
}
