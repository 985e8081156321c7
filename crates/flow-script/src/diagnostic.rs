//! What is wrong in a flow file, told to the person who can mend it: file, line, column, what was
//! found, what is expected, and a hint.
//!
//! It must never hold a child's words; flow files hold none. Read next: `code.rs`.

use crate::Code;
use std::fmt;
use std::path::PathBuf;

/// Must it be mended before the pack can be used?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The pack can't be used.
    Error,
    /// The pack works; a child would be better served otherwise.
    Warning,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// From 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// How many characters to underline.
    pub length: usize,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where. Boxed, since it travels in many small results.
    pub place: Box<Place>,
    /// Which check.
    pub code: Code,
    /// What was found, in one sentence.
    pub found: String,
    /// What is expected.
    pub expected: String,
    /// An example, or "did you mean".
    pub hint: Option<String>,
    /// The line of the file, to show underlined.
    pub source_line: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without hint or source line.
    pub fn new(place: Place, code: Code, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            place: Box::new(place),
            code,
            found: found.into(),
            expected: expected.into(),
            hint: None,
            source_line: None,
        }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds "did you mean" when a known name is near what was written.
    #[must_use]
    pub fn did_you_mean<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(written, known) {
            Some(name) => self.hint(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Must it be mended?
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// The known name that is nearest to a written one, if any is near enough to be meant.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: String = written.chars().take(60).collect();
    let allowed = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&written, name), name))
        .filter(|(distance, name)| *distance <= allowed && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let file = self.place.file.display();
        match self.place.line {
            0 => writeln!(f, "{word}[{}] {file}: {}", self.code, self.found)?,
            line => writeln!(f, "{word}[{}] {file}:{line}:{}: {}", self.code, self.place.column, self.found)?,
        }
        if let Some(source) = &self.source_line {
            let margin = self.place.line.to_string();
            let blank = " ".repeat(margin.len());
            let before: String = source
                .chars()
                .take(self.place.column.saturating_sub(1))
                .map(|c| if c == '\t' { '\t' } else { ' ' })
                .collect();
            let room = source.chars().count().saturating_sub(self.place.column.saturating_sub(1));
            let carets = "^".repeat(self.place.length.clamp(1, room.max(1)));
            writeln!(f, "  {margin} | {source}")?;
            writeln!(f, "  {blank} | {before}{carets}")?;
        }
        write!(f, "  expected: {}", self.expected)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_line_underlined_and_what_to_do() {
        let place = Place { file: "welcome/flow.yaml".into(), line: 12, column: 11, length: 4 };
        let mut told = Diagnostic::new(place, Code::UnknownStep, "there is no step `agee`", "a step of this flow")
            .did_you_mean("agee", ["age", "hello"]);
        told.source_line = Some("    goto: agee".into());
        let shown = told.to_string();
        assert_eq!(
            shown,
            "error[F007] welcome/flow.yaml:12:11: there is no step `agee`\n  12 |     goto: agee\n     |           ^^^^\n  expected: a step of this flow\n  hint: did you mean `age`?"
        );
    }

    #[test]
    fn guesses_only_what_is_near() {
        assert_eq!(nearest("sucide", ["suicide", "abuse"]), Some("suicide"));
        assert_eq!(nearest("xyz", ["suicide", "abuse"]), None);
        assert_eq!(nearest("", ["a"]), None);
    }
}
