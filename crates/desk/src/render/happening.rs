//! What happened beside the words, told in a sentence.
//!
//! Read next: `../transcript.rs`.

use super::{Ctx, marks};
use crate::reading::{Reading, words};
use crate::transcript::Happening;
use crate::words::W;
use domain::{CounsellorId, HandoffEvent};
use maud::{Markup, html};

/// One happening.
pub(crate) fn told(ctx: &Ctx<'_>, reading: &Reading, what: &Happening) -> Markup {
    let t = ctx.t;
    html! {
        @match what {
            Happening::Opened => (t.w(W::Began)),
            Happening::UnknownTakenBack => (t.w(W::UnknownTakenBack)),
            Happening::LeftChat => (t.w(W::ChildLeftChat)),
            Happening::RiskRaised { to, rule } => {
                (t.w(W::UrgencyRose)) " " (marks::urgency(t, *to))
                @if let Some(rule) = rule { " " code { (rule.as_str()) } }
            },
            Happening::LangChosen(lang) => { (t.w(W::LanguageIsNow)) " " (marks::language(*lang)) },
            Happening::AgeBandSaid(band) => { (t.w(W::AgeSaid)) " " (t.age(*band)) },
            Happening::ResourcesGiven(resources) => {
                (t.w(W::ContactsGiven)) (t.colon())
                @for (place, id) in resources.iter().enumerate() {
                    @if place > 0 { ", " }
                    (ctx.desk.resources.get(id).map_or(id.as_str(), String::as_str))
                }
            },
            Happening::LimitHit(limit) => { (t.w(W::LimitHit)) " " code { (limit) } },
            Happening::WrapUpNoted { by, note } => {
                (t.w(W::RecordNote)) " (" (reading.names.of(*by)) ")" (t.colon()) span.words dir="auto" { (words(note)) }
            },
            Happening::Unreachable(reason) => { (t.w(W::NotReachable)) " " (t.refused_by_platform(*reason)) },
            Happening::Handoff(what) => (handoff(ctx, reading, what)),
        }
    }
}

fn handoff(ctx: &Ctx<'_>, reading: &Reading, what: &HandoffEvent) -> Markup {
    let t = ctx.t;
    let name = |id: &CounsellorId| reading.names.of(*id).to_owned();
    let by = |word: W, id: &CounsellorId| html! { (t.fill(word, &name(id))) };
    match what {
        HandoffEvent::Requested { reason, .. } => html! { (t.w(W::HumanAskedFor)) " " (t.reason(reason)) },
        HandoffEvent::Offered { to, .. } => {
            let names: Vec<String> = to.iter().map(name).collect();
            html! { (t.fill(W::OfferedTo, &names.join(", "))) }
        }
        HandoffEvent::Declined { by: who, reason } => {
            html! { (t.fill(W::DeclinedBy, &name(who))) " " (t.decline(*reason)) }
        }
        HandoffEvent::Accepted { by: who, .. } => by(W::AcceptedBy, who),
        HandoffEvent::CounsellorLost { by: who } => by(W::LostBy, who),
        HandoffEvent::GivenBack { by: who } => by(W::GivenBackBy, who),
        HandoffEvent::WrappedUp { by: who, reason } => {
            html! { (t.fill(W::ClosedBy, &name(who))) " " (t.close(*reason)) }
        }
        HandoffEvent::NobodyOnDuty => html! { (t.w(W::NobodyOnDuty)) },
        HandoffEvent::SomebodyCame => html! { (t.w(W::SomebodyCame)) },
        HandoffEvent::OfferExpired => html! { (t.w(W::OfferExpired)) },
        HandoffEvent::SupervisorTold => html! { (t.w(W::SupervisorTold)) },
        HandoffEvent::PagerRang => html! { (t.w(W::PagerRang)) },
        HandoffEvent::Introduced => html! { (t.w(W::Introduced)) },
        HandoffEvent::Finished => html! { (t.w(W::Finished)) },
        HandoffEvent::Reopened => html! { (t.w(W::Reopened)) },
        HandoffEvent::Parked => html! { (t.w(W::ParkedNow)) },
        HandoffEvent::Returned => html! { (t.w(W::ReturnedNow)) },
        HandoffEvent::ChildLeft => html! { (t.w(W::ChildEnded)) },
        // No line is made of these: see `transcript.rs`.
        HandoffEvent::Queued
        | HandoffEvent::Widened
        | HandoffEvent::HeldCompany
        | HandoffEvent::FirstWords { .. }
        | HandoffEvent::WentLive => html! {},
    }
}
