//! A text cut at the edges of what the rules found in it, so that the exact span can be marked.
//!
//! It must never lose or change a character, whatever the spans say. Read next: `lines.rs`.

use domain::{Finding, Span, Tier};
use maud::{Markup, html};

/// A piece of text and the strongest tier that covers it.
pub(crate) fn pieces<'a>(text: &'a str, findings: &[Finding]) -> Vec<(&'a str, Option<Tier>)> {
    let spans: Vec<(Span, Tier)> =
        findings.iter().filter(|one| quoted(text, one.span).is_some()).map(|one| (one.span, one.tier)).collect();
    let mut edges: Vec<usize> = spans.iter().flat_map(|(span, _)| [span.start, span.end]).collect();
    edges.extend([0, text.len()]);
    edges.sort_unstable();
    edges.dedup();
    let mut pieces = Vec::new();
    for pair in edges.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let tier =
            spans.iter().filter(|(span, _)| span.start <= start && end <= span.end).map(|(_, tier)| *tier).max();
        if let Some(piece) = text.get(start..end) {
            pieces.push((piece, tier));
        }
    }
    pieces
}

/// The words a span covers; `None` when it doesn't fit the text (cut at the limit, a file's name).
pub(crate) fn quoted(text: &str, span: Span) -> Option<&str> {
    text.get(span.start..span.end).filter(|words| !words.is_empty())
}

/// The text with what was found marked.
pub(crate) fn marked(text: &str, findings: &[Finding]) -> Markup {
    html! {
        @for (piece, tier) in pieces(text, findings) {
            @match tier {
                None => (piece),
                Some(Tier::Soft) => mark.soft { (piece) },
                Some(Tier::Hard) => mark.hard { (piece) },
            }
        }
    }
}
