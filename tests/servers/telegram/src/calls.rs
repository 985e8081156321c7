//! What each method does.
//!
//! Refusals carry the platform's own words, because clients tell them apart by these.
//! Read next: `files.rs`.

use crate::answer::{Answer, Refusal, bad, refuse};
use crate::html;
use crate::params::Args;
use crate::world::{Chat, Hook, Said, World};
use serde_json::{Value, json};

/// Longest text after its entities were parsed. The platform says "characters"; UTF-16 units are the
/// strictest reading.
const TEXT: usize = 4_096;
/// Longest data of a button, in bytes.
const DATA: usize = 64;
const ROW: usize = 8;
const BUTTONS: usize = 100;
const TOAST: usize = 200;
/// Chat actions that the platform knows.
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

pub(crate) fn elsewhere(_: &mut World, _: &Args) -> Answer {
    refuse(500, "Internal Server Error: this method isn't run here")
}

pub(crate) fn get_me(world: &mut World, _: &Args) -> Answer {
    let mut me = world.bot();
    for (flag, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_guest_queries", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
        ("has_topics_enabled", false),
        ("allows_users_to_create_topics", false),
        ("can_manage_bots", false),
        ("supports_join_request_queries", false),
    ] {
        me[flag] = Value::Bool(value);
    }
    Ok(me)
}

pub(crate) fn set_webhook(world: &mut World, args: &Args) -> Answer {
    let url = args.text("url").unwrap_or_default();
    if args.flag("drop_pending_updates") {
        world.queue.clear();
    }
    if url.is_empty() {
        world.hook = None;
        return Ok(Value::Bool(true));
    }
    // The platform takes HTTPS only; on loopback there is nobody to hide from.
    if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
        return bad("bad webhook: An HTTPS URL must be provided for webhook");
    }
    let secret = args.text("secret_token").map(str::to_owned);
    let allowed = |secret: &String| {
        (1..=256).contains(&secret.len())
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    if !secret.as_ref().is_none_or(allowed) {
        return bad("secret token contains unallowed characters");
    }
    let connections = args.int("max_connections").unwrap_or(40);
    if !(1..=100).contains(&connections) {
        return bad("max_connections must be 1 to 100");
    }
    if let Some(kinds) = args.json("allowed_updates").and_then(Value::as_array) {
        let kinds: Vec<String> = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        world.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
    }
    world.hook = Some(Hook { url: url.to_owned(), secret, connections, last_error: None });
    Ok(Value::Bool(true))
}

pub(crate) fn delete_webhook(world: &mut World, args: &Args) -> Answer {
    world.hook = None;
    if args.flag("drop_pending_updates") {
        world.queue.clear();
    }
    Ok(Value::Bool(true))
}

pub(crate) fn get_webhook_info(world: &mut World, _: &Args) -> Answer {
    world.expire();
    let mut info = json!({
        "url": world.hook.as_ref().map_or("", |hook| hook.url.as_str()),
        "has_custom_certificate": false,
        "pending_update_count": world.queue.len(),
    });
    if let Some(hook) = &world.hook {
        info["max_connections"] = json!(hook.connections);
        info["ip_address"] = json!("127.0.0.1");
        if let Some((date, why)) = &hook.last_error {
            info["last_error_date"] = json!(date);
            info["last_error_message"] = json!(why);
        }
    }
    if let Some(kinds) = &world.allowed {
        info["allowed_updates"] = json!(kinds);
    }
    Ok(info)
}

/// The chat that a call names, when the bot may write there.
pub(crate) fn open_chat<'a>(world: &'a mut World, args: &Args) -> Result<&'a mut Chat, Refusal> {
    let chat = args.int("chat_id").and_then(|id| world.chats.get_mut(&id));
    let Some(chat) = chat else { return bad("chat not found") };
    if chat.blocked && chat.person.is_null() {
        return refuse(403, "Forbidden: bot was kicked from the group chat");
    }
    if chat.blocked {
        return refuse(403, "Forbidden: bot was blocked by the user");
    }
    if !chat.started {
        return refuse(403, "Forbidden: bot can't initiate conversation with a user");
    }
    Ok(chat)
}

/// A text as the platform keeps it.
pub(crate) fn checked_text(args: &Args, name: &str, most: usize) -> Result<String, Refusal> {
    let text = args.text(name).unwrap_or_default();
    let plain = match args.text("parse_mode") {
        None => text.to_owned(),
        Some(mode) if mode.eq_ignore_ascii_case("html") => html::plain(text).or_else(bad)?,
        Some(_) => return bad("unsupported parse_mode (this server reads HTML only)"),
    };
    let plain = plain.trim();
    if plain.encode_utf16().count() > most {
        return bad("message is too long");
    }
    Ok(plain.to_owned())
}

/// The inline keyboard of a call, when its limits are kept.
pub(crate) fn keyboard(args: &Args) -> Result<Option<Value>, Refusal> {
    let Some(markup) = args.json("reply_markup") else { return Ok(None) };
    let Some(rows) = markup["inline_keyboard"].as_array() else { return Ok(None) };
    let rows: Vec<&Vec<Value>> = rows.iter().filter_map(Value::as_array).collect();
    if rows.iter().any(|row| row.len() > ROW) || rows.iter().map(|row| row.len()).sum::<usize>() > BUTTONS {
        return bad("reply markup is too long");
    }
    for button in rows.into_iter().flatten() {
        if button["text"].as_str().is_none_or(|text| text.trim().is_empty()) {
            return bad("can't parse inline keyboard button: Field \"text\" must be a non-empty String");
        }
        let Some(data) = button["callback_data"].as_str() else {
            if button["url"].is_string() {
                continue;
            }
            return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
        };
        if data.is_empty() || data.len() > DATA {
            return bad("BUTTON_DATA_INVALID");
        }
    }
    Ok(Some(markup.clone()))
}

