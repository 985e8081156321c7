//! What a reader may rely on: room cards, first lines, file lengths, links, no paths of one machine.
//!
//! Each check is one function over one file; a new check is one function and one line in [`check`].

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) faults: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Longest room card, in lines.
const CARD_LINES: usize = 15;
/// A Rust file this long is worth splitting.
const LONG_FILE: usize = 300;
/// A Rust file longer than this is refused.
const LONGEST_FILE: usize = 500;
/// Folders that hold no source of ours.
const SKIP: &[&str] = &["target", ".git", ".tools", "var", "node_modules", "book", "__pycache__", "mutants.out"];
/// Top-level folders that hold a room card although they are no crate.
const FOLDERS: &[&str] = &["crates", "adapters", "flows", "models", "safety-rules", "tests", "docs", "scripts"];
/// Endings of the files that people write.
const TEXTS: &[&str] = &["rs", "md", "toml", "sh", "py", "yaml", "yml", "html", "css", "js", "json", "po"];

/// Runs all checks over the repository.
pub(crate) fn check(root: &Path) -> Result<Found> {
    let mut found = Found::default();
    let mut functions = BTreeSet::new();
    check_cards(root, &mut found);
    for path in files(root)? {
        let shown = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        machine_paths(&shown, &text, &mut found);
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => {
                first_line(&shown, &text, &mut found);
                length(&shown, &text, &mut found);
                functions.extend(text.split("fn ").skip(1).filter_map(name).map(str::to_owned));
            }
            Some("md") => links(root, &shown, &text, &mut found),
            _ => {}
        }
    }
    let architecture =
        fs::read_to_string(root.join("ARCHITECTURE.md")).context("ARCHITECTURE.md can't be read")?;
    named_tests(&architecture, &functions, &mut found);
    Ok(found)
}

fn check_cards(root: &Path, found: &mut Found) {
    let crates = ["crates", "adapters"].iter().flat_map(|folder| {
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.join("Cargo.toml").exists())
    });
    let folders = FOLDERS.iter().map(|folder| root.join(folder));
    for folder in folders.chain(crates) {
        let shown = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
        match fs::read_to_string(folder.join("README.md")) {
            Ok(card) => card_length(&shown, &card, found),
            Err(_) => found.faults.push(format!("{shown}/README.md is missing: each room has a card")),
        }
    }
}

fn card_length(shown: &str, card: &str, found: &mut Found) {
    let lines = card.lines().count();
    if lines > CARD_LINES {
        found.faults.push(format!("{shown}/README.md has {lines} lines; a room card has at most {CARD_LINES}"));
    }
}

fn first_line(shown: &Path, text: &str, found: &mut Found) {
    if !text.trim_start_matches('\u{feff}').starts_with("//!") {
        found.faults.push(format!(
            "{}:1: opens without `//!`: say what the file is, what it must never do, what to read next",
            shown.display()
        ));
    }
}

fn length(shown: &Path, text: &str, found: &mut Found) {
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        found.faults.push(format!("{} has {lines} lines; split it by {LONGEST_FILE}", shown.display()));
    } else if lines > LONG_FILE {
        found.warnings.push(format!("{} has {lines} lines; about 200 read best", shown.display()));
    }
}

/// A path that exists on one machine only. The words are put together so that this file passes.
fn machine_paths(shown: &Path, text: &str, found: &mut Found) {
    let places = [["/ho", "me/"], ["/ro", "ot/"], ["/Us", "ers/"], ["/wo", "rk/"], ["C:\\", "Users"]];
    for (number, line) in text.lines().enumerate() {
        for place in places.map(|halves| halves.concat()) {
            let here = line.match_indices(&place).any(|(at, _)| starts_a_path(line, at));
            if here {
                let line_number = number + 1;
                found
                    .faults
                    .push(format!("{}:{line_number}: names {place}, a path of one machine", shown.display()));
            }
        }
    }
}

/// Whether what stands before is neither a name nor another folder: `a/home/b` is no absolute path.
fn starts_a_path(line: &str, at: usize) -> bool {
    let before = line.get(..at).and_then(|left| left.chars().next_back());
    !before.is_some_and(|c| c.is_alphanumeric() || "._-/}>)".contains(c))
}

