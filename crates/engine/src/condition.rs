//! Conditions of a `branch`: compare, and, or, not, contains. Nothing else can be asked.
//!
//! Read next: `flow_walk.rs`.

use domain::{Conversation, VarName};
use flow_script::{Compare, Condition, Literal};
use std::cmp::Ordering;

pub(crate) fn holds(conversation: &Conversation, condition: &Condition) -> bool {
    let value = |name: &VarName| conversation.vars.get(name).map(|value| value.text().to_owned());
    match condition {
        Condition::Compare { var, op, value: wanted } => compare(value(var).as_deref(), *op, wanted),
        Condition::Contains { var, text } => {
            value(var).is_some_and(|value| value.to_lowercase().contains(&text.to_lowercase()))
        }
        Condition::IsSet(var) => conversation.vars.contains_key(var),
        Condition::AgeBand(bands) => bands.contains(&conversation.age_band),
        Condition::Lang(lang) => conversation.lang.primary() == lang.primary(),
        Condition::Found(category) => conversation.seen.iter().any(|seen| seen.finding.category == *category),
        Condition::UrgencyAtLeast(urgency) => conversation.urgency() >= *urgency,
        Condition::All(all) => all.iter().all(|one| holds(conversation, one)),
        Condition::Any(any) => any.iter().any(|one| holds(conversation, one)),
        Condition::Not(one) => !holds(conversation, one),
    }
}

fn compare(value: Option<&str>, op: Compare, wanted: &Literal) -> bool {
    let Some(value) = value else { return op == Compare::IsNot };
    let order = match wanted {
        Literal::Text(text) => Some(value.to_lowercase().cmp(&text.to_lowercase())),
        Literal::Number(number) => value.trim().parse::<i64>().ok().map(|value| value.cmp(number)),
    };
    let Some(order) = order else { return op == Compare::IsNot };
    match op {
        Compare::Is => order == Ordering::Equal,
        Compare::IsNot => order != Ordering::Equal,
        Compare::Less => order == Ordering::Less,
        Compare::AtMost => order != Ordering::Greater,
        Compare::More => order == Ordering::Greater,
        Compare::AtLeast => order != Ordering::Less,
    }
}
