//! What a person's message holds: words, a file, a place, or something a program said.
//!
//! Files are named, never fetched. Of a contact or a place only that it was one is kept. What we
//! don't know is handed in as unreadable, its caption kept. Read next: `choices.rs`.

use domain::{Confidential, InboundBody};
use serde_json::Value;

/// Fields that hold a file, the more telling first: an animation also comes as a document, a live
/// photo also as a photo.
const FILES: [(&str, &str); 13] = [
    ("live_photo", "image"),
    ("photo", "image"),
    ("animation", "animation"),
    ("video", "video"),
    ("video_note", "video"),
    ("voice", "voice"),
    ("audio", "audio"),
    ("sticker", "sticker"),
    ("document", "file"),
    ("paid_media", "file"),
    ("story", "story"),
    ("game", "game"),
    ("gift", "gift"),
];
/// Fields that say where somebody is or who somebody is. Their content is let go.
const PRIVATE: [(&str, &str); 6] = [
    ("venue", "location"),
    ("location", "location"),
    ("contact", "contact"),
    ("users_shared", "contact"),
    ("chat_shared", "contact"),
    ("passport_data", "passport"),
];
/// Fields whose words a person wrote, in many small pieces.
const WRITTEN: [(&str, &str); 2] = [("poll", "poll"), ("checklist", "checklist")];
/// Messages that a program writes into the chat: nobody said anything.
const SERVICE: [&str; 26] = [
    "pinned_message",
    "message_auto_delete_timer_changed",
    "chat_background_set",
    "write_access_allowed",
    "connected_website",
    "boost_added",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway",
    "giveaway_created",
    "giveaway_winners",
    "giveaway_completed",
    "invoice",
    "successful_payment",
    "refunded_payment",
    "unique_gift",
    "gift_upgrade_sent",
    "new_chat_title",
    "video_chat_started",
    "video_chat_ended",
    "checklist_tasks_done",
    "checklist_tasks_added",
];
/// Keys in a text of many pieces that hold no words.
const NO_WORDS: [&str; 12] = [
    "type",
    "id",
    "url",
    "language",
    "mime_type",
    "file_id",
    "file_unique_id",
    "custom_emoji_id",
    "persistent_id",
    "name",
    "entities",
    "user",
];

/// What it says. Empty when nobody said anything. `/start` with words behind it is two things.
pub(crate) fn bodies(message: &Value) -> Vec<InboundBody> {
    let has = |field: &str| !message[field].is_null();
    if has("text") {
        return message["text"].as_str().map_or_else(|| vec![unreadable("malformed")], words);
    }
    if let Some(text) = Some(written(&message["rich_message"])).filter(|text| !text.is_empty()) {
        return vec![said(&text)];
    }
    if let Some((field, media)) = FILES.into_iter().find(|(field, _)| has(field)) {
        return vec![file(message, field, media)];
    }
    if let Some((field, media)) = WRITTEN.into_iter().find(|(field, _)| has(field)) {
        return vec![attachment(media, Some(written(&message[field])))];
    }
    if let Some(emoji) = message["dice"]["emoji"].as_str() {
        return vec![said(emoji)];
    }
    if let Some((_, media)) = PRIVATE.into_iter().find(|(field, _)| has(field)) {
        return vec![attachment(media, None)];
    }
    if let Some(caption) = message["caption"].as_str() {
        return vec![attachment("unknown", Some(caption.to_owned()))];
    }
    if SERVICE.into_iter().any(has) { Vec::new() } else { vec![unreadable("unknown_type")] }
}

/// The words of a changed message; `None` when only a live place moved on.
pub(crate) fn changed(message: &Value) -> Option<String> {
    let words = message["text"].as_str().or_else(|| message["caption"].as_str()).map(str::to_owned);
    let pieces = ["rich_message", "poll", "checklist"].map(|field| written(&message[field])).concat();
    match words {
        Some(words) => Some(words),
        None if !pieces.is_empty() => Some(pieces),
        None if !message["location"].is_null() => None,
        None => Some(String::new()),
    }
}

