//! The language as data: each step with its keys, meaning, an example and how it looks on each platform.
//!
//! The reader takes its allowed keys from here, the handbook's chapter and the editors' schema are
//! made from here, so that none of them can say something else. Read next: `reference.rs`, `schema.rs`.

/// What stands behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Words to a child; translated.
    Words,
    /// Words to a counsellor; not translated.
    Plain,
    /// A name of one's own: small letters, digits, `_`.
    Name,
    /// `STEP`, or `flow NAME`.
    Target,
    /// The name of a flow.
    Flow,
    /// `yes` or `no`.
    YesNo,
    /// `30s`, `10m`, `2h`, `3d`.
    Duration,
    /// Text, number, age or region.
    AskKind,
    /// Kinds of contacts.
    Contacts,
    /// The choices of a question.
    Choices,
    /// What becomes of an answer that fits none.
    Other,
    /// What becomes of no answer.
    Silence,
    /// The ways of a branch.
    Cases,
    /// One variable and its value.
    Variable,
    /// What a handoff tells.
    Handoff,
}

/// Must a key be written?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Needed,
    /// Needed, unless the flow's `defaults:` have it.
    HereOrDefaults,
    Free,
}

pub(crate) struct KeyDoc {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) need: Need,
    pub(crate) meaning: &'static str,
}

pub(crate) struct StepDoc {
    /// The key that makes it this kind of step.
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
    /// Its keys; the first is its own name.
    pub(crate) keys: &'static [KeyDoc],
    /// As it stands under `steps:`. A test checks each.
    pub(crate) example: &'static str,
    pub(crate) discord: &'static str,
    pub(crate) telegram: &'static str,
    pub(crate) matrix: &'static str,
}

const fn key(name: &'static str, shape: Shape, need: Need, meaning: &'static str) -> KeyDoc {
    KeyDoc { name, shape, need, meaning }
}

use Need::{Free, HereOrDefaults, Needed};

const GOTO: KeyDoc = key("goto", Shape::Target, Free, "where it goes then; the following step when left out");
const SAFE_POINT: KeyDoc =
    key("safe_point", Shape::YesNo, Free, "`yes`: a running talk may move to a newer version of the flow here");
const OTHER: KeyDoc = key("other", Shape::Other, HereOrDefaults, "what happens when an answer fits none");
const SILENCE: KeyDoc = key("silence", Shape::Silence, HereOrDefaults, "what happens when no answer comes");

const UNSEEN: &str = "nothing is seen";
const ONE_MESSAGE: &str = "one message";

