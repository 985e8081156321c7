//! What happened in a conversation, in order. The log of these rebuilds its state (I5, I9).
//!
//! Shapes are kept for ever: new variants and optional fields only.
//! Read next: `conversation.rs`, which applies them.

use crate::{
    AccountId, AgeBand, Confidential, ContactId, CounsellorId, ExternalId, Finding, FlowHash, FlowId, Frame,
    HandoffEvent, InboxSeq, Lang, MessageId, Platform, ResourceId, RuleId, StepId, TimerKey, Timestamp, Urgency,
    VarName, Waiting,
};
use serde::{Deserialize, Serialize};

/// Who spoke to the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "speaker", rename_all = "snake_case")]
pub enum Speaker {
    /// A helpline's flow.
    Flow {
        /// Which flow.
        flow: FlowId,
        /// Which step.
        step: StepId,
    },
    /// A built-in phrase.
    Phrase {
        /// Which.
        phrase: String,
    },
    /// A signed-in counsellor.
    Counsellor {
        /// Who.
        by: CounsellorId,
    },
}

/// What became of a message to the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// The platform has it.
    Sent {
        /// The platform's id for it, when told.
        external: Option<ExternalId>,
    },
    /// The platform said no, for good.
    Refused {
        /// Why.
        reason: RefusalReason,
    },
    /// Nobody can tell whether it arrived; never blindly repeated.
    Unknown {
        /// Why.
        reason: UnknownReason,
    },
}

/// Why a platform refused a message for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The child blocked the bot or left the chat.
    Unreachable,
    /// The chat no longer exists.
    ChatGone,
    /// The platform doesn't take this text.
    NotAcceptable,
    /// The bot may not write there.
    NotAllowed,
}

/// Why a message's fate is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownReason {
    /// No answer in time.
    TimedOut,
    /// The process stopped while sending.
    Interrupted,
    /// The answer couldn't be read.
    UnreadableAnswer,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The conversation began.
    Opened {
        /// The child's pseudonym.
        contact: ContactId,
        /// The helpline's account.
        account: AccountId,
        /// Where.
        platform: Platform,
        /// Language to begin in.
        lang: Lang,
    },
    /// The child sent something. Empty words for a file without caption.
    Received {
        /// Its number.
        message: MessageId,
        /// Its place in the inbox.
        inbox: InboxSeq,
        /// The platform's id.
        external: Option<ExternalId>,
        /// The words, as written (cut at the limit).
        text: Confidential<String>,
        /// A stable word: `text`, `choice`, `attachment`, `unreadable`, `joined`.
        kind: String,
    },
    /// The child changed a message.
    Edited {
        /// Which; `None` when the original isn't known.
        message: Option<MessageId>,
        /// Its place in the inbox.
        inbox: InboxSeq,
        /// The new words.
        text: Confidential<String>,
    },
    /// The child took a message back. It stays here for the counsellor, marked.
    Redacted {
        /// Which; `None` when the original isn't known.
        message: Option<MessageId>,
        /// Its place in the inbox.
        inbox: InboxSeq,
    },
    /// The child left the chat or blocked the bot.
    LeftChat {
        /// Its place in the inbox.
        inbox: InboxSeq,
    },
    /// Rules found something.
    Found {
        /// In which message; `None` for an edit whose original isn't known.
        message: Option<MessageId>,
        /// What.
        findings: Vec<Finding>,
    },
    /// Urgency rose.
    RiskRaised {
        /// To this.
        to: Urgency,
        /// Because of this rule; `None` when a flow or a human raised it.
        rule: Option<RuleId>,
    },
    /// The bot or a counsellor spoke.
    Said {
        /// Its number.
        message: MessageId,
        /// Who.
        by: Speaker,
        /// The words.
        text: Confidential<String>,
        /// Choices offered: value and label.
        choices: Vec<(String, String)>,
        /// Where the counsellor's desk asked for this, so that a double press is one message.
        client_key: Option<String>,
    },
    /// What became of it.
    Delivered {
        /// Which message.
        message: MessageId,
        /// What.
        outcome: DeliveryOutcome,
    },
    /// The bot moved to a step.
    AtStep {
        /// The flow.
        flow: FlowId,
        /// Its version.
        hash: FlowHash,
        /// The step.
        step: StepId,
        /// Flows to return to, innermost last.
        stack: Vec<Frame>,
        /// What it waits for there.
        waiting: Option<Waiting>,
    },
    /// No flow leads any more.
    BotDone,
    /// An answer wasn't understood.
    NotUnderstood,
    /// The child was reminded.
    Reminded,
    /// A flow variable got a value.
    VariableSet {
        /// Which.
        name: VarName,
        /// What.
        value: Confidential<String>,
    },
    /// The child's language was chosen.
    LangChosen {
        /// Which.
        lang: Lang,
    },
    /// The child said how old they are.
    AgeBandSaid {
        /// Which band.
        band: AgeBand,
    },
    /// Contacts were given.
    ResourcesGiven {
        /// Which.
        resources: Vec<ResourceId>,
    },
    /// A note for counsellors.
    Noted {
        /// By whom; `None` for a flow.
        by: Option<CounsellorId>,
        /// The words.
        text: Confidential<String>,
    },
    /// The handoff moved on.
    Handoff {
        /// How.
        what: HandoffEvent,
    },
    /// A timer was set.
    TimerArmed {
        /// Which.
        key: TimerKey,
        /// For when.
        at: Timestamp,
    },
    /// A timer was taken away or has fired.
    TimerCleared {
        /// Which.
        key: TimerKey,
    },
    /// A limit was hit; a stable word says which.
    LimitHit {
        /// Which.
        limit: String,
    },
    /// The record's words at close.
    WrapUpNoted {
        /// By whom.
        by: CounsellorId,
        /// The note.
        note: Confidential<String>,
    },
    /// A desk showed this conversation to someone.
    Viewed {
        /// To whom.
        by: CounsellorId,
    },
}

/// An event with its place and time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Counted from 1 in each conversation, without gaps.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}
