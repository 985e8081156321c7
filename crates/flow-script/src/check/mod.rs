//! The checks that prove what the engine relies on. One file per kind of promise.
//!
//! A check reports all it finds and changes nothing. Read next: `graph.rs`.

mod calls;
mod disclosures;
mod examples;
mod graph;
mod human;
mod questions;
mod roles;
mod texts;
mod translations;
mod turns;
mod variables;
mod ways;
mod words;

use crate::Diagnostic;
use crate::pack::WrittenPack;

/// Did every file read without an error?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All of it.
    Whole,
    /// Parts are missing, so that what depends on the whole can't be judged yet.
    Broken,
}

/// Everything that is wrong with a pack, errors and warnings.
pub(crate) fn check(pack: &WrittenPack, reading: Reading) -> Vec<Diagnostic> {
    let mut told = questions::check(pack);
    told.extend(texts::check(pack));
    told.extend(translations::check(pack));
    told.extend(words::check(pack));
    told.extend(disclosures::check(pack));
    if reading == Reading::Broken {
        return told;
    }
    told.extend(roles::check(pack));
    let (graph, unknown) = graph::Graph::build(pack);
    let whole = unknown.is_empty();
    told.extend(unknown);
    if whole {
        told.extend(ways::check(pack, &graph));
        told.extend(turns::check(pack, &graph));
        told.extend(calls::check(pack, &graph));
        told.extend(human::check(pack, &graph));
        told.extend(variables::check(pack, &graph));
        told.extend(examples::check(pack));
    }
    told
}
