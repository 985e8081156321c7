//! Texts fit every platform, in every language, after the longest substitution.
//!
//! Platforms differ; the smallest limit counts, so that a flow works on all of them.
//! Read next: `translations.rs`.

use super::variables::places;
use crate::pack::{WrittenFlow, WrittenPack};
use crate::raw::{At, RawKind, RawStep, RawText};
use crate::read::NAME_BYTES;
use crate::{AskKind, Code, Diagnostic, Literal};
use domain::limits::VARIABLE_BYTES;
use std::collections::BTreeMap;
use std::path::Path;

/// Longest message, and how it is counted. Sources: the platforms' own references.
const MESSAGE: [(&str, usize, Count); 3] =
    [("Discord", 2_000, Count::Utf16), ("Telegram", 4_096, Count::Utf16), ("Matrix", 60_000, Count::Bytes)];
/// Longest label of a button, on Discord.
const LABEL: usize = 80;
/// Longer labels are cut on small phones.
const SHORT_LABEL: usize = 20;
/// Longer bubbles are hard to read.
const SHORT_BUBBLE: usize = 500;
/// The longest helpline name and emergency line that the configuration takes, in characters.
const BUILT_IN_CHARS: usize = 80;

#[derive(Clone, Copy)]
enum Count {
    /// As Discord and Telegram count.
    Utf16,
    Bytes,
}

pub(super) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let longest = longest_values(pack);
    let mut told = Vec::new();
    for written in &pack.flows {
        for step in written.steps() {
            let mut each = |text: &At<String>, file: &Path| bubble(text, file, step, &longest, &mut told);
            step.texts().into_iter().for_each(|text| in_all_languages(written, text, &mut each));
            let mut each = |text: &At<String>, file: &Path| label(text, file, &longest, &mut told);
            step.choices().iter().for_each(|choice| in_all_languages(written, &choice.label, &mut each));
        }
    }
    told
}

fn in_all_languages(written: &WrittenFlow, text: &RawText, each: &mut impl FnMut(&At<String>, &Path)) {
    each(&text.text, &written.raw.file);
    for translation in &written.translations {
        if let Some(words) = translation.words.get(&text.slot) {
            each(words, &translation.file);
        }
    }
}

fn bubble(
    text: &At<String>,
    file: &Path,
    step: &RawStep,
    longest: &BTreeMap<&str, usize>,
    told: &mut Vec<Diagnostic>,
) {
    let filled = filled(&text.value, longest);
    // Where there are no buttons, the choices stand under the question, each with its number.
    let listed: usize = step.choices().iter().map(|choice| choice.label.text.value.len() + 8).sum();
    let too_long = MESSAGE.iter().find(|(_, most, count)| match count {
        Count::Utf16 => filled.utf16 > *most,
        Count::Bytes => filled.bytes + listed > *most,
    });
    let place = || text.pos.at(file);
    if let Some((platform, most, _)) = too_long {
        let found = format!("this text can grow to {} characters", filled.utf16);
        let expected = format!("at most {most}, for {platform}");
        told.push(
            Diagnostic::new(place(), Code::TextTooLong, found, expected)
                .hint("split it into several steps; a variable counts with the longest it can hold"),
        );
    } else if text.value.chars().count() > SHORT_BUBBLE {
        let found = format!("this bubble has {} characters", text.value.chars().count());
        told.push(Diagnostic::new(
            place(),
            Code::LongBubble,
            found,
            format!("at most {SHORT_BUBBLE}; best under 300"),
        ));
    }
}

fn label(text: &At<String>, file: &Path, longest: &BTreeMap<&str, usize>, told: &mut Vec<Diagnostic>) {
    let filled = filled(&text.value, longest).utf16;
    let place = text.pos.at(file);
    if filled > LABEL {
        let found = format!("this label can grow to {filled} characters");
        told.push(Diagnostic::new(place, Code::LabelTooLong, found, format!("at most {LABEL}, for Discord")));
    } else if text.value.chars().count() > SHORT_LABEL {
        let found = format!("this label has {} characters", text.value.chars().count());
        told.push(Diagnostic::new(
            place,
            Code::LongLabel,
            found,
            format!("at most {SHORT_LABEL}, or phones cut it"),
        ));
    }
}

struct Filled {
    utf16: usize,
    bytes: usize,
}

fn filled(text: &str, longest: &BTreeMap<&str, usize>) -> Filled {
    let mut filled = Filled { utf16: text.encode_utf16().count(), bytes: text.len() };
    for name in places(text) {
        let grows = longest.get(name.as_str()).copied().unwrap_or(BUILT_IN_CHARS);
        filled.utf16 += grows;
        filled.bytes += grows * 4;
    }
    filled
}

/// The most characters each variable can hold, over all flows, since flows share them.
fn longest_values(pack: &WrittenPack) -> BTreeMap<&str, usize> {
    let mut longest: BTreeMap<&str, usize> = BTreeMap::new();
    for step in pack.flows.iter().flat_map(WrittenFlow::steps) {
        let (name, length) = match &step.kind {
            RawKind::Ask { save: Some(name), .. } => (name, NAME_BYTES),
            RawKind::AskText { save, kind, .. } => match kind {
                AskKind::Text | AskKind::Region => (save, VARIABLE_BYTES),
                AskKind::Number | AskKind::Age => (save, 20),
            },
            RawKind::Mood { save, .. } => (save, 1),
            RawKind::Set { name, value } => match value {
                Literal::Text(text) => (name, text.chars().count()),
                Literal::Number(_) => (name, 20),
            },
            _ => continue,
        };
        let known = longest.entry(name.value.as_str()).or_default();
        *known = length.max(*known);
    }
    longest
}
