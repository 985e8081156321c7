//! Channels to children: a quiet strip for everyone, details for those who can act.
//!
//! A counsellor must know that children on one app can't reach us now; a word and a shape say it,
//! not a colour alone. Read next: `strip.rs`.

use super::{Ctx, marks};
use crate::words::W;
use domain::{ChannelHealth, ChannelState, Role};
use maud::{Markup, html};

/// Under the banner: each channel in a word. Nothing while all are well and nobody needs to know.
pub(super) fn strip(ctx: &Ctx<'_>) -> Markup {
    let t = ctx.t;
    let down = ctx.channels.iter().any(|channel| !channel.is_well());
    html! {
        nav #channels .channels aria-label=(t.w(W::Channels)) hidden[ctx.channels.is_empty()] {
            @for channel in &ctx.channels {
                span.channel.(channel.state.name()) id={ "channel-" (channel.account) }
                    data-state=(channel.state.name()) {
                    (sign(channel.state)) " " (channel.account) " · " (t.channel_state(channel.state))
                    @if !channel.is_well() { " " (t.w(W::Since)) " " (marks::clock(channel.since)) }
                }
            }
            @if ctx.who.counsellor.role != Role::Counsellor {
                a href="/desk/channels" { (t.w(W::ChannelDetails)) }
            }
        }
        @if down { p #channels-hint .hint { (t.w(W::ChannelDown)) } }
    }
}

/// A shape for each state: never by colour alone.
const fn sign(state: ChannelState) -> &'static str {
    match state {
        ChannelState::Receiving => "●",
        ChannelState::Connecting => "○",
        ChannelState::Retrying => "▲",
        ChannelState::Refused => "■",
    }
}

/// Everything that is known of each channel.
pub(crate) fn details(ctx: &Ctx<'_>) -> Markup {
    html! {
        @for channel in &ctx.channels { (detail(ctx, channel)) }
        @if ctx.channels.is_empty() { p { (ctx.t.w(W::None)) } }
    }
}

fn detail(ctx: &Ctx<'_>, channel: &ChannelHealth) -> Markup {
    let t = ctx.t;
    let count = |number: Option<u64>| html! { @match number { Some(n) => (n), None => "?" } };
    let moment = |at| html! { @match at { Some(at) => (marks::day(at)), None => "–" } };
    html! {
        section.card id={ "channel-detail-" (channel.account) } {
            h2 { (channel.account) " · " (channel.platform.name()) }
            p { (sign(channel.state)) " " strong { (t.channel_state(channel.state)) } " " (t.w(W::Since)) " " (marks::day(channel.since)) }
            @if channel.state == ChannelState::Refused { p.hint.bad { (t.w(W::ChannelRefusedHelp)) } }
            dl.facts {
                (marks::fact(t, W::LastHeard, &moment(channel.last_heard)))
                (marks::fact(t, W::LastSent, &moment(channel.last_sent)))
                (marks::fact(t, W::LastTrouble, &html! {
                    @match channel.last_trouble {
                        Some((what, at)) => { (t.channel_trouble(what)) " · " (marks::day(at)) }
                        None => "–",
                    }
                }))
                (marks::fact(t, W::InboundWaiting, &count(Some(channel.inbound_waiting))))
                (marks::fact(t, W::OutboundWaiting, &html! {
                    (count(channel.outbound_waiting))
                    @if let Some(oldest) = channel.oldest_outbound { " · " (t.w(W::OldestWaits)) " " (marks::wait(oldest, ctx.now)) }
                }))
                (marks::fact(t, W::UnknownSends, &count(Some(channel.unknown_sends))))
                (marks::fact(t, W::TalksInTrouble, &count(channel.talks_in_trouble)))
            }
        }
    }
}
