//! The commands that open a private talk: `/help`, and an entry in the menu of a person or a message.
//!
//! Registered by name, so that repeating it changes nothing and other commands of the application stay.
//! Read next: `asked.rs`.

use crate::event::id_at;
use crate::rest::{Failure, Rest};
use crate::settings::pause;
use reqwest::Method;
use serde_json::{Value, json};
use serenity::builder::CreateCommand;
use serenity::http::Route;
use serenity::model::application::{CommandType, InstallationContext, InteractionContext};
use serenity::model::id::ApplicationId;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

/// What a child types.
pub(crate) const HELP: &str = "help";
/// What a child taps, on a person or on a message.
pub(crate) const MENU: &str = "Talk in private";

fn all() -> [CreateCommand; 3] {
    let everywhere = |command: CreateCommand| {
        command
            .integration_types(vec![InstallationContext::Guild])
            .contexts(vec![InteractionContext::Guild, InteractionContext::BotDm])
    };
    let menu = |kind| {
        let command = CreateCommand::new(MENU).kind(kind).name_localized("fr", "Parler en privé");
        command.integration_types(vec![InstallationContext::Guild]).contexts(vec![InteractionContext::Guild])
    };
    [
        everywhere(
            CreateCommand::new(HELP)
                .kind(CommandType::ChatInput)
                .name_localized("fr", "aide")
                .description("Talk to us in private. Nobody else sees it.")
                .description_localized("fr", "Parle-nous en privé. Personne d'autre ne le voit."),
        ),
        menu(CommandType::User),
        menu(CommandType::Message),
    ]
}

/// Registers what isn't registered as it should be; tries until it is, as children without the command
/// only find the bot by its name.
pub(crate) async fn keep(rest: Arc<Rest>, between: Duration) {
    loop {
        let wait = match register(&rest).await {
            Ok(()) => return,
            Err(Failure::Refused { status, code }) => {
                tracing::error!(status, code, "Discord doesn't take the commands that open a private talk");
                return;
            }
            Err(Failure::Limited(wait)) => wait.max(between),
            Err(_) => between,
        };
        pause(wait).await;
    }
}

async fn register(rest: &Rest) -> Result<(), Failure> {
    let application = rest.get(Route::Oauth2ApplicationCurrent, &[]).await?;
    let Some(id) = id_at(&application, "/id").and_then(NonZeroU64::new) else { return Err(Failure::Unclear) };
    let route = Route::Commands { application_id: ApplicationId::from(id) };
    let there = rest.get(route, &[]).await?;
    for command in all() {
        let mut wanted = serde_json::to_value(&command).unwrap_or_default();
        drop_empty(&mut wanted);
        if !there.as_array().into_iter().flatten().any(|known| is_as(known, &wanted)) {
            rest.change(Method::POST, route, Some(&wanted)).await?;
        }
    }
    Ok(())
}

/// Which of the commands are there, as (registered, wanted).
pub(crate) async fn registered(rest: &Rest, application: u64) -> Result<(usize, usize), Failure> {
    let Some(id) = NonZeroU64::new(application) else { return Ok((0, 3)) };
    let there = rest.get(Route::Commands { application_id: ApplicationId::from(id) }, &[]).await?;
    let known = |wanted: &CreateCommand| {
        let wanted = serde_json::to_value(wanted).unwrap_or_default();
        let same = |known: &Value| known["name"] == wanted["name"] && known["type"] == wanted["type"];
        there.as_array().into_iter().flatten().any(same)
    };
    let all = all();
    Ok((all.iter().filter(|command| known(command)).count(), all.len()))
}

/// The list gives names in other languages only when asked for them: they aren't compared.
fn is_as(known: &Value, wanted: &Value) -> bool {
    ["name", "type", "description", "contexts", "integration_types"].iter().all(|field| {
        let nothing = json!("");
        known.get(*field).unwrap_or(&nothing) == wanted.get(*field).unwrap_or(&nothing)
    })
}

/// serenity writes empty lists and maps, and a field for adults-only commands that Discord doesn't describe.
fn drop_empty(command: &mut Value) {
    if let Some(fields) = command.as_object_mut() {
        fields.remove("nsfw");
        fields.retain(|_, value| !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)));
        fields.retain(|_, value| !value.as_object().is_some_and(serde_json::Map::is_empty));
    }
}
