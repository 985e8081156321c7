//! A child on Discord, as a test plays it, and what the child sees.
//!
//! It does what an app lets a person do, and a few things only a strange program can. Of interactions it
//! sees what is shown to the one who asked. Read next: `gateway.rs`.

use crate::gateway::shard_of;
use crate::world::{ANSWER_WITHIN, Answered, BOT, GUILD, Interaction, LOBBY, User, merge, stamp};
use crate::{Shared, wait};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// One person.
#[derive(Debug, Clone)]
pub struct Child {
    shared: Arc<Shared>,
    id: u64,
}

/// A command or a press, and what came of it.
#[derive(Debug, Clone)]
pub struct Asked {
    shared: Arc<Shared>,
    id: u64,
}

impl Child {
    pub(crate) fn new(shared: Arc<Shared>, name: &str, locale: &str) -> Self {
        let user = User { name: name.to_owned(), locale: locale.to_owned(), open: true, mutual: true };
        let id = shared.with(|world| {
            let id = world.id();
            world.users.insert(id, user);
            id
        });
        Self { shared, id }
    }

    pub(crate) const fn known(shared: Arc<Shared>, id: u64) -> Self {
        Self { shared, id }
    }

    /// The person's id.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The talk with the bot; opened when it isn't.
    pub fn channel(&self) -> u64 {
        self.shared.with(|world| world.dm(self.id))
    }

    /// Writes to the bot; gives the message's id. As long as wished: what people may send differs.
    pub fn says(&self, text: &str) -> String {
        self.sends(text, &json!({}))
    }

    /// Writes to the bot with any fields of a message beside the text.
    pub fn sends(&self, text: &str, more: &Value) -> String {
        self.shared.with(|world| {
            let channel = world.dm(self.id);
            let message = world.message(channel, self.id, text, more);
            if let Some(place) = world.channels.get_mut(&channel) {
                place.messages.push(message.clone());
            }
            let id = message["id"].as_str().unwrap_or_default().to_owned();
            world.dispatch_direct("MESSAGE_CREATE", message);
            id
        })
    }

    /// Changes a message of its own.
    pub fn edits(&self, of: &str, text: &str) {
        self.shared.with(|world| {
            let channel = world.dm(self.id);
            // Two edits never bear the same time: Discord tells microseconds.
            let micros = world.id() % 1_000;
            let at = stamp(world.now() + world.faults.skew).replace("000+00:00", &format!("{micros:03}+00:00"));
            let messages = world.channels.get_mut(&channel).map(|place| &mut place.messages);
            let known = messages.into_iter().flatten().find(|message| message["id"] == of);
            if let Some(message) = known {
                merge(message, &json!({"content": text, "edited_timestamp": at}));
                let message = message.clone();
                world.dispatch_direct("MESSAGE_UPDATE", message);
            }
        });
    }

    /// The platform tells of a message again because it found a picture behind a link; nothing was edited.
    pub fn link_unfurls(&self, of: &str) {
        self.shared.with(|world| {
            let channel = world.dm(self.id);
            let known = world.channels[&channel].messages.iter().find(|message| message["id"] == of);
            if let Some(mut message) = known.cloned() {
                merge(&mut message, &json!({"embeds": [{"type": "link", "url": "https://example.org"}]}));
                world.dispatch_direct("MESSAGE_UPDATE", message);
            }
        });
    }

    /// Takes a message of its own back.
    pub fn deletes(&self, of: &str) {
        self.shared.with(|world| {
            let channel = world.dm(self.id);
            if let Some(place) = world.channels.get_mut(&channel) {
                place.messages.retain(|message| message["id"] != of);
            }
            let data = json!({"id": of, "channel_id": channel.to_string()});
            world.dispatch_direct("MESSAGE_DELETE", data);
        });
    }

    /// Sends a file. It isn't there to be fetched: the address leads nowhere.
    pub fn attaches(&self, name: &str, content_type: &str, size: u64, caption: &str) -> String {
        let id = self.shared.with(crate::world::World::id);
        let file = json!({
            "id": id.to_string(), "filename": name, "content_type": content_type, "size": size,
            "url": "https://cdn.invalid/file", "proxy_url": "https://cdn.invalid/file",
        });
        self.sends(caption, &json!({"attachments": [file]}))
    }

    /// Sends a sticker.
    pub fn sends_sticker(&self, name: &str) -> String {
        self.sends("", &json!({"sticker_items": [{"id": "5", "name": name, "format_type": 1}]}))
    }

    /// Sends a message whose fields aren't what they should be, and which stays so in the history.
    pub fn sends_junk(&self) -> String {
        self.shared.with(|world| world.junk = true);
        self.sends("", &json!({"content": 17, "type": {"not": "a number"}, "attachments": "none", "flags": null}))
    }

