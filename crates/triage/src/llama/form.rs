//! The form that a model fills in: what it may write, and how that is read.
//!
//! Both come from one table, so that they can't differ. It must never read anything into a
//! suggestion that isn't exactly of this form; then there is no suggestion. Read next: `prompt.rs`.

use crate::{Ask, MOST_QUESTIONS, MachineText, Suggestion};
use domain::{AgeBand, Category, MessageId, Urgency};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Most categories of one suggestion.
const MOST_CATEGORIES: usize = 4;
/// Most characters of the summary.
const SUMMARY: usize = 400;
/// Most characters of one question.
const QUESTION: usize = 150;

const AGES: [AgeBand; 4] = [AgeBand::UpTo9, AgeBand::From10To13, AgeBand::From14To17, AgeBand::Adult];

/// What may stand in a field.
enum Rule {
    /// One of these names.
    One(Vec<&'static str>),
    /// One of these names, or null.
    OneOrNull(Vec<&'static str>),
    /// Two letters, or null.
    TwoLettersOrNull,
    /// Different names, from none to this many.
    Some(Vec<&'static str>, usize),
    /// At least one of these numbers.
    Numbers(Vec<u32>),
    /// So many characters at most.
    Text(usize),
    /// From none to so many texts of so many characters at most.
    Texts(usize, usize),
}

/// The fields in the order they are written. [`Written`] has the same names.
fn fields(numbers: &[MessageId]) -> [(&'static str, Rule); 7] {
    let categories = Category::ALL.iter().map(|category| category.name()).collect();
    [
        ("urgency", Rule::One(Urgency::ALL.map(Urgency::name).to_vec())),
        ("categories", Rule::Some(categories, MOST_CATEGORIES)),
        ("rests_on", Rule::Numbers(numbers.iter().map(|message| message.0).collect())),
        ("lang", Rule::TwoLettersOrNull),
        ("age", Rule::OneOrNull(AGES.map(AgeBand::value).to_vec())),
        ("summary", Rule::Text(SUMMARY)),
        ("questions", Rule::Texts(MOST_QUESTIONS, QUESTION)),
    ]
}

/// The form as a grammar in llama.cpp's notation (GBNF), about messages with these numbers.
pub(super) fn grammar(numbers: &[MessageId]) -> String {
    let fields = fields(numbers);
    let keys: Vec<_> = fields.iter().map(|(name, _)| format!(r#""\"{name}\":" {}"#, rule_name(name))).collect();
    let mut text = format!("root ::= \"{{\" {} \"}}\"\n", keys.join(" \",\" "));
    for (name, rule) in &fields {
        let _ = writeln!(text, "{} ::= {}", rule_name(name), rule.grammar());
    }
    // No quotes, no escapes, no control characters; the first isn't a space.
    text.push_str("char ::= [^\"\\\\\\x00-\\x1F\\x7F]\nfirst ::= [^ \"\\\\\\x00-\\x1F\\x7F]\n");
    text
}

/// A rule's name may hold letters and dashes only.
fn rule_name(field: &str) -> String {
    field.replace('_', "-")
}

impl Rule {
    fn grammar(&self) -> String {
        match self {
            Self::One(names) => one_of(names),
            Self::OneOrNull(names) => format!("\"null\" | {}", one_of(names)),
            Self::TwoLettersOrNull => r#""null" | "\"" [a-z] [a-z] "\"""#.to_owned(),
            Self::Some(names, most) => list(&one_of(names), 0, *most),
            Self::Numbers(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(|number| format!("\"{number}\"")).collect();
                list(&numbers.join(" | "), 1, numbers.len())
            }
            Self::Text(most) => words(*most),
            Self::Texts(most, each) => list(&words(*each), 0, *most),
        }
    }
}

fn one_of(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!(r#""\"{name}\"""#)).collect();
    names.join(" | ")
}

fn list(item: &str, least: usize, most: usize) -> String {
    let more = most.saturating_sub(1);
    let filled = format!("({item}) (\",\" ({item})){{0,{more}}}");
    if least == 0 { format!("\"[\" ({filled})? \"]\"") } else { format!("\"[\" {filled} \"]\"") }
}

fn words(most: usize) -> String {
    format!(r#""\"" first char{{0,{}}} "\"""#, most - 1)
}

/// The filled-in form. All fields and no others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    urgency: String,
    categories: Vec<String>,
    rests_on: Vec<u32>,
    #[serde(deserialize_with = "present")]
    lang: Option<String>,
    #[serde(deserialize_with = "present")]
    age: Option<String>,
    summary: String,
    questions: Vec<String>,
}

/// Null is fine, leaving the field out isn't.
fn present<'de, D: serde::Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(field)
}

/// Reads a filled-in form about these messages; `None` when anything at all is wrong with it.
pub(super) fn read(ask: &Ask, numbers: &[MessageId], written: &str) -> Option<Suggestion> {
    let form: Written = serde_json::from_str(written).ok()?;
    let rests_on: BTreeSet<_> = form.rests_on.iter().copied().map(MessageId).collect();
    let known = !rests_on.is_empty() && rests_on.iter().all(|message| numbers.contains(message));
    if !known || form.categories.len() > MOST_CATEGORIES || form.questions.len() > MOST_QUESTIONS {
        return None;
    }
    Some(Suggestion {
        conversation: ask.conversation,
        rests_on,
        categories: form.categories.iter().map(|name| category(name)).collect::<Option<_>>()?,
        urgency_at_least: Urgency::from_name(&form.urgency)?,
        summary: Some(text(form.summary, SUMMARY)?),
        questions: form.questions.into_iter().map(|words| text(words, QUESTION)).collect::<Option<_>>()?,
        lang: form.lang.map(|tag| tag.parse().ok()).map_or(Some(None), |lang| lang.map(Some))?,
        age: form.age.map(|value| age(&value)).map_or(Some(None), |age| age.map(Some))?,
    })
}

fn category(name: &str) -> Option<Category> {
    Category::ALL.iter().copied().find(|category| category.name() == name)
}

fn age(value: &str) -> Option<AgeBand> {
    AGES.into_iter().find(|age| age.value() == value)
}

fn text(words: String, most: usize) -> Option<MachineText> {
    if words.trim().is_empty() || words.chars().count() > most {
        return None;
    }
    MachineText::new(words).ok()
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
