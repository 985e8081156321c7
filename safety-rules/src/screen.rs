//! The one way in: text to findings, in every view and every language.
//!
//! It must never stop early, depend on the language told, or let one view hide what another found.
//! Read next: `letters.rs` (views), `matcher.rs`, `structure.rs`.

use crate::compile::Rulebook;
use crate::escalation::tier_of;
use crate::letters::{Reading, as_written, further_views};
use crate::structure::Sentences;
use crate::tokens::{Spelling, Tokens};
use crate::{Screened, Window};
use domain::{Finding, Inbound, View};
use std::cmp::Reverse;

/// Findings of one rule kept for one text, the most urgent: a text that says it a thousand times says
/// it, and the event log stays small.
const PER_RULE: usize = 4;

/// Screens one text in every language and every view; most urgent first, then by place.
pub fn screen(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_view(text, |reading, view, tokens| find(reading, view, tokens, &mut findings));
    tidy(findings)
}

/// Screens every text of an inbound message. Spans are relative to the text they were found in.
pub fn screen_inbound(inbound: Inbound) -> Screened<Inbound> {
    screen_inbound_in(inbound, &Window::default())
}

/// The same, read together with the bubbles just before: "i want to" · "die". What is found only in
/// the earlier bubbles was found when they came, and is left out.
pub fn screen_inbound_in(inbound: Inbound, window: &Window) -> Screened<Inbound> {
    let mut findings = Vec::new();
    for text in inbound.body.texts() {
        findings.extend(screen(text));
        findings.extend(across_bubbles(text, window));
    }
    Screened::new(inbound, tidy(findings))
}

/// Findings that begin in an earlier bubble and end in this one; the span is the part in this one.
fn across_bubbles(text: &str, window: &Window) -> Vec<Finding> {
    if window.previous().is_empty() {
        return Vec::new();
    }
    let mut whole = String::new();
    for bubble in window.previous() {
        whole.push_str(bubble.text());
        whole.push('\n');
    }
    let offset = whole.len();
    whole.push_str(text);
    let mut findings = screen(&whole);
    findings.retain(|finding| finding.span.start < offset && finding.span.end > offset);
    for finding in &mut findings {
        finding.span.start = 0;
        finding.span.end -= offset;
    }
    findings
}

/// Visits each reading of a text whose words differ from the reading before.
pub(crate) fn each_view(text: &str, mut visit: impl FnMut(&Reading, View, &Tokens)) {
    let words = &Rulebook::shipped().words;
    let first = as_written(text);
    let mut tokens = Tokens::cut(&first, words, Spelling::Exact);
    visit(&first, View::AsWritten, &tokens);
    let further = further_views(&first);
    for reading in &further {
        let spelling = if reading.view >= View::Collapsed { Spelling::Squeezed } else { Spelling::Exact };
        let next = Tokens::cut(reading, words, spelling);
        if !next.same_words(&tokens) {
            visit(reading, reading.view, &next);
            tokens = next;
        }
    }
    if tokens.has_unknown || !further.is_empty() {
        let last = further.last().unwrap_or(&first);
        let spelled = Tokens::cut(last, words, Spelling::OneSlip);
        if spelled.spelling_helped {
            visit(last, View::Misspelt, &spelled);
        }
    }
}

/// Appends what the rules find in one reading.
pub(crate) fn find(reading: &Reading, view: View, tokens: &Tokens, findings: &mut Vec<Finding>) {
    let book = Rulebook::shipped();
    let hits = book.phrases.find(tokens);
    if hits.is_empty() {
        return;
    }
    let sentences = Sentences::new(book, tokens);
    for hit in hits {
        let rule = &book.rules[usize::from(book.rule_of[hit.phrase as usize])];
        let judged = sentences.judge(rule, hit);
        findings.push(Finding {
            category: rule.category,
            tier: tier_of(judged.urgency),
            urgency: judged.urgency,
            rule: rule.id.clone(),
            version: rule.version,
            span: tokens.span(reading, hit.from, hit.to),
            view,
            person: judged.person,
            time: judged.time,
            polarity: judged.polarity,
            moves: judged.moves,
        });
    }
}

/// Of overlapping findings of one rule the most urgent stays (then the plainest view, then the longest);
/// all in the order that is shown.
pub(crate) fn tidy(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        let order = |f: &Finding| (Reverse(f.urgency), f.view, Reverse(f.span.end - f.span.start), f.span.start);
        a.rule.cmp(&b.rule).then_with(|| order(a).cmp(&order(b)))
    });
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len().min(16));
    for finding in findings {
        let same_rule = kept.iter().rev().take_while(|known| known.rule == finding.rule);
        let mut count = 0;
        let mut overlaps = false;
        for known in same_rule {
            count += 1;
            overlaps |= known.span.start < finding.span.end && finding.span.start < known.span.end;
        }
        if !overlaps && count < PER_RULE {
            kept.push(finding);
        }
    }
    kept.sort_by(|a, b| b.urgency.cmp(&a.urgency).then(a.span.cmp(&b.span)).then_with(|| a.rule.cmp(&b.rule)));
    kept
}
