//! Keys and names that a flow may not have, because they would weaken safety (F10), and why.
//!
//! They would be refused as unknown anyway; this table is so that the refusal says the reason.
//! Read next: `flow.rs`.

/// Variables that a flow may not set: the engine knows them, and risk only rises.
pub(crate) const RESERVED_VARIABLES: [&str; 8] =
    ["urgency", "risk", "stage", "found", "helpline", "emergency", "counsellor", "flow"];

const NOT_MUTED: &str = "safety rules read every message, in every flow, and nothing switches them off";
const ONLY_RISES: &str = "urgency only ever rises until a human resolves it";
const HUMAN: &str = "a child can always reach a human";
const NO_CODE: &str = "flows hold no code, no web calls and no chance, so that anyone can check them";
const NO_MODEL: &str = "no machine-made word ever reaches a child";

/// Each key, why it is refused, and what may be written instead.
const REFUSED: &[(&str, &str, &str)] = &[
    ("mute", NOT_MUTED, "no such key; remove the line"),
    ("unmute", NOT_MUTED, "no such key; remove the line"),
    ("screening", NOT_MUTED, "no such key; remove the line"),
    ("screen", NOT_MUTED, "no such key; remove the line"),
    ("skip_screening", NOT_MUTED, "no such key; remove the line"),
    ("skip_rules", NOT_MUTED, "no such key; remove the line"),
    ("rules", NOT_MUTED, "no such key; remove the line"),
    ("ignore", NOT_MUTED, "no such key; remove the line"),
    ("ignore_rules", NOT_MUTED, "no such key; remove the line"),
    ("suppress", NOT_MUTED, "no such key; remove the line"),
    ("disable", NOT_MUTED, "no such key; remove the line"),
    ("disable_rules", NOT_MUTED, "no such key; remove the line"),
    ("safety", NOT_MUTED, "no such key; remove the line"),
    ("safe_words", NOT_MUTED, "no such key; remove the line"),
    ("urgency", ONLY_RISES, "`urgency_at_least: urgent` on a choice or a handoff, to raise it"),
    ("urgency_at_most", ONLY_RISES, "`urgency_at_least: urgent` on a choice or a handoff, to raise it"),
    ("max_urgency", ONLY_RISES, "`urgency_at_least: urgent` on a choice or a handoff, to raise it"),
    ("set_urgency", ONLY_RISES, "`urgency_at_least: urgent` on a choice or a handoff, to raise it"),
    ("lower_urgency", ONLY_RISES, "`urgency_at_least: urgent` on a choice or a handoff, to raise it"),
    ("priority", ONLY_RISES, "`urgency_at_least: urgent` on a choice or a handoff, to raise it"),
    ("risk", ONLY_RISES, "`urgency_at_least: urgent` on a choice or a handoff, to raise it"),
    ("no_handoff", HUMAN, "a `handoff:` step"),
    ("skip_handoff", HUMAN, "a `handoff:` step"),
    ("block_human", HUMAN, "a `handoff:` step"),
    ("no_interrupts", HUMAN, "no such key; human, stop, help, delete and language work at every step"),
    ("interrupts", HUMAN, "no such key; human, stop, help, delete and language work at every step"),
    ("close", HUMAN, "`end:` for a safe end, or `handoff:`; closing is for a counsellor"),
    ("auto_close", HUMAN, "`end:` for a safe end, or `handoff:`; closing is for a counsellor"),
    ("block", HUMAN, "a `handoff:` step; blocking is for a counsellor"),
    ("code", NO_CODE, "`branch:` with conditions"),
    ("script", NO_CODE, "`branch:` with conditions"),
    ("eval", NO_CODE, "`branch:` with conditions"),
    ("webhook", NO_CODE, "`note:` for the counsellor"),
    ("http", NO_CODE, "`note:` for the counsellor"),
    ("url", NO_CODE, "`resources:` for contacts that were checked"),
    ("random", NO_CODE, "one way, or a question"),
    ("model", NO_MODEL, "`say:` with words that a person wrote"),
    ("prompt", NO_MODEL, "`say:` with words that a person wrote"),
    ("generate", NO_MODEL, "`say:` with words that a person wrote"),
    ("llm", NO_MODEL, "`say:` with words that a person wrote"),
];

/// Why a key is refused, and what may be written instead.
pub(crate) fn why_refused(key: &str) -> Option<(&'static str, &'static str)> {
    let plain = key.to_ascii_lowercase().replace('-', "_");
    REFUSED.iter().find(|(name, _, _)| *name == plain).map(|(_, why, instead)| (*why, *instead))
}
