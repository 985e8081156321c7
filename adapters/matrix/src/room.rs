//! Rooms: taking invitations, knowing whose room it is, and keeping it encrypted.
//!
//! A room is a talk with one child: the one who invited us. Others' words in it are not taken in.
//! It must never log a room's or a person's id. Read next: `event.rs`.

use crate::kept::{Kept, Talk};
use crate::session;
use crate::settings::{MatrixSettings, Unencrypted};
use adapter_api::AdapterError;
use matrix_sdk::ruma::events::room::encryption::RoomEncryptionEventContent;
use matrix_sdk::sync::SyncResponse;
use matrix_sdk::{Client, Room, RoomMemberships};
use serde_json::Value;

/// May we write here?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Safe {
    /// Encrypted, or the operator accepts that it isn't.
    Yes,
    /// Encryption was just switched on; the next sync makes it known.
    Soon,
    /// Not encrypted, and it couldn't be changed: we left.
    No,
}

/// Joins every room we are asked into. What fails is tried again after the next sync.
pub(crate) async fn take_invitations(
    client: &Client,
    response: &SyncResponse,
    own: &str,
) -> Result<(), AdapterError> {
    for (room, update) in &response.rooms.invited {
        let states = update.invite_state.events.iter();
        let invited_by =
            states.filter_map(|raw| serde_json::from_str::<Value>(raw.json().get()).ok()).find_map(|event| {
                let ours = event.get("type")? == "m.room.member" && event.get("state_key")? == own;
                ours.then(|| event.get("sender")?.as_str().map(str::to_owned))?
            });
        if let Some(contact) = invited_by {
            Kept(client).set_talk(room.as_str(), &Talk { contact, met: false }).await?;
        }
    }
    for room in client.invited_rooms() {
        let Err(error) = room.join().await else { continue };
        let status = match &error {
            matrix_sdk::Error::Http(error) => {
                error.as_client_api_error().map(|answer| answer.status_code.as_u16())
            }
            _ => None,
        };
        tracing::warn!(status, "an invitation couldn't be taken");
        // The invitation was taken back or the room is gone: forget it, or it is tried for ever.
        if matches!(status, Some(403 | 404)) && room.leave().await.is_err() {
            tracing::debug!("a void invitation couldn't be turned down either");
        }
    }
    Ok(())
}

/// Whose room it is; `None` when nobody has spoken yet and several could be meant.
pub(crate) async fn talk(room: &Room, own: &str, events: &[Value]) -> Result<Option<Talk>, AdapterError> {
    let client = room.client();
    let kept = Kept(&client);
    if let Some(talk) = kept.talk(room.room_id().as_str()).await? {
        return Ok(Some(talk));
    }
    let members = room.members(RoomMemberships::ACTIVE).await.unwrap_or_default();
    let others: Vec<&str> =
        members.iter().map(|member| member.user_id().as_str()).filter(|id| *id != own).collect();
    let first_to_write = || {
        events
            .iter()
            .filter(|event| event.get("state_key").is_none())
            .filter_map(crate::event::sender)
            .find(|who| *who != own)
    };
    let contact = match others.as_slice() {
        [only] => Some(*only),
        _ => first_to_write(),
    };
    let Some(contact) = contact else { return Ok(None) };
    let talk = Talk { contact: contact.to_owned(), met: true };
    kept.set_talk(room.room_id().as_str(), &talk).await?;
    Ok(Some(talk))
}

/// Makes sure that what we write can be read by the child alone.
pub(crate) async fn make_safe(room: &Room, settings: &MatrixSettings) -> matrix_sdk::Result<Safe> {
    if room.latest_encryption_state().await?.is_encrypted() {
        return Ok(Safe::Yes);
    }
    if settings.unencrypted == Unencrypted::Warn {
        tracing::warn!(
            account = settings.account.as_str(),
            "writing to a Matrix room without end-to-end encryption"
        );
        return Ok(Safe::Yes);
    }
    let encrypted = RoomEncryptionEventContent::with_recommended_defaults();
    match room.send_state_event(encrypted).await {
        // The library believes it only when a sync says so.
        Ok(_) => return Ok(Safe::Soon),
        Err(matrix_sdk::Error::Http(error))
            if error.as_client_api_error().is_some_and(|a| a.status_code == 403) => {}
        Err(error) => return Err(error),
    }
    tracing::warn!(
        account = settings.account.as_str(),
        "left a Matrix room: it isn't encrypted and the helpline may not change that"
    );
    room.leave().await?;
    Ok(Safe::No)
}

/// After the first words of a room were committed: don't look further back again.
pub(crate) async fn met(client: &Client, room: &str) -> Result<(), AdapterError> {
    let kept = Kept(client);
    match kept.talk(room).await? {
        Some(talk) if !talk.met => kept.set_talk(room, &Talk { met: true, ..talk }).await,
        _ => Ok(()),
    }
}

/// As [`make_safe`] for a room just entered; the words written there are handed in either way.
pub(crate) async fn enter(room: &Room, settings: &MatrixSettings) -> Result<(), AdapterError> {
    make_safe(room, settings).await.map(|_| ()).map_err(|error| session::library(&error))
}