    /// Writes in the server's open channel.
    pub fn says_in_guild(&self, text: &str) {
        self.shared.with(|world| {
            let mut message = world.message(LOBBY, self.id, text, &json!({"guild_id": GUILD.to_string()}));
            message["member"] = json!({"roles": [], "deaf": false, "mute": false});
            world.dispatch_in_guild("MESSAGE_CREATE", &message);
        });
    }

    /// Takes no more direct messages from members of the server, or blocks the bot.
    pub fn closes_messages(&self) {
        self.change(|user| user.open = false);
    }

    /// The end of [`Self::closes_messages`].
    pub fn opens_messages(&self) {
        self.change(|user| user.open = true);
    }

    /// Leaves (or comes back to) the only server it shares with the bot.
    pub fn shares_a_server(&self, shares: bool) {
        self.change(|user| user.mutual = shares);
    }

    fn change(&self, change: impl FnOnce(&mut User)) {
        self.shared.with(|world| world.users.get_mut(&self.id).map(change));
    }

    /// Uses a slash command in the talk with the bot.
    ///
    /// # Panics
    /// When the command isn't registered.
    pub fn commands_in_private(&self, name: &str) -> Asked {
        self.commands(name, 1, None, &json!({}))
    }

    /// Uses a slash command in a server.
    ///
    /// # Panics
    /// When the command isn't registered.
    pub fn commands_in_guild(&self, name: &str) -> Asked {
        self.commands(name, 1, Some(GUILD), &json!({}))
    }

    /// Chooses an entry of the menu on a person (`on_message` false) or on a message, in a server.
    ///
    /// # Panics
    /// When the command isn't registered.
    pub fn commands_by_menu(&self, name: &str, on_message: bool) -> Asked {
        let more = json!({"target_id": BOT.to_string()});
        self.commands(name, if on_message { 3 } else { 2 }, Some(GUILD), &more)
    }

    fn commands(&self, name: &str, kind: u64, guild: Option<u64>, more: &Value) -> Asked {
        let known = self.shared.with(|world| {
            world.commands.iter().find(|command| command["name"] == name && command["type"] == kind).cloned()
        });
        assert!(known.is_some(), "the command {name} of type {kind} isn't registered");
        let id = known.unwrap_or_default()["id"].clone();
        let mut data = json!({"id": id, "name": name, "type": kind});
        merge(&mut data, more);
        self.asks(2, &data, guild, &json!({}))
    }

    /// Presses the choice with this number, counted from 1 over the buttons and menus of the last message of
    /// the bot that has any.
    ///
    /// # Panics
    /// When there is no such choice.
    pub fn presses(&self, number: usize) -> Asked {
        let message = self.shared.with(|world| {
            let channel = world.dm(self.id);
            let messages = &world.channels[&channel].messages;
            let offers = |message: &&Value| message["components"].as_array().is_some_and(|rows| !rows.is_empty());
            messages.iter().rev().find(offers).cloned()
        });
        let message = message.unwrap_or_default();
        let choices = choices(&message);
        assert!((1..=choices.len()).contains(&number), "there is no choice {number}");
        self.asks(3, &choices[number - 1], None, &json!({"message": message}))
    }

    fn asks(&self, kind: u64, data: &Value, guild: Option<u64>, more: &Value) -> Asked {
        let id = self.shared.with(|world| {
            let id = world.id();
            let token = format!("token-{id}");
            let user = world.user(self.id);
            let locale = world.users.get(&self.id).map(|user| user.locale.clone()).unwrap_or_default();
            let channel = if guild.is_some() { LOBBY } else { world.dm(self.id) };
            let place = match guild {
                Some(guild) => json!({
                    "id": channel.to_string(), "type": 0, "name": "lobby", "guild_id": guild.to_string(),
                    "position": 0, "parent_id": null, "topic": null, "nsfw": false, "rate_limit_per_user": 0,
                    "last_message_id": null, "flags": 0, "permissions": "0",
                }),
                None => world.channel(channel, self.id),
            };
            let mut told = json!({
                "id": id.to_string(), "application_id": BOT.to_string(), "type": kind, "data": data,
                "token": token, "version": 1, "locale": locale, "entitlements": [], "app_permissions": "0",
                "channel_id": channel.to_string(), "authorizing_integration_owners": {},
            "channel": place,
                "context": if guild.is_some() { 0 } else { 1 }, "attachment_size_limit": 10_485_760,
            });
            merge(&mut told, more);
            match guild {
                Some(guild) => merge(
                    &mut told,
                    &json!({
                        "guild_id": guild.to_string(), "guild_locale": "en-US",
                        "member": {
                            "user": user, "roles": [], "joined_at": stamp(0), "deaf": false, "mute": false,
                            "permissions": "0", "flags": 0,
                        },
                    }),
                ),
                None => merge(&mut told, &json!({"user": user})),
            }
            let asked = Interaction {
                token,
                user: self.id,
                at: world.now(),
                answered: Answered::NotYet,
                after: None,
                callback: None,
                shown: Vec::new(),
                private: false,
            };
            world.interactions.insert(id, asked);
            if world.interactions_endpoint.is_none() {
                world.dispatch(guild.unwrap_or(0), 0, "INTERACTION_CREATE", &told);
            }
            id
        });
        Asked { shared: Arc::clone(&self.shared), id }
    }

