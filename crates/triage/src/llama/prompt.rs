//! What a model is told before it fills in the form.
//!
//! It must never put a child's words where a model could take them for the helpline's: they are
//! cut in as plain text, in which a model's own marks mean nothing. Read next: `native.rs`.

use super::ModelError;
use domain::Lang;

/// Which text is used; a changed text gets the next number.
pub(super) const VERSION: &str = "triage-1";
const TEXT: &str = include_str!("../../../../models/prompts/triage-1.txt");

/// Where the child's messages stand.
const TOLD: &str = "{told}";
const LANG: &str = "{lang}";

/// The prompt's two parts: who speaks to the model, and what it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prompt {
    /// Always the same, so that a model reads it once.
    pub(super) system: &'static str,
    user: &'static str,
}

impl Prompt {
    pub(super) fn shipped() -> Result<Self, ModelError> {
        Self::parse(TEXT)
    }

    fn parse(text: &'static str) -> Result<Self, ModelError> {
        let (system, user) = text.split_once("\n---\n").ok_or(ModelError::Prompt)?;
        let once = |mark| user.matches(mark).count() == 1 && !system.contains(mark);
        if once(TOLD) && once(LANG) { Ok(Self { system, user: user.trim_end() }) } else { Err(ModelError::Prompt) }
    }

    /// What stands before the child's messages and after them, in a model's own dress.
    ///
    /// `dress` puts the marks of a talk around what the system and the user say.
    pub(super) fn around(
        &self,
        lang: Lang,
        dress: impl Fn(&str, &str) -> Option<String>,
    ) -> Option<(String, String)> {
        let user = self.user.replace(LANG, lang.autonym());
        let whole = dress(self.system, &user)?;
        let (before, after) = whole.split_once(TOLD)?;
        Some((before.to_owned(), after.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_prompt_has_its_two_places() {
        let prompt = Prompt::shipped().unwrap();
        let dress = |system: &str, user: &str| Some(format!("<s>{system}<u>{user}<a>"));
        let (before, after) = prompt.around(Lang::FR, dress).unwrap();
        assert!(before.starts_with("<s>You read") && before.contains("language: Français"), "{before}");
        assert!(after.ends_with("Fill in the form.<a>"), "{after}");
        assert!(!format!("{before}{after}").contains(['{', '}']));
    }

    #[test]
    fn a_prompt_without_its_places_is_refused() {
        for text in [
            "no parts {told} {lang}",
            "a\n---\n{told}",
            "a\n---\n{lang} {told} {told}",
            "{told}\n---\n{told} {lang}",
        ] {
            assert!(matches!(Prompt::parse(text), Err(ModelError::Prompt)), "{text}");
        }
    }
}
