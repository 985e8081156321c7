//! Where each step of a checked flow can lead, in words a person can read: for pictures and for
//! telling which ways no example walks.
//!
//! It only looks. Read next: `draw/mod.rs`.

use crate::{AskKind, Compare, Condition, Flow, NotUnderstood, OnSilence, Step, StepKind, Target};
use domain::{FlowId, Lang, StepId, Urgency};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// Why one step leads on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It was done.
    Done,
    /// This choice was taken.
    Choice {
        /// Its value.
        value: String,
        /// What it raises the urgency to.
        urgency: Urgency,
    },
    /// The case of a branch with this number, from 0, held.
    Case(usize),
    /// No case held.
    Otherwise,
    /// The answer wasn't understood too often.
    NotUnderstood,
    /// No answer came.
    Silence,
    /// Into a called flow, which comes back.
    Call,
}

/// Where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereto {
    /// A step of the same flow, or another flow.
    Target(Target),
    /// A human is asked for.
    Human,
    /// The talk rests until the child comes back.
    Rests,
    /// The talk ends, with other help named.
    Ends,
}

/// One way out of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Why.
    pub reason: Reason,
    /// Where.
    pub to: Whereto,
}

/// Every way out of a step, in the order they are written.
pub fn ways_out(step: &Step) -> Vec<Way> {
    let way = |reason, to| Way { reason, to };
    let done = |next: &Target| vec![way(Reason::Done, Whereto::Target(next.clone()))];
    match &step.kind {
        StepKind::Ask { choices, other, silence, .. } => {
            let chosen = choices.iter().map(|choice| {
                let reason = Reason::Choice { value: choice.value.clone(), urgency: choice.urgency_at_least };
                way(reason, Whereto::Target(choice.next.clone()))
            });
            chosen.chain(asks(&other.then, silence.then)).collect()
        }
        StepKind::AskText { next, other, silence, .. } => {
            let mut ways = done(next);
            ways.extend(asks(&other.then, silence.then));
            ways
        }
        StepKind::Branch { cases, otherwise } => {
            let held = cases
                .iter()
                .enumerate()
                .map(|(number, case)| way(Reason::Case(number), Whereto::Target(case.to.clone())));
            held.chain([way(Reason::Otherwise, Whereto::Target(otherwise.clone()))]).collect()
        }
        StepKind::Call { flow, next } => vec![
            way(Reason::Call, Whereto::Target(Target::Flow(flow.clone()))),
            way(Reason::Done, Whereto::Target(next.clone())),
        ],
        StepKind::Handoff(handoff) => {
            vec![way(Reason::Done, handoff.next.clone().map_or(Whereto::Human, Whereto::Target))]
        }
        StepKind::End(_) => vec![way(Reason::Done, Whereto::Ends)],
        StepKind::Say { next, .. }
        | StepKind::Set { next, .. }
        | StepKind::Goto(next)
        | StepKind::Pause { next, .. }
        | StepKind::Resources { next, .. }
        | StepKind::Note { next, .. } => done(next),
    }
}

fn asks(other: &NotUnderstood, silence: OnSilence) -> [Way; 2] {
    let other = match other {
        NotUnderstood::Handoff => Whereto::Human,
        NotUnderstood::Go(target) => Whereto::Target(target.clone()),
    };
    let silence = match silence {
        OnSilence::Park => Whereto::Rests,
        OnSilence::Handoff => Whereto::Human,
    };
    [Way { reason: Reason::NotUnderstood, to: other }, Way { reason: Reason::Silence, to: silence }]
}

/// The shortest walk from the flow's beginning to a step: each step with the way taken out of it.
/// `None` when only another flow leads there.
pub fn shortest_way<'f>(flow: &'f Flow, to: &StepId) -> Option<Vec<(&'f StepId, Reason)>> {
    let mut came: BTreeMap<&StepId, (&StepId, Reason)> = BTreeMap::new();
    let mut open = VecDeque::from([&flow.start]);
    while let Some(here) = open.pop_front() {
        if here == to {
            let mut walk = Vec::new();
            let mut at = here;
            while let Some((before, reason)) = came.get(at).filter(|_| *at != flow.start) {
                walk.push((*before, reason.clone()));
                at = before;
            }
            walk.reverse();
            return Some(walk);
        }
        for way in flow.step(here).map(ways_out).unwrap_or_default() {
            let Whereto::Target(Target::Step(next)) = &way.to else { continue };
            let Some((next, _)) = flow.steps.get_key_value(next) else { continue };
            if *next != flow.start && !came.contains_key(next) {
                came.insert(next, (here, way.reason));
                open.push_back(next);
            }
        }
    }
    None
}

