//! `passerelle doctor` finds what stands between children and the helpline, and says what to do.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Result, ensure};
use discord_server::DiscordServer;
use end_to_end::house::{HELPLINE, PRACTICE, Plan, command};
use serde_json::{Value, json};
use std::path::Path;
use telegram_server::TelegramServer;

const TOKEN: &str = "MTA0.Gtest.house-of-the-test";

/// Exit code and what it found.
async fn doctor(plan: &Plan) -> Result<(i32, Value)> {
    std::fs::write(plan.config_file(), &plan.config)?;
    let (config, data) = (plan.config_file(), plan.data());
    let (config, data) = (config.to_str().unwrap(), data.to_str().unwrap());
    let done = command(&["doctor", "--config", config, "--data", data, "--format", "json"]).await?;
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    let code = done.status.code().unwrap_or(-1);
    Ok((code, serde_json::from_str(&told).map_err(|error| anyhow::anyhow!("{error}: {told}"))?))
}

fn plan(folder: &Path, accounts: &str) -> Result<Plan> {
    let mut plan = Plan::new(folder)?;
    plan.config = format!("listen = \"127.0.0.1:{}\"\n{HELPLINE}{accounts}", plan.port);
    Ok(plan)
}

/// The findings about something, with their verdicts.
fn about<'a>(told: &'a Value, what: &str) -> Vec<(&'a str, &'a str)> {
    let all = told["findings"].as_array().unwrap().iter().filter(|one| one["about"] == what);
    all.map(|one| (one["verdict"].as_str().unwrap(), one["found"].as_str().unwrap())).collect()
}

fn secret(folder: &Path, name: &str, words: &str) -> String {
    std::fs::write(folder.join(name), words).unwrap();
    folder.join(name).display().to_string()
}

fn telegram(folder: &Path, server: &TelegramServer, token: &str) -> String {
    let file = secret(folder, "telegram.token", token);
    format!("[[account]]\nplatform = \"telegram\"\ntoken_file = \"{file}\"\napi_url = \"{}\"\n", server.url())
}

fn discord(folder: &Path, server: &DiscordServer) -> String {
    let file = secret(folder, "discord.token", TOKEN);
    format!("[[account]]\nplatform = \"discord\"\ntoken_file = \"{file}\"\napi_url = \"{}\"\n", server.url())
}

#[tokio::test]
async fn before_the_first_start_and_while_it_runs_all_is_well() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = plan(folder.path(), PRACTICE)?;
    let (code, told) = doctor(&plan).await?;
    ensure!(code == 0 && about(&told, "key")[0].0 == "note", "{told:#}");
    ensure!(!plan.data().exists(), "it changes nothing");
    let house = plan.start().await?;
    let (code, told) = doctor(&plan).await?;
    ensure!(code == 0, "{told:#}");
    ensure!(about(&told, "house") == [("good", "it runs and keeps what comes")], "{told:#}");
    ensure!(about(&told, "database")[0].0 == "good", "{told:#}");
    house.kill().await?;
    std::fs::remove_file(plan.data().join("master.key"))?;
    let (code, told) = doctor(&plan).await?;
    ensure!(code == 1 && about(&told, "key")[0].1.contains("bring the key back"), "{told:#}");
    Ok(())
}

#[tokio::test]
async fn settings_that_can_not_be_used_end_it_with_their_place() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = plan(folder.path(), "[[account]]\nplatform = \"telegram\"\n")?;
    let (code, told) = doctor(&plan).await?;
    ensure!(code == 2 && told["status"] == "unusable", "{told:#}");
    ensure!(
        told["why"].as_str().unwrap().contains("passerelle.toml:6:1: a telegram account without token_file"),
        "{told:#}"
    );
    Ok(())
}

#[tokio::test]
async fn a_wrong_token_is_named_with_the_way_to_mend_it_and_never_shown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = TelegramServer::start().await;
    let (code, told) = doctor(&plan(folder.path(), &telegram(folder.path(), &server, server.token()))?).await?;
    ensure!(code == 0, "{told:#}");
    ensure!(
        about(&told, "account telegram").iter().any(|(verdict, found)| *verdict == "good" && found.contains('@')),
        "{told:#}"
    );
    server.token_works(false);
    let (code, told) = doctor(&plan(folder.path(), &telegram(folder.path(), &server, server.token()))?).await?;
    ensure!(code == 1 && about(&told, "account telegram")[0].0 == "bad", "{told:#}");
    ensure!(!told.to_string().contains(server.token()), "the token is shown");
    let no_file = plan(folder.path(), "[[account]]\nplatform = \"telegram\"\ntoken_file = \"/no/such/file\"\n")?;
    let (code, told) = doctor(&no_file).await?;
    ensure!(
        code == 1 && about(&told, "account telegram")[0].1.contains("/no/such/file can't be read"),
        "{told:#}"
    );
    Ok(())
}

#[tokio::test]
async fn a_webhook_that_stands_in_the_way_of_polling_is_found() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = TelegramServer::start().await;
    let hook = json!({"url": "https://elsewhere.example.org/hook"});
    let set = reqwest::Client::new()
        .post(format!("{}/bot{}/setWebhook", server.url(), server.token()))
        .json(&hook)
        .send()
        .await?;
    ensure!(set.status().is_success());
    let (code, told) = doctor(&plan(folder.path(), &telegram(folder.path(), &server, server.token()))?).await?;
    let found = about(&told, "account telegram");
    ensure!(
        found.iter().any(|(verdict, found)| *verdict != "good" && found.contains("webhook")),
        "{code} {told:#}"
    );
    Ok(())
}

#[tokio::test]
async fn a_discord_bot_that_children_can_not_reach_is_found() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = DiscordServer::start(TOKEN).await;
    let (_, told) = doctor(&plan(folder.path(), &discord(folder.path(), &server))?).await?;
    let found = about(&told, "account discord");
    ensure!(
        found.iter().any(|(verdict, found)| *verdict == "good" && found.contains("Discord knows the bot")),
        "{told:#}"
    );
    server.bot_in_guilds(false);
    let (code, told) = doctor(&plan(folder.path(), &discord(folder.path(), &server))?).await?;
    let found = about(&told, "account discord");
    ensure!(
        code == 1 && found.iter().any(|(verdict, found)| *verdict == "bad" && found.contains("no server")),
        "{told:#}"
    );
    server.set_interactions_endpoint(Some("https://elsewhere.example.org/hook"));
    let (code, told) = doctor(&plan(folder.path(), &discord(folder.path(), &server))?).await?;
    ensure!(
        code == 1 && about(&told, "account discord").iter().filter(|(verdict, _)| *verdict == "bad").count() == 2,
        "{told:#}"
    );
    ensure!(!told.to_string().contains(TOKEN), "the token is shown");
    Ok(())
}
