//! The handbook's chapter on the flow language, made from the tables that the reader itself uses.
//!
//! It must never say what the code doesn't do: a test compares the chapter with the file, and plays
//! each example through the checks. Read next: `language.rs`, `code.rs`.

use crate::language::{CONDITIONS, HEAD, KeyDoc, Need, STEPS, Shape, StepDoc};
use crate::read::{NAME_BYTES, RESOURCE_KINDS};
use crate::{Code, FlowRole, Severity};
use domain::limits::{CALL_DEPTH, STEPS_PER_TURN, VARIABLE_BYTES, VARIABLES};
use std::fmt::Write as _;

/// The page `docs/src/reference/flows.md`.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# The flow language\n\n\
         <!-- Generated from crates/flow-script/src/reference.rs by `make docs`. Change it there. -->\n\n\
         A flow is what the helper says and asks, and where each answer leads: one text file, in plain words.\n\
         `passerelle flow check` proves that it is whole, `flow try` lets you talk to it, `flow test` plays its\n\
         examples, `flow fmt` sets it out neatly. An editor that knows JSON Schema helps while you write:\n\
         `passerelle flow schema` prints it ([flow.schema.json](flow.schema.json)).\n\n\
         ## The top of the file\n\n",
    );
    keys(&mut page, &HEAD);
    let roles: Vec<&str> = FlowRole::ALL.iter().map(|role| role.name()).collect();
    let _ = write!(
        page,
        "\n`plays` is one of: {}. A pack has exactly one flow for each.\n\n## The steps\n\n\
         The first step begins. Each step does one thing and leads to the next one in the file, unless it says `goto`.\n",
        roles.join(", ")
    );
    for step in &STEPS {
        one_step(&mut page, step);
    }
    questions(&mut page);
    conditions(&mut page);
    limits(&mut page);
    checks(&mut page);
    page
}

fn one_step(page: &mut String, step: &StepDoc) {
    let _ = write!(page, "\n### `{}`\n\n{}\n\n", step.name, step.does);
    keys(page, step.keys);
    let _ = write!(page, "\n```yaml\n{}```\n\n", step.example);
    let _ = writeln!(
        page,
        "On Discord: {}. On Telegram: {}. On Matrix: {}.",
        step.discord, step.telegram, step.matrix
    );
}

fn keys(page: &mut String, keys: &[KeyDoc]) {
    page.push_str("| key | holds | needed | meaning |\n|---|---|---|---|\n");
    for key in keys {
        let need = match key.need {
            Need::Needed => "yes",
            Need::HereOrDefaults => "here or in `defaults`",
            Need::Free => "no",
        };
        let _ = writeln!(page, "| `{}` | {} | {need} | {} |", key.name, holds(key.shape), key.meaning);
    }
}

const fn holds(shape: Shape) -> &'static str {
    match shape {
        Shape::Words => "words to the child",
        Shape::Plain => "words",
        Shape::Name => "a name",
        Shape::Target => "a step, or `flow NAME`",
        Shape::Flow => "a flow",
        Shape::YesNo => "`yes` or `no`",
        Shape::Duration => "a length of time",
        Shape::AskKind => "`text`, `number`, `age`, `region`",
        Shape::Contacts => "kinds of contacts",
        Shape::Choices => "choices",
        Shape::Other => "`retries`, `say`, `then`",
        Shape::Silence => "`reminders`, `after`, `then`",
        Shape::Cases => "a list of cases",
        Shape::Variable => "a name and a value",
        Shape::Handoff => "`reason`, `urgency_at_least`, `say`, `team`",
    }
}

fn questions(page: &mut String) {
    page.push_str(
        "\n## Every question\n\n\
         `other: { retries: 2, say: \"Sorry?\", then: handoff }`: how often it is asked again (0 to 5), what is said before,\n\
         and then `handoff` or `goto STEP`.\n\n\
         `silence: { reminders: [{ after: 3m, say: \"Still there?\" }], after: 20m, then: park }`: reminders in order, and\n\
         after the last one `park` (the talk rests until the child comes back) or `handoff`. At high urgency a human is\n\
         asked for, whatever is written.\n\n\
         Lengths of time: `30s`, `10m`, `2h`, `3d`, at most `7d`.\n\n\
         These always work, at every step and in every language, so no choice may use them: **human, stop, help, delete,\n\
         language** and their like. A choice that leads straight to a `handoff` may be called \"a person\".\n\n\
         ## Words\n\n\
         `{helpline}` and `{emergency}` are filled by the house, `{name}` by a variable that is set on every way to the step.\n\
         A translation has the same places. Free text can't be repeated to the child: it can be too long for one message.\n",
    );
    let _ = writeln!(page, "\nKinds of contacts: {}.", RESOURCE_KINDS.join(", "));
}

fn conditions(page: &mut String) {
    page.push_str("\n## Conditions\n\nThey compare. No code, no web calls, no chance.\n\n| condition | holds when |\n|---|---|\n");
    for (condition, meaning) in CONDITIONS {
        let _ = writeln!(page, "| `{condition}` | {meaning} |");
    }
}

fn limits(page: &mut String) {
    let _ = write!(
        page,
        "\n## Limits\n\n| what | limit |\n|---|---|\n\
         | a name | {NAME_BYTES} letters |\n| steps in a flow | {} |\n| steps in one turn | {STEPS_PER_TURN} |\n\
         | flows that call flows | {CALL_DEPTH} deep |\n| variables of a pack | {VARIABLES} of {VARIABLE_BYTES} bytes |\n\
         | a file | {} bytes |\n",
        crate::read::STEPS_IN_A_FLOW,
        crate::yaml::FILE_BYTES,
    );
}

fn checks(page: &mut String) {
    for (severity, title, words) in [
        (Severity::Error, "What `flow check` refuses", "A pack with one of these can't be used."),
        (
            Severity::Warning,
            "What `flow check` warns of",
            "The pack works; a child would be better served otherwise.",
        ),
    ] {
        let _ = write!(
            page,
            "\n## {title}\n\n{words}\n\n| code | what | why it matters to a child |\n|---|---|---|\n"
        );
        for code in Code::ALL.iter().filter(|code| code.severity() == severity) {
            let _ = writeln!(page, "| {} | {} | {} |", code.name(), code.meaning(), code.why());
        }
    }
}
