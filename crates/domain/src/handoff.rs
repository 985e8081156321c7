//! The warm handoff as states with data and fallible transitions (E2, E3, E7, E9).
//!
//! A transition consumes the stage; what isn't in the table is refused as [`InvalidTransition`].
//! No transition lowers urgency and none ends a talk without a human or the child's leaving (I4).
//! Read next: `moves.rs`, the table of transitions.

use crate::{Category, CounsellorId, FlowId, MessageId, RuleId, StepId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why a human was asked for. For the counsellor's card and the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum HandoffReason {
    /// A safety rule fired.
    Rule {
        /// The rule.
        rule: RuleId,
        /// Its category.
        category: Category,
    },
    /// The child asked for a person.
    ChildAsked,
    /// A flow came to its handoff.
    Flow {
        /// Which flow.
        flow: FlowId,
        /// Which step.
        step: StepId,
    },
    /// The bot could not understand after the allowed tries.
    NotUnderstood,
    /// The child fell silent at a question.
    ChildSilent,
    /// The child left, stopped or blocked the bot at high risk.
    ChildLeft,
    /// The child asked for their data to be deleted.
    DeletionAsked,
    /// A limit was reached; a stable word says which.
    Limit {
        /// Which limit.
        limit: String,
    },
    /// The flow can't go on: missing, withdrawn or broken. A stable word says which.
    FlowBroken {
        /// What was wrong.
        what: String,
    },
    /// The counsellor who had the child was lost.
    CounsellorLost,
    /// The counsellor gave the child back.
    CounsellorReturned,
    /// A counsellor took the child up without being asked.
    TakenUp,
}

/// Which alarms of the ladder have rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ladder {
    /// The offer was opened to everyone free.
    pub widened_at: Option<Timestamp>,
    /// The supervisor was told.
    pub supervisor_at: Option<Timestamp>,
    /// The pager rang.
    pub pager_at: Option<Timestamp>,
}

/// A child waiting for a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Why.
    pub reason: HandoffReason,
    /// A team the flow asked for.
    pub team: Option<TeamId>,
    /// When the child began to wait. Kept when an offer lapses or a counsellor is lost, so that
    /// the child comes back at the top.
    pub since: Timestamp,
    /// When the wait began anew, after a counsellor was lost or gave the child back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_since: Option<Timestamp>,
    /// Alarms rung so far.
    pub ladder: Ladder,
    /// Counsellors who declined or let an offer lapse, asked again only after all others.
    pub passed: BTreeSet<CounsellorId>,
    /// Caring messages sent while waiting.
    pub holding_sent: u32,
}

/// An offer to one or more counsellors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The wait it answers.
    pub request: Request,
    /// To whom.
    pub to: BTreeSet<CounsellorId>,
    /// Until when.
    pub deadline: Timestamp,
}

/// A counsellor has the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engaged {
    /// Who.
    pub by: CounsellorId,
    /// Their first name, as told to the child.
    pub first_name: String,
    /// Since when.
    pub since: Timestamp,
    /// The wait that led here.
    pub request: Request,
    /// The counsellor's first message, once written. From then on the bot is silent.
    pub first_words: Option<MessageId>,
}

/// The child fell silent and the talk rests, with its context, for them to come back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// Since when.
    pub since: Timestamp,
}

/// Why a counsellor ended a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The child was helped here.
    Helped,
    /// Referred to another service.
    Referred,
    /// Emergency services were called.
    EmergencyServices,
    /// The child left.
    ChildLeft,
    /// Not a counselling contact: a test, a joke, thanks, a wrong number.
    NotCounselling,
    /// The child asked for their data to be deleted.
    DeletionAsked,
    /// Another reason, in the note.
    Other,
}

impl CloseReason {
    /// All reasons, in the order the desk shows them.
    pub const ALL: [Self; 7] = [
        Self::Helped,
        Self::Referred,
        Self::EmergencyServices,
        Self::ChildLeft,
        Self::NotCounselling,
        Self::DeletionAsked,
        Self::Other,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Helped => "helped",
            Self::Referred => "referred",
            Self::EmergencyServices => "emergency_services",
            Self::ChildLeft => "child_left",
            Self::NotCounselling => "not_counselling",
            Self::DeletionAsked => "deletion_asked",
            Self::Other => "other",
        }
    }

    /// From the name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What the counsellor recorded at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    /// Why it ended.
    pub reason: CloseReason,
    /// A note for the record; words, so confidential.
    pub note: Option<crate::Confidential<String>>,
}

/// How a talk ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Closed {
    /// A human's decision.
    Human {
        /// Who.
        by_whom: CounsellorId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: CloseReason,
    },
    /// The child's own leaving, never at high urgency.
    Child {
        /// When.
        at: Timestamp,
    },
}

