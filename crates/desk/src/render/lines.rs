//! The transcript's lines as HTML. `.words` holds exactly the words said, nothing else.
//!
//! Read next: `../transcript.rs`, which makes the lines.

use super::{Ctx, card, happening, highlight, marks};
use crate::reading::{Reading, words};
use crate::transcript::{ChildWords, Delivery, Line, LineKind, Voice};
use crate::words::W;
use domain::Lang;
use maud::{Markup, html};

/// All lines, in order. A log that screen readers follow.
pub(crate) fn lines(ctx: &Ctx<'_>, reading: &Reading, lines: &[Line]) -> Markup {
    html! {
        div #lines .lines-box role="log" aria-label=(ctx.t.w(W::Transcript)) tabindex="0" {
            ol #line-list .lines { @for line in lines { (one(ctx, reading, line)) } }
        }
    }
}

fn one(ctx: &Ctx<'_>, reading: &Reading, line: &Line) -> Markup {
    let t = ctx.t;
    let id = format!("line-{}", line.seq);
    match &line.kind {
        LineKind::Child { message, kind, original, edits, taken_back } => html! {
            li.line.child.taken[taken_back.is_some()] id=(id) data-line="child" data-message=[message.map(|m| m.0)] {
                (who(&html! { (t.w(W::Child)) }, line))
                @if let Some(kind) = t.kind(kind) { p.kind { (kind) } }
                (said(ctx, original, line.lang, !edits.is_empty()))
                @for (at, edit) in edits {
                    p.kind { (t.w(W::Edited)) " " (marks::clock(*at)) }
                    (said(ctx, edit, line.lang, false))
                }
                @if let Some(at) = taken_back { p.kind { (t.w(W::TakenBack)) " " (marks::clock(*at)) } }
            }
        },
        LineKind::Out { message, by, text, choices, delivery } => html! {
            li.line.out.(voice_class(by)) id=(id) data-line=(voice_class(by)) data-message=(message.0) {
                (who(&voice(ctx, reading, by), line))
                div.bubble { p.words lang=(line.lang.as_str()) dir="auto" { (words(text)) } }
                @if !choices.is_empty() {
                    ul.choices aria-label=(t.w(W::ChoicesOffered)) {
                        @for label in choices { li lang=(line.lang.as_str()) dir="auto" { (label) } }
                    }
                }
                p.delivery.(delivery_class(*delivery)) { (t.delivery(*delivery)) }
            }
        },
        LineKind::Note { by, text } => html! {
            li.line.note id=(id) data-line="note" {
                (who(&html! {
                    (t.w(W::PrivateNote)) " · "
                    @match by { Some(by) => (reading.names.of(*by)), None => (t.w(W::Bot)) }
                }, line))
                div.bubble { p.words dir="auto" { (words(text)) } }
            }
        },
        LineKind::System(what) => html! {
            li.line.system id=(id) data-line="system" { p { (marks::clock(line.at)) " " (happening::told(ctx, reading, what)) } }
        },
    }
}

fn who(name: &Markup, line: &Line) -> Markup {
    html! { p.who { strong { (name) } " " (marks::clock(line.at)) } }
}

fn said(ctx: &Ctx<'_>, said: &ChildWords, lang: Lang, replaced: bool) -> Markup {
    let text = words(&said.text);
    html! {
        @if !text.is_empty() {
            div.bubble.replaced[replaced] { p.words lang=(lang.as_str()) dir="auto" { (highlight::marked(text, &said.findings)) } }
        }
        @if !said.findings.is_empty() {
            ul.findings {
                @for finding in &said.findings {
                    li { (marks::urgency(ctx.t, finding.urgency)) " " (ctx.t.category(finding.category)) (ctx.t.colon())
                        (card::one_finding(ctx, finding, text, lang)) }
                }
            }
        }
    }
}

fn voice(ctx: &Ctx<'_>, reading: &Reading, by: &Voice) -> Markup {
    let t = ctx.t;
    html! {
        @match by {
            Voice::Counsellor(id) => (reading.names.of(*id)),
            Voice::Flow(flow, step) => { (t.w(W::Bot)) " " span.small { (flow.as_str()) " / " (step.as_str()) } },
            Voice::Phrase(name) => { (t.w(W::Bot)) " " span.small { (name) } },
        }
    }
}

const fn voice_class(by: &Voice) -> &'static str {
    match by {
        Voice::Counsellor(_) => "counsellor",
        Voice::Flow(..) | Voice::Phrase(_) => "bot",
    }
}

const fn delivery_class(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Waiting => "waiting",
        Delivery::Sent => "sent",
        Delivery::Refused(_) => "refused",
        Delivery::Unknown(_) => "unknown",
    }
}
