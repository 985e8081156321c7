//! The five answers of a `mood:` step. Built in, so that "before" and "after" mean the same in every
//! flow and every helpline (C13).
//!
//! Not a measure and not a diagnosis: a child's own word for how it is now. Read next: `build.rs`.

use domain::Lang;

/// Answers from 1 to 5 by language: the label first, then other ways to say it.
const LEVELS: [(&str, [&[&str]; 5]); 6] = [
    (
        "en",
        [
            &["Really bad", "very bad", "terrible", "awful"],
            &["Bad", "not good", "not so good"],
            &["So-so", "meh", "in between"],
            &["Good", "ok", "okay", "fine"],
            &["Really good", "very good", "great"],
        ],
    ),
    (
        "fr",
        [
            &["Très mal", "vraiment mal", "horrible", "super mal"],
            &["Mal", "pas bien", "pas très bien"],
            &["Moyen", "bof", "ni bien ni mal"],
            &["Bien", "ça va", "ok"],
            &["Très bien", "super bien", "super"],
        ],
    ),
    (
        "es",
        [
            &["Muy mal", "fatal", "horrible"],
            &["Mal", "no muy bien"],
            &["Regular", "más o menos", "así así"],
            &["Bien", "vale", "ok"],
            &["Muy bien", "genial"],
        ],
    ),
    (
        "ar",
        [
            &["سيئ جدا", "سيئة جدا"],
            &["سيئ", "سيئة", "لست بخير"],
            &["بين بين", "عادي"],
            &["جيد", "جيدة", "بخير"],
            &["جيد جدا", "جيدة جدا", "ممتاز"],
        ],
    ),
    (
        "pt",
        [
            &["Muito mal", "péssimo", "horrível"],
            &["Mal", "não muito bem"],
            &["Mais ou menos", "assim assim"],
            &["Bem", "ok"],
            &["Muito bem", "ótimo"],
        ],
    ),
    (
        "de",
        [
            &["Sehr schlecht", "furchtbar"],
            &["Schlecht", "nicht gut"],
            &["Geht so", "mittel"],
            &["Gut", "ok"],
            &["Sehr gut", "super"],
        ],
    ),
];

/// The values that are kept: `1` is really bad, `5` really good.
pub(crate) const VALUES: [&str; 5] = ["1", "2", "3", "4", "5"];

/// Label and other ways to say it, for each of the five; `None` for a language that isn't here yet.
pub(crate) fn levels(lang: Lang) -> Option<&'static [&'static [&'static str]; 5]> {
    LEVELS.iter().find(|(tag, _)| *tag == lang.primary().as_str()).map(|(_, levels)| levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{interrupt, normal::key};
    use std::collections::BTreeSet;

    #[test]
    fn no_two_levels_sound_the_same_and_labels_are_short() {
        for (tag, levels) in LEVELS {
            let mut known = BTreeSet::new();
            for said in levels.iter().flat_map(|level| level.iter()) {
                assert!(known.insert(key(said)), "`{said}` stands twice in {tag}");
                assert_eq!(interrupt(said), None, "{said}");
            }
            assert!(levels.iter().all(|level| level[0].chars().count() <= 20), "{tag}");
        }
    }

    #[test]
    fn no_word_means_two_levels_in_two_languages() {
        let mut known: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for (tag, levels) in LEVELS {
            for (level, said) in levels.iter().enumerate().flat_map(|(n, level)| level.iter().map(move |s| (n, s)))
            {
                assert_eq!(*known.entry(key(said)).or_insert(level), level, "`{said}` in {tag}");
            }
        }
    }
}
