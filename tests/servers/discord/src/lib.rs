//! A server that speaks Discord's REST and gateway as their public description says, for tests only.
//!
//! It plays children and misbehaves on request, all on loopback. What it doesn't show of the real one:
//! flood limits as they are set there, the approval of intents, the expiry of file links, the defence
//! against spam, fields that aren't described. It must never be shaped to one client.
//! Read next: `world.rs`, then `rest.rs`, `gateway.rs`, `child.rs`.

mod child;
mod front;
mod gateway;
mod rest;
mod spec;
mod world;
mod wrong;

pub use child::{Asked, Child};
pub use world::Seen;

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, WebSocketUpgrade};
use axum::response::{IntoResponse as _, Response};
use front::Front;
use gateway::Out;
use serde_json::Value;
use spec::Spec;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;
use world::World;

/// What all parts share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    spec: Option<Spec>,
    started: std::time::Instant,
    /// Milliseconds that a test let pass at once.
    skipped: Mutex<i64>,
}

/// The platform's first millisecond.
const BEGIN: i64 = 1_767_225_600_000;

impl Shared {
    /// One step.
    pub(crate) fn with<T>(&self, step: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let skipped = *self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(0);
        world.set_now(BEGIN + passed + skipped);
        step(&mut world)
    }
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct DiscordServer {
    shared: Arc<Shared>,
    front: Front,
    behind: JoinHandle<()>,
}

impl Drop for DiscordServer {
    fn drop(&mut self) {
        self.behind.abort();
    }
}

impl DiscordServer {
    /// Starts on a free port of loopback; the bot's token is `token`.
    ///
    /// # Panics
    /// When no port can be had, or the folder in `PASSERELLE_SPECS` holds no readable description.
    #[allow(clippy::expect_used, reason = "a test can't go on without its server")]
    #[allow(clippy::disallowed_methods, reason = "the platform's own clock, which the test can move")]
    pub async fn start(token: &str) -> Self {
        let shared = Arc::new(Shared {
            world: Mutex::new(World::new(token)),
            spec: Spec::load(),
            started: std::time::Instant::now(),
            skipped: Mutex::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let inner = listener.local_addr().expect("a bound port has an address");
        let for_routes = Arc::clone(&shared);
        let routes = Router::new().fallback(move |request: Request| answer(Arc::clone(&for_routes), request));
        let behind = tokio::spawn(async move { drop(axum::serve(listener, routes).await) });
        let front = Front::open(inner).await.expect("a free port");
        let url = format!("http://{}", front.address());
        shared.with(|world| world.base = url);
        Self { shared, front, behind }
    }

    /// Where it answers: `http://127.0.0.1:PORT`. REST is under `/api/v10`.
    pub fn url(&self) -> String {
        self.shared.with(|world| world.base.clone())
    }

    /// A person who is in a server with the bot and takes direct messages. `locale`: `en-US`, `fr`…
    pub fn child(&self, name: &str, locale: &str) -> Child {
        Child::new(Arc::clone(&self.shared), name, locale)
    }

    /// A person known by an id, as when a test starts again with the same people.
    pub fn child_again(&self, id: u64) -> Child {
        Child::known(Arc::clone(&self.shared), id)
    }

    /// Lets this much time pass on the platform at once.
    pub fn advance(&self, by: std::time::Duration) {
        *self.shared.skipped.lock().unwrap_or_else(PoisonError::into_inner) +=
            i64::try_from(by.as_millis()).unwrap_or(0);
        self.shared.with(|_| ());
    }

    /// How often the gateway wants a heartbeat, for new connections.
    pub fn heartbeat_every(&self, every: std::time::Duration) {
        self.shared.with(|world| world.heartbeat = u64::try_from(every.as_millis()).unwrap_or(41_250));
    }

    /// How many shards the platform recommends.
    pub fn recommend_shards(&self, shards: u32) {
        self.shared.with(|world| world.shards = shards);
    }

    /// Names another gateway than its own.
    pub fn name_gateway(&self, url: &str) {
        self.shared.with(|world| world.gateway = Some(url.to_owned()));
    }

    /// The operator was granted the intent to read messages in servers.
    pub fn approve_content(&self) {
        self.shared.with(|world| world.content_approved = true);
    }

    /// The operator entered an address for interactions, which takes them away from the gateway.
    pub fn set_interactions_endpoint(&self, url: Option<&str>) {
        self.shared.with(|world| world.interactions_endpoint = url.map(str::to_owned));
    }

    /// Is the bot in any server?
    pub fn bot_in_guilds(&self, is: bool) {
        self.shared.with(|world| world.in_guilds = is);
    }

    /// Connections are refused, and open ones are cut, until [`Self::up`].
    pub async fn down(&self) {
        self.front.close().await;
    }

    /// The end of [`Self::down`].
    ///
    /// # Panics
    /// When the port was taken meanwhile.
    #[allow(clippy::expect_used, reason = "a test can't go on without its server")]
    pub async fn up(&self) {
        self.front.reopen().await.expect("the port is free again");
    }

    /// Cuts every open connection; new ones are taken.
    pub fn cut(&self) {
        self.front.cut();
    }

    /// The next `count` posts of messages are answered with 429 and this time to wait.
    pub fn rate_limit(&self, count: usize, retry_after: std::time::Duration, global: bool) {
        self.shared.with(|world| {
            world.faults.rate_limited = count;
            world.faults.retry_after = retry_after.as_secs_f64();
            world.faults.global = global;
        });
    }

    /// Each channel takes this many posts in this time; `None`: as many as come.
    pub fn bucket(&self, limit: Option<(usize, std::time::Duration)>) {
        let limit = limit.map(|(count, window)| (count, i64::try_from(window.as_millis()).unwrap_or(0)));
        self.shared.with(|world| world.bucket_limit = limit);
    }

    /// Faults hit only requests whose path holds this; at first, posts of messages.
    pub fn faults_only(&self, path: &str) {
        self.shared.with(|world| path.clone_into(&mut world.faults.only));
    }

    /// The next `count` requests are done, but never answered.
    pub fn lose_answers(&self, count: usize) {
        self.shared.with(|world| world.faults.answers_lost = count);
    }

    /// The next `count` requests are done and answered with what isn't JSON.
    pub fn garble_answers(&self, count: usize) {
        self.shared.with(|world| world.faults.answers_garbled = count);
    }

    /// The next `count` requests are answered with 502 and not done.
    pub fn server_faults(&self, count: usize) {
        self.shared.with(|world| world.faults.server_faults = count);
    }

    /// Heartbeats aren't acknowledged, on old connections and new.
    pub fn no_acks(&self, no: bool) {
        self.shared.with(|world| world.faults.no_acks = no);
    }

    /// Open gateway connections stay open and say nothing more; new ones work.
    pub fn half_open(&self) {
        self.shared.with(|world| world.sessions.values_mut().for_each(|session| session.half_open = true));
    }

    /// Asks every connection to come again (op 7).
    pub fn ask_to_reconnect(&self) {
        let again = serde_json::json!({"op": 7, "d": null});
        self.shared.with(|world| {
            world.sessions.values_mut().for_each(|session| session.send(Out::Frame(again.clone())));
        });
    }

    /// Forgets every session: those connected are told (op 9), a resume is refused.
    pub fn forget_sessions(&self) {
        self.shared.with(|world| {
            for (_, mut session) in std::mem::take(&mut world.sessions) {
                session.send(Out::Frame(serde_json::json!({"op": 9, "d": false})));
            }
        });
    }

    /// The next two direct messages are told the other way round.
    pub fn swap_next_two(&self) {
        self.shared.with(|world| world.faults.swap = true);
    }

    /// The times it tells are off by this many milliseconds; ids go on rising.
    pub fn skew(&self, millis: i64) {
        self.shared.with(|world| world.faults.skew = millis);
    }

    /// Tells everyone an event of any name and shape, numbered like others.
    pub fn dispatch(&self, name: &str, data: &Value) {
        self.shared.with(|world| world.dispatch(0, 0, name, data));
    }

    /// Sends this text on every open gateway connection, whatever it is.
    pub fn send_raw(&self, text: &str) {
        self.shared.with(|world| world.tell_raw(text));
    }

    /// Repeats the last event that isn't of the bot's own doing, under a new number.
    pub fn repeat_last(&self) {
        self.shared.with(|world| {
            for session in world.sessions.values_mut() {
                let spoken = |frame: &&Value| {
                    let by_bot = frame.pointer("/d/author/bot") == Some(&Value::Bool(true));
                    !by_bot && !matches!(frame["t"].as_str(), Some("READY" | "RESUMED"))
                };
                if let Some(last) = session.log.iter().rev().find(spoken).cloned() {
                    session.tell(last["t"].as_str().unwrap_or_default(), last["d"].clone());
                }
            }
        });
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.with(|world| world.seen.clone())
    }

    /// What the gateway noted: `identify 0 of 1`, `resume with 2 missed`, `resume refused`.
    pub fn gateway_log(&self) -> Vec<String> {
        self.shared.with(|world| world.log.clone())
    }

    /// What came that the platform's description doesn't allow. Empty in a good run.
    pub fn violations(&self) -> Vec<String> {
        self.shared.with(|world| world.violations.clone())
    }

    /// The commands registered.
    pub fn commands(&self) -> Vec<Value> {
        self.shared.with(|world| world.commands.clone())
    }

    /// How many gateway connections are open.
    pub fn connected(&self) -> usize {
        self.shared.with(|world| world.sessions.values().filter(|session| session.out.is_some()).count())
    }

    /// Waits until something holds.
    ///
    /// # Panics
    /// When it doesn't within a minute.
    pub async fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        wait(what, || holds(self)).await;
    }
}

/// Looks every few milliseconds until something holds.
pub(crate) async fn wait(what: &str, holds: impl Fn() -> bool) {
    let mut look = tokio::time::interval(std::time::Duration::from_millis(5));
    let waiting = async {
        while !holds() {
            look.tick().await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.is_ok();
    assert!(in_time, "{what} didn't come");
}

/// A websocket or a REST request.
async fn answer(shared: Arc<Shared>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/api/") {
        return rest::answer(shared, request).await;
    }
    if !matches!(path.as_str(), "/" | "/resume" | "/resume/") {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    }
    let (mut parts, _) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    shared.with(|world| {
        world.log.push(format!("connect {path}"));
        if !query.split('&').any(|pair| pair == "v=10") {
            world.violations.push("the gateway's address must say v=10".to_owned());
        }
        if query.contains("compress=") {
            world.violations.push("transport compression isn't spoken here".to_owned());
        }
    });
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| gateway::connection(shared, socket)),
        Err(refused) => refused.into_response(),
    }
}
