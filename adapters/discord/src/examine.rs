//! Looks at the account as `passerelle doctor` does: what is found, and what a person should do.
//!
//! It changes nothing on Discord and never shows the token or a person's name. Read next: `commands.rs`.

use crate::commands;
use crate::event::id_at;
use crate::rest::{Failure, Rest};
use adapter_api::{Examined, Verdict};
use serde_json::Value;
use serenity::http::Route;

/// The flags of an application that may read messages in servers.
const CONTENT: u64 = (1 << 18) | (1 << 19);

pub(crate) async fn examine(rest: &Rest) -> Vec<Examined> {
    let mut found = Vec::new();
    match rest.get(Route::UserMe, &[]).await {
        Ok(_) => found.push(good("token", "Discord knows the bot")),
        Err(failure) => {
            found.push(bad("token", &token_fault(failure)));
            return found;
        }
    }
    match rest.get(Route::Oauth2ApplicationCurrent, &[]).await {
        Ok(application) => {
            found.push(endpoint(&application));
            found.push(content(&application));
            found.push(commands_of(rest, id_at(&application, "/id").unwrap_or(0)).await);
        }
        Err(failure) => found.push(note("application", &format!("it couldn't be looked at: {failure}"))),
    }
    found.push(match rest.get(Route::UserMeGuilds, &[]).await {
        Ok(Value::Array(guilds)) if guilds.is_empty() => bad(
            "servers",
            "the bot is in no server. A child can write to it only when both are in one: open the install link \
             and add it to a server",
        ),
        Ok(Value::Array(guilds)) if guilds.len() >= 200 => good("servers", "the bot is in 200 servers or more"),
        Ok(guilds) => {
            let count = guilds.as_array().map_or(0, Vec::len);
            good("servers", &format!("the bot is in {count}; whoever is in one of them can write to it"))
        }
        Err(failure) => note("servers", &format!("they couldn't be counted: {failure}")),
    });
    found.push(sessions(rest).await);
    found
}

fn token_fault(failure: Failure) -> String {
    match failure {
        Failure::Refused { status: 401, .. } => {
            "Discord refuses it. In the Developer Portal, under Bot, use Reset Token and put the new one into \
             the token's file"
                .to_owned()
        }
        other => format!("it couldn't be tried: {other}"),
    }
}

fn endpoint(application: &Value) -> Examined {
    match application["interactions_endpoint_url"].as_str().filter(|url| !url.is_empty()) {
        Some(_) => bad(
            "interactions endpoint",
            "an address is set, so Discord sends /help and button presses there instead of to us. In the \
             Developer Portal, under General Information, empty Interactions Endpoint URL",
        ),
        None => good("interactions endpoint", "none is set: commands and presses come over the gateway"),
    }
}

fn content(application: &Value) -> Examined {
    match application["flags"].as_u64().unwrap_or(0) & CONTENT {
        0 => good("intents", "direct messages only, and nothing more is needed"),
        _ => note(
            "intents",
            "Message Content is switched on and isn't needed: in direct messages the words always come. Switch \
             it off under Bot, so that nothing said in servers can ever be read",
        ),
    }
}

async fn commands_of(rest: &Rest, application: u64) -> Examined {
    match commands::registered(rest, application).await {
        Ok((there, all)) if there == all => good("commands", "/help and the menu entries are registered"),
        Ok((there, all)) => {
            note("commands", &format!("{there} of {all} are registered; the rest follows when Passerelle runs"))
        }
        Err(failure) => note("commands", &format!("they couldn't be looked at: {failure}")),
    }
}

async fn sessions(rest: &Rest) -> Examined {
    match rest.get(Route::GatewayBot, &[]).await {
        Ok(gateway) => match gateway.pointer("/session_start_limit/remaining").and_then(Value::as_u64) {
            Some(0) => bad(
                "gateway",
                "no new session may be begun today: Discord allows 1,000 a day. Look for what restarts the bot \
                 so often; it connects again when the day is over",
            ),
            Some(left) if left < 100 => {
                note("gateway", &format!("only {left} new sessions are left today; something restarts often"))
            }
            _ => good("gateway", "it can be connected to"),
        },
        Err(failure) => note("gateway", &format!("it couldn't be asked for: {failure}")),
    }
}

fn good(what: &'static str, found: &str) -> Examined {
    Examined { verdict: Verdict::Good, what, found: found.to_owned() }
}

fn note(what: &'static str, found: &str) -> Examined {
    Examined { verdict: Verdict::Note, what, found: found.to_owned() }
}

fn bad(what: &'static str, found: &str) -> Examined {
    Examined { verdict: Verdict::Bad, what, found: found.to_owned() }
}
