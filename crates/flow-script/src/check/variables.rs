//! A variable is set on every way before it is used, in texts and in conditions.
//!
//! Judged inside one flow: what another flow set may or may not be there, so it counts only after
//! `when: NAME is set`. Read next: `questions.rs`.

use super::graph::{Edge, Graph, Way};
use crate::pack::WrittenPack;
use crate::raw::{At, RawCondition, RawKind, RawStep};
use crate::yaml::Pos;
use crate::{Code, Diagnostic};
use domain::VarName;
use domain::limits::VARIABLES;
use std::collections::BTreeSet;

type Names = BTreeSet<String>;

/// Places that the engine fills by itself.
pub(super) const BUILT_IN: [&str; 2] = ["helpline", "emergency"];

pub(super) fn check(pack: &WrittenPack, graph: &Graph) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let mut everywhere: BTreeSet<&str> = BTreeSet::new();
    for flow in 0..pack.flows.len() {
        let set_somewhere: Names =
            pack.flows[flow].steps().iter().filter_map(sets).map(|name| name.value.as_str().to_owned()).collect();
        let surely = surely_set(pack, graph, flow, &set_somewhere);
        let Some(start) = graph.starts[flow] else { continue };
        for (number, step) in pack.flows[flow].steps().iter().enumerate() {
            let Some(known) = &surely[number] else { continue };
            for (name, pos) in uses(pack, flow, step, known) {
                told.push(tell(pack, graph, start + number, &name, pos, &set_somewhere));
            }
            if let Some(name) = sets(step)
                && everywhere.insert(name.value.as_str())
                && everywhere.len() == VARIABLES + 1
            {
                let found = format!("`{}` is the {}th variable of this pack", name.value, VARIABLES + 1);
                let place = name.pos.at(&pack.flows[flow].raw.file);
                told.push(Diagnostic::new(place, Code::TooManyVariables, found, format!("at most {VARIABLES}")));
            }
        }
    }
    told
}

fn tell(pack: &WrittenPack, graph: &Graph, node: usize, name: &str, pos: Use, somewhere: &Names) -> Diagnostic {
    let place = pos.pos.at(&pos.file.unwrap_or_else(|| pack.flows[graph.spots[node].flow].raw.file.clone()));
    if somewhere.contains(name) {
        let found = format!("`{name}` may not be set yet when the child comes here");
        return Diagnostic::new(
            place,
            Code::MaybeUnset,
            found,
            "a variable that is set on every way to this step",
        )
        .hint(format!("ask for it before, or use `when: {name} is set` in a `branch:`"));
    }
    if pos.is_place {
        let known = somewhere.iter().map(String::as_str).chain(BUILT_IN);
        let found = format!("nothing fills `{{{name}}}`");
        return Diagnostic::new(
            place,
            Code::UnfilledPlace,
            found,
            "a variable of this flow, {helpline} or {emergency}",
        )
        .did_you_mean(name, known);
    }
    let found = format!("nothing in this flow sets `{name}`");
    Diagnostic::new(place, Code::UnknownVariable, found, "a variable that a `save:` or `set:` of this flow sets")
        .did_you_mean(name, somewhere.iter().map(String::as_str))
}

fn sets(step: &RawStep) -> Option<&At<VarName>> {
    match &step.kind {
        RawKind::Ask { save, .. } => save.as_ref(),
        RawKind::AskText { save, .. } | RawKind::Mood { save, .. } => Some(save),
        RawKind::Set { name, .. } => Some(name),
        _ => None,
    }
}

