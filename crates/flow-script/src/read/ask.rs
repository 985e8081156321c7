//! Reads questions: choices, what happens when an answer fits none, and when none comes.
//!
//! `other` and `silence` may be given once for the flow; after reading, every question has its
//! own. Read next: `condition.rs`.

use super::reader::{Fields, NAME_BYTES, Reader};
use super::step::StepPlace;
use crate::raw::{At, RawAsks, RawChoice, RawKind, RawNext, RawOther, RawOtherThen, RawSilence};
use crate::yaml::{Data, Entry, Node};
use crate::{AskKind, Code, OnSilence};
use domain::{Urgency, VarName};

/// `defaults:` of a flow.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    other: Option<RawOther>,
    silence: Option<RawSilence>,
}

impl Defaults {
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Self {
        let Some(fields) = reader.map(node, "`defaults`") else { return Self::default() };
        reader.only(&fields, "`defaults`", &["other", "silence"]);
        Self {
            other: fields.get("other").and_then(|node| read_other(reader, node, "defaults")),
            silence: fields.get("silence").and_then(|node| read_silence(reader, node, "defaults")),
        }
    }
}

pub(super) struct AskReader {
    pub(super) defaults: Defaults,
}

impl AskReader {
    pub(super) fn ask(
        &self,
        reader: &mut Reader<'_>,
        fields: &Fields<'_>,
        value: &Node,
        place: &StepPlace<'_>,
    ) -> Option<RawKind> {
        let text = reader.words(value, "`ask`", format!("{}/ask", place.slot));
        let save = fields.get("save").and_then(|node| {
            let name = reader.text(node, "`save`")?;
            reader.variable(&name.value, name.pos)
        });
        let node = reader.need(fields, place.what, "choices", "{ good: Good, bad: Not good }");
        let choices = node.map(|node| read_choices(reader, node, place)).unwrap_or_default();
        let asks = self.asks(reader, fields, place);
        Some(RawKind::Ask { text: text?, choices, save, asks })
    }

    pub(super) fn ask_text(
        &self,
        reader: &mut Reader<'_>,
        fields: &Fields<'_>,
        value: &Node,
        place: &StepPlace<'_>,
    ) -> Option<RawKind> {
        let text = reader.words(value, "`ask_text`", format!("{}/ask_text", place.slot));
        let kind = fields.get("kind").and_then(|node| {
            let text = reader.text(node, "`kind`")?;
            let kinds = [
                ("text", AskKind::Text),
                ("number", AskKind::Number),
                ("age", AskKind::Age),
                ("region", AskKind::Region),
            ];
            reader.one_of(&text, "kind of answer", &kinds)
        });
        let save = reader.need(fields, place.what, "save", "story").and_then(|node| {
            let name = reader.text(node, "`save`")?;
            reader.variable(&name.value, name.pos)
        });
        let asks = self.asks(reader, fields, place);
        Some(RawKind::AskText { text: text?, kind: kind.unwrap_or(AskKind::Text), save: save?, asks })
    }

    pub(super) fn mood(
        &self,
        reader: &mut Reader<'_>,
        fields: &Fields<'_>,
        value: &Node,
        place: &StepPlace<'_>,
    ) -> Option<RawKind> {
        let text = reader.words(value, "`mood`", format!("{}/mood", place.slot));
        let save = match fields.get("save") {
            Some(node) => {
                let name = reader.text(node, "`save`")?;
                reader.variable(&name.value, name.pos)?
            }
            None => At { value: VarName::new("mood"), pos: value.pos },
        };
        let asks = self.asks(reader, fields, place);
        Some(RawKind::Mood { text: text?, save, asks })
    }

    fn asks(&self, reader: &mut Reader<'_>, fields: &Fields<'_>, place: &StepPlace<'_>) -> RawAsks {
        let other = match fields.get("other") {
            Some(node) => read_other(reader, node, place.slot),
            None => self.defaults.other.clone(),
        };
        let silence = match fields.get("silence") {
            Some(node) => read_silence(reader, node, place.slot),
            None => self.defaults.silence.clone(),
        };
        if other.is_none() && fields.get("other").is_none() {
            let found = format!("{} doesn't say what happens when an answer fits none", place.what);
            reader.tell(fields.pos, Code::NoOther, found, "`other:` here, or once for the flow under `defaults:`");
            reader.hint("for example `other: { retries: 2, then: handoff }`");
        }
        if silence.is_none() && fields.get("silence").is_none() {
            let found = format!("{} doesn't say what happens when no answer comes", place.what);
            reader.tell(
                fields.pos,
                Code::NoSilence,
                found,
                "`silence:` here, or once for the flow under `defaults:`",
            );
            reader.hint("for example `silence: { after: 30m, then: park }`");
        }
        RawAsks { other, silence }
    }
}

