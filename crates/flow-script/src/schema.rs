//! A JSON Schema of `flow.yaml`, for editors that underline and complete while one writes.
//!
//! It knows keys and shapes; what `flow check` proves beyond them it can't know. Read next: `language.rs`.

use crate::FlowRole;
use crate::language::{HEAD, KeyDoc, Need, STEPS, Shape, StepDoc};
use crate::read::{NAME_BYTES, RESOURCE_KINDS};
use domain::Urgency;
use serde_json::{Map, Value, json};

/// The schema, as text with two spaces of indentation and a line end.
#[must_use]
pub fn schema() -> String {
    let mut head = properties(&HEAD);
    let roles: Vec<&str> = FlowRole::ALL.iter().map(|role| role.name()).collect();
    set(&mut head, "plays", json!({ "enum": roles }));
    set(&mut head, "defaults", group(json!({ "other": other(), "silence": silence() }), &[]));
    let one_of: Vec<Value> = STEPS.iter().map(step).collect();
    set(
        &mut head,
        "steps",
        json!({
            "type": "object",
            "minProperties": 1,
            "propertyNames": name(),
            "additionalProperties": { "anyOf": one_of },
        }),
    );
    let needed: Vec<&str> = HEAD.iter().filter(|key| key.need == Need::Needed).map(|key| key.name).collect();
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A flow of Passerelle",
        "type": "object",
        "properties": head,
        "required": needed,
        "additionalProperties": false,
    });
    // A value made here has only text keys, so it can always be written.
    let text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    format!("{text}\n")
}

fn step(step: &StepDoc) -> Value {
    let needed: Vec<&str> = step.keys.iter().filter(|key| key.need == Need::Needed).map(|key| key.name).collect();
    json!({
        "title": step.name,
        "description": step.does,
        "type": "object",
        "properties": properties(step.keys),
        "required": needed,
        "additionalProperties": false,
    })
}

fn properties(keys: &[KeyDoc]) -> Map<String, Value> {
    keys.iter().map(|key| (key.name.to_owned(), described(shape(key.shape), key.meaning))).collect()
}

fn set(map: &mut Map<String, Value>, key: &str, value: Value) {
    let meaning = map.get(key).and_then(|old| old.get("description")).cloned();
    let mut value = value;
    if let (Some(meaning), Value::Object(inner)) = (meaning, &mut value) {
        inner.insert("description".into(), meaning);
    }
    map.insert(key.to_owned(), value);
}

fn described(mut value: Value, meaning: &str) -> Value {
    if let Value::Object(map) = &mut value {
        map.insert("description".into(), json!(meaning));
    }
    value
}

fn shape(shape: Shape) -> Value {
    match shape {
        Shape::Words | Shape::Plain => words(),
        Shape::Name | Shape::Flow => name(),
        Shape::Target => target(),
        Shape::YesNo => json!({ "enum": ["yes", "no", true, false] }),
        Shape::Duration => duration(),
        Shape::AskKind => json!({ "enum": ["text", "number", "age", "region"] }),
        Shape::Contacts => {
            let kinds = json!({ "enum": RESOURCE_KINDS });
            json!({ "anyOf": [kinds, { "type": "array", "items": kinds }] })
        }
        Shape::Choices => {
            let long = group(
                json!({
                    "label": words(),
                    "also": { "type": "array", "items": words() },
                    "goto": target(),
                    "urgency_at_least": urgency(),
                }),
                &["label"],
            );
            json!({
                "type": "object",
                "minProperties": 1,
                "maxProperties": 25,
                "propertyNames": name(),
                "additionalProperties": { "anyOf": [words(), long] },
            })
        }
        Shape::Other => other(),
        Shape::Silence => silence(),
        Shape::Cases => {
            let case =
                group(json!({ "when": { "type": ["string", "object"] }, "goto": target() }), &["when", "goto"]);
            json!({ "type": "array", "items": case })
        }
        Shape::Variable => json!({
            "type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": name(),
            "additionalProperties": words(),
        }),
        Shape::Handoff => group(
            json!({ "team": words(), "urgency_at_least": urgency(), "reason": words(), "say": words() }),
            &["reason"],
        ),
    }
}

fn group(properties: Value, needed: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": needed, "additionalProperties": false })
}

fn other() -> Value {
    group(
        json!({
            "retries": { "type": "integer", "minimum": 0, "maximum": 5 },
            "say": words(),
            "then": { "type": "string", "pattern": "^(handoff|goto .+)$" },
        }),
        &["retries", "then"],
    )
}

fn silence() -> Value {
    let reminder = group(json!({ "after": duration(), "say": words() }), &["after", "say"]);
    group(
        json!({
            "reminders": { "type": "array", "items": reminder },
            "after": duration(),
            "then": { "enum": ["park", "handoff"] },
        }),
        &["after", "then"],
    )
}

/// An unquoted `12` is a number to an editor and words to us.
fn words() -> Value {
    json!({ "type": ["string", "number"] })
}

fn name() -> Value {
    json!({ "type": "string", "pattern": format!("^[a-z0-9_]{{1,{NAME_BYTES}}}$") })
}

fn target() -> Value {
    json!({ "type": "string", "pattern": format!("^(flow +)?[a-z0-9_]{{1,{NAME_BYTES}}}$") })
}

fn duration() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]+[smhd]$" })
}

fn urgency() -> Value {
    json!({ "enum": Urgency::ALL.map(|urgency| urgency.name()) })
}
