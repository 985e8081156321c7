//! Built-in phrases: what the bot must be able to say with no flow at all.
//!
//! Every phrase exists in every spoken language; the compiler lists what is missing.
//! Words are short, kind, concrete and true. Read next: `phrases_en.rs`.

use crate::{ChildText, phrases_en, phrases_fr};
use domain::Lang;

/// Languages that every built-in phrase exists in.
pub const SPOKEN_LANGS: [Lang; 2] = [Lang::EN, Lang::FR];

/// What a phrase may be filled with.
#[derive(Debug, Clone, Default)]
pub struct PhraseValues {
    /// The helpline's name.
    pub helpline: String,
    /// A counsellor's first name.
    pub counsellor: String,
    /// Emergency numbers, as the child should dial them, e.g. `112`.
    pub emergency: String,
    /// Languages one can switch to, by their own names.
    pub languages: String,
}

/// The built-in phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phrase {
    /// Danger now: the emergency number, and that a person is being called.
    EmergencyNow,
    /// High risk: thanks for telling, a person is being called.
    UrgentNow,
    /// A person was asked for.
    HumanCalled,
    /// Nobody comes now, because nobody is on duty or the doors are closed: what happens next.
    NobodyOnDuty,
    /// Somebody came on duty after a wait.
    SomebodyCame,
    /// First caring message while waiting.
    Holding1,
    /// Second.
    Holding2,
    /// Third.
    Holding3,
    /// Every later one.
    HoldingLong,
    /// A counsellor accepted and is reading.
    CounsellorReading,
    /// Introduces the counsellor, right before their first words.
    Introduce,
    /// The counsellor was lost; another is being looked for.
    CounsellorLost,
    /// The counsellor passed the child on.
    GivenBack,
    /// The counsellor ended the talk.
    Finished,
    /// The child wrote `stop` at low urgency.
    Stopped,
    /// The child wrote `stop` at high urgency: a person will still look.
    StoppedHigh,
    /// What one can say here.
    Help,
    /// Which languages there are.
    LanguageChoice,
    /// The language was changed.
    LanguageChanged,
    /// The wish to delete was passed on.
    DeletionAsked,
    /// A very long message was cut.
    CutLong,
    /// A message was empty.
    Empty,
    /// A message couldn't be read.
    Unreadable,
    /// A file came; it isn't opened.
    FileNotOpened,
    /// An old or unknown button was pressed.
    UnknownButton,
    /// Many messages in a short time.
    ManyMessages,
    /// The answer wasn't understood.
    NotUnderstood,
    /// Words that answer no question came while a person is awaited.
    Heard,
    /// The child came back after a pause.
    WelcomeBack,
    /// Something broke in the script; a person is called.
    ScriptBroken,
    /// The bot can't lead this talk further; a person is called.
    PersonBetter,
    /// A command in a place with others was used: the talk goes on in private.
    WriteInPrivate,
    /// The child's app doesn't let the bot write in private.
    PrivateClosed,
    /// The private talk couldn't be opened just now.
    TryAgainSoon,
}

impl Phrase {
    /// All of them, for tests and the translators' list.
    pub const ALL: [Self; 34] = [
        Self::EmergencyNow,
        Self::UrgentNow,
        Self::HumanCalled,
        Self::NobodyOnDuty,
        Self::SomebodyCame,
        Self::Holding1,
        Self::Holding2,
        Self::Holding3,
        Self::HoldingLong,
        Self::CounsellorReading,
        Self::Introduce,
        Self::CounsellorLost,
        Self::GivenBack,
        Self::Finished,
        Self::Stopped,
        Self::StoppedHigh,
        Self::Help,
        Self::LanguageChoice,
        Self::LanguageChanged,
        Self::DeletionAsked,
        Self::CutLong,
        Self::Empty,
        Self::Unreadable,
        Self::FileNotOpened,
        Self::UnknownButton,
        Self::ManyMessages,
        Self::NotUnderstood,
        Self::Heard,
        Self::WelcomeBack,
        Self::ScriptBroken,
        Self::PersonBetter,
        Self::WriteInPrivate,
        Self::PrivateClosed,
        Self::TryAgainSoon,
    ];

    /// The name kept in the event log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmergencyNow => "emergency_now",
            Self::UrgentNow => "urgent_now",
            Self::HumanCalled => "human_called",
            Self::NobodyOnDuty => "nobody_on_duty",
            Self::SomebodyCame => "somebody_came",
            Self::Holding1 => "holding_1",
            Self::Holding2 => "holding_2",
            Self::Holding3 => "holding_3",
            Self::HoldingLong => "holding_long",
            Self::CounsellorReading => "counsellor_reading",
            Self::Introduce => "introduce",
            Self::CounsellorLost => "counsellor_lost",
            Self::GivenBack => "given_back",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::StoppedHigh => "stopped_high",
            Self::Help => "help",
            Self::LanguageChoice => "language_choice",
            Self::LanguageChanged => "language_changed",
            Self::DeletionAsked => "deletion_asked",
            Self::CutLong => "cut_long",
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
            Self::FileNotOpened => "file_not_opened",
            Self::UnknownButton => "unknown_button",
            Self::ManyMessages => "many_messages",
            Self::NotUnderstood => "not_understood",
            Self::Heard => "heard",
            Self::WelcomeBack => "welcome_back",
            Self::ScriptBroken => "script_broken",
            Self::PersonBetter => "person_better",
            Self::WriteInPrivate => "write_in_private",
            Self::PrivateClosed => "private_closed",
            Self::TryAgainSoon => "try_again_soon",
        }
    }

    /// The caring message after `sent` earlier ones.
    pub const fn holding(sent: u32) -> Self {
        match sent {
            0 => Self::Holding1,
            1 => Self::Holding2,
            2 => Self::Holding3,
            _ => Self::HoldingLong,
        }
    }

    /// The words in a language; English where the language has no built-in phrases.
    pub fn say(self, lang: Lang, values: &PhraseValues) -> ChildText {
        let template = match lang.primary().as_str() {
            "fr" => phrases_fr::text(self),
            _ => phrases_en::text(self),
        };
        let text = template
            .replace("{helpline}", &values.helpline)
            .replace("{counsellor}", &values.counsellor)
            .replace("{emergency}", &values.emergency)
            .replace("{languages}", &values.languages);
        ChildText::from_phrase(self.name(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_phrase_is_whole_and_short_in_every_language() {
        let values = PhraseValues {
            helpline: "Helpline".into(),
            counsellor: "Léa".into(),
            emergency: "112".into(),
            languages: "English, Français".into(),
        };
        for phrase in Phrase::ALL {
            let mut said = BTreeSet::new();
            for lang in SPOKEN_LANGS {
                let text = phrase.say(lang, &values);
                assert!(!text.text().contains('{'), "{phrase:?} in {lang} has an unfilled place");
                assert!(text.text().chars().count() <= 400, "{phrase:?} in {lang} is too long");
                assert!(said.insert(text.text().to_owned()), "{phrase:?} isn't translated");
            }
        }
        let names: BTreeSet<_> = Phrase::ALL.iter().map(|phrase| phrase.name()).collect();
        assert_eq!(names.len(), Phrase::ALL.len());
    }
}
