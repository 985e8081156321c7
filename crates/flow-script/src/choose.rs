//! Which choice a child's typed answer means, if it surely means one.
//!
//! In doubt it means none: the bot asks again, which costs a moment; a wrong guess can route
//! "no, I'm suicidal" as "no". Screening has seen the whole text before. Read next: `interrupts.rs`.

use crate::ChoiceStep;
use crate::normal::{key, words};
use domain::Lang;

/// Words that may stand beside an answer without changing it: `yes please`, `I think 2`.
/// No word that denies, doubts or tells something belongs here.
const FILLERS: &[&str] = &[
    "a", "an", "the", "please", "pls", "plz", "thanks", "thank", "you", "ok", "okay", "um", "uh", "hm", "hmm",
    "well", "i", "m", "am", "im", "s", "about", "think", "guess", "would", "like", "want", "choose", "pick",
    "number", "option", "answer", "my", "hi", "hello", "years", "year", "old", "je", "j", "c", "ce", "est",
    "cest", "suis", "le", "la", "l", "les", "un", "une", "du", "de", "d", "des", "stp", "svp", "s", "il", "te",
    "plait", "vous", "merci", "euh", "ben", "bah", "alors", "crois", "pense", "que", "veux", "voudrais",
    "choisis", "prends", "numero", "choix", "reponse", "mon", "ma", "bonjour", "salut", "ai", "ans",
];

/// A question isn't an answer: `am I safe`.
const QUESTION_STARTS: &[&str] = &["am", "is", "are", "do", "does", "can", "est", "es", "suis"];

/// Words that turn an answer round. A misspelling never bridges one.
const NEGATIONS: &[&str] = &[
    "no", "not", "never", "nobody", "nothing", "none", "cant", "cannot", "dont", "isnt", "arent", "wont", "didnt",
    "t", "non", "nan", "pas", "ne", "n", "jamais", "rien", "plus", "aucun", "aucune",
];

