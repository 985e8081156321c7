//! A talk keeps the version of the flow that it began with, moves at a safe point, and goes to a
//! human when its version is withdrawn (F7).

use crate::support::Talk;
use domain::{FlowId, Lang, StageName};
use engine::Command;
use flow_script::{FlowLibrary, FlowRole, HouseLangs, load_pack_from};
use std::path::PathBuf;

/// A pack whose welcome asks twice; `word` tells its version, `safe` whether the second is a safe point.
fn pack(word: &str, safe: &str) -> FlowLibrary {
    let ask = |name: &str, safe: &str, next: &str| {
        format!(
            "  {name}:\n    {safe}\n    ask: \"{word} {name}?\"\n    choices: {{ yes: {{ label: \"Yes\", goto: {next} }} }}\n"
        )
    };
    let mut files = Vec::new();
    for role in FlowRole::ALL.map(FlowRole::name) {
        let head = format!(
            "flow: {role}\ntitle: T\nplays: {role}\nlanguage: en\nfollows: f\ndefaults:\n  other: {{ retries: 1, then: handoff }}\n  silence: {{ after: 1h, then: park }}\nsteps:\n"
        );
        let steps = match role {
            "welcome" => ask("one", "", "two") + &ask("two", safe, "three") + &ask("three", "", "human"),
            "waiting" | "out_of_hours" => ask("stay", "", "stay"),
            _ => String::new(),
        };
        // Company never asks for a human: one is already asked for.
        let human = match role {
            "waiting" | "out_of_hours" => "",
            _ => "  human:\n    handoff: { reason: test }\n",
        };
        let text = format!("{head}{steps}{human}").replace("    \n", "");
        files.push((PathBuf::from(role).join("flow.yaml"), text));
    }
    load_pack_from(&files, &HouseLangs::new([Lang::EN])).expect("the test pack is sound").library
}

/// The new pack current, the old one kept.
fn after(old: &FlowLibrary, new: &FlowLibrary) -> FlowLibrary {
    let mut library = old.clone();
    for flow in new.flows() {
        library.add(flow.as_ref().clone());
    }
    library
}

fn said(talk: &Talk) -> String {
    talk.r.spoken.last().map(|spoken| spoken.outbound.text.text().to_owned()).unwrap_or_default()
}

#[test]
fn a_talk_keeps_its_version_and_moves_at_a_safe_point_of_both() {
    for (safe, second) in [("", "old two?"), ("safe_point: yes", "new two?")] {
        let (old, new) = (pack("old", safe), pack("new", safe));
        let mut talk = Talk::alone();
        talk.r.set_flows(old.clone());
        talk.child("hello");
        assert_eq!(said(&talk), "old one?");
        talk.r.set_flows(after(&old, &new));
        talk.child("yes");
        assert_eq!(said(&talk), second);
        talk.child("yes");
        assert_eq!(said(&talk), second.replace("two", "three"), "and stays with what it moved to");
    }
    // A safe point that the newer version no longer has isn't one.
    let (old, new) = (pack("old", "safe_point: yes"), pack("new", ""));
    let mut talk = Talk::alone();
    talk.r.set_flows(old.clone());
    talk.child("hello");
    talk.r.set_flows(after(&old, &new));
    talk.child("yes");
    assert_eq!(said(&talk), "old two?");
}

#[test]
fn whoever_is_in_a_withdrawn_version_goes_to_a_human_at_once() {
    let (old, new) = (pack("old", ""), pack("new", ""));
    let welcome = old.current(&FlowId::new("welcome")).unwrap().hash.clone();
    let mut talk = Talk::alone();
    talk.r.set_flows(old.clone());
    talk.child("hello");
    let mut library = after(&old, &new);
    talk.r.set_flows(library.clone());
    assert!(talk.r.command(Command::FlowsChanged).is_err(), "its version is still there: nothing to do");
    library.withdraw(&welcome, None);
    talk.r.set_flows(library);
    let heard = talk.r.command(Command::FlowsChanged).unwrap();
    assert!(!heard.is_empty(), "and is told so");
    assert_ne!(talk.stage(), StageName::WithBot);
}

#[test]
fn a_withdrawn_current_version_gives_way_to_the_one_before() {
    let (old, new) = (pack("old", ""), pack("new", ""));
    let id = FlowId::new("welcome");
    let (before, now) = (old.current(&id).unwrap().hash.clone(), new.current(&id).unwrap().hash.clone());
    let mut library = after(&old, &new);
    library.withdraw(&now, Some(&before));
    assert_eq!(library.current(&id).unwrap().hash, before);
    assert_eq!(library.role(FlowRole::Welcome).unwrap().hash, before);
    let mut library = after(&old, &new);
    library.withdraw(&now, None);
    assert!(library.current(&id).is_none());
    // Without any version the child still reaches a human.
    let mut talk = Talk::alone();
    talk.r.set_flows(library);
    assert!(!talk.child("hello").is_empty());
    assert_ne!(talk.stage(), StageName::WithBot);
}
