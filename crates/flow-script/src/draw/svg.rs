//! The picture as SVG: plain shapes and text, no script, no outside file.
//!
//! Words are escaped; whatever stands in a flow can't become markup. Read next: `mermaid.rs`.

use super::boxes::{Boxes, Item, Look, boxes};
use super::layout::{LINE, Layout, Spot, layout};
use crate::Flow;
use domain::{Lang, Urgency};
use std::fmt::Write as _;

const FONT: &str = "font-family=\"system-ui, 'DejaVu Sans', sans-serif\"";
const TITLE: f64 = 64.0;

/// Draws a flow in one of its languages.
#[must_use]
pub fn svg(flow: &Flow, lang: Lang) -> String {
    let boxes = boxes(flow, lang);
    let layout = layout(&boxes);
    let width = layout.width.max(560.0);
    let height = layout.height + TITLE;
    let mut out = String::new();
    let title = escaped(&flow.title);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"Flow {}: {title}\" {FONT}>",
        flow.id
    );
    let _ = writeln!(out, "<title>Flow {}: {title}</title>", flow.id);
    out.push_str(
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#475569\"/></marker></defs>\n",
    );
    let _ = writeln!(out, "<rect width=\"{width:.0}\" height=\"{height:.0}\" fill=\"#ffffff\"/>");
    let _ = writeln!(
        out,
        "<text x=\"24\" y=\"30\" font-size=\"18\" font-weight=\"700\" fill=\"#0f172a\">{}: {title}</text>",
        flow.id
    );
    let _ = writeln!(
        out,
        "<text x=\"24\" y=\"52\" font-size=\"12\" fill=\"#475569\">☎ a human is asked for · ▲ risk is raised · \
         ↑ ↓ → goes on elsewhere</text>"
    );
    let _ = writeln!(out, "<g transform=\"translate(0 {TITLE:.0})\">");
    arrows(&mut out, &layout);
    items(&mut out, &boxes, &layout);
    out.push_str("</g>\n</svg>\n");
    out
}

fn arrows(out: &mut String, layout: &Layout) {
    for points in &layout.arrows {
        let Some(((x, y), rest)) = points.split_first() else { continue };
        let mut path = format!("M{x:.1} {y:.1}");
        let mut from = (*x, *y);
        for (x, y) in rest {
            let half = (y - from.1) / 2.0;
            let _ = write!(path, " C{:.1} {:.1} {x:.1} {:.1} {x:.1} {y:.1}", from.0, from.1 + half, y - half);
            from = (*x, *y);
        }
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"#64748b\" stroke-width=\"1.4\" marker-end=\"url(#tip)\"/>"
        );
    }
}

fn items(out: &mut String, boxes: &Boxes, layout: &Layout) {
    for (item, spot) in boxes.items.iter().zip(&layout.spots) {
        shape(out, item, spot);
        let mut y = spot.top + 9.0 + 12.0;
        let small = matches!(item.look, Look::Answer | Look::Sign);
        if !item.name.is_empty() {
            let mark = match (item.look, item.risk) {
                (Look::Human, Urgency::Routine) => "☎ human".to_owned(),
                (Look::Human, risk) => format!("☎ human ▲ {}", risk.name()),
                (Look::Ends, _) => "end".to_owned(),
                (Look::Asks, _) => "?".to_owned(),
                _ => String::new(),
            };
            let left = spot.x - spot.width / 2.0 + 9.0;
            let right = spot.x + spot.width / 2.0 - 9.0;
            text(out, left, y, "start", 12.0, "#334155", "700", &item.name);
            text(out, right, y, "end", 11.0, ink(item), "700", &mark);
            y += LINE;
        }
        for line in &item.lines {
            let raised = if item.look == Look::Answer && item.risk > Urgency::Routine && line == &item.lines[0] {
                format!("▲ {line}")
            } else {
                line.clone()
            };
            text(out, spot.x, y, "middle", if small { 12.0 } else { 13.0 }, ink(item), "400", &raised);
            y += LINE;
        }
    }
}

fn shape(out: &mut String, item: &Item, spot: &Spot) {
    let (fill, line, round) = match item.look {
        Look::Speaks => ("#f8fafc", "#94a3b8", 6),
        Look::Asks => ("#e0f2fe", "#0284c7", 6),
        Look::Quiet => ("#ffffff", "#cbd5e1", 2),
        Look::Human => ("#dcfce7", "#15803d", 6),
        Look::Ends => ("#f1f5f9", "#334155", 18),
        Look::Answer => ("#ffffff", "#7dd3fc", 14),
        Look::Sign => ("#fef9c3", "#ca8a04", 2),
    };
    let risky = item.risk.is_high();
    let (line, wide) = if risky { ("#b91c1c", 3.0) } else { (line, 1.4) };
    let dash = if item.look == Look::Quiet { " stroke-dasharray=\"4 3\"" } else { "" };
    let _ = writeln!(
        out,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{round}\" fill=\"{fill}\" \
         stroke=\"{line}\" stroke-width=\"{wide}\"{dash}/>",
        spot.x - spot.width / 2.0,
        spot.top,
        spot.width,
        spot.height
    );
}

fn ink(item: &Item) -> &'static str {
    if item.risk.is_high() { "#991b1b" } else { "#0f172a" }
}

#[allow(clippy::too_many_arguments, reason = "one line of an SVG has as many attributes")]
fn text(out: &mut String, x: f64, y: f64, anchor: &str, size: f64, fill: &str, weight: &str, words: &str) {
    if !words.is_empty() {
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" font-weight=\"{weight}\" \
             fill=\"{fill}\">{}</text>",
            escaped(words)
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
