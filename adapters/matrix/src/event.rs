//! Reads one Matrix event: is it something the child did, and what? Pure, so that every odd shape
//! can be tried in a test.
//!
//! Events come from other people's programs: nothing about their shape is trusted, and nothing
//! here may panic. It must never log a word of them. Read next: `receive.rs`.

use domain::{Confidential, ExternalId, InboundBody, Timestamp};
use serde_json::Value;

/// What one event means to the house.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// Not the child's, or nothing to hand in.
    Nothing,
    /// Somebody else in the child's room spoke.
    SomeoneElse,
    /// Hand this in.
    Body(InboundBody),
    /// A reaction: a choice when it names one, see `choices.rs`.
    Reaction { of: String, key: String },
    /// Encrypted for us, and the key isn't here (yet).
    Undecryptable,
    /// We came into the room.
    WeJoined,
    /// We were asked into the room.
    WeWereInvited,
}

/// Who is who in a room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct People<'a> {
    /// The helpline's own user.
    pub(crate) own: &'a str,
    /// The child.
    pub(crate) contact: &'a str,
}

/// The event's id.
pub(crate) fn id(event: &Value) -> Option<&str> {
    text_at(event, "/event_id")
}

/// Who sent it.
pub(crate) fn sender(event: &Value) -> Option<&str> {
    text_at(event, "/sender")
}

/// When the server says it was sent.
pub(crate) fn sent_at(event: &Value) -> Option<Timestamp> {
    event.get("origin_server_ts").and_then(Value::as_i64).map(Timestamp::from_millis)
}

/// What the event means.
pub(crate) fn meaning(event: &Value, people: People<'_>) -> Meaning {
    let kind = text_at(event, "/type").unwrap_or_default();
    if kind == "m.room.member" {
        return membership(event, people);
    }
    if event.get("state_key").is_some() || sender(event) == Some(people.own) {
        return Meaning::Nothing;
    }
    // Taken back before we read it: the redaction itself follows in the timeline.
    if event.pointer("/unsigned/redacted_because").is_some() {
        return Meaning::Nothing;
    }
    if sender(event) != Some(people.contact) {
        return if is_words(kind) { Meaning::SomeoneElse } else { Meaning::Nothing };
    }
    match kind {
        "m.room.message" => message(event, people),
        "m.room.encrypted" => Meaning::Undecryptable,
        "m.room.redaction" => redaction(event),
        "m.reaction" => reaction(event),
        "m.sticker" => Meaning::Body(InboundBody::Attachment {
            media: "sticker".to_owned(),
            name: words_at(event, "/content/body"),
            size: event.pointer("/content/info/size").and_then(Value::as_u64),
            caption: None,
        }),
        _ if is_chatter(kind) => Meaning::Nothing,
        _ => unreadable("unknown_type"),
    }
}

/// Types that carry a person's words.
fn is_words(kind: &str) -> bool {
    matches!(kind, "m.room.message" | "m.room.encrypted" | "m.sticker")
}

/// What programs say to each other, not a person to us. The start of a call is a person's act.
fn is_chatter(kind: &str) -> bool {
    kind.starts_with("m.key.") || (kind.starts_with("m.call.") && kind != "m.call.invite") || kind == "m.dummy"
}

fn membership(event: &Value, people: People<'_>) -> Meaning {
    let whose = text_at(event, "/state_key").unwrap_or_default();
    let now = text_at(event, "/content/membership").unwrap_or_default();
    let before = text_at(event, "/unsigned/prev_content/membership")
        .or_else(|| text_at(event, "/prev_content/membership"))
        .unwrap_or_default();
    let gone = matches!(now, "leave" | "ban");
    if whose == people.own {
        return match now {
            "join" if before != "join" => Meaning::WeJoined,
            "invite" => Meaning::WeWereInvited,
            _ if gone && sender(event) != Some(people.own) => Meaning::Body(InboundBody::Left),
            _ => Meaning::Nothing,
        };
    }
    if whose != people.contact {
        return Meaning::Nothing;
    }
    match now {
        _ if gone => Meaning::Body(InboundBody::Left),
        "join" if matches!(before, "leave" | "ban" | "invite") => Meaning::Body(InboundBody::Joined),
        _ => Meaning::Nothing,
    }
}

