//! The names of all checks. A code never changes its meaning; the language reference lists them.
//!
//! Each has at least one file in `tests/broken/`. Read next: `load.rs`.

use crate::Severity;
use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal: $why:literal),+ $(,)?) => {
        /// Which check failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// All checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name shown to people: `F…` for errors, `W…` for warnings.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it finds, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim()),+ }
            }

            /// Why it matters to a child.
            pub const fn why(self) -> &'static str {
                match self { $(Self::$variant => $why),+ }
            }
        }
    };
}

codes! {
    /// Not YAML, not UTF-8, or nested too deep.
    Syntax = "F001": "A flow that can't be read can't speak: the child would meet only the built-in phrases.",
    /// A key this language doesn't have.
    UnknownKey = "F002": "A misspelled key is silently a missing one: the reminder, the way on or the number would never come.",
    /// A list where a text should be, a word where a number should be.
    WrongType = "F003": "What can't be read in the right shape would be left out, and the child would miss it.",
    /// A key that must be there isn't.
    MissingKey = "F004": "Without it the child would be left without words or without a way on.",
    /// The same name or key twice.
    DefinedTwice = "F005": "Only one of the two would be played, and nobody could say which the child gets.",
    /// A name with other characters than small letters, digits and `_`, or too long.
    BadName = "F006": "Names travel with buttons; a name that a platform can't carry makes a button that does nothing.",
    /// No such step.
    UnknownStep = "F007": "The child would be sent to a step that isn't there, and the talk would break off.",
    /// No such flow.
    UnknownFlow = "F008": "The child would be sent to a flow that isn't there, and the talk would break off.",
    /// A variable that nothing in this flow sets.
    UnknownVariable = "F009": "The flow would decide by something it can't know about the child.",
    /// A variable that isn't set on every way to its use.
    MaybeUnset = "F010": "On some ways the flow would decide by an answer that the child never gave.",
    /// No way leads to this step.
    Unreachable = "F011": "Words that somebody wrote for a child and that no child can ever get; mostly a way is missing elsewhere.",
    /// The step leads nowhere.
    LeadsNowhere = "F012": "The child would wait for an answer that never comes.",
    /// From here neither a human nor a safe end can be reached.
    NoHumanNoEnd = "F013": "The child would be alone with a machine, with no way to a person.",
    /// Steps go round without waiting for the child.
    Spins = "F014": "The child would get the same words again and again, at once.",
    /// Asks again too often.
    TooManyRetries = "F015": "To be asked the same question over and over feels like not being heard.",
    /// An ask without `other`.
    NoOther = "F016": "A child who answers in their own words would get no answer.",
    /// An ask without `silence`.
    NoSilence = "F017": "A child who stops writing would be forgotten.",
    /// Two choices of an ask answer to the same words.
    ChoiceClash = "F018": "A child's answer could be taken for its opposite.",
    /// A choice answers to a word that is always an interrupt.
    InterruptClash = "F019": "A child who asks for a person, or to stop, would be taken to answer a question instead.",
    /// A place such as `{name}` that nothing fills.
    UnfilledPlace = "F020": "The child would read a gap or a name in curly brackets instead of a number or word.",
    /// A text longer than a platform takes.
    TextTooLong = "F021": "The platform refuses the message, and the child gets nothing.",
    /// A label longer than a platform takes.
    LabelTooLong = "F022": "The platform refuses the buttons, and with them the question.",
    /// No choices, or more than 25.
    ChoiceCount = "F023": "No platform can show it, and no child can take it in.",
    /// Words missing in an enabled language.
    MissingTranslation = "F024": "A child would get words in a language they may not understand.",
    /// A translation of something that isn't in the flow.
    StrayTranslation = "F025": "The translator's words would never be seen; mostly a step was renamed and its translation is lost.",
    /// Flows call each other in a ring, or too deep.
    CallDepth = "F026": "The flow would break off in the middle and the child be handed over without need.",
    /// No flow plays a required role.
    RoleMissing = "F027": "At that moment of the talk there would be nothing but the built-in phrases.",
    /// Two flows play the same role.
    RoleTwice = "F028": "Nobody could say which of the two the child gets.",
    /// An attempt to weaken safety.
    WeakensSafety = "F029": "What the safety rules see and do must never depend on what somebody wrote in a flow.",
    /// A child at high risk could be left without a human.
    EndsWithoutHuman = "F030": "A child who told something grave would be left with a list of numbers and no person.",
    /// The file is too large.
    FileTooLarge = "F031": "So large a file can't be read over by the people who answer for it.",
    /// The flow has too many steps.
    TooManySteps = "F032": "So long a flow can't be read over by the people who answer for it.",
    /// A word that isn't one of the allowed ones.
    UnknownValue = "F033": "It would be read as nothing: the kind of help that was meant would not be given.",
    /// Not a length of time.
    BadDuration = "F034": "A reminder could come at once or never.",
    /// A condition that can't be read.
    BadCondition = "F035": "The flow would go the wrong way for some children.",
    /// Nothing written where words should be.
    EmptyText = "F036": "The child would get an empty message, or none.",
    /// Anchors, aliases, tags or several documents in one file.
    YamlTrick = "F037": "What stands there isn't what is played, so that nobody could check it by reading.",
    /// A step that does nothing, or two things.
    StepKind = "F038": "What was meant would be left out without a word.",
    /// A contact without a source, a date or a right country.
    BadResource = "F039": "A number that nobody can vouch for may be wrong or dead when a child calls it.",
    /// An end that doesn't say where else help is.
    EndWithoutHelp = "F040": "The talk would end without a word about where help is.",
    /// An example conversation that can't be played.
    BadExample = "F041": "An example that can't be played protects nothing.",
    /// More steps in one turn than the engine plays.
    TooLongATurn = "F042": "So many messages at once can't be read, and the engine stops there and asks for a human.",
    /// More variables than a conversation keeps.
    TooManyVariables = "F043": "Later answers of the child would not be kept for the counsellor.",
    /// A translation lacks a place such as `{emergency}` that the flow has.
    PlacesDiffer = "F044": "The emergency number, or another word that is filled in, would be missing in that language.",
    /// Hidden signs in the words, such as signs that turn the direction of writing.
    HiddenSigns = "F045": "A number could be shown backwards, or a word be seen that isn't the one that was checked.",
    /// An answer whose words the safety rules take for a disclosure leads on without raising the urgency.
    DisclosureAsAnswer = "F046": "A child who taps it tells something grave, and the flow would go on as if it were nothing.",
    /// A flow that keeps a waiting child company asks for a human before it waits for the child.
    BeginsItselfAgain = "F047": "A person is already asked for; the flow would begin itself again at once, and its words come again and again.",
    /// Many choices are hard to read on a phone.
    ManyChoices = "W001": "On a small screen the last answers are out of sight, and a child in distress reads two or three.",
    /// A long label is cut on some phones.
    LongLabel = "W002": "The cut label may say something else than was meant.",
    /// A long bubble is hard to read.
    LongBubble = "W003": "A child in distress doesn't read a wall of words.",
    /// No example conversation reaches this step.
    Untested = "W004": "Nobody has seen how these words come across in a talk.",
    /// The words in the flow's own language changed after they were translated.
    StaleTranslation = "W005": "Children in that language are told what was true before the change.",
    /// A sentence that is hard to read for a child.
    HardToRead = "W006": "A child in distress, or one who reads slowly, loses the thread.",
    /// Words of a language written from right to left that begin with a sign of the other direction.
    TurnsAround = "W007": "Apps set the whole message in the wrong direction, with numbers and full stops out of place.",
    /// A translation that is word for word the flow's own language.
    NotTranslated = "W008": "The child would get words in a language they may not understand.",
}

impl Code {
    /// Errors begin with `F`, warnings with `W`.
    pub const fn severity(self) -> Severity {
        if self.name().as_bytes()[0] == b'W' { Severity::Warning } else { Severity::Error }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_say_the_severity() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.name().starts_with(['F', 'W']) && code.name().len() == 4, "{code}");
            assert!(code.meaning().ends_with('.') && code.why().ends_with('.'), "{code}");
        }
    }
}
