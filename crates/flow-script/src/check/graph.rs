//! All flows of a pack as one graph: which step leads to which, and why.
//!
//! Building it looks every name up, so unknown steps and flows are found here.
//! Read next: `ways.rs`.

use crate::pack::{WrittenFlow, WrittenPack};
use crate::raw::{At, RawKind, RawNext, RawOtherThen, RawStep, RawTarget};
use crate::yaml::Pos;
use crate::{Code, Diagnostic};

/// A step of a flow, by their places in the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) flow: usize,
    pub(super) step: usize,
}

/// Why one step leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It was done.
    Done,
    /// The choice with this number was taken.
    Choice(usize),
    /// The case with this number held.
    Case(usize),
    /// The answer wasn't understood too often.
    NotUnderstood,
    /// Into a called flow, which comes back.
    IntoCall,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) to: usize,
    pub(super) way: Way,
}

#[derive(Debug)]
pub(super) struct Graph {
    pub(super) spots: Vec<Spot>,
    pub(super) edges: Vec<Vec<Edge>>,
    /// The number of each flow's first step; none for a flow without steps.
    pub(super) starts: Vec<Option<usize>>,
}

impl Graph {
    pub(super) fn build(pack: &WrittenPack) -> (Self, Vec<Diagnostic>) {
        let mut graph = Self { spots: Vec::new(), edges: Vec::new(), starts: Vec::new() };
        for (flow, written) in pack.flows.iter().enumerate() {
            graph.starts.push((!written.steps().is_empty()).then_some(graph.spots.len()));
            graph.spots.extend((0..written.steps().len()).map(|step| Spot { flow, step }));
        }
        let mut told = Vec::new();
        for spot in graph.spots.clone() {
            let finder = Finder { pack, graph: &graph, flow: spot.flow, step: spot.step };
            let edges = finder.edges(&mut told);
            graph.edges.push(edges);
        }
        (graph, told)
    }

    pub(super) fn step<'p>(&self, pack: &'p WrittenPack, node: usize) -> &'p RawStep {
        let spot = self.spots[node];
        &pack.flows[spot.flow].steps()[spot.step]
    }

    /// The bot waits at this step: for the child, or for a pause to pass.
    pub(super) fn waits(&self, pack: &WrittenPack, node: usize) -> bool {
        let kind = &self.step(pack, node).kind;
        matches!(
            kind,
            RawKind::Ask { .. } | RawKind::AskText { .. } | RawKind::Mood { .. } | RawKind::Pause { .. }
        )
    }

    /// Reports something about a step, at its name.
    pub(super) fn tell(
        &self,
        pack: &WrittenPack,
        node: usize,
        code: Code,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Diagnostic {
        let place = self.step(pack, node).id.pos.at(&pack.flows[self.spots[node].flow].raw.file);
        Diagnostic::new(place, code, found, expected)
    }
}

struct Finder<'a> {
    pack: &'a WrittenPack,
    graph: &'a Graph,
    flow: usize,
    step: usize,
}

impl Finder<'_> {
    fn written(&self) -> &WrittenFlow {
        &self.pack.flows[self.flow]
    }

    fn edges(&self, told: &mut Vec<Diagnostic>) -> Vec<Edge> {
        let step = &self.written().steps()[self.step];
        let mut edges = Vec::new();
        let mut add = |to: Result<usize, Diagnostic>, way: Way| match to {
            Ok(to) => edges.push(Edge { to, way }),
            Err(diagnostic) => told.push(diagnostic),
        };
        match &step.kind {
            RawKind::Ask { choices, asks, .. } => {
                for (number, choice) in choices.iter().enumerate() {
                    add(self.next(&choice.next, choice.value.pos), Way::Choice(number));
                }
                if let Some(RawOtherThen::Go(to)) = asks.other.as_ref().map(|other| &other.then) {
                    add(self.target(to), Way::NotUnderstood);
                }
            }
            RawKind::AskText { asks, .. } | RawKind::Mood { asks, .. } => {
                add(self.next(&step.next, step.id.pos), Way::Done);
                if let Some(RawOtherThen::Go(to)) = asks.other.as_ref().map(|other| &other.then) {
                    add(self.target(to), Way::NotUnderstood);
                }
            }
            RawKind::Branch { cases, otherwise } => {
                for (number, case) in cases.iter().enumerate() {
                    add(self.next(&case.to, step.id.pos), Way::Case(number));
                }
                add(self.next(otherwise, step.id.pos), Way::Done);
            }
            RawKind::Call { flow } => {
                add(self.flow_start(flow), Way::IntoCall);
                add(self.next(&step.next, step.id.pos), Way::Done);
            }
            RawKind::Handoff(handoff) => {
                if let Some(to) = &handoff.meanwhile {
                    add(self.target(to), Way::Done);
                }
            }
            RawKind::End { .. } => {}
            RawKind::Say { .. }
            | RawKind::Set { .. }
            | RawKind::Goto
            | RawKind::Pause { .. }
            | RawKind::Resources { .. }
            | RawKind::Note { .. } => add(self.next(&step.next, step.id.pos), Way::Done),
        }
        edges
    }

    fn next(&self, next: &RawNext, pos: Pos) -> Result<usize, Diagnostic> {
        match next {
            RawNext::To(to) => self.target(to),
            RawNext::Following => Ok(self.graph.starts[self.flow].unwrap_or_default() + self.step + 1),
            RawNext::Nowhere => {
                let name = &self.written().steps()[self.step].id.value;
                Err(Diagnostic::new(
                    pos.at(&self.written().raw.file),
                    Code::LeadsNowhere,
                    format!("after the step `{name}` the flow just stops"),
                    "a `goto:`, or a following step such as a `handoff:`",
                )
                .hint("a child is never left in silence; for example `goto: flow waiting`"))
            }
        }
    }

    fn target(&self, target: &RawTarget) -> Result<usize, Diagnostic> {
        match target {
            RawTarget::Flow(name) => self.flow_start(name),
            RawTarget::Step(name) => {
                let written = self.written();
                if let Some(step) = written.step_number(&name.value) {
                    return Ok(self.graph.starts[self.flow].unwrap_or_default() + step);
                }
                let told = Diagnostic::new(
                    name.pos.at(&written.raw.file),
                    Code::UnknownStep,
                    format!("there is no step `{}` in this flow", name.value),
                    "the name of a step in this file",
                );
                Err(if self.pack.flow_number(&name.value).is_some() {
                    told.hint(format!("there is a flow of that name: write `flow {}`", name.value))
                } else {
                    let known = written.steps().iter().map(|step| step.id.value.as_str());
                    told.did_you_mean(&name.value, known)
                })
            }
        }
    }

    fn flow_start(&self, name: &At<String>) -> Result<usize, Diagnostic> {
        let number = self.pack.flow_number(&name.value);
        number.and_then(|flow| self.graph.starts[flow]).ok_or_else(|| {
            Diagnostic::new(
                name.pos.at(&self.written().raw.file),
                Code::UnknownFlow,
                format!("there is no flow `{}`", name.value),
                "the name of a folder beside this one",
            )
            .did_you_mean(&name.value, self.pack.flows.iter().map(|flow| flow.raw.id.value.as_str()))
        })
    }
}
