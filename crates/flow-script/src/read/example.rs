//! Reads example conversations.
//!
//! Read next: `../example_model.rs`.

use super::reader::Reader;
use crate::example_model::{Example, ExampleTurn, ExampleWhat, HandoffAsked};
use crate::yaml::{Entry, Node};
use crate::{Code, Diagnostic};
use domain::{FlowId, Lang, StageName, StepId, Urgency};
use std::path::Path;

const TURNS: [&str; 9] =
    ["child", "child_taps", "wait", "bot_says", "bot_never_says", "bot_asks", "urgency", "stage", "handoff"];

pub(crate) fn read_example(file: &Path, flow: &str, root: &Node) -> (Option<Example>, Vec<Diagnostic>) {
    let mut reader = Reader::new(file);
    let example = read(&mut reader, flow, root);
    (example, reader.told)
}

fn read(reader: &mut Reader<'_>, flow: &str, root: &Node) -> Option<Example> {
    let what = "the example";
    let fields = reader.map(root, what)?;
    reader.only(&fields, what, &["name", "language", "turns"]);
    let name =
        reader.need(&fields, what, "name", "a child says hello").and_then(|node| reader.text(node, "`name`"));
    let lang = reader.need(&fields, what, "language", "en").and_then(|node| reader.lang(node));
    let items =
        reader.need(&fields, what, "turns", "[{ child: hi }]").and_then(|node| reader.list(node, "`turns`"))?;
    let flow = FlowId::new(flow);
    let mut turns = Vec::new();
    for item in items {
        let Some(turn) = reader.map(item, "a turn") else { continue };
        reader.only(&turn, "a turn", &TURNS);
        for entry in turn.entries.iter().filter(|entry| TURNS.contains(&entry.key.as_str())) {
            if let Some(what) = read_turn(reader, &flow, entry) {
                turns.push(ExampleTurn { line: entry.key_pos.line, what });
            }
        }
    }
    if !matches!(turns.first(), Some(ExampleTurn { what: ExampleWhat::Child(_), .. })) {
        reader.tell(root.pos, Code::BadExample, "the first turn isn't the child's", "`- child: \"hi\"` first");
        reader.hint("a conversation always begins with the child's first message");
    }
    Some(Example {
        file: reader.file.to_path_buf(),
        name: name?.value,
        lang: lang.unwrap_or(Lang::EN),
        flow,
        turns,
    })
}

fn read_turn(reader: &mut Reader<'_>, flow: &FlowId, entry: &Entry) -> Option<ExampleWhat> {
    let node = &entry.value;
    let what = format!("`{}`", entry.key);
    Some(match entry.key.as_str() {
        "wait" => ExampleWhat::Wait(reader.duration(node, &what)?),
        "handoff" => {
            let text = reader.text(node, &what)?;
            let answers = [("yes", HandoffAsked::Asked), ("not_yet", HandoffAsked::NotYet)];
            ExampleWhat::Handoff(reader.one_of(&text, "answer to that", &answers)?)
        }
        "urgency" => {
            let text = reader.text(node, &what)?;
            let names = Urgency::ALL.map(|urgency| (urgency.name(), urgency));
            ExampleWhat::Urgency(reader.one_of(&text, "urgency", &names)?)
        }
        "stage" => {
            let text = reader.text(node, &what)?;
            let names = StageName::ALL.map(|stage| (stage.name(), stage));
            ExampleWhat::Stage(reader.one_of(&text, "stage", &names)?)
        }
        "bot_asks" => {
            let text = reader.text(node, &what)?.value;
            match text.split_once('/') {
                Some((flow, step)) => ExampleWhat::BotAsks { flow: FlowId::new(flow), step: StepId::new(step) },
                None => ExampleWhat::BotAsks { flow: flow.clone(), step: StepId::new(text) },
            }
        }
        "child" => ExampleWhat::Child(reader.text(node, &what)?.value),
        "child_taps" => ExampleWhat::ChildTaps(reader.text(node, &what)?.value),
        "bot_says" => ExampleWhat::BotSays(reader.text(node, &what)?.value),
        "bot_never_says" => ExampleWhat::BotNeverSays(reader.text(node, &what)?.value),
        _ => return None,
    })
}
