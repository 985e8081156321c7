//! Under the banner on every page: my conversations, offers to me, alarms. No words of a child.
//!
//! Read next: `assets/desk.js`, which makes offers and alarms heard.

use super::{Ctx, marks};
use crate::words::W;
use domain::{Stage, StageName};
use maud::{Markup, html};

/// My conversations, so that a child who writes while I look at another isn't missed.
pub(super) fn mine(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    let me = ctx.who.counsellor.id;
    let engaged = [StageName::Accepted, StageName::Introduced, StageName::Live, StageName::Wrapping];
    let mut rows: Vec<_> =
        ctx.board.iter().filter(|row| engaged.contains(&row.stage) && row.counsellors.contains(&me)).collect();
    // In the order of their beginning: a place that doesn't jump under the mouse.
    rows.sort_by_key(|row| (row.since, row.id));
    html! {
        nav #my-talks .my-talks aria-label=(t.w(W::Mine)) hidden[rows.is_empty()] {
            @for row in rows {
                a id={ "my-" (row.id) } href={ "/desk/c/" (row.id) } data-talk=(row.id)
                    data-last=(row.last_inbound_at.map_or(0, |at| at.millis())) {
                    (marks::urgency(t, row.urgency)) " " (marks::code(row.id))
                    @if let Some(last) = row.last_inbound_at { " " (marks::clock(last)) }
                    " " span.new id={ "new-" (row.id) } hidden { (t.w(W::NewMessage)) }
                }
            }
        }
    }
}

/// Offers to this person, loud until seen.
pub(super) fn offers(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    html! {
        section #offers .offers aria-label=(t.w(W::OfferedToMe)) hidden[ctx.offers.is_empty()] {
            @for offer in &ctx.offers {
                @if let Stage::Offered(offered) = &offer.stage {
                    div.offer id={ "offer-" (offer.id) } data-offer=(offer.id)
                        data-key={ (offer.id) ":" (offered.deadline.millis()) }
                        data-urgency=(t.urgency(offer.urgency())) {
                        (marks::urgency(t, offer.urgency()))
                        strong { (t.w(W::OfferLine)) }
                        span { (t.reason(&offered.request.reason)) }
                        span { (marks::language(offer.lang)) }
                        span { (t.w(W::Waits)) " " (marks::wait(offered.request.since, ctx.now)) }
                        a.button id={ "offer-open-" (offer.id) } href={ "/desk/c/" (offer.id) } { (t.w(W::Open)) }
                        form method="post" action={ "/desk/c/" (offer.id) "/accept" } data-live {
                            (ctx.csrf())
                            button.main id={ "offer-accept-" (offer.id) } { (t.w(W::Accept)) }
                        }
                    }
                }
            }
        }
    }
}

/// Alarms for supervisors, loud until seen.
pub(super) fn alarms(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    html! {
        section #alarms .alarms aria-label=(t.w(W::Alarms)) hidden[ctx.alarms.is_empty()] {
            @for (place, alarm) in ctx.alarms.iter().enumerate() {
                div.alarm id={ "alarm-" (alarm.conversation) "-" (place) } data-alarm={ (alarm.conversation) ":" (alarm.at.millis()) } {
                    (marks::urgency(t, alarm.urgency))
                    strong { (t.alarm(alarm.kind)) }
                    span { (t.w(W::Conversation)) " " (marks::code(alarm.conversation)) " · " (marks::clock(alarm.at)) }
                    a.button id={ "alarm-open-" (alarm.conversation) "-" (place) } href={ "/desk/c/" (alarm.conversation) } { (t.w(W::Open)) }
                    form method="post" action={ "/desk/c/" (alarm.conversation) "/alarms-seen" } data-live {
                        (ctx.csrf())
                        button id={ "alarm-seen-" (alarm.conversation) "-" (place) } { (t.w(W::AlarmSeen)) }
                    }
                }
            }
        }
    }
}
