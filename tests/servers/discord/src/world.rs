//! Everything the platform knows: people, talks, interactions, sessions, and what shall go wrong.
//!
//! One lock holds it all, so that each request is one step. It must never wait. Read next: `rest.rs`.

use crate::gateway::Session;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Discord counts its milliseconds from the first second of 2015.
const DISCORD_EPOCH: i64 = 1_420_070_400_000;
/// How long a nonce is remembered: "the past few minutes".
pub(crate) const NONCE_LASTS: i64 = 3 * 60 * 1_000;
/// An interaction must be answered in this time.
pub(crate) const ANSWER_WITHIN: i64 = 3_000;
/// An interaction's token works for this long.
pub(crate) const TOKEN_LASTS: i64 = 15 * 60 * 1_000;

/// The bot's own user and application.
pub(crate) const BOT: u64 = 900_000_000_000_000_001;
/// The one server that the bot and, unless told otherwise, everyone is in.
pub(crate) const GUILD: u64 = 800_000_000_000_000_001;
/// That server's open channel.
pub(crate) const LOBBY: u64 = 800_000_000_000_000_002;

/// A person.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) locale: String,
    /// Takes direct messages from the bot.
    pub(crate) open: bool,
    /// Is in a server with the bot.
    pub(crate) mutual: bool,
}

/// A talk of two, or the server's open channel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channel {
    /// The other side; `None` in a server's channel.
    pub(crate) user: Option<u64>,
    pub(crate) messages: Vec<Value>,
}

/// What became of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    NotYet,
    Deferred,
    Done,
}

/// A command or a press, waiting for its answer.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) token: String,
    pub(crate) user: u64,
    pub(crate) at: i64,
    pub(crate) answered: Answered,
    /// When the first answer came, after how many milliseconds.
    pub(crate) after: Option<i64>,
    /// The first answer's type.
    pub(crate) callback: Option<u64>,
    /// What the one who asked sees; each change is a new entry.
    pub(crate) shown: Vec<String>,
    /// Nobody else sees it.
    pub(crate) private: bool,
}

/// What shall go wrong, and how often.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    pub(crate) rate_limited: usize,
    pub(crate) retry_after: f64,
    pub(crate) global: bool,
    pub(crate) answers_lost: usize,
    pub(crate) answers_garbled: usize,
    pub(crate) server_faults: usize,
    /// Only these paths suffer; empty: posts of messages.
    pub(crate) only: String,
    /// Gateway heartbeats aren't acknowledged.
    pub(crate) no_acks: bool,
    /// Added to the times told, not to ids.
    pub(crate) skew: i64,
    /// The next two messages swap places on their way.
    pub(crate) swap: bool,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path, after `/api/v10`.
    pub path: String,
    /// The body; null when there was none.
    pub body: Value,
}

/// A bucket of requests: how many in how long.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bucket {
    pub(crate) used: usize,
    pub(crate) since: i64,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) token: String,
    pub(crate) base: String,
    /// The gateway's address that is named, when it isn't this server's own.
    pub(crate) gateway: Option<String>,
    pub(crate) shards: u32,
    pub(crate) heartbeat: u64,
    /// What the application may ask of the gateway beyond the harmless: message content.
    pub(crate) content_approved: bool,
    pub(crate) interactions_endpoint: Option<String>,
    pub(crate) in_guilds: bool,
    pub(crate) identifies_left: u32,
    pub(crate) users: BTreeMap<u64, User>,
    pub(crate) channels: BTreeMap<u64, Channel>,
    pub(crate) interactions: BTreeMap<u64, Interaction>,
    pub(crate) commands: Vec<Value>,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) nonces: BTreeMap<(u64, String), (u64, i64)>,
    pub(crate) faults: Faults,
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// Requests a channel takes in a window of milliseconds.
    pub(crate) bucket_limit: Option<(usize, i64)>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) violations: Vec<String>,
    pub(crate) log: Vec<String>,
    pub(crate) typing: Vec<u64>,
    /// A message that no description allows is among the talks.
    pub(crate) junk: bool,
    pub(crate) held_back: VecDeque<(u32, u64, &'static str, Value)>,
    now: i64,
    last_id: u64,
}

