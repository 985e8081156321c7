//! Reads what Discord tells of a child: pure, so that every odd shape can be tried in a test.
//!
//! Nothing about a shape is trusted and nothing here may panic. What can't be read is handed in as such
//! wherever the talk and the person can be told. It must never log a word. Read next: `event_tests.rs`.

use crate::place::millis_of;
use domain::{Confidential, ExternalId, InboundBody, Lang, Timestamp};
use serde_json::Value;

/// A voice message: a flag of the message.
const VOICE: u64 = 1 << 13;

/// One thing to hand in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heard {
    pub(crate) channel: u64,
    pub(crate) user: u64,
    pub(crate) dedupe: String,
    /// The message's id.
    pub(crate) external: Option<u64>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) lang: Option<Lang>,
    pub(crate) body: InboundBody,
}

/// An id, written as text or as a number.
pub(crate) fn id_at(value: &Value, pointer: &str) -> Option<u64> {
    match value.pointer(pointer)? {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// Everything one message says, in order. Empty when it isn't a person's words to us.
///
/// `known_user` is who the talk is with, for shapes that don't say.
pub(crate) fn message(data: &Value, own: u64, known_user: Option<u64>) -> Vec<Heard> {
    let Some(spoken) = Spoken::of(data, own, known_user) else { return Vec::new() };
    let mut bodies = content(data);
    if bodies.is_empty() && !is_notice(data) {
        bodies.push(unreadable(if has_odd_shape(data) { "malformed" } else { "unknown_type" }));
    }
    let name = |index: usize| if index == 0 { String::new() } else { format!("#{index}") };
    let hand_in = |(index, body)| spoken.heard(&name(index), body);
    bodies.into_iter().enumerate().map(hand_in).collect()
}

/// A change of a message. Empty when only the platform changed it, as when it looks behind a link.
pub(crate) fn update(data: &Value, own: u64, known_user: Option<u64>) -> Vec<Heard> {
    let Some(spoken) = Spoken::of(data, own, known_user) else { return Vec::new() };
    let Some(at) = text_at(data, "/edited_timestamp") else { return Vec::new() };
    let text = match text_at(data, "/content") {
        Some(text) => Confidential::from(text),
        None => return vec![spoken.heard(&format!("#edit-{at}"), unreadable("malformed"))],
    };
    let body = InboundBody::Edit { of: ExternalId(spoken.id.to_string()), text };
    vec![spoken.heard(&format!("#edit-{at}"), body)]
}

/// A message was taken back. Discord doesn't say by whom; in a talk only its writer can.
pub(crate) fn delete(data: &Value, known_user: Option<u64>) -> Vec<Heard> {
    let (Some(id), Some(channel), Some(user)) = (id_at(data, "/id"), id_at(data, "/channel_id"), known_user)
    else {
        return Vec::new();
    };
    let spoken = Spoken { id, channel, user };
    let body = InboundBody::Redaction { of: ExternalId(id.to_string()) };
    vec![Heard { sent_at: None, ..spoken.heard("#deleted", body) }]
}

/// A message found while reading what was missed: what it says and, where it was edited, that too.
///
/// `surely_new`: it was never handed in, so its words as they are now are its first.
pub(crate) fn missed(data: &Value, own: u64, known_user: Option<u64>, surely_new: bool) -> Vec<Heard> {
    let mut heard = message(data, own, known_user);
    if !surely_new {
        heard.extend(update(data, own, known_user));
    }
    heard
}

/// Who said it, where, and its id.
struct Spoken {
    id: u64,
    channel: u64,
    user: u64,
}

impl Spoken {
    fn of(data: &Value, own: u64, known_user: Option<u64>) -> Option<Self> {
        // With a server's id it isn't a talk of two.
        if data.get("guild_id").is_some_and(|guild| !guild.is_null()) {
            return None;
        }
        let author = id_at(data, "/author/id");
        let is_bot = data.pointer("/author/bot") == Some(&Value::Bool(true)) || author == Some(own);
        if is_bot || data.get("webhook_id").is_some_and(Value::is_string) {
            return None;
        }
        Some(Self { id: id_at(data, "/id")?, channel: id_at(data, "/channel_id")?, user: author.or(known_user)? })
    }

    fn heard(&self, suffix: &str, body: InboundBody) -> Heard {
        Heard {
            channel: self.channel,
            user: self.user,
            dedupe: format!("{}{suffix}", self.id),
            external: Some(self.id),
            sent_at: Some(Timestamp::from_millis(millis_of(self.id))),
            lang: None,
            body,
        }
    }
}

/// The words, files and stickers of a message.
fn content(data: &Value) -> Vec<InboundBody> {
    let words = text_at(data, "/content").filter(|words| !words.is_empty());
    let voice = data.get("flags").and_then(Value::as_u64).is_some_and(|flags| flags & VOICE != 0);
    let mut bodies: Vec<InboundBody> = files(data, voice);
    match (words, bodies.first_mut()) {
        (Some(words), Some(InboundBody::Attachment { caption, .. })) => {
            // A description of the picture stays, behind the words.
            let described = caption.take().map(|described| format!("{words}\n{}", described.text()));
            *caption = Some(Confidential::from(described.unwrap_or_else(|| words.to_owned())));
        }
        (Some(words), _) => bodies.insert(0, InboundBody::Text { text: Confidential::from(words) }),
        (None, _) => {}
    }
    for forwarded in list(data, "message_snapshots") {
        // What a child passes on may be what frightens it.
        let inner = forwarded.get("message").unwrap_or(forwarded);
        bodies.extend(content(inner));
    }
    if let Some(question) = text_at(data, "/poll/question/text") {
        bodies.push(InboundBody::Text { text: Confidential::from(question) });
    }
    bodies
}

fn files(data: &Value, voice: bool) -> Vec<InboundBody> {
    let file = |file: &Value| InboundBody::Attachment {
        media: if voice { "voice".to_owned() } else { media(text_at(file, "/content_type")) },
        name: text_at(file, "/filename").map(Confidential::from),
        size: file.get("size").and_then(Value::as_u64),
        caption: text_at(file, "/description").map(Confidential::from),
    };
    let sticker = |sticker: &Value| InboundBody::Attachment {
        media: "sticker".to_owned(),
        name: text_at(sticker, "/name").map(Confidential::from),
        size: None,
        caption: None,
    };
    let files = list(data, "attachments").iter().map(file);
    files.chain(list(data, "sticker_items").iter().map(sticker)).collect()
}

/// `image`, `video`, `audio`; `file` for anything else.
fn media(content_type: Option<&str>) -> String {
    let family = content_type.and_then(|kind| kind.split('/').next()).unwrap_or_default();
    if matches!(family, "image" | "video" | "audio") { family } else { "file" }.to_owned()
}

fn list<'a>(data: &'a Value, name: &str) -> &'a [Value] {
    data.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What the platform writes into a talk without anyone having said a thing: something was pinned (6), a
/// command was used (20, 23).
fn is_notice(data: &Value) -> bool {
    matches!(data.get("type").and_then(Value::as_u64), Some(6 | 20 | 23))
}

fn has_odd_shape(data: &Value) -> bool {
    let odd = |name: &str, fits: fn(&Value) -> bool| data.get(name).is_none_or(|value| !fits(value));
    odd("content", Value::is_string) || odd("type", Value::is_u64) || odd("attachments", Value::is_array)
}

fn unreadable(why: &str) -> InboundBody {
    InboundBody::Unreadable { why: why.to_owned() }
}

/// A command or a press.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ask {
    pub(crate) id: u64,
    pub(crate) token: Confidential<String>,
    pub(crate) user: u64,
    pub(crate) lang: Option<Lang>,
    pub(crate) kind: AskKind,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AskKind {
    /// A command in the talk with us.
    CommandHere { channel: u64 },
    /// A command anywhere else: the talk must be opened.
    CommandElsewhere,
    /// A button or a menu in the talk with us.
    Press { channel: u64, chosen: InboundBody },
    /// Something to acknowledge and forget: it holds no one's words.
    Other,
}

/// Reads an interaction. `None` when it can't be answered at all.
pub(crate) fn ask(data: &Value) -> Option<Ask> {
    let user = id_at(data, "/user/id").or_else(|| id_at(data, "/member/user/id"))?;
    let lang = text_at(data, "/locale").and_then(|locale| locale.parse::<Lang>().ok());
    let here = data.get("guild_id").is_none_or(Value::is_null)
        // 1: the talk with the bot. Older shapes don't say.
        && data.get("context").is_none_or(|context| context == 1)
        && data.pointer("/channel/type").is_none_or(|kind| kind == 1);
    let channel = id_at(data, "/channel_id").filter(|_| here);
    let kind = match (data.get("type").and_then(Value::as_u64)?, channel) {
        (2, Some(channel)) => AskKind::CommandHere { channel },
        (2, None) => AskKind::CommandElsewhere,
        (3, Some(channel)) => AskKind::Press { channel, chosen: chosen(data) },
        _ => AskKind::Other,
    };
    let token = Confidential::from(text_at(data, "/token")?);
    Some(Ask { id: id_at(data, "/id")?, token, user, lang, kind })
}

impl Ask {
    /// The child did this in the talk.
    pub(crate) fn heard(&self, channel: u64, body: InboundBody) -> Heard {
        Heard {
            channel,
            user: self.user,
            dedupe: format!("ask-{}", self.id),
            external: None,
            sent_at: Some(Timestamp::from_millis(millis_of(self.id))),
            lang: self.lang,
            body,
        }
    }
}

/// The value of a choice stands behind its number: `3:yes`.
pub(crate) fn value_of(sent: &str) -> &str {
    match sent.split_once(':') {
        Some((number, value)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => value,
        _ => sent,
    }
}

fn chosen(data: &Value) -> InboundBody {
    let name = text_at(data, "/data/custom_id").unwrap_or_default();
    let picked = text_at(data, "/data/values/0");
    let rows = data.pointer("/message/components").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let inside = rows.iter().flat_map(|row| list(row, "components"));
    let label = inside.filter(|one| text_at(one, "/custom_id") == Some(name)).find_map(|one| match picked {
        None => text_at(one, "/label"),
        Some(picked) => {
            let option = list(one, "options").iter().find(|option| text_at(option, "/value") == Some(picked));
            option.and_then(|option| text_at(option, "/label"))
        }
    });
    let sent = picked.unwrap_or(name);
    if sent.is_empty() {
        return unreadable("malformed");
    }
    InboundBody::Choice { value: value_of(sent).to_owned(), label: label.map(Confidential::from) }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
