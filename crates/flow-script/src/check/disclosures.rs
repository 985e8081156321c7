//! No answer whose words are themselves a disclosure leads on as if it were nothing.
//!
//! The engine hears it as well, whatever is written here; this is so that the author sees it first.
//! Read next: `questions.rs`.

use super::questions::{all_said, leads_to_human};
use crate::pack::WrittenPack;
use crate::{Code, Diagnostic};

pub(super) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let Some(alarm) = pack.alarm else { return Vec::new() };
    let mut told = Vec::new();
    for written in &pack.flows {
        for step in written.steps() {
            let choices = step.choices();
            for said in all_said(written, choices) {
                let choice = &choices[said.choice];
                let urgency = alarm(&said.text.value);
                if urgency.is_high() && choice.urgency < urgency && !leads_to_human(written, choice) {
                    let shown = &said.text.value;
                    let found = format!("`{shown}` is a disclosure ({}) to the safety rules", urgency.name());
                    let expected = format!("`urgency_at_least: {}` on this choice", urgency.name());
                    told.push(
                        Diagnostic::new(said.text.pos.at(said.file), Code::DisclosureAsAnswer, found, expected)
                            .hint("or other words, or a `goto:` straight to a `handoff:`"),
                    );
                }
            }
        }
    }
    told
}