fn message(event: &Value, people: People<'_>) -> Meaning {
    let Some(content) = event.get("content").filter(|content| content.is_object()) else {
        return unreadable("malformed");
    };
    if let Some(of) = replaced(content) {
        // Without new content the replacement's own body is the best there is.
        let new = content.get("m.new_content").filter(|new| new.is_object()).unwrap_or(content);
        return match words(new, people) {
            Some(text) => Meaning::Body(InboundBody::Edit { of: ExternalId(of.to_owned()), text }),
            None => unreadable("malformed"),
        };
    }
    let kind = text_at(content, "/msgtype").unwrap_or_default();
    match kind {
        // Notices are what bots send; answering them would set two bots talking for ever.
        "m.notice" | "m.key.verification.request" => Meaning::Nothing,
        "m.image" | "m.file" | "m.audio" | "m.video" => Meaning::Body(attachment(content, &kind["m.".len()..])),
        "m.location" => Meaning::Body(InboundBody::Text { text: location(content) }),
        // Anything else that has words is words, whatever it calls itself.
        _ => match words(content, people) {
            Some(text) => Meaning::Body(InboundBody::Text { text }),
            None => unreadable(if kind.is_empty() { "malformed" } else { "unknown_type" }),
        },
    }
}

fn replaced(content: &Value) -> Option<&str> {
    let relation = content.get("m.relates_to")?;
    (text_at(relation, "/rel_type") == Some("m.replace")).then(|| text_at(relation, "/event_id"))?
}

fn words(content: &Value, people: People<'_>) -> Option<Confidential<String>> {
    let body = text_at(content, "/body");
    let shown = match body {
        Some(body) if !body.trim().is_empty() => without_quote(body, content, people),
        _ => text_at(content, "/formatted_body").or(body)?,
    };
    Some(Confidential::from(shown))
}

/// A reply's fallback repeats our own words in front (`> <@bot:server> …`); they aren't the
/// child's, and screening them would judge the bot. Everything the child wrote stays.
fn without_quote<'a>(body: &'a str, content: &Value, people: People<'_>) -> &'a str {
    let is_reply = content.pointer("/m.relates_to/m.in_reply_to/event_id").is_some();
    let ours = [format!("> <{}>", people.own), format!("> * <{}>", people.own)];
    if !is_reply || !ours.iter().any(|mark| body.starts_with(mark)) {
        return body;
    }
    match body.split_once("\n\n") {
        Some((quote, rest)) if quote.lines().all(|line| line.starts_with('>')) && !rest.is_empty() => rest,
        _ => body,
    }
}

fn attachment(content: &Value, media: &str) -> InboundBody {
    let body = words_at(content, "/body");
    let filename = words_at(content, "/filename");
    // Since Matrix 1.10 the body is a caption when it differs from the file's name.
    let caption = body.clone().filter(|body| filename.as_ref().is_some_and(|name| name != body));
    InboundBody::Attachment {
        media: media.to_owned(),
        name: filename.or(body),
        size: content.pointer("/info/size").and_then(Value::as_u64),
        caption,
    }
}

/// A place is words: for a child who ran away it may be all that matters.
fn location(content: &Value) -> Confidential<String> {
    let parts = [text_at(content, "/body"), text_at(content, "/geo_uri")];
    Confidential::from(parts.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

fn redaction(event: &Value) -> Meaning {
    // The field moved into the content with room version 11.
    match text_at(event, "/content/redacts").or_else(|| text_at(event, "/redacts")) {
        Some(of) => Meaning::Body(InboundBody::Redaction { of: ExternalId(of.to_owned()) }),
        None => unreadable("malformed"),
    }
}

fn reaction(event: &Value) -> Meaning {
    let of = event.pointer("/content/m.relates_to/event_id").and_then(Value::as_str);
    let key = event.pointer("/content/m.relates_to/key").and_then(Value::as_str);
    match (of, key) {
        (Some(of), Some(key)) => Meaning::Reaction { of: of.to_owned(), key: key.to_owned() },
        _ => unreadable("malformed"),
    }
}

fn unreadable(why: &str) -> Meaning {
    Meaning::Body(InboundBody::Unreadable { why: why.to_owned() })
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn words_at(value: &Value, pointer: &str) -> Option<Confidential<String>> {
    text_at(value, pointer).map(Confidential::from)
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
