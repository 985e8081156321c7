//! Checks requests and our own answers against the platform's published description.
//!
//! The description isn't in the repository: the folder is named by `PASSERELLE_SPECS`. Without it, only the
//! checks written out in `rest.rs` are made, and this is said once on the error output.
//! It must never let an unknown field of a request pass. Read next: `rest.rs`.

use serde_json::Value;
use std::path::Path;
use std::sync::Once;

/// The published description.
#[derive(Debug)]
pub(crate) struct Spec(Value);

static SAID: Once = Once::new();

impl Spec {
    /// Reads the description, if the folder is named.
    ///
    /// # Panics
    /// When the folder is named and the file can't be read.
    #[allow(clippy::disallowed_methods, reason = "tests are told where their specifications are")]
    #[allow(clippy::print_stderr, reason = "a check that isn't made must not go unnoticed")]
    #[allow(clippy::expect_used, reason = "a named folder that can't be read is a broken set-up")]
    pub(crate) fn load() -> Option<Self> {
        let Some(folder) = std::env::var_os("PASSERELLE_SPECS") else {
            SAID.call_once(|| {
                eprintln!(
                    "NOT CHECKED against Discord's published description: \
                     set PASSERELLE_SPECS to the folder that holds discord-openapi.json"
                );
            });
            return None;
        };
        let file = Path::new(&folder).join("discord-openapi.json");
        let text = std::fs::read_to_string(&file).expect("PASSERELLE_SPECS must hold discord-openapi.json");
        Some(Self(serde_json::from_str(&text).expect("discord-openapi.json must be JSON")))
    }

    /// What is wrong with a request's body.
    pub(crate) fn request(&self, template: &str, method: &str, body: &Value) -> Vec<String> {
        let Some(operation) = self.operation(template, method) else {
            return vec![format!("{method} {template} isn't described")];
        };
        let schema = operation.pointer("/requestBody/content/application~1json/schema");
        let mut faults = Vec::new();
        match (schema, body) {
            (None, Value::Null) => {}
            (None, _) => faults.push("a body isn't described".to_owned()),
            (Some(_), Value::Null) if operation.pointer("/requestBody/required") != Some(&Value::Bool(true)) => {}
            (Some(schema), body) => self.check(schema, body, "", true, &mut faults),
        }
        faults
    }

    /// What is wrong with an answer of ours.
    pub(crate) fn answer(&self, template: &str, method: &str, status: u16, body: &Value) -> Vec<String> {
        let Some(operation) = self.operation(template, method) else { return Vec::new() };
        let Some(described) = operation["responses"].get(status.to_string()) else {
            return vec![format!("{method} {template} never answers {status}")];
        };
        let mut faults = Vec::new();
        if let Some(schema) = described.pointer("/content/application~1json/schema") {
            self.check(schema, body, "", false, &mut faults);
        }
        faults
    }

    fn operation(&self, template: &str, method: &str) -> Option<&Value> {
        self.0["paths"].get(template)?.get(method.to_lowercase())
    }

    fn follow<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        while let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            schema = self.0.pointer(name.trim_start_matches('#')).unwrap_or(&Value::Null);
        }
        schema
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, strict: bool, faults: &mut Vec<String>) {
        let schema = self.follow(schema);
        for kind in ["oneOf", "anyOf"] {
            if let Some(ways) = schema.get(kind).and_then(Value::as_array) {
                self.check_ways(ways, value, at, strict, faults);
            }
        }
        // The descriptions use allOf only to name a list of allowed values.
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.check(part, value, at, false, faults);
        }
        // Described as text; numbers are taken, too, and other clients send them.
        if schema["format"] == "snowflake" && value.is_u64() {
            return;
        }
        if !type_fits(schema, value) {
            faults.push(format!("{at}: the type must be {}", schema["type"]));
            return;
        }
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && !allowed.contains(value)
        {
            faults.push(format!("{at}: not one of the allowed values"));
        }
        match value {
            Value::String(text) => check_text(schema, text, at, faults),
            Value::Number(number) => check_number(schema, number.as_f64().unwrap_or(0.0), at, faults),
            Value::Array(items) => {
                check_count(schema, "Items", items.len(), at, faults);
                if let Some(item) = schema.get("items") {
                    for (index, value) in items.iter().enumerate() {
                        self.check(item, value, &format!("{at}/{index}"), strict, faults);
                    }
                }
            }
            Value::Object(fields) => {
                for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
                    if !fields.contains_key(name.as_str().unwrap_or_default()) {
                        faults.push(format!("{at}: {name} is missing"));
                    }
                }
                let known = schema.get("properties").and_then(Value::as_object);
                for (name, value) in fields {
                    let at = format!("{at}/{name}");
                    match known.and_then(|known| known.get(name)).or_else(|| schema.get("additionalProperties")) {
                        Some(schema) if schema.is_object() => self.check(schema, value, &at, strict, faults),
                        Some(_) => {}
                        None if strict && known.is_some() => faults.push(format!("{at}: unknown field")),
                        None => {}
                    }
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_ways(&self, ways: &[Value], value: &Value, at: &str, strict: bool, faults: &mut Vec<String>) {
        let mut best: Option<Vec<String>> = None;
        for way in ways {
            let mut found = Vec::new();
            self.check(way, value, at, strict, &mut found);
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        }
        faults.extend(best.unwrap_or_default());
    }
}

fn type_fits(schema: &Value, value: &Value) -> bool {
    let fits = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match schema.get("type") {
        Some(Value::String(name)) => fits(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(fits),
        _ => true,
    }
}

fn check_text(schema: &Value, text: &str, at: &str, faults: &mut Vec<String>) {
    check_count(schema, "Length", text.chars().count(), at, faults);
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if schema["format"] == "snowflake" && !digits {
        faults.push(format!("{at}: not an id"));
    }
}

fn check_number(schema: &Value, number: f64, at: &str, faults: &mut Vec<String>) {
    let least = schema.get("minimum").and_then(Value::as_f64);
    let most = schema.get("maximum").and_then(Value::as_f64);
    if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
        faults.push(format!("{at}: out of range"));
    }
}

fn check_count(schema: &Value, what: &str, count: usize, at: &str, faults: &mut Vec<String>) {
    let bound = |side: &str| schema.get(format!("{side}{what}")).and_then(Value::as_u64);
    let count = count as u64;
    if bound("min").is_some_and(|least| count < least) || bound("max").is_some_and(|most| count > most) {
        faults.push(format!("{at}: {count} is too few or too many"));
    }
}
