//! What became of a message to the child.
//!
//! Read next: `desk.rs`.

use crate::queue::{self, Company};
use crate::work::{Done, Work};
use crate::{escalate, flow_walk};
use domain::{DeliveryOutcome, Event, HandoffEvent, HandoffReason, MessageId, RefusalReason, Stage, TimerKey};
use speech::Phrase;

pub(crate) fn settle(work: &mut Work<'_>, message: MessageId, outcome: DeliveryOutcome) -> Done {
    let arrived = !matches!(outcome, DeliveryOutcome::Refused { .. });
    let text_refused = matches!(outcome, DeliveryOutcome::Refused { reason: RefusalReason::NotAcceptable });
    work.emit(Event::Delivered { message, outcome })?;
    match &work.c.stage {
        // Sent, or perhaps sent: from here the child may have read a human's words. When the first
        // were refused, the next that arrive count; the bot has been silent since the first.
        Stage::Accepted(engaged) if arrived && engaged.first_words.is_some_and(|first| message >= first) => {
            work.clear(TimerKey::FirstWords)?;
            work.hand(HandoffEvent::Introduced)
        }
        // The child hears nothing because of what we wrote: a person must step in.
        Stage::WithBot | Stage::Parked(_) if text_refused => {
            let reason = HandoffReason::FlowBroken { what: "text_refused".into() };
            flow_walk::hand_over(work, reason, Phrase::ScriptBroken)
        }
        Stage::WithBot | Stage::Parked(_) if !arrived && escalate::human_must_look(work) => {
            queue::request(work, HandoffReason::ChildLeft, None, Company::None)
        }
        _ => Ok(()),
    }
}
