//! Splits a long text at sentence ends under a platform's limit (C6).
//!
//! Nothing is lost and the order is kept: the parts joined give the text back, up to white space
//! at the seams. Read next: `lib.rs`.

use crate::TextLimit;
use unicode_segmentation::UnicodeSegmentation;

impl TextLimit {
    /// How much of the limit a text uses.
    pub fn measure(self, text: &str) -> usize {
        match self {
            Self::Bytes(_) => text.len(),
            Self::Utf16(_) => text.encode_utf16().count(),
            Self::Chars(_) => text.chars().count(),
        }
    }

    /// The most it allows.
    pub const fn most(self) -> usize {
        match self {
            Self::Bytes(most) | Self::Utf16(most) | Self::Chars(most) => most,
        }
    }

    fn fits(self, text: &str) -> bool {
        self.measure(text) <= self.most()
    }
}

/// The text in parts that each fit: at sentence ends, else between words, else between graphemes.
pub fn split_text(text: &str, limit: TextLimit) -> Vec<String> {
    if limit.fits(text) {
        return vec![text.to_owned()];
    }
    let mut parts = Parts { limit, done: Vec::new(), open: String::new() };
    for sentence in text.split_sentence_bounds() {
        parts.add(sentence, &[by_word, by_grapheme]);
    }
    parts.finish()
}

type Cut = fn(&str) -> Vec<&str>;

fn by_word(text: &str) -> Vec<&str> {
    text.split_word_bounds().collect()
}

fn by_grapheme(text: &str) -> Vec<&str> {
    text.graphemes(true).collect()
}

struct Parts {
    limit: TextLimit,
    done: Vec<String>,
    open: String,
}

impl Parts {
    fn add(&mut self, piece: &str, finer: &[Cut]) {
        let mut joined = self.open.clone();
        joined.push_str(piece);
        if self.limit.fits(joined.trim_end()) {
            self.open = joined;
        } else if self.limit.fits(piece) || finer.is_empty() {
            self.close();
            self.open = piece.trim_start().to_owned();
        } else {
            self.close();
            for smaller in finer[0](piece) {
                self.add(smaller, &finer[1..]);
            }
        }
    }

    fn close(&mut self) {
        let part = std::mem::take(&mut self.open);
        let part = part.trim_end();
        if !part.is_empty() {
            self.done.push(part.to_owned());
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.close();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_sentence_ends_first() {
        let parts = split_text("One two. Three four. Five.", TextLimit::Chars(12));
        assert_eq!(parts, ["One two.", "Three four.", "Five."]);
    }

    #[test]
    fn cuts_between_words_when_a_sentence_is_too_long() {
        assert_eq!(split_text("aaaa bbbb cccc", TextLimit::Chars(9)), ["aaaa bbbb", "cccc"]);
    }

    #[test]
    fn never_cuts_inside_a_grapheme() {
        let family = "👨‍👩‍👧";
        let parts = split_text(&family.repeat(3), TextLimit::Utf16(9));
        assert_eq!(parts, [family, family, family]);
    }

    #[test]
    fn loses_no_letter() {
        let text = "Ça va ? Oui… non ! ".repeat(300);
        let squeeze = |s: &str| s.split_whitespace().collect::<String>();
        for limit in [TextLimit::Bytes(50), TextLimit::Utf16(33), TextLimit::Chars(2000)] {
            let parts = split_text(&text, limit);
            assert!(parts.iter().all(|part| limit.measure(part) <= limit.most()));
            assert_eq!(squeeze(&parts.concat()), squeeze(&text));
        }
    }
}
