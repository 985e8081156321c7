//! YAML text → a tree that knows where each key and value stands.
//!
//! Built from the parser's events and not by its own loader, so that depth and size are limited,
//! a key written twice is seen, and anchors can't blow a small file up. It must never panic,
//! whatever the text. Read next: `read/reader.rs`.

use crate::{Code, Diagnostic, Place};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;

/// Largest file, in bytes.
pub(crate) const FILE_BYTES: usize = 1_000_000;
/// How deep lists and maps may nest. The language itself needs nine.
const DEPTH: usize = 24;

/// Where a key or value begins, and how much of its line to underline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Pos {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) length: usize,
}

impl Pos {
    pub(crate) fn at(self, file: &Path) -> Place {
        Place { file: file.to_path_buf(), line: self.line, column: self.column, length: self.length }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) pos: Pos,
    pub(crate) data: Data,
}

#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// A key with nothing behind it, or `~`.
    Nothing,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_pos: Pos,
    pub(crate) value: Node,
}

impl Node {
    /// What it is, for "found …".
    pub(crate) fn describe(&self) -> String {
        match &self.data {
            Data::Nothing => "nothing".into(),
            Data::Text(text) => {
                let short: String = text.chars().take(30).collect();
                let dots = if text.chars().count() > 30 { "…" } else { "" };
                format!("the text `{}{dots}`", short.replace('\n', " "))
            }
            Data::List(_) => "a list".into(),
            Data::Map(_) => "a group of keys".into(),
        }
    }

    /// The same without one of its keys.
    pub(crate) fn without(&self, key: &str) -> Self {
        let mut node = self.clone();
        if let Data::Map(entries) = &mut node.data {
            entries.retain(|entry| entry.key != key);
        }
        node
    }

    /// Feeds the content, without positions or comments, into a hash. Every part carries its
    /// kind and length, so that two different trees never feed the same bytes.
    pub(crate) fn hash_into(&self, hash: &mut Sha256) {
        match &self.data {
            Data::Nothing => hash.update(b"-"),
            Data::Text(text) => hash_text(hash, text),
            Data::List(items) => {
                hash.update(b"[");
                for item in items {
                    item.hash_into(hash);
                }
                hash.update(b"]");
            }
            Data::Map(entries) => {
                hash.update(b"{");
                for entry in entries {
                    hash_text(hash, &entry.key);
                    entry.value.hash_into(hash);
                }
                hash.update(b"}");
            }
        }
    }
}

fn hash_text(hash: &mut Sha256, text: &str) {
    hash.update(format!("\"{}:", text.len()));
    hash.update(text);
}

/// Reads one document.
pub(crate) fn parse(file: &Path, text: &str) -> Result<Node, Diagnostic> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > FILE_BYTES {
        let found = format!("this file has {} bytes", text.len());
        let whole = Place { file: file.to_path_buf(), ..Place::default() };
        return Err(Diagnostic::new(whole, Code::FileTooLarge, found, format!("at most {FILE_BYTES} bytes"))
            .hint("split it into several flows that `goto` or `call` each other"));
    }
    let mut builder = Builder { file, open: Vec::new(), root: None };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.take(event, span)?,
            Err(error) => {
                let mark = error.marker();
                let pos = Pos { line: mark.line(), column: mark.col() + 1, length: 1 };
                return Err(Diagnostic::new(
                    pos.at(file),
                    Code::Syntax,
                    format!("this can't be read as YAML: {}", error.info()),
                    "`key: value` lines, indented with spaces",
                )
                .hint("put a text that holds `: `, `#` or quotation marks between \"double quotes\""));
            }
        }
    }
    let nothing = Node { pos: Pos { line: 1, column: 1, length: 1 }, data: Data::Nothing };
    Ok(builder.root.unwrap_or(nothing))
}

/// A list or map that isn't closed yet.
struct Open {
    node: Node,
    /// In a map: the key that waits for its value.
    key: Option<(String, Pos)>,
    /// In a map: the keys so far.
    keys: BTreeSet<String>,
}

struct Builder<'a> {
    file: &'a Path,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Diagnostic> {
        let pos = position(span);
        match event {
            Event::Alias(_) => Err(self.trick(pos, "an alias (`*name`)")),
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                Err(self.trick(pos, "an anchor (`&name`)"))
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(self.trick(pos, "a tag (`!name`)")),
            Event::DocumentStart(_) if self.root.is_some() => Err(self.trick(pos, "a second document (`---`)")),
            Event::Scalar(text, style, _, _) => {
                let empty = style == ScalarStyle::Plain && matches!(text.as_ref(), "" | "~" | "null");
                let data = if empty { Data::Nothing } else { Data::Text(text.into_owned()) };
                self.put(Node { pos, data })
            }
            Event::SequenceStart(..) => self.push(Node { pos, data: Data::List(Vec::new()) }),
            Event::MappingStart(..) => self.push(Node { pos, data: Data::Map(Vec::new()) }),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(done) => self.put(done.node),
                None => Ok(()),
            },
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn trick(&self, pos: Pos, what: &str) -> Diagnostic {
        Diagnostic::new(
            pos.at(self.file),
            Code::YamlTrick,
            format!("{what} stands here"),
            "plain keys, texts and lists",
        )
        .hint("flows use only the simplest YAML, so that anyone can read them; write the text out")
    }

    fn push(&mut self, node: Node) -> Result<(), Diagnostic> {
        if self.open.len() >= DEPTH {
            return Err(Diagnostic::new(
                node.pos.at(self.file),
                Code::Syntax,
                format!("lists and groups are nested more than {DEPTH} deep"),
                "the few levels that flows need",
            ));
        }
        self.open.push(Open { node, key: None, keys: BTreeSet::new() });
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<(), Diagnostic> {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut parent.node.data {
            Data::List(items) => items.push(node),
            Data::Map(entries) => match parent.key.take() {
                Some((key, key_pos)) => {
                    if !parent.keys.insert(key.clone()) {
                        return Err(Diagnostic::new(
                            key_pos.at(self.file),
                            Code::DefinedTwice,
                            format!("`{key}` is already defined above"),
                            "each name once",
                        )
                        .hint("rename one of the two"));
                    }
                    entries.push(Entry { key, key_pos, value: node });
                }
                None => match node.data {
                    Data::Text(key) => parent.key = Some((key, node.pos)),
                    _ => {
                        return Err(Diagnostic::new(
                            node.pos.at(self.file),
                            Code::WrongType,
                            format!("{} stands where a key should be", node.describe()),
                            "a word followed by `:`",
                        ));
                    }
                },
            },
            Data::Nothing | Data::Text(_) => {}
        }
        Ok(())
    }
}

fn position(span: Span) -> Pos {
    let one_line = span.start.line() == span.end.line();
    let length = if one_line { span.end.col().saturating_sub(span.start.col()).max(1) } else { 1 };
    Pos { line: span.start.line(), column: span.start.col() + 1, length }
}
