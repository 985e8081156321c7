//! No turn goes on for ever: no ring of steps without a wait, and no more steps than are played.
//!
//! Read next: `calls.rs`.

use super::graph::Graph;
use crate::pack::WrittenPack;
use crate::{Code, Diagnostic};
use domain::limits::STEPS_PER_TURN;

pub(super) fn check(pack: &WrittenPack, graph: &Graph) -> Vec<Diagnostic> {
    let waits: Vec<bool> = (0..graph.spots.len()).map(|node| graph.waits(pack, node)).collect();
    // Steps are taken away as long as nothing that is played before them is left (Kahn's order).
    // What stays is a ring, or comes after one.
    let mut before = vec![0_usize; waits.len()];
    for edge in flowing(graph, &waits).flat_map(|node| &graph.edges[node]) {
        before[edge.to] += 1;
    }
    let mut length = vec![1_usize; waits.len()];
    let mut open: Vec<usize> = (0..waits.len()).filter(|node| before[*node] == 0).collect();
    let mut taken = vec![false; waits.len()];
    while let Some(node) = open.pop() {
        taken[node] = true;
        if waits[node] {
            continue;
        }
        for edge in &graph.edges[node] {
            length[edge.to] = length[edge.to].max(length[node] + 1);
            before[edge.to] -= 1;
            if before[edge.to] == 0 {
                open.push(edge.to);
            }
        }
    }
    let mut told = rings(pack, graph, &waits, &taken);
    for node in (0..waits.len()).filter(|node| taken[*node] && length[*node] == STEPS_PER_TURN + 1) {
        let found =
            format!("the step `{}` is the {}th in one turn", graph.step(pack, node).id.value, length[node]);
        told.push(
            graph
                .tell(
                    pack,
                    node,
                    Code::TooLongATurn,
                    found,
                    format!("at most {STEPS_PER_TURN} steps without a wait"),
                )
                .hint("ask something or `pause:` before it; so many bubbles at once can't be read"),
        );
    }
    told
}

fn flowing<'a>(graph: &'a Graph, waits: &'a [bool]) -> impl Iterator<Item = usize> + 'a {
    (0..graph.spots.len()).filter(|node| !waits[*node])
}

/// One report a ring, at its first step.
fn rings(pack: &WrittenPack, graph: &Graph, waits: &[bool], taken: &[bool]) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let mut known = vec![false; waits.len()];
    for node in (0..waits.len()).filter(|node| !taken[*node] && !waits[*node]) {
        if known[node] {
            continue;
        }
        let after = follow(graph, waits, node);
        if !after.contains(&node) {
            continue;
        }
        for other in &after {
            known[*other] = known[*other] || follow(graph, waits, *other).contains(&node);
        }
        let found =
            format!("the step `{}` comes round to itself without waiting", graph.step(pack, node).id.value);
        told.push(
            graph
                .tell(pack, node, Code::Spins, found, "an `ask:`, `ask_text:` or `pause:` on the way round")
                .hint("without a wait the child would get the same words again and again"),
        );
    }
    told
}

/// All steps that are played after this one in the same turn.
fn follow(graph: &Graph, waits: &[bool], from: usize) -> Vec<usize> {
    let mut seen = vec![false; waits.len()];
    let mut open: Vec<usize> = graph.edges[from].iter().map(|edge| edge.to).collect();
    while let Some(node) = open.pop() {
        if !std::mem::replace(&mut seen[node], true) && !waits[node] {
            open.extend(graph.edges[node].iter().map(|edge| edge.to));
        }
    }
    (0..seen.len()).filter(|node| seen[*node]).collect()
}
