//! What goes into a turn and what comes out.
//!
//! Read next: `step.rs`.

use crate::deadlines::Deadlines;
use domain::{
    Alarm, Conversation, CounsellorId, DeliveryOutcome, DeskCommand, FlowId, Inbound, InboxSeq, Lang, MessageId,
    Recorded, Role, Roster, StepId, TimerKey, Timestamp,
};
use flow_script::FlowLibrary;
use safety_rules::Screened;
use speech::{Outbound, PhraseValues};

/// Are the doors open by the helpline's hours? Missing or broken hours count as open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Open.
    Open,
    /// Closed by the hours; presence and high urgency still count.
    Closed,
}

/// The helpline's settings that a turn needs.
#[derive(Debug, Clone)]
pub struct House {
    /// The helpline's name, as children see it.
    pub helpline: String,
    /// ISO 3166 country for local help when the child named none.
    pub country: String,
    /// Emergency numbers as a child dials them, e.g. `112`.
    pub emergency: String,
    /// Languages children can choose.
    pub langs: Vec<Lang>,
    /// The doors, at this moment.
    pub opening: Opening,
    /// How soon the ladder's alarms ring.
    pub deadlines: Deadlines,
}

/// The house at this moment.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// Flows and resources.
    pub flows: &'a FlowLibrary,
    /// Who is on duty.
    pub roster: &'a Roster,
    /// Settings.
    pub house: &'a House,
}

impl Context<'_> {
    pub(crate) fn values(&self, counsellor: &str) -> PhraseValues {
        PhraseValues {
            helpline: self.house.helpline.clone(),
            counsellor: counsellor.to_owned(),
            emergency: self.house.emergency.clone(),
            languages: self.house.langs.iter().map(Lang::autonym).collect::<Vec<_>>().join(", "),
        }
    }
}

/// A signed-in person who gives a command.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: CounsellorId,
    /// First name, as children see it.
    pub first_name: String,
    /// What they may do.
    pub role: Role,
}

/// Something that happened to a conversation. All enter through this one door, in one order.
#[derive(Debug)]
pub enum Command {
    /// The child did something.
    Inbound {
        /// Its place in the inbox.
        seq: InboxSeq,
        /// What, screened.
        screened: Screened<Inbound>,
    },
    /// A timer's time came.
    Timer {
        /// Which.
        key: TimerKey,
    },
    /// A counsellor acts.
    Desk {
        /// Who.
        who: Person,
        /// How.
        command: DeskCommand,
    },
    /// It is known what became of a message.
    Delivered {
        /// Which.
        message: MessageId,
        /// What.
        outcome: DeliveryOutcome,
    },
    /// A counsellor's desk hasn't been heard of for `limits::HEARTBEAT_LOST`.
    CounsellorGone {
        /// Who.
        by: CounsellorId,
    },
    /// Somebody came on duty or became free.
    RosterChanged,
    /// The house found that something was still owed (see [`crate::owed`]).
    PayWhatIsOwed,
    /// Flows were changed; a talk whose version was withdrawn can't go on.
    FlowsChanged,
}

/// All that follows from a command.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The conversation after it.
    pub conversation: Conversation,
    /// The version before it; `0` for a new conversation.
    pub before: u64,
    /// What happened, in order.
    pub events: Vec<Recorded>,
    /// Words to send, in order.
    pub outbound: Vec<Outbound>,
    /// Calls for humans.
    pub alarms: Vec<Alarm>,
    /// The flow steps that were played, in order. For trying and testing flows; kept nowhere.
    pub walked: Vec<(FlowId, StepId)>,
}
