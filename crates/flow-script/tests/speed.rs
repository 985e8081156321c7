//! A large pack is checked while its author waits: 400 flows, 5,000 steps, 5 languages in under 2 s.
//!
//! The bar is for the optimised build: `cargo test --release -p flow-script --test speed -- --nocapture`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]
#![allow(clippy::disallowed_methods, reason = "a measurement needs a clock")]

use domain::Lang;
use flow_script::{FlowRole, HouseLangs, load_pack_from};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const FLOWS: usize = 400;
/// With the handoff at its end: 13 steps a flow, 5,200 in all.
const QUESTIONS: usize = 6;
const LANGS: [&str; 5] = ["en", "fr", "es", "pt", "de"];

fn flow(number: usize, lang: &str) -> String {
    let mut steps = String::new();
    for step in 0..QUESTIONS {
        let words = format!("{lang} words {step} of flow {number}, not many of them, and easy to read");
        let _ = writeln!(steps, "  say_{step}:\n    say: \"{words}\"");
        let _ = writeln!(steps, "  ask_{step}:\n    ask: \"{words}?\"");
        if lang == "en" {
            let _ = writeln!(steps, "    save: answer_{step}");
        }
        let _ = writeln!(steps, "    choices:");
        for choice in ["yes", "no", "maybe"] {
            let goto = if lang == "en" && choice == "maybe" { "\n        goto: human" } else { "" };
            let _ = writeln!(
                steps,
                "      {choice}:\n        label: \"{choice} {lang}\"\n        also: [\"{lang} {choice} one\", \"{lang} {choice} two\"]{goto}"
            );
        }
    }
    if lang == "en" {
        let plays = FlowRole::ALL.get(number).map_or(String::new(), |role| format!("plays: {}\n", role.name()));
        format!(
            "flow: flow_{number}\ntitle: T\n{plays}language: en\nfollows: f\ndefaults:\n  other: {{ retries: 1, then: handoff }}\n  silence: {{ after: 1h, then: park }}\nsteps:\n{steps}  human:\n    handoff: {{ reason: test }}\n    meanwhile: flow flow_{}\n",
            (number + 1) % FLOWS
        )
        .replace("    meanwhile: flow flow_0\n", "")
    } else {
        format!("steps:\n{steps}")
    }
}

/// Time that this thread had a processor, so that a busy machine doesn't count; wall time where the
/// system doesn't tell.
fn spent(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

#[test]
fn a_large_pack_is_checked_in_time() {
    let mut files = Vec::new();
    for number in 0..FLOWS {
        let folder = PathBuf::from(format!("flow_{number}"));
        files.push((folder.join("flow.yaml"), flow(number, "en")));
        for lang in &LANGS[1..] {
            files.push((folder.join(format!("{lang}.yaml")), flow(number, lang)));
        }
        let turns: String = (0..QUESTIONS)
            .map(|step| format!("  - bot_says: \"words {step} of flow {number},\"\n  - bot_asks: ask_{step}\n  - child: \"yes en\"\n"))
            .collect();
        let example = format!("name: all of it\nlanguage: en\nturns:\n  - child: hi\n{turns}");
        files.push((folder.join("examples/en.yaml"), example));
    }
    let house = HouseLangs::new(LANGS.map(|lang| lang.parse::<Lang>().unwrap()));
    let begun = Instant::now();
    let before = spent(begun);
    let pack = load_pack_from(&files, &house).unwrap_or_else(|told| panic!("{}", told[0]));
    let took = spent(begun) - before;
    let steps: usize = pack.library.flows().map(|flow| flow.order.len()).sum();
    let langs = LANGS.len();
    println!(
        "{FLOWS} flows, {steps} steps, {langs} languages, {} examples: checked in {took:?}",
        pack.examples.len()
    );
    assert!(steps >= 5_000);
    assert_eq!(pack.warnings, [], "the pack is sound, so that every check runs to its end");
    let bar = if cfg!(debug_assertions) { Duration::from_secs(60) } else { Duration::from_secs(2) };
    assert!(took < bar, "{took:?}");
}
