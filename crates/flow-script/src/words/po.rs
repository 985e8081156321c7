//! PO, as gettext and most translators' tools write it. One entry a text: `msgctxt` is where it
//! stands, `msgid` the source, `msgstr` the words. A stale translation is marked `fuzzy`.
//!
//! Read next: `xliff.rs`.

use super::catalogue::{Catalogue, Unit, UnitState};
use super::{WordsError, wrong};
use domain::{FlowId, Lang};
use std::fmt::Write as _;

/// A catalogue as PO.
#[must_use]
pub fn to_po(catalogue: &Catalogue) -> String {
    let mut out = String::from("msgid \"\"\nmsgstr \"\"\n");
    for line in [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        &format!("Language: {}", catalogue.lang),
        &format!("X-Source-Language: {}", catalogue.base),
        &format!("X-Flow: {}", catalogue.flow),
    ] {
        let _ = writeln!(out, "\"{line}\\n\"");
    }
    for unit in &catalogue.units {
        out.push('\n');
        if unit.is_also() {
            out.push_str("#. Other ways to say the choice above, with | between. Free: as many as there are.\n");
        } else if unit.source.contains('{') {
            out.push_str("#. Words in { } are filled in later. Keep them as they are.\n");
        }
        if unit.state == UnitState::Stale {
            out.push_str("#, fuzzy\n");
        }
        let _ = writeln!(out, "msgctxt {}", quoted(&unit.slot));
        let _ = writeln!(out, "msgid {}", quoted(&unit.source));
        let _ = writeln!(out, "msgstr {}", quoted(&unit.words));
    }
    out
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{}\"", escaped.replace('\r', "\\r"))
}

#[derive(Default)]
struct Entry {
    line: usize,
    fuzzy: bool,
    context: Option<String>,
    source: Option<String>,
    words: Option<String>,
}

/// Reads PO. A `fuzzy` entry counts as stale, one without words as missing, all others as fresh:
/// the translator has seen the source that stands in the file.
///
/// # Errors
/// What can't be read, with its line.
pub fn from_po(text: &str) -> Result<Catalogue, WordsError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut now = Entry::default();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let (line_number, line) = (number + 1, line.trim());
        let starts_new = line.starts_with('#') || line.starts_with("msgctxt") || line.starts_with("msgid");
        if starts_new && now.words.is_some() {
            entries.push(std::mem::take(&mut now));
        }
        if now.line == 0 {
            now.line = line_number;
        }
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match keyword {
            "" => {}
            "#," => now.fuzzy = now.fuzzy || rest.split(',').any(|flag| flag.trim() == "fuzzy"),
            _ if line.starts_with('#') => {}
            "msgctxt" => now.context = Some(unquoted(rest, line_number)?),
            "msgid" => now.source = Some(unquoted(rest, line_number)?),
            "msgstr" => now.words = Some(unquoted(rest, line_number)?),
            _ if line.starts_with('"') => {
                let more = unquoted(line, line_number)?;
                let last =
                    [&mut now.words, &mut now.source, &mut now.context].into_iter().find(|part| part.is_some());
                match last {
                    Some(Some(part)) => part.push_str(&more),
                    _ => return Err(wrong(line_number, "a text without a keyword before it", "`msgid \"…\"`")),
                }
            }
            _ => {
                let shown: String = keyword.chars().take(20).collect();
                return Err(wrong(line_number, format!("`{shown}`"), "msgctxt, msgid, msgstr or a remark"));
            }
        }
    }
    if now.words.is_some() {
        entries.push(now);
    }
    build(entries)
}

fn build(entries: Vec<Entry>) -> Result<Catalogue, WordsError> {
    let header = entries.iter().find(|entry| entry.source.as_deref() == Some("") && entry.context.is_none());
    let header = header.and_then(|entry| entry.words.clone()).unwrap_or_default();
    let field = |name: &str| {
        let line = header.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim).ok_or_else(|| {
            wrong(1, format!("the head has no `{name}`"), "a file made by `flow translations export`")
        })
    };
    let lang = |name: &str| -> Result<Lang, WordsError> {
        field(name)?.parse().map_err(|_| wrong(1, format!("`{name}` is no language tag"), "such as `fr`"))
    };
    let (flow, base, lang) = (FlowId::new(field("X-Flow")?), lang("X-Source-Language")?, lang("Language")?);
    let mut units = Vec::new();
    for entry in entries {
        let (Some(slot), Some(source), Some(words)) = (entry.context, entry.source, entry.words) else { continue };
        let state = match (words.is_empty(), entry.fuzzy) {
            (true, _) => UnitState::Missing,
            (false, true) => UnitState::Stale,
            (false, false) => UnitState::Fresh,
        };
        units.push(Unit { slot, source, words, state });
    }
    Ok(Catalogue { flow, base, lang, units })
}

fn unquoted(text: &str, line: usize) -> Result<String, WordsError> {
    let inner = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let inner = inner.ok_or_else(|| wrong(line, "words without quotation marks", "\"words\""))?;
    let mut out = String::new();
    let mut signs = inner.chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            out.push(sign);
            continue;
        }
        match signs.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(other) => out.push(other),
            None => return Err(wrong(line, "a `\\` at the end", "`\\n`, `\\t`, `\\\"` or `\\\\`")),
        }
    }
    Ok(out)
}
