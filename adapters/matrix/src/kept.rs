//! The few facts the adapter remembers over restarts, in the library's own encrypted store:
//! whose room it is, which choices a message offered, what couldn't be decrypted yet.
//!
//! Losing them never loses a message. Read next: `receive.rs`.

use crate::session::own_data;
use adapter_api::AdapterError;
use matrix_sdk::Client;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use speech::Choice;

/// Messages with choices remembered for one room.
const OFFERS_KEPT: usize = 20;
/// Undecryptable events remembered in all; each child was told at once, so dropping the oldest
/// loses only the second chance.
const UNDECRYPTED_KEPT: usize = 500;

/// Whose room it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Talk {
    /// The child: who invited us.
    pub(crate) contact: String,
    /// The room's first words since the invitation were handed in.
    pub(crate) met: bool,
}

/// A message of ours that offered choices.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Offer {
    /// Our message.
    pub(crate) event: String,
    /// In the order shown.
    pub(crate) choices: Vec<Choice>,
}

/// An event to try again when keys come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Undecrypted {
    /// Its room.
    pub(crate) room: String,
    /// The whole event, still encrypted.
    pub(crate) event: Box<serde_json::value::RawValue>,
}

/// The adapter's memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<'a>(pub(crate) &'a Client);

impl Kept<'_> {
    pub(crate) async fn talk(self, room: &str) -> Result<Option<Talk>, AdapterError> {
        self.get(&format!("talk/{room}")).await
    }

    pub(crate) async fn set_talk(self, room: &str, talk: &Talk) -> Result<(), AdapterError> {
        self.set(&format!("talk/{room}"), talk).await
    }

    /// The choices a message of ours offered; empty when none or forgotten.
    pub(crate) async fn choices(self, room: &str, event: &str) -> Result<Vec<Choice>, AdapterError> {
        let offers: Vec<Offer> = self.get(&format!("offers/{room}")).await?.unwrap_or_default();
        Ok(offers.into_iter().find(|offer| offer.event == event).map(|offer| offer.choices).unwrap_or_default())
    }

    pub(crate) async fn add_offer(self, room: &str, offer: Offer) -> Result<(), AdapterError> {
        let key = format!("offers/{room}");
        let mut offers: Vec<Offer> = self.get(&key).await?.unwrap_or_default();
        offers.retain(|known| known.event != offer.event);
        offers.push(offer);
        let surplus = offers.len().saturating_sub(OFFERS_KEPT);
        offers.drain(..surplus);
        self.set(&key, &offers).await
    }

    pub(crate) async fn undecrypted(self) -> Result<Vec<Undecrypted>, AdapterError> {
        Ok(self.get("undecrypted").await?.unwrap_or_default())
    }

    pub(crate) async fn set_undecrypted(self, events: &[Undecrypted]) -> Result<(), AdapterError> {
        let surplus = events.len().saturating_sub(UNDECRYPTED_KEPT);
        self.set("undecrypted", &events[surplus..]).await
    }

    async fn get<T: DeserializeOwned>(self, key: &str) -> Result<Option<T>, AdapterError> {
        let bytes = self.0.state_store().get_custom_value(&full(key)).await.map_err(own_data)?;
        // A shape from another version is forgotten, not fatal: none of these facts is needed to go on.
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    async fn set<T: Serialize + ?Sized>(self, key: &str, value: &T) -> Result<(), AdapterError> {
        let bytes = serde_json::to_vec(value).map_err(own_data)?;
        self.0.state_store().set_custom_value(&full(key), bytes).await.map_err(own_data)?;
        Ok(())
    }
}

fn full(key: &str) -> Vec<u8> {
    format!("passerelle/{key}").into_bytes()
}
