//! How a text was read and why it was judged so (S8, I9).

use domain::{Finding, Urgency};

/// Everything that led to an urgency.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// What was found.
    pub findings: Vec<Finding>,
    /// The highest urgency of all findings.
    pub urgency: Urgency,
}

/// Explains a text. For a person who may read the child's words; never for a log.
pub fn explain(text: &str) -> Explanation {
    let findings = crate::screen(text);
    let urgency = crate::escalation::required(&findings).urgency;
    Explanation { findings, urgency }
}

impl Explanation {
    /// As plain text.
    pub fn render(&self) -> String {
        format!("urgency {}\n", self.urgency.name())
    }
}
