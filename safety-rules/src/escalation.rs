//! The escalation table: finding → urgency, script, who is alerted, by when (S7).
//!
//! It must never be loosened by configuration, flow or model; a change here is deliberate and its
//! hash is pinned by a test. Rows: `table.rs`. Read next: `screen.rs`.

use crate::table::{ROWS, Rises};
use domain::{Category, Finding, Polarity, Tier, Urgency};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

pub use crate::table::Script;

impl Script {
    /// The role a flow plays, as flow files name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Worry => "worry",
            Self::Abuse => "abuse",
            Self::Suicide => "suicide",
            Self::Emergency => "emergency",
        }
    }
}

/// What a set of findings asks for, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The conversation's urgency must be at least this.
    pub urgency: Urgency,
    /// A human must be asked for in this very turn.
    pub handoff_now: bool,
    /// The flow to play meanwhile; the most serious one when several findings differ.
    pub script: Option<Script>,
}

/// Reads the table for everything found in a message. No findings: routine, nothing asked.
///
/// A denied wish for a human ("I don't want a human") does not hand over; everything hard does.
pub fn required(findings: &[Finding]) -> Requirement {
    let mut requirement = Requirement { urgency: Urgency::Routine, handoff_now: false, script: None };
    for finding in findings {
        requirement.urgency = requirement.urgency.join(finding.urgency);
        let asked = finding.category == Category::AsksHuman && finding.polarity == Polarity::Affirmed;
        requirement.handoff_now |= finding.tier == Tier::Hard || asked;
        requirement.script = requirement.script.max(script_for(finding));
    }
    requirement
}

/// Emergency always plays the emergency script; below it, the category's own.
fn script_for(finding: &Finding) -> Option<Script> {
    if finding.urgency == Urgency::Emergency {
        return Some(Script::Emergency);
    }
    ROWS.iter()
        .filter(|row| row.category == finding.category)
        .filter_map(|row| row.script)
        .find(|script| *script != Script::Emergency)
        .or((finding.category != Category::AsksHuman).then_some(Script::Worry))
}

/// Hard: escalate now. Follows from urgency and nothing else.
pub const fn tier_of(urgency: Urgency) -> Tier {
    match urgency {
        Urgency::Urgent | Urgency::Emergency => Tier::Hard,
        Urgency::Routine | Urgency::Soon => Tier::Soft,
    }
}

/// Who hears of it first.
const fn alerted(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Emergency => "everyone free and the supervisor",
        Urgency::Urgent => "best match, then everyone free, supervisor, pager",
        Urgency::Soon => "best match, then everyone free, supervisor",
        Urgency::Routine => "in turn",
    }
}

/// The whole table as text, one row a line, for people.
pub fn table() -> String {
    let mut text = String::from(
        "category              severity      tier  urgency    now    script     offer  widen  supervisor  pager  alerted\n",
    );
    for row in ROWS {
        let seconds = |limit: Option<std::time::Duration>| {
            limit.map_or_else(|| "-".into(), |d| format!("{} s", d.as_secs()))
        };
        let _ = writeln!(
            text,
            "{:<21} {:<13} {:<5} {:<10} {:<6} {:<10} {:<6} {:<6} {:<11} {:<6} {}",
            row.category.name(),
            row.severity,
            tier_name(tier_of(row.urgency)),
            row.urgency.name(),
            if row.rises_now == Rises::WhenNow { "+1" } else { "-" },
            row.script.map_or("-", Script::name),
            seconds(Some(row.urgency.offer_within())),
            seconds(row.urgency.widen_after()),
            seconds(Some(row.urgency.supervisor_after())),
            seconds(row.urgency.pager_after()),
            alerted(row.urgency),
        );
    }
    text
}

/// SHA-256, in hexadecimal, over every field of every row in a fixed form.
pub fn table_hash() -> String {
    let mut canonical = String::new();
    for row in ROWS {
        let seconds = |limit: Option<std::time::Duration>| {
            limit.map_or(-1, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
        };
        let _ = writeln!(
            canonical,
            "{}|{}|{}|{:?}|{}|{}|{}|{}|{}|{}",
            row.category.name(),
            row.severity,
            row.urgency.name(),
            row.rises_now,
            row.script.map_or("-", Script::name),
            seconds(Some(row.urgency.offer_within())),
            seconds(row.urgency.widen_after()),
            seconds(Some(row.urgency.supervisor_after())),
            seconds(row.urgency.pager_after()),
            alerted(row.urgency),
        );
    }
    hex::encode(Sha256::digest(canonical.as_bytes()))
}

/// The tier's name on the wire.
pub const fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Hard => "hard",
        Tier::Soft => "soft",
    }
}
