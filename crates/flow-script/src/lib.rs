//! Flow files: from YAML as a person wrote it to a checked, typed [`Flow`].
//!
//! It must never decide what happens in a conversation (the engine does) and must never have a
//! step that mutes a rule, skips screening or ends without a human at high risk (F10).
//! Read next: `model.rs`, then `load.rs`.

mod model;

pub use model::{
    AskKind, Case, ChoiceStep, Compare, Condition, End, Flow, FlowLibrary, FlowRole, Handoff, Literal,
    NotUnderstood, OnSilence, Other, Reminder, Resource, SafePoint, Silence, Step, StepKind, Target, Text,
};
