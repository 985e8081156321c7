//! People on the platform, as a test plays them, and what their app shows them.
//!
//! Read next: `world.rs`.

use crate::server::Inner;
use crate::world::{Chat, Said, World};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Longest text that an app sends in one message.
const LONGEST: usize = 4_096;

/// A person with a private chat with the bot.
#[derive(Debug, Clone)]
pub struct Person {
    inner: Arc<Inner>,
    id: i64,
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Shown.
    pub label: String,
    /// Comes back.
    pub data: String,
}

/// A message of the bot's, as the person's app shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number in the chat.
    pub message: i64,
    /// Its words.
    pub text: String,
    /// Its buttons, row after row.
    pub buttons: Vec<Button>,
    /// It was changed.
    pub edited: bool,
}

/// What a person can send besides words.
#[derive(Debug, Clone)]
pub enum Media {
    /// A picture, compressed by the app.
    Photo {
        /// Words with it.
        caption: Option<String>,
    },
    /// A file with a name.
    File {
        /// Its name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
        /// Words with it.
        caption: Option<String>,
    },
    /// A spoken message.
    Voice,
    /// A sticker that stands for an emoji.
    Sticker {
        /// The emoji.
        emoji: String,
    },
    /// Somebody's telephone number.
    Contact,
    /// Where the person is.
    Location,
    /// Fields of `Message`, as a test wants them; not checked.
    Raw(Value),
}

impl Person {
    pub(crate) fn new(inner: &Arc<Inner>, name: &str, language: &str) -> Self {
        let mut world = inner.world();
        let id = 10_000 + world.number();
        let chat = Chat {
            value: json!({ "id": id, "type": "private", "first_name": name }),
            person: json!({ "id": id, "is_bot": false, "first_name": name, "language_code": language }),
            started: false,
            blocked: false,
            typing: 0,
            said: Vec::new(),
        };
        world.chats.insert(id, chat);
        drop(world);
        Self { inner: Arc::clone(inner), id }
    }

    /// The person's number, which is the private chat's too.
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// Presses "Start".
    pub fn starts(&self) -> i64 {
        let entity = json!([{ "type": "bot_command", "offset": 0, "length": 6 }]);
        self.message(json!({ "text": "/start", "entities": entity }))
    }

    /// Writes; gives the message's number.
    ///
    /// # Panics
    /// When the text is longer than an app sends in one message.
    pub fn says(&self, text: &str) -> i64 {
        assert!(text.encode_utf16().count() <= LONGEST, "an app would cut this text in pieces");
        self.message(json!({ "text": text }))
    }

    /// Writes more than the platform takes in one message today.
    pub fn says_overlong(&self, text: &str) -> i64 {
        self.message(json!({ "text": text }))
    }

    /// Sends something else than words.
    pub fn sends(&self, media: Media) -> i64 {
        let mut world = self.inner.world();
        let content = content(&mut world, media);
        drop(world);
        self.message(content)
    }

    fn message(&self, content: Value) -> i64 {
        let mut world = self.inner.world();
        let id = world.number();
        let value = message(&world, self.id, id, &content);
        if let Some(chat) = world.chats.get_mut(&self.id) {
            chat.started = true;
            chat.said.push(Said { id, by_bot: false, deleted: false, value: value.clone() });
        }
        world.push("message", value);
        drop(world);
        self.inner.changed();
        id
    }

    /// Changes an earlier message's words.
    pub fn edits(&self, message: i64, text: &str) {
        self.changes(message, &json!({ "text": text }));
    }

    /// Changes fields of an earlier message.
    pub fn changes(&self, message: i64, fields: &Value) {
        let mut world = self.inner.world();
        let date = world.date();
        let found =
            world.chats.get_mut(&self.id).and_then(|chat| chat.said.iter_mut().find(|said| said.id == message));
        let Some(said) = found else { return };
        for (name, value) in fields.as_object().into_iter().flatten() {
            said.value[name] = value.clone();
        }
        said.value["edit_date"] = json!(date);
        let value = said.value.clone();
        world.push("edited_message", value);
        drop(world);
        self.inner.changed();
    }

