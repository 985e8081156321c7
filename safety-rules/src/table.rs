//! The rows of the escalation table: what each kind of finding asks for. A floor in code (S7).
//!
//! Compiled into the crate and into its build script, so that a rule naming a row that does not
//! exist does not build. It must never be read from a file. Read next: `escalation.rs`.

use domain::{Category, Urgency};

/// Which scripted flow plays while a human is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(unreachable_pub, reason = "public through escalation.rs; the build script reads this file too")]
pub enum Script {
    /// Listening and what happens next.
    Worry,
    /// Safety when somebody hurts the child.
    Abuse,
    /// Safety when the child may hurt herself or himself.
    Suicide,
    /// Safety words with the local emergency numbers.
    Emergency,
}

/// One row: a category, how serious, and what follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// What the finding is about.
    pub(crate) category: Category,
    /// The step on the category's ladder, as rules name it.
    pub(crate) severity: &'static str,
    /// Urgency at least, before sentence structure.
    pub(crate) urgency: Urgency,
    /// The flow to play.
    pub(crate) script: Option<Script>,
    /// Raised one step when the sentence says it is for now or tonight.
    pub(crate) rises_now: Rises,
}

/// Whether "now" or "tonight" in the sentence raises a row one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rises {
    /// It does.
    WhenNow,
    /// It does not.
    Never,
}

const fn row(
    category: Category,
    severity: &'static str,
    urgency: Urgency,
    script: Script,
    rises_now: Rises,
) -> Row {
    Row { category, severity, urgency, script: Some(script), rises_now }
}

use Category as C;
use Rises::{Never, WhenNow};
use Script::{Abuse, Emergency as EmergencyScript, Suicide, Worry};
use Urgency::{Emergency, Routine, Soon, Urgent};

/// All rows, by category, most serious last.
pub(crate) const ROWS: &[Row] = &[
    row(C::Suicide, "mention", Soon, Suicide, Never),
    row(C::Suicide, "implicit", Soon, Suicide, Never),
    row(C::Suicide, "farewell", Urgent, Suicide, Never),
    row(C::Suicide, "wish", Urgent, Suicide, Never),
    row(C::Suicide, "thoughts", Urgent, Suicide, Never),
    row(C::Suicide, "method", Urgent, Suicide, WhenNow),
    row(C::Suicide, "intent", Urgent, Suicide, WhenNow),
    row(C::Suicide, "plan", Urgent, Suicide, WhenNow),
    row(C::Suicide, "past_attempt", Urgent, Suicide, Never),
    row(C::Suicide, "imminent", Emergency, EmergencyScript, Never),
    row(C::Suicide, "attempt", Emergency, EmergencyScript, Never),
    row(C::SelfHarm, "mention", Soon, Suicide, Never),
    row(C::SelfHarm, "urge", Urgent, Suicide, Never),
    row(C::SelfHarm, "act", Urgent, Suicide, Never),
    row(C::MedicalEmergency, "worry", Soon, Worry, Never),
    row(C::MedicalEmergency, "now", Emergency, EmergencyScript, Never),
    row(C::PhysicalAbuse, "told", Soon, Abuse, WhenNow),
    row(C::PhysicalAbuse, "severe", Urgent, Abuse, WhenNow),
    row(C::EmotionalAbuse, "told", Soon, Abuse, Never),
    row(C::SexualAbuse, "unease", Soon, Abuse, Never),
    row(C::SexualAbuse, "told", Urgent, Abuse, WhenNow),
    row(C::Neglect, "told", Soon, Abuse, Never),
    row(C::DomesticViolence, "told", Soon, Abuse, WhenNow),
    row(C::SexualExploitation, "told", Urgent, Abuse, Never),
    row(C::Grooming, "contact", Soon, Abuse, Never),
    row(C::Grooming, "meeting", Urgent, Abuse, Never),
    row(C::Sextortion, "told", Urgent, Abuse, Never),
    row(C::ImageAbuse, "told", Urgent, Abuse, Never),
    row(C::Trafficking, "told", Urgent, Abuse, Never),
    row(C::ChildMarriage, "told", Urgent, Abuse, Never),
    row(C::ChildLabour, "told", Soon, Abuse, Never),
    row(C::Fgm, "told", Urgent, Abuse, WhenNow),
    row(C::Bullying, "told", Soon, Worry, Never),
    row(C::Cyberbullying, "told", Soon, Worry, Never),
    row(C::Hate, "told", Soon, Worry, Never),
    row(C::Radicalisation, "contact", Soon, Worry, Never),
    row(C::Radicalisation, "planning", Urgent, Worry, Never),
    row(C::Runaway, "thinking", Soon, Worry, WhenNow),
    row(C::Runaway, "out", Urgent, Worry, Never),
    row(C::ViolenceNow, "fear", Urgent, Abuse, Never),
    row(C::ViolenceNow, "here", Emergency, EmergencyScript, Never),
    row(C::ViolenceToOthers, "anger", Soon, Worry, Never),
    row(C::ViolenceToOthers, "thoughts", Urgent, Worry, WhenNow),
    row(C::ViolenceToOthers, "weapon", Emergency, EmergencyScript, Never),
    row(C::Substance, "told", Soon, Worry, Never),
    row(C::Eating, "told", Soon, Worry, Never),
    row(C::ConflictDisaster, "affected", Soon, Worry, Never),
    row(C::ConflictDisaster, "danger", Urgent, Worry, WhenNow),
    row(C::HarmfulContact, "contact", Soon, Abuse, WhenNow),
    row(C::HarmfulContact, "meeting", Urgent, Abuse, Never),
    row(C::Scam, "told", Soon, Worry, Never),
    row(C::Distress, "told", Soon, Worry, Never),
    Row { category: C::AsksHuman, severity: "asked", urgency: Routine, script: None, rises_now: Never },
];

/// The row for a category and severity, if there is one.
pub(crate) fn find(category: Category, severity: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.category == category && row.severity == severity)
}
