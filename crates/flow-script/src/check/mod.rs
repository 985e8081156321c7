//! The checks that prove what the engine relies on. One file per kind of promise.
//!
//! A check reports all it finds and changes nothing. Read next: `graph.rs`.

mod graph;
mod roles;

use crate::pack::WrittenPack;
use crate::Diagnostic;

/// Everything that is wrong with a pack, errors and warnings.
pub(crate) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let mut told = roles::check(pack);
    let (graph, unknown) = graph::Graph::build(pack);
    let whole = unknown.is_empty();
    told.extend(unknown);
    if whole {
        let _ = &graph;
    }
    told
}