/// `/start` opens the talk. Words behind it may be a link's, or a child's own: they are handed in.
fn words(text: &str) -> Vec<InboundBody> {
    let (command, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    let is_start = command == "/start" || command.starts_with("/start@");
    match (is_start, rest.trim()) {
        (false, _) => vec![said(text)],
        (true, "") => vec![InboundBody::Joined],
        (true, rest) => vec![InboundBody::Joined, said(rest)],
    }
}

fn said(text: &str) -> InboundBody {
    InboundBody::Text { text: Confidential::from(text) }
}

pub(crate) fn unreadable(why: &str) -> InboundBody {
    InboundBody::Unreadable { why: why.to_owned() }
}

fn attachment(media: &str, caption: Option<String>) -> InboundBody {
    let caption = caption.filter(|caption| !caption.is_empty()).map(Confidential::from);
    InboundBody::Attachment { media: media.to_owned(), name: None, size: None, caption }
}

fn file(message: &Value, field: &str, media: &str) -> InboundBody {
    // A picture comes in several sizes, the largest last.
    let value = &message[field];
    let value = value.as_array().and_then(|sizes| sizes.last()).unwrap_or(value);
    let name = ["file_name", "title"].iter().find_map(|name| value[*name].as_str());
    // A sticker's emoji is what its sender meant by it.
    let caption =
        message["caption"].as_str().or_else(|| value["emoji"].as_str()).or_else(|| value["text"].as_str());
    InboundBody::Attachment {
        media: media.to_owned(),
        name: name.map(Confidential::from),
        size: value["file_size"].as_u64(),
        caption: caption.map(Confidential::from),
    }
}

/// All words in a text of many pieces, one piece a line.
fn written(value: &Value) -> String {
    let mut found = Vec::new();
    collect(value, &mut found);
    found.join("\n")
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => {
            let with_words = fields.iter().filter(|(name, _)| !NO_WORDS.contains(&name.as_str()));
            with_words.for_each(|(_, value)| collect(value, found));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(message: &Value, expected: &[&str]) {
        let told: Vec<String> = bodies(message).iter().map(tell).collect();
        assert_eq!(told, expected, "{message}");
    }

    fn tell(body: &InboundBody) -> String {
        match body {
            InboundBody::Text { text } => format!("text {}", text.text()),
            InboundBody::Attachment { media, size, .. } => {
                format!("{media} {} {}", size.unwrap_or(0), body.texts().join("|"))
            }
            InboundBody::Unreadable { why } => why.clone(),
            InboundBody::Joined => "joined".to_owned(),
            other => panic!("unexpected {other:?}"),
        }
    }

    #[test]
    fn words_and_start() {
        check(&json!({"text": "hello"}), &["text hello"]);
        check(&json!({"text": "/help"}), &["text /help"]);
        check(&json!({"text": "/start"}), &["joined"]);
        check(&json!({"text": "/start i need help"}), &["joined", "text i need help"]);
        check(&json!({"text": "/started"}), &["text /started"]);
        check(&json!({"text": ["no"]}), &["malformed"]);
        check(&json!({"dice": {"emoji": "🎲", "value": 3}}), &["text 🎲"]);
        let rich =
            json!({"blocks": [{"type": "paragraph", "text": ["he ", {"type": "bold", "text": "hits"}, " me"]}]});
        check(&json!({"rich_message": rich}), &["text he \nhits\n me"]);
    }

    #[test]
    fn files_are_named_and_private_details_let_go() {
        let sizes = json!([{"file_size": 10}, {"file_size": 99}]);
        check(&json!({"photo": sizes, "caption": "look"}), &["image 99 look"]);
        check(&json!({"document": {"file_name": "a.pdf", "file_size": 7}}), &["file 7 a.pdf"]);
        check(&json!({"sticker": {"emoji": "😢"}}), &["sticker 0 😢"]);
        check(&json!({"voice": {"duration": 3}}), &["voice 0 "]);
        check(&json!({"contact": {"phone_number": "+1555", "first_name": "Ana"}}), &["contact 0 "]);
        check(&json!({"venue": {"title": "School"}, "location": {"latitude": 1.0}}), &["location 0 "]);
        let poll = json!({"id": "9", "question": "Who?", "options": [{"persistent_id": "1", "text": "me"}]});
        check(&json!({"poll": poll}), &["poll 0 me|Who?".replace("me|Who?", "me\nWho?").as_str()]);
    }

    #[test]
    fn what_a_program_says_is_nothing_and_what_is_new_is_unreadable() {
        check(&json!({"pinned_message": {}}), &[]);
        check(&json!({"hologram": {}}), &["unknown_type"]);
        check(&json!({"hologram": {}, "caption": "see"}), &["unknown 0 see"]);
        check(&json!({}), &["unknown_type"]);
    }

    #[test]
    fn a_change_has_the_new_words() {
        assert_eq!(changed(&json!({"text": "new"})).as_deref(), Some("new"));
        assert_eq!(changed(&json!({"photo": [], "caption": "new"})).as_deref(), Some("new"));
        assert_eq!(changed(&json!({"photo": []})).as_deref(), Some(""));
        assert_eq!(changed(&json!({"location": {"latitude": 1.0}})), None);
    }
}
