//! Commit before acknowledge, on each app: killed between receipt and commit, and between commit and
//! acknowledgement, the house loses nothing and says nothing twice (I5, A6).
//!
//! The flow pack `packs/echo` answers each number with exactly one message that repeats it. The practice
//! page's crashes are in `crashes.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Context, Result, ensure};
use discord_server::DiscordServer;
use end_to_end::house::{HELPLINE, Plan};
use end_to_end::kid::Kid;
use end_to_end::matrix::Synapse;
use end_to_end::root;
use std::path::Path;
use std::sync::Arc;
use telegram_server::TelegramServer;

const TOKEN: &str = "MTA0.Gtest.house-of-the-test";
const NUMBERS: usize = 4;
/// Killed before the batch is on disk, and after it is but before the platform heard of it.
const POINTS: [&str; 2] = ["before_inbox_commit", "after_inbox_commit"];
/// Which batch it is: the first of all, and one in the middle of a talk.
const PASSINGS: [u32; 2] = [1, 3];
fn plan(folder: &Path, account: &str, secret: &str) -> Result<Plan> {
    let file = folder.join("secret");
    std::fs::write(&file, secret)?;
    let mut plan = Plan::new(folder)?;
    plan.config = format!(
        "{HELPLINE}langs = [\"en\"]\n[flows]\ndir = \"{}\"\n{}",
        root().join("tests/packs/echo").display(),
        account.replace("FILE", &file.display().to_string()),
    );
    Ok(plan)
}

/// Writes `hi`, 1, 2, … and waits for each answer, while the house is killed once and started again.
async fn play(plan: &mut Plan, kid: &mut Kid, point: &str, passing: u32) -> Result<()> {
    plan.more = vec!["--crash-at".into(), format!("{point}:{passing}")];
    let mut house = plan.start().await?;
    let mut back = None;
    for number in 0..=NUMBERS {
        let text = if number == 0 { "hi".to_owned() } else { number.to_string() };
        kid.write(&text).await?;
        let answer = format!("I heard {number}.");
        let answered = tokio::select! {
            biased;
            answered = kid.wait_for(&answer) => Some(answered?),
            status = house.ended(), if back.is_none() => {
                ensure!(!status?.success(), "it was to be killed");
                None
            }
        };
        if answered.is_none() {
            plan.more.clear();
            back = Some(plan.start().await?);
            kid.wait_for(&answer).await?;
        }
    }
    let back = back.with_context(|| format!("{point}:{passing} didn't kill it"))?;
    let expected: Vec<String> = (0..=NUMBERS).map(|number| format!("I heard {number}.")).collect();
    let shown = kid.shown().await?;
    ensure!(shown == expected, "{point}:{passing}: {shown:?}");
    back.kill().await
}

/// The same with a child whose talk was kept before: killed at each point while it writes on.
async fn play_known(plan: &Plan, kid: &mut Kid) -> Result<()> {
    let mut number = 0;
    for point in POINTS {
        for passing in PASSINGS {
            let mut crashing = plan.clone();
            crashing.more = vec!["--crash-at".into(), format!("{point}:{passing}")];
            let mut house = crashing.start().await?;
            let mut killed = false;
            while !killed {
                number += 1;
                ensure!(number < 100, "{point}:{passing} didn't kill it");
                kid.write(&number.to_string()).await?;
                let answer = format!("I heard {number}.");
                tokio::select! {
                    biased;
                    answered = kid.wait_for(&answer) => answered?,
                    status = house.ended() => {
                        ensure!(!status?.success(), "it was to be killed");
                        killed = true;
                    }
                }
                if killed {
                    let house = plan.start().await?;
                    kid.wait_for(&answer).await?;
                    house.kill().await?;
                }
            }
        }
    }
    let shown = kid.shown().await?;
    let heard: Vec<&str> = shown.iter().map(String::as_str).filter(|text| text.starts_with("I heard")).collect();
    let expected: Vec<String> = (0..=number).map(|number| format!("I heard {number}.")).collect();
    ensure!(heard == expected, "{heard:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_telegram_nothing_is_lost_or_doubled() -> Result<()> {
    for point in POINTS {
        for passing in PASSINGS {
            let (folder, server) = (tempfile::tempdir()?, Arc::new(TelegramServer::start().await));
            let account = format!(
                "[[account]]\nplatform = \"telegram\"\ntoken_file = \"FILE\"\napi_url = \"{}\"\n",
                server.url()
            );
            let mut plan = plan(folder.path(), &account, server.token())?;
            play(&mut plan, &mut Kid::telegram(&server, "ana"), point, passing).await.context("Telegram")?;
            ensure!(server.violations().is_empty(), "{:?}", server.violations());
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_discord_nothing_is_lost_or_doubled() -> Result<()> {
    // Discord gives no list of talks: of a child of whom nothing was ever kept, the first message is
    // found when the child writes again. So the talk is kept before the first kill.
    let (folder, server) = (tempfile::tempdir()?, Arc::new(DiscordServer::start(TOKEN).await));
    let account =
        format!("[[account]]\nplatform = \"discord\"\ntoken_file = \"FILE\"\napi_url = \"{}\"\n", server.url());
    let plan = plan(folder.path(), &account, TOKEN)?;
    let house = plan.start().await?;
    server.wait_until("the house is connected", |server| server.connected() > 0).await;
    let mut ana = Kid::discord(&server, "ana");
    ana.write("hi").await?;
    ana.wait_for("I heard 0.").await?;
    house.kill().await?;
    play_known(&plan, &mut ana).await?;
    ensure!(server.violations().is_empty(), "{:?}", server.violations());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_matrix_nothing_is_lost_or_doubled() -> Result<()> {
    let synapse = Synapse::start(&["bot:bot-secret", "ana:secret"]).await?;
    // One house and one child: the killed house must go on with its own session and keys.
    let folder = tempfile::tempdir()?;
    let account = format!(
        "[[account]]\nplatform = \"matrix\"\nhomeserver = \"{}\"\nuser = \"@bot:localhost\"\npassword_file = \"FILE\"\n",
        synapse.url
    );
    let plan = plan(folder.path(), &account, "bot-secret")?;
    let house = plan.start().await?;
    let mut ana = Kid::matrix(&synapse.url, "ana", "secret", "@bot:localhost").await?;
    // Coming into the room opened the talk.
    ana.wait_for("I heard 0.").await?;
    house.kill().await?;
    play_known(&plan, &mut ana).await
}
