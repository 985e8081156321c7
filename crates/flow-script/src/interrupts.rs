//! Words that always work, at every step, in every language: human, stop, help, delete, language.
//!
//! They match a whole message only, so that a sentence is never mistaken for one: `help me` is an
//! answer and not the help page. Help, human and stop never skip screening: it comes first.
//! Read next: `choose.rs`.

use crate::normal::key;
use domain::Lang;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What the child asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interrupt {
    /// A human, now.
    Human,
    /// No more of this.
    Stop,
    /// What can I say here?
    Help,
    /// My messages shall be deleted.
    Delete,
    /// Another language; which one, when it was named.
    Language(Option<Lang>),
}

/// Written as they look after normalising: small letters, no accents, `'` as a space.
const HUMAN: &[&str] = &[
    "human",
    "a human",
    "a human please",
    "human please",
    "real person",
    "a real person",
    "a person",
    "person",
    "a person please",
    "i want a human",
    "i want a person",
    "i want a real person",
    "i want to talk to a human",
    "i want to talk to a person",
    "i want to talk to a real person",
    "i want to talk to someone",
    "i want to talk to somebody",
    "talk to a human",
    "talk to a person",
    "talk to a real person",
    "talk to someone",
    "speak to a human",
    "speak to a person",
    "speak to someone",
    "can i talk to a human",
    "can i talk to a person",
    "can i talk to someone",
    "can i talk to a real person",
    "can i speak to someone",
    "can i speak to a person",
    "can i please talk to someone",
    "i need a human",
    "i need a person",
    "i need to talk to someone",
    "i need to talk to a person",
    "get me a human",
    "get me a person",
    "counsellor",
    "a counsellor",
    "counselor",
    "a counselor",
    "agent",
    "operator",
    "no bot",
    "not a bot",
    "sos",
    "humain",
    "un humain",
    "une humaine",
    "un humain svp",
    "un humain stp",
    "un humain s il te plait",
    "une vraie personne",
    "vraie personne",
    "une personne",
    "personne reelle",
    "quelqu un",
    "quelqu un svp",
    "je veux un humain",
    "je veux une personne",
    "je veux une vraie personne",
    "je veux parler a quelqu un",
    "je veux parler a une personne",
    "je veux parler a une vraie personne",
    "je veux parler a un humain",
    "je voudrais parler a quelqu un",
    "je voudrais parler a une personne",
    "j aimerais parler a quelqu un",
    "parler a quelqu un",
    "parler a une personne",
    "parler a une vraie personne",
    "parler a un humain",
    "je peux parler a quelqu un",
    "est ce que je peux parler a quelqu un",
    "j ai besoin de parler a quelqu un",
    "j ai besoin de parler",
    "besoin de parler a quelqu un",
    "conseiller",
    "conseillere",
    "un conseiller",
    "une conseillere",
    "pas un robot",
    "pas de robot",
    "au secours",
    "a l aide",
];

const STOP: &[&str] = &[
    "stop",
    "stop please",
    "please stop",
    "quit",
    "exit",
    "unsubscribe",
    "end chat",
    "stop chat",
    "arret",
    "arrete",
    "arreter",
    "stop svp",
    "arrete stp",
    "je veux arreter",
    "quitter",
];

const HELP: &[&str] = &["help", "help page", "what can i say", "commands", "aide", "aide page", "commandes"];

const DELETE: &[&str] = &[
    "delete",
    "delete my data",
    "delete my messages",
    "delete everything",
    "delete all",
    "delete this chat",
    "delete my chat",
    "erase my messages",
    "erase everything",
    "forget me",
    "supprimer",
    "supprime",
    "supprime mes messages",
    "supprimer mes messages",
    "supprime tout",
    "supprimer tout",
    "supprime mes donnees",
    "supprimer mes donnees",
    "effacer",
    "efface",
    "efface tout",
    "efface mes messages",
    "effacer mes messages",
    "oublie moi",
];

const LANGUAGE: &[&str] = &[
    "language",
    "languages",
    "change language",
    "change the language",
    "other language",
    "another language",
    "langue",
    "langues",
    "changer de langue",
    "change de langue",
    "autre langue",
    "une autre langue",
];

