//! The gateway: HELLO, IDENTIFY, READY, heartbeats, RESUME with replay, shards and intents.
//!
//! A session outlives its connection and keeps what it was told, so that a resume can repeat it. It must
//! never tell a session what its intents or its shard don't entitle it to. Read next: `child.rs`.

use crate::Shared;
use crate::world::{BOT, GUILD, World};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const DIRECT_MESSAGES: u64 = 1 << 12;
const GUILD_MESSAGES: u64 = 1 << 9;
const MESSAGE_CONTENT: u64 = 1 << 15;
/// Members and presences: asked for by nobody here.
const OTHER_PRIVILEGED: u64 = (1 << 1) | (1 << 8);

/// What goes out on a connection.
#[derive(Debug)]
pub(crate) enum Out {
    Frame(Value),
    /// As it is, whatever it is.
    Raw(String),
    Close(u16, &'static str),
}

/// One identified session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) shard: (u32, u32),
    pub(crate) intents: u64,
    pub(crate) log: Vec<Value>,
    pub(crate) seq: u64,
    /// The open connection.
    pub(crate) out: Option<mpsc::UnboundedSender<Out>>,
    /// The connection is open and says nothing more.
    pub(crate) half_open: bool,
}

/// Which shard a server belongs to.
pub(crate) const fn shard_of(guild: u64, shards: u32) -> u32 {
    ((guild >> 22) % shards as u64) as u32
}

impl World {
    /// Tells an event to every session of the shard that has the intent. `guild`: 0 for direct messages,
    /// which only the first shard hears.
    pub(crate) fn dispatch(&mut self, guild: u64, intent: u64, name: &str, data: &Value) {
        for session in self.sessions.values_mut() {
            let right_shard = session.shard.0 == if guild == 0 { 0 } else { shard_of(guild, session.shard.1) };
            if !right_shard || (intent != 0 && session.intents & intent == 0) {
                continue;
            }
            let mut data = data.clone();
            if guild != 0 && session.intents & MESSAGE_CONTENT == 0 && name.starts_with("MESSAGE_") {
                for hidden in ["content", "attachments", "embeds", "components"] {
                    if let Some(field) = data.get_mut(hidden) {
                        *field = if field.is_array() { json!([]) } else { json!("") };
                    }
                }
            }
            session.tell(name, data);
        }
    }

    /// An event about a direct message.
    pub(crate) fn dispatch_direct(&mut self, name: &'static str, data: Value) {
        if self.faults.swap {
            self.held_back.push_back((0, DIRECT_MESSAGES, name, data));
            if self.held_back.len() == 2 {
                self.faults.swap = false;
                while let Some((_, intent, name, data)) = self.held_back.pop_back() {
                    self.dispatch(0, intent, name, &data);
                }
            }
            return;
        }
        self.dispatch(0, DIRECT_MESSAGES, name, &data);
    }

    /// A message in the server's open channel.
    pub(crate) fn dispatch_in_guild(&mut self, name: &'static str, data: &Value) {
        self.dispatch(GUILD, GUILD_MESSAGES, name, data);
    }

    /// Something sent on every open connection as it is.
    pub(crate) fn tell_raw(&mut self, text: &str) {
        for session in self.sessions.values_mut() {
            session.send(Out::Raw(text.to_owned()));
        }
    }

    fn ready(&mut self, id: &str, shard: (u32, u32)) -> Value {
        let guilds: Vec<Value> = if self.in_guilds && shard_of(GUILD, shard.1) == shard.0 {
            vec![json!({"id": GUILD.to_string(), "unavailable": true})]
        } else {
            Vec::new()
        };
        json!({
            "v": 10, "user": self.user(BOT), "guilds": guilds, "session_id": id, "shard": [shard.0, shard.1],
            "resume_gateway_url": format!("{}/resume", self.base.replace("http", "ws")),
            "application": {"id": BOT.to_string(), "flags": 0}, "private_channels": [], "session_type": "normal",
        })
    }
}

impl Session {
    /// Numbers an event, keeps it and sends it.
    pub(crate) fn tell(&mut self, name: &str, data: Value) {
        self.seq += 1;
        let frame = json!({"op": 0, "s": self.seq, "t": name, "d": data});
        self.log.push(frame.clone());
        self.send(Out::Frame(frame));
    }

    pub(crate) fn send(&mut self, out: Out) {
        if !self.half_open
            && let Some(way) = &self.out
            && way.send(out).is_err()
        {
            self.out = None;
        }
    }
}

