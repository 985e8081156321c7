//! The handoff card: who is here, how urgent, what was found, what was promised — before the first word.
//!
//! It must never show a guess as a fact: only what events say. Read next: `lines.rs`.

use super::{Ctx, highlight, linked, marks};
use crate::reading::{Reading, words};
use crate::transcript::{ChildWords, Happening, Line, LineKind, Voice};
use crate::words::W;
use domain::{Category, Finding, Polarity, Stage, Tier, Timestamp};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The card.
pub(crate) fn card(ctx: &Ctx<'_>, reading: &Reading, lines: &[Line]) -> Markup {
    let t = ctx.t;
    let conversation = &reading.conversation;
    let request = conversation.stage.waiting().or_else(|| conversation.stage.engaged().map(|e| &e.request));
    html! {
        section #card .card aria-labelledby="card-title" {
            h2 #card-title { (t.w(W::HandoffCard)) }
            dl.facts {
                (marks::fact(t, W::Why, &html! {
                    @match request { Some(request) => (t.reason(&request.reason)), None => (t.w(W::NotAskedYet)) }
                }))
                (marks::fact(t, W::Urgency, &marks::urgency(t, conversation.urgency())))
                @if let Some(request) = request {
                    (marks::fact(t, W::WaitingSince, &html! {
                        (marks::clock(request.since))
                        @if conversation.stage.waiting().is_some() { " · " (marks::wait(request.since, ctx.now)) }
                    }))
                }
                (marks::fact(t, W::Language, &marks::language(conversation.lang)))
                (marks::fact(t, W::Age, &html! { (t.age(conversation.age_band)) }))
                (marks::fact(t, W::Where, &html! { (conversation.platform.name()) }))
                (marks::fact(t, W::Risk, &risk_line(ctx, lines)))
            }
            h3 { (t.w(W::WhatWasFound)) }
            (found(ctx, lines))
            h3 { (t.w(W::WhatTheBotSaid)) }
            (said(ctx, reading, lines))
            h3 { (t.w(W::ContactsGiven)) }
            @if conversation.resources.is_empty() {
                p.empty { (t.w(W::None)) }
            } @else {
                ul { @for id in &conversation.resources { li { (ctx.desk.resources.get(id).map_or(id.as_str(), String::as_str)) } } }
            }
            h3 { (t.w(W::EarlierContacts)) }
            (earlier(ctx, reading))
            h3 { (t.w(W::LinkedContacts)) }
            (linked::linked(ctx, reading))
        }
    }
}

/// How urgency rose, oldest first.
fn risk_line(ctx: &Ctx<'_>, lines: &[Line]) -> Markup {
    let t = ctx.t;
    html! {
        ol.risk {
            li { (t.urgency(domain::Urgency::Routine)) }
            @for line in lines {
                @if let LineKind::System(Happening::RiskRaised { to, rule }) = &line.kind {
                    li {
                        (marks::urgency(t, *to)) " " (marks::clock(line.at))
                        @if let Some(rule) = rule { " " code { (rule.as_str()) } }
                    }
                }
            }
        }
    }
}

/// One category with the words that led to it.
struct Found<'a> {
    strongest: &'a Finding,
    quotes: Vec<(&'a Finding, &'a ChildWords, Timestamp, domain::Lang)>,
}

