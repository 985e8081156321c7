//! Sends one message, in parts when it is long, each with a transaction id that makes repeating
//! it harmless: the server drops what this device already sent under the same id.
//!
//! It must never send to a room that the operator's policy refuses. Read next: `room.rs`.

use crate::choices::full_text;
use crate::kept::{Kept, Offer};
use crate::room::{Safe, make_safe};
use crate::settings::MatrixSettings;
use adapter_api::{Delivery, Limits, SendOutcome, TextLimit, split_text};
use domain::{DeliveryOutcome, ExternalId, RefusalReason};
use matrix_sdk::ruma::api::error::{ErrorKind, RetryAfter};
use matrix_sdk::ruma::events::room::member::MembershipState;
use matrix_sdk::ruma::events::room::message::RoomMessageEventContent;
use matrix_sdk::ruma::{OwnedTransactionId, RoomId, UserId};
use matrix_sdk::{Client, HttpError, Room, RoomState};
use std::time::Duration;

/// An event may be 65,536 bytes in all. Encryption makes a text a third longer and JSON writes
/// quotes and line ends as two bytes, so a part of this size always fits.
pub(crate) const LIMITS: Limits = Limits { text: TextLimit::Bytes(20_000), buttons: 0 };

pub(crate) const SOON: Duration = Duration::from_secs(5);
/// Encryption was just switched on.
const NEXT_SYNC: Duration = Duration::from_secs(1);
/// The account itself is refused: a person must act, and then the message goes out.
const ACCOUNT_REFUSED: Duration = Duration::from_secs(60);

pub(crate) async fn send(client: &Client, settings: &MatrixSettings, delivery: &Delivery) -> SendOutcome {
    let text = full_text(&delivery.outbound);
    if text.trim().is_empty() {
        return refused(RefusalReason::NotAcceptable);
    }
    let room = match open_room(client, settings, delivery).await {
        Ok(room) => room,
        Err(outcome) => return outcome,
    };
    let mut last = None;
    for (index, part) in split_text(&text, LIMITS.text).into_iter().enumerate() {
        let transaction = OwnedTransactionId::from(format!("{}-{}", delivery.key, index + 1));
        let content = RoomMessageEventContent::text_plain(part);
        match room.send(content).with_transaction_id(transaction).await {
            Ok(answer) => last = Some(answer.response.event_id.to_string()),
            Err(error) => return failed(&error),
        }
    }
    if let (Some(event), false) = (&last, delivery.outbound.choices.is_empty()) {
        let offer = Offer { event: event.clone(), choices: delivery.outbound.choices.clone() };
        if Kept(client).add_offer(room.room_id().as_str(), offer).await.is_err() {
            tracing::warn!(
                account = settings.account.as_str(),
                "the choices of a message couldn't be remembered; a reaction with a number is read as that number"
            );
        }
    }
    SendOutcome::Settled(DeliveryOutcome::Sent { external: last.map(ExternalId) })
}

/// The room, when the child is there to read and the policy lets us write.
async fn open_room(client: &Client, settings: &MatrixSettings, delivery: &Delivery) -> Result<Room, SendOutcome> {
    let (Ok(room_id), Ok(contact)) =
        (<&RoomId>::try_from(delivery.to.chat.expose()), <&UserId>::try_from(delivery.to.contact.expose()))
    else {
        return Err(refused(RefusalReason::ChatGone));
    };
    let room = client.get_room(room_id).ok_or_else(|| refused(RefusalReason::ChatGone))?;
    match room.state() {
        RoomState::Joined => {}
        RoomState::Invited | RoomState::Knocked => return Err(SendOutcome::Later(SOON)),
        RoomState::Left | RoomState::Banned => return Err(refused(RefusalReason::Unreachable)),
    }
    if let Ok(Some(member)) = room.get_member_no_sync(contact).await
        && matches!(member.membership(), MembershipState::Leave | MembershipState::Ban)
    {
        return Err(refused(RefusalReason::Unreachable));
    }
    match make_safe(&room, settings).await {
        Ok(Safe::Yes) => Ok(room),
        Ok(Safe::Soon) => Err(SendOutcome::Later(NEXT_SYNC)),
        Ok(Safe::No) => Err(refused(RefusalReason::NotAllowed)),
        Err(error) => Err(failed(&error)),
    }
}

const fn refused(reason: RefusalReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Refused { reason })
}

/// What a failure means. Whatever may have arrived all the same is tried again: the
/// transaction id makes that harmless.
pub(crate) fn failed(error: &matrix_sdk::Error) -> SendOutcome {
    match error {
        matrix_sdk::Error::Http(error) => refused_or_later(error),
        _ => SendOutcome::Later(SOON),
    }
}

fn refused_or_later(error: &HttpError) -> SendOutcome {
    let Some(answer) = error.as_client_api_error() else {
        return SendOutcome::Later(SOON);
    };
    match (answer.error_kind(), answer.status_code.as_u16()) {
        (Some(ErrorKind::LimitExceeded(limit)), _) => SendOutcome::Later(match limit.retry_after {
            Some(RetryAfter::Delay(delay)) => delay,
            _ => SOON,
        }),
        (_, 429) => SendOutcome::Later(SOON),
        (Some(ErrorKind::UnknownToken(_) | ErrorKind::MissingToken | ErrorKind::UserDeactivated), _)
        | (_, 401) => SendOutcome::Later(ACCOUNT_REFUSED),
        (Some(ErrorKind::TooLarge), _) | (_, 413) => refused(RefusalReason::NotAcceptable),
        (_, 403) => refused(RefusalReason::NotAllowed),
        (_, 404) => refused(RefusalReason::ChatGone),
        (_, 400..=499) => refused(RefusalReason::NotAcceptable),
        _ => SendOutcome::Later(SOON),
    }
}
