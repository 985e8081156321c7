//! From findings to urgency, and from urgency to a human. Nothing here can be switched off.
//!
//! Read next: `queue.rs`.

use crate::queue::{self, Company};
use crate::work::{Done, Noticed, Stop, Work};
use domain::{AlarmKind, Category, Event, Finding, HandoffReason, MessageId, StageName, Urgency};
use flow_script::FlowRole;
use safety_rules::escalation::{Requirement, Script, required};
use speech::Phrase;

/// What came of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acted {
    /// Nothing that changes the talk's course.
    Quiet,
    /// Urgency rose, or a hard finding came, while a human was already asked for or there.
    Raised,
    /// A human was asked for now; the child was answered.
    HumanCalled,
}

pub(crate) fn found(
    work: &mut Work<'_>,
    message: Option<MessageId>,
    findings: Vec<Finding>,
) -> Result<Acted, Stop> {
    if findings.is_empty() {
        return Ok(Acted::Quiet);
    }
    let needs = required(&findings);
    let before = work.c.urgency();
    let first = worst(&findings).cloned();
    work.emit(Event::Found { message, findings })?;
    if needs.urgency > before {
        let rule = first.as_ref().map(|finding| finding.rule.clone());
        work.emit(Event::RiskRaised { to: needs.urgency, rule })?;
    }
    if needs.handoff_now || needs.urgency > Urgency::Routine {
        work.noticed = Some(Noticed { script: role_of(needs.script) });
    }
    if !needs.handoff_now {
        return risen_while_waiting(work, before);
    }
    let Some(first) = first else { return Ok(Acted::Quiet) };
    match work.c.stage.name() {
        StageName::WithBot | StageName::Parked => {
            call_human(work, needs, reason_of(&first))?;
            Ok(Acted::HumanCalled)
        }
        StageName::Accepted | StageName::Introduced | StageName::Live | StageName::Wrapping => {
            if needs.urgency == Urgency::Emergency && before < Urgency::Emergency {
                work.phrase(Phrase::EmergencyNow)?;
                work.alarm(AlarmKind::Supervisor);
            }
            Ok(Acted::Raised)
        }
        _ if needs.urgency > before => {
            safety_words(work, needs.urgency)?;
            risen_while_waiting(work, before)?;
            enter_company(work, needs.script)?;
            Ok(Acted::HumanCalled)
        }
        _ => Ok(Acted::Quiet),
    }
}

/// A higher urgency brings every deadline forward.
fn risen_while_waiting(work: &mut Work<'_>, before: Urgency) -> Result<Acted, Stop> {
    if work.c.urgency() > before && work.c.stage.waiting().is_some() {
        queue::urgency_rose(work)?;
    }
    Ok(if work.c.urgency() > before { Acted::Raised } else { Acted::Quiet })
}

fn call_human(work: &mut Work<'_>, needs: Requirement, reason: HandoffReason) -> Done {
    safety_words(work, needs.urgency)?;
    let company = role_of(needs.script).map_or(Company::Waiting, Company::Role);
    queue::request(work, reason, None, company)
}

pub(crate) fn safety_words(work: &mut Work<'_>, urgency: Urgency) -> Done {
    match urgency {
        Urgency::Emergency => work.phrase(Phrase::EmergencyNow),
        Urgency::Urgent => work.phrase(Phrase::UrgentNow),
        Urgency::Soon | Urgency::Routine => work.phrase(Phrase::HumanCalled),
    }
}

fn enter_company(work: &mut Work<'_>, script: Option<Script>) -> Done {
    match role_of(script) {
        Some(role) => queue::keep_company(work, Company::Role(role)),
        None => Ok(()),
    }
}

const fn role_of(script: Option<Script>) -> Option<FlowRole> {
    match script {
        Some(Script::Suicide) => Some(FlowRole::Suicide),
        Some(Script::Abuse) => Some(FlowRole::Abuse),
        Some(Script::Worry) => Some(FlowRole::Worry),
        // The emergency words are the house's own; company is then the waiting flow.
        Some(Script::Emergency) | None => None,
    }
}

fn worst(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().max_by_key(|finding| (finding.urgency, finding.tier, finding.category != Category::AsksHuman))
}

fn reason_of(finding: &Finding) -> HandoffReason {
    if finding.category == Category::AsksHuman {
        return HandoffReason::ChildAsked;
    }
    HandoffReason::Rule { rule: finding.rule.clone(), category: finding.category }
}

/// Rules or a choice found what the table names: never rests or ends without a human having it on
/// their list, whatever the talk's own end would have been.
pub(crate) fn human_must_look(work: &Work<'_>) -> bool {
    work.c.urgency() > Urgency::Routine
}

/// What was told so far goes to a human's list.
pub(crate) fn to_human(work: &mut Work<'_>) -> Done {
    let findings: Vec<Finding> = work.c.seen.iter().map(|seen| seen.finding.clone()).collect();
    let reason = worst(&findings).map_or(HandoffReason::NotUnderstood, reason_of);
    work.phrase(Phrase::PersonBetter)?;
    queue::request(work, reason, None, Company::Waiting)
}

/// The turn's answer didn't do what the table asks; do it now. Called by the switchboard when
/// [`crate::owed`] says so.
pub(crate) fn pay(work: &mut Work<'_>) -> Done {
    let findings: Vec<Finding> = work.c.seen.iter().map(|seen| seen.finding.clone()).collect();
    let needs = required(&findings);
    if needs.urgency > work.c.urgency() {
        work.emit(Event::RiskRaised { to: needs.urgency, rule: worst(&findings).map(|f| f.rule.clone()) })?;
    }
    if needs.handoff_now && matches!(work.c.stage.name(), StageName::WithBot | StageName::Parked) {
        let reason = worst(&findings).map_or(HandoffReason::NotUnderstood, reason_of);
        call_human(work, needs, reason)?;
    }
    Ok(())
}
