//! What words must keep in every language: the same places, no hidden signs, the right direction,
//! sentences short enough; and that they were translated, from what stands there now.
//!
//! Read next: `translations.rs`.

use super::variables::places;
use crate::normal::words as plain_words;
use crate::pack::{WrittenFlow, WrittenPack};
use crate::raw::{At, RawText};
use crate::reading::{LONGEST_SENTENCE, ReadingLevel};
use crate::sources::source_hash;
use crate::{Code, Diagnostic};
use domain::Lang;
use std::collections::BTreeSet;
use std::path::Path;

/// So few words can be the same in two languages: `OK`, `Stop`, a name.
const FEW_WORDS: usize = 3;

pub(super) fn check(pack: &WrittenPack) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for written in &pack.flows {
        for step in written.steps() {
            let labels = step.choices().iter().map(|choice| &choice.label);
            for text in step.texts().into_iter().chain(labels) {
                alone(&text.text, written.raw.base, &written.raw.file, &mut told);
                for translation in &written.translations {
                    let Some(words) = translation.words.get(&text.slot) else { continue };
                    alone(words, translation.lang, &translation.file, &mut told);
                    told.extend(beside(text, words, &translation.file));
                }
            }
        }
        stale(written, &mut told);
    }
    told.sort_by(|a, b| (&a.place, a.code).cmp(&(&b.place, b.code)));
    told.dedup();
    told
}

/// What can be judged of a text by itself.
fn alone(text: &At<String>, lang: Lang, file: &Path, told: &mut Vec<Diagnostic>) {
    let place = || text.pos.at(file);
    if let Some(sign) = text.value.chars().find(|c| is_hidden(*c)) {
        let found = format!("a hidden sign (U+{:04X}) stands in these words", u32::from(sign));
        told.push(
            Diagnostic::new(place(), Code::HiddenSigns, found, "words without hidden signs").hint(
                "write the words anew instead of pasting them; apps set the direction of writing themselves",
            ),
        );
    }
    let longest = ReadingLevel::of([text.value.as_str()]).longest_sentence;
    if longest > LONGEST_SENTENCE {
        let found = format!("a sentence here has {longest} words");
        let expected = format!("at most {LONGEST_SENTENCE}; best under 15");
        told.push(Diagnostic::new(place(), Code::HardToRead, found, expected).hint("make two sentences of it"));
    }
    if lang.is_right_to_left() && begins_left_to_right(&text.value) {
        let found = format!("these words in `{lang}` begin with a letter that is written from left to right");
        told.push(
            Diagnostic::new(place(), Code::TurnsAround, found, "a word of the language first")
                .hint("apps take the direction from the first letter; a number or sign may stand first"),
        );
    }
}

/// What can be judged beside the words they were translated from.
fn beside(source: &RawText, words: &At<String>, file: &Path) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let names = |text: &str| places(text).into_iter().collect::<BTreeSet<String>>();
    let there = names(&words.value);
    for name in names(&source.text.value).difference(&there) {
        let found = format!("this translation has no `{{{name}}}`");
        let expected = format!("`{{{name}}}` somewhere in it, as in the flow");
        told.push(Diagnostic::new(words.pos.at(file), Code::PlacesDiffer, found, expected));
    }
    if source.text.value == words.value && plain_words(&words.value).len() > FEW_WORDS {
        let found = "this translation is word for word the flow's own language";
        told.push(Diagnostic::new(words.pos.at(file), Code::NotTranslated, found, "the words in its language"));
    }
    told
}

/// Words whose source changed since they were translated.
fn stale(written: &WrittenFlow, told: &mut Vec<Diagnostic>) {
    for translation in &written.translations {
        for text in written.texts() {
            let (Some(kept), Some(words)) =
                (translation.sources.get(&text.slot), translation.words.get(&text.slot))
            else {
                continue;
            };
            if kept.value != source_hash(&text.text.value) {
                let found = format!("`{}` changed in `{}` since this was translated", text.slot, written.raw.base);
                let mut now: String = text.text.value.chars().take(60).collect();
                if now.len() < text.text.value.len() {
                    now.push('…');
                }
                told.push(
                    Diagnostic::new(
                        words.pos.at(&translation.file),
                        Code::StaleTranslation,
                        found,
                        format!("a translation of \"{now}\""),
                    )
                    .hint("when the words are right again: `passerelle flow translations stamp`"),
                );
            }
        }
    }
}

/// Signs that turn the direction of writing, or that nobody sees. Joiners stay: some scripts and
/// emoji need them.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
            | '\u{61c}' | '\u{feff}' | '\u{ad}' | '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
    )
}

/// The first letter decides the direction of the whole message in most apps (Unicode UAX #9, P2).
/// A place is filled with a name that may be of either direction, so it counts as left to right.
fn begins_left_to_right(text: &str) -> bool {
    text.chars().find(|c| c.is_alphabetic() || *c == '{').is_some_and(|c| !is_right_to_left(c))
}

const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}