fn found(ctx: &Ctx<'_>, lines: &[Line]) -> Markup {
    let t = ctx.t;
    let mut by_category: BTreeMap<Category, Found<'_>> = BTreeMap::new();
    for line in lines {
        let LineKind::Child { original, edits, .. } = &line.kind else { continue };
        for said in std::iter::once(original).chain(edits.iter().map(|(_, said)| said)) {
            for finding in &said.findings {
                let entry = by_category
                    .entry(finding.category)
                    .or_insert_with(|| Found { strongest: finding, quotes: Vec::new() });
                if finding.urgency > entry.strongest.urgency {
                    entry.strongest = finding;
                }
                entry.quotes.push((finding, said, line.at, line.lang));
            }
        }
    }
    let mut found: Vec<_> = by_category.into_iter().collect();
    found.sort_by_key(|(_, found)| std::cmp::Reverse((found.strongest.urgency, found.strongest.tier)));
    html! {
        @if found.is_empty() { p.empty { (t.w(W::NothingFound)) } }
        ul.found {
            @for (category, found) in &found {
                li {
                    (marks::urgency(t, found.strongest.urgency)) " " strong { (t.category(*category)) }
                    ul {
                        @for (finding, said, at, lang) in &found.quotes {
                            li { (one_finding(ctx, finding, words(&said.text), *lang)) " " (marks::clock(*at)) }
                        }
                    }
                }
            }
        }
    }
}

/// The quoted words, what the rule understood, and the rule's name.
pub(crate) fn one_finding(ctx: &Ctx<'_>, finding: &Finding, text: &str, lang: domain::Lang) -> Markup {
    let t = ctx.t;
    html! {
        @if let Some(quote) = highlight::quoted(text, finding.span) {
            q lang=(lang.as_str()) dir="auto" { bdi { (quote) } } " "
        }
        span.understood {
            (t.person(finding.person)) ", " (t.time(finding.time))
            @if finding.polarity == Polarity::Negated { ", " (t.w(W::Denied)) }
            @if finding.tier == Tier::Soft { ", " (t.w(W::SoftSign)) }
        }
        " " code { (finding.rule.as_str()) "@" (finding.version) }
        @for step in &finding.moves {
            " " span.understood { "(" (t.urgency(step.from)) " → " (t.urgency(step.to)) (t.colon()) (step.because) ")" }
        }
    }
}

fn said(ctx: &Ctx<'_>, reading: &Reading, lines: &[Line]) -> Markup {
    let t = ctx.t;
    let mut promised = Vec::new();
    let mut last = None;
    for line in lines {
        let LineKind::Out { by, text, .. } = &line.kind else { continue };
        match by {
            Voice::Counsellor(_) => {}
            Voice::Flow(..) => last = Some((text, line)),
            Voice::Phrase(name) => {
                last = Some((text, line));
                if let Some(promise) = t.promise(name)
                    && !promised.contains(&promise)
                {
                    promised.push(promise);
                }
            }
        }
    }
    html! {
        @if let Some((text, line)) = last {
            blockquote.botsaid lang=(line.lang.as_str()) dir="auto" { (words(text)) }
            p.small { (t.w(W::BotSaidLast)) " " (marks::clock(line.at)) }
        } @else {
            p.empty { (t.w(W::BotSaidNothing)) }
        }
        @if !promised.is_empty() {
            p { (t.w(W::ChildWasTold)) }
            ul { @for promise in promised { li { (promise) } } }
        }
        @if let Stage::Accepted(engaged) = &reading.conversation.stage {
            @if engaged.first_words.is_none() && engaged.by == ctx.who.counsellor.id {
                p.hint { (t.w(W::ChildKnowsYouRead)) }
            }
        }
    }
}

fn earlier(ctx: &Ctx<'_>, reading: &Reading) -> Markup {
    let t = ctx.t;
    html! {
        @if reading.earlier.is_empty() {
            p.empty { (t.w(W::NoEarlierContacts)) }
        } @else {
            ul {
                @for row in &reading.earlier {
                    li {
                        @if ctx.who.counsellor.role == domain::Role::Supervisor {
                            a href={ "/desk/c/" (row.id) } { (t.w(W::Conversation)) " " (marks::code(row.id)) }
                        } @else {
                            (t.w(W::Conversation)) " " (marks::code(row.id))
                        }
                        " · " (marks::day(row.since)) " · " (marks::urgency(t, row.urgency)) " · " (t.stage(row.stage))
                        @for id in &row.counsellors { " · " (reading.names.of(*id)) }
                    }
                }
            }
        }
    }
}
