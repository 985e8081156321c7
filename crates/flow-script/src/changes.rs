//! What differs between two libraries of flows, step by step, for whoever publishes the second.
//!
//! Read next: `model.rs`.

use crate::{Flow, FlowLibrary};
use domain::{FlowHash, FlowId, StepId};
use std::collections::BTreeSet;

/// How a flow differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowChange {
    /// The flow.
    pub flow: FlowId,
    /// The version before; `None` for a new flow.
    pub before: Option<FlowHash>,
    /// The version after; `None` for a removed flow.
    pub after: Option<FlowHash>,
    /// Its steps that differ, in the order of the newer file.
    pub steps: Vec<(StepId, StepChange)>,
}

/// How a step differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepChange {
    /// It wasn't there before.
    Added,
    /// Its words, answers or ways are others.
    Changed,
    /// It is gone.
    Removed,
}

impl StepChange {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// Every flow that differs. Where only a file's layout changed, nothing does.
pub fn changes(before: &FlowLibrary, after: &FlowLibrary) -> Vec<FlowChange> {
    let ids: BTreeSet<&FlowId> = before.flows().chain(after.flows()).map(|flow| &flow.id).collect();
    let mut changes = Vec::new();
    for id in ids {
        let (old, new) = (before.current(id), after.current(id));
        if old.map(|flow| &flow.hash) == new.map(|flow| &flow.hash) {
            continue;
        }
        changes.push(FlowChange {
            flow: id.clone(),
            before: old.map(|flow| flow.hash.clone()),
            after: new.map(|flow| flow.hash.clone()),
            steps: match (old, new) {
                (Some(old), Some(new)) => steps(old, new),
                _ => Vec::new(),
            },
        });
    }
    changes
}

fn steps(old: &Flow, new: &Flow) -> Vec<(StepId, StepChange)> {
    let of_new = new.order.iter().filter_map(|id| match (old.step(id), new.step(id)) {
        (None, _) => Some((id.clone(), StepChange::Added)),
        (Some(before), Some(after)) if (&before.kind, before.safe_point) != (&after.kind, after.safe_point) => {
            Some((id.clone(), StepChange::Changed))
        }
        _ => None,
    });
    let gone = old.order.iter().filter(|id| new.step(id).is_none()).map(|id| (id.clone(), StepChange::Removed));
    of_new.chain(gone).collect()
}
