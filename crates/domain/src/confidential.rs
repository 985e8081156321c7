//! A value that must never reach a log, a metric, an error text or a panic message (I8).
//!
//! `Debug` is redacted and there is no `Display`. Reading it takes `expose()`, so every
//! place that touches a child's words can be found by searching for that word.
//! Read next: `inbound.rs`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A child's or counsellor's words, or a platform's name for a person.
///
/// Serialising is for the encrypted store and nowhere else: telemetry takes `&'static str`,
/// numbers and ids only.
///
/// ```compile_fail
/// let words = domain::Confidential::new(String::from("secret"));
/// println!("{words}");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidential<T>(T);

impl<T> Confidential<T> {
    /// Wraps a value so that it can't be shown by accident.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for screening, sending, sealing or showing to a counsellor. Never for a log.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out.
    pub fn into_exposed(self) -> T {
        self.0
    }

    /// Changes the value and keeps the wrapping.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Confidential<U> {
        Confidential(change(self.0))
    }
}

impl Confidential<String> {
    /// The text, for screening, sending, sealing or showing to a counsellor.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Confidential<String> {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Confidential<String> {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<T> fmt::Debug for Confidential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[confidential]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_words() {
        let words = Confidential::from("my address is 4 Mill Lane");
        assert_eq!(format!("{words:?}"), "[confidential]");
        assert_eq!(format!("{:?}", Some(&words)), "Some([confidential])");
        assert_eq!(format!("{words:#?}"), "[confidential]");
    }
}
