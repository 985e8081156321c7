//! Proof that something was screened (I2). Only this crate can make one.
//!
//! It must never get a public constructor, `Deserialize`, `From` or `Default`.
//! Read next: `escalation.rs`.

use domain::{Confidential, Finding};

/// A value whose every text has been screened, with what was found.
///
/// ```compile_fail
/// let forged = safety_rules::Screened { value: "hello", findings: Vec::new() };
/// ```
/// ```compile_fail
/// let forged = safety_rules::Screened::new("hello", Vec::new());
/// ```
/// ```compile_fail
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<safety_rules::Screened<String>>();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screened<T> {
    value: T,
    findings: Vec<Finding>,
}

impl<T> Screened<T> {
    pub(crate) fn new(value: T, findings: Vec<Finding>) -> Self {
        Self { value, findings }
    }

    /// What was screened.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// Takes it out.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// What was found, most urgent first, then by place.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// What the same person wrote just before, oldest first: a sentence may be cut into bubbles.
#[derive(Debug, Clone, Default)]
pub struct Window {
    previous: Vec<Confidential<String>>,
}

impl Window {
    /// Bubbles of the window that are read together with a new one.
    pub const BUBBLES: usize = 6;

    /// Adds a bubble; only the last [`Window::BUBBLES`] are kept.
    pub fn push(&mut self, text: Confidential<String>) {
        if self.previous.len() == Self::BUBBLES {
            self.previous.remove(0);
        }
        self.previous.push(text);
    }

    pub(crate) fn previous(&self) -> &[Confidential<String>] {
        &self.previous
    }
}
