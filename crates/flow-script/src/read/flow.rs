//! Reads `flow.yaml`: the flow's head, its defaults and its steps.
//!
//! Read next: `step.rs`.

use super::ask::{AskReader, Defaults};
use super::reader::Reader;
use super::step::{one_thing, read_step};
use crate::language::HEAD;
use crate::raw::{At, RawFlow, RawNext, RawStep};
use crate::yaml::{Data, Node};
use crate::{Code, Diagnostic, FlowRole};
use domain::Lang;
use std::path::Path;

/// Most steps in one flow.
pub(crate) const STEPS: usize = 2_000;

/// Reads a flow as far as it can be read. `folder` is the name it must have.
pub(crate) fn read_flow(file: &Path, folder: &str, root: &Node) -> (Option<RawFlow>, Vec<Diagnostic>) {
    let mut reader = Reader::new(file);
    let flow = read(&mut reader, folder, root);
    (flow, reader.told)
}

fn read(reader: &mut Reader<'_>, folder: &str, root: &Node) -> Option<RawFlow> {
    let what = "the flow";
    let fields = reader.map(root, what)?;
    reader.only(&fields, what, &HEAD.each_ref().map(|key| key.name));
    let id = reader.need(&fields, what, "flow", folder).and_then(|node| reader.name(node, "the name of a flow"));
    if let Some(id) = &id
        && id.value != folder
    {
        let found = format!("the flow is named `{}` but its folder is named `{folder}`", id.value);
        reader.tell(id.pos, Code::BadName, found, "the same name for both");
    }
    let title = reader.need(&fields, what, "title", "First words").and_then(|node| reader.text(node, "`title`"));
    let follows = reader
        .need(&fields, what, "follows", "psychological first aid for children")
        .and_then(|node| reader.text(node, "`follows`"));
    let base = reader.need(&fields, what, "language", "en").and_then(|node| reader.lang(node));
    let plays = fields.get("plays").and_then(|node| {
        let text = reader.text(node, "`plays`")?;
        let value = reader.one_of(&text, "role", &FlowRole::ALL.map(|role| (role.name(), role)))?;
        Some(At { value, pos: text.pos })
    });
    let defaults = fields.get("defaults").map(|node| Defaults::read(reader, node)).unwrap_or_default();
    let steps = reader
        .need(&fields, what, "steps", "")
        .map(|node| read_steps(reader, node, &AskReader { defaults }))
        .unwrap_or_default();
    Some(RawFlow {
        file: reader.file.to_path_buf(),
        id: id.unwrap_or_else(|| At { value: folder.to_owned(), pos: root.pos }),
        title: title.map(|text| text.value).unwrap_or_default(),
        follows: follows.map(|text| text.value).unwrap_or_default(),
        plays,
        base: base.unwrap_or(Lang::EN),
        steps,
    })
}

fn read_steps(reader: &mut Reader<'_>, node: &Node, asks: &AskReader) -> Vec<RawStep> {
    let Some(fields) = reader.map(node, "`steps`") else { return Vec::new() };
    if fields.entries.is_empty() {
        reader.tell(node.pos, Code::MissingKey, "there are no steps", "at least one step");
    }
    if fields.entries.len() > STEPS {
        let found = format!("this flow has {} steps", fields.entries.len());
        reader.tell(fields.entries[STEPS].key_pos, Code::TooManySteps, found, format!("at most {STEPS}"));
        reader.hint("split it into several flows that `goto` or `call` each other");
        return Vec::new();
    }
    let mut steps = Vec::new();
    for (number, entry) in fields.entries.iter().enumerate() {
        reader.check_name(&entry.key, entry.key_pos, "the name of a step");
        let is_last = number + 1 == fields.entries.len();
        let following = if is_last { RawNext::Nowhere } else { RawNext::Following };
        let id = At { value: entry.key.clone(), pos: entry.key_pos };
        if let Data::Nothing = entry.value.data {
            reader.tell(
                entry.key_pos,
                Code::StepKind,
                format!("the step `{}` does nothing", entry.key),
                one_thing(),
            );
            continue;
        }
        steps.extend(read_step(reader, id, &entry.value, &following, asks));
    }
    steps
}

impl Reader<'_> {
    pub(crate) fn lang(&mut self, node: &Node) -> Option<Lang> {
        let text = self.text(node, "`language`")?;
        match text.value.parse() {
            Ok(lang) => Some(lang),
            Err(_) => {
                let shown: String = text.value.chars().take(20).collect();
                self.tell(
                    text.pos,
                    Code::UnknownValue,
                    format!("`{shown}` is no language tag"),
                    "such as `en` or `fr`",
                );
                None
            }
        }
    }
}
