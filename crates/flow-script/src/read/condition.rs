//! Reads conditions as people write them: `age_band is up_to_9`, `found suicide`,
//! `all: [name is set, urgency is at least soon]`.
//!
//! They compare; they hold no code. Read next: `translation.rs`.

use super::reader::Reader;
use super::step::literal;
use crate::raw::{At, RawCondition};
use crate::yaml::{Data, Node};
use crate::{Code, Compare};
use domain::{AgeBand, Category, Urgency};

const EXAMPLES: &str = "`mood is bad`, `name is set`, `age is at least 12`, `story contains school`, \
    `age_band is up_to_9 or 10_13`, `language is fr`, `found suicide`, `urgency is at least soon`, \
    or `all:`, `any:`, `not:`";

/// Longest first, so that `is not` isn't read as `is` with the value `not …`.
const COMPARISONS: [(&str, Compare); 6] = [
    ("is less than ", Compare::Less),
    ("is at most ", Compare::AtMost),
    ("is more than ", Compare::More),
    ("is at least ", Compare::AtLeast),
    ("is not ", Compare::IsNot),
    ("is ", Compare::Is),
];

impl Reader<'_> {
    pub(super) fn condition(&mut self, node: &Node) -> Option<RawCondition> {
        match &node.data {
            Data::Map(_) => self.combined(node),
            _ => {
                let text = self.text(node, "a condition")?;
                self.simple(&text)
            }
        }
    }

    fn combined(&mut self, node: &Node) -> Option<RawCondition> {
        let fields = self.map(node, "a condition")?;
        let [entry] = fields.entries else {
            self.tell(
                node.pos,
                Code::BadCondition,
                "a condition has several keys",
                "one of `all:`, `any:`, `not:`",
            );
            return None;
        };
        if entry.key == "not" {
            return self.condition(&entry.value).map(|inner| RawCondition::Not(Box::new(inner)));
        }
        if entry.key != "all" && entry.key != "any" {
            self.only(&fields, "a condition", &["all", "any", "not"]);
            return None;
        }
        let items = self.list(&entry.value, "the conditions")?;
        let inner: Vec<_> = items.iter().filter_map(|item| self.condition(item)).collect();
        if items.is_empty() {
            self.tell(entry.key_pos, Code::BadCondition, format!("`{}` holds nothing", entry.key), "conditions");
            return None;
        }
        Some(if entry.key == "all" { RawCondition::All(inner) } else { RawCondition::Any(inner) })
    }

    fn simple(&mut self, text: &At<String>) -> Option<RawCondition> {
        let words: Vec<&str> = text.value.split_whitespace().collect();
        match words.as_slice() {
            ["found", category] => {
                let names: Vec<_> = Category::ALL.iter().map(|category| (category.name(), *category)).collect();
                let word = At { value: (*category).to_owned(), pos: text.pos };
                self.one_of(&word, "category", &names).map(RawCondition::Found)
            }
            ["urgency", "is", "at", "least", level] => {
                let word = At { value: (*level).to_owned(), pos: text.pos };
                let names = Urgency::ALL.map(|urgency| (urgency.name(), urgency));
                self.one_of(&word, "urgency", &names).map(RawCondition::UrgencyAtLeast)
            }
            ["language", "is", tag] => match tag.parse() {
                Ok(lang) => Some(RawCondition::Lang(lang)),
                Err(_) => self.unreadable(text),
            },
            ["age_band", "is", "not", bands @ ..] => {
                self.age_bands(text, bands).map(|bands| RawCondition::Not(Box::new(bands)))
            }
            ["age_band", "is", bands @ ..] => self.age_bands(text, bands),
            [var, "is", "set"] => self.variable(var, text.pos).map(RawCondition::IsSet),
            [var, "is", "not", "set"] => {
                self.variable(var, text.pos).map(|var| RawCondition::Not(Box::new(RawCondition::IsSet(var))))
            }
            [var, "contains", _, ..] => {
                let rest = text.value.split_once("contains").map_or("", |(_, rest)| rest);
                let var = self.variable(var, text.pos)?;
                Some(RawCondition::Contains { var, text: unquoted(rest).to_owned() })
            }
            [var, "is", _, ..] => {
                let rest = words[1..].join(" ");
                let (op, value) = COMPARISONS
                    .iter()
                    .find_map(|(words, op)| rest.strip_prefix(words).map(|value| (*op, value)))?;
                let value = literal(unquoted(value));
                let ordered = !matches!(op, Compare::Is | Compare::IsNot);
                if ordered && matches!(value, crate::Literal::Text(_)) {
                    return self.unreadable(text);
                }
                Some(RawCondition::Compare { var: self.variable(var, text.pos)?, op, value })
            }
            _ => self.unreadable(text),
        }
    }

    fn age_bands(&mut self, text: &At<String>, words: &[&str]) -> Option<RawCondition> {
        let bands: Option<Vec<_>> =
            words.iter().filter(|word| **word != "or").map(|word| AgeBand::from_value(word)).collect();
        match bands {
            Some(bands) if !bands.is_empty() => Some(RawCondition::AgeBand(bands)),
            _ => {
                let found = format!("`{}` names an age band that isn't there", shown(text));
                self.tell(text.pos, Code::BadCondition, found, "up_to_9, 10_13, 14_17, adult or unknown");
                None
            }
        }
    }

    fn unreadable(&mut self, text: &At<String>) -> Option<RawCondition> {
        self.tell(text.pos, Code::BadCondition, format!("`{}` is no condition", shown(text)), EXAMPLES);
        None
    }
}

fn shown(text: &At<String>) -> String {
    text.value.chars().take(60).collect()
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}
