//! From a flow to boxes and arrows: a box for each step, a small one for each answer, and a sign
//! where the way goes back, far ahead or to another flow, so that no arrow crosses the picture.
//!
//! Read next: `layout.rs`.

use crate::outline::{Reason, Way, Whereto, ways_out};
use crate::{Flow, Step, StepKind, Target};
use domain::{Lang, StepId, Urgency};
use std::collections::BTreeMap;

/// What a box is, for its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Speaks,
    Asks,
    Quiet,
    Human,
    Ends,
    /// An answer, or another reason to go on.
    Answer,
    /// "Goes on elsewhere."
    Sign,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) look: Look,
    /// The step's name; empty for answers and signs.
    pub(super) name: String,
    pub(super) lines: Vec<String>,
    pub(super) risk: Urgency,
}

#[derive(Debug, Default)]
pub(super) struct Boxes {
    pub(super) items: Vec<Item>,
    pub(super) arrows: Vec<(usize, usize)>,
}

/// A way further ahead than this many steps in the file becomes a sign.
const FAR: usize = 9;
const WIDE: usize = 32;
const LINES: usize = 5;

pub(super) fn boxes(flow: &Flow, lang: Lang) -> Boxes {
    let mut made = Boxes::default();
    let numbers: BTreeMap<&StepId, usize> = flow.order.iter().enumerate().map(|(at, id)| (id, at)).collect();
    let steps: Vec<&Step> = flow.order.iter().filter_map(|id| flow.step(id)).collect();
    made.items.extend(steps.iter().map(|step| step_item(flow, step, lang)));
    for (at, step) in steps.iter().enumerate() {
        for (words, risk, to) in grouped(flow, step, lang) {
            let from = match words.is_empty() {
                true => at,
                false => {
                    let lines = wrapped(&words.join(" / "), 24, 3);
                    made.items.push(Item { look: Look::Answer, name: String::new(), lines, risk });
                    made.arrows.push((at, made.items.len() - 1));
                    made.items.len() - 1
                }
            };
            match place(&to, &numbers, at) {
                Place::Box(number) => made.arrows.push((from, number)),
                Place::Sign(words) => {
                    let look = if to == Whereto::Human { Look::Human } else { Look::Sign };
                    made.items.push(Item {
                        look,
                        name: String::new(),
                        lines: vec![words],
                        risk: Urgency::Routine,
                    });
                    made.arrows.push((from, made.items.len() - 1));
                }
                Place::Nothing => {}
            }
        }
    }
    made
}

enum Place {
    Box(usize),
    Sign(String),
    Nothing,
}

fn place(to: &Whereto, numbers: &BTreeMap<&StepId, usize>, from: usize) -> Place {
    match to {
        Whereto::Target(Target::Step(step)) => match numbers.get(step) {
            Some(number) if *number > from && number - from <= FAR => Place::Box(*number),
            Some(number) if *number > from => Place::Sign(format!("↓ {step}")),
            _ => Place::Sign(format!("↑ {step}")),
        },
        Whereto::Target(Target::Flow(flow)) => Place::Sign(format!("→ flow {flow}")),
        Whereto::Human => Place::Sign("☎ a human is asked for".into()),
        Whereto::Rests => Place::Sign("the talk rests".into()),
        Whereto::Ends => Place::Nothing,
    }
}

/// What becomes of no answer, or of one that fits none, stands in the box itself, unless it leads to
/// a step: so many small boxes with the same words would hide the flow.
fn is_in_the_box(way: &Way) -> bool {
    matches!(way.reason, Reason::NotUnderstood | Reason::Silence)
        && matches!(way.to, Whereto::Human | Whereto::Rests)
}

fn in_the_box(step: &Step) -> Option<String> {
    let said: Vec<String> = ways_out(step)
        .iter()
        .filter(|way| is_in_the_box(way))
        .map(|way| {
            let why = if way.reason == Reason::Silence { "no answer" } else { "other words" };
            let to = if way.to == Whereto::Human { "☎" } else { "rests" };
            format!("{why} → {to}")
        })
        .collect();
    (!said.is_empty()).then(|| format!("({})", said.join(" · ")))
}

