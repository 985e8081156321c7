//! All flows of a folder as they were written, with their translations, before they are checked.
//!
//! Read next: `check/mod.rs`, then `build.rs`.

use crate::Resource;
use crate::example_model::Example;
use crate::raw::{At, RawFlow, RawStep, RawText};
use crate::read::Translation;
use domain::{FlowHash, Lang, Urgency};
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(Debug)]
pub(crate) struct WrittenFlow {
    pub(crate) raw: RawFlow,
    pub(crate) hash: FlowHash,
    pub(crate) translations: Vec<Translation>,
}

#[derive(Debug, Default)]
pub(crate) struct WrittenPack {
    pub(crate) flows: Vec<WrittenFlow>,
    pub(crate) resources: Vec<At<Resource>>,
    pub(crate) resources_file: PathBuf,
    pub(crate) examples: Vec<Example>,
    pub(crate) enabled: Vec<Lang>,
    pub(crate) alarm: Option<fn(&str) -> Urgency>,
}

impl WrittenPack {
    pub(crate) fn flow_number(&self, name: &str) -> Option<usize> {
        self.flows.iter().position(|flow| flow.raw.id.value == name)
    }
}

impl WrittenFlow {
    pub(crate) fn step_number(&self, name: &str) -> Option<usize> {
        self.raw.steps.iter().position(|step| step.id.value == name)
    }

    pub(crate) fn translation(&self, lang: Lang) -> Option<&Translation> {
        self.translations.iter().find(|translation| translation.lang == lang)
    }

    /// Every text slot a translation must fill, with a place in the flow file, each once.
    pub(crate) fn slots(&self) -> Vec<(&str, crate::yaml::Pos)> {
        let mut slots = Vec::new();
        for step in &self.raw.steps {
            slots.extend(step.texts().into_iter().map(|text| (text.slot.as_str(), text.text.pos)));
            slots.extend(step.choices().iter().map(|choice| (choice.label.slot.as_str(), choice.label.text.pos)));
        }
        slots.sort();
        slots.dedup_by_key(|(slot, _)| *slot);
        slots
    }

    /// The languages that every text of the flow exists in, its own first.
    pub(crate) fn complete_langs(&self) -> Vec<Lang> {
        let slots = self.slots();
        let whole =
            |translation: &&Translation| slots.iter().all(|(slot, _)| translation.words.contains_key(*slot));
        let others = self.translations.iter().filter(whole).map(|translation| translation.lang);
        std::iter::once(self.raw.base).chain(others).collect()
    }

    /// Every text to a child, in reading order, each once.
    pub(crate) fn texts(&self) -> Vec<&RawText> {
        let mut seen = BTreeSet::new();
        let all = self.raw.steps.iter().flat_map(|step| {
            let labels = step.choices().iter().map(|choice| &choice.label);
            let texts = step.texts();
            // A question stands before its choices, and what is said when it fails after them.
            let (first, rest): (Vec<_>, Vec<_>) =
                texts.into_iter().enumerate().partition(|(number, _)| *number == 0);
            let plain = |list: Vec<(usize, _)>| list.into_iter().map(|(_, text)| text);
            plain(first).chain(labels).chain(plain(rest)).collect::<Vec<_>>()
        });
        all.filter(|text| seen.insert(text.slot.as_str())).collect()
    }

    pub(crate) fn steps(&self) -> &[RawStep] {
        &self.raw.steps
    }
}