/// For each step what is set on every way to it; `None` for a step that no way leads to.
fn surely_set(pack: &WrittenPack, graph: &Graph, flow: usize, all: &Names) -> Vec<Option<Names>> {
    let steps = pack.flows[flow].steps();
    let mut surely: Vec<Option<Names>> = vec![None; steps.len()];
    let Some(start) = graph.starts[flow] else { return surely };
    surely[0] = Some(Names::new());
    let mut open = vec![0_usize];
    while let Some(number) = open.pop() {
        let Some(known) = surely[number].clone() else { continue };
        for edge in &graph.edges[start + number] {
            let to = graph.spots[edge.to];
            if to.flow != flow || edge.way == Way::IntoCall {
                continue;
            }
            let mut then = known.clone();
            then.extend(gains(&steps[number], edge, all));
            let merged = match &surely[to.step] {
                Some(before) => before.intersection(&then).cloned().collect(),
                None => then,
            };
            if surely[to.step].as_ref() != Some(&merged) {
                surely[to.step] = Some(merged);
                open.push(to.step);
            }
        }
    }
    surely
}

/// What is set after leaving a step this way.
fn gains(step: &RawStep, edge: &Edge, all: &Names) -> Names {
    if let (RawKind::Branch { cases, .. }, Way::Case(number)) = (&step.kind, edge.way) {
        let mut proven = Names::new();
        proves(&cases[number].when, &mut proven);
        return proven;
    }
    let named = sets(step).map(|name| name.value.as_str().to_owned());
    named.into_iter().filter(|name| edge.way != Way::NotUnderstood && all.contains(name)).collect()
}

fn proves(condition: &RawCondition, proven: &mut Names) {
    match condition {
        RawCondition::IsSet(name) => {
            proven.insert(name.value.as_str().to_owned());
        }
        RawCondition::All(list) => list.iter().for_each(|inner| proves(inner, proven)),
        _ => {}
    }
}

/// Where a name is used that isn't surely set.
struct Use {
    pos: Pos,
    file: Option<std::path::PathBuf>,
    is_place: bool,
}

fn uses(pack: &WrittenPack, flow: usize, step: &RawStep, known: &Names) -> Vec<(String, Use)> {
    let mut uses = Vec::new();
    let written = &pack.flows[flow];
    let mut look = |text: &At<String>, file: Option<&std::path::Path>| {
        for name in places(&text.value).into_iter().filter(|name| !BUILT_IN.contains(&name.as_str())) {
            // A question's own reminder can't use its answer, nor can the question itself.
            if !known.contains(&name) {
                let file = file.map(std::path::Path::to_path_buf);
                uses.push((name, Use { pos: text.pos, file, is_place: true }));
            }
        }
    };
    let labels = step.choices().iter().map(|choice| &choice.label);
    for text in step.texts().into_iter().chain(labels) {
        look(&text.text, None);
        for translation in &written.translations {
            if let Some(words) = translation.words.get(&text.slot) {
                look(words, Some(&translation.file));
            }
        }
    }
    if let RawKind::Note { text } = &step.kind {
        look(text, None);
    }
    if let RawKind::Branch { cases, .. } = &step.kind {
        for case in cases {
            let mut here = known.clone();
            compared(&case.when, &mut here, &mut uses);
        }
    }
    uses
}

/// Goes through a condition in order; inside `all:` a name is known after its `is set`.
fn compared(condition: &RawCondition, known: &mut Names, uses: &mut Vec<(String, Use)>) {
    match condition {
        RawCondition::Compare { var, .. } | RawCondition::Contains { var, .. } => {
            let name = var.value.as_str();
            if !known.contains(name) {
                uses.push((name.to_owned(), Use { pos: var.pos, file: None, is_place: false }));
            }
        }
        RawCondition::All(list) => {
            for inner in list {
                compared(inner, known, uses);
                proves(inner, known);
            }
        }
        RawCondition::Any(list) => list.iter().for_each(|inner| compared(inner, &mut known.clone(), uses)),
        RawCondition::Not(inner) => compared(inner, &mut known.clone(), uses),
        RawCondition::IsSet(_)
        | RawCondition::AgeBand(_)
        | RawCondition::Lang(_)
        | RawCondition::Found(_)
        | RawCondition::UrgencyAtLeast(_) => {}
    }
}

/// The names in `{…}` of a text.
pub(super) fn places(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split('{').skip(1) {
        let name: String = part.chars().take_while(|c| *c != '}').collect();
        names.push(name);
    }
    names
}
