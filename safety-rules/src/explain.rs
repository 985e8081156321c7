//! How a text was read and why it was judged so: every view, every hit, every rule, every step (S8, I9).
//!
//! It holds the child's words: for a person who may read them, never for a log. It must never judge
//! differently from `screen.rs`. Read next: `escalation.rs`.

use crate::compile::Rulebook;
use crate::escalation::{Requirement, required, tier_name};
use crate::screen::{each_reading, find, tidy};
use domain::{Confidential, Finding, View};
use std::fmt::{self, Write as _};

/// Everything that led to an urgency.
#[derive(Debug, Clone)]
pub struct Explanation {
    text: Confidential<String>,
    /// Each reading that differs from the one before, in order.
    pub views: Vec<ViewRead>,
    /// What stands in the end, most urgent first.
    pub findings: Vec<Explained>,
    /// What the escalation table asks for.
    pub requirement: Requirement,
}

/// One reading and its candidates.
#[derive(Debug, Clone)]
pub struct ViewRead {
    /// Which.
    pub view: View,
    /// The text as read.
    pub text: Confidential<String>,
    /// Every hit in this reading, before overlapping ones are put together.
    pub candidates: Vec<Finding>,
}

/// A finding beside why its rule exists.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The finding.
    pub finding: Finding,
    /// The step on the category's ladder.
    pub severity: &'static str,
    /// Why the rule exists, from its file.
    pub why: &'static str,
}

/// Explains a text.
pub fn explain(text: &str) -> Explanation {
    let mut views = Vec::new();
    let mut all = Vec::new();
    each_reading(text, |reading, tokens| {
        let mut candidates = Vec::new();
        find(text, reading, tokens, &mut candidates);
        all.extend(candidates.iter().cloned());
        views.push(ViewRead { view: reading.view, text: reading.text().into(), candidates });
    });
    let findings = tidy(all);
    let requirement = required(&findings);
    let rules = &Rulebook::shipped().rules;
    let findings = findings
        .into_iter()
        .filter_map(|finding| {
            let rule = rules.iter().find(|rule| rule.id == finding.rule)?;
            Some(Explained { finding, severity: rule.row.severity, why: rule.why })
        })
        .collect();
    Explanation { text: text.into(), views, findings, requirement }
}

impl Explanation {
    /// As plain text, for a terminal.
    pub fn render(&self) -> String {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "read as")?;
        for view in &self.views {
            writeln!(out, "  {:<12} {}", view_name(view.view), view.text.text().replace('\n', " ⏎ "))?;
            for hit in &view.candidates {
                writeln!(out, "  {:<12} └ {} at {}..{}", "", hit.rule, hit.span.start, hit.span.end)?;
            }
        }
        if self.findings.is_empty() {
            writeln!(out, "found\n  nothing")?;
        } else {
            writeln!(out, "found")?;
        }
        for explained in &self.findings {
            self.write_finding(explained, out)?;
        }
        let requirement = self.requirement;
        writeln!(out, "asks for")?;
        writeln!(out, "  urgency {}", requirement.urgency.name())?;
        writeln!(out, "  human now: {}", if requirement.handoff_now { "yes" } else { "no" })?;
        writeln!(out, "  script: {}", requirement.script.map_or("none", crate::escalation::Script::name))
    }

    fn write_finding(&self, explained: &Explained, out: &mut String) -> fmt::Result {
        let finding = &explained.finding;
        let words = self.text.text().get(finding.span.start..finding.span.end).unwrap_or_default();
        writeln!(out, "  {} · {} · {}", finding.category.name(), explained.severity, finding.urgency.name())?;
        writeln!(out, "    words    “{words}” at {}..{}", finding.span.start, finding.span.end)?;
        writeln!(out, "    rule     {} version {}: {}", finding.rule, finding.version, explained.why)?;
        writeln!(out, "    read     {}, tier {}", view_name(finding.view), tier_name(finding.tier))?;
        writeln!(out, "    sentence {:?}, {:?}, {:?}", finding.polarity, finding.person, finding.time)?;
        for step in &finding.moves {
            writeln!(out, "    moved    {} → {} because of {}", step.from.name(), step.to.name(), step.because)?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render())
    }
}

/// A view's name for people.
const fn view_name(view: View) -> &'static str {
    match view {
        View::AsWritten => "as written",
        View::Nfkc => "nfkc",
        View::Confusables => "look-alikes",
        View::Leet => "leet undone",
        View::Collapsed => "collapsed",
        View::Joined => "joined",
        View::Unaccented => "unaccented",
        View::Emoji => "emoji named",
        View::Misspelt => "spelling",
    }
}