/// Numbers as words, by language; the index is the number minus one.
const NUMBERS: &[(&str, &[&str])] = &[
    ("en", &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]),
    ("en", &["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]),
    ("en", &["the first one", "the second one", "the third one", "the fourth one", "the fifth one"]),
    ("fr", &["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"]),
    ("fr", &["premier", "deuxieme", "troisieme", "quatrieme", "cinquieme", "sixieme"]),
    ("fr", &["premiere", "seconde", "troisieme", "quatrieme", "cinquieme", "sixieme"]),
    ("fr", &["le premier", "le deuxieme", "le troisieme", "le quatrieme", "le cinquieme", "le sixieme"]),
    ("fr", &["la premiere", "la deuxieme", "la troisieme", "la quatrieme", "la cinquieme", "la sixieme"]),
];

/// Longest answer in which a label may stand among other words.
const SHORT_ANSWER_WORDS: usize = 4;

/// The choice that a typed text means. `lang` is the child's; `langs` are all of the flow, since
/// children answer in the language of their home. Tried in order: number, label or synonym in the
/// child's language, in another, a label among filler words, a misspelling. Each must be unique.
pub fn match_choice(text: &str, choices: &[ChoiceStep], lang: Lang, langs: &[Lang]) -> Option<usize> {
    let said = key(text);
    if said.is_empty() {
        return None;
    }
    let own = phrases(choices, &[lang]);
    let all = phrases(choices, langs);
    exact(&said, &own)
        .or_else(|| exact(&said, &all))
        .or_else(|| number(&said, choices.len(), lang, langs))
        .or_else(|| choices.iter().position(|choice| choice.value == text.trim()))
        .or_else(|| {
            let asks = text.contains(['?', '？', '؟']);
            if asks { None } else { among_fillers(&words(text), &all, choices.len(), lang, langs) }
        })
        .or_else(|| misspelled(&said, &own))
        .or_else(|| misspelled(&said, &all))
}

/// All labels and synonyms in these languages, normalised, each with its choice's number.
pub(crate) fn phrases(choices: &[ChoiceStep], langs: &[Lang]) -> Vec<(usize, String)> {
    let mut phrases = Vec::new();
    for (number, choice) in choices.iter().enumerate() {
        for lang in langs {
            phrases.extend(choice.label.0.get(lang).map(|label| (number, key(label))));
            let synonyms = choice.synonyms.get(lang).into_iter().flatten();
            phrases.extend(synonyms.map(|synonym| (number, key(synonym))));
        }
    }
    phrases.retain(|(_, phrase)| !phrase.is_empty());
    phrases
}

fn exact(said: &str, phrases: &[(usize, String)]) -> Option<usize> {
    only_one(phrases.iter().filter(|(_, phrase)| phrase == said).map(|(number, _)| *number))
}

/// The number that is said, counted from 0, when it is one of the choices.
fn number(said: &str, choices: usize, lang: Lang, langs: &[Lang]) -> Option<usize> {
    let digits = said.parse::<usize>().ok();
    let spoken = || {
        let known =
            |tag: &str| lang.primary().as_str() == tag || langs.iter().any(|lang| lang.primary().as_str() == tag);
        let lists = NUMBERS.iter().filter(|(tag, _)| known(tag));
        only_one(lists.filter_map(|(_, list)| list.iter().position(|word| *word == said))).map(|at| at + 1)
    };
    digits.or_else(spoken)?.checked_sub(1).filter(|number| *number < choices)
}

/// A short answer in which exactly one choice stands as whole words and all else is filler.
fn among_fillers(
    said: &[String],
    phrases: &[(usize, String)],
    choices: usize,
    lang: Lang,
    langs: &[Lang],
) -> Option<usize> {
    let asks = said.first().is_some_and(|word| QUESTION_STARTS.contains(&word.as_str()));
    if asks || said.len() < 2 || said.len() > SHORT_ANSWER_WORDS {
        return None;
    }
    let is_filler = |word: &String| FILLERS.contains(&word.as_str());
    let mut found = Vec::new();
    for start in 0..said.len() {
        for end in start + 1..=said.len() {
            if said[..start].iter().chain(&said[end..]).all(is_filler) {
                let middle = said[start..end].join(" ");
                found.extend(phrases.iter().filter(|(_, phrase)| *phrase == middle).map(|(number, _)| *number));
                // `un` and `one` are fillers as often as numbers; only digits count in a sentence.
                let digits = middle.bytes().all(|byte| byte.is_ascii_digit());
                found.extend(number(&middle, choices, lang, langs).filter(|_| digits));
            }
        }
    }
    only_one(found.into_iter())
}

fn misspelled(said: &str, phrases: &[(usize, String)]) -> Option<usize> {
    let near = phrases.iter().filter(|(_, phrase)| is_near(said, phrase) && !denies(said, phrase));
    only_one(near.map(|(number, _)| *number))
}

/// The same words, up to two slips in all: one in a word of 4 letters or more, two from 8 on.
/// Short words must be right, since there a slip makes another word: `i was safe`, `i am safe`.
fn is_near(said: &str, phrase: &str) -> bool {
    if said.replace(' ', "") == phrase.replace(' ', "") {
        return true;
    }
    let (said, phrase): (Vec<&str>, Vec<&str>) = (said.split(' ').collect(), phrase.split(' ').collect());
    let mut slips = 0;
    for (one, other) in said.iter().zip(&phrase) {
        let allowed = match one.chars().count().min(other.chars().count()) {
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        };
        let distance = strsim::osa_distance(one, other);
        if distance > allowed {
            return false;
        }
        slips += distance;
    }
    said.len() == phrase.len() && slips <= 2
}

/// One of the two denies and the other doesn't: `unsafe` isn't a misspelled `safe`.
fn denies(said: &str, phrase: &str) -> bool {
    let negates = |text: &str| text.split(' ').any(|word| NEGATIONS.contains(&word));
    let prefixed = |long: &str, short: &str| {
        ["un", "in", "im", "non", "dis"].iter().any(|no| long.strip_prefix(no) == Some(short))
    };
    negates(said) != negates(phrase) || prefixed(said, phrase) || prefixed(phrase, said)
}

fn only_one(mut numbers: impl Iterator<Item = usize>) -> Option<usize> {
    let first = numbers.next()?;
    numbers.all(|number| number == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Target, Text};
    use domain::{StepId, Urgency};
    use std::collections::BTreeMap;

    fn choice(value: &str, en: &[&str], fr: &[&str]) -> ChoiceStep {
        let rest = |list: &[&str]| list[1..].iter().map(|word| (*word).to_owned()).collect();
        ChoiceStep {
            value: value.into(),
            label: Text(BTreeMap::from([(Lang::EN, en[0].into()), (Lang::FR, fr[0].into())])),
            synonyms: BTreeMap::from([(Lang::EN, rest(en)), (Lang::FR, rest(fr))]),
            next: Target::Step(StepId::new("next")),
            urgency_at_least: Urgency::Routine,
        }
    }

    fn check(text: &str, expected: Option<usize>) {
        let choices = [
            choice("yes", &["Yes", "yep", "👍"], &["Oui", "ouais"]),
            choice("no", &["No", "nope", "not safe"], &["Non"]),
            choice("later", &["Something else"], &["Autre chose"]),
        ];
        assert_eq!(match_choice(text, &choices, Lang::EN, &[Lang::EN, Lang::FR]), expected, "{text}");
    }

    #[test]
    fn numbers_labels_and_synonyms() {
        for text in [
            "1",
            "1.",
            "one",
            "yes",
            "YES!!",
            "Yep",
            "👍🏿",
            "oui",
            "ouais",
            "#1",
            "option 1",
            "yes please",
            "I think yes",
        ] {
            check(text, Some(0));
        }
        for text in ["2", "two", "deux", "no", "Non.", "the second one", "not safe"] {
            check(text, Some(1));
        }
        for text in ["4", "0", "-", "", "99999999999999999999999"] {
            check(text, None);
        }
    }

    #[test]
    fn misspellings_when_they_are_sure() {
        check("somthing else", Some(2));
        check("SOMETHNG ESLE", Some(2));
        check("autre chos", Some(2));
        check("nop", None);
        check("somethingelse", Some(2));
        check("yees", None);
    }

    #[test]
    fn a_disclosure_is_never_taken_for_an_answer() {
        for text in [
            "no, I'm suicidal",
            "no i am suicidal",
            "no i want to die",
            "yes he hits me",
            "no help",
            "yes but no",
            "non je veux mourir",
            "oui il me frappe",
            "yes and no",
            "not really",
            "never",
            "no no he is here",
            "something else happened to me",
            "no one",
            "1 2",
            "is it yes",
            "yes?!?? he",
        ] {
            check(text, None);
        }
    }
}
