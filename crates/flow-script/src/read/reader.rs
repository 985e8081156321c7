//! Small helpers that every reader uses: take a key, expect a text, report what is wrong.
//!
//! Reading goes on after a mistake, so that a person sees all of them at once.
//! Read next: `flow.rs`.

use super::forbidden::why_refused;
use crate::raw::At;
use crate::yaml::{Data, Entry, Node, Pos};
use crate::{Code, Diagnostic};
use domain::Urgency;
use std::path::Path;

/// Longest name, in bytes. Telegram's buttons carry at most 64 bytes; 40 leaves room.
pub(crate) const NAME_BYTES: usize = 40;

/// After so many mistakes in one file, unknown keys are no longer told one by one.
const MOST_TOLD: usize = 500;

pub(crate) struct Reader<'a> {
    pub(crate) file: &'a Path,
    pub(crate) told: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(file: &'a Path) -> Self {
        Self { file, told: Vec::new() }
    }

    pub(crate) fn tell(&mut self, pos: Pos, code: Code, found: impl Into<String>, expected: impl Into<String>) {
        self.told.push(Diagnostic::new(pos.at(self.file), code, found, expected));
    }

    /// Adds a hint to what was told last.
    pub(crate) fn hint(&mut self, hint: impl Into<String>) {
        if let Some(last) = self.told.pop() {
            self.told.push(last.hint(hint));
        }
    }

    /// Adds "did you mean" to what was told last.
    pub(crate) fn did_you_mean<'n>(&mut self, written: &str, known: impl IntoIterator<Item = &'n str>) {
        if let Some(last) = self.told.pop() {
            self.told.push(last.did_you_mean(written, known));
        }
    }

    pub(crate) fn map<'n>(&mut self, node: &'n Node, what: &str) -> Option<Fields<'n>> {
        match &node.data {
            Data::Map(entries) => Some(Fields { entries, pos: node.pos }),
            _ => {
                let found = format!("{what} is {}", node.describe());
                self.tell(node.pos, Code::WrongType, found, "a group of `key: value` lines");
                None
            }
        }
    }

    pub(crate) fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.data {
            Data::List(items) => Some(items),
            _ => {
                let found = format!("{what} is {}", node.describe());
                self.tell(node.pos, Code::WrongType, found, "a list: `[one, two]`, or lines that begin with `- `");
                None
            }
        }
    }

    /// Words; not empty.
    pub(crate) fn text(&mut self, node: &Node, what: &str) -> Option<At<String>> {
        match &node.data {
            Data::Text(text) if !text.trim().is_empty() => {
                Some(At { value: text.trim().to_owned(), pos: node.pos })
            }
            Data::Text(_) | Data::Nothing => {
                self.tell(node.pos, Code::EmptyText, format!("{what} is empty"), "some words");
                None
            }
            Data::List(_) | Data::Map(_) => {
                let found = format!("{what} is {}", node.describe());
                self.tell(node.pos, Code::WrongType, found, "a text");
                None
            }
        }
    }

    /// A name: small letters, digits and `_`.
    pub(crate) fn name(&mut self, node: &Node, what: &str) -> Option<At<String>> {
        let text = self.text(node, what)?;
        self.check_name(&text.value, text.pos, what).then_some(text)
    }

    pub(crate) fn check_name(&mut self, name: &str, pos: Pos, what: &str) -> bool {
        let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let good = !name.is_empty() && name.len() <= NAME_BYTES && name.chars().all(small);
        if !good {
            let shown: String = name.chars().take(NAME_BYTES).collect();
            self.tell(
                pos,
                Code::BadName,
                format!("`{shown}` can't be {what}"),
                format!("small letters a–z, digits and `_`, at most {NAME_BYTES} of them"),
            );
            self.hint("for example `safe_to_talk`");
        }
        good
    }

    pub(crate) fn texts(&mut self, node: &Node, what: &str) -> Vec<At<String>> {
        let Some(items) = self.list(node, what) else { return Vec::new() };
        items.iter().filter_map(|item| self.text(item, what)).collect()
    }

    pub(crate) fn urgency(&mut self, node: &Node) -> Option<Urgency> {
        let text = self.text(node, "`urgency_at_least`")?;
        self.one_of(&text, "urgency", &Urgency::ALL.map(|urgency| (urgency.name(), urgency)))
    }

    /// One of some allowed words.
    pub(crate) fn one_of<T: Copy>(&mut self, text: &At<String>, what: &str, allowed: &[(&str, T)]) -> Option<T> {
        let found = allowed.iter().find(|(name, _)| *name == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
            let shown: String = text.value.chars().take(40).collect();
            self.tell(
                text.pos,
                Code::UnknownValue,
                format!("`{shown}` is no {what}"),
                format!("one of: {}", names.join(", ")),
            );
            self.did_you_mean(&text.value, names);
        }
        found
    }

    /// Reports each key that isn't known here; the keys that would weaken safety say why not.
    pub(crate) fn only(&mut self, fields: &Fields<'_>, what: &str, known: &[&str]) {
        for entry in fields.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            self.unknown_key(entry, what, known);
        }
    }

    fn unknown_key(&mut self, entry: &Entry, what: &str, known: &[&str]) {
        if self.told.len() > MOST_TOLD {
            return;
        }
        if let Some((why, instead)) = why_refused(&entry.key) {
            let found = format!("`{}` is refused: {why}", entry.key);
            self.tell(entry.key_pos, Code::WeakensSafety, found, instead);
            return;
        }
        let shown: String = entry.key.chars().take(40).collect();
        self.tell(
            entry.key_pos,
            Code::UnknownKey,
            format!("{what} has no key `{shown}`"),
            format!("one of: {}", known.join(", ")),
        );
        self.did_you_mean(&entry.key, known.iter().copied());
    }

    /// A key that must be there.
    pub(crate) fn need<'n>(
        &mut self,
        fields: &Fields<'n>,
        what: &str,
        key: &str,
        example: &str,
    ) -> Option<&'n Node> {
        let found = fields.get(key);
        if found.is_none() {
            self.tell(
                fields.pos,
                Code::MissingKey,
                format!("{what} has no `{key}`"),
                format!("a line `{key}: …`"),
            );
            self.hint(format!("for example `{key}: {example}`"));
        }
        found
    }
}

/// The keys of one group.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n> {
    pub(crate) entries: &'n [Entry],
    pub(crate) pos: Pos,
}

impl<'n> Fields<'n> {
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}
