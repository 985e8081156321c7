//! Errors about the settings file: where, what was found, what is expected.
//!
//! Secrets never stand in the file; should somebody put one there, the line is not shown.

use miette::{Diagnostic, NamedSource, SourceSpan};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Why there are no settings.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ConfigError {
    /// The file isn't there or can't be read.
    #[error("{}: can't be read", path.display())]
    #[diagnostic(help("a file with every key is in docs/src/reference/config.md"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Something in it can't be.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Wrong(Box<Wrong>),
}

/// One fault at one place in the file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{file}:{line}:{column}: {found}; expected {expected}")]
pub struct Wrong {
    /// The file's name as given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
    #[source_code]
    shown: Option<NamedSource<String>>,
    #[label("here")]
    span: Option<SourceSpan>,
}

/// Odd, but not wrong: shown at every start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The place, `file:line:column`.
    pub at: String,
    /// What is odd and what follows from it.
    pub what: String,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// The file as read, for turning a place into a line and a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// Line and column of a byte, both from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// An error at a place.
    pub(crate) fn wrong(
        &self,
        span: Range<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> ConfigError {
        let file = self.path.display().to_string();
        let (line, column) = self.place(span.start);
        // A snippet also shows neighbours, so the whole file decides.
        let secret = ["password", "token", "secret"].iter().any(|word| {
            self.text.lines().any(|line| {
                let key = line.split('=').next().unwrap_or_default().trim();
                line.contains('=') && key.contains(word) && !key.ends_with("_file")
            })
        });
        let shown = (!secret).then(|| NamedSource::new(&file, self.text.to_owned()));
        let span = (!secret).then(|| SourceSpan::from(span));
        ConfigError::Wrong(Box::new(Wrong {
            file,
            line,
            column,
            found: found.into(),
            expected: expected.into(),
            shown,
            span,
        }))
    }

    /// An error of the TOML reader. Its words are `what was found, expected what`.
    pub(crate) fn unreadable(&self, error: &toml::de::Error) -> ConfigError {
        let (found, expected) = split(error.message());
        self.wrong(error.span().unwrap_or(0..0), found, expected)
    }

    /// A warning at a place.
    pub(crate) fn warning(&self, span: Range<usize>, what: impl Into<String>) -> Warning {
        let (line, column) = self.place(span.start);
        Warning { at: format!("{}:{line}:{column}", self.path.display()), what: what.into() }
    }
}

/// Splits the reader's words at "expected".
pub(crate) fn split(message: &str) -> (String, String) {
    let message = message.trim();
    match message.split_once("expected ") {
        Some((found, expected)) if !found.trim().is_empty() => {
            (found.trim().trim_end_matches([',', ';']).replace('\n', " "), expected.trim().replace('\n', " "))
        }
        Some((_, expected)) => ("something else".to_owned(), expected.trim().replace('\n', " ")),
        None => (message.replace('\n', " "), "a file as in docs/src/reference/config.md".to_owned()),
    }
}