/// Every kind of step.
pub(crate) static STEPS: [StepDoc; 13] = [
    StepDoc {
        name: "say",
        does: "Says something and goes on at once.",
        keys: &[key("say", Shape::Words, Needed, "the words; best under 300 characters"), GOTO, SAFE_POINT],
        example: "  hello:\n    say: \"Hi. I'm a computer helper at {helpline}, not a person.\"\n",
        discord: "one message, at most 2,000 characters",
        telegram: "one message, at most 4,096 characters",
        matrix: "one message, encrypted in an encrypted room",
    },
    StepDoc {
        name: "ask",
        does: "Asks with choices and waits. A child may tap, write the number, the label, one of `also`, or a near misspelling.",
        keys: &[
            key("ask", Shape::Words, Needed, "the question"),
            key(
                "choices",
                Shape::Choices,
                Needed,
                "1 to 25, best at most 5; each has a value, a `label` best under 20 characters, and may have `also`, `goto`, `urgency_at_least`",
            ),
            key("save", Shape::Name, Free, "keeps the value of the choice under this name"),
            OTHER,
            SILENCE,
            SAFE_POINT,
        ],
        example: "  safe:\n    ask: \"Is it safe for you to write right now?\"\n    choices:\n      safe: { label: \"Yes\", also: [\"yeah\", \"safe\"], goto: glad }\n      not_safe: { label: \"No\", also: [\"nope\"], urgency_at_least: urgent, goto: human }\n    other: { retries: 1, say: \"You can write YES or NO.\", then: handoff }\n    silence: { after: 20m, then: park }\n  glad:\n    say: \"Good.\"\n",
        discord: "buttons under the message, five in a row; labels at most 80 characters",
        telegram: "buttons under the message; a label that is too long for a row gets its own",
        matrix: "the choices as a numbered list under the question; a child answers by number or word",
    },
    StepDoc {
        name: "ask_text",
        does: "Asks for words and waits. With `kind: age` the age band is kept too; with `save: country` contacts of that country are given.",
        keys: &[
            key("ask_text", Shape::Words, Needed, "the question"),
            key("save", Shape::Name, Needed, "keeps the answer under this name; at most 2,000 bytes"),
            key("kind", Shape::AskKind, Free, "`text` when left out"),
            GOTO,
            OTHER,
            SILENCE,
            SAFE_POINT,
        ],
        example: "  story:\n    ask_text: \"Would you like to tell me a bit more? Or write SKIP.\"\n    save: story\n    other: { retries: 0, then: handoff }\n    silence: { reminders: [{ after: 5m, say: \"Take your time.\" }], after: 30m, then: park }\n",
        discord: ONE_MESSAGE,
        telegram: ONE_MESSAGE,
        matrix: ONE_MESSAGE,
    },
    StepDoc {
        name: "mood",
        does: "Asks how the child feels, from 1 (really bad) to 5 (really good), with words that are the same everywhere, so that before and after can be compared. Counsellors see it.",
        keys: &[
            key("mood", Shape::Words, Needed, "the question; the five answers are built in"),
            key("save", Shape::Name, Free, "`mood` when left out; the number is kept"),
            GOTO,
            OTHER,
            SILENCE,
            SAFE_POINT,
        ],
        example: "  before:\n    mood: \"How do you feel right now?\"\n    other: { retries: 1, then: goto thanks }\n    silence: { after: 10m, then: handoff }\n  thanks:\n    say: \"Thank you for telling me.\"\n",
        discord: "five buttons in one row",
        telegram: "five buttons",
        matrix: "a numbered list from 1 to 5; the number is the answer",
    },
    StepDoc {
        name: "branch",
        does: "Goes the way of the first condition that holds.",
        keys: &[
            key("branch", Shape::Cases, Needed, "a list of `when` and `goto`"),
            key("otherwise", Shape::Target, Free, "when none holds; the following step when left out"),
            SAFE_POINT,
        ],
        example: "  which:\n    branch:\n      - { when: age_band is up_to_9, goto: small_words }\n      - { when: { all: [found eating, urgency is at least soon] }, goto: human }\n    otherwise: small_words\n  small_words:\n    say: \"Hello.\"\n",
        discord: UNSEEN,
        telegram: UNSEEN,
        matrix: UNSEEN,
    },
    StepDoc {
        name: "set",
        does: "Keeps a value under a name.",
        keys: &[key("set", Shape::Variable, Needed, "one name and its value"), GOTO, SAFE_POINT],
        example: "  about_school:\n    set: { topic: school }\n",
        discord: UNSEEN,
        telegram: UNSEEN,
        matrix: UNSEEN,
    },
    StepDoc {
        name: "goto",
        does: "Goes on elsewhere. `goto: age` is a step of this flow, `goto: flow waiting` the beginning of another.",
        keys: &[key("goto", Shape::Target, Needed, "where"), SAFE_POINT],
        example: "  on:\n    goto: human\n",
        discord: UNSEEN,
        telegram: UNSEEN,
        matrix: UNSEEN,
    },
    StepDoc {
        name: "call",
        does: "Plays another flow; its `end` comes back here. At most 8 deep, never in a ring.",
        keys: &[key("call", Shape::Flow, Needed, "the flow's name"), GOTO, SAFE_POINT],
        example: "  questions:\n    call: feedback\n",
        discord: UNSEEN,
        telegram: UNSEEN,
        matrix: UNSEEN,
    },
    StepDoc {
        name: "pause",
        does: "Waits, or goes on when the child writes.",
        keys: &[key("pause", Shape::Duration, Needed, "from 1s to 7d"), GOTO, SAFE_POINT],
        example: "  breathe:\n    pause: 12s\n",
        discord: "nothing is sent, and no false \"typing\"",
        telegram: "nothing is sent, and no false \"typing\"",
        matrix: "nothing is sent, and no false \"typing\"",
    },
    StepDoc {
        name: "resources",
        does: "Gives contacts for the child's country, or the helpline's own country, from `resources.yaml`.",
        keys: &[
            key("resources", Shape::Contacts, Needed, "which kinds"),
            key("say", Shape::Words, Needed, "words before the list"),
            GOTO,
            SAFE_POINT,
        ],
        example: "  numbers:\n    resources: [emergency, helpline]\n    say: \"You can also call these people:\"\n",
        discord: "one message, a line for each contact; links aren't unfolded",
        telegram: "one message, a line for each contact; numbers can be tapped",
        matrix: "one message, a line for each contact",
    },
    StepDoc {
        name: "note",
        does: "Writes a note that only counsellors see.",
        keys: &[key("note", Shape::Plain, Needed, "the note, in the flow's own language"), GOTO, SAFE_POINT],
        example: "  for_counsellors:\n    note: \"The child came from the lesson about bullying.\"\n",
        discord: UNSEEN,
        telegram: UNSEEN,
        matrix: UNSEEN,
    },
    StepDoc {
        name: "handoff",
        does: "Asks for a human. While one is awaited the flow goes on at `meanwhile`, or the waiting flow keeps company.",
        keys: &[
            key(
                "handoff",
                Shape::Handoff,
                Needed,
                "`reason` for the counsellor's card; may have `urgency_at_least` (it only raises), `say` for the child, `team`",
            ),
            key("meanwhile", Shape::Target, Free, "what keeps the child company; the waiting flow when left out"),
            SAFE_POINT,
        ],
        example: "  ask_a_person:\n    handoff:\n      urgency_at_least: soon\n      reason: \"The child chose to talk about home.\"\n      say: \"I'm asking a person from {helpline} to come and write with you.\"\n",
        discord: ONE_MESSAGE,
        telegram: ONE_MESSAGE,
        matrix: ONE_MESSAGE,
    },
    StepDoc {
        name: "end",
        does: "A safe end: last words and where else help is. At high urgency a human is asked for instead, whatever is written.",
        keys: &[
            key("end", Shape::Words, Needed, "the last words"),
            key(
                "resources",
                Shape::Contacts,
                Free,
                "contacts given with it; needed unless the flow is only called",
            ),
            SAFE_POINT,
        ],
        example: "  bye:\n    end: \"You can write here any time. Help right now:\"\n    resources: [emergency, helpline]\n",
        discord: "one message, and one with the contacts",
        telegram: "one message, and one with the contacts",
        matrix: "one message, and one with the contacts",
    },
];

