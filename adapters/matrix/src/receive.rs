//! Receives: one sync at a time, from our own committed place.
//!
//! The library moves its own sync token before we have read a word, so it isn't used: the place
//! to read on from is the cursor the inbox committed. A crash anywhere makes the server repeat what
//! followed it, and the inbox drops what it has. It must never go on to the next sync before the
//! inbox kept this one. Read next: `backfill.rs`.

use crate::backfill::whole_timeline;
use crate::event::{self, Meaning, People};
use crate::kept::{Kept, Undecrypted};
use crate::settings::MatrixSettings;
use crate::{choices, room, session};
use adapter_api::{AdapterError, Inbox};
use domain::{Cursor, DedupeKey, ExternalId, Inbound, InboundBody, PlatformId};
use matrix_sdk::config::{SyncSettings, SyncToken};
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::api::client::filter::{Filter, FilterDefinition, RoomEventFilter, RoomFilter};
use matrix_sdk::ruma::api::client::sync::sync_events;
use matrix_sdk::ruma::presence::PresenceState;
use matrix_sdk::ruma::{RoomId, UInt};
use matrix_sdk::sync::{SyncResponse, Timeline};
use matrix_sdk::{Client, Room};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the server may hold a sync open when nothing happens.
const WAIT: Duration = Duration::from_secs(30);
/// Events of one room in one sync; the rest is paged.
const TIMELINE_EVENTS: u32 = 100;

pub(crate) struct Receiver<'a> {
    pub(crate) client: Client,
    pub(crate) settings: &'a MatrixSettings,
    pub(crate) own: String,
    pub(crate) inbox: Arc<dyn Inbox>,
}

/// What one sync brought.
#[derive(Default)]
struct Taken {
    batch: Vec<Inbound>,
    undecrypted: Vec<Undecrypted>,
    rooms: Vec<String>,
}

