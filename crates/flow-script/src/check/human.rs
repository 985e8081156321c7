//! A child at high risk never comes to an end without a human (F10, I4).
//!
//! High risk is: a flow for suicide or abuse, or a choice or handoff at urgent and above. Only a
//! `handoff:` on the way lifts it. The engine refuses such an end as well. Read next: `variables.rs`.

use super::graph::{Graph, Way};
use crate::pack::WrittenPack;
use crate::raw::RawKind;
use crate::{Code, Diagnostic, FlowRole};

pub(super) fn check(pack: &WrittenPack, graph: &Graph) -> Vec<Diagnostic> {
    let mut told = ends_without_help(pack, graph);
    told.extend(begins_itself_again(pack, graph));
    let mut at_risk = vec![false; graph.spots.len()];
    let mut open = Vec::new();
    for (flow, start) in graph.starts.iter().enumerate() {
        let plays = pack.flows[flow].raw.plays.as_ref().map(|role| role.value);
        if matches!(plays, Some(FlowRole::Suicide | FlowRole::Abuse)) {
            open.extend(*start);
        }
    }
    for (node, edges) in graph.edges.iter().enumerate() {
        let choices = graph.step(pack, node).choices();
        open.extend(edges.iter().filter_map(|edge| match edge.way {
            Way::Choice(number) if choices[number].urgency.is_high() => Some(edge.to),
            _ => None,
        }));
    }
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut at_risk[node], true) {
            continue;
        }
        let step = graph.step(pack, node);
        match &step.kind {
            RawKind::Handoff(_) => {}
            RawKind::End { .. } => {
                let found =
                    format!("a child at high risk can come to the end `{}` without a human", step.id.value);
                told.push(
                    graph
                        .tell(pack, node, Code::EndsWithoutHuman, found, "a `handoff:` on every way to it")
                        .hint("put `handoff:` before the end, best as the first step of the flow"),
                );
            }
            _ => open.extend(graph.edges[node].iter().map(|edge| edge.to)),
        }
    }
    told
}

/// While a human is awaited, a handoff leads to the flow that keeps company. In that flow itself, a
/// handoff with no wait before it would begin the flow for ever (the engine stops it at its bound).
fn begins_itself_again(pack: &WrittenPack, graph: &Graph) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (flow, start) in graph.starts.iter().enumerate() {
        let plays = pack.flows[flow].raw.plays.as_ref().map(|role| role.value);
        if !matches!(plays, Some(FlowRole::Waiting | FlowRole::OutOfHours)) {
            continue;
        }
        let mut seen = vec![false; graph.spots.len()];
        let mut open: Vec<usize> = start.iter().copied().collect();
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut seen[node], true) || graph.waits(pack, node) {
                continue;
            }
            let step = graph.step(pack, node);
            // With a `meanwhile:` the flow goes on by itself instead of beginning anew.
            if matches!(&step.kind, RawKind::Handoff(handoff) if handoff.meanwhile.is_none()) {
                let name = &pack.flows[flow].raw.id.value;
                let found = format!(
                    "the flow `{name}` keeps company, and comes to the handoff `{}` at once",
                    step.id.value
                );
                told.push(
                    graph
                        .tell(pack, node, Code::BeginsItselfAgain, found, "a question or a `pause:` before it")
                        .hint("a person is already asked for when this flow begins; leave the handoff out"),
                );
                continue;
            }
            open.extend(graph.edges[node].iter().map(|edge| edge.to));
        }
    }
    told
}

/// A safe end says where else help is; a flow that is only called comes back instead of ending.
fn ends_without_help(pack: &WrittenPack, graph: &Graph) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for node in 0..graph.spots.len() {
        let step = graph.step(pack, node);
        let RawKind::End { kinds, .. } = &step.kind else { continue };
        if kinds.is_empty() && !is_only_called(pack, graph, graph.spots[node].flow) {
            let found = format!("the end `{}` doesn't say where else help is", step.id.value);
            told.push(
                graph
                    .tell(pack, node, Code::EndWithoutHelp, found, "`resources:` beside `end:`")
                    .hint("for example `resources: [emergency, helpline]`"),
            );
        }
    }
    told
}

fn is_only_called(pack: &WrittenPack, graph: &Graph, flow: usize) -> bool {
    let start = graph.starts[flow];
    let mut ways = graph.edges.iter().enumerate().flat_map(|(from, edges)| {
        let outside = graph.spots[from].flow != flow;
        edges.iter().filter(move |edge| outside && Some(edge.to) == start)
    });
    let mut called = false;
    let all_calls = ways.all(|edge| {
        called = true;
        edge.way == Way::IntoCall
    });
    pack.flows[flow].raw.plays.is_none() && called && all_calls
}
