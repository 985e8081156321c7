//! One shard's connection to the gateway: HELLO, IDENTIFY or RESUME, heartbeats, and events in their order.
//!
//! serenity's runner isn't used, because a child's words would get lost or logged in it: it starts a task
//! for each event, so that order is lost; an event that it can't parse is dropped, after its text went to the
//! log; it resumes behind what it received, not behind what was committed; and where it isn't told the
//! gateway's address it falls back to the public one. Here every event goes on whole, as JSON, with its number.
//! It must never log what an event holds. Read next: `receive.rs`.

use crate::asked::{Desk, Pending};
use crate::place::Session;
use crate::settings::{Pace, pause};
use adapter_api::AdapterError;
use domain::Confidential;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Interval, MissedTickBehavior};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Tries to connect before the house is told; it starts everything again after a pause.
const TRIES: usize = 3;

/// What a shard tells.
#[derive(Debug)]
pub(crate) enum News {
    /// A new session: what came before it isn't repeated.
    Ready { shard: u32, session: Session },
    /// A session went on; what was missed has been repeated.
    Resumed { shard: u32 },
    /// Something happened.
    Event { shard: u32, seq: u64, name: String, data: Value, pending: Option<Pending> },
}

/// Lets one IDENTIFY through at a time, with a pause between two.
#[derive(Debug, Clone)]
pub(crate) struct Identifies(Arc<Mutex<Interval>>);

impl Identifies {
    pub(crate) fn every(span: Duration) -> Self {
        let mut interval = tokio::time::interval(span.max(Duration::from_millis(1)));
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(Arc::new(Mutex::new(interval)))
    }

    async fn next(&self) {
        self.0.lock().await.tick().await;
    }
}

/// One shard.
pub(crate) struct Shard {
    pub(crate) number: u32,
    pub(crate) of: u32,
    pub(crate) token: Confidential<String>,
    pub(crate) intents: u64,
    /// Where a new session begins.
    pub(crate) url: String,
    /// To go on with, when there is one; `seq` is the last event received.
    pub(crate) session: Option<Session>,
    pub(crate) out: mpsc::Sender<News>,
    pub(crate) identifies: Identifies,
    pub(crate) desk: Desk,
    pub(crate) pace: Pace,
}