    /// The shard that hears what this person does in the server, of this many.
    pub fn shard_in_guild(shards: u32) -> u32 {
        shard_of(GUILD, shards)
    }

    /// What the bot wrote in the talk, in order, as far as it is there.
    pub fn shown(&self) -> Vec<String> {
        self.messages().iter().map(|message| message["content"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The bot's messages in the talk, whole.
    pub fn messages(&self) -> Vec<Value> {
        self.shared.with(|world| {
            let channel = world.dm(self.id);
            let bot = BOT.to_string();
            let of_bot = |message: &&Value| message["author"]["id"].as_str() == Some(bot.as_str());
            world.channels[&channel].messages.iter().filter(of_bot).cloned().collect()
        })
    }

    /// Everything this person sees, in order: both sides of the talk, then what was answered to its commands.
    pub fn transcript(&self) -> Vec<String> {
        self.shared.with(|world| {
            let channel = world.dm(self.id);
            let talk = world.channels[&channel].messages.iter().map(|message| {
                let who = message["author"]["username"].as_str().unwrap_or_default();
                format!("{who}: {}", message["content"].as_str().unwrap_or_default())
            });
            let mut seen: Vec<String> = talk.collect();
            // Others see nothing of a private answer; a public one would be in the server's channel.
            let asked = world.interactions.values().filter(|asked| asked.user == self.id || !asked.private);
            seen.extend(asked.filter_map(|asked| asked.shown.last()).map(|words| format!("answer: {words}")));
            seen
        })
    }

    /// Waits until the bot has written `count` messages here.
    ///
    /// # Panics
    /// When it hasn't within a minute.
    pub async fn wait_shown(&self, count: usize) -> Vec<String> {
        let what = format!("{count} messages of the bot");
        wait(&what, || self.shown().len() >= count).await;
        self.shown()
    }

    /// How often the bot was shown as typing here.
    pub fn saw_typing(&self) -> usize {
        self.shared.with(|world| {
            let channel = world.dm(self.id);
            world.typing.iter().filter(|typing| **typing == channel).count()
        })
    }
}

/// The data that pressing each choice of a message sends.
fn choices(message: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for row in message["components"].as_array().into_iter().flatten() {
        for one in row["components"].as_array().into_iter().flatten() {
            let name = &one["custom_id"];
            if one["type"] == 2 {
                all.push(json!({"custom_id": name, "component_type": 2, "id": one["id"]}));
            }
            for option in one["options"].as_array().into_iter().flatten() {
                let values = [option["value"].clone()];
                all.push(json!({"custom_id": name, "component_type": 3, "id": one["id"], "values": values}));
            }
        }
    }
    all
}

impl Asked {
    fn look<T>(&self, at: impl FnOnce(&Interaction, i64) -> T) -> T {
        self.shared.with(|world| at(&world.interactions[&self.id], world.now()))
    }

    /// The interaction's id.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The first answer's type and how long it took: 4 a message, 5 "thinking", 6 nothing to see.
    pub fn first_answer(&self) -> Option<(u64, Duration)> {
        self.look(|asked, _| {
            let after = u64::try_from(asked.after?).unwrap_or(0);
            Some((asked.callback?, Duration::from_millis(after)))
        })
    }

    /// The app says "the application did not respond": no answer came in time.
    pub fn failed(&self) -> bool {
        self.look(|asked, now| asked.answered == Answered::NotYet && now - asked.at > ANSWER_WITHIN)
    }

    /// What the one who asked saw in answer, each change an entry of its own.
    pub fn shown(&self) -> Vec<String> {
        self.look(|asked, _| asked.shown.clone())
    }

    /// Nobody else sees the answer.
    pub fn is_private(&self) -> bool {
        self.look(|asked, _| asked.private)
    }

    /// Waits until the one who asked saw `count` answers.
    ///
    /// # Panics
    /// When they don't come within a minute.
    pub async fn wait_shown(&self, count: usize) -> Vec<String> {
        wait("an answer to an interaction", || self.shown().len() >= count).await;
        self.shown()
    }

    /// Waits until a first answer came, be it only "thinking".
    ///
    /// # Panics
    /// When it doesn't within a minute.
    pub async fn wait_answered(&self) -> (u64, Duration) {
        wait("a first answer to an interaction", || self.first_answer().is_some()).await;
        self.first_answer().unwrap_or_default()
    }
}
