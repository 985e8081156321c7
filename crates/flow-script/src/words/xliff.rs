//! XLIFF 1.2, as most translation programs read and write it.
//!
//! Read next: `into_file.rs`.

use super::catalogue::{Catalogue, Unit, UnitState};
use super::xml::{Piece, escaped, pieces};
use super::{WordsError, wrong};
use domain::{FlowId, Lang};
use std::fmt::Write as _;

/// A catalogue as XLIFF 1.2.
#[must_use]
pub fn to_xliff(catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <xliff version=\"1.2\" xmlns=\"urn:oasis:names:tc:xliff:document:1.2\">\n",
    );
    let _ = writeln!(
        out,
        "  <file original=\"{}\" source-language=\"{}\" target-language=\"{}\" datatype=\"plaintext\">\n    <body>",
        escaped(catalogue.flow.as_str()),
        catalogue.base,
        catalogue.lang
    );
    for unit in &catalogue.units {
        let slot = escaped(&unit.slot);
        let _ = writeln!(out, "      <trans-unit id=\"{slot}\" resname=\"{slot}\" xml:space=\"preserve\">");
        let _ = writeln!(out, "        <source>{}</source>", escaped(&unit.source));
        let state = match unit.state {
            UnitState::Missing => "new",
            UnitState::Stale => "needs-translation",
            UnitState::Unstamped | UnitState::Fresh => "translated",
        };
        let _ = writeln!(out, "        <target state=\"{state}\">{}</target>", escaped(&unit.words));
        if unit.is_also() {
            out.push_str("        <note>Other ways to say the choice above, with | between.</note>\n");
        } else if unit.source.contains('{') {
            out.push_str("        <note>Words in { } are filled in later. Keep them as they are.</note>\n");
        }
        out.push_str("      </trans-unit>\n");
    }
    out.push_str("    </body>\n  </file>\n</xliff>\n");
    out
}

#[derive(Default)]
struct Open {
    slot: Option<String>,
    source: String,
    words: String,
    stale: bool,
    /// Which of the two is being read.
    inside: Option<Side>,
}

#[derive(Clone, Copy)]
enum Side {
    Source,
    Target,
}

/// Reads XLIFF 1.2. Words under `state="needs-…"` count as stale.
///
/// # Errors
/// What can't be read, with its line.
pub fn from_xliff(text: &str) -> Result<Catalogue, WordsError> {
    let mut head: Option<(FlowId, Lang, Lang)> = None;
    let mut units = Vec::new();
    let mut now = Open::default();
    for (line, piece) in pieces(text)? {
        match piece {
            Piece::Open { name, attributes, .. } if name == "file" => head = Some(file_head(&attributes, line)?),
            Piece::Open { name, attributes, .. } if name == "trans-unit" => {
                now = Open { slot: value(&attributes, "id").map(ToOwned::to_owned), ..Open::default() };
            }
            Piece::Open { name, closed, .. } if name == "source" => now.inside = (!closed).then_some(Side::Source),
            Piece::Open { name, attributes, closed } if name == "target" => {
                now.stale = value(&attributes, "state").is_some_and(|state| state.starts_with("needs-"));
                now.inside = (!closed).then_some(Side::Target);
            }
            Piece::Close(name) if name == "source" || name == "target" => now.inside = None,
            Piece::Close(name) if name == "trans-unit" => units.extend(unit(std::mem::take(&mut now))),
            Piece::Text(text) => match now.inside {
                Some(Side::Source) => now.source.push_str(&text),
                Some(Side::Target) => now.words.push_str(&text),
                None => {}
            },
            Piece::Open { .. } | Piece::Close(_) => {}
        }
    }
    let (flow, base, lang) = head.ok_or_else(|| wrong(0, "no `<file>`", "XLIFF 1.2"))?;
    Ok(Catalogue { flow, base, lang, units })
}

fn file_head(attributes: &[(String, String)], line: usize) -> Result<(FlowId, Lang, Lang), WordsError> {
    let need = |name: &str| {
        value(attributes, name)
            .ok_or_else(|| wrong(line, format!("`<file>` has no `{name}`"), format!("`{name}=\"…\"`")))
    };
    let lang = |name: &str| {
        need(name)?
            .parse::<Lang>()
            .map_err(|_| wrong(line, format!("`{name}` is no language tag"), "such as `fr`"))
    };
    Ok((FlowId::new(need("original")?), lang("source-language")?, lang("target-language")?))
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn unit(open: Open) -> Option<Unit> {
    let state = match (open.words.is_empty(), open.stale) {
        (true, _) => UnitState::Missing,
        (false, true) => UnitState::Stale,
        (false, false) => UnitState::Fresh,
    };
    Some(Unit { slot: open.slot?, source: open.source, words: open.words, state })
}
