//! `passerelle flow check --format`: what was found, for people, for programs (JSON) and for code
//! review tools (SARIF 2.1.0).
//!
//! It must never say less in one form than in another.

use flow_script::{Code, Diagnostic, Severity};
use serde_json::{Value, json};

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for forges and editors.
    Sarif,
}

/// Everything that was found, in this form, ending with a line end.
pub(crate) fn report(told: &[Diagnostic], flows: usize, format: Format) -> String {
    match format {
        Format::Human => human(told, flows),
        Format::Json => pretty(&json(told, flows)),
        Format::Sarif => pretty(&sarif(told)),
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn human(told: &[Diagnostic], flows: usize) -> String {
    let mut out = String::new();
    for diagnostic in told {
        out.push_str(&format!("{diagnostic}\n  why: {}\n\n", diagnostic.code.why()));
    }
    let errors = count(told, Severity::Error);
    let warnings = count(told, Severity::Warning);
    out.push_str(&match errors {
        0 => format!("{flows} flows checked, nothing to mend, {warnings} warnings\n"),
        _ => format!("{errors} to mend, {warnings} warnings\n"),
    });
    out
}

fn count(told: &[Diagnostic], severity: Severity) -> usize {
    told.iter().filter(|diagnostic| diagnostic.severity() == severity).count()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn json(told: &[Diagnostic], flows: usize) -> Value {
    let one = |diagnostic: &Diagnostic| {
        json!({
            "code": diagnostic.code.name(),
            "severity": level(diagnostic.severity()),
            "file": diagnostic.place.file,
            "line": diagnostic.place.line,
            "column": diagnostic.place.column,
            "length": diagnostic.place.length,
            "found": diagnostic.found,
            "expected": diagnostic.expected,
            "why": diagnostic.code.why(),
            "hint": diagnostic.hint,
        })
    };
    json!({
        "flows": flows,
        "errors": count(told, Severity::Error),
        "warnings": count(told, Severity::Warning),
        "told": told.iter().map(one).collect::<Vec<_>>(),
    })
}

fn sarif(told: &[Diagnostic]) -> Value {
    let rule = |code: &Code| {
        json!({
            "id": code.name(),
            "shortDescription": { "text": code.meaning() },
            "fullDescription": { "text": code.why() },
            "defaultConfiguration": { "level": level(code.severity()) },
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "passerelle flow check",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().map(rule).collect::<Vec<_>>(),
            }},
            "results": told.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(diagnostic: &Diagnostic) -> Value {
    let place = &diagnostic.place;
    let hint = diagnostic.hint.as_ref().map(|hint| format!(" Hint: {hint}")).unwrap_or_default();
    let file = place.file.to_string_lossy().replace('\\', "/");
    let mut location = json!({ "physicalLocation": { "artifactLocation": { "uri": file } } });
    if place.line > 0 {
        location["physicalLocation"]["region"] = json!({
            "startLine": place.line,
            "startColumn": place.column.max(1),
            "endColumn": place.column.max(1) + place.length.max(1),
        });
    }
    json!({
        "ruleId": diagnostic.code.name(),
        "level": level(diagnostic.severity()),
        "message": { "text": format!("{}. Expected: {}.{hint}", diagnostic.found, diagnostic.expected) },
        "locations": [location],
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use flow_script::Place;

    fn told() -> Vec<Diagnostic> {
        let place = Place { file: "welcome/flow.yaml".into(), line: 12, column: 11, length: 4 };
        vec![
            Diagnostic::new(place, Code::UnknownStep, "there is no step `agee`", "a step")
                .hint("did you mean `age`?"),
            Diagnostic::new(Place::default(), Code::RoleMissing, "no flow plays `waiting`", "one flow"),
        ]
    }

    #[test]
    fn every_form_names_code_place_reason_and_hint() {
        let human = report(&told(), 3, Format::Human);
        for part in ["error[F007] welcome/flow.yaml:12:11", Code::UnknownStep.why(), "did you mean", "2 to mend"] {
            assert!(human.contains(part), "{part} isn't in:\n{human}");
        }
        let json: Value = serde_json::from_str(&report(&told(), 3, Format::Json)).unwrap();
        assert_eq!((&json["errors"], &json["told"][0]["line"]), (&json!(2), &json!(12)));
        assert_eq!(json["told"][0]["why"], Code::UnknownStep.why());
        let sarif: Value = serde_json::from_str(&report(&told(), 3, Format::Sarif)).unwrap();
        let run = &sarif["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), Code::ALL.len());
        assert_eq!(run["results"][0]["locations"][0]["physicalLocation"]["region"]["endColumn"], 15);
        assert!(run["results"][1]["locations"][0]["physicalLocation"].get("region").is_none());
    }
}
