//! A doctor's look at the bot: token, webhook, what waits, groups, the menu. Changes nothing.
//!
//! Read next: `settings.rs`.

use crate::call::{Api, Failed, OTHER_POLLER, TOKEN_REFUSED, WEBHOOK_SET};
use crate::settings::Receive;
use adapter_api::{Examined, Verdict};
use futures_util::future::join3;
use serde_json::Value;
use teloxide::payloads::{GetMe, GetMyCommands, GetWebhookInfo};

/// Waiting updates from which on a person should know.
const MANY: u64 = 50;

pub(crate) async fn examine(api: &Api, receive: &Receive) -> Vec<Examined> {
    let (me, hook, menu) = (GetMe::new(), GetWebhookInfo::new(), GetMyCommands::new());
    let (me, hook, menu) = join3(api.call(&me), api.call(&hook), api.call(&menu)).await;
    let me = match me {
        Ok(me) => me,
        Err(failed) => return vec![unreachable(&failed)],
    };
    let mut found = vec![token(&me), groups(&me), privacy(&me)];
    if let Ok(hook) = hook {
        found.push(webhook(&hook, receive));
        found.extend(trouble(&hook));
        found.push(waiting(&hook));
    }
    if let Ok(menu) = menu {
        found.push(commands(&menu));
    }
    found
}

fn one(verdict: Verdict, what: &'static str, found: impl Into<String>) -> Examined {
    Examined { verdict, what, found: found.into() }
}

fn unreachable(failed: &Failed) -> Examined {
    let found = match failed {
        Failed::Said { code: 401 | 404, .. } => TOKEN_REFUSED.to_owned(),
        Failed::Said { code: 409, .. } => OTHER_POLLER.to_owned(),
        other => format!("{other}; check this machine's network and whether api.telegram.org is open to it"),
    };
    one(Verdict::Bad, "token", found)
}

fn token(me: &Value) -> Examined {
    // The bot's public name; not a secret, and no child's.
    let name = me["username"].as_str().unwrap_or("(no name)");
    one(Verdict::Good, "token", format!("telegram knows it; children write to @{name}"))
}

fn groups(me: &Value) -> Examined {
    if me["can_join_groups"] == true {
        let found =
            "anybody can add the bot to a group, which it leaves again; with @BotFather: /setjoingroups, Disable";
        return one(Verdict::Note, "groups", found);
    }
    one(Verdict::Good, "groups", "nobody can add the bot to a group")
}

fn privacy(me: &Value) -> Examined {
    if me["can_read_all_group_messages"] == true {
        let found = "privacy mode is off, so the bot is sent everything said in groups; with @BotFather: /setprivacy, Enable";
        return one(Verdict::Note, "privacy mode", found);
    }
    one(Verdict::Good, "privacy mode", "on, as it should be; private chats always reach the bot")
}

fn webhook(hook: &Value, receive: &Receive) -> Examined {
    let url = hook["url"].as_str().unwrap_or_default();
    let (verdict, found) = match receive {
        Receive::Polling if url.is_empty() => (Verdict::Good, "none is set; messages are fetched"),
        Receive::Polling => (Verdict::Bad, WEBHOOK_SET),
        Receive::Webhook { public_url, .. } if url == public_url => (Verdict::Good, "it leads to this helpline"),
        Receive::Webhook { .. } if url.is_empty() => {
            (Verdict::Note, "none is set yet; it is set when the helpline starts")
        }
        Receive::Webhook { .. } => (
            Verdict::Note,
            "it leads elsewhere; it is set to this helpline when it starts, and the other program hears nothing more",
        ),
    };
    one(verdict, "webhook", found)
}

fn trouble(hook: &Value) -> Option<Examined> {
    hook["last_error_message"].as_str()?;
    let found = "telegram could not push lately; check that the public url is reached from outside, its certificate, and the route";
    Some(one(Verdict::Note, "webhook pushes", found))
}

fn waiting(hook: &Value) -> Examined {
    let count = hook["pending_update_count"].as_u64().unwrap_or(0);
    if count >= MANY {
        let found = format!("{count} updates wait; telegram keeps each for 24 hours, so start the helpline soon");
        return one(Verdict::Note, "waiting messages", found);
    }
    one(Verdict::Good, "waiting messages", format!("{count} updates wait"))
}

fn commands(menu: &Value) -> Examined {
    if menu.as_array().is_some_and(|list| !list.is_empty()) {
        return one(
            Verdict::Good,
            "menu",
            "the bot shows a menu; check that each word in it is one the bot understands",
        );
    }
    let found =
        "the bot shows no menu; with @BotFather: /setcommands, for example help, human, stop, language, delete";
    one(Verdict::Note, "menu", found)
}
