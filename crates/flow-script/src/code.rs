//! The names of all checks. A code never changes its meaning; the language reference lists them.
//!
//! Each has at least one file in `tests/broken/`. Read next: `load.rs`.

use crate::Severity;
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// Which check failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// All checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name shown to people: `F…` for errors, `W…` for warnings.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

codes! {
    /// Not YAML, not UTF-8, or nested too deep.
    Syntax = "F001",
    /// A key this language doesn't have.
    UnknownKey = "F002",
    /// A list where a text should be, a word where a number should be.
    WrongType = "F003",
    /// A key that must be there isn't.
    MissingKey = "F004",
    /// The same name or key twice.
    DefinedTwice = "F005",
    /// A name with other characters than small letters, digits and `_`, or too long.
    BadName = "F006",
    /// No such step.
    UnknownStep = "F007",
    /// No such flow.
    UnknownFlow = "F008",
    /// A variable that nothing in this flow sets.
    UnknownVariable = "F009",
    /// A variable that isn't set on every way to its use.
    MaybeUnset = "F010",
    /// No way leads to this step.
    Unreachable = "F011",
    /// The step leads nowhere.
    LeadsNowhere = "F012",
    /// From here neither a human nor a safe end can be reached.
    NoHumanNoEnd = "F013",
    /// Steps go round without waiting for the child.
    Spins = "F014",
    /// Asks again too often.
    TooManyRetries = "F015",
    /// An ask without `other`.
    NoOther = "F016",
    /// An ask without `silence`.
    NoSilence = "F017",
    /// Two choices of an ask answer to the same words.
    ChoiceClash = "F018",
    /// A choice answers to a word that is always an interrupt.
    InterruptClash = "F019",
    /// A place such as `{name}` that nothing fills.
    UnfilledPlace = "F020",
    /// A text longer than a platform takes.
    TextTooLong = "F021",
    /// A label longer than a platform takes.
    LabelTooLong = "F022",
    /// No choices, or more than 25.
    ChoiceCount = "F023",
    /// Words missing in an enabled language.
    MissingTranslation = "F024",
    /// A translation of something that isn't in the flow.
    StrayTranslation = "F025",
    /// Flows call each other in a ring, or too deep.
    CallDepth = "F026",
    /// No flow plays a required role.
    RoleMissing = "F027",
    /// Two flows play the same role.
    RoleTwice = "F028",
    /// An attempt to weaken safety.
    WeakensSafety = "F029",
    /// A child at high risk could be left without a human.
    EndsWithoutHuman = "F030",
    /// The file is too large.
    FileTooLarge = "F031",
    /// The flow has too many steps.
    TooManySteps = "F032",
    /// A word that isn't one of the allowed ones.
    UnknownValue = "F033",
    /// Not a length of time.
    BadDuration = "F034",
    /// A condition that can't be read.
    BadCondition = "F035",
    /// Nothing written where words should be.
    EmptyText = "F036",
    /// Anchors, aliases, tags or several documents in one file.
    YamlTrick = "F037",
    /// A step that does nothing, or two things.
    StepKind = "F038",
    /// A contact without a source, a date or a right country.
    BadResource = "F039",
    /// An end that doesn't say where else help is.
    EndWithoutHelp = "F040",
    /// An example conversation that can't be played.
    BadExample = "F041",
    /// More steps in one turn than the engine plays.
    TooLongATurn = "F042",
    /// More variables than a conversation keeps.
    TooManyVariables = "F043",
    /// Many choices are hard to read on a phone.
    ManyChoices = "W001",
    /// A long label is cut on some phones.
    LongLabel = "W002",
    /// A long bubble is hard to read.
    LongBubble = "W003",
    /// No example conversation reaches this step.
    Untested = "W004",
}

impl Code {
    /// Errors begin with `F`, warnings with `W`.
    pub const fn severity(self) -> Severity {
        match self {
            Self::ManyChoices | Self::LongLabel | Self::LongBubble | Self::Untested => Severity::Warning,
            _ => Severity::Error,
        }
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
            let warns = code.name().starts_with('W');
            assert_eq!(code.severity() == Severity::Warning, warns, "{code}");
        }
    }
}
