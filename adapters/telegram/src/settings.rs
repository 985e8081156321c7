//! What the operator says about one Telegram bot. The token is wrapped; nothing here prints it.
//!
//! Read next: `call.rs`.

use adapter_api::AdapterError;
use domain::{AccountId, Confidential};
use std::time::Duration;

/// Where Telegram is, unless the operator runs a Bot API server of their own.
const TELEGRAM: &str = "https://api.telegram.org";

/// One bot.
#[derive(Debug, Clone)]
pub struct TelegramSettings {
    /// The account's name in the configuration.
    pub account: AccountId,
    /// As BotFather gave it: `123456:letters`.
    pub token: Confidential<String>,
    /// Another Bot API server than Telegram's own, such as `http://127.0.0.1:8081`.
    pub api_url: Option<String>,
    /// How messages come.
    pub receive: Receive,
}

/// How messages come from Telegram.
#[derive(Debug, Clone)]
pub enum Receive {
    /// We ask. Needs no address of our own; right for nearly everybody.
    Polling,
    /// Telegram pushes to our address.
    Webhook {
        /// The whole address, such as `https://helpline.example.org/telegram/main`, which leads to
        /// [`TelegramAdapter::webhook`](crate::TelegramAdapter::webhook).
        public_url: String,
        /// Telegram shows it with each push, so that nobody else can: 1 to 256 of `A-Z a-z 0-9 _ -`.
        secret: Confidential<String>,
    },
}

/// How long to wait for Telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long Telegram may hold a poll open when nothing happens; in webhook mode, how often we
    /// look whether the webhook still stands. Whole seconds, at most 50.
    pub poll: Duration,
    /// How long any other answer may take, and how much later than asked a poll may come back.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { poll: Duration::from_secs(25), answer: Duration::from_secs(15) }
    }
}

impl TelegramSettings {
    /// The server's address, without a slash at the end.
    pub(crate) fn server(&self) -> Result<String, AdapterError> {
        let url = self.api_url.as_deref().unwrap_or(TELEGRAM).trim_end_matches('/');
        if is_safe(url) { Ok(url.to_owned()) } else { Err(refused("the api url must begin with https://")) }
    }

    /// What can be seen without asking Telegram.
    pub(crate) fn check(&self) -> Result<(), AdapterError> {
        let token = self.token.text();
        let shaped = token.split_once(':').is_some_and(|(bot, secret)| {
            !bot.is_empty() && bot.bytes().all(|b| b.is_ascii_digit()) && is_plain(secret, 256)
        });
        if !shaped {
            return Err(refused(
                "the token must look like 123456:letters, as BotFather gave it, and nothing else",
            ));
        }
        match &self.receive {
            Receive::Polling => Ok(()),
            Receive::Webhook { public_url, .. } if !is_safe(public_url) => {
                Err(refused("the webhook's public url must begin with https://"))
            }
            Receive::Webhook { secret, .. } if !is_plain(secret.text(), 256) => {
                Err(refused("the webhook's secret must be 1 to 256 of A-Z, a-z, 0-9, _ and -"))
            }
            Receive::Webhook { .. } => Ok(()),
        }
    }
}

/// Encrypted, or not leaving this machine.
fn is_safe(url: &str) -> bool {
    url.starts_with("https://") || is_loopback(url)
}

pub(crate) fn is_loopback(url: &str) -> bool {
    ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].iter().any(|start| url.starts_with(start))
}

fn is_plain(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn refused(why: &str) -> AdapterError {
    AdapterError::Refused(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: &str, api_url: Option<&str>, receive: Receive) -> Result<(), String> {
        let settings = TelegramSettings {
            account: AccountId::new("telegram"),
            token: Confidential::from(token),
            api_url: api_url.map(str::to_owned),
            receive,
        };
        settings.check().and_then(|()| settings.server().map(|_| ())).map_err(|error| error.to_string())
    }

    fn webhook(url: &str, secret: &str) -> Receive {
        Receive::Webhook { public_url: url.to_owned(), secret: Confidential::from(secret) }
    }

    #[test]
    fn settings_that_cannot_work_are_told_without_their_secrets() {
        let token = "123456:abc_DEF-9";
        assert_eq!(check(token, None, Receive::Polling), Ok(()));
        assert_eq!(check(token, Some("http://127.0.0.1:8081/"), webhook("https://a.example/t", "s-1")), Ok(()));
        for (token, api_url, receive) in [
            ("secret-word", None, Receive::Polling),
            ("123456:abc\n", None, Receive::Polling),
            (":abc", None, Receive::Polling),
            (token, Some("http://example.org"), Receive::Polling),
            (token, None, webhook("http://a.example/t", "s-1")),
            (token, None, webhook("https://a.example/t", "not a secret-word!")),
        ] {
            let why = check(token, api_url, receive).unwrap_err();
            assert!(!why.contains("secret-word") && !why.contains("abc"), "{why}");
        }
    }
}
