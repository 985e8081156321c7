//! A conversation's page: head, what to do with it, handoff card, transcript, writing.
//!
//! Read next: `card.rs`, `lines.rs`, `controls.rs`.

use super::{Ctx, Typed, card, controls, lines, marks};
use crate::reading::Reading;
use crate::transcript::transcript;
use crate::words::W;
use domain::StageName;
use maud::{Markup, html};

/// All of it, in one element that is renewed live.
pub(crate) fn talk(ctx: &Ctx<'_>, reading: &Reading, typed: &Typed, key: &str) -> Markup {
    let t = ctx.t;
    let conversation = &reading.conversation;
    let shown = transcript(&reading.events, conversation);
    let stage = conversation.stage.name();
    html! {
        article #talk .talk data-conversation=(conversation.id) data-stage=(stage.name()) data-version=(conversation.version) {
            header #talk-head .talk-head {
                h1 { (t.w(W::Conversation)) " " (marks::code(conversation.id)) }
                (marks::urgency(t, conversation.urgency()))
                span.stage { (t.stage(stage)) @if let Some(engaged) = conversation.stage.engaged() { " · " (reading.names.of(engaged.by)) } }
                @if let Some(request) = conversation.stage.waiting() {
                    span { (t.w(W::Waits)) " " (marks::wait(request.since, ctx.now)) }
                }
                span { (marks::language(conversation.lang)) " · " (t.age(conversation.age_band)) " · " (conversation.platform.name()) }
            }
            @if let Some(refusal) = typed.refusal { p #refusal .hint.bad role="alert" { (t.refusal(refusal)) } }
            @if conversation.unreachable.is_some() { p #cannot-reach .hint.bad { (t.w(W::CannotReach)) } }
            @if stage == StageName::Closed { p #is-closed .hint { (t.w(W::IsClosed)) } }
            (controls::taking(ctx, reading))
            div #columns .columns {
                (card::card(ctx, reading, &shown))
                section #script .script aria-labelledby="transcript-title" {
                    h2 #transcript-title { (t.w(W::Transcript)) }
                    (lines::lines(ctx, reading, &shown))
                    (controls::writing(ctx, reading, typed, key))
                }
            }
        }
    }
}
