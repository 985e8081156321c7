//! One call to the Bot API: teloxide's requests and client, our own reading of the answer.
//!
//! The library's way of sending hides the status, waits ten seconds on a server's fault, and its
//! errors carry the address with the token in it. Here a failure says exactly what is certain, and
//! holds no address, no token and no word of a child. Read next: `send.rs`.

use crate::settings::{Patience, TelegramSettings, is_loopback};
use adapter_api::AdapterError;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use teloxide::net::default_reqwest_settings;
use teloxide::requests::Payload;
use teloxide::{ApiError, Bot};

/// The bot's way to Telegram. It has no `Debug`: the library's would print the token.
#[derive(Clone)]
pub(crate) struct Api {
    bot: Bot,
    /// The same, with a connection of its own for each call.
    careful: Bot,
    server: String,
    pub(crate) patience: Patience,
}

/// What is certain about a call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failed {
    /// Nothing was sent.
    #[error("telegram can't be reached")]
    NotReached,
    /// It may have been done.
    #[error("telegram didn't answer in time")]
    NoAnswer,
    /// It may have been done.
    #[error("the connection to telegram was cut")]
    Cut,
    /// It may have been done.
    #[error("telegram's answer (status {0}) can't be read")]
    Unreadable(u16),
    /// It wasn't done.
    #[error("telegram refused (status {code})")]
    Said {
        /// Telegram's number for it.
        code: u16,
        /// What, as the library tells them apart. Not for a log: it can quote what was sent.
        what: ApiError,
        /// How long to wait.
        retry_after: Option<Duration>,
    },
}

impl Api {
    pub(crate) fn new(settings: &TelegramSettings) -> Result<Self, AdapterError> {
        let server = settings.server()?;
        let bot = |idle: usize| {
            let mut client = default_reqwest_settings().pool_max_idle_per_host(idle);
            if is_loopback(&server) {
                client = client.no_proxy();
            }
            let client = client.build().map_err(|_| AdapterError::OwnData("TLS can't be set up".to_owned()))?;
            Ok::<_, AdapterError>(Bot::with_client(settings.token.text(), client))
        };
        Ok(Self { bot: bot(8)?, careful: bot(0)?, server, patience: Patience::default() })
    }

    /// Calls a method that must not be done twice. An idle connection can be dead without our knowing,
    /// and what was written into it is in doubt; a new one is refused before anything is written.
    pub(crate) async fn call_once<P: Payload + Serialize>(&self, payload: &P) -> Result<Value, Failed> {
        let (status, text) = self.ask(&self.careful, P::NAME, payload, self.patience.answer).await?;
        read(status, &text)
    }

    /// Calls a method and gives its result.
    pub(crate) async fn call<P: Payload + Serialize>(&self, payload: &P) -> Result<Value, Failed> {
        let (status, text) = self.text(P::NAME, payload, self.patience.answer).await?;
        read(status, &text)
    }

    /// Calls a method and gives the answer as it came.
    pub(crate) async fn text(
        &self,
        method: &str,
        payload: &impl Serialize,
        patience: Duration,
    ) -> Result<(u16, String), Failed> {
        self.ask(&self.bot, method, payload, patience).await
    }

    async fn ask(
        &self,
        bot: &Bot,
        method: &str,
        payload: &impl Serialize,
        patience: Duration,
    ) -> Result<(u16, String), Failed> {
        let body = serde_json::to_vec(payload).map_err(|_| Failed::NotReached)?;
        let url = format!("{}/bot{}/{method}", self.server, bot.token());
        let request = bot.client().post(url).header("content-type", "application/json");
        let request = request.timeout(patience).body(body);
        let answer = request.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                Failed::NotReached
            } else if error.is_timeout() {
                Failed::NoAnswer
            } else {
                Failed::Cut
            }
        })?;
        let status = answer.status().as_u16();
        let text = answer.text().await;
        text.map(|text| (status, text))
            .map_err(|error| if error.is_timeout() { Failed::NoAnswer } else { Failed::Cut })
    }
}

/// The result in an answer, or what it says instead.
pub(crate) fn read(status: u16, text: &str) -> Result<Value, Failed> {
    let Ok(Value::Object(mut answer)) = serde_json::from_str(text) else {
        return Err(Failed::Unreadable(status));
    };
    match answer.get("ok").and_then(Value::as_bool) {
        Some(true) => Ok(answer.remove("result").unwrap_or_default()),
        Some(false) => Err(said(status, &Value::Object(answer))),
        None => Err(Failed::Unreadable(status)),
    }
}

fn said(status: u16, answer: &Value) -> Failed {
    let code = answer["error_code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(status);
    let what = serde_json::from_value(answer["description"].clone());
    let seconds = answer["parameters"]["retry_after"].as_u64();
    Failed::Said {
        code,
        what: what.unwrap_or_else(|_| ApiError::Unknown(String::new())),
        retry_after: seconds.map(Duration::from_secs),
    }
}

impl Failed {
    /// For receiving: what a person should know and do. A token that worked before isn't given up
    /// for one refusal, because outages have looked like this.
    pub(crate) fn while_receiving(&self, worked_before: bool) -> AdapterError {
        match self {
            Self::Said { code: 401 | 404, .. } if !worked_before => {
                AdapterError::Refused(TOKEN_REFUSED.to_owned())
            }
            Self::Said { code: 401 | 404, .. } => AdapterError::Unreachable(TOKEN_REFUSED.to_owned()),
            Self::Said { code: 409, what: ApiError::TerminatedByOtherGetUpdates, .. } => {
                AdapterError::Unreachable(OTHER_POLLER.to_owned())
            }
            Self::Said { code: 409, .. } => AdapterError::Unreachable(WEBHOOK_SET.to_owned()),
            other => AdapterError::Unreachable(other.to_string()),
        }
    }
}

pub(crate) const TOKEN_REFUSED: &str =
    "telegram doesn't know the token; get a new one from @BotFather (/token) and put it into the token file";
pub(crate) const OTHER_POLLER: &str = "another program receives with this bot's token; stop it, or make a new token \
    with @BotFather (/revoke): each message goes to one of the two only";
pub(crate) const WEBHOOK_SET: &str = "a webhook is set for this bot, so nothing can be fetched; set receive to webhook, \
    or remove it by opening https://api.telegram.org/bot<TOKEN>/deleteWebhook with your token";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_for_what_is_certain() {
        assert_eq!(read(200, r#"{"ok":true,"result":[1]}"#), Ok(serde_json::json!([1])));
        assert_eq!(read(502, "<html>"), Err(Failed::Unreadable(502)));
        assert_eq!(read(200, r#"{"result":1}"#), Err(Failed::Unreadable(200)));
        let said = read(
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#,
        );
        let Err(Failed::Said { code: 429, retry_after, .. }) = said else { panic!("{said:?}") };
        assert_eq!(retry_after, Some(Duration::from_secs(7)));
        let blocked = r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        let said = read(403, blocked);
        assert!(matches!(said, Err(Failed::Said { code: 403, what: ApiError::BotBlocked, .. })), "{said:?}");
    }

    #[test]
    fn what_telegram_says_is_not_shown() {
        let quoted = r#"{"ok":false,"error_code":400,"description":"Bad Request: can't read 'my secret'"}"#;
        let failed = read(400, quoted).unwrap_err();
        assert!(!failed.to_string().contains("secret"));
        assert!(!failed.while_receiving(true).to_string().contains("secret"));
    }
}
