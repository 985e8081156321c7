//! The picture as Mermaid text, for wikis and forges that draw it themselves.
//!
//! Read next: `svg.rs`.

use super::boxes::{Look, boxes};
use crate::Flow;
use domain::{Lang, Urgency};
use std::fmt::Write as _;

/// A Mermaid flowchart of a flow in one of its languages.
#[must_use]
pub fn mermaid(flow: &Flow, lang: Lang) -> String {
    let boxes = boxes(flow, lang);
    let mut out = String::from("flowchart TD\n");
    for (number, item) in boxes.items.iter().enumerate() {
        let mut words = Vec::new();
        if !item.name.is_empty() {
            let mark = if item.look == Look::Human { " ☎ human" } else { "" };
            words.push(format!("<b>{}</b>{mark}", item.name));
        }
        words.extend(item.lines.iter().map(|line| quoted(line)));
        let risk =
            if item.risk > Urgency::Routine { format!("▲ {}<br/>", item.risk.name()) } else { String::new() };
        let words = format!("{risk}{}", words.join("<br/>"));
        let (open, close) = match item.look {
            Look::Asks => ("{{\"", "\"}}"),
            Look::Answer => ("([\"", "\"])"),
            Look::Ends => ("((\"", "\"))"),
            _ => ("[\"", "\"]"),
        };
        let _ = writeln!(out, "  n{number}{open}{words}{close}{}", class(item.look, item.risk));
    }
    for (from, to) in &boxes.arrows {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    out.push_str(
        "  classDef human fill:#dcfce7,stroke:#15803d\n  classDef risk stroke:#b91c1c,stroke-width:3px\n",
    );
    out
}

fn class(look: Look, risk: Urgency) -> &'static str {
    match (look, risk.is_high()) {
        (_, true) => ":::risk",
        (Look::Human, false) => ":::human",
        _ => "",
    }
}

/// Mermaid reads `#quot;` as a quotation mark and would take others for its own.
fn quoted(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
