//! The platform's published description as data, and the check of a call or an answer against it.
//!
//! The file isn't part of the project. Where the environment names a folder that has it, every
//! request and every answer of ours is checked; where not, tests say so. Read next: `http.rs`.

use crate::methods::METHODS;
use serde_json::{Map, Value};
use std::io::Write as _;
use std::path::Path;
use std::sync::Once;

/// The environment's variable that names the folder of descriptions.
pub const SPECS: &str = "PASSERELLE_SPECS";

/// Once a process is loud enough.
static SAID: Once = Once::new();

/// Past the test runner, which swallows what tests that pass print.
fn say_that_nothing_is_checked() {
    let line =
        format!("NOT CHECKED against the platform's description: {SPECS} names no folder with telegram-api.json");
    // Nobody to tell when standard error is closed.
    writeln!(std::io::stderr(), "{line}").ok();
}

/// The description.
#[derive(Debug)]
pub struct Spec(Value);

impl Spec {
    /// From the folder that the environment names. Says on standard error when there is none.
    ///
    /// # Panics
    /// When the folder is named and the file isn't there or can't be read.
    #[allow(clippy::disallowed_methods, reason = "tests are told where descriptions are")]
    pub fn from_environment() -> Option<Self> {
        let Some(folder) = std::env::var_os(SPECS) else {
            SAID.call_once(say_that_nothing_is_checked);
            return None;
        };
        let file = Path::new(&folder).join("telegram-api.json");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let spec = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Some(Self(spec))
    }

    /// A call's parameters; files aside.
    pub(crate) fn check_call(&self, method: &str, values: &Map<String, Value>) -> Result<(), String> {
        let fields = &self.0["methods"][method]["fields"];
        self.check_fields(fields, values, method)
    }

    /// A call's result.
    pub(crate) fn check_result(&self, method: &str, result: &Value) -> Result<(), String> {
        self.check_any(&self.0["methods"][method]["returns"], result, method)
    }

    /// A value of a named type.
    pub(crate) fn check_type(&self, name: &str, value: &Value) -> Result<(), String> {
        self.check_one(name, value, name)
    }

    /// Methods that this server has with other parameters than the description, or that it doesn't have at all.
    pub fn differences(&self) -> Vec<String> {
        let mut found = Vec::new();
        for method in METHODS {
            let Some(fields) = self.0["methods"].get(method.name).map(|method| method["fields"].as_array()) else {
                found.push(format!("{}: unknown to the description", method.name));
                continue;
            };
            let theirs = fields.into_iter().flatten().map(|field| {
                (field["name"].as_str().unwrap_or_default(), field["required"].as_bool().unwrap_or_default())
            });
            let mut theirs: Vec<_> = theirs.collect();
            let mut ours: Vec<_> = method.params.iter().map(|param| (param.name, param.needed)).collect();
            theirs.sort_unstable();
            ours.sort_unstable();
            if theirs != ours {
                found.push(format!("{}: ours {ours:?}, theirs {theirs:?}", method.name));
            }
        }
        found
    }

    fn check_fields(&self, fields: &Value, values: &Map<String, Value>, at: &str) -> Result<(), String> {
        let empty = Vec::new();
        let fields = fields.as_array().unwrap_or(&empty);
        for (name, value) in values {
            let Some(field) = fields.iter().find(|field| field["name"] == name.as_str()) else {
                return Err(format!("{at}.{name} isn't in the description"));
            };
            self.check_any(&field["types"], value, &format!("{at}.{name}"))?;
        }
        let missing = |field: &&Value| {
            field["required"] == true && field["name"].as_str().is_some_and(|name| !values.contains_key(name))
        };
        match fields.iter().find(missing) {
            // A file may come as an upload.
            Some(field) if !is_file(field) => Err(format!("{at}.{} is missing", field["name"])),
            _ => Ok(()),
        }
    }

    fn check_any(&self, types: &Value, value: &Value, at: &str) -> Result<(), String> {
        let mut why = format!("{at} has no type in the description");
        for name in types.as_array().into_iter().flatten().filter_map(Value::as_str) {
            match self.check_one(name, value, at) {
                Ok(()) => return Ok(()),
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    fn check_one(&self, name: &str, value: &Value, at: &str) -> Result<(), String> {
        let wrong = || Err(format!("{at} must be {name}"));
        if let Some(item) = name.strip_prefix("Array of ") {
            let Some(items) = value.as_array() else { return wrong() };
            return items
                .iter()
                .enumerate()
                .try_for_each(|(n, value)| self.check_one(item, value, &format!("{at}[{n}]")));
        }
        let right = match name {
            "Integer" => value.is_i64(),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            "Float" => value.is_number(),
            // An upload, or a string that names one.
            "InputFile" => value.is_string(),
            _ => return self.check_named(name, value, at),
        };
        if right { Ok(()) } else { wrong() }
    }

    fn check_named(&self, name: &str, value: &Value, at: &str) -> Result<(), String> {
        let named = &self.0["types"][name];
        if named.is_null() {
            return Err(format!("{at}: {name} isn't in the description"));
        }
        if named["subtypes"].is_array() {
            return self.check_any(&named["subtypes"], value, at);
        }
        match value.as_object() {
            Some(values) => self.check_fields(&named["fields"], values, at),
            None => Err(format!("{at} must be {name}")),
        }
    }
}

fn is_file(field: &Value) -> bool {
    field["types"].as_array().is_some_and(|types| types.iter().any(|name| name == "InputFile"))
}
