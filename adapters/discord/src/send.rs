//! Sends one message, in parts when it is long, each under a nonce made from the outbox's key.
//!
//! What was begun stands in the journal before it is posted, so a repeat either is dropped by Discord or
//! isn't made. It must never wait for Discord's limits, mention anyone, or show what lies behind a link.
//! Read next: `journal.rs`.

use crate::DiscordAdapter;
use crate::journal::{Journal, Known};
use crate::rest::Failure;
use adapter_api::{Delivery, Limits, SendOutcome, TextLimit, split_text};
use domain::{DeliveryOutcome, ExternalId, RefusalReason, UnknownReason};
use reqwest::Method;
use serde_json::{Value, json};
use serenity::http::Route;
use serenity::model::id::ChannelId;
use sha2::{Digest as _, Sha256};
use speech::{Choice, Outbound};
use std::num::NonZeroU64;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Discord takes 2,000 characters. An app counts UTF-16 units, so we do: it is the narrower count.
pub(crate) const LIMITS: Limits = Limits { text: TextLimit::Utf16(2_000), buttons: 25 };
/// Buttons and menus: five rows of five buttons, or one menu of 25 in each row.
const ROWS: usize = 5;
const BUTTONS_A_ROW: usize = 5;
const CHOICES_A_MENU: usize = 25;
/// Longest label of a button and of a menu's entry, in characters; the whole label stands in the text.
const BUTTON_LABEL: usize = 80;
const MENU_LABEL: usize = 100;
/// Don't look behind links.
const NO_EMBEDS: u64 = 1 << 2;

const SOON: Duration = Duration::from_secs(2);
/// No connection.
const NOT_REACHED: Duration = Duration::from_secs(5);
/// The token is refused, or Discord fears spam: a person must act, and then the message goes out.
const PERSON_MUST_ACT: Duration = Duration::from_secs(60);

impl DiscordAdapter {
    pub(crate) async fn post_all(&self, delivery: &Delivery) -> SendOutcome {
        let channel = delivery.to.chat.expose().parse::<NonZeroU64>();
        let Ok(channel) = channel else { return refused(RefusalReason::ChatGone) };
        let parts = split_text(&full_text(&delivery.outbound), LIMITS.text);
        let mut last = None;
        for (index, text) in parts.iter().enumerate() {
            let components = match index + 1 == parts.len() {
                true => components(&delivery.outbound.choices),
                false => json!([]),
            };
            let part = format!("{}-{}", delivery.key, index + 1);
            match self.post(channel, &part, text, components).await {
                Ok(id) => last = id,
                Err(outcome) => {
                    if outcome == refused(RefusalReason::Unreachable)
                        && let Ok(user) = delivery.to.contact.expose().parse()
                    {
                        self.desk.refused(user);
                    }
                    return outcome;
                }
            }
        }
        if parts.is_empty() {
            return refused(RefusalReason::NotAcceptable);
        }
        SendOutcome::Settled(DeliveryOutcome::Sent { external: last.map(|id| ExternalId(id.to_string())) })
    }

    async fn post(
        &self,
        channel: NonZeroU64,
        part: &str,
        text: &str,
        components: Value,
    ) -> Result<Option<u64>, SendOutcome> {
        let (known, tried) = self.journal(part, Journal::begin).await.ok_or(SendOutcome::Later(NOT_REACHED))?;
        match known {
            Known::Done(id) => return Ok(id),
            Known::Unknown => {
                let reason = UnknownReason::Interrupted;
                return Err(SendOutcome::Settled(DeliveryOutcome::Unknown { reason }));
            }
            Known::MayPost => {}
        }
        let body = json!({
            "content": text, "nonce": nonce(part), "enforce_nonce": true, "allowed_mentions": {"parse": []},
            "flags": NO_EMBEDS, "components": components,
        });
        let route = Route::ChannelMessages { channel_id: ChannelId::from(channel) };
        match self.rest.change(Method::POST, route, Some(&body)).await {
            Ok(answer) => {
                // Taken, even when the answer can't be read.
                let id = answer.as_ref().and_then(|message| crate::event::id_at(message, "/id"));
                self.journal(part, move |journal, part| journal.done(part, id)).await;
                Ok(id)
            }
            Err(failure) => {
                let (outcome, surely_not) = settle(failure);
                if surely_not && !tried {
                    self.journal(part, Journal::undone).await;
                }
                Err(outcome)
            }
        }
    }

    /// One step of the journal, apart from everything that mustn't wait for the disk. `None`: it couldn't
    /// be written.
    async fn journal<T: Send + 'static>(
        &self,
        part: &str,
        step: impl FnOnce(&mut Journal, &str) -> std::io::Result<T> + Send + 'static,
    ) -> Option<T> {
        let (journal, part) = (Arc::clone(&self.journal), part.to_owned());
        let work = move || step(&mut journal.lock().unwrap_or_else(PoisonError::into_inner), &part);
        let written = tokio::task::spawn_blocking(work).await;
        if !matches!(written, Ok(Ok(_))) {
            tracing::error!(account = %self.settings.account, "the journal of posts to Discord can't be written");
        }
        written.ok()?.ok()
    }
}

/// What a failure means, and whether this try was surely not taken.
fn settle(failure: Failure) -> (SendOutcome, bool) {
    match failure {
        Failure::Limited(wait) => (SendOutcome::Later(wait), true),
        Failure::NotReached => (SendOutcome::Later(NOT_REACHED), true),
        // Asked again within the nonce's time; after it the journal says "unknown".
        Failure::Unclear => (SendOutcome::Later(SOON), false),
        Failure::Refused { status, code } => (refusal(status, code), true),
    }
}