/// Keeps a message of the bot's and gives it as the platform shows it.
pub(crate) fn keep(world: &mut World, args: &Args, content: &Value) -> Answer {
    let (bot, date, id) = (world.bot(), world.date(), world.number());
    let markup = keyboard(args)?;
    let chat = open_chat(world, args)?;
    let mut value = json!({ "message_id": id, "from": bot, "chat": chat.value, "date": date });
    for (name, content) in content.as_object().into_iter().flatten() {
        value[name] = content.clone();
    }
    if let Some(markup) = markup {
        value["reply_markup"] = markup;
    }
    chat.said.push(Said { id, by_bot: true, deleted: false, value: value.clone() });
    Ok(value)
}

pub(crate) fn send_message(world: &mut World, args: &Args) -> Answer {
    open_chat(world, args)?;
    let text = checked_text(args, "text", TEXT)?;
    if text.is_empty() {
        return bad("message text is empty");
    }
    keep(world, args, &json!({ "text": text }))
}

/// The bot's message that a call names.
fn own<'a>(world: &'a mut World, args: &Args) -> Result<&'a mut Said, Refusal> {
    let Some(id) = args.int("message_id") else { return bad("message identifier is not specified") };
    let chat = open_chat(world, args)?;
    let said = chat.said.iter_mut().find(|said| said.id == id && !said.deleted);
    match said {
        None => bad("message to edit not found"),
        Some(said) if !said.by_bot => bad("message can't be edited"),
        Some(said) => Ok(said),
    }
}

pub(crate) fn edit_message_text(world: &mut World, args: &Args) -> Answer {
    let text = checked_text(args, "text", TEXT)?;
    if text.is_empty() {
        return bad("message text is empty");
    }
    edit(world, args, Some(text))
}

pub(crate) fn edit_message_reply_markup(world: &mut World, args: &Args) -> Answer {
    edit(world, args, None)
}

fn edit(world: &mut World, args: &Args, text: Option<String>) -> Answer {
    let (date, markup) = (world.date(), keyboard(args)?);
    let said = own(world, args)?;
    let before = said.value.clone();
    if let Some(text) = text {
        said.value["text"] = Value::String(text);
    }
    if let Some(fields) = said.value.as_object_mut() {
        fields.remove("reply_markup");
        fields.extend(markup.map(|markup| ("reply_markup".to_owned(), markup)));
    }
    if said.value == before {
        return bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
        );
    }
    said.value["edit_date"] = json!(date);
    Ok(said.value.clone())
}

pub(crate) fn delete_message(world: &mut World, args: &Args) -> Answer {
    let id = args.int("message_id");
    let chat = open_chat(world, args)?;
    match chat.said.iter_mut().find(|said| Some(said.id) == id && !said.deleted) {
        Some(said) => said.deleted = true,
        None => return bad("message to delete not found"),
    }
    Ok(Value::Bool(true))
}

pub(crate) fn answer_callback_query(world: &mut World, args: &Args) -> Answer {
    if args.text("text").is_some_and(|text| text.encode_utf16().count() > TOAST) {
        return bad("MESSAGE_TOO_LONG");
    }
    match args.text("callback_query_id").and_then(|id| world.queries.get_mut(id)) {
        Some(answered) if !*answered => *answered = true,
        _ => return bad("query is too old and response timeout expired or query id is invalid"),
    }
    Ok(Value::Bool(true))
}

pub(crate) fn send_chat_action(world: &mut World, args: &Args) -> Answer {
    if !args.text("action").is_some_and(|action| ACTIONS.contains(&action)) {
        return bad("wrong parameter action in request");
    }
    open_chat(world, args)?.typing += 1;
    Ok(Value::Bool(true))
}

pub(crate) fn leave_chat(world: &mut World, args: &Args) -> Answer {
    let chat = open_chat(world, args)?;
    if chat.value["type"] == "private" {
        return bad("chat member status can't be changed in private chats");
    }
    chat.blocked = true;
    Ok(Value::Bool(true))
}

fn menu(args: &Args) -> String {
    let scope = args.json("scope").map_or("default", |scope| scope["type"].as_str().unwrap_or("default"));
    format!("{scope} {}", args.text("language_code").unwrap_or_default())
}

pub(crate) fn set_my_commands(world: &mut World, args: &Args) -> Answer {
    let commands = args.json("commands").cloned().unwrap_or_default();
    let fine = |command: &Value| {
        let (name, words) = (command["command"].as_str(), command["description"].as_str());
        let letters = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        name.is_some_and(|name| (1..=32).contains(&name.len()) && letters(name))
            && words.is_some_and(|words| (1..=256).contains(&words.chars().count()))
    };
    match commands.as_array() {
        Some(list) if list.len() <= 100 && list.iter().all(fine) => {
            world.commands.insert(menu(args), commands);
            Ok(Value::Bool(true))
        }
        _ => bad("BOT_COMMAND_INVALID"),
    }
}

pub(crate) fn get_my_commands(world: &mut World, args: &Args) -> Answer {
    Ok(world.commands.get(&menu(args)).cloned().unwrap_or_else(|| json!([])))
}

pub(crate) fn delete_my_commands(world: &mut World, args: &Args) -> Answer {
    world.commands.remove(&menu(args));
    Ok(Value::Bool(true))
}