impl Flow {
    /// The label of a choice, for people.
    pub fn label(&self, step: &StepId, value: &str, lang: Lang) -> Option<&str> {
        let StepKind::Ask { choices, .. } = &self.step(step)?.kind else { return None };
        choices.iter().find(|choice| choice.value == value).map(|choice| choice.label.get(lang, self.base))
    }

    /// Flows that this one leads to or calls.
    pub fn leads_to(&self) -> Vec<&FlowId> {
        let mut flows: Vec<&FlowId> = Vec::new();
        for id in &self.order {
            let Some(step) = self.step(id) else { continue };
            let targets: Vec<&Target> = match &step.kind {
                StepKind::Ask { choices, other, .. } => {
                    let go = match &other.then {
                        NotUnderstood::Go(target) => Some(target),
                        NotUnderstood::Handoff => None,
                    };
                    choices.iter().map(|choice| &choice.next).chain(go).collect()
                }
                StepKind::AskText { next, .. }
                | StepKind::Say { next, .. }
                | StepKind::Set { next, .. }
                | StepKind::Goto(next)
                | StepKind::Pause { next, .. }
                | StepKind::Resources { next, .. }
                | StepKind::Note { next, .. } => vec![next],
                StepKind::Branch { cases, otherwise } => {
                    cases.iter().map(|case| &case.to).chain([otherwise]).collect()
                }
                StepKind::Call { flow, next } => {
                    flows.push(flow);
                    vec![next]
                }
                StepKind::Handoff(handoff) => handoff.next.iter().collect(),
                StepKind::End(_) => Vec::new(),
            };
            flows.extend(targets.into_iter().filter_map(|target| match target {
                Target::Flow(flow) => Some(flow),
                Target::Step(_) => None,
            }));
        }
        flows.sort();
        flows.dedup();
        flows
    }
}

impl StepKind {
    /// The key that makes a step this kind.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Say { .. } => "say",
            Self::Ask { .. } => "ask",
            Self::AskText { .. } => "ask_text",
            Self::Branch { .. } => "branch",
            Self::Set { .. } => "set",
            Self::Goto(_) => "goto",
            Self::Call { .. } => "call",
            Self::Pause { .. } => "pause",
            Self::Resources { .. } => "resources",
            Self::Note { .. } => "note",
            Self::Handoff(_) => "handoff",
            Self::End(_) => "end",
        }
    }
}

impl AskKind {
    /// As a flow file writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Age => "age",
            Self::Region => "region",
        }
    }
}

/// As a flow file writes it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |list: &[Self], word: &str| {
            list.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(&format!(" {word} "))
        };
        match self {
            Self::Compare { var, op, value } => write!(f, "{var} {} {value}", op.words()),
            Self::Contains { var, text } => write!(f, "{var} contains {text}"),
            Self::IsSet(var) => write!(f, "{var} is set"),
            Self::AgeBand(bands) => {
                let bands: Vec<&str> = bands.iter().map(|band| band.value()).collect();
                write!(f, "age_band is {}", bands.join(" or "))
            }
            Self::Lang(lang) => write!(f, "language is {lang}"),
            Self::Found(category) => write!(f, "found {}", category.name()),
            Self::UrgencyAtLeast(urgency) => write!(f, "urgency is at least {}", urgency.name()),
            Self::All(list) => f.write_str(&joined(list, "and")),
            Self::Any(list) => f.write_str(&joined(list, "or")),
            Self::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}

impl Compare {
    /// As a flow file writes it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Less => "is less than",
            Self::AtMost => "is at most",
            Self::More => "is more than",
            Self::AtLeast => "is at least",
        }
    }
}
