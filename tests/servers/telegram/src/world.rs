//! Everything the platform knows: chats, messages, the bot's queue of updates, its webhook, its files.
//!
//! Time stands still until a test moves it. Read next: `polling.rs`.

use crate::server::Call;
use crate::spec::Spec;
use crate::trouble::Faults;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// How long the platform keeps an update that nobody fetched.
pub(crate) const KEPT: i64 = 24 * 60 * 60;
/// Kinds of update that come only when asked for by name.
const ASKED_FOR: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
/// When the tests' time begins.
const BEGIN: i64 = 1_767_225_600;

/// One update that waits.
#[derive(Debug, Clone)]
pub(crate) struct Queued {
    pub(crate) id: i64,
    pub(crate) since: i64,
    pub(crate) raw: String,
}

/// One chat with the bot.
#[derive(Debug)]
pub(crate) struct Chat {
    /// As in `Message.chat`.
    pub(crate) value: Value,
    /// The person of a private chat, as in `Message.from`.
    pub(crate) person: Value,
    pub(crate) started: bool,
    pub(crate) blocked: bool,
    pub(crate) typing: usize,
    pub(crate) said: Vec<Said>,
}

/// One message in a chat.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) id: i64,
    pub(crate) by_bot: bool,
    pub(crate) deleted: bool,
    pub(crate) value: Value,
}

/// Where updates are pushed.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) secret: Option<String>,
    pub(crate) connections: i64,
    pub(crate) last_error: Option<(i64, String)>,
}

/// A file that somebody sent.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) spec: Option<Spec>,
    pub(crate) now: i64,
    /// Added to every date the platform tells.
    pub(crate) shift: i64,
    pub(crate) token_works: bool,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) queue: Vec<Queued>,
    pub(crate) last: Option<Queued>,
    /// Delivered once more, whatever is confirmed.
    pub(crate) replays: Vec<Queued>,
    /// The two updates from this number on are delivered the other way round.
    pub(crate) swap: Option<i64>,
    pub(crate) allowed: Option<Vec<String>>,
    pub(crate) hook: Option<Hook>,
    pub(crate) queries: HashMap<String, bool>,
    pub(crate) commands: BTreeMap<String, Value>,
    pub(crate) files: BTreeMap<String, Kept>,
    pub(crate) faults: Faults,
    pub(crate) calls: Vec<Call>,
    pub(crate) violations: Vec<String>,
    /// The number of the newest `getUpdates`, of the one that waits, and of those that stay silent.
    pub(crate) polls: u64,
    pub(crate) waiting: Option<u64>,
    pub(crate) deaf: u64,
    pub(crate) next_update: i64,
    next_number: i64,
}

impl World {
    pub(crate) fn new(spec: Option<Spec>) -> Self {
        Self {
            spec,
            now: BEGIN,
            shift: 0,
            token_works: true,
            chats: BTreeMap::new(),
            queue: Vec::new(),
            last: None,
            replays: Vec::new(),
            swap: None,
            allowed: None,
            hook: None,
            queries: HashMap::new(),
            commands: BTreeMap::new(),
            files: BTreeMap::new(),
            faults: Faults::default(),
            calls: Vec::new(),
            violations: Vec::new(),
            polls: 0,
            waiting: None,
            deaf: 0,
            next_update: 4_000_001,
            next_number: 0,
        }
    }

    /// The time the platform tells.
    pub(crate) const fn date(&self) -> i64 {
        self.now + self.shift
    }

    /// A fresh number: messages, people, files and queries share one row.
    pub(crate) const fn number(&mut self) -> i64 {
        self.next_number += 1;
        self.next_number
    }

    /// Queues an update of the platform's own, checked against its description.
    pub(crate) fn push(&mut self, kind: &str, body: Value) {
        let wanted = match &self.allowed {
            Some(kinds) => kinds.iter().any(|allowed| allowed == kind),
            None => !ASKED_FOR.contains(&kind),
        };
        if !wanted {
            return;
        }
        let update = json!({ "update_id": self.next_update, kind: body });
        if let Some(Err(why)) = self.spec.as_ref().map(|spec| spec.check_type("Update", &update)) {
            self.violations.push(format!("an update of ours: {why}"));
        }
        self.push_raw(update.to_string());
    }

    /// Queues whatever it is under the next number.
    pub(crate) fn push_raw(&mut self, raw: String) {
        let queued = Queued { id: self.next_update, since: self.now, raw };
        self.next_update += 1;
        self.last = Some(queued.clone());
        self.queue.push(queued);
    }

    /// Forgets what nobody fetched for a day.
    pub(crate) fn expire(&mut self) {
        let now = self.now;
        self.queue.retain(|queued| queued.since + KEPT > now);
    }

    /// Forgets what is confirmed by asking for this offset.
    pub(crate) fn confirm(&mut self, offset: i64) {
        if offset > 0 {
            self.queue.retain(|queued| queued.id >= offset);
        } else if offset < 0 {
            let keep = usize::try_from(-offset).unwrap_or(0);
            let surplus = self.queue.len().saturating_sub(keep);
            self.queue.drain(..surplus);
        }
    }

    /// What is delivered next to a poll.
    pub(crate) fn deliverable(&mut self, limit: usize) -> Vec<Queued> {
        self.put_in_order();
        let from = self.swap.unwrap_or(i64::MAX);
        let ready = self.queue.iter().filter(|queued| queued.id < from);
        let mut found: Vec<Queued> = ready.take(limit).cloned().collect();
        if found.len() == self.queue.len() {
            found.append(&mut self.replays);
        }
        found
    }

    /// What is pushed next.
    pub(crate) fn next_push(&mut self) -> Option<Queued> {
        self.put_in_order();
        if self.queue.is_empty() && !self.replays.is_empty() {
            return Some(self.replays.remove(0));
        }
        let from = self.swap.unwrap_or(i64::MAX);
        self.queue.first().filter(|first| first.id < from).cloned()
    }

    /// Lets go what is too old, and swaps the two that wait to be swapped, once both are there.
    fn put_in_order(&mut self) {
        self.expire();
        let Some(from) = self.swap else { return };
        let waiting = self.queue.iter().position(|queued| queued.id >= from);
        if let Some(at) = waiting.filter(|at| at + 1 < self.queue.len()) {
            self.queue.swap(at, at + 1);
            self.swap = None;
        }
    }

    pub(crate) fn bot(&self) -> Value {
        json!({ "id": crate::server::BOT, "is_bot": true, "first_name": "Helpline", "username": "helpline_test_bot" })
    }
}
