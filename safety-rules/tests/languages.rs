//! What the rules reach in every language on the project's own corpus: floors that only rise.
//!
//! Lines the rules were written beside: they show a drop, not how good the rules are. Bars that are
//! not reached yet stand in the issue tracker, not here. Read next: `corpus.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use safety_rules::eval::{Kind, evaluate, read};
use std::path::Path;

const LIFE: &[&str] = &["suicide", "self_harm"];

#[test]
fn every_language_keeps_what_it_reached() {
    let lines = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap();
    let evaluation = evaluate(&lines, None);
    let mut failures = Vec::new();
    // Language, explicit in all categories, most alarms on ordinary chat.
    for (lang, explicit, alarms) in [
        ("en", 0.69, 0.005),
        ("fr", 0.68, 0.005),
        ("es", 0.40, 0.010),
        ("ar", 0.37, 0.015),
        ("pt", 0.31, 0.010),
        ("de", 0.35, 0.005),
        ("ru", 0.36, 0.005),
        ("zh", 0.44, 0.010),
        ("hi", 0.35, 0.020),
        ("sw", 0.38, 0.010),
        ("uk", 0.31, 0.005),
        ("tr", 0.32, 0.010),
    ] {
        let life = evaluation.total_of(lang, Kind::Explicit, LIFE);
        let all = evaluation.total(lang, Kind::Explicit);
        let ordinary = evaluation.total(lang, Kind::Ordinary);
        assert!(life.all >= 30 && all.all >= 300 && ordinary.all >= 250, "{lang}: too few lines");
        let mut hold = |what: &str, share: f64, holds: bool| {
            if !holds {
                failures.push(format!("{lang} {what}: {share:.3}"));
            }
        };
        let (life, found, alarmed) =
            (life.share(life.found), all.share(all.found), ordinary.share(ordinary.found));
        hold("explicit suicide and self-harm", life, life >= 0.90);
        hold("explicit", found, found >= explicit);
        hold("alarms on ordinary chat", alarmed, alarmed <= alarms);
        hold("hard alarms on ordinary chat", ordinary.share(ordinary.hard), ordinary.hard * 100 <= ordinary.all);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_wish_to_die_is_urgent_in_every_language() {
    for text in [
        "i want to die",
        "je veux mourir",
        "quiero morir",
        "أريد أن أموت",
        "3ayez amoot",
        "quero morrer",
        "ich will sterben",
        "я хочу умереть",
        "我想死",
        "我想殺死自己",
        "मैं मरना चाहता हूँ",
        "main marna chahta hu",
        "nataka kufa",
        "я хочу померти",
        "ölmek istiyorum",
        "olmek istiyorum",
    ] {
        let found = safety_rules::screen(text);
        assert!(found.iter().any(|finding| finding.urgency >= domain::Urgency::Urgent), "{text}: {found:?}");
    }
}

#[test]
fn a_denied_wish_is_moved_one_step_in_every_language_that_denies_by_a_word() {
    for text in [
        "i don't want to die",
        "je ne veux pas mourir",
        "no quiero morir",
        "não quero morrer",
        "لا اريد ان اموت",
        "ich will nicht sterben",
        "я не хочу умереть",
        "我不想死",
        "я не хочу померти",
    ] {
        let found = safety_rules::screen(text);
        let worst = found.iter().map(|finding| finding.urgency).max();
        assert_eq!(worst, Some(domain::Urgency::Soon), "{text}: {found:?}");
        assert!(found.iter().any(|f| f.moves.iter().any(|step| step.because == "negation")), "{text}: {found:?}");
    }
}
