//! Setting a file out loses nothing and, done twice, changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use flow_script::{format_file, shipped};
use proptest::prelude::*;
use std::path::Path;

fn format(text: &str) -> Result<String, String> {
    format_file(Path::new("flow.yaml"), text).map_err(|told| told.to_string())
}

fn check(text: &str, expected: &str) {
    let formatted = format(text).unwrap();
    assert_eq!(formatted, expected);
    assert_eq!(format(&formatted).unwrap(), expected, "done twice");
}

#[test]
fn sets_out_and_keeps_remarks_where_they_belong() {
    check(
        "# About this flow\n\n\nflow:   welcome # its name\nsteps:\n    hello: # first\n\n\n        say: 'Hi, it''s me'\n    # then\n    age: {ask:  \"How old?\",choices: {a: A , b: \"B\"}} # one line\n# the end\n",
        "# About this flow\n\nflow: welcome  # its name\nsteps:\n  hello:  # first\n\n    say: \"Hi, it's me\"\n  # then\n  age: { ask: \"How old?\", choices: { a: A, b: \"B\" } }  # one line\n# the end\n",
    );
    check(
        "follows: >-\n   one two\n   three\nlist:\n- a\n- b: 1\n  c: [x,\n    y] # why\n",
        "follows: >-\n  one two three\nlist:\n  - a\n  - b: 1\n    c: [x, y]  # why\n",
    );
}

#[test]
fn the_shipped_files_are_set_out() {
    for (path, text) in shipped() {
        let formatted = format(text).unwrap_or_else(|told| panic!("{path}: {told}"));
        if formatted != *text {
            let line = formatted.lines().zip(text.lines()).position(|(a, b)| a != b).unwrap_or_default();
            panic!(
                "{path}:{}: run `passerelle flow fmt`\n  is:     {}\n  should: {}",
                line + 1,
                text.lines().nth(line).unwrap_or_default(),
                formatted.lines().nth(line).unwrap_or_default()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A shipped file with remarks and empty lines put in anywhere.
    #[test]
    fn no_remark_is_lost_wherever_it_stands(
        file in 0..shipped().len(),
        places in prop::collection::vec((0.0..1.0_f64, 0..4_u8), 1..6),
    ) {
        let (_, text) = shipped()[file];
        let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        for (number, (place, how)) in places.iter().enumerate() {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let at = ((lines.len() - 1) as f64 * place) as usize;
            match how {
                0 => lines.insert(at, format!("# remark {number}")),
                1 => lines.insert(at, format!("      # remark {number}")),
                2 => lines[at].push_str(&format!(" # remark {number}")),
                _ => lines.insert(at, String::new()),
            }
        }
        let changed = lines.join("\n") + "\n";
        // Put into the middle of a folded text it is no remark but words, or no YAML at all.
        if let Ok(formatted) = format(&changed) {
            // Spaces aside: in a folded text it is words, and lines are broken elsewhere.
            let plain = |text: &str| text.split_whitespace().collect::<String>();
            for number in 0..places.len() {
                let remark = format!("#remark{number}");
                let count = |text: &str| plain(text).matches(&remark).count();
                prop_assert_eq!(count(&formatted), count(&changed));
            }
            prop_assert_eq!(format(&formatted).unwrap(), formatted);
        } else {
            prop_assert!(text.contains(">-"), "a plain file can always be set out:\n{}", changed);
        }
    }

    /// Any text at all: an answer, never a panic, and done twice it is the same.
    #[test]
    fn any_text_is_answered(text in "([a-c]{1,2}:|- |  |\n|#|\"|'|x|>-|\\[|\\]|\\{|\\}|, |: |é|\\\\| ){0,40}") {
        if let Ok(formatted) = format(&text) {
            prop_assert_eq!(format(&formatted).unwrap(), formatted);
        }
    }
}
