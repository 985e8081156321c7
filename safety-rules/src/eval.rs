//! Recall and false alarms on labelled lines, with intervals, as a table and as a picture (S9).
//!
//! It counts; it must never print a line of the set it reads, since a set may be kept aside or be a
//! helpline's own. Read next: `eval/set.rs`, `eval/disguise.rs`, `eval/report.rs`.

mod disguise;
mod report;
mod set;

pub use disguise::{Disguise, disguise};
pub use report::{Drop, baseline, drops, svg, table};
pub use set::{Kind, Line, SetError, read};

use crate::screen;
use domain::Tier;
use std::collections::BTreeMap;

/// How often the rules answered, of how many lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Lines.
    pub all: u32,
    /// Lines in which something was found.
    pub found: u32,
    /// Lines in which the line's own category was found.
    pub named: u32,
    /// Lines that ask to escalate now.
    pub hard: u32,
}

impl Count {
    /// `part` of all lines; none of none is 0.
    pub fn share(self, part: u32) -> f64 {
        if self.all == 0 { 0.0 } else { f64::from(part) / f64::from(self.all) }
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.found += other.found;
        self.named += other.named;
        self.hard += other.hard;
    }
}

/// Lower and upper end of the Wilson 95 % interval of a share.
pub fn wilson(part: u32, all: u32) -> (f64, f64) {
    if all == 0 {
        return (0.0, 1.0);
    }
    const Z: f64 = 1.959_963_984_540_054;
    let (part, all) = (f64::from(part), f64::from(all));
    let share = part / all;
    let centre = share + Z * Z / (2.0 * all);
    let spread = Z * (share * (1.0 - share) / all + Z * Z / (4.0 * all * all)).sqrt();
    let whole = 1.0 + Z * Z / all;
    (((centre - spread) / whole).max(0.0), ((centre + spread) / whole).min(1.0))
}

/// Counts by language, category and label; of disguised lines by language and disguise.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// (language, category, label).
    pub cells: BTreeMap<(String, String, Kind), Count>,
    /// (language, disguise): explicit lines found as written, and how many stay found.
    pub disguised: BTreeMap<(String, Disguise), Count>,
}

impl Evaluation {
    /// The sum over categories, for one language and label.
    pub fn total(&self, lang: &str, kind: Kind) -> Count {
        let mut total = Count::default();
        for ((of, _, label), count) in &self.cells {
            if of == lang && *label == kind {
                total.add(*count);
            }
        }
        total
    }

    /// The sum over some categories.
    pub fn total_of(&self, lang: &str, kind: Kind, categories: &[&str]) -> Count {
        let mut total = Count::default();
        for ((of, category, label), count) in &self.cells {
            if of == lang && *label == kind && categories.contains(&category.as_str()) {
                total.add(*count);
            }
        }
        total
    }

    /// Languages, in order of their tags.
    pub fn langs(&self) -> Vec<String> {
        let mut langs: Vec<String> = self.cells.keys().map(|key| key.0.clone()).collect();
        langs.dedup();
        langs
    }
}

/// Screens every line; with a seed, also explicit lines in disguise.
pub fn evaluate(lines: &[Line], seed: Option<u64>) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for line in lines {
        let findings = screen(line.text.text());
        let key = (line.lang.clone(), line.category.clone(), line.kind);
        let count = evaluation.cells.entry(key).or_default();
        count.all += 1;
        count.found += u32::from(!findings.is_empty());
        count.named += u32::from(findings.iter().any(|finding| finding.category.name() == line.category));
        count.hard += u32::from(findings.iter().any(|finding| finding.tier == Tier::Hard));
        let Some(seed) = seed.filter(|_| line.kind == Kind::Explicit && !findings.is_empty()) else { continue };
        for way in Disguise::ALL {
            let Some(text) = disguise(line.text.text(), *way, seed) else { continue };
            let found = screen(&text);
            let count = evaluation.disguised.entry((line.lang.clone(), *way)).or_default();
            count.all += 1;
            count.found += u32::from(!found.is_empty());
            count.hard += u32::from(found.iter().any(|finding| finding.tier == Tier::Hard));
        }
    }
    evaluation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let (low, high) = wilson(95, 100);
        assert!((low - 0.8882).abs() < 0.001 && (high - 0.9785).abs() < 0.001, "{low} {high}");
        assert_eq!(wilson(0, 0), (0.0, 1.0));
        assert!(wilson(10, 10).0 > 0.7 && wilson(10, 10).1 > 0.999);
    }

    #[test]
    fn lines_are_counted_where_they_belong() {
        let line = |text: &str, kind| Line {
            lang: "en".into(),
            category: "suicide".into(),
            kind,
            text: text.to_owned().into(),
        };
        let lines = [line("i want to die", Kind::Explicit), line("we had pasta", Kind::Ordinary)];
        let evaluation = evaluate(&lines, Some(1));
        assert_eq!(evaluation.total("en", Kind::Explicit), Count { all: 1, found: 1, named: 1, hard: 1 });
        assert_eq!(evaluation.total("en", Kind::Ordinary), Count { all: 1, ..Count::default() });
        assert!(evaluation.disguised.values().all(|count| count.found == 1), "{:?}", evaluation.disguised);
    }
}
