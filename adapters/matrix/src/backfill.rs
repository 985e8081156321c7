//! Closes the gap when the server sends only the end of what happened while we were away.
//!
//! It must never hand in a later message before an earlier one of the same room. Read next: `room.rs`.

use crate::event::{self, Meaning, People};
use crate::receive::value_of;
use crate::session;
use adapter_api::AdapterError;
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::UInt;
use matrix_sdk::sync::Timeline;

/// Events asked for at once.
const PAGE: u32 = 100;

/// The timeline with everything that is missing before it, oldest first.
///
/// In a room we know (`met`), back to `since`, the place last committed; in a room we were just
/// asked into, back to the invitation, because the child may have written before we came.
pub(crate) async fn whole_timeline(
    room: &Room,
    timeline: &Timeline,
    since: &str,
    met: bool,
    own: &str,
) -> Result<Vec<TimelineEvent>, AdapterError> {
    let is_invitation = |event: &TimelineEvent| {
        event::meaning(&value_of(event), People { own, contact: "" }) == Meaning::WeWereInvited
    };
    let known_back_to_invitation = !met && timeline.events.iter().any(is_invitation);
    let mut newest_first: Vec<TimelineEvent> = timeline.events.iter().rev().cloned().collect();
    let mut from = timeline.prev_batch.clone().filter(|_| timeline.limited && !known_back_to_invitation);
    while let Some(token) = from.take() {
        let mut options = MessagesOptions::backward().from(Some(token.as_str()));
        options.limit = UInt::from(PAGE);
        options.to = met.then(|| since.to_owned());
        let page = match room.messages(options).await {
            Ok(page) => page,
            Err(error) if may_not_read(&error) => {
                tracing::warn!("the earlier part of a Matrix room may not be read");
                break;
            }
            Err(error) => return Err(session::library(&error)),
        };
        let done = page.chunk.is_empty() || (!met && page.chunk.iter().any(is_invitation));
        newest_first.extend(page.chunk);
        from = page.end.filter(|end| !done && *end != token);
    }
    newest_first.reverse();
    Ok(newest_first)
}

/// The server says no, for good: what it did send is still handed in.
fn may_not_read(error: &matrix_sdk::Error) -> bool {
    match error {
        matrix_sdk::Error::Http(error) => {
            error.as_client_api_error().is_some_and(|answer| matches!(answer.status_code.as_u16(), 403 | 404))
        }
        _ => false,
    }
}
