//! What one update means for us: something a child did in a private chat, a group to leave, or not ours.
//!
//! Each field is read by itself, so that a strange one hides nothing else. The rule for kinds we
//! don't know: where a private chat can be seen in it, a child did something, and it is handed in as
//! unreadable; else it isn't ours. Read next: `message.rs`.

use crate::choices;
use crate::lenient::number;
use crate::message::{bodies, changed, unreadable};
use domain::{AccountId, Confidential, DedupeKey, ExternalId, Inbound, InboundBody, Lang, PlatformId, Timestamp};
use serde_json::{Map, Value};

/// The kinds we ask Telegram for. Its description promises reactions to administrators of a chat only;
/// in private talks they come, or don't.
pub(crate) const KINDS: [&str; 5] =
    ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"];
/// Kinds that no child of ours causes.
const NOT_OURS: [&str; 20] = [
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
];

/// What an update means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A child did this. After it is kept, the press with this id is answered.
    Child { items: Vec<Inbound>, press: Option<String> },
    /// A group or channel, which we leave.
    Group(i64),
    /// Nothing that a child did.
    NotOurs,
}

/// A private chat and who is in it.
struct Talk<'a> {
    chat: i64,
    contact: i64,
    lang: Option<&'a str>,
}

enum Place<'a> {
    Private(Talk<'a>),
    Group(i64),
    Nowhere,
}

pub(crate) fn meaning(account: &AccountId, update: &Value) -> Meaning {
    let Some(fields) = update.as_object() else { return Meaning::NotOurs };
    let Some((kind, content)) = kind(fields) else { return Meaning::NotOurs };
    let talk = match place(content) {
        Place::Private(talk) => talk,
        Place::Group(chat) => return Meaning::Group(chat),
        Place::Nowhere => return Meaning::NotOurs,
    };
    if content["from"]["is_bot"] == true {
        return Meaning::NotOurs;
    }
    let message = content["message_id"].as_i64();
    let mark = message.map_or_else(|| "x".to_owned(), |id| id.to_string());
    let external = message.map(|id| ExternalId(id.to_string()));
    let mut press = None;
    let (mark, external, bodies) = match kind {
        "message" => (mark, external, bodies(content)),
        "edited_message" => {
            let of = external.unwrap_or_else(|| ExternalId("unknown".to_owned()));
            let edit = changed(content).map(|text| InboundBody::Edit { of, text: Confidential::from(text) });
            (format!("{mark}e{}", content["edit_date"]), None, edit.into_iter().collect())
        }
        "callback_query" => {
            press = content["id"].as_str().map(str::to_owned);
            (press.clone().unwrap_or(mark), None, vec![choices::pressed(content)])
        }
        "my_chat_member" => (format!("m{}", content["date"]), None, member(content)),
        "message_reaction" => (format!("{mark}r{}", content["date"]), None, signs(content, external)),
        "damaged" => (mark, external, vec![unreadable("malformed")]),
        _ => (mark, external, vec![unreadable("unknown_type")]),
    };
    let Some(number) = number(update) else { return Meaning::NotOurs };
    let inbound = |(index, body): (usize, InboundBody)| Inbound {
        account: account.clone(),
        // Numbers begin anew after a quiet week, so the number alone isn't enough.
        dedupe: DedupeKey(if index == 0 {
            format!("{number}-{mark}")
        } else {
            format!("{number}-{mark}-{index}")
        }),
        contact: PlatformId::new(talk.contact.to_string()),
        chat: PlatformId::new(talk.chat.to_string()),
        external: external.clone(),
        sent_at: content["date"].as_i64().map(|date| Timestamp::from_millis(date.saturating_mul(1_000))),
        client_lang: talk.lang.and_then(|lang| lang.parse::<Lang>().ok()),
        body,
    };
    Meaning::Child { items: bodies.into_iter().enumerate().map(inbound).collect(), press }
}

/// The kind and its content; `None` for kinds that aren't ours by rule.
fn kind(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let ours = KINDS.into_iter().find_map(|kind| fields.get(kind).map(|content| (kind, content)));
    ours.or_else(|| {
        let mut others = fields.iter().map(|(name, content)| (name.as_str(), content));
        others.find(|(name, _)| *name != "update_id").filter(|(name, _)| !NOT_OURS.contains(name))
    })
}

fn place(content: &Value) -> Place<'_> {
    let chat = if content["chat"].is_null() { &content["message"]["chat"] } else { &content["chat"] };
    let who = if content["from"].is_null() { &content["user"] } else { &content["from"] };
    let person = who["id"].as_i64();
    let id = chat["id"].as_i64();
    let private = match chat["type"].as_str() {
        Some(kind) => kind == "private",
        // A person's number is above zero, a group's below.
        None => id.or(person).is_some_and(|id| id > 0),
    };
    match (private, id.or(person)) {
        (true, Some(chat)) => {
            let lang = who["language_code"].as_str();
            Place::Private(Talk { chat, contact: person.unwrap_or(chat), lang })
        }
        // We are out already.
        (false, _) if gone(content) => Place::Nowhere,
        (false, Some(chat)) => Place::Group(chat),
        (_, None) => Place::Nowhere,
    }
}

fn gone(content: &Value) -> bool {
    matches!(content["new_chat_member"]["status"].as_str(), Some("kicked" | "left"))
}

/// The signs that are new under a message.
fn signs(content: &Value, of: Option<ExternalId>) -> Vec<InboundBody> {
    let Some(of) = of else { return vec![unreadable("malformed")] };
    let list = |name: &str| content[name].as_array().cloned().unwrap_or_default();
    let before = list("old_reaction");
    let new = list("new_reaction").into_iter().filter(|sign| !before.contains(sign));
    // A picture of the app's own has no letter for it.
    let sign = |sign: &Value| Confidential::from(sign["emoji"].as_str().unwrap_or("\u{25fb}"));
    new.map(|new| InboundBody::Reaction { of: of.clone(), sign: sign(&new) }).collect()
}

/// Blocking and unblocking the bot.
fn member(content: &Value) -> Vec<InboundBody> {
    match content["new_chat_member"]["status"].as_str() {
        Some(_) if gone(content) => vec![InboundBody::Left],
        Some("member" | "restricted" | "administrator" | "creator") => vec![InboundBody::Joined],
        _ => vec![unreadable("malformed")],
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