/// Why a connection ended.
enum End {
    /// Connect again; go on with the session when there is one.
    Again,
    /// The session is over.
    Anew,
    /// A person must act.
    Refused(&'static str),
    /// Nobody listens any more.
    Unheard,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What is known of the connection's health.
struct Pulse {
    beat: Interval,
    answered: bool,
}

impl Shard {
    /// Keeps the shard connected until it can't be.
    pub(crate) async fn run(mut self) -> AdapterError {
        let mut failed = 0;
        while failed < TRIES {
            failed += 1;
            let Some(mut socket) = self.connect().await else {
                // The address to resume at may be gone with its server.
                if let Some(session) = &mut self.session {
                    session.url.clone_from(&self.url);
                }
                continue;
            };
            let mut healthy = false;
            match self.listen(&mut socket, &mut healthy).await {
                End::Again => {}
                End::Anew => {
                    self.session = None;
                    pause(self.pace.refused).await;
                }
                End::Refused(why) => return AdapterError::Refused(why.to_owned()),
                End::Unheard => break,
            }
            // Only a connection that lasted: else a session refused again and again would use up the 1,000
            // IDENTIFYs that a day has. The house pauses before it starts us anew.
            if healthy {
                failed = 0;
            }
        }
        AdapterError::Unreachable("the gateway can't be reached or doesn't greet".to_owned())
    }

    async fn connect(&self) -> Option<Socket> {
        let base = self.session.as_ref().map_or(&self.url, |session| &session.url);
        let slash = if base.splitn(4, '/').count() < 4 { "/" } else { "" };
        let url = format!("{base}{slash}?v=10&encoding=json");
        let connecting = tokio_tungstenite::connect_async(url);
        let (socket, _) = tokio::time::timeout(self.pace.answer, connecting).await.ok()?.ok()?;
        Some(socket)
    }

    async fn listen(&mut self, socket: &mut Socket, healthy: &mut bool) -> End {
        let mut greeted = false;
        let Some(mut pulse) = self.greet(socket).await else { return End::Again };
        loop {
            let frame = tokio::select! {
                _ = pulse.beat.tick() => {
                    // Not answered since the last beat: the connection is dead, whatever it says.
                    if !pulse.answered {
                        return End::Again;
                    }
                    pulse.answered = false;
                    if self.beat(socket).await.is_none() {
                        return End::Again;
                    }
                    continue;
                }
                frame = socket.next() => frame,
            };
            let text = match frame {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(frame))) => return closed(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return End::Again,
            };
            let Ok(mut said) = serde_json::from_str::<Value>(&text) else {
                tracing::error!(shard = self.number, "Discord's gateway said something that isn't JSON");
                continue;
            };
            match said["op"].as_u64() {
                Some(0) => match self.event(socket, &mut pulse, &mut said, &mut greeted).await {
                    Ok(()) => {}
                    Err(end) => return end,
                },
                Some(1) => match self.beat(socket).await {
                    Some(()) => {}
                    None => return End::Again,
                },
                Some(7) => return End::Again,
                Some(9) => return if said["d"] == true { End::Again } else { End::Anew },
                Some(11) => {
                    pulse.answered = true;
                    *healthy = greeted;
                }
                _ => {}
            }
        }
    }

    /// Waits for HELLO and begins or goes on with a session.
    async fn greet(&self, socket: &mut Socket) -> Option<Pulse> {
        let hello = async {
            while let Some(Ok(frame)) = socket.next().await {
                let Message::Text(text) = frame else { continue };
                let said: Value = serde_json::from_str(&text).unwrap_or_default();
                if said["op"] == 10 {
                    return said.pointer("/d/heartbeat_interval").and_then(Value::as_u64);
                }
            }
            None
        };
        let every = tokio::time::timeout(self.pace.answer, hello).await.ok()??;
        let mut beat = tokio::time::interval(Duration::from_millis(every.max(10)));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is now; the first beat is due an interval later.
        beat.tick().await;
        let token = self.token.text().trim().trim_start_matches("Bot ");
        let first = match &self.session {
            Some(session) => {
                json!({"op": 6, "d": {"token": token, "session_id": session.id, "seq": session.seq}})
            }
            None => {
                self.identifies.next().await;
                let properties =
                    json!({"os": std::env::consts::OS, "browser": "passerelle", "device": "passerelle"});
                json!({"op": 2, "d": {
                    "token": token, "intents": self.intents, "properties": properties,
                    "shard": [self.number, self.of], "compress": false, "large_threshold": 50,
                }})
            }
        };
        say(socket, &first).await?;
        Some(Pulse { beat, answered: true })
    }

    async fn beat(&self, socket: &mut Socket) -> Option<()> {
        let seq = self.session.as_ref().map(|session| session.seq);
        say(socket, &json!({"op": 1, "d": seq})).await
    }

    async fn event(
        &mut self,
        socket: &mut Socket,
        pulse: &mut Pulse,
        said: &mut Value,
        greeted: &mut bool,
    ) -> Result<(), End> {
        let name = said["t"].as_str().unwrap_or_default().to_owned();
        let data = said["d"].take();
        let before = self.session.as_ref().map_or(0, |session| session.seq);
        let seq = said["s"].as_u64().unwrap_or(before);
        let news = match name.as_str() {
            "READY" => {
                *greeted = true;
                let Some(ready) = ready(self.number, seq, &data, &self.url) else {
                    tracing::error!("Discord's READY can't be read");
                    return Err(End::Anew);
                };
                if let News::Ready { session, .. } = &ready {
                    self.session = Some(session.clone());
                }
                ready
            }
            "RESUMED" => {
                *greeted = true;
                News::Resumed { shard: self.number }
            }
            _ => {
                let pending = (name == "INTERACTION_CREATE").then(|| self.desk.receive(&data)).flatten();
                News::Event { shard: self.number, seq, name, data, pending }
            }
        };
        if let Some(session) = &mut self.session {
            session.seq = seq;
        }
        // When the house is slow, the connection is kept alive meanwhile.
        loop {
            tokio::select! {
                place = self.out.reserve() => {
                    let Ok(place) = place else { return Err(End::Unheard) };
                    place.send(news);
                    return Ok(());
                }
                _ = pulse.beat.tick() => {
                    pulse.answered = true;
                    if self.beat(socket).await.is_none() {
                        // The event in hand stays unreceived: the resume brings it again.
                        if let Some(session) = &mut self.session {
                            session.seq = before;
                        }
                        return Err(End::Again);
                    }
                }
            }
        }
    }
}

fn ready(shard: u32, seq: u64, data: &Value, url: &str) -> Option<News> {
    let id = data["session_id"].as_str()?.to_owned();
    let url = data["resume_gateway_url"].as_str().unwrap_or(url).to_owned();
    Some(News::Ready { shard, session: Session { id, url, seq } })
}

async fn say(socket: &mut Socket, what: &Value) -> Option<()> {
    socket.send(Message::text(what.to_string())).await.ok()
}

/// What each close code asks for, as Discord's description says.
fn closed(code: Option<u16>) -> End {
    match code {
        Some(4004) => End::Refused("the bot's token isn't valid; make a new one under Bot, Reset Token"),
        Some(4010) => End::Refused("the number of shards isn't valid; leave `shards` out"),
        Some(4011) => End::Refused("the bot is in too many servers for so few shards; leave `shards` out"),
        Some(4012 | 4013) => End::Refused("Discord doesn't take this version or these intents; update Passerelle"),
        Some(4014) => End::Refused("an intent was asked for that the application doesn't have"),
        Some(4003 | 4007 | 4009) => End::Anew,
        _ => End::Again,
    }
}
