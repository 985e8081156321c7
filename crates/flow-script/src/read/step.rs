//! Reads one step. Each does one thing; `language.rs` says which keys belong to it.
//!
//! Read next: `ask.rs`.

use super::ask::AskReader;
use super::forbidden::RESERVED_VARIABLES;
use super::reader::{Fields, Reader};
use crate::language::{STEPS, StepDoc};
use crate::raw::{At, RawCase, RawHandoff, RawKind, RawNext, RawStep, RawTarget, RawText};
use crate::yaml::{Data, Node};
use crate::{Code, Literal, SafePoint};
use domain::{Urgency, VarName};

/// Kinds of contacts that a flow may ask for.
pub(crate) const RESOURCE_KINDS: [&str; 7] =
    ["emergency", "helpline", "suicide", "abuse", "reporting", "health", "legal"];

pub(super) fn read_step(
    reader: &mut Reader<'_>,
    id: At<String>,
    node: &Node,
    following: &RawNext,
    asks: &AskReader,
) -> Option<RawStep> {
    let what = format!("the step `{}`", id.value);
    let fields = reader.map(node, &what)?;
    let Some(doc) = kind_of(&fields) else {
        let mut known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        known.push("safe_point");
        reader.only(&fields, &what, &known);
        reader.tell(id.pos, Code::StepKind, format!("{what} does nothing"), one_thing());
        return None;
    };
    let kind = doc.name;
    let second = STEPS
        .iter()
        .filter(|other| other.name != kind && !doc.also_has(other.name) && fields.get(other.name).is_some())
        .min_by_key(|other| is_plain(other));
    if let Some(StepDoc { name: second, .. }) = second {
        let pos = fields.entry(second).map_or(id.pos, |entry| entry.key_pos);
        let found = format!("{what} has both `{kind}` and `{second}`");
        reader.tell(pos, Code::StepKind, found, "one thing a step");
        reader.hint(format!("move `{second}` into a step of its own"));
    } else {
        reader.only(&fields, &what, &doc.key_names());
    }
    let next = match fields.get("goto").map(|node| reader.target(node)) {
        Some(Some(target)) => RawNext::To(target),
        Some(None) => return None,
        None => following.clone(),
    };
    let safe_point = match fields.get("safe_point").map(|node| reader.yes_or_no(node, "`safe_point`")) {
        Some(Some(true)) => SafePoint::Yes,
        _ => SafePoint::No,
    };
    let value = fields.get(kind)?;
    let slot = format!("steps/{}", id.value);
    let place = StepPlace { what: &what, slot: &slot, following };
    let kind = match kind {
        "say" => RawKind::Say { text: reader.words(value, "`say`", format!("{slot}/say"))? },
        "ask" => asks.ask(reader, &fields, value, &place)?,
        "mood" => asks.mood(reader, &fields, value, &place)?,
        "ask_text" => asks.ask_text(reader, &fields, value, &place)?,
        "branch" => read_branch(reader, &fields, value, &place)?,
        "set" => read_set(reader, value)?,
        "call" => RawKind::Call { flow: reader.name(value, "the name of a flow")? },
        "pause" => RawKind::Pause { span: reader.duration(value, "`pause`")? },
        "note" => RawKind::Note { text: reader.text(value, "`note`")? },
        "handoff" => RawKind::Handoff(read_handoff(reader, &fields, value, &place)?),
        "end" => RawKind::End {
            text: reader.words(value, "`end`", format!("{slot}/end"))?,
            kinds: fields.get("resources").map(|node| reader.resource_kinds(node)).unwrap_or_default(),
        },
        "resources" => RawKind::Resources {
            text: reader
                .need(&fields, &what, "say", "\"These people can help:\"")
                .and_then(|node| reader.words(node, "`say`", format!("{slot}/say")))?,
            kinds: reader.resource_kinds(value),
        },
        _ => RawKind::Goto,
    };
    Some(RawStep { id, safe_point, kind, next })
}

/// What a step is: the key that no other key of it explains. `say` belongs to `resources`, and
/// `resources` to `end`.
fn kind_of(fields: &Fields<'_>) -> Option<&'static StepDoc> {
    let present = || STEPS.iter().filter(|step| fields.get(step.name).is_some());
    let own = present().filter(|step| !present().any(|other| other.also_has(step.name)));
    own.min_by_key(|step| is_plain(step))
}

/// Of two things the plainer one goes last, so that the other is what is told about.
fn is_plain(step: &StepDoc) -> bool {
    matches!(step.name, "say" | "goto")
}

/// What a step can do, for "expected".
pub(super) fn one_thing() -> String {
    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    format!("one of: {}", names.join(", "))
}

/// What the reader of a step needs to know about where it stands.
pub(super) struct StepPlace<'a> {
    pub(super) what: &'a str,
    pub(super) slot: &'a str,
    pub(super) following: &'a RawNext,
}

