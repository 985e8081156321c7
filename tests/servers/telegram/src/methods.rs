//! The methods this server has, with every parameter that the platform describes.
//!
//! Read next: `calls.rs`, what they do.

use crate::answer::Answer;
use crate::calls;
use crate::files;
use crate::params::Kind::{Bool, Chat, File, Int, Json, Text};
use crate::params::{Args, Param, may, need};
use crate::world::World;

/// One method.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&mut World, &Args) -> Answer,
    pub(crate) params: &'static [Param],
}

const fn method(name: &'static str, run: fn(&mut World, &Args) -> Answer, params: &'static [Param]) -> Method {
    Method { name, run, params }
}

/// `getUpdates` waits, so it is run elsewhere.
pub(crate) const GET_UPDATES: &str = "getUpdates";

/// Found by name in any case.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name.eq_ignore_ascii_case(name))
}

pub(crate) const METHODS: &[Method] = &[
    method(
        "getUpdates",
        calls::elsewhere,
        &[may("offset", Int), may("limit", Int), may("timeout", Int), may("allowed_updates", Json)],
    ),
    method(
        "setWebhook",
        calls::set_webhook,
        &[
            need("url", Text),
            may("certificate", File),
            may("ip_address", Text),
            may("max_connections", Int),
            may("allowed_updates", Json),
            may("drop_pending_updates", Bool),
            may("secret_token", Text),
        ],
    ),
    method("deleteWebhook", calls::delete_webhook, &[may("drop_pending_updates", Bool)]),
    method("getWebhookInfo", calls::get_webhook_info, &[]),
    method("getMe", calls::get_me, &[]),
    method(
        "sendMessage",
        calls::send_message,
        &[
            may("business_connection_id", Text),
            need("chat_id", Chat),
            may("message_thread_id", Int),
            may("direct_messages_topic_id", Int),
            need("text", Text),
            may("parse_mode", Text),
            may("entities", Json),
            may("link_preview_options", Json),
            may("disable_notification", Bool),
            may("protect_content", Bool),
            may("allow_paid_broadcast", Bool),
            may("message_effect_id", Text),
            may("suggested_post_parameters", Json),
            may("reply_parameters", Json),
            may("reply_markup", Json),
        ],
    ),
    method(
        "sendPhoto",
        files::send_photo,
        &[
            may("business_connection_id", Text),
            need("chat_id", Chat),
            may("message_thread_id", Int),
            may("direct_messages_topic_id", Int),
            need("photo", File),
            may("caption", Text),
            may("parse_mode", Text),
            may("caption_entities", Json),
            may("show_caption_above_media", Bool),
            may("has_spoiler", Bool),
            may("disable_notification", Bool),
            may("protect_content", Bool),
            may("allow_paid_broadcast", Bool),
            may("message_effect_id", Text),
            may("suggested_post_parameters", Json),
            may("reply_parameters", Json),
            may("reply_markup", Json),
        ],
    ),
    method(
        "sendDocument",
        files::send_document,
        &[
            may("business_connection_id", Text),
            need("chat_id", Chat),
            may("message_thread_id", Int),
            may("direct_messages_topic_id", Int),
            need("document", File),
            may("thumbnail", File),
            may("caption", Text),
            may("parse_mode", Text),
            may("caption_entities", Json),
            may("disable_content_type_detection", Bool),
            may("disable_notification", Bool),
            may("protect_content", Bool),
            may("allow_paid_broadcast", Bool),
            may("message_effect_id", Text),
            may("suggested_post_parameters", Json),
            may("reply_parameters", Json),
            may("reply_markup", Json),
        ],
    ),
    method(
        "sendChatAction",
        calls::send_chat_action,
        &[
            may("business_connection_id", Text),
            need("chat_id", Chat),
            may("message_thread_id", Int),
            need("action", Text),
        ],
    ),
    method("getFile", files::get_file, &[need("file_id", Text)]),
    method("leaveChat", calls::leave_chat, &[need("chat_id", Chat)]),
    method(
        "answerCallbackQuery",
        calls::answer_callback_query,
        &[
            need("callback_query_id", Text),
            may("text", Text),
            may("show_alert", Bool),
            may("url", Text),
            may("cache_time", Int),
        ],
    ),
    method(
        "setMyCommands",
        calls::set_my_commands,
        &[need("commands", Json), may("scope", Json), may("language_code", Text)],
    ),
    method("deleteMyCommands", calls::delete_my_commands, &[may("scope", Json), may("language_code", Text)]),
    method("getMyCommands", calls::get_my_commands, &[may("scope", Json), may("language_code", Text)]),
    method(
        "editMessageText",
        calls::edit_message_text,
        &[
            may("business_connection_id", Text),
            may("chat_id", Chat),
            may("message_id", Int),
            may("inline_message_id", Text),
            may("text", Text),
            may("parse_mode", Text),
            may("entities", Json),
            may("link_preview_options", Json),
            may("rich_message", Json),
            may("reply_markup", Json),
        ],
    ),
    method(
        "editMessageReplyMarkup",
        calls::edit_message_reply_markup,
        &[
            may("business_connection_id", Text),
            may("chat_id", Chat),
            may("message_id", Int),
            may("inline_message_id", Text),
            may("reply_markup", Json),
        ],
    ),
    method("deleteMessage", calls::delete_message, &[need("chat_id", Chat), need("message_id", Int)]),
];
