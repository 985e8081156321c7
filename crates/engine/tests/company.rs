//! A pack in which every flow only asks for a human must not keep the engine busy for ever.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{ContactId, ConversationId, Lang, StageName};
use engine::Rehearsal;
use flow_script::{FlowRole, HouseLangs, load_pack_from};
use std::path::PathBuf;

#[test]
fn flows_that_only_ask_for_a_human_ask_once_and_rest() {
    let files: Vec<_> = FlowRole::ALL
        .into_iter()
        .map(|role| {
            let name = role.name();
            let text = format!(
                "flow: {name}\ntitle: Test\nplays: {name}\nlanguage: en\nfollows: nothing\nsteps:\n  human:\n    handoff: {{ reason: test }}\n"
            );
            (PathBuf::from(name).join("flow.yaml"), text)
        })
        .collect();
    let pack = load_pack_from(&files, &HouseLangs::new([Lang::EN])).expect("the checker takes it");
    let ids = (ConversationId::from_uuid(uuid::Uuid::nil()), ContactId::from_uuid(uuid::Uuid::nil()));
    let mut rehearsal = Rehearsal::new(pack.library, Rehearsal::house(), Lang::EN, ids);
    let said = rehearsal.child("hello").unwrap();
    assert!(!said.is_empty(), "the child is answered");
    let stage = rehearsal.conversation().unwrap().stage.name();
    assert_ne!(stage, StageName::WithBot, "a human is asked for");
    rehearsal.child("I want to die").unwrap();
}
