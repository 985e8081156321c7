//! A flow's words for translators: out of the files in reading order, as PO or XLIFF, and back.
//!
//! Nothing is lost on the way: what comes back is what went out, word for word, and the words it
//! was translated from come with it, so that a later change shows. Read next: `catalogue.rs`,
//! `po.rs`, `xliff.rs`, `into_file.rs`.

mod catalogue;
mod into_file;
mod po;
mod xliff;
mod xml;

pub use catalogue::{Catalogue, Completeness, Unit, UnitState, catalogues, completeness};
pub use into_file::{stamped, translation_file};
pub use po::{from_po, to_po};
pub use xliff::{from_xliff, to_xliff};

/// Why a translator's file can't be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordsError {
    /// From 1; 0 for the file as a whole.
    pub line: usize,
    /// What was found.
    pub found: String,
    /// What is expected.
    pub expected: String,
}

impl std::fmt::Display for WordsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}; expected: {}", self.found, self.expected),
            line => write!(f, "line {line}: {}; expected: {}", self.found, self.expected),
        }
    }
}

impl std::error::Error for WordsError {}

pub(crate) fn wrong(line: usize, found: impl Into<String>, expected: impl Into<String>) -> WordsError {
    WordsError { line, found: found.into(), expected: expected.into() }
}
