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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Category, Person, Polarity, TimeRef, Urgency, View};
    use proptest::prelude::*;

    fn over(start: usize, end: usize, tier: Tier) -> Finding {
        Finding {
            category: Category::Distress,
            tier,
            urgency: Urgency::Soon,
            rule: "r".into(),
            version: 1,
            span: Span { start, end },
            view: View::AsWritten,
            person: Person::Oneself,
            time: TimeRef::Now,
            polarity: Polarity::Affirmed,
            moves: Vec::new(),
        }
    }

    #[test]
    fn overlapping_spans_are_cut_at_each_edge_and_the_stronger_wins() {
        let found = [over(0, 7, Tier::Soft), over(4, 11, Tier::Hard)];
        let hard = Some(Tier::Hard);
        let expected = [("I'm ", Some(Tier::Soft)), ("so ", hard), ("sad ", hard), ("now", None)];
        assert_eq!(pieces("I'm so sad now", &found), expected);
    }

    #[test]
    fn a_span_that_cuts_a_letter_or_leaves_the_text_marks_nothing() {
        let found = [over(0, 1, Tier::Hard), over(1, 90, Tier::Hard), over(3, 2, Tier::Hard)];
        assert_eq!(pieces("éa", &found), [("éa", None)]);
        assert_eq!(pieces("", &found), []);
    }

    proptest! {
        #[test]
        fn no_character_is_lost_whatever_the_spans_say(
            text in ".{0,40}",
            spans in prop::collection::vec((0_usize..60, 0_usize..60), 0..6),
        ) {
            let found: Vec<_> = spans.into_iter().map(|(start, end)| over(start, end, Tier::Hard)).collect();
            let whole: String = pieces(&text, &found).iter().map(|(piece, _)| *piece).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
