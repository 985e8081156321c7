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
/// Words can overtake the key that reads them. So long the next sync is held open for the key...
const GRACE: Duration = Duration::from_secs(2);
/// ...and so often in a row, when what comes meanwhile can't be read either.
const GRACE_SYNCS: usize = 2;

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

/// Which rooms of a sync are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rooms {
    All,
    /// All of it can be read.
    Clear,
    /// Something waits for its key.
    Waiting,
}

/// Fills a new device's store with the rooms as they are; what was said in them isn't looked at.
pub(crate) async fn learn_rooms(client: &Client) -> Result<(), AdapterError> {
    sync(client, None, Duration::ZERO).await.map(drop)
}

async fn sync(client: &Client, place: Option<&str>, wait: Duration) -> Result<SyncResponse, AdapterError> {
    let settings = SyncSettings::new()
        .token(SyncToken::from_optional_token(place.map(str::to_owned)))
        .timeout(wait)
        .filter(filter())
        // We never claim that someone is there.
        .set_presence(PresenceState::Offline);
    client.sync_once(settings).await.map_err(|error| session::library(&error))
}

impl Receiver<'_> {
    pub(crate) async fn run(self, cursor: Option<Cursor>, stop: CancellationToken) -> Result<(), AdapterError> {
        let mut place = cursor.map(|cursor| cursor.0);
        let mut connected = false;
        loop {
            let wait = if place.is_some() { WAIT } else { Duration::ZERO };
            let response = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                response = sync(&self.client, place.as_deref(), wait) => response?,
            };
            if !connected {
                connected = true;
                self.inbox.connected();
            }
            room::take_invitations(&self.client, &response, &self.own).await?;
            place = match place {
                Some(since) => match self.take(response, since, &stop).await? {
                    Some(next) => Some(next),
                    None => return Ok(()),
                },
                // The very first start: what was said before isn't answered.
                None => {
                    let next = response.next_batch;
                    self.commit(Taken::default(), next.clone()).await?;
                    Some(next)
                }
            };
        }
    }

    /// Hands a sync in and gives the place to go on from; `None` when asked to stop before it was committed.
    async fn take(
        &self,
        response: SyncResponse,
        since: String,
        stop: &CancellationToken,
    ) -> Result<Option<String>, AdapterError> {
        let mut taken = Taken { undecrypted: Kept(&self.client).undecrypted().await?, ..Taken::default() };
        self.try_again(&mut taken).await?;
        self.take_rooms(&response, &since, Rooms::Clear, &mut taken).await?;
        let mut next = response.next_batch.clone();
        if waits_for_keys(&response) {
            // Nobody else waits with this room: what can be read is handed in before.
            self.accept(std::mem::take(&mut taken.batch), None).await?;
            let Some(later) = self.late_keys(&response, stop).await? else { return Ok(None) };
            self.take_rooms(&response, &since, Rooms::Waiting, &mut taken).await?;
            for response in later {
                room::take_invitations(&self.client, &response, &self.own).await?;
                self.take_rooms(&response, &next, Rooms::All, &mut taken).await?;
                next = response.next_batch;
            }
        }
        self.commit(taken, next.clone()).await?;
        Ok(Some(next))
    }

    /// One more sync, which may bring the keys, and what else came with it; `None` when asked to stop.
    async fn late_keys(
        &self,
        response: &SyncResponse,
        stop: &CancellationToken,
    ) -> Result<Option<Vec<SyncResponse>>, AdapterError> {
        let mut later: Vec<SyncResponse> = Vec::new();
        loop {
            let last = later.last().unwrap_or(response);
            if later.len() >= GRACE_SYNCS || !waits_for_keys(last) {
                return Ok(Some(later));
            }
            let more = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(None),
                more = sync(&self.client, Some(&last.next_batch), GRACE) => more?,
            };
            later.push(more);
        }
    }

    async fn take_rooms(
        &self,
        response: &SyncResponse,
        since: &str,
        which: Rooms,
        taken: &mut Taken,
    ) -> Result<(), AdapterError> {
        let joined = response.rooms.joined.iter().map(|(id, update)| (id, &update.timeline));
        let left = response.rooms.left.iter().map(|(id, update)| (id, &update.timeline));
        for (id, timeline) in joined.chain(left) {
            let nothing = timeline.events.is_empty() && !timeline.limited;
            let meant = match which {
                Rooms::All => true,
                Rooms::Clear => !waits(timeline),
                Rooms::Waiting => waits(timeline),
            };
            if meant && !nothing {
                self.take_room(id, timeline, since, taken).await?;
            }
        }
        Ok(())
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
                    let waiting = Undecrypted { room: id.to_string(), event: raw.raw().json().to_owned() };
                    if let Some(clear) = self.decrypt_late(&room, &waiting, value).await {
                        let meaning = event::meaning(&clear, people);
                        taken.batch.extend(self.hand_in(id, &talk.contact, &clear, meaning).await?);
                        continue;
                    }
                    taken.undecrypted.push(waiting);
                    let body = InboundBody::Unreadable { why: "undecryptable".to_owned() };
                    taken.batch.extend(self.inbound(id, &talk.contact, value, body));
                }
                meaning => taken.batch.extend(self.hand_in(id, &talk.contact, value, meaning).await?),
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
                    taken.batch.extend(self.hand_in(id, &talk.contact, &value, meaning).await?);
                }
                None => still.push(waiting),
            }
        }
        taken.undecrypted = still;
        Ok(())
    }

    /// The key came with a later sync, or lies in the account's own backup.
    async fn decrypt_late(&self, room: &Room, waiting: &Undecrypted, event: &Value) -> Option<Value> {
        if let Some((_, clear)) = self.decrypt(waiting).await {
            return Some(clear);
        }
        let session = event.pointer("/content/session_id").and_then(Value::as_str)?;
        let backups = self.client.encryption().backups();
        if !backups.download_room_key(room.room_id(), session).await.is_ok_and(|found| found) {
            return None;
        }
        self.decrypt(waiting).await.map(|(_, clear)| clear)
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
    ) -> Result<Option<Inbound>, AdapterError> {
        let body = match meaning {
            Meaning::Body(body) => body,
            Meaning::WeJoined => InboundBody::Joined,
            Meaning::Reaction { of, key } => {
                let offered = Kept(&self.client).choices(room.as_str(), &of).await?;
                choices::reaction(&of, &key, &offered)
            }
            Meaning::Nothing | Meaning::SomeoneElse | Meaning::Undecryptable | Meaning::WeWereInvited => {
                return Ok(None);
            }
        };
        Ok(self.inbound(room, contact, value, body))
    }

    fn inbound(&self, room: &RoomId, contact: &str, value: &Value, body: InboundBody) -> Option<Inbound> {
        let id = event::id(value)?;
        // Words are one thing and the news that they can't be read another: whichever comes first, and
        // however often either is repeated, the words are kept, once.
        let suffix = match &body {
            InboundBody::Unreadable { why } if why == "undecryptable" => "#undecryptable",
            _ => "",
        };
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
    async fn commit(&self, taken: Taken, next: String) -> Result<(), AdapterError> {
        let kept = Kept(&self.client);
        let before = kept.undecrypted().await?;
        let some = !before.is_empty() || !taken.undecrypted.is_empty();
        if some {
            let mut all = before;
            let new: Vec<_> = taken.undecrypted.iter().filter(|new| !before_has(&all, new)).cloned().collect();
            all.extend(new);
            kept.set_undecrypted(&all).await?;
        }
        self.accept(taken.batch, Some(Cursor(next))).await?;
        if some {
            kept.set_undecrypted(&taken.undecrypted).await?;
        }
        for room in taken.rooms {
            room::met(&self.client, &room).await?;
        }
        Ok(())
    }

    /// In parts that the inbox takes; the place to read on from goes with the last.
    async fn accept(&self, mut batch: Vec<Inbound>, place: Option<Cursor>) -> Result<(), AdapterError> {
        while batch.len() > domain::limits::INBOX_BATCH {
            let rest = batch.split_off(domain::limits::INBOX_BATCH);
            self.inbox.accept(batch, None).await?;
            batch = rest;
        }
        if batch.is_empty() && place.is_none() {
            return Ok(());
        }
        Ok(self.inbox.accept(batch, place).await?)
    }
}

fn waits_for_keys(response: &SyncResponse) -> bool {
    let joined = response.rooms.joined.values().map(|update| &update.timeline);
    joined.chain(response.rooms.left.values().map(|update| &update.timeline)).any(waits)
}

fn waits(timeline: &Timeline) -> bool {
    timeline.events.iter().any(|event| event.kind.is_utd())
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
