//! A flow file with all that setting it out must keep: remarks, empty lines, and how texts stand.
//!
//! Read next: `write.rs`.

use crate::{Code, Diagnostic, Place};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::path::Path;

#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Option<Value>,
    pub(super) remarks: Vec<Remark>,
    /// For each line from 0: nothing but spaces.
    pub(super) empty: Vec<bool>,
}

#[derive(Debug)]
pub(super) struct Remark {
    pub(super) line: usize,
    /// With its `#`.
    pub(super) text: String,
    pub(super) own_line: bool,
}

#[derive(Debug)]
pub(super) struct Value {
    pub(super) line: usize,
    pub(super) end_line: usize,
    pub(super) data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    Nothing,
    Text { text: String, stands: Stands },
    List { items: Vec<Value>, on_one_line: bool },
    Map { entries: Vec<(Value, Value)>, on_one_line: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Plain,
    Quoted,
    /// `>` or `|`.
    Block,
}

/// All remarks, in order of their words, to compare before and after.
pub(super) fn remarks(tree: &Tree) -> Vec<&str> {
    let mut all: Vec<&str> = tree.remarks.iter().map(|remark| remark.text.as_str()).collect();
    all.sort_unstable();
    all
}

pub(super) fn read(file: &Path, text: &str) -> Result<Tree, Diagnostic> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let signs: Vec<char> = text.chars().collect();
    let mut open: Vec<(Value, Option<Value>)> = Vec::new();
    let mut root = None;
    let mut texts: Vec<(usize, usize)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let place = Place { file: file.to_path_buf(), line: error.marker().line(), column: 1, length: 1 };
            Diagnostic::new(place, Code::Syntax, error.info().to_owned(), "YAML")
        })?;
        let done = match event {
            Event::Scalar(words, style, _, _) => {
                // The parser's own end may lie beyond the remark behind a text.
                let end = end_of(&signs, style, span);
                texts.push((span.start.index(), end));
                let lines = signs.get(span.start.index()..end).unwrap_or_default();
                let lines = lines.iter().filter(|sign| **sign == '\n').count();
                Some(scalar(&words, style, span.start.line(), lines))
            }
            Event::SequenceStart(..) => {
                let on_one_line = signs.get(span.start.index()) == Some(&'[');
                open.push((value(span, Data::List { items: Vec::new(), on_one_line }), None));
                None
            }
            Event::MappingStart(..) => {
                let on_one_line = signs.get(span.start.index()) == Some(&'{');
                open.push((value(span, Data::Map { entries: Vec::new(), on_one_line }), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|(mut done, _)| {
                done.end_line =
                    done.end_line.max(last_line(&done)).max(span.start.line().min(done_line(&done, span)));
                done
            }),
            _ => None,
        };
        if let Some(done) = done {
            put(&mut open, &mut root, done);
        }
    }
    let empty = text.lines().map(|line| line.trim().is_empty()).collect();
    Ok(Tree { root, remarks: find_remarks(&signs, &texts), empty })
}

fn value(span: Span, data: Data) -> Value {
    Value { line: span.start.line(), end_line: span.start.line(), data }
}

/// A list on one line ends at its bracket; a list of lines where its last item does.
fn done_line(done: &Value, end: Span) -> usize {
    match done.data {
        Data::List { on_one_line: true, .. } | Data::Map { on_one_line: true, .. } => end.start.line(),
        _ => done.line,
    }
}

fn last_line(value: &Value) -> usize {
    match &value.data {
        Data::List { items, .. } => items.last().map_or(value.line, |item| item.end_line),
        Data::Map { entries, .. } => {
            entries.last().map_or(value.line, |(key, value)| value.end_line.max(key.line))
        }
        Data::Nothing | Data::Text { .. } => value.end_line,
    }
}

fn scalar(words: &str, style: ScalarStyle, line: usize, more_lines: usize) -> Value {
    let stands = match style {
        ScalarStyle::Plain => Stands::Plain,
        ScalarStyle::Literal | ScalarStyle::Folded => Stands::Block,
        _ => Stands::Quoted,
    };
    let nothing = style == ScalarStyle::Plain && matches!(words, "" | "~" | "null");
    let data = if nothing { Data::Nothing } else { Data::Text { text: words.to_owned(), stands } };
    let end_line = if stands == Stands::Block { line } else { line + more_lines };
    Value { line, end_line, data }
}

/// Where a text really ends: behind its closing sign, or before the remark behind it.
fn end_of(signs: &[char], style: ScalarStyle, span: Span) -> usize {
    let (start, end) = (span.start.index(), span.end.index().min(signs.len()));
    let Some(text) = signs.get(start..end) else { return end };
    let mut at = 1;
    match style {
        ScalarStyle::DoubleQuoted => {
            while at < text.len() && text[at] != '"' {
                at += if text[at] == '\\' { 2 } else { 1 };
            }
            start + at + 1
        }
        ScalarStyle::SingleQuoted => {
            while at < text.len() && (text[at] != '\'' || text.get(at + 1) == Some(&'\'')) {
                at += if text[at] == '\'' { 2 } else { 1 };
            }
            start + at + 1
        }
        ScalarStyle::Plain => {
            let remark = (1..text.len()).find(|at| text[*at] == '#' && text[at - 1].is_whitespace());
            let text = &text[..remark.unwrap_or(text.len())];
            start + text.iter().rposition(|sign| !sign.is_whitespace()).map_or(0, |last| last + 1)
        }
        ScalarStyle::Literal | ScalarStyle::Folded => end,
    }
}

fn put(open: &mut [(Value, Option<Value>)], root: &mut Option<Value>, done: Value) {
    let Some((parent, key)) = open.last_mut() else {
        *root = Some(done);
        return;
    };
    match &mut parent.data {
        Data::List { items, .. } => items.push(done),
        Data::Map { entries, .. } => match key.take() {
            Some(key) => entries.push((key, done)),
            None => *key = Some(done),
        },
        Data::Nothing | Data::Text { .. } => {}
    }
}

/// A `#` that begins a line or follows a space, outside of every text.
fn find_remarks(signs: &[char], texts: &[(usize, usize)]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let (mut line, mut only_spaces, mut at) = (1, true, 0);
    while at < signs.len() {
        let begins = signs[at] == '#' && (at == 0 || signs[at - 1].is_whitespace());
        // The texts are in the order of the file, and those before this place were left behind.
        let inside = || texts.iter().any(|(from, to)| *from < at && at < *to);
        if begins && !inside() {
            let end = signs[at..].iter().position(|c| *c == '\n').map_or(signs.len(), |length| at + length);
            let text: String = signs[at..end].iter().collect();
            remarks.push(Remark { line, text: text.trim_end().to_owned(), own_line: only_spaces });
            at = end;
            continue;
        }
        if signs[at] == '\n' {
            line += 1;
            only_spaces = true;
        } else if !signs[at].is_whitespace() {
            only_spaces = false;
        }
        at += 1;
    }
    remarks
}
