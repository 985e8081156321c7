//! A text on its way to a child, with where it came from.
//!
//! It must never get a constructor that takes a bare string without saying who answers for it.
//! Read next: `outbound.rs`.

use domain::{Confidential, CounsellorId, FlowId, Speaker, StepId};

/// Who answers for the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A checked flow's step.
    Flow {
        /// The flow.
        flow: FlowId,
        /// The step.
        step: StepId,
    },
    /// A built-in phrase.
    Phrase(&'static str),
    /// A signed-in counsellor.
    Counsellor(CounsellorId),
}

/// Words to a child. There is no way to make one from a model's output:
///
/// ```compile_fail
/// let text = speech::ChildText::from("anything".to_string());
/// ```
/// ```compile_fail
/// let text: speech::ChildText = serde_json::from_str("\"anything\"").unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildText {
    text: Confidential<String>,
    origin: Origin,
}

impl ChildText {
    /// A step's text, rendered by the engine from a checked flow.
    pub fn from_flow(flow: FlowId, step: StepId, rendered: String) -> Self {
        Self { text: Confidential::new(rendered), origin: Origin::Flow { flow, step } }
    }

    /// What a signed-in counsellor wrote.
    pub const fn from_counsellor(by: CounsellorId, words: Confidential<String>) -> Self {
        Self { text: words, origin: Origin::Counsellor(by) }
    }

    pub(crate) const fn from_phrase(name: &'static str, rendered: String) -> Self {
        Self { text: Confidential::new(rendered), origin: Origin::Phrase(name) }
    }

    /// The words.
    pub fn text(&self) -> &str {
        self.text.text()
    }

    /// The words, wrapped.
    pub const fn words(&self) -> &Confidential<String> {
        &self.text
    }

    /// Who answers for them.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// As kept in the event log.
    pub fn speaker(&self) -> Speaker {
        match &self.origin {
            Origin::Flow { flow, step } => Speaker::Flow { flow: flow.clone(), step: step.clone() },
            Origin::Phrase(name) => Speaker::Phrase { phrase: (*name).to_owned() },
            Origin::Counsellor(by) => Speaker::Counsellor { by: *by },
        }
    }
}