    /// Presses a button of the newest message that has any; `number` counts from 1.
    ///
    /// # Panics
    /// When there is no such button.
    pub fn presses(&self, number: usize) {
        let shown = self.shown();
        let newest = shown.iter().rev().find(|shown| !shown.buttons.is_empty());
        let button =
            newest.and_then(|newest| Some((newest.message, newest.buttons.get(number - 1)?.data.clone())));
        let (message, data) = button.unwrap_or_else(|| panic!("there is no button {number}"));
        self.press(message, &data, true);
    }

    /// Presses a button of a message so old that the platform doesn't tell its content any more.
    pub fn presses_old(&self, message: i64, data: &str) {
        self.press(message, data, false);
    }

    fn press(&self, message: i64, data: &str, accessible: bool) {
        let mut world = self.inner.world();
        let query = format!("query-{}", world.number());
        let Some(chat) = world.chats.get(&self.id) else { return };
        let whole = chat.said.iter().find(|said| said.id == message).map(|said| said.value.clone());
        let value = match whole {
            Some(whole) if accessible => whole,
            _ => json!({ "chat": chat.value, "message_id": message, "date": 0 }),
        };
        let body = json!({
            "id": query, "from": chat.person, "message": value, "chat_instance": "instance", "data": data,
        });
        world.queries.insert(query, false);
        world.push("callback_query", body);
        drop(world);
        self.inner.changed();
    }

    /// Puts a sign under a message; told only to bots that ask for it by name.
    pub fn reacts(&self, message: i64, emoji: &str) {
        let mut world = self.inner.world();
        let date = world.date();
        let Some(chat) = world.chats.get(&self.id) else { return };
        let body = json!({
            "chat": chat.value, "user": chat.person, "message_id": message, "date": date,
            "old_reaction": [], "new_reaction": [{ "type": "emoji", "emoji": emoji }],
        });
        world.push("message_reaction", body);
        drop(world);
        self.inner.changed();
    }

    /// Blocks the bot.
    pub fn blocks(&self) {
        self.member(true);
    }

    /// Unblocks the bot.
    pub fn unblocks(&self) {
        self.member(false);
    }

    fn member(&self, blocked: bool) {
        let mut world = self.inner.world();
        let (bot, date) = (world.bot(), world.date());
        let member = json!({ "status": "member", "user": bot });
        let kicked = json!({ "status": "kicked", "user": bot, "until_date": 0 });
        let (old, new) = if blocked { (member, kicked) } else { (kicked, member) };
        let Some(chat) = world.chats.get_mut(&self.id) else { return };
        chat.blocked = blocked;
        chat.started = true;
        let body = json!({
            "chat": chat.value, "from": chat.person, "date": date, "old_chat_member": old, "new_chat_member": new,
        });
        world.push("my_chat_member", body);
        drop(world);
        self.inner.changed();
    }

    /// What the bot's messages show now, in order.
    pub fn shown(&self) -> Vec<Shown> {
        let world = self.inner.world();
        let said = world.chats.get(&self.id).map(|chat| chat.said.as_slice()).unwrap_or_default();
        said.iter().filter(|said| said.by_bot && !said.deleted).map(shown).collect()
    }

    /// What they show once there are at least so many.
    ///
    /// # Panics
    /// When they don't come within a minute.
    pub async fn wait_shown(&self, count: usize) -> Vec<Shown> {
        let mut changes = self.inner.changes.subscribe();
        let waiting = async { while self.shown().len() < count && changes.changed().await.is_ok() {} };
        let in_time = tokio::time::timeout(Duration::from_secs(60), waiting).await.is_ok();
        assert!(in_time, "{count} messages weren't shown; so far {}", self.shown().len());
        self.shown()
    }

    /// How often the app was told that somebody is writing.
    pub fn typing_shown(&self) -> usize {
        self.inner.world().chats.get(&self.id).map_or(0, |chat| chat.typing)
    }
}