fn refusal(status: u16, code: u64) -> SendOutcome {
    match (status, code) {
        // 40003: talks opened too fast. 40001, 401: the token. 340000s: under suspicion.
        (401, _) | (_, 40_001 | 40_003 | 20_016 | 20_028) => SendOutcome::Later(PERSON_MUST_ACT),
        // Blocked or closed, no server in common, or the user's side refuses us.
        (_, 50_007 | 50_278 | 50_001) => refused(RefusalReason::Unreachable),
        (404, _) | (_, 10_003) => refused(RefusalReason::ChatGone),
        (403, _) => refused(RefusalReason::NotAllowed),
        _ => refused(RefusalReason::NotAcceptable),
    }
}

pub(crate) const fn refused(reason: RefusalReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Refused { reason })
}

/// 24 characters that only this part has.
fn nonce(part: &str) -> String {
    let mut digest = hex::encode(Sha256::digest(part.as_bytes()));
    digest.truncate(24);
    digest
}

/// The words, then each choice with the number to type.
fn full_text(outbound: &Outbound) -> String {
    let mut text = outbound.text.text().to_owned();
    for (index, choice) in outbound.choices.iter().enumerate() {
        text.push_str(if index == 0 { "\n\n" } else { "\n" });
        text.push_str(&format!("{}. {}", index + 1, choice.label));
    }
    text
}

/// Buttons; menus when there are more choices than buttons. What doesn't fit either is typed.
fn components(choices: &[Choice]) -> Value {
    // A value too long to come back isn't offered to be pressed; typed, it works.
    let numbered: Vec<(usize, &Choice)> =
        choices.iter().enumerate().filter(|(_, choice)| choice.value.chars().count() <= 90).collect();
    if numbered.len() <= ROWS * BUTTONS_A_ROW {
        let row = |row: &[(usize, &Choice)]| {
            let buttons: Vec<Value> = row.iter().map(|(index, choice)| button(*index, choice)).collect();
            json!({"type": 1, "components": buttons})
        };
        return numbered.chunks(BUTTONS_A_ROW).map(row).collect();
    }
    let menu = |(row, some): (usize, &[(usize, &Choice)])| {
        let options: Vec<Value> = some.iter().map(|(index, choice)| entry(*index, choice)).collect();
        let (first, last) = (some.first().map_or(0, |one| one.0) + 1, some.last().map_or(0, |one| one.0) + 1);
        let hint = format!("{first} – {last}");
        let menu = json!({"type": 3, "custom_id": format!("menu-{row}"), "options": options, "placeholder": hint});
        json!({"type": 1, "components": [menu]})
    };
    numbered.chunks(CHOICES_A_MENU).take(ROWS).enumerate().map(menu).collect()
}

fn button(index: usize, choice: &Choice) -> Value {
    // 2: grey. No choice is made to look better than another.
    let label = shortened(&choice.label, BUTTON_LABEL, index);
    json!({"type": 2, "style": 2, "label": label, "custom_id": format!("{index}:{}", choice.value)})
}

fn entry(index: usize, choice: &Choice) -> Value {
    let label = shortened(&choice.label, MENU_LABEL, index);
    json!({"label": label, "value": format!("{index}:{}", choice.value)})
}

/// A label that fits; its number where there are no words.
fn shortened(label: &str, most: usize, index: usize) -> String {
    if label.trim().is_empty() {
        return (index + 1).to_string();
    }
    if label.encode_utf16().count() <= most {
        return label.to_owned();
    }
    let cut = split_text(label, TextLimit::Utf16(most - 1));
    format!("{}…", cut.first().map_or("", String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(count: usize) -> Vec<Choice> {
        (1..=count).map(|n| Choice { value: format!("v{n}"), label: format!("Choice {n}") }).collect()
    }

    fn shape(count: usize) -> String {
        let rows = components(&choices(count));
        let count = |row: &Value| {
            let inside = row["components"].as_array().unwrap();
            match inside[0]["options"].as_array() {
                Some(options) => format!("menu of {}", options.len()),
                None => inside.len().to_string(),
            }
        };
        rows.as_array().unwrap().iter().map(count).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn choices_are_buttons_then_menus() {
        assert_eq!(shape(0), "");
        assert_eq!(shape(3), "3");
        assert_eq!(shape(7), "5, 2");
        assert_eq!(shape(25), "5, 5, 5, 5, 5");
        assert_eq!(shape(26), "menu of 25, menu of 1");
        assert_eq!(shape(200), "menu of 25, menu of 25, menu of 25, menu of 25, menu of 25");
    }

    #[test]
    fn labels_and_names_keep_their_limits() {
        let long = Choice { value: "x".repeat(40), label: "Ça 😢 va. ".repeat(30) };
        let made = button(24, &long);
        assert!(made["label"].as_str().unwrap().encode_utf16().count() <= 80);
        assert!(made["custom_id"].as_str().unwrap().len() <= 100);
        assert_eq!(button(0, &Choice { value: "v".into(), label: " ".into() })["label"], "1");
        assert!(nonce("a-1").len() <= 25 && nonce("a-1") != nonce("a-2"));
    }

    #[test]
    fn each_refusal_is_told_for_what_it_is() {
        let check = |status, code, reason| assert_eq!(refusal(status, code), refused(reason), "{status} {code}");
        check(403, 50_007, RefusalReason::Unreachable);
        check(403, 50_278, RefusalReason::Unreachable);
        check(404, 10_003, RefusalReason::ChatGone);
        check(400, 50_035, RefusalReason::NotAcceptable);
        check(403, 0, RefusalReason::NotAllowed);
        assert!(matches!(refusal(401, 0), SendOutcome::Later(_)));
        assert!(matches!(refusal(400, 40_003), SendOutcome::Later(_)));
    }
}
