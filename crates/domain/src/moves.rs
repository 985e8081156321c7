//! The table of the handoff's transitions: which event leads from which stage to which.
//!
//! No line of it lowers an urgency, and none ends a talk without a human or the child's leaving (I4).
//! Read next: the engine's `escalate.rs` and `queue.rs`, which drive it.

use crate::handoff::{
    Closed, Engaged, HandoffEvent, HandoffReason, InvalidTransition, Ladder, Offered, Parked, Request, Stage,
    StageName,
};
use crate::{CounsellorId, TeamId, Timestamp, Urgency};
use std::collections::BTreeSet;

impl Stage {
    /// The stage's name.
    pub const fn name(&self) -> StageName {
        match self {
            Self::WithBot => StageName::WithBot,
            Self::Requested(_) => StageName::Requested,
            Self::Queued(_) => StageName::Queued,
            Self::AwaitingReturn(_) => StageName::AwaitingReturn,
            Self::Offered(_) => StageName::Offered,
            Self::Accepted(_) => StageName::Accepted,
            Self::Introduced(_) => StageName::Introduced,
            Self::Live(_) => StageName::Live,
            Self::Wrapping(_) => StageName::Wrapping,
            Self::Parked(_) => StageName::Parked,
            Self::Closed(_) => StageName::Closed,
        }
    }

    /// The wait, while the child waits for a human.
    pub const fn waiting(&self) -> Option<&Request> {
        match self {
            Self::Requested(request) | Self::Queued(request) | Self::AwaitingReturn(request) => Some(request),
            Self::Offered(offered) => Some(&offered.request),
            _ => None,
        }
    }

    /// The counsellor who has the child, if one has.
    pub const fn engaged(&self) -> Option<&Engaged> {
        match self {
            Self::Accepted(e) | Self::Introduced(e) | Self::Live(e) | Self::Wrapping(e) => Some(e),
            _ => None,
        }
    }

    /// The bot may speak: no human has written yet, and the talk isn't over (E3).
    pub const fn bot_may_speak(&self) -> bool {
        match self {
            Self::Accepted(engaged) => engaged.first_words.is_none(),
            Self::Introduced(_) | Self::Live(_) | Self::Closed(_) => false,
            Self::WithBot
            | Self::Requested(_)
            | Self::Queued(_)
            | Self::AwaitingReturn(_)
            | Self::Offered(_)
            | Self::Wrapping(_)
            | Self::Parked(_) => true,
        }
    }

