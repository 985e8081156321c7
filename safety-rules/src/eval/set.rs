//! Labelled lines from a folder or a file.
//!
//! A folder holds `<lang>/<category>.tsv` with columns `text`, `label`; a single file has the columns
//! `text`, `lang`, `label` in any order, and `category` if it likes. It must never repeat a text in an
//! error. Read next: `disguise.rs`.

use domain::Confidential;
use std::fs;
use std::path::{Path, PathBuf};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A reader is sure from this line alone.
    Explicit,
    /// A reader would worry or ask.
    Implicit,
    /// The same words, meaning no harm.
    Lookalike,
    /// Everyday chat.
    Ordinary,
}

impl Kind {
    /// All labels.
    pub const ALL: &'static [Self] = &[Self::Explicit, Self::Implicit, Self::Lookalike, Self::Ordinary];

    /// The label in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Implicit => "implicit",
            Self::Lookalike => "lookalike",
            Self::Ordinary => "ordinary",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// One labelled line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Language tag.
    pub lang: String,
    /// Category name; `-` where the set has none.
    pub category: String,
    /// Its label.
    pub kind: Kind,
    /// What was written.
    pub text: Confidential<String>,
}

/// A set that can't be used. Never holds a line's text.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// A file or folder can't be read.
    #[error("{path}: {cause}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A line or heading is not of the expected form.
    #[error("{path}:{line}: {problem}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is expected.
        problem: String,
    },
}

/// Reads a folder `<lang>/<category>.tsv`, or one file of `text, lang, label`.
///
/// # Errors
/// Names file and line of the first thing that can't be read.
pub fn read(path: &Path) -> Result<Vec<Line>, SetError> {
    let mut lines = Vec::new();
    if path.is_dir() {
        for folder in entries(path)?.into_iter().filter(|folder| folder.is_dir()) {
            let lang = name_of(&folder);
            if crate::langs::number(&lang).is_none() {
                continue;
            }
            for file in entries(&folder)?.into_iter().filter(|file| file.extension().is_some_and(|e| e == "tsv")) {
                read_file(&file, Some(&lang), Some(&name_of(&file)), &mut lines)?;
            }
        }
    } else {
        read_file(path, None, None, &mut lines)?;
    }
    Ok(lines)
}

fn name_of(path: &Path) -> String {
    path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, SetError> {
    let unreadable = |cause| SetError::Unreadable { path: folder.to_owned(), cause };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn read_file(
    path: &Path,
    lang: Option<&str>,
    category: Option<&str>,
    out: &mut Vec<Line>,
) -> Result<(), SetError> {
    let text = fs::read_to_string(path).map_err(|cause| SetError::Unreadable { path: path.to_owned(), cause })?;
    let malformed = |line: usize, problem: String| SetError::Malformed { path: path.to_owned(), line, problem };
    let mut lines = text.lines().enumerate();
    let heading: Vec<&str> = lines.next().map(|(_, line)| line.split('\t').collect()).unwrap_or_default();
    let column = |name: &str| heading.iter().position(|found| found.trim() == name);
    let missing = |name: &str| malformed(1, format!("expected a heading with a column `{name}`, parted by tabs"));
    let at_text = column("text").ok_or_else(|| missing("text"))?;
    let at_label = column("label").ok_or_else(|| missing("label"))?;
    let at_lang = column("lang");
    if lang.is_none() && at_lang.is_none() {
        return Err(missing("lang"));
    }
    let at_category = column("category");
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |at: usize| cells.get(at).map(|cell| cell.trim());
        let text = cell(at_text).ok_or_else(|| malformed(number + 1, "no `text`".into()))?;
        let label = cell(at_label).and_then(Kind::named).ok_or_else(|| {
            malformed(number + 1, "expected a label explicit, implicit, lookalike or ordinary".into())
        })?;
        out.push(Line {
            lang: at_lang.and_then(cell).or(lang).unwrap_or("-").to_owned(),
            category: at_category.and_then(cell).or(category).unwrap_or("-").to_owned(),
            kind: label,
            text: text.to_owned().into(),
        });
    }
    Ok(())
}
