//! What must hold for any text at all. Read next: `corpus.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Category, Finding, Tier, Urgency};
use proptest::prelude::*;
use safety_rules::{explain, screen};

/// Explicit disclosures of the hard tier, one of each kind.
const DISCLOSURES: &[&str] = &[
    "i want to die",
    "I don't want to live any more",
    "i'm going to kill myself",
    "i just took all my pills",
    "i cut myself on purpose",
    "i was raped",
    "someone is blackmailing me with pictures",
    "he has a knife",
    "je veux mourir",
    "je vais me tuer",
    "j'ai plus envie de vivre",
    "je me scarifie tous les soirs",
    "j'ai été violée",
];

fn urgency(findings: &[Finding]) -> Urgency {
    findings.iter().map(|finding| finding.urgency).max().unwrap_or_default()
}

fn one_step_below(urgency: Urgency) -> Urgency {
    match urgency {
        Urgency::Emergency => Urgency::Urgent,
        Urgency::Urgent | Urgency::Soon => Urgency::Soon,
        Urgency::Routine => Urgency::Routine,
    }
}

/// Every finding points at characters of the text, and every step it was moved is listed.
fn is_sound(text: &str, finding: &Finding) -> Result<(), TestCaseError> {
    let (start, end) = (finding.span.start, finding.span.end);
    prop_assert!(start < end && end <= text.len());
    prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
    let hard = finding.urgency >= Urgency::Urgent;
    prop_assert_eq!(finding.tier, if hard { Tier::Hard } else { Tier::Soft });
    for pair in finding.moves.windows(2) {
        prop_assert_eq!(pair[0].to, pair[1].from);
    }
    if let Some(last) = finding.moves.last() {
        prop_assert_eq!(last.to, finding.urgency);
    }
    Ok(())
}

/// Words that structure looks at, mixed with others: the hardest surroundings to get right.
fn surroundings() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "not", "never", "no", "my", "friend", "she", "said", "lol", "homework", "last", "year", "tonight", "now",
        "pas", "jamais", "plus", "mon", "amie", "dit", "mdr", "avant", "ce", "soir", "film", "song", "about",
        "the", "i", "je", ".", ",", "!", "?", "\n", "\"", "😂", "d", "e", "1", "really", "vraiment", "dont",
        "think",
    ]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_screened_without_panic(text in any::<String>()) {
        for finding in screen(&text) {
            is_sound(&text, &finding)?;
        }
    }

    #[test]
    fn any_mixture_of_signs_is_screened_without_panic(text in "[a-zà-ÿ0-9 '’.,!?@$*_\u{200b}\u{301}𝐚-𝐳ａ-ｚа-я💀🔪👨‍👩‍👧\u{202e}-]{0,120}") {
        for finding in screen(&text) {
            is_sound(&text, &finding)?;
        }
    }

    #[test]
    fn text_around_a_disclosure_moves_it_one_step_at_most(
        which in prop::sample::select(DISCLOSURES.to_vec()),
        before in surroundings(),
        after in surroundings(),
    ) {
        let alone = urgency(&screen(which));
        let text = format!("{before} {which} {after}");
        let findings = screen(&text);
        prop_assert!(urgency(&findings) >= one_step_below(alone), "{:?}", findings);
        if urgency(&findings) < alone {
            prop_assert!(findings.iter().any(|finding| !finding.moves.is_empty()), "lowered and not listed");
        }
        for finding in &findings {
            is_sound(&text, finding)?;
        }
    }

    #[test]
    fn any_unicode_around_a_disclosure_never_removes_it(
        which in prop::sample::select(DISCLOSURES.to_vec()),
        before in any::<String>(),
        after in any::<String>(),
    ) {
        let alone = urgency(&screen(which));
        let text = format!("{before}\n{which}\n{after}");
        prop_assert!(urgency(&screen(&text)) >= one_step_below(alone));
    }

    #[test]
    fn each_view_only_adds(which in prop::sample::select(DISCLOSURES.to_vec()), noise in surroundings()) {
        let text = format!("{which} {noise}");
        let explained = explain(&text);
        let first = &explained.views[0];
        let as_written = first.candidates.iter().map(|finding| finding.urgency).max().unwrap_or_default();
        prop_assert!(explained.requirement.urgency >= as_written);
    }
}

#[test]
fn every_disclosure_of_the_list_is_hard() {
    for text in DISCLOSURES {
        assert!(urgency(&screen(text)) >= Urgency::Urgent, "{text}: {:?}", screen(text));
    }
}

#[test]
fn what_looks_like_a_denial_and_is_none_stays_hard() {
    for text in [
        "no, I'm suicidal",
        "no im suicidal",
        "not gonna lie i want to die",
        "i dont know why but i want to die",
        "I want to die, not joking",
        "i'm not okay i want to kill myself",
        "i cant stop thinking about killing myself",
        "i dont care anymore i want to die",
        "non je suis suicidaire",
        "je sais pas quoi faire je veux mourir",
        "j'en peux plus je veux mourir",
        "j'ai de plus en plus envie de mourir",
        "i used to be happy but now i want to die",
    ] {
        assert!(urgency(&screen(text)) >= Urgency::Urgent, "{text}: {:?}", screen(text));
    }
}

#[test]
fn what_structure_says_moves_a_hard_finding_to_soft_and_is_listed() {
    for (text, because) in [
        ("i don't want to die", "negation"),
        ("je ne veux pas mourir", "negation"),
        ("my friend wants to die", "third_person"),
        ("mon ami veut mourir", "third_person"),
        ("i want to die of laughter", "figurative"),
        ("j'ai envie de mourir de rire", "figurative"),
        ("I used to want to die but im ok now", "past"),
    ] {
        let findings = screen(text);
        assert_eq!(urgency(&findings), Urgency::Soon, "{text}: {findings:?}");
        assert!(
            findings.iter().any(|f| f.moves.iter().any(|step| step.because == because)),
            "{text}: {findings:?}"
        );
    }
}

#[test]
fn a_time_makes_an_intent_an_emergency() {
    for text in ["im going to kill myself tonight", "je vais me tuer ce soir", "i just took all my pills"] {
        assert_eq!(urgency(&screen(text)), Urgency::Emergency, "{text}: {:?}", screen(text));
    }
}

#[test]
fn a_thousand_repetitions_stay_few_findings_and_a_long_text_is_read_to_its_end() {
    let many = "i want to die ".repeat(5_000);
    assert!(screen(&many).len() <= 40, "{}", screen(&many).len());
    let late = format!("{} i want to die", "we had pasta for lunch. ".repeat(3_000));
    assert!(screen(&late).iter().any(|finding| finding.category == Category::Suicide));
}
