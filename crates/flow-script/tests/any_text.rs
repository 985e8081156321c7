//! Whatever is in the files, the loader answers; it never panics and never hangs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::Lang;
use flow_script::{HouseLangs, Interrupt, interrupt, load_pack_from, match_choice, shipped};
use proptest::prelude::*;
use std::path::PathBuf;

fn load(path: &str, text: &str) {
    let house = HouseLangs::new([Lang::EN, Lang::FR]);
    let files = [(PathBuf::from(path), text.to_owned())];
    if let Err(told) = load_pack_from(&files, &house) {
        for diagnostic in told {
            assert!(!diagnostic.to_string().is_empty());
        }
    }
}

fn load_with(path: &str, text: &str) {
    let house = HouseLangs::new([Lang::EN, Lang::FR]);
    let mut files: Vec<_> =
        shipped().iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
    files.retain(|(known, _)| known.as_os_str() != path);
    files.push((PathBuf::from(path), text.to_owned()));
    let _ = load_pack_from(&files, &house);
}

/// A shipped file with something cut out, doubled, or put in.
fn mutated() -> impl Strategy<Value = (&'static str, String)> {
    let pieces = prop::sample::select(vec![
        "",
        ":",
        "-",
        "- ",
        "\n",
        "\n  ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "#",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "\t",
        "\0",
        "\u{feff}",
        "~",
        "null",
        "? ",
        "---",
        "...",
        "%",
        "@",
        "goto: ",
        "é",
        "🙂",
        "\u{202e}",
        "999999999999999999999",
    ]);
    (prop::sample::select(shipped().to_vec()), any::<prop::sample::Index>(), 0_usize..40, pieces).prop_map(
        |((path, text), at, cut, put)| {
            let chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len());
            let end = (at + cut).min(chars.len());
            let mutated = chars[..at].iter().collect::<String>() + put + &chars[end..].iter().collect::<String>();
            (path, mutated)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,300}") {
        for path in ["a/flow.yaml", "a/fr.yaml", "a/examples/b.yaml", "resources.yaml", "x", "../x.yaml"] {
            load(path, &text);
        }
    }

    #[test]
    fn any_yaml_like_text_is_answered(text in "([a-z_]{0,8}[:,\\-\\[\\]{}\"'|>&*!#? \n]{0,6}){0,60}") {
        load("a/flow.yaml", &text);
        load("a/fr.yaml", &text);
    }

    #[test]
    fn any_bytes_read_as_text_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        load("a/flow.yaml", &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_answer_is_looked_at(text in "\\PC{0,200}") {
        let _ = interrupt(&text);
        prop_assert_eq!(match_choice(&text, &[], Lang::EN, &[Lang::EN]), None);
    }

    #[test]
    fn an_interrupt_stays_one_in_any_case_and_with_any_signs_around(sign in "[ .!?]{0,3}") {
        for word in ["stop", "STOP", "Stop"] {
            prop_assert_eq!(interrupt(&format!("{sign}{word}{sign}")), Some(Interrupt::Stop));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_shipped_flow_with_an_accident_is_answered((path, text) in mutated()) {
        load_with(path, &text);
    }
}

#[test]
fn a_small_file_can_not_become_a_large_one() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n";
    load("a/flow.yaml", bomb);
    load("a/flow.yaml", &"[".repeat(200_000));
    load("a/flow.yaml", &"{a: ".repeat(200_000));
    load("a/flow.yaml", &"- ".repeat(200_000));
    load("a/flow.yaml", &(0..60_000).map(|n| format!("k{n}: v\n")).collect::<String>());
}