fn shown(said: &Said) -> Shown {
    let text = said.value["text"].as_str().or_else(|| said.value["caption"].as_str()).unwrap_or_default();
    let rows = said.value["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    let buttons = rows.filter_map(Value::as_array).flatten().map(|button| Button {
        label: button["text"].as_str().unwrap_or_default().to_owned(),
        data: button["callback_data"].as_str().unwrap_or_default().to_owned(),
    });
    Shown {
        message: said.id,
        text: text.to_owned(),
        buttons: buttons.collect(),
        edited: said.value["edit_date"].is_i64(),
    }
}

fn message(world: &World, chat: i64, id: i64, content: &Value) -> Value {
    let (place, person) =
        world.chats.get(&chat).map(|chat| (chat.value.clone(), chat.person.clone())).unwrap_or_default();
    let mut value = json!({ "message_id": id, "from": person, "chat": place, "date": world.date() });
    for (name, field) in content.as_object().into_iter().flatten() {
        value[name] = field.clone();
    }
    value
}

fn content(world: &mut World, media: Media) -> Value {
    let (mut value, caption) = match media {
        Media::Photo { caption } => {
            let id = world.keep_file("photos", "photo.jpg", vec![0xff, 0xd8]);
            let size = |side: i64, bytes: i64| json!({ "file_id": id, "file_unique_id": format!("u{id}{side}"), "width": side, "height": side, "file_size": bytes });
            (json!({ "photo": [size(90, 1_000), size(800, 50_000)] }), caption)
        }
        Media::File { name, bytes, caption } => {
            let size = bytes.len();
            let id = world.keep_file("documents", &name, bytes);
            let file =
                json!({ "file_id": id, "file_unique_id": format!("u{id}"), "file_name": name, "file_size": size });
            (json!({ "document": file }), caption)
        }
        Media::Voice => {
            let id = world.keep_file("voice", "voice.oga", vec![0; 64]);
            (
                json!({ "voice": { "file_id": id, "file_unique_id": format!("u{id}"), "duration": 3, "file_size": 64 } }),
                None,
            )
        }
        Media::Sticker { emoji } => {
            let id = world.keep_file("stickers", "sticker.webp", vec![0; 64]);
            let sticker = json!({
                "file_id": id, "file_unique_id": format!("u{id}"), "type": "regular", "width": 512, "height": 512,
                "is_animated": false, "is_video": false, "emoji": emoji,
            });
            (json!({ "sticker": sticker }), None)
        }
        Media::Contact => (json!({ "contact": { "phone_number": "+15550100", "first_name": "Somebody" } }), None),
        Media::Location => (json!({ "location": { "latitude": 48.25, "longitude": 16.5 } }), None),
        Media::Raw(value) => (value, None),
    };
    if let Some(caption) = caption {
        value["caption"] = Value::String(caption);
    }
    value
}

/// A group that the bot was added to.
#[derive(Debug, Clone)]
pub struct Group {
    inner: Arc<Inner>,
    id: i64,
}

impl Group {
    pub(crate) fn new(inner: &Arc<Inner>, title: &str) -> Self {
        let mut world = inner.world();
        let id = -(5_000_000 + world.number());
        let (bot, date) = (world.bot(), world.date());
        let value = json!({ "id": id, "type": "group", "title": title });
        let from = json!({ "id": 9_999, "is_bot": false, "first_name": "Someone" });
        let body = json!({
            "chat": value, "from": from, "date": date,
            "old_chat_member": { "status": "left", "user": bot }, "new_chat_member": { "status": "member", "user": bot },
        });
        let chat = Chat { value, person: Value::Null, started: true, blocked: false, typing: 0, said: Vec::new() };
        world.chats.insert(id, chat);
        world.push("my_chat_member", body);
        drop(world);
        inner.changed();
        Self { inner: Arc::clone(inner), id }
    }

    /// Somebody writes in the group, so that the bot sees it.
    pub fn says(&self, text: &str) {
        let mut world = self.inner.world();
        let id = world.number();
        let mut value = message(&world, self.id, id, &json!({ "text": text }));
        value["from"] = json!({ "id": 9_999, "is_bot": false, "first_name": "Someone" });
        world.push("message", value);
        drop(world);
        self.inner.changed();
    }

    /// The bot is still a member.
    pub fn has_the_bot(&self) -> bool {
        self.inner.world().chats.get(&self.id).is_some_and(|chat| !chat.blocked)
    }
}
