//! The one way in: text to findings, in every view and every language.
//!
//! It must never stop early, depend on the language told, or let one view hide what another found.
//! Read next: `letters.rs` (views), `matcher.rs`, `structure.rs`.

use crate::compile::Rulebook;
use crate::escalation::tier_of;
use crate::fold::is_han;
use crate::langs::LANGS;
use crate::letters::{Reading, further_readings, in_word, plain};
use crate::matcher::Hit;
use crate::structure::Sentences;
use crate::tokens::Tokens;
use crate::words::number;
use crate::{Screened, Window};
use domain::{Finding, Inbound, Span, View};
use std::cmp::Reverse;
use unicode_normalization::UnicodeNormalization as _;

/// Findings of one rule kept for one text, the most urgent: a text that says it a thousand times says
/// it, and the event log stays small.
const PER_RULE: usize = 4;

/// Screens one text in every language and every view; most urgent first, then by place.
pub fn screen(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_reading(text, |reading, tokens| find(text, reading, tokens, &mut findings));
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

/// Visits each reading of a text. Views of single words are read beside the words of each.
pub(crate) fn each_reading(text: &str, mut visit: impl FnMut(&Reading, &Tokens)) {
    let words = &Rulebook::shipped().words;
    let first = plain(text);
    visit(&first, &Tokens::cut(&first, words));
    for reading in further_readings(&first) {
        visit(&reading, &Tokens::cut(&reading, words));
    }
}

/// Appends what the rules find in one reading.
pub(crate) fn find(text: &str, reading: &Reading, tokens: &Tokens, findings: &mut Vec<Finding>) {
    let book = Rulebook::shipped();
    let mut sentences: [Option<Sentences<'_>>; LANGS.len()] = Default::default();
    for hit in book.phrases.find(tokens, u16::MAX) {
        let rule = &book.rules[usize::from(book.rule_of[hit.phrase as usize])];
        let sentences =
            sentences[usize::from(rule.lang)].get_or_insert_with(|| Sentences::new(book, tokens, rule.lang));
        let (view, plainest) = book.phrases.plainest(tokens, hit);
        if view == View::Misspelt && !tokens.misspelling_is_sure(plainest.from, plainest.to) {
            continue;
        }
        let mut add = |view: View, hit: Hit| {
            let judged = sentences.judge(rule, hit);
            let span = tokens.span(reading, hit.from, hit.to);
            findings.push(Finding {
                category: rule.category,
                tier: tier_of(judged.urgency),
                urgency: judged.urgency,
                rule: rule.id.clone(),
                version: rule.version,
                view: view.max(reading.view).max(written_as(text, span)),
                span,
                person: judged.person,
                time: judged.time,
                polarity: judged.polarity,
                moves: judged.moves,
            });
        };
        add(view, plainest);
        // A further view may reach further, and may only add.
        if plainest != hit {
            add(View::Misspelt, hit);
        }
    }
}

/// How far the words of a span had to be folded before the data knew them.
fn written_as(text: &str, span: Span) -> View {
    let words = &Rulebook::shipped().words;
    let Some(text) = text.get(span.start..span.end).filter(|text| !text.is_ascii()) else {
        return View::AsWritten;
    };
    let is_word = |c: &char| in_word(*c);
    let mut view = View::AsWritten;
    for word in text.split(|c: char| !is_word(&c)).filter(|word| !word.is_ascii()) {
        let lower: Vec<char> = word.to_lowercase().chars().collect();
        if !words.is_written(number(&lower)) && !lower.iter().all(|c| is_han(*c)) {
            let composed: Vec<char> = lower.iter().copied().nfkc().collect();
            let folded = composed != lower && words.is_written(number(&composed));
            view = view.max(if folded { View::Nfkc } else { View::Unaccented });
        }
    }
    view
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
