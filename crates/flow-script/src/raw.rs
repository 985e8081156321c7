//! A flow file as it was written: shapes are right, names aren't looked up yet, and every part
//! knows its place, so that checks can point.
//!
//! It must never leave this crate; the engine sees [`crate::Flow`]. Read next: `read/flow.rs`.

use crate::yaml::Pos;
use crate::{AskKind, FlowRole, Literal, OnSilence, SafePoint};
use domain::{AgeBand, Category, Lang, Urgency, VarName};
use std::path::PathBuf;
use std::time::Duration;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) pos: Pos,
}

/// Words to a child in the flow's own language.
#[derive(Debug, Clone)]
pub(crate) struct RawText {
    /// Where a translation of it stands, such as `steps/age/ask`.
    pub(crate) slot: String,
    pub(crate) text: At<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct RawFlow {
    pub(crate) file: PathBuf,
    pub(crate) id: At<String>,
    pub(crate) title: String,
    pub(crate) follows: String,
    pub(crate) plays: Option<At<FlowRole>>,
    pub(crate) base: Lang,
    pub(crate) steps: Vec<RawStep>,
}

#[derive(Debug, Clone)]
pub(crate) struct RawStep {
    pub(crate) id: At<String>,
    pub(crate) safe_point: SafePoint,
    pub(crate) kind: RawKind,
    /// Where it goes when done; the following step when not written.
    pub(crate) next: RawNext,
}

#[derive(Debug, Clone)]
pub(crate) enum RawNext {
    /// `goto:` was written.
    To(RawTarget),
    /// The following step in the file.
    Following,
    /// There is no following step.
    Nowhere,
}

#[derive(Debug, Clone)]
pub(crate) enum RawTarget {
    Step(At<String>),
    Flow(At<String>),
}

#[derive(Debug, Clone)]
pub(crate) enum RawKind {
    Say {
        text: RawText,
    },
    Ask {
        text: RawText,
        choices: Vec<RawChoice>,
        save: Option<At<VarName>>,
        asks: RawAsks,
    },
    AskText {
        text: RawText,
        kind: AskKind,
        save: At<VarName>,
        asks: RawAsks,
    },
    /// A question with five built-in answers.
    Mood {
        text: RawText,
        save: At<VarName>,
        asks: RawAsks,
    },
    Branch {
        cases: Vec<RawCase>,
        otherwise: RawNext,
    },
    Set {
        name: At<VarName>,
        value: Literal,
    },
    Goto,
    Call {
        flow: At<String>,
    },
    Pause {
        span: Duration,
    },
    Resources {
        text: RawText,
        kinds: Vec<String>,
    },
    Note {
        text: At<String>,
    },
    Handoff(RawHandoff),
    End {
        text: RawText,
        kinds: Vec<String>,
    },
}

/// What every question has, after the flow's defaults were filled in.
#[derive(Debug, Clone)]
pub(crate) struct RawAsks {
    pub(crate) other: Option<RawOther>,
    pub(crate) silence: Option<RawSilence>,
}

#[derive(Debug, Clone)]
pub(crate) struct RawChoice {
    pub(crate) value: At<String>,
    pub(crate) label: RawText,
    pub(crate) also_slot: String,
    pub(crate) also: Vec<At<String>>,
    pub(crate) next: RawNext,
    pub(crate) urgency: Urgency,
}

#[derive(Debug, Clone)]
pub(crate) struct RawOther {
    pub(crate) retries: At<u32>,
    pub(crate) say: Option<RawText>,
    pub(crate) then: RawOtherThen,
}

#[derive(Debug, Clone)]
pub(crate) enum RawOtherThen {
    Handoff,
    Go(RawTarget),
}

#[derive(Debug, Clone)]
pub(crate) struct RawSilence {
    pub(crate) reminders: Vec<(Duration, RawText)>,
    pub(crate) after: Duration,
    pub(crate) then: OnSilence,
}

#[derive(Debug, Clone)]
pub(crate) struct RawCase {
    pub(crate) when: RawCondition,
    pub(crate) to: RawNext,
}

/// As [`crate::Condition`], with places.
#[derive(Debug, Clone)]
pub(crate) enum RawCondition {
    Compare { var: At<VarName>, op: crate::Compare, value: Literal },
    Contains { var: At<VarName>, text: String },
    IsSet(At<VarName>),
    AgeBand(Vec<AgeBand>),
    Lang(Lang),
    Found(Category),
    UrgencyAtLeast(Urgency),
    All(Vec<RawCondition>),
    Any(Vec<RawCondition>),
    Not(Box<RawCondition>),
}

#[derive(Debug, Clone)]
pub(crate) struct RawHandoff {
    pub(crate) team: Option<String>,
    pub(crate) urgency: Urgency,
    pub(crate) reason: String,
    pub(crate) say: Option<RawText>,
    pub(crate) meanwhile: Option<RawTarget>,
}

impl RawStep {
    /// Every text of this step that a child can read, with what it is for.
    pub(crate) fn texts(&self) -> Vec<&RawText> {
        let mut texts = Vec::new();
        match &self.kind {
            RawKind::Say { text } | RawKind::Resources { text, .. } | RawKind::End { text, .. } => {
                texts.push(text)
            }
            RawKind::Ask { text, asks, .. }
            | RawKind::AskText { text, asks, .. }
            | RawKind::Mood { text, asks, .. } => {
                texts.push(text);
                texts.extend(asks.other.iter().filter_map(|other| other.say.as_ref()));
                texts.extend(
                    asks.silence.iter().flat_map(|silence| silence.reminders.iter().map(|(_, text)| text)),
                );
            }
            RawKind::Handoff(handoff) => texts.extend(&handoff.say),
            RawKind::Branch { .. }
            | RawKind::Set { .. }
            | RawKind::Goto
            | RawKind::Call { .. }
            | RawKind::Pause { .. }
            | RawKind::Note { .. } => {}
        }
        texts
    }

    /// The choices of an ask; none elsewhere.
    pub(crate) fn choices(&self) -> &[RawChoice] {
        match &self.kind {
            RawKind::Ask { choices, .. } => choices,
            _ => &[],
        }
    }
}
