//! Just enough XML for XLIFF: elements, attributes, text. No document types, no outside entities, so
//! that a file can't grow or fetch anything.
//!
//! It must never panic, whatever the text. Read next: `xliff.rs`.

use super::{WordsError, wrong};

/// What comes next in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// `<name …>`; `closed` for `<name …/>`.
    Open {
        name: String,
        attributes: Vec<(String, String)>,
        closed: bool,
    },
    /// `</name>`.
    Close(String),
    Text(String),
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            sign => out.push(sign),
        }
    }
    out
}

/// All pieces with their lines.
pub(super) fn pieces(text: &str) -> Result<Vec<(usize, Piece)>, WordsError> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    let mut line = 1;
    while !rest.is_empty() {
        let Some(open) = rest.find('<') else {
            pieces.push((line, Piece::Text(plain(rest, line)?)));
            break;
        };
        if open > 0 {
            pieces.push((line, Piece::Text(plain(&rest[..open], line)?)));
        }
        line += lines(&rest[..open]);
        rest = &rest[open..];
        let end_mark = if rest.starts_with("<!--") { "-->" } else { ">" };
        if rest.starts_with("<!") && end_mark == ">" {
            return Err(wrong(line, "a `<!…>`", "plain XLIFF without a document type"));
        }
        let Some(end) = rest.find(end_mark) else {
            return Err(wrong(line, "a `<` without its `>`", "an element"));
        };
        let whole = &rest[..end + end_mark.len()];
        if !whole.starts_with("<!--") && !whole.starts_with("<?") {
            pieces.push((line, tag(&whole[1..whole.len() - 1], line)?));
        }
        line += lines(whole);
        rest = &rest[whole.len()..];
    }
    Ok(pieces)
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

fn tag(inside: &str, line: usize) -> Result<Piece, WordsError> {
    if let Some(name) = inside.strip_prefix('/') {
        return Ok(Piece::Close(local(name.trim())));
    }
    let closed = inside.ends_with('/');
    let inside = inside.trim_end_matches('/').trim();
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let bad = || wrong(line, "an attribute that can't be read", "`name=\"value\"`");
        let (key, after) = rest.split_once('=').ok_or_else(bad)?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(bad)?;
        let (value, after) = after[1..].split_once(quote).ok_or_else(bad)?;
        attributes.push((key.trim().to_owned(), plain(value, line)?));
        rest = after;
    }
    Ok(Piece::Open { name: local(name), attributes, closed })
}

/// Without the prefix of a namespace.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn plain(text: &str, line: usize) -> Result<String, WordsError> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some((name, later)) = after.split_once(';') else {
            return Err(wrong(line, "an `&` that stands alone", "`&amp;`"));
        };
        let number = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16).ok());
        let number = number.or_else(|| name.strip_prefix('#').map(|decimal| decimal.parse().ok())).flatten();
        let sign = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => number.and_then(char::from_u32),
        };
        out.push(sign.ok_or_else(|| wrong(line, "an unknown `&…;`", "`&amp;`, `&lt;`, `&gt;`, `&quot;`"))?);
        rest = later;
    }
    out.push_str(rest);
    Ok(out)
}
