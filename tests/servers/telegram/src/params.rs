//! A call's parameters, from JSON, a form, a query or multipart, checked against the method's table.
//!
//! Strict: an unknown name or a wrong type is refused. Read next: `methods.rs`.

use crate::answer::{Refusal, bad};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Bool,
    /// An object or an array, also as JSON in a string.
    Json,
    /// An upload, or a string that names a file.
    File,
    /// A chat's number, or `@name`.
    Chat,
}

/// One parameter of a method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) needed: bool,
}

pub(crate) const fn need(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, needed: true }
}

pub(crate) const fn may(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, needed: false }
}

/// A file that came with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Parameters as they came.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) values: Map<String, Value>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    /// From a form or a query: numbers and the like come as text.
    pub(crate) as_text: bool,
}

/// Parameters of the right names and types.
#[derive(Debug, Default)]
pub(crate) struct Args {
    pub(crate) values: Map<String, Value>,
    pub(crate) uploads: BTreeMap<String, Upload>,
}

impl Args {
    /// Checks names and types.
    pub(crate) fn read(params: &[Param], sent: Sent) -> Result<Self, Refusal> {
        let known = |name: &str| params.iter().find(|param| param.name == name);
        let mut values = Map::new();
        for (name, value) in sent.values {
            let Some(param) = known(&name) else { return bad(format!("unknown parameter {name}")) };
            let value = if sent.as_text { from_text(param.kind, value) } else { value };
            let value = as_json(param.kind, value);
            if !fits(param.kind, &value) {
                return bad(format!("parameter {name} has the wrong type"));
            }
            values.insert(name, value);
        }
        // An upload stands for the parameter of its name, or is named by another as `attach://…`.
        for name in sent.uploads.keys() {
            let named = values.values().any(|value| value.to_string().contains(&format!("attach://{name}")));
            if !named && known(name).is_none_or(|param| param.kind != Kind::File) {
                return bad(format!("unexpected file {name}"));
            }
        }
        let missing = |param: &&Param| {
            param.needed && !values.contains_key(param.name) && !sent.uploads.contains_key(param.name)
        };
        if let Some(param) = params.iter().find(missing) {
            return bad(format!("parameter {} is required", param.name));
        }
        Ok(Self { values, uploads: sent.uploads })
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.values.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(crate) fn json(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }
}

fn from_text(kind: Kind, value: Value) -> Value {
    let Value::String(text) = &value else { return value };
    let parsed = match kind {
        Kind::Int | Kind::Chat => text.parse::<i64>().ok().map(Value::from),
        Kind::Bool => match text.as_str() {
            "true" | "True" | "1" => Some(Value::Bool(true)),
            "false" | "False" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Json | Kind::Text | Kind::File => None,
    };
    parsed.unwrap_or(value)
}

fn as_json(kind: Kind, value: Value) -> Value {
    match (&value, kind) {
        (Value::String(text), Kind::Json) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

fn fits(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Int => value.is_i64(),
        Kind::Text | Kind::File => value.is_string(),
        Kind::Bool => value.is_boolean(),
        Kind::Json => value.is_object() || value.is_array(),
        Kind::Chat => value.is_i64() || value.as_str().is_some_and(|name| name.starts_with('@')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TABLE: &[Param] =
        &[need("chat_id", Kind::Chat), need("text", Kind::Text), may("reply_markup", Kind::Json)];

    fn check(values: Value, as_text: bool) -> Result<(), String> {
        let Value::Object(values) = values else { unreachable!() };
        let sent = Sent { values, as_text, ..Sent::default() };
        Args::read(TABLE, sent).map(|_| ()).map_err(|refusal| refusal.description)
    }

    #[test]
    fn names_and_types_are_held_to_the_table() {
        assert_eq!(check(json!({"chat_id": 1, "text": "a"}), false), Ok(()));
        assert_eq!(check(json!({"chat_id": "1", "text": "1", "reply_markup": "{}"}), true), Ok(()));
        for (values, why) in [
            (json!({"chat_id": 1, "text": "a", "txt": "b"}), "unknown parameter txt"),
            (json!({"chat_id": "1", "text": "a"}), "parameter chat_id has the wrong type"),
            (json!({"chat_id": 1, "text": 5}), "parameter text has the wrong type"),
            (json!({"chat_id": 1, "text": "a", "reply_markup": "{"}), "parameter reply_markup has the wrong type"),
            (json!({"chat_id": 1}), "parameter text is required"),
        ] {
            assert_eq!(check(values, false), Err(format!("Bad Request: {why}")));
        }
    }
}
