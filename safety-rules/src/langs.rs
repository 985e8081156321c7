//! The languages rules are written in. All of them always run; none is chosen first.
//!
//! Compiled into the crate and into its build script. It must never become a setting.
//! Read next: `table.rs`.

/// Tags, in a fixed order: a language's place here is its number everywhere else.
pub(crate) const LANGS: [&str; 12] = ["en", "fr", "es", "ar", "pt", "de", "ru", "zh", "hi", "sw", "uk", "tr"];

/// A language's place in [`LANGS`].
pub(crate) fn number(tag: &str) -> Option<u8> {
    LANGS.iter().position(|known| *known == tag).and_then(|at| u8::try_from(at).ok())
}
