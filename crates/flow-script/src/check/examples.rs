//! Example conversations name only steps and choices that are there; steps that no example comes
//! to are pointed out.
//!
//! Whether an example comes true is shown by playing it, not here. Read next: `../build.rs`.

use crate::example_model::{Example, ExampleWhat};
use crate::mood;
use crate::pack::{WrittenFlow, WrittenPack};
use crate::raw::{RawKind, RawNext, RawTarget};
use crate::{Code, Diagnostic, Place};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> = pack.examples.iter().flat_map(|example| broken(pack, example)).collect();
    let heard = heard_in(pack);
    for written in &pack.flows {
        let heard = heard.get(written.raw.id.value.as_str()).map(Vec::as_slice).unwrap_or_default();
        untested(written, heard, &mut told);
    }
    told
}

fn broken(pack: &WrittenPack, example: &Example) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for turn in &example.turns {
        let place = Place { file: example.file.clone(), line: turn.line, column: 1, length: 1 };
        match &turn.what {
            ExampleWhat::BotAsks { flow, step } => {
                let Some(number) = pack.flow_number(flow.as_str()) else {
                    let found = format!("there is no flow `{flow}`");
                    let names = pack.flows.iter().map(|flow| flow.raw.id.value.as_str());
                    told.push(
                        Diagnostic::new(place, Code::BadExample, found, "`STEP`, or `FLOW/STEP`")
                            .did_you_mean(flow.as_str(), names),
                    );
                    continue;
                };
                let written = &pack.flows[number];
                if written.step_number(step.as_str()).is_none() {
                    let names = written.steps().iter().map(|step| step.id.value.as_str());
                    let found = format!("the flow `{flow}` has no step `{step}`");
                    told.push(
                        Diagnostic::new(place, Code::BadExample, found, "a step that asks")
                            .did_you_mean(step.as_str(), names),
                    );
                }
            }
            ExampleWhat::ChildTaps(value) => {
                let mut choices = pack.flows.iter().flat_map(WrittenFlow::steps).flat_map(|step| step.choices());
                if !mood::VALUES.contains(&value.as_str()) && !choices.any(|choice| choice.value.value == *value) {
                    let found = format!("no question has the choice `{value}`");
                    told.push(Diagnostic::new(place, Code::BadExample, found, "the value of a choice"));
                }
            }
            _ => {}
        }
    }
    told
}

/// For each flow the examples that can come to it: its own, those of flows that lead to it, and those
/// that name it. The flows with a role can come at any moment. To look for every example's words in
/// every flow would take minutes in a large pack.
fn heard_in(pack: &WrittenPack) -> BTreeMap<&str, Vec<&Example>> {
    let with_role = || pack.flows.iter().filter(|flow| flow.raw.plays.is_some());
    let leads: BTreeMap<&str, BTreeSet<&str>> =
        pack.flows.iter().map(|flow| (flow.raw.id.value.as_str(), leads_to(flow))).collect();
    let mut heard: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in &pack.examples {
        let mut flows: BTreeSet<&str> = with_role().map(|flow| flow.raw.id.value.as_str()).collect();
        let named = example.turns.iter().filter_map(|turn| match &turn.what {
            ExampleWhat::BotAsks { flow, .. } => Some(flow.as_str()),
            _ => None,
        });
        for flow in named.chain([example.flow.as_str()]) {
            flows.insert(flow);
            flows.extend(leads.get(flow).into_iter().flatten());
        }
        for flow in flows {
            heard.entry(flow).or_default().push(example);
        }
    }
    heard
}

fn leads_to(written: &WrittenFlow) -> BTreeSet<&str> {
    let mut flows = BTreeSet::new();
    for step in written.steps() {
        let targets = step.choices().iter().map(|choice| &choice.next).chain([&step.next]);
        let cases = match &step.kind {
            RawKind::Branch { cases, otherwise } => cases.iter().map(|case| &case.to).chain([otherwise]).collect(),
            _ => Vec::new(),
        };
        let other = match &step.kind {
            RawKind::Call { flow } => Some(flow),
            RawKind::Handoff(handoff) => match &handoff.meanwhile {
                Some(RawTarget::Flow(flow)) => Some(flow),
                _ => None,
            },
            _ => None,
        };
        flows.extend(other.map(|flow| flow.value.as_str()));
        flows.extend(targets.chain(cases).filter_map(|next| match next {
            RawNext::To(RawTarget::Flow(flow)) => Some(flow.value.as_str()),
            _ => None,
        }));
    }
    flows
}

/// A step counts as tested when an example stops at it or hears its words.
fn untested(written: &WrittenFlow, heard: &[&Example], told: &mut Vec<Diagnostic>) {
    let name = &written.raw.id.value;
    for step in written.steps() {
        let words: Vec<&str> = step
            .texts()
            .into_iter()
            .flat_map(|text| {
                let translated = written.translations.iter().filter_map(|lang| lang.words.get(&text.slot));
                std::iter::once(&text.text).chain(translated)
            })
            .map(|text| text.value.as_str())
            .collect();
        let silent_handoff = matches!(&step.kind, RawKind::Handoff(_)) && words.is_empty();
        if words.is_empty() || silent_handoff {
            continue;
        }
        let tested = heard.iter().flat_map(|example| &example.turns).any(|turn| match &turn.what {
            ExampleWhat::BotAsks { flow, step: asked } => flow.as_str() == name && asked.as_str() == step.id.value,
            ExampleWhat::BotSays(part) => words.iter().any(|text| text.contains(part.as_str())),
            _ => false,
        });
        if !tested {
            let place = step.id.pos.at(&written.raw.file);
            let found = format!("no example conversation comes to the step `{}`", step.id.value);
            let expected = format!("`bot_asks: {}` or a part of its words in `bot_says:`", step.id.value);
            told.push(Diagnostic::new(place, Code::Untested, found, expected));
        }
    }
}
