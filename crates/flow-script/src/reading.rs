//! How hard words are to read: length of sentences, and LIX.
//!
//! LIX (Björnsson, 1968) is words per sentence plus long words (over six letters) in a hundred. It
//! needs no list of syllables, so it is the same sum in every language with letters and spaces; its
//! bands differ by language. It judges form, never whether words are kind. Read next: `check/words.rs`.

use crate::{Flow, StepKind};
use domain::Lang;

/// A sentence with more words is hard to keep in mind for a child of ten.
pub(crate) const LONGEST_SENTENCE: usize = 25;

/// Languages, and the highest LIX that a flow should have in them. Easy books for children are under 25 in
/// English; French and its neighbours have more long words for the same ease.
const BANDS: [(&str, u32); 5] = [("en", 25), ("fr", 33), ("es", 35), ("pt", 35), ("de", 35)];

/// How hard some words are to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingLevel {
    /// Words in all.
    pub words: usize,
    /// Words per sentence plus long words in a hundred.
    pub lix: u32,
    /// Words of the longest sentence.
    pub longest_sentence: usize,
}

impl ReadingLevel {
    /// Of several texts together. All zero without words.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut words, mut long, mut sentences, mut longest_sentence) = (0_usize, 0_usize, 0_usize, 0);
        for sentence in texts.into_iter().flat_map(sentences_of) {
            let lengths: Vec<usize> = sentence.map(letters).filter(|letters| *letters > 0).collect();
            if lengths.is_empty() {
                continue;
            }
            sentences += 1;
            words += lengths.len();
            long += lengths.iter().filter(|letters| **letters > 6).count();
            longest_sentence = longest_sentence.max(lengths.len());
        }
        let lix = if words == 0 { 0 } else { words.div_ceil(sentences) + (long * 100).div_ceil(words) };
        Self { words, lix: u32::try_from(lix).unwrap_or(u32::MAX), longest_sentence }
    }

    /// Of everything that a flow can say to a child in a language.
    pub fn of_flow(flow: &Flow, lang: Lang) -> Self {
        Self::of(said(flow).into_iter().map(|text| text.get(lang, flow.base)))
    }

    /// The highest LIX that a flow should have in this language; `None` where no band is known.
    pub fn band(lang: Lang) -> Option<u32> {
        BANDS.iter().find(|(tag, _)| *tag == lang.primary().as_str()).map(|(_, most)| *most)
    }
}

/// Sentences, each as its words. A place such as `{helpline}` is one word.
fn sentences_of(text: &str) -> impl Iterator<Item = std::str::SplitWhitespace<'_>> {
    text.split(['.', '!', '?', ':', ';', '\n', '…', '؟', '。', '؛']).map(str::split_whitespace)
}

/// The letters of a word; the longest part where an apostrophe or hyphen joins words.
fn letters(word: &str) -> usize {
    let parts = word.split(['\'', '’', '-']);
    parts.map(|part| part.chars().filter(|c| c.is_alphanumeric()).count()).max().unwrap_or_default()
}

fn said(flow: &Flow) -> Vec<&crate::Text> {
    let mut texts = Vec::new();
    for step in flow.steps.values() {
        match &step.kind {
            StepKind::Say { text, .. } | StepKind::Resources { text, .. } => texts.push(text),
            StepKind::Ask { text, other, silence, .. } | StepKind::AskText { text, other, silence, .. } => {
                texts.push(text);
                texts.extend(&other.say);
                texts.extend(silence.reminders.iter().map(|reminder| &reminder.text));
            }
            StepKind::Handoff(handoff) => texts.extend(&handoff.say),
            StepKind::End(end) => texts.push(&end.text),
            _ => {}
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_and_sentences_read_easily() {
        let easy = ReadingLevel::of(["I'm here. You can write one word.", "Take your time."]);
        assert_eq!((easy.words, easy.lix, easy.longest_sentence), (10, 4, 5));
        let hard = ReadingLevel::of([
            "Notwithstanding administrative considerations, confidentiality obligations necessitate disclosure",
        ]);
        assert!(hard.lix > 90, "{hard:?}");
        assert_eq!(ReadingLevel::of(["", "?!"]).lix, 0);
    }
}
