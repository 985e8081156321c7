//! Screening many lines: one JSON object in, one out, same order. This form is kept for ever.
//!
//! An error line must never hold the text. Read next: `screen.rs`.

use crate::escalation::{required, tier_name};
use domain::{Category, Finding};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines read, empty ones left out.
    pub lines: u64,
    /// Lines that were not of the expected form, or held invalid UTF-8 outside a text.
    pub errors: u64,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    text: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct IdOnly {
    #[serde(default)]
    id: serde_json::Value,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    tier: &'static str,
    urgency: &'static str,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    category: Category,
    rule: &'a str,
    span: [usize; 2],
}

#[derive(Serialize)]
struct Malformed<'a> {
    id: &'a serde_json::Value,
    error: &'static str,
}

/// Reads `{"id","text","lang"?}` lines and writes one answer a line.
///
/// Invalid UTF-8 is read with replacement characters and screened. A malformed line is answered with
/// an `error` that names the problem and never the text.
///
/// # Errors
/// Only when reading or writing itself fails.
pub fn screen_lines(mut reader: impl BufRead, mut writer: impl Write) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut raw = Vec::new();
    loop {
        raw.clear();
        if reader.read_until(b'\n', &mut raw)? == 0 {
            writer.flush()?;
            return Ok(summary);
        }
        let line = String::from_utf8_lossy(&raw);
        let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if line.is_empty() {
            continue;
        }
        summary.lines += 1;
        let id = serde_json::from_str::<IdOnly>(line).map(|line| line.id).unwrap_or_default();
        let id = if id.is_string() || id.is_number() { id } else { serde_json::Value::Null };
        match serde_json::from_str::<Line<'_>>(line) {
            Ok(line) => answer(&mut writer, &id, &crate::screen(&line.text))?,
            Err(error) => {
                summary.errors += 1;
                let error = if error.is_data() {
                    "expected an object with a string `text`, such as {\"id\":1,\"text\":\"hello\"}"
                } else {
                    "not JSON; expected one object a line"
                };
                serde_json::to_writer(&mut writer, &Malformed { id: &id, error })?;
            }
        }
        writer.write_all(b"\n")?;
    }
}

fn answer(writer: &mut impl Write, id: &serde_json::Value, findings: &[Finding]) -> io::Result<()> {
    let tier = findings.iter().map(|finding| finding.tier).max().map_or("none", tier_name);
    let answer = Answer {
        id,
        tier,
        urgency: required(findings).urgency.name(),
        findings: findings
            .iter()
            .map(|finding| Found {
                category: finding.category,
                rule: finding.rule.as_str(),
                span: [finding.span.start, finding.span.end],
            })
            .collect(),
    };
    Ok(serde_json::to_writer(writer, &answer)?)
}
