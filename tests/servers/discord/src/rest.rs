//! REST: what a bot for direct messages asks of Discord, strict about how it asks.
//!
//! Each request is first counted, then checked against the published description (`spec.rs`) and against
//! rules that the description doesn't hold, then done in one step, then answered or not, as the test wants.
//! Read next: `wrong.rs`, then `child.rs`.

use crate::Shared;
use crate::world::{ANSWER_WITHIN, Answered, BOT, GUILD, NONCE_LASTS, Seen, World, merge};
use crate::wrong::{Plan, bucket_headers, plan};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// Longest text of one message, in characters.
const TEXT: usize = 2_000;
const PRIVATE: u64 = 1 << 6;

/// A request as the handlers see it.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    /// The path in pieces, after `/api/v10`.
    pub(crate) path: Vec<&'a str>,
    query: &'a str,
    body: &'a Value,
}

/// An answer: status, body and what else stands in its head.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// The path as the description writes it.
    pub(crate) template: &'static str,
}

fn good(template: &'static str, body: Value) -> Answer {
    Answer { status: 200, body, template }
}

fn nothing(template: &'static str) -> Answer {
    Answer { status: 204, body: Value::Null, template }
}

pub(crate) fn bad(status: u16, code: u64, message: &str) -> Answer {
    Answer { status, body: json!({"code": code, "message": message}), template: "" }
}

pub(crate) async fn answer(shared: Arc<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, 1 << 20).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = parts.uri.path().trim_start_matches("/api").trim_start_matches("/v10").to_owned();
    let method = parts.method.as_str();
    let query = parts.uri.query().unwrap_or_default();
    let body: Value = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap_or(Value::String("not JSON".to_owned()))
    };
    let call = Call { method, path: path.trim_matches('/').split('/').collect(), query, body: &body };
    let planned = shared.with(|world| plan(world, &call, &path, &parts.headers));
    if let Plan::Refuse(response) = planned {
        return response;
    }
    let (answer, headers) = shared.with(|world| {
        world.seen.push(Seen { method: method.to_owned(), path: path.clone(), body: body.clone() });
        check_by_hand(world, &call, &parts.headers);
        let answer = route(world, &call);
        (answer, bucket_headers(world, &call))
    });
    if let Some(spec) = &shared.spec
        && !answer.template.is_empty()
    {
        let mut faults = spec.request(answer.template, method, &body);
        let ours = spec.answer(answer.template, method, answer.status, &answer.body);
        let ours = ours.into_iter().filter(|_| !shared.with(|world| world.junk));
        faults.extend(ours.map(|fault| format!("our own answer: {fault}")));
        if !faults.is_empty() {
            let faults = faults.iter().map(|fault| format!("{method} {path} {fault}"));
            shared.with(|world| world.violations.extend(faults));
        }
    }
    match planned {
        Plan::Lose => std::future::pending().await,
        Plan::Garble => (StatusCode::OK, "<html>not what you asked for</html>").into_response(),
        _ => respond(&answer, &headers),
    }
}

pub(crate) fn respond(answer: &Answer, headers: &[(&'static str, String)]) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = if answer.body.is_null() {
        status.into_response()
    } else {
        (status, axum::Json(answer.body.clone())).into_response()
    };
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(*name, value);
        }
    }
    response
}

/// Rules that hold with or without the published description.
fn check_by_hand(world: &mut World, call: &Call<'_>, headers: &HeaderMap) {
    let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    // Answers to interactions are like those of a webhook: nobody asks who sends them.
    let by_token = matches!(call.path.first(), Some(&"interactions" | &"webhooks"));
    if !by_token && !agent.starts_with("DiscordBot (") {
        world.violations.push("the user agent must be `DiscordBot ($url, $version) …`".to_owned());
    }
    if call.body == &Value::String("not JSON".to_owned()) {
        world.violations.push(format!("{} /{}: the body isn't JSON", call.method, call.path.join("/")));
    }
}