impl Receiver<'_> {
    pub(crate) async fn run(
        self,
        mut cursor: Option<Cursor>,
        stop: CancellationToken,
    ) -> Result<(), AdapterError> {
        let mut connected = false;
        loop {
            let response = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                response = self.sync(cursor.as_ref()) => response?,
            };
            if !connected {
                connected = true;
                self.inbox.connected();
            }
            let next = Cursor(response.next_batch.clone());
            room::take_invitations(&self.client, &response, &self.own).await?;
            let taken = match &cursor {
                Some(since) => self.take(&response, &since.0).await?,
                // The very first start: what was said before isn't answered.
                None => Taken::default(),
            };
            self.commit(taken, next.clone()).await?;
            cursor = Some(next);
        }
    }

    async fn sync(&self, cursor: Option<&Cursor>) -> Result<SyncResponse, AdapterError> {
        let settings = SyncSettings::new()
            .token(SyncToken::from_optional_token(cursor.map(|cursor| cursor.0.clone())))
            .timeout(if cursor.is_some() { WAIT } else { Duration::ZERO })
            .filter(filter())
            // We never claim that someone is there.
            .set_presence(PresenceState::Offline);
        self.client.sync_once(settings).await.map_err(|error| session::library(&error))
    }

    async fn take(&self, response: &SyncResponse, since: &str) -> Result<Taken, AdapterError> {
        let mut taken = Taken { undecrypted: Kept(&self.client).undecrypted().await?, ..Taken::default() };
        self.try_again(&mut taken).await?;
        let joined = response.rooms.joined.iter().map(|(id, update)| (id, &update.timeline));
        let left = response.rooms.left.iter().map(|(id, update)| (id, &update.timeline));
        for (id, timeline) in joined.chain(left) {
            if timeline.events.is_empty() && !timeline.limited {
                continue;
            }
            self.take_room(id, timeline, since, &mut taken).await?;
        }
        Ok(taken)
    }

    async fn take_room(
        &self,
        id: &RoomId,
        timeline: &Timeline,
        since: &str,
        taken: &mut Taken,
    ) -> Result<(), AdapterError> {
        let Some(room) = self.client.get_room(id) else {
            tracing::error!("the library doesn't know a room that the server sent words of");
            return Err(AdapterError::OwnData("a room is missing from the library's store".to_owned()));
        };
        let met = Kept(&self.client).talk(id.as_str()).await?.is_none_or(|talk| talk.met);
        let events = whole_timeline(&room, timeline, since, met, &self.own).await?;
        let values: Vec<Value> = events.iter().map(value_of).collect();
        let Some(talk) = room::talk(&room, &self.own, &values).await? else {
            return Ok(());
        };
        let people = People { own: &self.own, contact: &talk.contact };
        // In a room we were just asked into, what was said before that isn't ours to read.
        let invited = values.iter().rposition(|value| event::meaning(value, people) == Meaning::WeWereInvited);
        let from = match invited {
            Some(at) if !talk.met => at + 1,
            _ => 0,
        };
        let mut others = 0_usize;
        for (value, raw) in values.iter().zip(&events).skip(from) {
            match event::meaning(value, people) {
                Meaning::SomeoneElse => others += 1,
                Meaning::Undecryptable => {
                    let event = raw.raw().json().to_owned();
                    taken.undecrypted.push(Undecrypted { room: id.to_string(), event });
                    let body = InboundBody::Unreadable { why: "undecryptable".to_owned() };
                    taken.batch.extend(self.inbound(id, &talk.contact, value, body, ""));
                }
                meaning => taken.batch.extend(self.hand_in(id, &talk.contact, value, meaning, "").await?),
            }
        }
        if others > 0 {
            tracing::warn!(
                account = self.settings.account.as_str(),
                others,
                "words of someone other than the contact in a Matrix room were not taken in"
            );
        }
        if !talk.met {
            taken.rooms.push(id.to_string());
            if room.state() == matrix_sdk::RoomState::Joined {
                room::enter(&room, self.settings).await?;
            }
        }
        Ok(())
    }

    /// Events that couldn't be decrypted: the keys may have come since.
    async fn try_again(&self, taken: &mut Taken) -> Result<(), AdapterError> {
        let mut still = Vec::new();
        for waiting in std::mem::take(&mut taken.undecrypted) {
            match self.decrypt(&waiting).await {
                Some((room, value)) => {
                    let own = &self.own;
                    let Some(talk) = room::talk(&room, own, std::slice::from_ref(&value)).await? else { continue };
                    let people = People { own, contact: &talk.contact };
                    let meaning = event::meaning(&value, people);
                    let id = room.room_id();
                    taken.batch.extend(self.hand_in(id, &talk.contact, &value, meaning, "#decrypted").await?);
                }
                None => still.push(waiting),
            }
        }
        taken.undecrypted = still;
        Ok(())
    }

    async fn decrypt(&self, waiting: &Undecrypted) -> Option<(Room, Value)> {
        let room = self.client.get_room(<&RoomId>::try_from(waiting.room.as_str()).ok()?)?;
        let raw = matrix_sdk::ruma::serde::Raw::from_json(waiting.event.clone());
        let event = room.decrypt_event(&raw, None).await.ok()?;
        (!event.kind.is_utd()).then(|| (room, value_of(&event)))
    }

    async fn hand_in(
        &self,
        room: &RoomId,
        contact: &str,
        value: &Value,
        meaning: Meaning,
        suffix: &str,
    ) -> Result<Option<Inbound>, AdapterError> {
        let body = match meaning {
            Meaning::Body(body) => body,
            Meaning::WeJoined => InboundBody::Joined,
            Meaning::Reaction { of, key } => {
                let offered = Kept(&self.client).choices(room.as_str(), &of).await?;
                choices::reaction(&key, &offered)
            }
            Meaning::Nothing | Meaning::SomeoneElse | Meaning::Undecryptable | Meaning::WeWereInvited => {
                return Ok(None);
            }
        };
        Ok(self.inbound(room, contact, value, body, suffix))
    }

    fn inbound(
        &self,
        room: &RoomId,
        contact: &str,
        value: &Value,
        body: InboundBody,
        suffix: &str,
    ) -> Option<Inbound> {
        let id = event::id(value)?;
        Some(Inbound {
            account: self.settings.account.clone(),
            dedupe: DedupeKey(format!("{id}{suffix}")),
            contact: PlatformId::new(contact),
            chat: PlatformId::new(room.as_str()),
            external: Some(ExternalId(id.to_owned())),
            sent_at: event::sent_at(value),
            client_lang: None,
            body,
        })
    }

    /// What waits for keys is kept first, then the inbox commits: a crash in between repeats both.
    async fn commit(&self, taken: Taken, next: Cursor) -> Result<(), AdapterError> {
        let kept = Kept(&self.client);
        let before = kept.undecrypted().await?.len();
        if before > 0 || !taken.undecrypted.is_empty() {
            let mut all = kept.undecrypted().await?;
            all.extend(taken.undecrypted.iter().filter(|new| !before_has(&all, new)).cloned().collect::<Vec<_>>());
            kept.set_undecrypted(&all).await?;
        }
        let mut batch = taken.batch;
        while batch.len() > domain::limits::INBOX_BATCH {
            let rest = batch.split_off(domain::limits::INBOX_BATCH);
            self.inbox.accept(batch, None).await?;
            batch = rest;
        }
        self.inbox.accept(batch, Some(next)).await?;
        kept.set_undecrypted(&taken.undecrypted).await?;
        for room in taken.rooms {
            room::met(&self.client, &room).await?;
        }
        Ok(())
    }
}

fn before_has(all: &[Undecrypted], new: &Undecrypted) -> bool {
    all.iter().any(|known| known.event.get() == new.event.get())
}

/// The event as JSON. One so odd that it can't be read as JSON keeps its sender and id, so that
/// it is handed in as unreadable.
pub(crate) fn value_of(event: &TimelineEvent) -> Value {
    let raw = event.raw();
    serde_json::from_str(raw.json().get()).unwrap_or_else(|_| {
        let field = |name: &str| raw.get_field::<String>(name).ok().flatten();
        serde_json::json!({
            "event_id": field("event_id"), "sender": field("sender"), "type": field("type"), "content": null,
        })
    })
}

fn filter() -> sync_events::v3::Filter {
    let mut timeline = RoomEventFilter::default();
    timeline.limit = Some(UInt::from(TIMELINE_EVENTS));
    let mut room = RoomFilter::default();
    room.timeline = timeline;
    room.ephemeral = RoomEventFilter::ignore_all();
    room.account_data = RoomEventFilter::ignore_all();
    let mut whole = FilterDefinition::default();
    whole.room = room;
    whole.presence = Filter::ignore_all();
    sync_events::v3::Filter::FilterDefinition(whole)
}
