//! Flow files: from YAML as a person wrote it to a checked, typed [`Flow`].
//!
//! It must never decide what happens in a conversation (the engine does) and must never have a
//! step that mutes a rule, skips screening or ends without a human at high risk (F10).
//! Read next: `model.rs`, then `load.rs`.

mod build;
mod changes;
mod check;
mod choose;
mod code;
mod diagnostic;
mod draw;
mod example_model;
mod fmt;
mod interrupts;
mod language;
mod library;
mod load;
mod model;
mod mood;
mod normal;
mod outline;
mod pack;
mod raw;
mod read;
mod reading;
mod reference;
mod schema;
mod shipped;
mod sources;
mod words;
mod yaml;

pub use changes::{FlowChange, StepChange, changes};
pub use choose::match_choice;
pub use code::Code;
pub use diagnostic::{Diagnostic, Place, Severity};
pub use draw::{mermaid, svg};
pub use example_model::{Example, ExampleTurn, ExampleWhat, HandoffAsked};
pub use fmt::format_file;
pub use interrupts::{Interrupt, interrupt};
pub use library::FlowLibrary;
pub use load::{HouseLangs, Pack, load_pack, load_pack_from, load_shipped, pack_files, pack_hash};
pub use model::{
    AskKind, Case, ChoiceStep, Compare, Condition, End, Flow, FlowRole, Handoff, Literal, NotUnderstood,
    OnSilence, Other, Reminder, Resource, SafePoint, Silence, Step, StepKind, Target, Text,
};
pub use outline::{Reason, Way, Whereto, shortest_way, ways_out};
pub use reading::ReadingLevel;
pub use reference::reference;
pub use schema::schema;
pub use shipped::shipped;
pub use sources::source_hash;
pub use words::{
    Catalogue, Completeness, Unit, UnitState, WordsError, catalogues, completeness, from_po, from_xliff, stamped,
    to_po, to_xliff, translation_file,
};
