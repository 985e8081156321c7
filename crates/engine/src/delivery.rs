//! What became of a message to the child.
//!
//! Read next: `desk.rs`.

use crate::queue::{self, Company};
use crate::work::{Done, Work};
use domain::{DeliveryOutcome, Event, HandoffEvent, HandoffReason, MessageId, Stage, TimerKey};

pub(crate) fn settle(work: &mut Work<'_>, message: MessageId, outcome: DeliveryOutcome) -> Done {
    let arrived = !matches!(outcome, DeliveryOutcome::Refused { .. });
    work.emit(Event::Delivered { message, outcome })?;
    match &work.c.stage {
        // Sent, or perhaps sent: from here the child may have read a human's words.
        Stage::Accepted(engaged) if engaged.first_words == Some(message) && arrived => {
            work.clear(TimerKey::FirstWords)?;
            work.hand(HandoffEvent::Introduced)
        }
        Stage::WithBot | Stage::Parked(_) if !arrived && work.c.urgency().is_high() => {
            queue::request(work, HandoffReason::ChildLeft, None, Company::None)
        }
        _ => Ok(()),
    }
}
