//! From a catalogue to the translation file that stands beside a flow: `fr.yaml`.
//!
//! It is written anew, set out, with the sources at its end. Remarks of an older file don't belong
//! to words that were made elsewhere; the file's own first remark stays. Read next: `catalogue.rs`.

use super::catalogue::{ALSO, Catalogue, UnitState};
use crate::fmt::format_file;
use crate::sources::source_hash;
use std::fmt::Write as _;
use std::path::Path;

/// A part of the file: words, or named parts in the order they came.
enum Part {
    Words(String),
    List(Vec<String>),
    Named(Vec<(String, Part)>),
}

/// The file as it is, with the sources noted anew: every text that has words counts as translated
/// from what stands in the flow now. All remarks stay.
pub fn stamped(catalogue: &Catalogue, text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        let at_the_top = !line.starts_with(char::is_whitespace) && !line.trim().is_empty();
        if at_the_top {
            inside = line.starts_with("sources:");
        }
        if !inside || line.trim_start().starts_with('#') {
            let _ = writeln!(out, "{line}");
        }
    }
    let translated = catalogue.units.iter().filter(|unit| !unit.is_also() && !unit.words.is_empty());
    let sources = translated.map(|unit| (unit.slot.clone(), Part::Words(source_hash(&unit.source)))).collect();
    out.push('\n');
    write(&mut out, "sources", &Part::Named(sources), 0);
    format_file(Path::new("translation"), &out).unwrap_or(out)
}

/// The text of the translation file. `before` is the file as it was, whose remarks at the top stay.
pub fn translation_file(catalogue: &Catalogue, before: Option<&str>) -> String {
    let mut root = Part::Named(Vec::new());
    let mut sources = Vec::new();
    for unit in catalogue.units.iter().filter(|unit| !unit.words.trim().is_empty()) {
        let path: Vec<&str> = unit.slot.split('/').collect();
        if unit.is_also() {
            let said = unit.words.split(ALSO.trim()).map(|said| said.trim().to_owned());
            put(&mut root, &path, Part::List(said.filter(|said| !said.is_empty()).collect()));
            continue;
        }
        put(&mut root, &path, Part::Words(unit.words.clone()));
        let hash = source_hash(&unit.source);
        match unit.state {
            UnitState::Fresh => sources.push((unit.slot.clone(), Part::Words(hash))),
            // Stale stays stale: no source has this hash.
            UnitState::Stale => sources.push((unit.slot.clone(), Part::Words("00000000".into()))),
            UnitState::Unstamped | UnitState::Missing => {}
        }
    }
    let mut out: String = before.unwrap_or_default().lines().take_while(|line| line.starts_with('#')).fold(
        String::new(),
        |mut head, line| {
            let _ = writeln!(head, "{line}");
            head
        },
    );
    if let Part::Named(parts) = &mut root {
        // Words that hold for the whole flow come first, as authors write them.
        parts.sort_by_key(|(name, _)| name != "defaults");
        if !sources.is_empty() {
            parts.push(("sources".into(), Part::Named(sources)));
        }
        for (number, (name, part)) in parts.iter().enumerate() {
            if number > 0 {
                out.push('\n');
            }
            write(&mut out, name, part, 0);
        }
    }
    // What was just written can be set out; if not, it is right as it is.
    format_file(Path::new("translation"), &out).unwrap_or(out)
}

fn put(into: &mut Part, path: &[&str], part: Part) {
    let Part::Named(parts) = into else { return };
    let Some((name, rest)) = path.split_first() else { return };
    let known = parts.iter().position(|(known, _)| known == name);
    match (rest.is_empty(), known) {
        (true, Some(at)) => parts[at].1 = part,
        (true, None) => parts.push(((*name).to_owned(), part)),
        (false, Some(at)) => put(&mut parts[at].1, rest, part),
        (false, None) => {
            parts.push(((*name).to_owned(), Part::Named(Vec::new())));
            if let Some((_, last)) = parts.last_mut() {
                put(last, rest, part);
            }
        }
    }
}

fn write(out: &mut String, name: &str, part: &Part, indent: usize) {
    let space = " ".repeat(indent);
    match part {
        Part::Words(words) => {
            let _ = writeln!(out, "{space}{name}: {}", quoted(words));
        }
        Part::List(items) => {
            let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
            let _ = writeln!(out, "{space}{name}: [{}]", items.join(", "));
        }
        // Reminders are counted, not named: a list, in which a missing one would move the others.
        Part::Named(parts) if parts.iter().enumerate().all(|(at, (name, _))| *name == at.to_string()) => {
            let _ = writeln!(out, "{space}{name}:");
            for (_, part) in parts {
                if let Part::Words(words) = part {
                    let _ = writeln!(out, "{space}  - {}", quoted(words));
                }
            }
        }
        Part::Named(parts) => {
            let _ = writeln!(out, "{space}{name}:");
            for (name, part) in parts {
                write(out, name, part, indent + 2);
            }
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            sign if sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(sign));
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}
