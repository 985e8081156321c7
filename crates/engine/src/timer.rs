//! Fired timers. A timer that was moved or taken away in the meantime does nothing.
//!
//! Read next: `queue.rs`, `flow_walk.rs`.

use crate::work::{Done, Stop, Work};
use crate::{flow_walk, queue};
use domain::{HandoffEvent, Stage, TimerKey};
use speech::Phrase;

pub(crate) fn fire(work: &mut Work<'_>, key: TimerKey) -> Done {
    let due = work.c.timers.get(&key).copied().ok_or(Stop::Nothing)?;
    if due > work.now() {
        return Err(Stop::Nothing);
    }
    work.clear(key)?;
    match key {
        TimerKey::FlowPause => flow_walk::pause_over(work),
        TimerKey::ChildSilent => flow_walk::child_silent(work),
        TimerKey::Offer => queue::look_again(work),
        TimerKey::OfferExpires => queue::offer_expired(work),
        TimerKey::Widen | TimerKey::Supervisor | TimerKey::Pager => queue::ring(work, key),
        TimerKey::Holding => queue::hold_company(work),
        TimerKey::FirstWords => no_first_words(work),
        TimerKey::ParkCheck => Ok(()),
    }
}

/// The counsellor accepted and then wrote nothing: the child goes back to the queue.
fn no_first_words(work: &mut Work<'_>) -> Done {
    let Stage::Accepted(engaged) = &work.c.stage else { return Ok(()) };
    if engaged.first_words.is_some() {
        return Ok(());
    }
    let (by, name) = (engaged.by, engaged.first_name.clone());
    queue::back_to_queue(work, HandoffEvent::GivenBack { by }, Phrase::GivenBack, &name)
}
