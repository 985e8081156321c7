//! What a loaded flow looks like: order, defaults, targets, conditions, languages, version.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{AgeBand, Category, FlowId, Lang, StepId, Urgency};
use flow_script::{
    AskKind, Compare, Condition, Flow, FlowRole, HouseLangs, Literal, NotUnderstood, OnSilence, SafePoint,
    StepKind, Target, load_pack_from,
};
use std::path::PathBuf;
use std::time::Duration;

const FLOW: &str = r#"
flow: talk
title: A talk
language: en
follows: nothing
defaults:
  other: { retries: 2, say: "Sorry?", then: goto human }
  silence: { reminders: [{ after: 3m, say: "Still there?" }], after: 20m, then: handoff }
steps:
  hello:
    say: "Hello from {helpline}"
  mood:
    safe_point: yes
    ask: "How are you?"
    save: mood
    choices:
      good: Good
      bad: { label: "Bad", also: [awful], goto: flow waiting, urgency_at_least: soon }
    silence: { after: 1h, then: park }
  years:
    ask_text: "How old are you?"
    kind: age
    save: years
  way:
    branch:
      - when: { all: [mood is bad, years is at least 12, { not: story is set }] }
        goto: human
      - when: { any: [found suicide, urgency is at least soon, language is fr, age_band is up_to_9 or 10_13] }
        goto: human
  human:
    handoff: { reason: "needs a person" }
    meanwhile: flow waiting
"#;

const FRENCH: &str = r#"
defaults:
  other: { say: "Pardon ?" }
  silence: { reminders: ["Toujours là ?"] }
steps:
  hello: { say: "Bonjour de {helpline}" }
  mood:
    ask: "Ça va ?"
    choices:
      good: Bien
      bad: { label: "Mal", also: [affreux] }
  years: { ask_text: "Quel âge ?" }
"#;

fn load(flow: &str, french: &str) -> Flow {
    let mut files = vec![
        (PathBuf::from("talk/flow.yaml"), flow.to_owned()),
        (PathBuf::from("talk/fr.yaml"), french.to_owned()),
    ];
    for role in FlowRole::ALL.map(FlowRole::name) {
        let first = if matches!(role, "waiting" | "out_of_hours") { "  quiet:\n    pause: 5m\n" } else { "" };
        let text = format!(
            "flow: {role}\ntitle: T\nplays: {role}\nlanguage: en\nfollows: f\nsteps:\n{first}  human:\n    handoff: {{ reason: test }}\n"
        );
        files.push((PathBuf::from(role).join("flow.yaml"), text));
    }
    let pack = load_pack_from(&files, &HouseLangs::new([Lang::EN, Lang::FR]))
        .unwrap_or_else(|told| panic!("{}", told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    pack.library.current(&FlowId::new("talk")).unwrap().as_ref().clone()
}

fn kind(flow: &Flow, step: &str) -> StepKind {
    flow.step(&StepId::new(step)).unwrap().kind.clone()
}

fn step(name: &str) -> Target {
    Target::Step(StepId::new(name))
}

#[test]
fn steps_follow_each_other_and_questions_get_the_defaults() {
    let flow = load(FLOW, FRENCH);
    assert_eq!(flow.start, StepId::new("hello"));
    assert_eq!(flow.langs, [Lang::EN, Lang::FR]);
    assert!(matches!(kind(&flow, "hello"), StepKind::Say { next, .. } if next == step("mood")));
    let mood = flow.step(&StepId::new("mood")).unwrap();
    assert_eq!((mood.line, mood.safe_point), (12, SafePoint::Yes));
    let StepKind::Ask { text, choices, silence, other, .. } = mood.kind.clone() else { panic!("not an ask") };
    assert_eq!(text.get(Lang::FR, flow.base), "Ça va ?");
    assert_eq!((choices[0].next.clone(), choices[0].urgency_at_least), (step("years"), Urgency::Routine));
    assert_eq!(
        (choices[1].next.clone(), choices[1].urgency_at_least),
        (Target::Flow(FlowId::new("waiting")), Urgency::Soon)
    );
    assert_eq!(choices[1].synonyms[&Lang::FR], ["affreux"]);
    assert_eq!(
        (silence.reminders.len(), silence.after, silence.then),
        (0, Duration::from_secs(3_600), OnSilence::Park)
    );
    assert_eq!((other.retries, other.then), (2, NotUnderstood::Go(step("human"))));
    let StepKind::AskText { kind, silence, .. } = kind(&flow, "years") else { panic!("not an ask_text") };
    assert_eq!(kind, AskKind::Age);
    assert_eq!(silence.reminders[0].text.get(Lang::FR, flow.base), "Toujours là ?");
    assert_eq!(silence.then, OnSilence::Handoff);
}

#[test]
fn conditions_are_read_as_people_write_them() {
    let StepKind::Branch { cases, otherwise } = kind(&load(FLOW, FRENCH), "way") else { panic!("not a branch") };
    assert_eq!(otherwise, step("human"));
    let Condition::All(all) = &cases[0].when else { panic!("not all") };
    assert!(
        matches!(&all[0], Condition::Compare { op: Compare::Is, value: Literal::Text(text), .. } if text == "bad")
    );
    assert!(matches!(&all[1], Condition::Compare { op: Compare::AtLeast, value: Literal::Number(12), .. }));
    assert!(matches!(&all[2], Condition::Not(inner) if matches!(**inner, Condition::IsSet(_))));
    let any = Condition::Any(vec![
        Condition::Found(Category::Suicide),
        Condition::UrgencyAtLeast(Urgency::Soon),
        Condition::Lang(Lang::FR),
        Condition::AgeBand(vec![AgeBand::UpTo9, AgeBand::From10To13]),
    ]);
    assert_eq!(cases[1].when, any);
}

#[test]
fn the_version_changes_with_the_content_and_not_with_remarks_or_spaces() {
    let hash = |flow: &str, french: &str| load(flow, french).hash;
    let first = hash(FLOW, FRENCH);
    assert_eq!(first.as_str().len(), 64);
    assert_eq!(first, hash(&format!("# a remark\n{FLOW}\n\n"), FRENCH));
    assert_ne!(first, hash(&FLOW.replace("How are you?", "How are you now?"), FRENCH));
    assert_ne!(first, hash(&FLOW.replace("after: 20m", "after: 21m"), FRENCH));
    assert_ne!(first, hash(FLOW, &FRENCH.replace("Ça va ?", "Comment ça va ?")));
}
