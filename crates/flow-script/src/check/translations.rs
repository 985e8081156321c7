//! Every text exists in every enabled language, and no translation speaks of what isn't there.
//!
//! Read next: `examples.rs`.

use crate::mood;
use crate::pack::{WrittenFlow, WrittenPack};
use crate::raw::RawKind;
use crate::yaml::Pos;
use crate::{Code, Diagnostic, Place};
use domain::Lang;
use std::collections::BTreeSet;

pub(super) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for written in &pack.flows {
        let slots = written.slots();
        for lang in pack.enabled.iter().filter(|lang| **lang != written.raw.base) {
            missing(written, *lang, &slots, &mut told);
        }
        stray(written, &slots, &mut told);
        for lang in pack.enabled.iter().filter(|lang| mood::levels(**lang).is_none()) {
            for step in written.steps().iter().filter(|step| matches!(step.kind, RawKind::Mood { .. })) {
                let found = format!("the answers of a `mood:` step don't exist in `{lang}` yet");
                let place = step.id.pos.at(&written.raw.file);
                told.push(
                    Diagnostic::new(place, Code::MissingTranslation, found, "an `ask:` with choices of your own")
                        .hint("the built-in answers stand in `crates/flow-script/src/mood.rs`; a language is six lines"),
                );
            }
        }
    }
    for resource in &pack.resources {
        for lang in pack.enabled.iter().filter(|lang| !resource.value.line.0.contains_key(lang)) {
            let place = resource.pos.at(&pack.resources_file);
            let found = format!("the contact `{}` has no line in `{lang}`", resource.value.id);
            told.push(Diagnostic::new(place, Code::MissingTranslation, found, format!("a line `{lang}: …`")));
        }
    }
    told
}

fn missing(written: &WrittenFlow, lang: Lang, slots: &[(&str, Pos)], told: &mut Vec<Diagnostic>) {
    let name = &written.raw.id.value;
    if slots.is_empty() {
        return;
    }
    let Some(translation) = written.translation(lang) else {
        let place = Place { file: written.raw.file.clone(), ..Place::default() };
        let found = format!("the flow `{name}` isn't translated to `{lang}`");
        let expected =
            format!("a file `{lang}.yaml` beside `flow.yaml`, with the same keys and the words in `{lang}`");
        told.push(Diagnostic::new(place, Code::MissingTranslation, found, expected));
        return;
    };
    for (slot, pos) in slots.iter().filter(|(slot, _)| !translation.words.contains_key(*slot)) {
        let found = format!("`{slot}` has no words in `{lang}`");
        let expected = format!("the words in {}", translation.file.display());
        told.push(Diagnostic::new(pos.at(&written.raw.file), Code::MissingTranslation, found, expected));
    }
}

fn stray(written: &WrittenFlow, slots: &[(&str, Pos)], told: &mut Vec<Diagnostic>) {
    let known: BTreeSet<&str> = slots.iter().map(|(slot, _)| *slot).collect();
    let choices: BTreeSet<&str> =
        written.steps().iter().flat_map(|step| step.choices()).map(|choice| choice.also_slot.as_str()).collect();
    for translation in &written.translations {
        let words = translation.words.iter().map(|(slot, text)| (slot, text.pos, &known));
        let also = translation.also.iter().map(|(slot, (pos, _))| (slot, *pos, &choices));
        for (slot, pos, known) in words.chain(also).filter(|(slot, _, known)| !known.contains(slot.as_str())) {
            let found = format!("the flow has no `{slot}`");
            told.push(
                Diagnostic::new(
                    pos.at(&translation.file),
                    Code::StrayTranslation,
                    found,
                    "the same keys as in `flow.yaml`",
                )
                .did_you_mean(slot, known.iter().copied()),
            );
        }
    }
}