    /// The stage after `event`.
    ///
    /// # Errors
    /// [`InvalidTransition`] when the event has no meaning here. `urgency` is the conversation's
    /// own: a child's leaving closes only what isn't high (I4).
    pub fn next(self, event: &HandoffEvent, urgency: Urgency, at: Timestamp) -> Result<Self, InvalidTransition> {
        use HandoffEvent as E;
        let from = self.name();
        let refused = || InvalidTransition { from, event: Box::new(event.clone()) };
        Ok(match (self, event) {
            (Self::WithBot | Self::Parked(_), E::Requested { reason, team }) => {
                Self::Requested(Request::new(reason.clone(), team.clone(), at))
            }
            (Self::Requested(r) | Self::AwaitingReturn(r), E::Queued | E::SomebodyCame) => Self::Queued(r),
            (Self::Requested(r) | Self::Queued(r), E::NobodyOnDuty) => Self::AwaitingReturn(r),
            (Self::Offered(o), E::NobodyOnDuty) => Self::AwaitingReturn(o.request),
            (Self::Queued(r) | Self::AwaitingReturn(r), E::Offered { to, deadline }) => {
                Self::Offered(Offered { request: r, to: to.clone(), deadline: *deadline })
            }
            (Self::Offered(o), E::Offered { to, deadline }) => {
                Self::Offered(Offered { request: o.request, to: to.clone(), deadline: *deadline })
            }
            (Self::Offered(o), E::Declined { by, .. }) if o.to.contains(by) => o.without(*by),
            (Self::Offered(o), E::OfferExpired) => {
                let mut request = o.request;
                request.passed.extend(o.to);
                Self::Queued(request)
            }
            (mut stage, E::Widened | E::SupervisorTold | E::PagerRang | E::HeldCompany) => {
                let request = stage.waiting_mut().ok_or_else(refused)?;
                match event {
                    E::Widened => request.ladder.widened_at = Some(at),
                    E::SupervisorTold => request.ladder.supervisor_at = Some(at),
                    E::PagerRang => request.ladder.pager_at = Some(at),
                    _ => request.holding_sent = request.holding_sent.saturating_add(1),
                }
                stage
            }
            (Self::Offered(o), E::Accepted { by, first_name }) => {
                Self::Accepted(Engaged::new(*by, first_name, at, o.request))
            }
            (Self::Queued(r) | Self::AwaitingReturn(r), E::Accepted { by, first_name }) => {
                Self::Accepted(Engaged::new(*by, first_name, at, r))
            }
            (Self::WithBot | Self::Parked(_), E::Accepted { by, first_name }) => {
                Self::Accepted(Engaged::new(*by, first_name, at, Request::new(HandoffReason::TakenUp, None, at)))
            }
            (Self::Accepted(mut e), E::FirstWords { message }) if e.first_words.is_none() => {
                e.first_words = Some(*message);
                Self::Accepted(e)
            }
            (Self::Accepted(e), E::Introduced) if e.first_words.is_some() => Self::Introduced(e),
            (Self::Introduced(e), E::WentLive) => Self::Live(e),
            (Self::Accepted(e) | Self::Introduced(e) | Self::Live(e), E::CounsellorLost { by }) if e.by == *by => {
                Self::Queued(e.request.again(HandoffReason::CounsellorLost, at))
            }
            (Self::Accepted(e) | Self::Introduced(e) | Self::Live(e), E::GivenBack { by }) if e.by == *by => {
                let mut request = e.request.again(HandoffReason::CounsellorReturned, at);
                request.passed.insert(*by);
                Self::Queued(request)
            }
            (Self::Accepted(e) | Self::Introduced(e) | Self::Live(e), E::Finished) => Self::Wrapping(e),
            (Self::Wrapping(e), E::Reopened) => Self::Live(e),
            (Self::Wrapping(e), E::CounsellorLost { by }) if e.by == *by => Self::Wrapping(e),
            // Also by somebody else: a supervisor, when the counsellor won't come back.
            (Self::Wrapping(_), E::WrappedUp { by, reason }) => {
                Self::Closed(Closed::Human { by_whom: *by, at, reason: *reason })
            }
            (Self::WithBot, E::Parked) => Self::Parked(Parked { since: at }),
            (Self::Parked(_), E::Returned) => Self::WithBot,
            (Self::WithBot | Self::Parked(_), E::ChildLeft) if !urgency.is_high() => {
                Self::Closed(Closed::Child { at })
            }
            (stage, E::ChildLeft) if !urgency.is_high() && stage.waiting().is_some() => {
                Self::Closed(Closed::Child { at })
            }
            _ => return Err(refused()),
        })
    }

    const fn waiting_mut(&mut self) -> Option<&mut Request> {
        match self {
            Self::Requested(request) | Self::Queued(request) | Self::AwaitingReturn(request) => Some(request),
            Self::Offered(offered) => Some(&mut offered.request),
            _ => None,
        }
    }
}

impl Request {
    /// A wait that begins now.
    pub const fn new(reason: HandoffReason, team: Option<TeamId>, since: Timestamp) -> Self {
        Self {
            reason,
            team,
            since,
            again_since: None,
            ladder: Ladder { widened_at: None, supervisor_at: None, pager_at: None },
            passed: BTreeSet::new(),
            holding_sent: 0,
        }
    }

    /// The child waits again: alarms start anew from now, the place in the queue stays.
    fn again(self, reason: HandoffReason, at: Timestamp) -> Self {
        Self { again_since: Some(at), ..Self::new(reason, self.team, self.since) }
    }

    /// From when the ladder of alarms counts.
    pub fn alarms_from(&self) -> Timestamp {
        self.again_since.unwrap_or(self.since)
    }
}

impl Offered {
    fn without(mut self, by: CounsellorId) -> Stage {
        self.to.remove(&by);
        self.request.passed.insert(by);
        if self.to.is_empty() { Stage::Queued(self.request) } else { Stage::Offered(self) }
    }
}

impl Engaged {
    fn new(by: CounsellorId, first_name: &str, since: Timestamp, request: Request) -> Self {
        Self { by, first_name: first_name.to_owned(), since, request, first_words: None }
    }
}
