//! The shipped pack passes its own checks, and says what it must.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::Lang;
use flow_script::{
    FlowRole, HouseLangs, Pack, ReadingLevel, StepKind, Text, load_pack, load_shipped, match_choice,
};
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

/// All words that the shipped flows can say, with where they stand.
fn words(pack: &Pack, lang: Lang) -> Vec<(String, String)> {
    let mut words = Vec::new();
    for flow in pack.library.flows() {
        for step in flow.steps.values() {
            let mut add = |text: &Text| {
                words.push((format!("{}/{}", flow.id, step.id), text.0.get(&lang).expect("translated").clone()));
            };
            match &step.kind {
                StepKind::Say { text, .. } | StepKind::Resources { text, .. } => add(text),
                StepKind::Ask { text, choices, other, silence, .. } => {
                    add(text);
                    choices.iter().for_each(|choice| add(&choice.label));
                    other.say.iter().for_each(&mut add);
                    silence.reminders.iter().for_each(|reminder| add(&reminder.text));
                }
                StepKind::AskText { text, other, silence, .. } => {
                    add(text);
                    other.say.iter().for_each(&mut add);
                    silence.reminders.iter().for_each(|reminder| add(&reminder.text));
                }
                StepKind::Handoff(handoff) => handoff.say.iter().for_each(add),
                StepKind::End(end) => add(&end.text),
                _ => {}
            }
        }
    }
    words
}

#[test]
fn bubbles_are_short_in_every_language() {
    let pack = shipped();
    for lang in [Lang::EN, Lang::FR] {
        for (place, text) in words(&pack, lang) {
            assert!(text.chars().count() <= 300, "{place} in {lang} has {} characters", text.chars().count());
        }
    }
}

#[test]
fn french_says_tu_and_never_guesses_who_the_child_is() {
    let guesses =
        ["vous", "votre", "désolé", "prêt", "content", "inquiet", "courageux", "rassuré", "blessé", "venu"];
    for (place, text) in words(&shipped(), Lang::FR) {
        let words: Vec<String> =
            text.to_lowercase().split(|c: char| !c.is_alphabetic()).map(ToOwned::to_owned).collect();
        for guess in guesses {
            assert!(!words.iter().any(|word| word == guess), "{place} says `{guess}`: {text}");
        }
    }
}

#[test]
fn no_shipped_flow_holds_a_child_alone_with_it() {
    // Wherever the bot asks, it gives up after few tries, and somebody or the next step comes.
    for flow in shipped().library.flows() {
        for step in flow.steps.values() {
            if let StepKind::Ask { other, .. } | StepKind::AskText { other, .. } = &step.kind {
                assert!(other.retries <= 3, "{}/{}", flow.id, step.id);
            }
        }
    }
}

#[test]
fn an_answer_to_are_you_safe_is_never_taken_for_safe_by_mistake() {
    let pack = shipped();
    let flow = pack.library.role(FlowRole::Suicide).unwrap();
    let StepKind::Ask { choices, .. } = &flow.step(&"safe_now".into()).unwrap().kind else { panic!("not an ask") };
    let langs = [Lang::EN, Lang::FR];
    let meant =
        |text: &str| match_choice(text, choices, Lang::EN, &langs).map(|index| choices[index].value.clone());
    for text in ["safe", "i'm safe", "Im save now", "oui", "I am safe"] {
        assert_eq!(meant(text).as_deref(), Some("safe"), "{text}");
    }
    for text in ["not safe", "i'm not safe", "im not safe", "unsafe", "no", "non", "danger", "pas en sécurité"] {
        assert_eq!(meant(text).as_deref(), Some("not_safe"), "{text}");
    }
    for text in [
        "am i safe",
        "am I safe?",
        "i was safe",
        "never safe",
        "safe for what",
        "imnot safe",
        "yes but i want to die",
    ] {
        assert_ne!(meant(text).as_deref(), Some("safe"), "{text}");
    }
}

#[test]
fn every_label_and_synonym_means_its_own_choice() {
    let langs = [Lang::EN, Lang::FR];
    for flow in shipped().library.flows() {
        for step in flow.steps.values() {
            let StepKind::Ask { choices, .. } = &step.kind else { continue };
            for (index, choice) in choices.iter().enumerate() {
                for said in choice.label.0.values().chain(choice.synonyms.values().flatten()) {
                    for lang in langs {
                        let meant = match_choice(said, choices, lang, &langs);
                        assert_eq!(meant, Some(index), "`{said}` at {}/{} in {lang}", flow.id, step.id);
                    }
                }
            }
        }
    }
}

#[test]
fn every_flow_reads_easily_in_every_language() {
    for flow in shipped().library.flows() {
        for lang in &flow.langs {
            let (level, most) = (ReadingLevel::of_flow(flow, *lang), ReadingLevel::band(*lang));
            let Some(most) = most else { continue };
            assert!(level.lix <= most, "{} in {lang} has LIX {}, the band goes to {most}", flow.id, level.lix);
        }
    }
}
