//! The last look at every turn: something must go on without the child having to write (I7).
//!
//! A talk that is with the bot has a timer that ends the silence; a child who waits is looked
//! after by one too. Whatever a flow or a bug left out is put in here; nothing is ever taken away.
//! Read next: `timer.rs`.

use crate::queue::{LOOK_AGAIN, LOOK_FOR_DUTY};
use crate::work::{Done, Work};
use domain::limits::FIRST_WORDS_WITHIN;
use domain::{Stage, TimerKey};
use std::time::Duration;

/// How long the bot waits for a child when no question says how long.
const SILENCE: Duration = Duration::from_secs(1_800);

pub(crate) fn never_stuck(work: &mut Work<'_>) -> Done {
    let runs = |key: TimerKey| work.c.timers.contains_key(&key);
    match &work.c.stage {
        Stage::WithBot if !runs(TimerKey::FlowPause) && !runs(TimerKey::ChildSilent) => {
            work.arm(TimerKey::ChildSilent, SILENCE)
        }
        Stage::Queued(_) if !runs(TimerKey::Offer) => work.arm(TimerKey::Offer, LOOK_AGAIN),
        Stage::AwaitingReturn(_) if !runs(TimerKey::Offer) => work.arm(TimerKey::Offer, LOOK_FOR_DUTY),
        Stage::Offered(offered) if !runs(TimerKey::OfferExpires) => {
            let deadline = offered.deadline;
            work.arm_at(TimerKey::OfferExpires, deadline)
        }
        Stage::Accepted(engaged) if engaged.first_words.is_none() && !runs(TimerKey::FirstWords) => {
            work.arm(TimerKey::FirstWords, FIRST_WORDS_WITHIN)
        }
        _ => Ok(()),
    }
}