fn route(world: &mut World, call: &Call<'_>) -> Answer {
    match (call.method, call.path.as_slice()) {
        ("GET", ["gateway", "bot"]) => good("/gateway/bot", gateway_bot(world)),
        ("GET", ["gateway"]) => good("/gateway", json!({"url": ws(world)})),
        ("GET", ["users", "@me"]) => good("/users/@me", me(world)),
        ("GET", ["users", "@me", "guilds"]) => good("/users/@me/guilds", guilds(world)),
        ("POST", ["users", "@me", "channels"]) => open_dm(world, call.body),
        ("GET", ["applications", "@me"]) => good("/applications/@me", application(world)),
        ("GET", ["oauth2", "applications", "@me"]) => good("/oauth2/applications/@me", application(world)),
        (_, ["applications", app, "commands"]) if *app == BOT.to_string() => commands(world, call),
        (_, ["channels", channel, rest @ ..]) => match channel.parse() {
            Ok(channel) => in_channel(world, call, channel, rest),
            Err(_) => bad(400, 50_035, "Invalid Form Body"),
        },
        ("POST", ["interactions", id, token, "callback"]) => callback(world, call, id, token),
        (_, ["webhooks", app, token, rest @ ..]) if *app == BOT.to_string() => webhook(world, call, token, rest),
        _ => bad(404, 0, "404: Not Found"),
    }
}

fn ws(world: &World) -> String {
    world.gateway.clone().unwrap_or_else(|| world.base.replace("http", "ws"))
}

fn gateway_bot(world: &World) -> Value {
    let left = world.identifies_left;
    json!({
        "url": ws(world), "shards": world.shards,
        "session_start_limit": {"total": 1_000, "remaining": left, "reset_after": 14_400_000, "max_concurrency": 1},
    })
}

fn me(world: &World) -> Value {
    let mut me = world.user(BOT);
    merge(&mut me, &json!({"mfa_enabled": false, "locale": "en-US", "verified": true, "email": null}));
    me
}

fn guilds(world: &World) -> Value {
    if !world.in_guilds {
        return json!([]);
    }
    json!([{
        "id": GUILD.to_string(), "name": "A school's server", "icon": null, "banner": null, "owner": false,
        "permissions": "0", "features": [],
    }])
}

fn application(world: &World) -> Value {
    let flags = if world.content_approved { 1 << 19 } else { 0 };
    json!({
        "id": BOT.to_string(), "name": "helpline", "icon": null, "description": "", "type": null,
        "verify_key": "0".repeat(64), "flags": flags, "flags_new": flags.to_string(), "redirect_uris": [],
        "interactions_endpoint_url": world.interactions_endpoint, "role_connections_verification_url": null,
        "owner": world.user(BOT), "approximate_guild_count": i32::from(world.in_guilds),
        "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0, "team": null, "eligible_oauth2_scopes": [], "bot": world.user(BOT),
        "bot_public": true, "bot_require_code_grant": false,
    })
}

fn commands(world: &mut World, call: &Call<'_>) -> Answer {
    const TEMPLATE: &str = "/applications/{application_id}/commands";
    match call.method {
        "GET" => good(TEMPLATE, json!(world.commands)),
        "POST" => good(TEMPLATE, register(world, call.body)),
        "PUT" => {
            world.commands.clear();
            let all = call.body.as_array().cloned().unwrap_or_default();
            let made: Vec<Value> = all.iter().map(|body| register(world, body)).collect();
            good(TEMPLATE, json!(made))
        }
        _ => bad(405, 0, "405: Method Not Allowed"),
    }
}

/// Puts a command in the place of the one with its name and type.
fn register(world: &mut World, body: &Value) -> Value {
    let id = world.id().to_string();
    let mut command = json!({
        "id": id, "application_id": BOT.to_string(), "version": id, "default_member_permissions": null, "type": 1,
        "description": "",
    });
    merge(&mut command, body);
    if let Some(fields) = command.as_object_mut() {
        fields.retain(|name, value| !value.is_null() || name == "default_member_permissions");
    }
    world.commands.retain(|known| known["name"] != command["name"] || known["type"] != command["type"]);
    world.commands.push(command.clone());
    command
}

fn open_dm(world: &mut World, body: &Value) -> Answer {
    let user = match &body["recipient_id"] {
        Value::String(id) => id.parse::<u64>().unwrap_or(0),
        other => other.as_u64().unwrap_or(0),
    };
    if !world.users.contains_key(&user) {
        return bad(400, 50_033, "Invalid Recipient(s)");
    }
    let id = world.dm(user);
    good("/users/@me/channels", world.channel(id, user))
}

fn in_channel(world: &mut World, call: &Call<'_>, channel: u64, rest: &[&str]) -> Answer {
    if !world.channels.contains_key(&channel) {
        return bad(404, 10_003, "Unknown Channel");
    }
    match (call.method, rest) {
        ("GET", []) => match world.channels[&channel].user {
            Some(user) => good("/channels/{channel_id}", world.channel(channel, user)),
            None => bad(403, 50_001, "Missing Access"),
        },
        ("GET", ["messages"]) => history(world, call, channel),
        ("POST", ["messages"]) => post(world, call, channel),
        ("POST", ["typing"]) => {
            world.typing.push(channel);
            nothing("/channels/{channel_id}/typing")
        }
        _ => bad(404, 0, "404: Not Found"),
    }
}

