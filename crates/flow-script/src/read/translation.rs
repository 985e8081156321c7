//! Reads `fr.yaml` and the like: the same keys as in `flow.yaml`, holding only words.
//!
//! Each text is found under a slot such as `steps/age/choices/up_to_9/label`; whether the flow
//! has such a slot is checked later. Read next: `resources.rs`.

use super::reader::Reader;
use crate::Diagnostic;
use crate::raw::At;
use crate::yaml::{Data, Node, Pos};
use domain::Lang;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One translation of one flow.
#[derive(Debug)]
pub(crate) struct Translation {
    pub(crate) file: PathBuf,
    pub(crate) lang: Lang,
    pub(crate) words: BTreeMap<String, At<String>>,
    /// The words each text was translated from, as eight digits.
    pub(crate) sources: BTreeMap<String, At<String>>,
    /// Other ways to say a choice.
    pub(crate) also: BTreeMap<String, (Pos, Vec<At<String>>)>,
}

/// Reads a translation; `lang` is the one in the file's name.
pub(crate) fn read_translation(file: &Path, lang: Lang, root: &Node) -> (Translation, Vec<Diagnostic>) {
    let mut reader = Reader::new(file);
    let mut translation = Translation {
        file: file.to_path_buf(),
        lang,
        words: BTreeMap::new(),
        sources: BTreeMap::new(),
        also: BTreeMap::new(),
    };
    if let Some(fields) = reader.map(root, "the translation") {
        reader.only(&fields, "the translation", &["steps", "defaults", "sources"]);
        if let Some(sources) = fields.get("sources").and_then(|node| reader.map(node, "`sources`")) {
            for entry in sources.entries {
                let hash = reader.text(&entry.value, "the source of a translation");
                translation.sources.extend(hash.map(|hash| (entry.key.clone(), hash)));
            }
        }
        for key in ["steps", "defaults"] {
            if let Some(node) = fields.get(key) {
                walk(&mut reader, &mut translation, key, node);
            }
        }
    }
    (translation, reader.told)
}

fn walk(reader: &mut Reader<'_>, into: &mut Translation, slot: &str, node: &Node) {
    match &node.data {
        Data::Map(entries) => {
            for entry in entries {
                let inner = format!("{slot}/{}", entry.key);
                if entry.key == "also" && slot.contains("/choices/") {
                    into.also.insert(inner, (entry.key_pos, reader.texts(&entry.value, "`also`")));
                } else {
                    walk(reader, into, &inner, &entry.value);
                }
            }
        }
        Data::List(items) => {
            for (number, item) in items.iter().enumerate() {
                walk(reader, into, &format!("{slot}/{number}"), item);
            }
        }
        Data::Text(_) | Data::Nothing => {
            if let Some(text) = reader.text(node, &format!("`{slot}`")) {
                into.words.insert(whole_slot(slot), text);
            }
        }
    }
}

/// A choice may be written short, `good: Bien`, and a reminder long, `- say: …`.
fn whole_slot(slot: &str) -> String {
    let parts: Vec<&str> = slot.split('/').collect();
    match parts.as_slice() {
        [.., "choices", _] => format!("{slot}/label"),
        [.., "reminders", _, "say"] => slot.strip_suffix("/say").unwrap_or(slot).to_owned(),
        _ => slot.to_owned(),
    }
}
