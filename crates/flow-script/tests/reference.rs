//! The handbook's chapter and the editors' schema are what the code says, and their examples hold.
//!
//! `UPDATE_DOCS=1 cargo test -p flow-script reference` writes both anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a test may read its environment")]

use domain::Lang;
use flow_script::{
    Code, FlowRole, HouseLangs, ReadingLevel, load_pack_from, load_shipped, mermaid, reference, schema, svg,
};
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
            let first = if matches!(role, "waiting" | "out_of_hours") { "  quiet:\n    pause: 5m\n" } else { "" };
            let text = format!(
                "flow: {role}\ntitle: T\nplays: {role}\nlanguage: en\nfollows: f\nsteps:\n{first}  human:\n    {end}\n"
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

/// The chapter on the shipped flows, with a picture of each.
#[test]
fn the_reference_pictures_of_the_shipped_flows_are_current() {
    let langs = HouseLangs::new([Lang::EN, Lang::FR]);
    let pack = load_shipped(&langs).unwrap();
    let mut page = String::from(
        "# The shipped flows\n\n\
         <!-- Generated from flows/ by `make docs`. Change them there. -->\n\n\
         Each with its picture, the practice it follows, and how hard its words are to read: LIX, words per sentence\n\
         plus long words in a hundred. Easy books for children are under 25 in English; French has more long words for the\n\
         same ease, so its band goes to 33.\n\n\
         | flow | what | steps | examples | LIX en | LIX fr |\n|---|---|---|---|---|---|\n",
    );
    let flows: Vec<_> = pack.library.flows().collect();
    for flow in &flows {
        let examples = pack.examples.iter().filter(|example| example.flow == flow.id).count();
        let lix = |lang| ReadingLevel::of_flow(flow, lang).lix;
        page.push_str(&format!(
            "| [{id}](#{id}) | {} | {} | {examples} | {} | {} |\n",
            flow.title,
            flow.order.len(),
            lix(Lang::EN),
            lix(Lang::FR),
            id = flow.id
        ));
    }
    for flow in &flows {
        page.push_str(&format!(
            "\n## {id}\n\n{}. Follows: {}\n\n![The flow {id}](flows/{id}.svg)\n",
            flow.title,
            flow.follows,
            id = flow.id
        ));
        is_current(&format!("flows/{}.svg", flow.id), &svg(flow, Lang::EN));
    }
    is_current("shipped-flows.md", &page);
}

#[test]
fn a_picture_is_whole_and_holds_no_markup_of_the_flow() {
    let text = "flow: example\ntitle: \"A <b> & c\"\nlanguage: en\nfollows: f\nsteps:\n  a:\n    say: \"<script>alert(1)</script> \\\"x\\\"\"\n  human:\n    handoff: { reason: test, urgency_at_least: urgent }\n";
    let mut files = vec![(PathBuf::from("example/flow.yaml"), text.to_owned())];
    for role in FlowRole::ALL.map(FlowRole::name) {
        let first = if matches!(role, "waiting" | "out_of_hours") { "  quiet:\n    pause: 5m\n" } else { "" };
        let text = format!(
            "flow: {role}\ntitle: T\nplays: {role}\nlanguage: en\nfollows: f\nsteps:\n{first}  human:\n    handoff: {{ reason: test }}\n"
        );
        files.push((PathBuf::from(role).join("flow.yaml"), text));
    }
    let pack = load_pack_from(&files, &HouseLangs::new([Lang::EN])).unwrap();
    let flow = pack.library.current(&"example".into()).unwrap();
    let picture = svg(flow, Lang::EN);
    assert!(!picture.contains("<script") && !picture.contains("<b>"));
    assert!(picture.contains("☎ human ▲ urgent") && picture.ends_with("</svg>\n"));
    let text = mermaid(flow, Lang::EN);
    assert!(text.starts_with("flowchart TD\n") && text.contains(":::risk") && !text.contains("<script"), "{text}");
}
