//! The shipped pack passes its own checks, and says what it must.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::Lang;
use flow_script::{FlowRole, HouseLangs, Pack, StepKind, load_pack, load_shipped};
use std::path::Path;

fn shipped() -> Pack {
    load_shipped(&HouseLangs::new([Lang::EN, Lang::FR])).unwrap_or_else(|told| {
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        panic!("the shipped flows are broken:\n{}", told.join("\n"))
    })
}

#[test]
fn the_shipped_flows_pass_every_check_without_a_warning() {
    let warnings: Vec<String> = shipped().warnings.iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n"));
}

#[test]
fn the_folder_and_the_binary_carry_the_same_flows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows");
    let loaded = load_pack(&folder, &HouseLangs::new([Lang::EN, Lang::FR])).unwrap();
    for flow in shipped().library.flows() {
        assert_eq!(loaded.library.current(&flow.id).unwrap().hash, flow.hash, "{}", flow.id);
    }
}

#[test]
fn the_suicide_flow_asks_for_a_human_first() {
    let pack = shipped();
    let flow = pack.library.role(FlowRole::Suicide).unwrap();
    let first = flow.step(&flow.start).unwrap();
    assert!(matches!(&first.kind, StepKind::Handoff(handoff) if handoff.urgency_at_least.is_high()));
}

#[test]
fn the_first_question_comes_after_at_most_two_bubbles() {
    let pack = shipped();
    let flow = pack.library.role(FlowRole::Welcome).unwrap();
    let said =
        flow.order.iter().take_while(|id| matches!(flow.step(id).unwrap().kind, StepKind::Say { .. })).count();
    assert!(said <= 2);
    assert!(matches!(flow.step(&flow.order[said]).unwrap().kind, StepKind::Ask { .. }));
}