/// Where a conversation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", content = "data", rename_all = "snake_case")]
pub enum Stage {
    /// The flow leads.
    WithBot,
    /// A human was asked for; lasts within one turn only.
    Requested(Request),
    /// In the queue.
    Queued(Request),
    /// In the queue with nobody on duty; resources were given, the place is kept (E6).
    AwaitingReturn(Request),
    /// One or more counsellors are looking at it.
    Offered(Offered),
    /// A counsellor took it and is reading; the bot keeps company until their first words.
    Accepted(Engaged),
    /// The counsellor's first words were delivered; the bot is silent from here.
    Introduced(Engaged),
    /// The child answered them.
    Live(Engaged),
    /// The counsellor ended the talk and is writing the record.
    Wrapping(Engaged),
    /// The child is silent; the talk rests.
    Parked(Parked),
    /// Ended.
    Closed(Closed),
}

/// A stage without its data, for lists, filters and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum StageName {
    WithBot,
    Requested,
    Queued,
    AwaitingReturn,
    Offered,
    Accepted,
    Introduced,
    Live,
    Wrapping,
    Parked,
    Closed,
}

impl StageName {
    /// All, in the order of a talk.
    pub const ALL: [Self; 11] = [
        Self::WithBot,
        Self::Requested,
        Self::Queued,
        Self::AwaitingReturn,
        Self::Offered,
        Self::Accepted,
        Self::Introduced,
        Self::Live,
        Self::Wrapping,
        Self::Parked,
        Self::Closed,
    ];

    /// The name in the store and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WithBot => "with_bot",
            Self::Requested => "requested",
            Self::Queued => "queued",
            Self::AwaitingReturn => "awaiting_return",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Introduced => "introduced",
            Self::Live => "live",
            Self::Wrapping => "wrapping",
            Self::Parked => "parked",
            Self::Closed => "closed",
        }
    }

    /// From the name in the store.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// What moves a conversation from stage to stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "handoff", rename_all = "snake_case")]
pub enum HandoffEvent {
    /// A human is asked for.
    Requested {
        /// Why.
        reason: HandoffReason,
        /// A team, when the flow names one.
        team: Option<TeamId>,
    },
    /// The request entered the queue.
    Queued,
    /// Nobody is on duty.
    NobodyOnDuty,
    /// Somebody came on duty.
    SomebodyCame,
    /// Offered.
    Offered {
        /// To whom.
        to: BTreeSet<CounsellorId>,
        /// Until when.
        deadline: Timestamp,
    },
    /// A counsellor said no.
    Declined {
        /// Who.
        by: CounsellorId,
        /// Why.
        reason: DeclineReason,
    },
    /// Nobody took the offer in time.
    OfferExpired,
    /// The offer was opened to everyone free.
    Widened,
    /// The supervisor was told.
    SupervisorTold,
    /// The pager rang.
    PagerRang,
    /// A caring message was sent.
    HeldCompany,
    /// A counsellor took the child.
    Accepted {
        /// Who.
        by: CounsellorId,
        /// First name, as told to the child.
        first_name: String,
    },
    /// The counsellor wrote their first words; the bot falls silent.
    FirstWords {
        /// Which message.
        message: MessageId,
    },
    /// Those words reached the child.
    Introduced,
    /// The child answered.
    WentLive,
    /// The counsellor's desk is gone.
    CounsellorLost {
        /// Who.
        by: CounsellorId,
    },
    /// The counsellor gave the child back to the queue.
    GivenBack {
        /// Who.
        by: CounsellorId,
    },
    /// The counsellor ended the talk.
    Finished,
    /// The child wrote again before the record was done.
    Reopened,
    /// The record is done.
    WrappedUp {
        /// Who.
        by: CounsellorId,
        /// Why it ended.
        reason: CloseReason,
    },
    /// The child fell silent.
    Parked,
    /// The child came back.
    Returned,
    /// The child left at low urgency.
    ChildLeft,
}

/// Why a counsellor declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// Busy with another child.
    Busy,
    /// Doesn't speak the language.
    Language,
    /// Knows the child or is too close to the subject.
    TooClose,
    /// About to leave.
    Leaving,
}

impl DeclineReason {
    /// All, in the order the desk shows them.
    pub const ALL: [Self; 4] = [Self::Busy, Self::Language, Self::TooClose, Self::Leaving];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Language => "language",
            Self::TooClose => "too_close",
            Self::Leaving => "leaving",
        }
    }

    /// From the name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// That event has no meaning in that stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a conversation that is {from:?} can't take {event:?}")]
pub struct InvalidTransition {
    /// The stage it was in.
    pub from: StageName,
    /// What was tried.
    pub event: Box<HandoffEvent>,
}
