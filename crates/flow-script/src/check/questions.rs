//! Questions: capped retries, a right number of choices, and no two answers that sound the same.
//!
//! Read next: `texts.rs`.

use crate::interrupts::{Interrupt, interrupt};
use crate::normal::key;
use crate::pack::{WrittenFlow, WrittenPack};
use crate::raw::{At, RawChoice, RawKind, RawNext, RawStep, RawTarget};
use crate::{Code, Diagnostic};
use std::collections::BTreeMap;
use std::path::Path;

/// Most often that a question is asked again.
const RETRIES: u32 = 5;
/// Discord's menu takes no more.
const CHOICES: usize = 25;
/// More are hard to take in on a phone.
const FEW_CHOICES: usize = 5;

pub(super) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for written in &pack.flows {
        for step in written.steps() {
            if let RawKind::Ask { choices, .. } = &step.kind {
                count(written, step, choices, &mut told);
                clashes(written, choices, &mut told);
            }
            let (RawKind::Ask { asks, .. } | RawKind::AskText { asks, .. } | RawKind::Mood { asks, .. }) =
                &step.kind
            else {
                continue;
            };
            if let Some(other) = asks.other.as_ref().filter(|other| other.retries.value > RETRIES) {
                let place = other.retries.pos.at(&written.raw.file);
                let found = format!("the question would be asked {} times again", other.retries.value);
                told.push(Diagnostic::new(
                    place,
                    Code::TooManyRetries,
                    found,
                    format!("at most {RETRIES} retries"),
                ));
            }
        }
    }
    told
}

fn count(written: &WrittenFlow, step: &RawStep, choices: &[RawChoice], told: &mut Vec<Diagnostic>) {
    let (name, number) = (&step.id.value, choices.len());
    let place = step.id.pos.at(&written.raw.file);
    if number == 0 || number > CHOICES {
        let found = format!("the question `{name}` has {number} choices");
        told.push(Diagnostic::new(place, Code::ChoiceCount, found, format!("1 to {CHOICES} choices")));
    } else if number > FEW_CHOICES {
        let found = format!("the question `{name}` has {number} choices");
        told.push(Diagnostic::new(
            place,
            Code::ManyChoices,
            found,
            format!("at most {FEW_CHOICES}, to be read at a glance"),
        ));
    }
}

/// One way to give an answer: where it is written and which choice it means.
pub(super) struct Said<'a> {
    pub(super) choice: usize,
    pub(super) text: &'a At<String>,
    pub(super) file: &'a Path,
}

fn clashes(written: &WrittenFlow, choices: &[RawChoice], told: &mut Vec<Diagnostic>) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for said in all_said(written, choices) {
        let key = key(&said.text.value);
        let shown = &said.text.value;
        let place = || said.text.pos.at(said.file);
        if let Some(found) = interrupt(shown)
            && !(found == Interrupt::Human && leads_to_human(written, &choices[said.choice]))
        {
            let found = format!("`{shown}` always means something else: {}", meaning(found));
            told.push(
                Diagnostic::new(place(), Code::InterruptClash, found, "other words")
                    .hint("human, stop, help, delete and language work at every step, in every language"),
            );
        }
        let first = *known.entry(key).or_insert(said.choice);
        if first != said.choice {
            let (one, two) = (&choices[first].value.value, &choices[said.choice].value.value);
            let found = format!("`{shown}` is an answer to both `{one}` and `{two}`");
            told.push(
                Diagnostic::new(place(), Code::ChoiceClash, found, "each answer for one choice, in all languages")
                    .hint("capital letters, accents and signs make no difference"),
            );
        }
    }
}

pub(super) fn all_said<'a>(written: &'a WrittenFlow, choices: &'a [RawChoice]) -> Vec<Said<'a>> {
    let mut all = Vec::new();
    for (choice, raw) in choices.iter().enumerate() {
        let file = written.raw.file.as_path();
        all.push(Said { choice, text: &raw.label.text, file });
        all.extend(raw.also.iter().map(|text| Said { choice, text, file }));
        for translation in &written.translations {
            let file = translation.file.as_path();
            let label = translation.words.get(&raw.label.slot);
            let also = translation.also.get(&raw.also_slot).map(|(_, list)| list.as_slice()).unwrap_or_default();
            all.extend(label.into_iter().chain(also).map(|text| Said { choice, text, file }));
        }
    }
    all
}

/// The choice goes straight to a handoff, so "a person" means the same by either way.
pub(super) fn leads_to_human(written: &WrittenFlow, choice: &RawChoice) -> bool {
    let RawNext::To(RawTarget::Step(name)) = &choice.next else { return false };
    let step = written.step_number(&name.value).map(|number| &written.steps()[number]);
    step.is_some_and(|step| matches!(step.kind, RawKind::Handoff(_)))
}

const fn meaning(interrupt: Interrupt) -> &'static str {
    match interrupt {
        Interrupt::Human => "the child wants a human",
        Interrupt::Stop => "the child wants to stop",
        Interrupt::Help => "the child wants the help page",
        Interrupt::Delete => "the child wants their messages deleted",
        Interrupt::Language(_) => "the child wants another language",
    }
}
