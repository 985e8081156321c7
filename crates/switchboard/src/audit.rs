//! Events as audit lines: every decision, with rule ids, spans, urgencies and ids, and no words (I9, P4).

use domain::{DeliveryOutcome, Event, Finding, HandoffEvent, HandoffReason, Speaker};
use engine::Turn;
use std::collections::BTreeMap;
use store::{Actor, AuditEntry};

/// The audit lines of a turn.
pub(crate) fn entries(turn: &Turn, actor: &Actor) -> Vec<AuditEntry> {
    let mut lines = Vec::new();
    for recorded in &turn.events {
        for (action, facts) in lines_of(&recorded.event) {
            lines.push(AuditEntry {
                at: recorded.at,
                actor: actor_of(&recorded.event, actor),
                conversation: Some(turn.conversation.id),
                action: action.to_owned(),
                facts: facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            });
        }
    }
    lines
}

type Facts = BTreeMap<&'static str, String>;

/// What the house does in answer to a child or a person is the house's doing.
fn actor_of(event: &Event, actor: &Actor) -> Actor {
    match event {
        Event::Opened { .. }
        | Event::Received { .. }
        | Event::Edited { .. }
        | Event::Redacted { .. }
        | Event::LeftChat { .. } => Actor::Child,
        Event::Said { by: Speaker::Counsellor { by }, .. }
        | Event::Viewed { by }
        | Event::WrapUpNoted { by, .. } => Actor::Person { id: *by },
        Event::Noted { by: Some(by), .. } => Actor::Person { id: *by },
        Event::Handoff {
            what:
                HandoffEvent::Accepted { by, .. }
                | HandoffEvent::Declined { by, .. }
                | HandoffEvent::WrappedUp { by, .. },
        } => Actor::Person { id: *by },
        Event::Handoff { what: HandoffEvent::Finished } => actor.clone(),
        _ => Actor::House,
    }
}