impl World {
    pub(crate) fn new(token: &str) -> Self {
        let lobby = Channel::default();
        Self {
            token: token.to_owned(),
            base: String::new(),
            gateway: None,
            shards: 1,
            heartbeat: 41_250,
            content_approved: false,
            interactions_endpoint: None,
            in_guilds: true,
            identifies_left: 1_000,
            users: BTreeMap::new(),
            channels: BTreeMap::from([(LOBBY, lobby)]),
            interactions: BTreeMap::new(),
            commands: Vec::new(),
            sessions: BTreeMap::new(),
            nonces: BTreeMap::new(),
            faults: Faults::default(),
            buckets: BTreeMap::new(),
            bucket_limit: None,
            seen: Vec::new(),
            violations: Vec::new(),
            log: Vec::new(),
            typing: Vec::new(),
            junk: false,
            held_back: VecDeque::new(),
            now: 0,
            last_id: 0,
        }
    }

    /// The platform's time in milliseconds since 1970.
    pub(crate) const fn now(&self) -> i64 {
        self.now
    }

    /// Time goes on; never back.
    pub(crate) fn set_now(&mut self, now: i64) {
        self.now = self.now.max(now);
    }

    /// A fresh id: its upper bits are the time, and it is above all before it.
    pub(crate) fn id(&mut self) -> u64 {
        let millis = u64::try_from(self.now - DISCORD_EPOCH).unwrap_or(0);
        self.last_id = (self.last_id + 1).max(millis << 22);
        self.last_id
    }

    pub(crate) fn user(&self, id: u64) -> Value {
        let bot = id == BOT;
        let name = match self.users.get(&id) {
            Some(user) => user.name.clone(),
            None => "helpline".to_owned(),
        };
        json!({
            "id": id.to_string(), "username": name, "avatar": null, "discriminator": "0", "public_flags": 0,
            "flags": 0, "global_name": name, "primary_guild": null, "bot": bot,
        })
    }

    /// The talk between the bot and a person; made when it isn't there.
    pub(crate) fn dm(&mut self, user: u64) -> u64 {
        if let Some((id, _)) = self.channels.iter().find(|(_, channel)| channel.user == Some(user)) {
            return *id;
        }
        let id = self.id();
        self.channels.insert(id, Channel { user: Some(user), messages: Vec::new() });
        id
    }

    pub(crate) fn channel(&self, id: u64, user: u64) -> Value {
        json!({
            "id": id.to_string(), "type": 1, "flags": 0, "last_message_id": null, "recipients": [self.user(user)],
        })
    }

    /// A message as it is kept and told.
    pub(crate) fn message(&mut self, channel: u64, author: u64, content: &str, more: &Value) -> Value {
        let id = self.id();
        let mut message = json!({
            "id": id.to_string(), "channel_id": channel.to_string(), "type": 0, "content": content,
            "author": self.user(author), "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "timestamp": stamp(self.now + self.faults.skew), "edited_timestamp": null, "flags": 0,
            "components": [], "pinned": false, "mention_everyone": false, "tts": false,
        });
        merge(&mut message, more);
        message
    }

    /// Is the token of this interaction known and still good?
    pub(crate) fn by_token(&mut self, token: &str) -> Option<(u64, &mut Interaction)> {
        let now = self.now;
        let found = self.interactions.iter_mut().find(|(_, asked)| asked.token == token);
        found.filter(|(_, asked)| now - asked.at <= TOKEN_LASTS).map(|(id, asked)| (*id, asked))
    }
}

/// Copies the fields of `more` over those of `into`.
pub(crate) fn merge(into: &mut Value, more: &Value) {
    if let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) {
        for (key, value) in more {
            into.insert(key.clone(), value.clone());
        }
    }
}

/// A time as Discord writes it.
pub(crate) fn stamp(millis: i64) -> String {
    let (seconds, part) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{part:03}000+00:00")
}

/// Days since 1970 as a date of the Gregorian calendar.
fn date(days: i64) -> (i64, i64, i64) {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut left = days;
    let mut year = 1970;
    while left >= if is_leap(year) { 366 } else { 365 } {
        left -= if is_leap(year) { 366 } else { 365 };
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_discord_does() {
        assert_eq!(stamp(1_420_070_400_000), "2015-01-01T00:00:00.000000+00:00");
        assert_eq!(stamp(1_709_210_096_789), "2024-02-29T12:34:56.789000+00:00");
    }

    #[test]
    fn ids_only_rise() {
        let mut world = World::new("t");
        world.set_now(1_700_000_000_000);
        let first = world.id();
        let second = world.id();
        world.set_now(1_700_000_000_001);
        assert!(first < second && second < world.id());
    }
}
