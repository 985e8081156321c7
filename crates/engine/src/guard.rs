//! Defence in depth: is there something that the escalation table asks for and the state lacks?
//!
//! The switchboard asks after every turn, whatever the engine did. Read next: `escalate.rs`.

use domain::{Conversation, StageName, Urgency};
use safety_rules::escalation::required;

/// What is still owed to the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// The urgency is below what was found.
    Urgency {
        /// As it is.
        is: Urgency,
        /// As it must be.
        must_be: Urgency,
    },
    /// A human must be asked for and isn't.
    Human,
}

/// What the table asks for beyond what the conversation has; `None` when all is well.
pub fn owed(conversation: &Conversation) -> Option<Owed> {
    if conversation.seen.is_empty() {
        return None;
    }
    let findings: Vec<_> = conversation.seen.iter().map(|seen| seen.finding.clone()).collect();
    let needs = required(&findings);
    if needs.urgency > conversation.urgency() {
        return Some(Owed::Urgency { is: conversation.urgency(), must_be: needs.urgency });
    }
    let alone = matches!(conversation.stage.name(), StageName::WithBot | StageName::Parked);
    (needs.handoff_now && alone).then_some(Owed::Human)
}
