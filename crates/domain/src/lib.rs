//! The field's words as types: contact, conversation, urgency, finding, handoff, event.
//!
//! Pure data and the few laws that hold everywhere. It must never read a clock, make a
//! random number, do input or output, or know a platform, a store or a flow's text.
//! Read next: `conversation.rs` (the whole of what is known of one talk), then `handoff.rs`.

mod channel;
mod command;
mod confidential;
mod conversation;
mod counsellor;
mod event;
mod finding;
mod handoff;
mod ids;
mod inbound;
mod lang;
pub mod limits;
mod moves;
mod risk;
mod time;

pub use channel::{ChannelHealth, ChannelState, ChannelTrouble};
pub use command::{Alarm, AlarmKind, DeskCommand, Feedback, Refusal, RefusalCode};
pub use confidential::Confidential;
pub use conversation::{BotPosition, Conversation, Frame, NotApplicable, Seen, Waiting};
pub use counsellor::{Counsellor, DutyState, Role, Roster, RosterEntry};
pub use event::{DeliveryOutcome, Event, Recorded, RefusalReason, Speaker, UnknownReason};
pub use finding::{Category, Finding, Move, Person, Polarity, Span, TimeRef, View};
pub use handoff::{
    CloseReason, Closed, DeclineReason, Engaged, HandoffEvent, HandoffReason, InvalidTransition, Ladder, Offered,
    Parked, Request, Stage, StageName, WrapUp,
};
pub use ids::{
    AccountId, ContactId, ConversationId, CounsellorId, Entropy, FlowHash, FlowId, InboxSeq, MessageId,
    OsEntropyMissing, Platform, ResourceId, RuleId, StepId, TeamId, VarName,
};
pub use inbound::{Cursor, DedupeKey, ExternalId, Inbound, InboundBody, PlatformId};
pub use lang::{AgeBand, Lang, LangError};
pub use risk::{Risk, Tier, Urgency};
pub use time::{Clock, TimerKey, Timestamp};
