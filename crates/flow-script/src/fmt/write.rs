//! Writes a tree out: two spaces a level, one empty line where there were any, words in double
//! quotes, short lists on one line as their author had them.
//!
//! Read next: `mod.rs`.

use super::tree::{Data, Remark, Stands, Tree, Value};
use std::fmt::Write as _;

/// A list on one line that would be longer is written one item a line.
const WIDE: usize = 160;
/// Where a long text in `>-` is broken.
const FOLD: usize = 100;

pub(super) fn write(tree: &Tree) -> String {
    let mut writer = Writer { out: String::new(), remarks: tree.remarks.iter().collect(), empty: &tree.empty };
    if let Some(root) = &tree.root {
        writer.top(root);
    }
    writer.remarks_before(usize::MAX, 0);
    writer.out
}

struct Writer<'t> {
    out: String,
    /// Those not yet written, in the order of the file.
    remarks: std::collections::VecDeque<&'t Remark>,
    empty: &'t [bool],
}

impl Writer<'_> {
    fn top(&mut self, root: &Value) {
        match &root.data {
            Data::Map { entries, .. } if !entries.is_empty() => self.map(entries, 0),
            Data::List { items, .. } if !items.is_empty() => self.list(items, 0),
            _ => {
                self.remarks_before(root.line, 0);
                let line = self.one_line(root);
                self.finish_line(line, root.end_line);
            }
        }
    }

    fn map(&mut self, entries: &[(Value, Value)], indent: usize) {
        for (key, value) in entries {
            self.before(key.line, first_own(key, value), indent);
            let _ = write!(self.out, "{}", " ".repeat(indent));
            let line = format!("{}:", self.one_line(key));
            self.value(line, value, key.line, indent);
        }
    }

    fn list(&mut self, items: &[Value], indent: usize) {
        for item in items {
            self.before(item.line, item.end_line, indent);
            let _ = write!(self.out, "{}", " ".repeat(indent));
            match &item.data {
                Data::Map { entries, on_one_line }
                    if !(entries.is_empty() || *on_one_line && self.fits(item, indent + 2)) =>
                {
                    // The first key stands beside the dash.
                    let (key, value) = &entries[0];
                    let line = format!("- {}:", self.one_line(key));
                    self.value(line, value, key.line, indent + 2);
                    self.map(&entries[1..], indent + 2);
                }
                _ => self.value("-".to_owned(), item, item.line, indent),
            }
        }
    }

    /// What stands behind a key or a dash.
    fn value(&mut self, line: String, value: &Value, key_line: usize, indent: usize) {
        match &value.data {
            Data::Map { entries, on_one_line } if !entries.is_empty() => {
                if *on_one_line && self.fits(value, indent + line.chars().count()) {
                    return self.finish_line(format!("{line} {}", self.one_line(value)), value.end_line);
                }
                self.finish_line(line, if *on_one_line { value.line } else { key_line });
                self.map(entries, indent + 2);
            }
            Data::List { items, on_one_line } if !items.is_empty() => {
                if *on_one_line && self.fits(value, indent + line.chars().count()) {
                    return self.finish_line(format!("{line} {}", self.one_line(value)), value.end_line);
                }
                self.finish_line(line, if *on_one_line { value.line } else { key_line });
                self.list(items, indent + 2);
            }
            Data::Text { text, stands: Stands::Block } if foldable(text) => {
                let end = if text.ends_with('\n') { ">" } else { ">-" };
                self.finish_line(format!("{line} {end}"), key_line.max(value.line));
                for folded in folded(text.trim_end_matches('\n'), FOLD.saturating_sub(indent + 2)) {
                    let _ = writeln!(self.out, "{}{folded}", " ".repeat(indent + 2));
                }
            }
            Data::Nothing => self.finish_line(line, key_line),
            _ => self.finish_line(format!("{line} {}", self.one_line(value)), value.end_line),
        }
    }

    /// Remarks above an entry, and an empty line where there was one. Remarks inside of what will
    /// stand on one line go above it, but for the last, which stays behind it.
    fn before(&mut self, line: usize, end_line: usize, indent: usize) {
        self.remarks_before(line, indent);
        while self.remarks.iter().take_while(|remark| remark.line <= end_line).count() > 1 {
            let Some(remark) = self.remarks.pop_front() else { break };
            self.remark(remark, indent);
        }
        self.empty_line(line);
    }

    fn remarks_before(&mut self, line: usize, indent: usize) {
        while let Some(remark) = self.remarks.pop_front() {
            if remark.line >= line {
                self.remarks.push_front(remark);
                break;
            }
            self.remark(remark, indent);
        }
    }

    fn remark(&mut self, remark: &Remark, indent: usize) {
        if remark.own_line {
            self.empty_line(remark.line);
        }
        let _ = writeln!(self.out, "{}{}", " ".repeat(indent), remark.text);
    }

    fn empty_line(&mut self, line: usize) {
        let was_empty = line.checked_sub(2).and_then(|before| self.empty.get(before)).copied().unwrap_or(false);
        if was_empty && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Ends a line, with the remark that stood behind it.
    fn finish_line(&mut self, line: String, end_line: usize) {
        self.out.push_str(&line);
        if let Some(remark) = self.remarks.front().filter(|remark| remark.line <= end_line) {
            let _ = write!(self.out, "  {}", remark.text);
            self.remarks.pop_front();
        }
        self.out.push('\n');
    }

    fn fits(&self, value: &Value, indent: usize) -> bool {
        indent + self.one_line(value).chars().count() < WIDE
    }

    fn one_line(&self, value: &Value) -> String {
        match &value.data {
            Data::Nothing => "~".into(),
            Data::Text { text, stands } => {
                if *stands == Stands::Plain && is_plain(text) {
                    text.clone()
                } else {
                    quoted(text)
                }
            }
            Data::List { items, .. } => {
                let items: Vec<String> = items.iter().map(|item| self.one_line(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Data::Map { entries, .. } if entries.is_empty() => "{}".into(),
            Data::Map { entries, .. } => {
                let pair =
                    |(key, value): &(Value, Value)| format!("{}: {}", self.one_line(key), self.one_line(value));
                let entries: Vec<String> = entries.iter().map(pair).collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }
}

/// The last line of an entry that is written as one line; the key's own line otherwise.
fn first_own(key: &Value, value: &Value) -> usize {
    match &value.data {
        Data::Map { on_one_line: false, .. } | Data::List { on_one_line: false, .. } => key.line,
        Data::Text { stands: Stands::Block, .. } => key.line,
        _ => value.end_line.max(key.line),
    }
}

/// Words that are the same with and without quotes, wherever they stand.
fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '%' | '+' | '\'' | '’');
    let first = text.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let marks = text.replace("://", "//");
    first
        && marks.chars().all(inner)
        && !text.ends_with(' ')
        && !text.contains("  ")
        && !matches!(text, "null" | "Null" | "NULL")
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// One paragraph of plain words, which `>-` breaks and joins again without a change.
fn foldable(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    !body.is_empty()
        && !body.starts_with([' ', '#'])
        && !body.contains("  ")
        && !body.ends_with(' ')
        && !body.chars().any(|c| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}'))
}

fn folded(text: &str, wide: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > wide {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