fn history(world: &mut World, call: &Call<'_>, channel: u64) -> Answer {
    let asked = |name: &str| {
        let mut pairs = call.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let limit = asked("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        world.violations.push("GET messages: limit must be 1 to 100".to_owned());
        return bad(400, 50_035, "Invalid Form Body");
    }
    let id_of = |message: &Value| message["id"].as_str().and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
    let all = &world.channels[&channel].messages;
    let limit = usize::try_from(limit).unwrap_or(100);
    // With `after` the oldest that follow it are given; in any case the newest stands first.
    let mut some: Vec<Value> = match (asked("after"), asked("before")) {
        (Some(after), _) => all.iter().filter(|message| id_of(message) > after).take(limit).cloned().collect(),
        (None, before) => {
            let before = before.unwrap_or(u64::MAX);
            let mut some: Vec<Value> =
                all.iter().rev().filter(|message| id_of(message) < before).take(limit).cloned().collect();
            some.reverse();
            some
        }
    };
    some.reverse();
    good("/channels/{channel_id}/messages", json!(some))
}

fn post(world: &mut World, call: &Call<'_>, channel: u64) -> Answer {
    const TEMPLATE: &str = "/channels/{channel_id}/messages";
    let Some(user) = world.channels[&channel].user else {
        return bad(403, 50_001, "Missing Access");
    };
    if let Some(refused) = may_not_write(world, user) {
        return refused;
    }
    if let Some(refused) = not_a_message(call.body) {
        return refused;
    }
    let nonce = match &call.body["nonce"] {
        Value::String(nonce) => Some(nonce.clone()),
        Value::Number(nonce) => Some(nonce.to_string()),
        _ => None,
    };
    let now = world.now();
    let key = nonce.clone().map(|nonce| (channel, nonce));
    if call.body["enforce_nonce"] == true
        && let Some((id, at)) = key.as_ref().and_then(|key| world.nonces.get(key))
        && now - at <= NONCE_LASTS
    {
        let id = id.to_string();
        let known = world.channels[&channel].messages.iter().find(|message| message["id"] == id);
        return good(TEMPLATE, known.cloned().unwrap_or_default());
    }
    let components = with_ids(&call.body["components"]);
    let content = call.body["content"].as_str().unwrap_or_default().to_owned();
    let flags = call.body["flags"].as_u64().unwrap_or(0);
    let mut message = world.message(channel, BOT, &content, &json!({"components": components, "flags": flags}));
    let id = message["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or(0);
    if let Some(place) = world.channels.get_mut(&channel) {
        place.messages.push(message.clone());
    }
    if let Some(key) = key {
        world.nonces.insert(key, (id, now));
    }
    if let Some(nonce) = nonce {
        message["nonce"] = json!(nonce);
    }
    world.dispatch_direct("MESSAGE_CREATE", message.clone());
    good(TEMPLATE, message)
}

/// Components as they come back: each with a number.
fn with_ids(components: &Value) -> Value {
    fn number(value: &mut Value, next: &mut u64) {
        if value.get("type").is_some() {
            value["id"] = json!(*next);
            *next += 1;
            if value["type"] == 3 {
                let told = value.clone();
                merge(value, &json!({"min_values": 1, "max_values": 1, "disabled": false}));
                merge(value, &told);
            }
        }
        for inner in value.get_mut("components").and_then(Value::as_array_mut).into_iter().flatten() {
            number(inner, next);
        }
    }
    let mut all = if components.is_array() { components.clone() } else { json!([]) };
    let mut next = 1;
    all.as_array_mut().into_iter().flatten().for_each(|component| number(component, &mut next));
    all
}

fn may_not_write(world: &World, user: u64) -> Option<Answer> {
    let person = world.users.get(&user)?;
    if !person.mutual {
        return Some(bad(403, 50_278, "Cannot send messages to this user due to having no mutual guilds"));
    }
    (!person.open).then(|| bad(403, 50_007, "Cannot send messages to this user"))
}

fn not_a_message(body: &Value) -> Option<Answer> {
    let content = body["content"].as_str().unwrap_or_default();
    if content.chars().count() > TEXT {
        return Some(bad(400, 50_035, "Invalid Form Body"));
    }
    if content.trim().is_empty() {
        return Some(bad(400, 50_006, "Cannot send an empty message"));
    }
    let rows = body["components"].as_array().cloned().unwrap_or_default();
    let mut names = Vec::new();
    for row in &rows {
        let inside = row["components"].as_array().cloned().unwrap_or_default();
        let selects = inside.iter().filter(|one| one["type"] == 3).count();
        if inside.is_empty() || inside.len() > 5 || (selects > 0 && inside.len() > 1) {
            return Some(bad(400, 50_035, "Invalid Form Body"));
        }
        for one in &inside {
            let label = one["label"].as_str().unwrap_or_default();
            let name = one["custom_id"].as_str().unwrap_or_default().to_owned();
            let named = !name.is_empty() && name.chars().count() <= 100 && !names.contains(&name);
            if !named || label.chars().count() > 80 || (one["type"] == 2 && label.is_empty()) {
                return Some(bad(400, 50_035, "Invalid Form Body"));
            }
            names.push(name);
        }
    }
    (rows.len() > 5).then(|| bad(400, 50_035, "Invalid Form Body"))
}

fn callback(world: &mut World, call: &Call<'_>, id: &str, token: &str) -> Answer {
    let now = world.now();
    let id: u64 = id.parse().unwrap_or(0);
    let Some(asked) = world.interactions.get_mut(&id).filter(|asked| asked.token == token) else {
        return bad(404, 10_062, "Unknown interaction");
    };
    if asked.answered != Answered::NotYet {
        return bad(400, 40_060, "Interaction has already been acknowledged.");
    }
    if now - asked.at > ANSWER_WITHIN {
        return bad(404, 10_062, "Unknown interaction");
    }
    let kind = call.body["type"].as_u64().unwrap_or(0);
    let data = &call.body["data"];
    let content = data["content"].as_str().unwrap_or_default();
    if kind == 4 && (content.trim().is_empty() || content.chars().count() > TEXT) {
        return bad(400, 50_035, "Invalid Form Body");
    }
    asked.after = Some(now - asked.at);
    asked.callback = Some(kind);
    asked.private = matches!(kind, 4 | 5) && data["flags"].as_u64().unwrap_or(0) & PRIVATE != 0;
    match kind {
        4 => {
            asked.answered = Answered::Done;
            asked.shown.push(content.to_owned());
        }
        5 => asked.answered = Answered::Deferred,
        6 | 7 => asked.answered = Answered::Done,
        _ => return bad(400, 50_035, "Invalid Form Body"),
    }
    let (private, user) = (asked.private, asked.user);
    answered(world, call, id, kind, (private, user))
}

/// Nothing, or what was made of the answer when that was asked for.
fn answered(world: &mut World, call: &Call<'_>, id: u64, kind: u64, (private, user): (bool, u64)) -> Answer {
    const TEMPLATE: &str = "/interactions/{interaction_id}/{interaction_token}/callback";
    if !call.query.split('&').any(|pair| matches!(pair, "with_response=true" | "with_response=1")) {
        return nothing(TEMPLATE);
    }
    let asked = if matches!(kind, 4 | 5) { 2 } else { 3 };
    let mut told = json!({"interaction": {
        "id": id.to_string(), "type": asked, "response_message_ephemeral": private,
        "response_message_loading": kind == 5,
    }});
    if kind == 4 {
        let content = call.body["data"]["content"].as_str().unwrap_or_default().to_owned();
        let channel = world.dm(user);
        let message = world.message(channel, BOT, &content, &json!({"flags": if private { PRIVATE } else { 0 }}));
        told["interaction"]["response_message_id"] = message["id"].clone();
        told["resource"] = json!({"type": 4, "message": message});
    }
    good(TEMPLATE, told)
}

fn webhook(world: &mut World, call: &Call<'_>, token: &str, rest: &[&str]) -> Answer {
    let content = call.body["content"].as_str().unwrap_or_default().to_owned();
    let Some((id, asked)) = world.by_token(token) else {
        return bad(401, 50_027, "Invalid Webhook Token");
    };
    if asked.answered == Answered::NotYet {
        return bad(404, 10_015, "Unknown Webhook");
    }
    if content.trim().is_empty() || content.chars().count() > TEXT {
        return bad(400, 50_006, "Cannot send an empty message");
    }
    let template = match (call.method, rest) {
        ("PATCH", ["messages", "@original"]) => "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        ("POST", []) => {
            asked.private = asked.private && call.body["flags"].as_u64().unwrap_or(0) & PRIVATE != 0;
            "/webhooks/{webhook_id}/{webhook_token}"
        }
        _ => return bad(404, 0, "404: Not Found"),
    };
    asked.answered = Answered::Done;
    asked.shown.push(content.clone());
    let flags = if asked.private { PRIVATE } else { 0 };
    let message = world.message(id, BOT, &content, &json!({"flags": flags}));
    good(template, message)
}