/// The ways out of a step, those with the same end together. Plain ways have no words.
fn grouped(flow: &Flow, step: &Step, lang: Lang) -> Vec<(Vec<String>, Urgency, Whereto)> {
    let mut groups: Vec<(Vec<String>, Urgency, Whereto)> = Vec::new();
    for way in ways_out(step).into_iter().filter(|way| !is_in_the_box(way)) {
        let (words, risk) = match &way.reason {
            Reason::Done => (None, Urgency::Routine),
            Reason::Choice { value, urgency } => {
                (Some(flow.label(&step.id, value, lang).unwrap_or(value).to_owned()), *urgency)
            }
            Reason::Case(number) => match &step.kind {
                StepKind::Branch { cases, .. } => {
                    (cases.get(*number).map(|case| case.when.to_string()), Urgency::Routine)
                }
                _ => (None, Urgency::Routine),
            },
            Reason::Otherwise => (Some("otherwise".into()), Urgency::Routine),
            Reason::NotUnderstood => (Some("in other words".into()), Urgency::Routine),
            Reason::Silence => (Some("no answer".into()), Urgency::Routine),
            Reason::Call => (Some("plays".into()), Urgency::Routine),
        };
        let known = groups
            .iter_mut()
            .find(|(old, old_risk, to)| *to == way.to && *old_risk == risk && !old.is_empty() && words.is_some());
        match known {
            Some((old, _, _)) => old.extend(words),
            None => groups.push((words.into_iter().collect(), risk, way.to)),
        }
    }
    groups
}

fn step_item(flow: &Flow, step: &Step, lang: Lang) -> Item {
    let said = |text: &crate::Text| text.get(lang, flow.base).to_owned();
    let (look, words, risk) = match &step.kind {
        StepKind::Say { text, .. } => (Look::Speaks, said(text), Urgency::Routine),
        StepKind::Resources { text, kinds, .. } => {
            (Look::Speaks, format!("{} [{}]", said(text), kinds.join(", ")), Urgency::Routine)
        }
        StepKind::Ask { text, .. } | StepKind::AskText { text, .. } => (Look::Asks, said(text), Urgency::Routine),
        StepKind::Branch { .. } => (Look::Quiet, "which way?".into(), Urgency::Routine),
        StepKind::Set { name, value, .. } => (Look::Quiet, format!("keeps {name} = {value}"), Urgency::Routine),
        StepKind::Goto(_) => (Look::Quiet, "goes on".into(), Urgency::Routine),
        StepKind::Call { flow, .. } => (Look::Quiet, format!("plays {flow}, then comes back"), Urgency::Routine),
        StepKind::Pause { span, .. } => {
            (Look::Quiet, format!("waits {}", span_words(span.as_secs())), Urgency::Routine)
        }
        StepKind::Note { text, .. } => (Look::Quiet, format!("note: {text}"), Urgency::Routine),
        StepKind::Handoff(handoff) => {
            let words = handoff.say.as_ref().map_or_else(|| handoff.reason.clone(), said);
            (Look::Human, words, handoff.urgency_at_least)
        }
        StepKind::End(end) => {
            (Look::Ends, format!("{} [{}]", said(&end.text), end.kinds.join(", ")), Urgency::Routine)
        }
    };
    let mut lines = wrapped(&words, WIDE, LINES);
    lines.extend(in_the_box(step));
    Item { look, name: step.id.to_string(), lines, risk }
}

/// `10m`, as flow files write it.
pub(crate) fn span_words(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let whole = units.iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{seconds}s"), |(unit, name)| format!("{}{name}", seconds / unit))
}

/// Lines of at most so many letters; the last one says when more follows.
fn wrapped(text: &str, wide: usize, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > wide {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(line) = lines.last_mut() {
            line.push_str(" …");
        }
    }
    lines
}
