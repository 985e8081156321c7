//! Example conversations beside a flow: what a child does and what must then be true.
//!
//! Here they are only read; `passerelle flow test` plays them. Read next: `read/example.rs`.

use domain::{FlowId, Lang, StageName, StepId, Urgency};
use std::path::PathBuf;
use std::time::Duration;

/// One example conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The file it stands in, from the pack's folder.
    pub file: PathBuf,
    /// What it shows, in one sentence.
    pub name: String,
    /// The child's language.
    pub lang: Lang,
    /// The flow that the bot plays from its start, right after the child's first message.
    pub flow: FlowId,
    /// What happens, in order. The first is always the child's first message: it opens the
    /// conversation and answers no question.
    pub turns: Vec<ExampleTurn>,
}

/// One line of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleTurn {
    /// Line in the file, from 1.
    pub line: usize,
    /// What happens, or must be true.
    pub what: ExampleWhat,
}

/// What happens, or must be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExampleWhat {
    /// The child writes.
    Child(String),
    /// The child taps the choice with this value.
    ChildTaps(String),
    /// Time passes; timers fire.
    Wait(Duration),
    /// Since the child's last act, the bot said something that contains these words.
    BotSays(String),
    /// Since the child's last act, the bot said nothing that contains these words.
    BotNeverSays(String),
    /// The bot now waits at this step; of the named flow, or of the one the example is about.
    BotAsks {
        /// The flow.
        flow: FlowId,
        /// The step.
        step: StepId,
    },
    /// The conversation is exactly this urgent.
    Urgency(Urgency),
    /// The handoff stands here.
    Stage(StageName),
    /// A human has been asked for, or not.
    Handoff(HandoffAsked),
}

/// Has a human been asked for?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandoffAsked {
    /// Yes.
    Asked,
    /// Not yet.
    NotYet,
}