fn lines_of(event: &Event) -> Vec<(&'static str, Facts)> {
    let facts = |pairs: &[(&'static str, String)]| pairs.iter().cloned().collect::<Facts>();
    let one = |action, pairs: &[(&'static str, String)]| vec![(action, facts(pairs))];
    match event {
        Event::Opened { platform, account, lang, .. } => one(
            "opened",
            &[("platform", platform.name().into()), ("account", account.to_string()), ("lang", lang.to_string())],
        ),
        Event::Received { message, kind, inbox, .. } => one(
            "received",
            &[("message", message.to_string()), ("kind", kind.clone()), ("inbox", inbox.0.to_string())],
        ),
        Event::Edited { message, inbox, .. } => {
            one("edited", &[("message", opt(message.as_ref())), ("inbox", inbox.0.to_string())])
        }
        Event::Redacted { message, inbox } => {
            one("redacted", &[("message", opt(message.as_ref())), ("inbox", inbox.0.to_string())])
        }
        Event::LeftChat { .. } => one("left_chat", &[]),
        Event::Found { message, findings } => {
            findings.iter().map(|finding| ("finding", finding_facts(opt(message.as_ref()), finding))).collect()
        }
        Event::RiskRaised { to, rule } => {
            one("risk_raised", &[("to", to.name().into()), ("rule", opt(rule.as_ref()))])
        }
        Event::Said { message, by, .. } => one("said", &[("message", message.to_string()), ("by", speaker(by))]),
        Event::Delivered { message, outcome } => {
            one("delivery", &[("message", message.to_string()), ("outcome", outcome_name(outcome))])
        }
        Event::LangChosen { lang } => one("lang_chosen", &[("lang", lang.to_string())]),
        Event::AgeBandSaid { band } => one("age_band_said", &[("band", band.value().into())]),
        Event::ResourcesGiven { resources } => {
            let ids: Vec<&str> = resources.iter().map(domain::ResourceId::as_str).collect();
            one("resources_given", &[("resources", ids.join(" "))])
        }
        Event::Handoff { what } => handoff(what),
        Event::LimitHit { limit } => one("limit_hit", &[("limit", limit.clone())]),
        Event::Viewed { .. } => one("viewed", &[]),
        Event::WrapUpNoted { .. } => one("wrap_up_noted", &[]),
        Event::Noted { .. } => one("noted", &[]),
        Event::AtStep { flow, hash, step, .. } => one(
            "at_step",
            &[("flow", flow.to_string()), ("version", hash.to_string()), ("step", step.to_string())],
        ),
        Event::BotDone
        | Event::NotUnderstood
        | Event::Reminded
        | Event::VariableSet { .. }
        | Event::TimerArmed { .. }
        | Event::TimerCleared { .. } => Vec::new(),
    }
}

fn opt<T: std::fmt::Display>(value: Option<&T>) -> String {
    value.map_or_else(|| "-".to_owned(), ToString::to_string)
}

fn speaker(by: &Speaker) -> String {
    match by {
        Speaker::Flow { flow, step } => format!("flow {flow} {step}"),
        Speaker::Phrase { phrase } => format!("phrase {phrase}"),
        Speaker::Counsellor { by } => format!("counsellor {by}"),
    }
}

fn outcome_name(outcome: &DeliveryOutcome) -> String {
    match outcome {
        DeliveryOutcome::Sent { .. } => "sent".into(),
        DeliveryOutcome::Refused { reason } => format!("refused {reason:?}").to_lowercase(),
        DeliveryOutcome::Unknown { reason } => format!("unknown {reason:?}").to_lowercase(),
    }
}

fn finding_facts(message: String, finding: &Finding) -> Facts {
    let moves: Vec<String> = finding
        .moves
        .iter()
        .map(|step| format!("{}->{} {}", step.from.name(), step.to.name(), step.because))
        .collect();
    [
        ("message", message),
        ("rule", finding.rule.to_string()),
        ("version", finding.version.to_string()),
        ("category", finding.category.name().into()),
        ("tier", format!("{:?}", finding.tier).to_lowercase()),
        ("urgency", finding.urgency.name().into()),
        ("span", format!("{}..{}", finding.span.start, finding.span.end)),
        ("view", format!("{:?}", finding.view)),
        ("person", format!("{:?}", finding.person)),
        ("time", format!("{:?}", finding.time)),
        ("polarity", format!("{:?}", finding.polarity)),
        ("moves", moves.join("; ")),
    ]
    .into_iter()
    .collect()
}

fn reason(why: &HandoffReason) -> String {
    match why {
        HandoffReason::Rule { rule, category } => format!("rule {rule} {}", category.name()),
        HandoffReason::Flow { flow, step } => format!("flow {flow} {step}"),
        HandoffReason::Limit { limit } => format!("limit {limit}"),
        HandoffReason::FlowBroken { what } => format!("flow_broken {what}"),
        other => format!("{other:?}"),
    }
}

fn handoff(what: &HandoffEvent) -> Vec<(&'static str, Facts)> {
    let line =
        |action: &'static str, pairs: Vec<(&'static str, String)>| vec![(action, pairs.into_iter().collect())];
    match what {
        HandoffEvent::Requested { reason: why, team } => {
            line("handoff_requested", vec![("reason", reason(why)), ("team", opt(team.as_ref()))])
        }
        HandoffEvent::Offered { to, deadline } => {
            let to: Vec<String> = to.iter().map(ToString::to_string).collect();
            line("offered", vec![("to", to.join(" ")), ("until", deadline.millis().to_string())])
        }
        HandoffEvent::Declined { by, reason } => {
            line("declined", vec![("by", by.to_string()), ("reason", reason.name().into())])
        }
        HandoffEvent::Accepted { by, .. } => line("accepted", vec![("by", by.to_string())]),
        HandoffEvent::CounsellorLost { by } => line("counsellor_lost", vec![("by", by.to_string())]),
        HandoffEvent::GivenBack { by } => line("given_back", vec![("by", by.to_string())]),
        HandoffEvent::FirstWords { message } => line("first_words", vec![("message", message.to_string())]),
        HandoffEvent::WrappedUp { by, reason } => {
            line("closed", vec![("by", by.to_string()), ("reason", reason.name().into())])
        }
        HandoffEvent::Queued => line("queued", Vec::new()),
        HandoffEvent::NobodyOnDuty => line("nobody_on_duty", Vec::new()),
        HandoffEvent::SomebodyCame => line("somebody_came", Vec::new()),
        HandoffEvent::OfferExpired => line("offer_expired", Vec::new()),
        HandoffEvent::Widened => line("widened", Vec::new()),
        HandoffEvent::SupervisorTold => line("supervisor_told", Vec::new()),
        HandoffEvent::PagerRang => line("pager_rang", Vec::new()),
        HandoffEvent::HeldCompany => line("held_company", Vec::new()),
        HandoffEvent::Introduced => line("introduced", Vec::new()),
        HandoffEvent::WentLive => line("went_live", Vec::new()),
        HandoffEvent::Finished => line("finished", Vec::new()),
        HandoffEvent::Reopened => line("reopened", Vec::new()),
        HandoffEvent::Parked => line("parked", Vec::new()),
        HandoffEvent::Returned => line("returned", Vec::new()),
        HandoffEvent::ChildLeft => line("child_left", Vec::new()),
    }
}