fn read_choices(reader: &mut Reader<'_>, node: &Node, place: &StepPlace<'_>) -> Vec<RawChoice> {
    let Some(fields) = reader.map(node, "`choices`") else { return Vec::new() };
    fields.entries.iter().filter_map(|entry| read_choice(reader, entry, place)).collect()
}

fn read_choice(reader: &mut Reader<'_>, entry: &Entry, place: &StepPlace<'_>) -> Option<RawChoice> {
    reader.check_name(&entry.key, entry.key_pos, "the value of a choice");
    let value = At { value: entry.key.clone(), pos: entry.key_pos };
    let slot = format!("{}/choices/{}", place.slot, entry.key);
    let (label_slot, also_slot) = (format!("{slot}/label"), format!("{slot}/also"));
    let plain = |label| RawChoice {
        value: value.clone(),
        label,
        also_slot: also_slot.clone(),
        also: Vec::new(),
        next: place.following.clone(),
        urgency: Urgency::Routine,
    };
    if let Data::Text(_) = entry.value.data {
        return reader.words(&entry.value, "the label", label_slot).map(plain);
    }
    let what = format!("the choice `{}`", entry.key.chars().take(NAME_BYTES).collect::<String>());
    let fields = reader.map(&entry.value, &what)?;
    reader.only(&fields, &what, &["label", "also", "goto", "urgency_at_least"]);
    let label = reader.need(&fields, &what, "label", "Not good");
    let label = label.and_then(|node| reader.words(node, "`label`", label_slot))?;
    let mut choice = plain(label);
    choice.also = fields.get("also").map(|node| reader.texts(node, "`also`")).unwrap_or_default();
    if let Some(node) = fields.get("goto") {
        choice.next = RawNext::To(reader.target(node)?);
    }
    if let Some(node) = fields.get("urgency_at_least") {
        choice.urgency = reader.urgency(node)?;
    }
    Some(choice)
}

fn read_other(reader: &mut Reader<'_>, node: &Node, slot: &str) -> Option<RawOther> {
    let fields = reader.map(node, "`other`")?;
    reader.only(&fields, "`other`", &["retries", "say", "then"]);
    let retries =
        reader.need(&fields, "`other`", "retries", "2").and_then(|node| reader.text(node, "`retries`"))?;
    let Ok(number) = retries.value.parse() else {
        reader.tell(retries.pos, Code::WrongType, "`retries` is not a number", "a number from 0 to 5");
        return None;
    };
    let say = fields.get("say").and_then(|node| reader.words(node, "`say`", format!("{slot}/other/say")));
    let then = reader.need(&fields, "`other`", "then", "handoff")?;
    let word = reader.text(then, "`then`")?;
    let then = match word.value.as_str() {
        "handoff" => RawOtherThen::Handoff,
        written => match written.strip_prefix("goto ") {
            Some(target) => {
                let target = Node { pos: word.pos, data: Data::Text(target.to_owned()) };
                RawOtherThen::Go(reader.target(&target)?)
            }
            None => {
                let shown: String = written.chars().take(40).collect();
                reader.tell(
                    word.pos,
                    Code::UnknownValue,
                    format!("`then` is `{shown}`"),
                    "`handoff` or `goto STEP`",
                );
                return None;
            }
        },
    };
    Some(RawOther { retries: At { value: number, pos: retries.pos }, say, then })
}

fn read_silence(reader: &mut Reader<'_>, node: &Node, slot: &str) -> Option<RawSilence> {
    let fields = reader.map(node, "`silence`")?;
    reader.only(&fields, "`silence`", &["reminders", "after", "then"]);
    let mut reminders = Vec::new();
    if let Some(node) = fields.get("reminders") {
        for (number, item) in reader.list(node, "`reminders`")?.iter().enumerate() {
            let what = "a reminder";
            let Some(inner) = reader.map(item, what) else { continue };
            reader.only(&inner, what, &["after", "say"]);
            let after = reader.need(&inner, what, "after", "5m").and_then(|node| reader.duration(node, "`after`"));
            let say = reader.need(&inner, what, "say", "\"I'm still here.\"");
            let say =
                say.and_then(|node| reader.words(node, "`say`", format!("{slot}/silence/reminders/{number}")));
            reminders.extend(after.zip(say));
        }
    }
    let after =
        reader.need(&fields, "`silence`", "after", "30m").and_then(|node| reader.duration(node, "`after`"));
    let then = reader.need(&fields, "`silence`", "then", "park").and_then(|node| reader.text(node, "`then`"));
    let then = then.and_then(|text| {
        reader.one_of(&text, "end of a silence", &[("park", OnSilence::Park), ("handoff", OnSilence::Handoff)])
    });
    Some(RawSilence { reminders, after: after?, then: then? })
}