fn read_branch(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    value: &Node,
    place: &StepPlace<'_>,
) -> Option<RawKind> {
    let mut cases = Vec::new();
    for item in reader.list(value, "`branch`")? {
        let Some(case) = reader.map(item, "a case of `branch`") else { continue };
        reader.only(&case, "a case of `branch`", &["when", "goto"]);
        let when = reader
            .need(&case, "a case of `branch`", "when", "age_band is up_to_9")
            .and_then(|node| reader.condition(node));
        let to =
            reader.need(&case, "a case of `branch`", "goto", "small_words").and_then(|node| reader.target(node));
        if let (Some(when), Some(to)) = (when, to) {
            cases.push(RawCase { when, to: RawNext::To(to) });
        }
    }
    let otherwise = match fields.get("otherwise") {
        Some(node) => RawNext::To(reader.target(node)?),
        None => place.following.clone(),
    };
    Some(RawKind::Branch { cases, otherwise })
}

fn read_set(reader: &mut Reader<'_>, value: &Node) -> Option<RawKind> {
    let fields = reader.map(value, "`set`")?;
    let [entry] = fields.entries else {
        reader.tell(
            value.pos,
            Code::StepKind,
            format!("`set` has {} variables", fields.entries.len()),
            "exactly one",
        );
        reader.hint("for example `set: { topic: school }`; use one step for each");
        return None;
    };
    let name = reader.variable(&entry.key, entry.key_pos)?;
    let text = reader.text(&entry.value, "the value")?;
    Some(RawKind::Set { name, value: literal(&text.value) })
}

fn read_handoff(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    value: &Node,
    place: &StepPlace<'_>,
) -> Option<RawHandoff> {
    let what = "`handoff`";
    let inner = reader.map(value, what)?;
    reader.only(&inner, what, &["team", "urgency_at_least", "reason", "say"]);
    let reason = reader.need(&inner, what, "reason", "the child chose to talk about home");
    let reason = reason.and_then(|node| reader.text(node, "`reason`"))?;
    let urgency = match inner.get("urgency_at_least") {
        Some(node) => reader.urgency(node)?,
        None => Urgency::Routine,
    };
    let say = inner.get("say").and_then(|node| reader.words(node, "`say`", format!("{}/handoff/say", place.slot)));
    let team = inner.get("team").and_then(|node| reader.text(node, "`team`")).map(|text| text.value);
    let meanwhile = match fields.get("meanwhile") {
        Some(node) => Some(reader.target(node)?),
        None => None,
    };
    Some(RawHandoff { team, urgency, reason: reason.value, say, meanwhile })
}

/// A word from a file as a value: digits are a number, all else is text.
pub(super) fn literal(text: &str) -> Literal {
    text.parse().map_or_else(|_| Literal::Text(text.to_owned()), Literal::Number)
}

impl Reader<'_> {
    /// `step_name`, or `flow flow_name`.
    pub(super) fn target(&mut self, node: &Node) -> Option<RawTarget> {
        let text = self.text(node, "`goto`")?;
        match text.value.split_once(char::is_whitespace) {
            None => self.check_name(&text.value, text.pos, "the name of a step").then_some(RawTarget::Step(text)),
            Some(("flow", name)) => {
                let name = At { value: name.trim().to_owned(), pos: text.pos };
                self.check_name(&name.value, name.pos, "the name of a flow").then_some(RawTarget::Flow(name))
            }
            Some(_) => {
                let shown: String = text.value.chars().take(40).collect();
                self.tell(text.pos, Code::BadName, format!("`{shown}` is no target"), "the name of a step");
                self.hint("for another flow write `flow` before its name: `goto: flow waiting`");
                None
            }
        }
    }

    /// Words to a child, with the slot that translations name.
    pub(super) fn words(&mut self, node: &Node, what: &str, slot: String) -> Option<RawText> {
        self.text(node, what).map(|text| RawText { slot, text })
    }

    pub(super) fn yes_or_no(&mut self, node: &Node, what: &str) -> Option<bool> {
        let text = self.text(node, what)?;
        self.one_of(&text, "answer to that", &[("yes", true), ("no", false), ("true", true), ("false", false)])
    }

    pub(super) fn variable(&mut self, name: &str, pos: crate::yaml::Pos) -> Option<At<VarName>> {
        if RESERVED_VARIABLES.contains(&name) {
            self.tell(
                pos,
                Code::WeakensSafety,
                format!("`{name}` can't be set by a flow"),
                "a variable of your own; the engine alone keeps this one, and urgency only ever rises",
            );
            return None;
        }
        self.check_name(name, pos, "the name of a variable").then(|| At { value: VarName::new(name), pos })
    }

    pub(super) fn resource_kinds(&mut self, node: &Node) -> Vec<String> {
        if let Data::Text(_) = node.data {
            return self
                .text(node, "`resources`")
                .and_then(|text| self.resource_kind(&text))
                .into_iter()
                .collect();
        }
        let texts = self.texts(node, "`resources`");
        texts.iter().filter_map(|text| self.resource_kind(text)).collect()
    }

    pub(super) fn resource_kind(&mut self, text: &At<String>) -> Option<String> {
        self.one_of(text, "kind of contact", &RESOURCE_KINDS.map(|kind| (kind, kind))).map(str::to_owned)
    }
}
