//! Every step can be reached, and from every step a human or a safe end can be reached.
//!
//! Read next: `turns.rs`.

use super::graph::{Graph, Way};
use crate::pack::WrittenPack;
use crate::raw::{RawAsks, RawKind, RawOtherThen, RawStep};
use crate::{Code, Diagnostic, OnSilence};

pub(super) fn check(pack: &WrittenPack, graph: &Graph) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let reached = reached(graph);
    let safe = safe(pack, graph);
    for node in 0..graph.spots.len() {
        let name = &graph.step(pack, node).id.value;
        if !reached[node] {
            let found = format!("no way leads to the step `{name}`");
            told.push(
                graph
                    .tell(pack, node, Code::Unreachable, found, "a `goto:` to it, or no such step")
                    .hint("the step before it goes elsewhere; each flow begins with its first step"),
            );
        } else if !safe[node] {
            let found = format!("from the step `{name}` the child can reach neither a human nor a safe end");
            told.push(
                graph
                    .tell(pack, node, Code::NoHumanNoEnd, found, "a way to a `handoff:` or an `end:`")
                    .hint("for example a choice that leads to a handoff, or `then: handoff` in `other:`"),
            );
        }
    }
    told
}

/// Reached from the start of its own flow.
fn reached(graph: &Graph) -> Vec<bool> {
    let mut reached = vec![false; graph.spots.len()];
    let mut open: Vec<usize> = graph.starts.iter().flatten().copied().collect();
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut reached[node], true) {
            continue;
        }
        let own_flow = |to: usize| graph.spots[to].flow == graph.spots[node].flow;
        open.extend(graph.edges[node].iter().map(|edge| edge.to).filter(|to| own_flow(*to)));
    }
    reached
}

/// Can reach a human or a safe end, also through other flows.
fn safe(pack: &WrittenPack, graph: &Graph) -> Vec<bool> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); graph.spots.len()];
    for (node, edges) in graph.edges.iter().enumerate() {
        // A called flow's end only comes back, so the way into a call proves nothing.
        for edge in edges.iter().filter(|edge| edge.way != Way::IntoCall) {
            before[edge.to].push(node);
        }
    }
    let mut safe = vec![false; graph.spots.len()];
    let mut open: Vec<usize> = (0..safe.len()).filter(|node| is_safe(graph.step(pack, *node))).collect();
    while let Some(node) = open.pop() {
        if !std::mem::replace(&mut safe[node], true) {
            open.extend(&before[node]);
        }
    }
    safe
}

fn is_safe(step: &RawStep) -> bool {
    let asks_human = |asks: &RawAsks| {
        let other = asks.other.as_ref().is_some_and(|other| matches!(other.then, RawOtherThen::Handoff));
        let silence = asks.silence.as_ref().is_some_and(|silence| silence.then == OnSilence::Handoff);
        other || silence
    };
    match &step.kind {
        RawKind::Handoff(_) | RawKind::End { .. } => true,
        RawKind::Ask { asks, .. } | RawKind::AskText { asks, .. } | RawKind::Mood { asks, .. } => asks_human(asks),
        _ => false,
    }
}
