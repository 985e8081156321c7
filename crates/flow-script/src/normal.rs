//! A child's short answer made comparable: case, accents, punctuation and look of letters aside.
//!
//! For choosing among answers only; safety screening has its own, much wider reading.
//! Read next: `choose.rs`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Longest text that is looked at, in characters. No label or interrupt is longer.
const LONGEST: usize = 300;

/// The words of a text: small letters without accents, split at everything else. Letters and
/// digits of every script are kept.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in plain(text) {
        if c.is_alphanumeric() {
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
        } else if words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words with single spaces; for a text without any word, such as `👍`, its signs.
pub(crate) fn key(text: &str) -> String {
    let words = words(text);
    if words.is_empty() { signs(text) } else { words.join(" ") }
}

fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
    // A combining class of zero keeps the vowel signs of Indic scripts, which are no accents.
    text.chars()
        .take(LONGEST)
        .nfkd()
        .filter(|c| canonical_combining_class(*c) == 0 && !is_unseen(*c))
        .flat_map(char::to_lowercase)
}

/// Zero-width characters and variation selectors.
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}

/// Emoji without skin tone, each different one once: `👍🏽👍` is `👍`.
fn signs(text: &str) -> String {
    let mut signs = String::new();
    for c in plain(text) {
        let is_skin_tone = matches!(c, '\u{1f3fb}'..='\u{1f3ff}');
        if !c.is_whitespace() && !c.is_ascii_punctuation() && !is_skin_tone && !signs.contains(c) {
            signs.push(c);
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_aside_from_case_accents_and_signs() {
        assert_eq!(key("  Été!! "), "ete");
        assert_eq!(key("l'école"), "l ecole");
        assert_eq!(key("ＹＥＳ"), "yes");
        assert_eq!(key("ye\u{200b}s"), "yes");
        assert_eq!(key("👍🏽👍"), "👍");
        assert_eq!(key("yes 👍"), "yes");
        assert_eq!(key("हाँ"), key("हाँ।"));
        assert_eq!(key("?!"), "");
    }
}