/// A language's names, in itself, in English and in French; `in …` and `en …` are understood too.
const LANGUAGE_NAMES: &[(&str, &[&str])] = &[
    ("en", &["english", "anglais", "speak english"]),
    ("fr", &["french", "francais", "parle francais"]),
    ("es", &["spanish", "espagnol", "espanol"]),
    ("ar", &["arabic", "arabe", "العربية", "عربي"]),
    ("pt", &["portuguese", "portugais", "portugues"]),
    ("de", &["german", "allemand", "deutsch"]),
    ("ru", &["russian", "russe", "русский"]),
    ("zh", &["chinese", "chinois", "中文"]),
    ("hi", &["hindi", "हिन्दी", "हिंदी"]),
    ("sw", &["swahili", "kiswahili"]),
    ("uk", &["ukrainian", "ukrainien", "українська"]),
    ("tr", &["turkish", "turc", "turkce"]),
];

/// The interrupt that a whole message is, if it is one.
pub fn interrupt(text: &str) -> Option<Interrupt> {
    let said = key(text);
    let lists: [(&[&str], Interrupt); 5] = [
        (HUMAN, Interrupt::Human),
        (STOP, Interrupt::Stop),
        (HELP, Interrupt::Help),
        (DELETE, Interrupt::Delete),
        (LANGUAGE, Interrupt::Language(None)),
    ];
    if let Some((_, found)) = lists.into_iter().find(|(words, _)| words.contains(&said.as_str())) {
        return Some(found);
    }
    let name = said.strip_suffix(" please").or_else(|| said.strip_suffix(" stp")).unwrap_or(&said);
    let name = name.strip_prefix("in ").or_else(|| name.strip_prefix("en ")).unwrap_or(name);
    language_names().get(name).map(|lang| Interrupt::Language(Some(*lang)))
}

/// Every name of a language as it looks after normalising. Made once: a large pack asks thousands of times.
fn language_names() -> &'static BTreeMap<String, Lang> {
    static NAMES: OnceLock<BTreeMap<String, Lang>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let parsed = LANGUAGE_NAMES.iter().filter_map(|(tag, names)| Some((tag.parse::<Lang>().ok()?, *names)));
        parsed.flat_map(|(lang, names)| names.iter().map(move |name| (key(name), lang))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: Option<Interrupt>, said: &[&str]) {
        for text in said {
            assert_eq!(interrupt(text), expected, "{text}");
        }
    }

    #[test]
    fn understands_whole_messages_in_both_languages() {
        check(
            Some(Interrupt::Human),
            &["human", "HUMAN!", "a human please", "Je veux parler à quelqu'un", "quelqu’un?"],
        );
        check(Some(Interrupt::Stop), &["stop", "STOP.", "arrête", "Arrêter"]);
        check(Some(Interrupt::Help), &["help", "Aide", "help?"]);
        check(Some(Interrupt::Delete), &["delete my data", "supprime mes messages"]);
        check(Some(Interrupt::Language(None)), &["language", "Langue"]);
        check(
            Some(Interrupt::Language(Some(Lang::FR))),
            &["français", "Francais", "in french please", "en français stp"],
        );
        check(Some(Interrupt::Language(Some(Lang::EN))), &["English", "en anglais"]);
    }

    #[test]
    fn a_cry_for_help_is_not_the_help_page() {
        check(None, &["help me", "please help me", "aide moi", "aidez-moi", "i need help", "help me he is here"]);
        check(Some(Interrupt::Human), &["sos", "SOS!!", "au secours", "à l'aide", "À l’aide !"]);
    }

    #[test]
    fn a_sentence_that_holds_the_word_is_an_answer() {
        check(
            None,
            &[
                "he won't stop",
                "make him stop",
                "i can't delete the picture",
                "",
                "!!",
                "my french teacher hits me",
            ],
        );
    }

    #[test]
    fn the_lists_are_written_normalised() {
        for list in [HUMAN, STOP, HELP, DELETE, LANGUAGE] {
            for words in list {
                assert_eq!(&key(words), words);
            }
        }
    }
}
