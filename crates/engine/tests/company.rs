//! A flow that keeps company and itself asks for a human must not keep the engine busy for ever. The
//! checker refuses one; further folders of flows can still bring one about.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{ContactId, ConversationId, Lang, StageName};
use engine::Rehearsal;
use flow_script::{Code, Diagnostic, FlowRole, HouseLangs, Pack, Severity, load_pack_from};
use std::path::PathBuf;

const ASKS: &str = "  human:\n    handoff: { reason: test }\n";
const RESTS: &str = "  quiet:\n    pause: 5m\n  human:\n    handoff: { reason: test }\n";
const TO_OTHER: &str = "  on:\n    goto: flow other\n";

/// Every role asks for a human, but for the steps of those who keep company, and a flow beside them.
fn pack(company: &str, welcome: &str, other: &str) -> Result<Pack, Vec<Diagnostic>> {
    let flow = |name: &str, plays: &str, steps: &str| {
        let text = format!("flow: {name}\ntitle: Test\n{plays}language: en\nfollows: nothing\nsteps:\n{steps}");
        (PathBuf::from(name).join("flow.yaml"), text)
    };
    let mut files = vec![flow("other", "", other)];
    for role in FlowRole::ALL {
        let steps = match role {
            FlowRole::Waiting | FlowRole::OutOfHours => company,
            FlowRole::Welcome => welcome,
            _ => ASKS,
        };
        files.push(flow(role.name(), &format!("plays: {}\n", role.name()), steps));
    }
    load_pack_from(&files, &HouseLangs::new([Lang::EN]))
}

#[test]
fn the_checker_refuses_company_that_asks_at_once() {
    for (company, other) in [(ASKS, RESTS), (TO_OTHER, ASKS)] {
        let told = pack(company, TO_OTHER, other).expect_err("refused");
        let errors: Vec<_> =
            told.iter().map(|one| one.code).filter(|code| code.severity() == Severity::Error).collect();
        assert!(!errors.is_empty() && errors.iter().all(|code| *code == Code::BeginsItselfAgain), "{told:?}");
    }
}

#[test]
fn flows_that_only_ask_for_a_human_ask_once_and_rest() {
    let mut library = pack(TO_OTHER, ASKS, RESTS).expect("the checker takes it").library;
    let further = pack(RESTS, TO_OTHER, ASKS).expect("the checker takes it").library;
    for flow in further.flows().filter(|flow| flow.id.as_str() == "other") {
        library.add(flow.as_ref().clone());
    }
    let ids = (ConversationId::from_uuid(uuid::Uuid::nil()), ContactId::from_uuid(uuid::Uuid::nil()));
    let mut rehearsal = Rehearsal::new(library, Rehearsal::house(), Lang::EN, ids);
    let said = rehearsal.child("hello").unwrap();
    assert!(!said.is_empty(), "the child is answered");
    let stage = rehearsal.conversation().unwrap().stage.name();
    assert_ne!(stage, StageName::WithBot, "a human is asked for");
    rehearsal.child("I want to die").unwrap();
}
