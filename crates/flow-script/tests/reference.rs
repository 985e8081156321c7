//! The handbook's chapter and the editors' schema are what the code says, and their examples hold.
//!
//! `UPDATE_DOCS=1 cargo test -p flow-script reference` writes both anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a test may read its environment")]

use domain::Lang;
use flow_script::{Code, FlowRole, HouseLangs, load_pack_from, reference, schema};
use std::path::{Path, PathBuf};

fn is_current(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference").join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "docs/src/reference/{file} is old: run `make docs`");
}

#[test]
fn the_reference_is_current() {
    is_current("flows.md", &reference());
}

#[test]
fn the_reference_names_the_current_schema() {
    is_current("flow.schema.json", &schema());
}

/// The examples in the chapter, as they stand.
fn examples() -> Vec<String> {
    let page = reference();
    page.split("```yaml\n").skip(1).map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn each_example_of_the_reference_passes_the_checks() {
    let examples = examples();
    assert_eq!(examples.len(), 13);
    for example in examples {
        let head = "flow: example\ntitle: Example\nlanguage: en\nfollows: nothing\nsteps:\n";
        let human = "  human:\n    handoff: { reason: test }\n";
        let whole = format!("{head}{example}{human}");
        let ends = example.contains("end:") || example.contains("handoff:\n");
        let mut files =
            vec![(PathBuf::from("example/flow.yaml"), if ends { format!("{head}{example}") } else { whole })];
        for role in FlowRole::ALL.map(FlowRole::name) {
            let end = if role == "feedback" {
                "end: \"Thank you.\"\n    resources: [emergency]"
            } else {
                "handoff: { reason: test }"
            };
            let text = format!(
                "flow: {role}\ntitle: T\nplays: {role}\nlanguage: en\nfollows: f\nsteps:\n  human:\n    {end}\n"
            );
            files.push((PathBuf::from(role).join("flow.yaml"), text));
        }
        if let Err(told) = load_pack_from(&files, &HouseLangs::new([Lang::EN])) {
            let told: Vec<String> = told.iter().map(ToString::to_string).collect();
            panic!("{example}\n{}", told.join("\n"));
        }
    }
}

#[test]
fn the_reference_names_every_check() {
    let page = reference();
    for code in Code::ALL {
        assert!(page.contains(&format!("| {} |", code.name())), "{code}");
    }
}

#[test]
fn every_key_of_the_shipped_flows_is_in_the_schema() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let steps = schema.pointer("/properties/steps/additionalProperties/anyOf").unwrap().as_array().unwrap();
    assert_eq!(steps.len(), 13);
    for step in steps {
        let keys = step["properties"].as_object().unwrap();
        assert!(keys.contains_key("safe_point") && keys.contains_key(step["title"].as_str().unwrap()));
    }
}
