//! A pack has exactly one flow for each required role.
//!
//! Read next: `graph.rs`.

use crate::pack::WrittenPack;
use crate::{Code, Diagnostic, FlowRole, Place};

pub(super) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for role in FlowRole::ALL {
        let mut players =
            pack.flows.iter().filter(|flow| flow.raw.plays.as_ref().is_some_and(|at| at.value == role));
        let Some(first) = players.next() else {
            let found = format!("no flow plays `{}`", role.name());
            told.push(
                Diagnostic::new(Place::default(), Code::RoleMissing, found, "one flow for each required role")
                    .hint(format!("write `plays: {}` at the top of the flow that does it", role.name())),
            );
            continue;
        };
        for second in players {
            let pos = second.raw.plays.as_ref().map(|at| at.pos).unwrap_or_default();
            let found = format!("the flow `{}` already plays `{}`", first.raw.id.value, role.name());
            told.push(Diagnostic::new(pos.at(&second.raw.file), Code::RoleTwice, found, "one flow a role"));
        }
    }
    told
}
