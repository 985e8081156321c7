//! Reads `resources.yaml`: contacts by country, each with its source and the day it was checked.
//!
//! It must never accept a contact that says not where it comes from: a wrong number costs a child
//! the courage to call again. Read next: `example.rs`.

use super::reader::Reader;
use crate::raw::At;
use crate::yaml::{Data, Node};
use crate::{Code, Diagnostic, Resource, Text};
use domain::{Lang, ResourceId};
use std::collections::BTreeMap;
use std::path::Path;

const KEYS: [&str; 5] = ["kind", "country", "line", "source", "checked"];

/// All contacts, each with the place of its name.
pub(crate) fn read_resources(file: &Path, root: &Node) -> (Vec<At<Resource>>, Vec<Diagnostic>) {
    let mut reader = Reader::new(file);
    let mut resources = Vec::new();
    if let Some(fields) = reader.map(root, "the directory of contacts") {
        for entry in fields.entries {
            reader.check_name(&entry.key, entry.key_pos, "the name of a contact");
            if let Some(resource) = read_one(&mut reader, &entry.key, &entry.value) {
                resources.push(At { value: resource, pos: entry.key_pos });
            }
        }
    }
    (resources, reader.told)
}

fn read_one(reader: &mut Reader<'_>, name: &str, node: &Node) -> Option<Resource> {
    let what = format!("the contact `{name}`");
    let fields = reader.map(node, &what)?;
    reader.only(&fields, &what, &KEYS);
    for key in KEYS.iter().filter(|key| fields.get(key).is_none()) {
        reader.tell(
            fields.pos,
            Code::BadResource,
            format!("{what} has no `{key}`"),
            "kind, country, line, source and checked",
        );
    }
    let kind = fields.get("kind").and_then(|node| {
        let text = reader.text(node, "`kind`")?;
        reader.resource_kind(&text)
    });
    let country = fields.get("country").and_then(|node| reader.text(node, "`country`"));
    if let Some(country) = &country {
        let two_letters = country.value.len() == 2 && country.value.bytes().all(|b| b.is_ascii_uppercase());
        if !two_letters && country.value != "*" {
            let found = format!("{what} has a country that isn't one");
            reader.tell(
                country.pos,
                Code::BadResource,
                found,
                "two capital letters such as `FR`, or `\"*\"` for everywhere",
            );
        }
    }
    let checked = fields.get("checked").and_then(|node| reader.text(node, "`checked`"));
    if let Some(date) = &checked
        && !is_date(&date.value)
    {
        reader.tell(date.pos, Code::BadResource, format!("{what} has no right date"), "`YYYY-MM-DD`");
    }
    let source = fields.get("source").and_then(|node| reader.text(node, "`source`"));
    let line = fields.get("line").and_then(|node| read_line(reader, node));
    Some(Resource {
        id: ResourceId::new(name),
        kind: kind?,
        country: country?.value,
        line: line?,
        source: source?.value,
        checked: checked?.value,
    })
}

fn read_line(reader: &mut Reader<'_>, node: &Node) -> Option<Text> {
    let Data::Map(entries) = &node.data else {
        reader.tell(
            node.pos,
            Code::WrongType,
            "`line` holds no languages",
            "one line a language: `en: …`, `fr: …`",
        );
        return None;
    };
    let mut line = BTreeMap::new();
    for entry in entries {
        match entry.key.parse::<Lang>() {
            Ok(lang) => {
                if let Some(text) = reader.text(&entry.value, "the line") {
                    line.insert(lang, text.value);
                }
            }
            Err(_) => {
                reader.tell(entry.key_pos, Code::UnknownValue, "this is no language tag", "such as `en` or `fr`")
            }
        }
    }
    (!line.is_empty()).then_some(Text(line))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [year, month, day] if number(year, 4) && number(month, 2) && number(day, 2) => {
            let within = |part: &str, most: u32| part.parse().is_ok_and(|value| (1..=most).contains(&value));
            within(month, 12) && within(day, 31)
        }
        _ => false,
    }
}