fn links(root: &Path, shown: &Path, text: &str, found: &mut Found) {
    let folder = root.join(shown).parent().map(Path::to_path_buf).unwrap_or_default();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for target in targets(line) {
            let file = target.split('#').next().unwrap_or_default();
            let elsewhere = file.contains("://") || file.starts_with("mailto:");
            if file.is_empty() || elsewhere || folder.join(file).exists() {
                continue;
            }
            let line_number = number + 1;
            found.faults.push(format!("{}:{line_number}: links to {file}, which isn't there", shown.display()));
        }
    }
}

/// The targets of `[text](target)` in a line.
fn targets(line: &str) -> Vec<&str> {
    let mut rest = line;
    let mut all = Vec::new();
    while let Some((_, after)) = rest.split_once("](") {
        let Some((target, left)) = after.split_once(')') else { break };
        all.push(target.split_whitespace().next().unwrap_or_default());
        rest = left;
    }
    all
}

/// The tests that the table of invariants names, in the last column, exist.
fn named_tests(architecture: &str, functions: &BTreeSet<String>, found: &mut Found) {
    for (number, line) in architecture.lines().enumerate().filter(|(_, line)| line.starts_with("| I")) {
        let cell = line.trim_end().trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        for quoted in cell.split('`').skip(1).step_by(2) {
            // Rooms and files have no underscore-joined sentence; tests do.
            let a_test = quoted.matches('_').count() >= 2 && !quoted.contains('/');
            if a_test && !functions.contains(quoted) {
                let line_number = number + 1;
                found
                    .faults
                    .push(format!("ARCHITECTURE.md:{line_number}: names the test {quoted}, which isn't there"));
            }
        }
    }
}

/// The name at the start of what follows `fn `.
fn name(after: &str) -> Option<&str> {
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    after.get(..end).filter(|name| !name.is_empty())
}

/// Every text file of ours, in a fixed order.
fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    let mut todo = vec![root.to_path_buf()];
    while let Some(folder) = todo.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("{} can't be read", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                if !SKIP.contains(&name.as_str()) {
                    todo.push(path);
                }
            } else if name == "Makefile" || TEXTS.iter().any(|ending| name.ends_with(&format!(".{ending}"))) {
                all.push(path);
            }
        }
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(check: impl FnOnce(&mut Found)) -> Vec<String> {
        let mut found = Found::default();
        check(&mut found);
        found.faults
    }

    #[test]
    fn a_file_without_an_opening_is_caught() {
        let shown = Path::new("a.rs");
        assert_eq!(faults(|found| first_line(shown, "fn a() {}", found)).len(), 1);
        assert_eq!(faults(|found| first_line(shown, "//! What it is.\nfn a() {}", found)).len(), 0);
    }

    #[test]
    fn a_long_file_is_caught() {
        let shown = Path::new("a.rs");
        assert_eq!(faults(|found| length(shown, &"\n".repeat(501), found)).len(), 1);
        assert_eq!(faults(|found| length(shown, &"\n".repeat(500), found)).len(), 0);
    }

    #[test]
    fn a_path_of_one_machine_is_caught() {
        let shown = Path::new("a.md");
        let own = ["see /ho", "me/ana/notes"].concat();
        assert_eq!(faults(|found| machine_paths(shown, &own, found)).len(), 1);
        let address = ["https://example.org/ho", "me/ and a/ho", "me/b"].concat();
        assert_eq!(faults(|found| machine_paths(shown, &address, found)).len(), 0);
    }

    #[test]
    fn a_dead_link_is_caught() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let check = |text: &str| faults(|found| links(root, Path::new("README.md"), text, found)).len();
        assert_eq!(check("[a](src/main.rs) [b](https://example.org/x) [c](#part)"), 0);
        assert_eq!(check("[a](src/main.rs#x) and [b](gone.md)"), 1);
        assert_eq!(check("```\n[b](gone.md)\n```"), 0);
    }

    #[test]
    fn a_test_that_is_named_but_missing_is_caught() {
        let functions = BTreeSet::from(["it_is_there".to_owned()]);
        let check = |text: &str| faults(|found| named_tests(text, &functions, found)).len();
        assert_eq!(check("| I1 | law | type | `it_is_there` in `safety_rules` |"), 0);
        assert_eq!(check("| I1 | law | type | `it_is_gone` |"), 1);
        assert_eq!(name("it_is_there() {"), Some("it_is_there"));
    }

    #[test]
    fn a_long_card_is_caught() {
        assert_eq!(faults(|found| card_length("x", &"a\n".repeat(16), found)).len(), 1);
        assert_eq!(faults(|found| card_length("x", &"a\n".repeat(15), found)).len(), 0);
    }
}
