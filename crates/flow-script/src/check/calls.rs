//! Flows that call flows: no ring, and no deeper than the engine remembers.
//!
//! Read next: `human.rs`.

use super::graph::{Graph, Way};
use crate::pack::WrittenPack;
use crate::{Code, Diagnostic};
use domain::limits::CALL_DEPTH;

pub(super) fn check(pack: &WrittenPack, graph: &Graph) -> Vec<Diagnostic> {
    let flows = pack.flows.len();
    let mut told = Vec::new();
    let mut depth = vec![0_usize; flows];
    let mut leads = vec![vec![]; flows];
    for (node, edges) in graph.edges.iter().enumerate() {
        let from = graph.spots[node].flow;
        for edge in edges {
            let to = graph.spots[edge.to].flow;
            if edge.way == Way::IntoCall || to != from {
                leads[from].push((to, usize::from(edge.way == Way::IntoCall), node));
            }
        }
    }
    let calls = leads.iter().flatten().filter(|(_, calls, _)| *calls == 1);
    for (called, _, node) in calls {
        let caller = graph.spots[*node].flow;
        if reaches(&leads, *called, caller) {
            let (from, to) = (&pack.flows[caller].raw.id.value, &pack.flows[*called].raw.id.value);
            let found = format!("`{from}` calls `{to}`, which leads back to `{from}`");
            told.push(
                graph
                    .tell(pack, *node, Code::CallDepth, found, "calls that come to an end")
                    .hint("`goto: flow NAME` goes there without coming back"),
            );
        }
    }
    if !told.is_empty() {
        return told;
    }
    // Without rings of calls the depth settles; each round can only deepen it by one.
    for _ in 0..=CALL_DEPTH * flows + flows {
        for (from, ways) in leads.iter().enumerate() {
            for (to, calls, node) in ways {
                let deeper = depth[from] + calls;
                if deeper > CALL_DEPTH && depth[*to] <= CALL_DEPTH {
                    let found = format!("this call is the {deeper}th inside one another");
                    let expected = format!("at most {CALL_DEPTH}");
                    told.push(graph.tell(pack, *node, Code::CallDepth, found, expected));
                }
                depth[*to] = depth[*to].max(deeper);
            }
        }
    }
    told
}

fn reaches(leads: &[Vec<(usize, usize, usize)>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; leads.len()];
    let mut open = vec![from];
    while let Some(flow) = open.pop() {
        if flow == to {
            return true;
        }
        if !std::mem::replace(&mut seen[flow], true) {
            open.extend(leads[flow].iter().map(|(next, _, _)| *next));
        }
    }
    false
}
