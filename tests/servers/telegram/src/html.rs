//! The length of a text counts after its entities were parsed: tags don't count, `&lt;` is one.
//!
//! Only HTML is read; a client that wants Markdown is refused, loudly. Read next: `methods.rs`.

/// Tags that the platform knows.
const TAGS: [&str; 16] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "span",
    "tg-spoiler",
    "a",
    "code",
    "pre",
    "blockquote",
    "tg-emoji",
];

/// The text without its tags.
pub(crate) fn plain(text: &str) -> Result<String, String> {
    let (mut out, mut open, mut rest) = (String::new(), Vec::new(), text);
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let ends = if rest.starts_with('<') { '>' } else { ';' };
        let end = rest.find(ends).ok_or("can't parse entities: a tag or entity doesn't end")?;
        let inside = &rest[1..end];
        rest = &rest[end + 1..];
        if ends == ';' {
            out.push_str(entity(inside)?);
        } else if let Some(name) = inside.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("can't parse entities: unexpected end tag {name}"));
            }
        } else {
            let name = inside.split_whitespace().next().unwrap_or_default();
            let name = TAGS.into_iter().find(|tag| *tag == name);
            open.push(name.ok_or("can't parse entities: unsupported start tag")?);
        }
    }
    out.push_str(rest);
    if open.is_empty() { Ok(out) } else { Err("can't parse entities: can't find end tag".to_owned()) }
}

fn entity(name: &str) -> Result<&'static str, String> {
    let known = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\"")];
    let found = known.into_iter().find(|(known, _)| *known == name);
    found.map(|(_, sign)| sign).ok_or_else(|| "can't parse entities: unsupported entity".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_entities_are_taken_out_and_faults_refused() {
        assert_eq!(plain("<b>so</b> &lt;3 &amp; <i>more</i>").unwrap(), "so <3 & more");
        assert_eq!(plain("plain").unwrap(), "plain");
        for wrong in ["<b>open", "</b>", "<nope>x</nope>", "&nope;", "a < b"] {
            assert!(plain(wrong).is_err(), "{wrong}");
        }
    }
}