/// One connection, until either side ends it.
pub(crate) async fn connection(shared: Arc<Shared>, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let (way, mut out) = mpsc::unbounded_channel();
    let heartbeat = shared.with(|world| world.heartbeat);
    let hello = json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": heartbeat}});
    drop(way.send(Out::Frame(hello)));
    let mut session: Option<String> = None;
    // Real Discord closes a connection whose client stops beating.
    let patience = Duration::from_millis(heartbeat * 2);
    loop {
        tokio::select! {
            said = tokio::time::timeout(patience, stream.next()) => match said {
                Ok(Some(Ok(Message::Text(text)))) => heard(&shared, &way, &mut session, &text),
                Ok(Some(Ok(Message::Close(frame)))) => {
                    let code = frame.map_or(1005, |frame| frame.code);
                    if matches!(code, 1000 | 1001) && let Some(id) = &session {
                        shared.with(|world| world.sessions.remove(id));
                    }
                    break;
                }
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(_)) | None) => break,
                Err(_) => drop(way.send(Out::Close(4009, "session timed out"))),
            },
            next = out.recv() => {
                let (message, last) = match next {
                    Some(Out::Frame(frame)) => (Message::text(frame.to_string()), false),
                    Some(Out::Raw(text)) => (Message::text(text), false),
                    Some(Out::Close(code, reason)) => {
                        (Message::Close(Some(CloseFrame { code, reason: reason.into() })), true)
                    }
                    None => break,
                };
                if sink.send(message).await.is_err() || last {
                    break;
                }
            }
        }
    }
    let gone = |world: &mut World| {
        if let Some(session) = session.as_ref().and_then(|id| world.sessions.get_mut(id)) {
            // A newer connection may have taken the session over.
            if session.out.as_ref().is_some_and(|open| open.same_channel(&way)) {
                session.out = None;
            }
        }
    };
    shared.with(gone);
}

fn heard(shared: &Shared, way: &mpsc::UnboundedSender<Out>, session: &mut Option<String>, text: &str) {
    let said: Value = serde_json::from_str(text).unwrap_or_default();
    let answer = shared.with(|world| match said["op"].as_u64() {
        Some(1) => {
            let quiet = world.faults.no_acks
                || session.as_ref().and_then(|id| world.sessions.get(id)).is_some_and(|session| session.half_open);
            (!quiet).then(|| Out::Frame(json!({"op": 11})))
        }
        Some(2) if session.is_none() => identify(world, way, session, &said["d"]),
        Some(6) if session.is_none() => resume(world, way, session, &said["d"]),
        Some(2 | 6) => Some(Out::Close(4005, "already authenticated")),
        Some(3) => None,
        Some(_) => Some(Out::Close(4001, "unknown opcode")),
        None => Some(Out::Close(4002, "decode error")),
    });
    if let Some(answer) = answer {
        drop(way.send(answer));
    }
}

fn identify(
    world: &mut World,
    way: &mpsc::UnboundedSender<Out>,
    session: &mut Option<String>,
    data: &Value,
) -> Option<Out> {
    let shard = match data.get("shard").and_then(Value::as_array) {
        Some(pair) => (number(pair.first()), number(pair.get(1))),
        None => (0, 1),
    };
    world.log.push(format!("identify {} of {}", shard.0, shard.1));
    if data["token"].as_str().map(|token| token.trim_start_matches("Bot ")) != Some(world.token.as_str()) {
        return Some(Out::Close(4004, "authentication failed"));
    }
    let Some(intents) = data["intents"].as_u64() else {
        return Some(Out::Close(4013, "invalid intents"));
    };
    let privileged = OTHER_PRIVILEGED | if world.content_approved { 0 } else { MESSAGE_CONTENT };
    if intents & privileged != 0 {
        return Some(Out::Close(4014, "disallowed intents"));
    }
    if shard.1 == 0 || shard.0 >= shard.1 {
        return Some(Out::Close(4010, "invalid shard"));
    }
    for asked in ["os", "browser", "device"] {
        if !data["properties"][asked].is_string() {
            world.violations.push(format!("IDENTIFY lacks properties.{asked}"));
        }
    }
    world.identifies_left = world.identifies_left.saturating_sub(1);
    let id = format!("session{}", world.id());
    let ready = world.ready(&id, shard);
    let out = Some(way.clone());
    let mut made = Session { shard, intents, log: Vec::new(), seq: 0, out, half_open: false };
    made.tell("READY", ready);
    world.sessions.insert(id.clone(), made);
    *session = Some(id);
    None
}

fn resume(
    world: &mut World,
    way: &mpsc::UnboundedSender<Out>,
    session: &mut Option<String>,
    data: &Value,
) -> Option<Out> {
    if data["token"].as_str().map(|token| token.trim_start_matches("Bot ")) != Some(world.token.as_str()) {
        return Some(Out::Close(4004, "authentication failed"));
    }
    let id = data["session_id"].as_str().unwrap_or_default().to_owned();
    let seq = data["seq"].as_u64().unwrap_or(0);
    let Some(known) = world.sessions.get_mut(&id) else {
        world.log.push("resume refused".to_owned());
        return Some(Out::Frame(json!({"op": 9, "d": false})));
    };
    if seq > known.seq {
        return Some(Out::Close(4007, "invalid seq"));
    }
    known.out = Some(way.clone());
    known.half_open = false;
    let missed: Vec<Value> =
        known.log.iter().filter(|frame| frame["s"].as_u64().is_some_and(|s| s > seq)).cloned().collect();
    world.log.push(format!("resume with {} missed", missed.len()));
    for frame in missed {
        drop(way.send(Out::Frame(frame)));
    }
    known.tell("RESUMED", json!({}));
    *session = Some(id);
    None
}

fn number(value: Option<&Value>) -> u32 {
    value.and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}