impl StepDoc {
    /// The names of all its keys.
    pub(crate) fn key_names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    /// Has it this key besides its own name?
    pub(crate) fn also_has(&self, key: &str) -> bool {
        self.keys.iter().skip(1).any(|known| known.name == key)
    }
}

/// The keys at the top of `flow.yaml`.
pub(crate) static HEAD: [KeyDoc; 7] = [
    key("flow", Shape::Name, Needed, "the flow's name, the same as its folder's"),
    key("title", Shape::Plain, Needed, "for people: what it is"),
    key("plays", Shape::Plain, Free, "the role it has in the house, if any"),
    key("language", Shape::Plain, Needed, "the language this file is written in, such as `en`"),
    key("follows", Shape::Plain, Needed, "the practice or source that it follows, in general words"),
    key("defaults", Shape::Plain, Free, "`other` and `silence` for every question that has none of its own"),
    key("steps", Shape::Plain, Needed, "the steps; the first begins"),
];

/// Conditions, each with an example.
pub(crate) static CONDITIONS: [(&str, &str); 10] = [
    ("topic is school", "a variable has this value; also `is not`"),
    ("mood is at most 2", "a number; also `at least`, `less than`, `more than`"),
    ("story contains school", "a variable's words contain this, capital letters aside"),
    ("topic is set", "a variable has any value; also `is not set`"),
    ("age_band is up_to_9 or 10_13", "the child's age band: up_to_9, 10_13, 14_17, adult, unknown"),
    ("language is fr", "the child's language"),
    ("found eating", "the safety rules found this in the conversation"),
    ("urgency is at least soon", "routine, soon, urgent, emergency"),
    ("{ all: [A, B] }, { any: [A, B] }", "all of them, one of them"),
    ("{ not: A }", "it doesn't hold"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_step_begins_with_its_own_key_and_has_each_key_once() {
        for step in &STEPS {
            assert_eq!(step.keys[0].name, step.name);
            assert_eq!(
                step.key_names().into_iter().collect::<BTreeSet<_>>().len(),
                step.keys.len(),
                "{}",
                step.name
            );
            assert!(step.does.ends_with('.') && step.example.contains(&format!("{}:", step.name)));
        }
    }
}
