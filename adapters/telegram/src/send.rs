//! Sends one message, in parts when it is long, and says what became of it.
//!
//! Telegram has no key that makes a repeat harmless. So what may have arrived is never sent again,
//! and once a first part is out, the rest is either sent here or left in doubt: a later try would
//! begin with the first part. Read next: `choices.rs`.

use crate::call::{Api, Failed};
use crate::choices::{BUTTONS, full_text, keyboard};
use adapter_api::{Delivery, Limits, SendOutcome, TextLimit, split_text};
use domain::{DeliveryOutcome, ExternalId, RefusalReason, UnknownReason};
use std::time::Duration;
use teloxide::ApiError;
use teloxide::payloads::{SendMessage, SendMessageSetters as _};
use teloxide::types::{ChatId, LinkPreviewOptions};

/// Telegram says 4,096 characters after entities, and we send no entities. UTF-16 units are the
/// strictest reading of "characters".
pub(crate) const LIMITS: Limits = Limits { text: TextLimit::Utf16(4_096), buttons: BUTTONS };

pub(crate) const SOON: Duration = Duration::from_secs(5);
/// The token is refused: a person must act, and then the message goes out.
const ACCOUNT_REFUSED: Duration = Duration::from_secs(60);
/// Longest time in all to wait for the rest of a message whose first part is out.
const REST: Duration = Duration::from_secs(30);

pub(crate) async fn send(api: &Api, delivery: &Delivery) -> SendOutcome {
    let Ok(chat) = delivery.to.chat.expose().parse::<i64>() else {
        return refused(RefusalReason::ChatGone);
    };
    let text = full_text(&delivery.outbound);
    if text.trim().is_empty() {
        return refused(RefusalReason::NotAcceptable);
    }
    let parts = split_text(&text, LIMITS.text);
    let (count, mut last, mut left) = (parts.len(), None, REST);
    for (index, part) in parts.into_iter().enumerate() {
        let mut message = SendMessage::new(ChatId(chat), part).link_preview_options(no_preview());
        if index + 1 == count
            && let Some(buttons) = keyboard(&delivery.outbound.choices)
        {
            message = message.reply_markup(buttons);
        }
        loop {
            match api.call_once(&message).await {
                Ok(sent) => {
                    last = sent["message_id"].as_i64();
                    break;
                }
                Err(failed) => match outcome(&failed) {
                    SendOutcome::Later(wait) if index > 0 => {
                        let Some(rest) = left.checked_sub(wait) else {
                            return unknown(UnknownReason::Interrupted);
                        };
                        left = rest;
                        pause(wait).await;
                    }
                    other => return other,
                },
            }
        }
    }
    SendOutcome::Settled(DeliveryOutcome::Sent { external: last.map(|id| ExternalId(id.to_string())) })
}

/// Telegram would fetch a link to show what is behind it.
const fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

const fn refused(reason: RefusalReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Refused { reason })
}

const fn unknown(reason: UnknownReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Unknown { reason })
}

/// What a failure means for the message.
pub(crate) fn outcome(failed: &Failed) -> SendOutcome {
    match failed {
        Failed::NotReached => SendOutcome::Later(SOON),
        Failed::NoAnswer => unknown(UnknownReason::TimedOut),
        Failed::Cut => unknown(UnknownReason::Interrupted),
        // A gateway that says so hasn't passed it on; any other page leaves doubt.
        Failed::Unreadable(429 | 503) => SendOutcome::Later(SOON),
        Failed::Unreadable(_) => unknown(UnknownReason::UnreadableAnswer),
        Failed::Said { code, what, retry_after } => said(*code, what, *retry_after),
    }
}

fn said(code: u16, what: &ApiError, retry_after: Option<Duration>) -> SendOutcome {
    let reason = match (code, what) {
        // Telegram's own answer that it failed: not done.
        (409 | 420 | 429 | 500..=599, _) => return SendOutcome::Later(retry_after.unwrap_or(SOON)),
        (401 | 404, _) => return SendOutcome::Later(ACCOUNT_REFUSED),
        (
            _,
            ApiError::BotBlocked
            | ApiError::UserDeactivated
            | ApiError::CantInitiateConversation
            | ApiError::BotKicked
            | ApiError::BotKickedFromSupergroup
            | ApiError::BotKickedFromChannel,
        ) => RefusalReason::Unreachable,
        (_, ApiError::ChatNotFound | ApiError::UserNotFound | ApiError::GroupDeactivated) => {
            RefusalReason::ChatGone
        }
        (403, ApiError::Unknown(words)) if words.contains("initiate") || words.contains("blocked") => {
            RefusalReason::Unreachable
        }
        (403, _) => RefusalReason::NotAllowed,
        _ => RefusalReason::NotAcceptable,
    };
    refused(reason)
}

#[allow(clippy::disallowed_methods, reason = "the time that Telegram itself asks to wait, within one send")]
async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::read;

    fn check(status: u16, answer: &str, expected: &SendOutcome) {
        let failed = read(status, answer).unwrap_err();
        assert_eq!(outcome(&failed), *expected, "{status} {answer}");
    }

    fn error(code: u16, words: &str) -> String {
        format!(r#"{{"ok":false,"error_code":{code},"description":"{words}"}}"#)
    }

    #[test]
    fn each_failure_says_what_is_certain_and_no_more() {
        let later = |seconds| SendOutcome::Later(Duration::from_secs(seconds));
        for (code, words, expected) in [
            (403, "Forbidden: bot was blocked by the user", refused(RefusalReason::Unreachable)),
            (403, "Forbidden: user is deactivated", refused(RefusalReason::Unreachable)),
            (403, "Forbidden: bot can't initiate conversation with a user", refused(RefusalReason::Unreachable)),
            (403, "Forbidden: something new", refused(RefusalReason::NotAllowed)),
            (400, "Bad Request: chat not found", refused(RefusalReason::ChatGone)),
            (400, "Bad Request: message is too long", refused(RefusalReason::NotAcceptable)),
            (400, "Bad Request: something new", refused(RefusalReason::NotAcceptable)),
            (401, "Unauthorized", later(60)),
            (500, "Internal Server Error", later(5)),
        ] {
            check(code, &error(code, words), &expected);
        }
        let limited = r#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":7}}"#;
        check(429, limited, &later(7));
        check(502, "<html>", &unknown(UnknownReason::UnreadableAnswer));
        check(503, "<html>", &later(5));
        check(200, "{\"ok\":tr", &unknown(UnknownReason::UnreadableAnswer));
        assert_eq!(outcome(&Failed::NotReached), later(5));
        assert_eq!(outcome(&Failed::NoAnswer), unknown(UnknownReason::TimedOut));
        assert_eq!(outcome(&Failed::Cut), unknown(UnknownReason::Interrupted));
    }
}
