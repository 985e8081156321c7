//! What a machine suggests to a counsellor about one conversation.
//!
//! It must never hold words outside [`MachineText`]. Read next: `raise.rs`.

use crate::MachineText;
use domain::{AgeBand, Category, ConversationId, Lang, MessageId, Urgency};
use std::collections::BTreeSet;

/// Most open questions of one suggestion.
pub const MOST_QUESTIONS: usize = 3;

/// A machine's suggestion, always shown as one. A counsellor accepts or corrects it.
///
/// It can't be written out as a whole either:
/// ```compile_fail
/// fn shown(suggestion: &triage::Suggestion) -> String { suggestion.to_string() }
/// ```
/// ```compile_fail
/// fn kept(suggestion: &triage::Suggestion) { let _ = serde_json::to_string(suggestion); }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// About which talk.
    pub conversation: ConversationId,
    /// The messages it rests on, so that it can be checked against them.
    pub rests_on: BTreeSet<MessageId>,
    /// What it may be about.
    pub categories: BTreeSet<Category>,
    /// At least this urgent; counts only if it is higher than what is known.
    pub urgency_at_least: Urgency,
    /// One paragraph for the card.
    pub summary: Option<MachineText>,
    /// What a counsellor may want to find out; at most [`MOST_QUESTIONS`] are shown.
    pub questions: Vec<MachineText>,
    /// The language it seems to be written in. A hint: it changes nothing by itself.
    pub lang: Option<Lang>,
    /// How old the child seems to be. A hint: it changes nothing by itself.
    pub age: Option<AgeBand>,
}
