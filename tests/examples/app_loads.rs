//! How many messages a second the real binary answers on Telegram and Discord, through our own servers
//! for tests, with durability and encryption on; beside a bare loop in the same run that keeps nothing.
//!
//! The servers are ours and on this machine: the figures compare runs on one machine and say nothing
//! about the platforms' own limits. Run it with `make bench-apps`.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a command for a person")]

use anyhow::{Context, Result, ensure};
use discord_server::DiscordServer;
use end_to_end::house::{HELPLINE, Plan};
use end_to_end::kid::Kid;
use end_to_end::root;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use telegram_server::TelegramServer;

const TOKEN: &str = "MTA0.Gtest.house-of-the-test";
/// Messages in all, and how many are under way at the same time.
const LOADS: [(usize, usize); 3] = [(50, 1), (400, 8), (200, 64)];

/// A child who writes more than 20 messages a minute is answered once for several.
const MOST_OF_A_CHILD: usize = 15;

/// What came of a load.
struct Figure {
    took: Duration,
    answered: usize,
}

#[allow(clippy::disallowed_methods, reason = "a bench measures the machine's time")]
fn now() -> Instant {
    Instant::now()
}

/// Children each write their share, one message at a time, and wait for each answer.
async fn play(kids: &mut [Kid], each: usize) -> Result<Figure> {
    let began = now();
    try_join_all(kids.iter_mut().map(|kid| async move {
        for number in 1..=each {
            kid.write(&number.to_string()).await?;
            kid.wait_for(&format!("I heard {number}.")).await?;
        }
        Ok::<_, anyhow::Error>(())
    }))
    .await?;
    let took = began.elapsed();
    let mut answered = 0;
    for kid in kids {
        let shown = kid.shown().await?;
        let heard: Vec<&String> =
            shown.iter().filter(|text| text.starts_with("I heard ") && *text != "I heard 0.").collect();
        let expected: Vec<String> = (1..=each).map(|number| format!("I heard {number}.")).collect();
        ensure!(heard == expected.iter().collect::<Vec<_>>(), "{}: {heard:?}", kid.name);
        answered += heard.len();
    }
    Ok(Figure { took, answered })
}

fn tell(who: &str, flight: usize, figure: &Figure, memory: Option<u64>) {
    let rate = figure.answered as f64 / figure.took.as_secs_f64();
    let memory = memory.map_or_else(String::new, |mb| format!(", {mb} MB resident"));
    println!(
        "{who:<28} {flight:>3} in flight: {} answered in order, {rate:.1} round trips/s{memory}",
        figure.answered
    );
}

/// The resident memory of a process, in MB.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1_024)
}

/// The house on one account.
async fn house_on(
    account: &str,
    secret: &str,
    make: impl Fn(&str) -> Kid,
    connected: impl AsyncFn(),
    who: &str,
) -> Result<()> {
    for (messages, flight) in LOADS {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("secret");
        std::fs::write(&file, secret)?;
        let mut plan = Plan::new(folder.path())?;
        plan.config = format!(
            "{HELPLINE}langs = [\"en\"]\n[flows]\ndir = \"{}\"\n{}",
            root().join("tests/packs/echo").display(),
            account.replace("FILE", &file.display().to_string())
        );
        let house = plan.start().await?;
        connected().await;
        let mut kids: Vec<Kid> = (0..flight).map(|n| make(&format!("load-{flight}-{n}"))).collect();
        // Everybody is known before the clock starts.
        try_join_all(kids.iter_mut().map(|kid| async move {
            kid.write("hi").await?;
            kid.wait_for("I heard 0.").await
        }))
        .await?;
        // More children take turns where one would write too much.
        let groups = messages.div_ceil(MOST_OF_A_CHILD * flight);
        while kids.len() < groups * flight {
            let mut kid = make(&format!("load-{flight}-{}", kids.len()));
            kid.write("hi").await?;
            kid.wait_for("I heard 0.").await?;
            kids.push(kid);
        }
        let mut figure = Figure { took: Duration::ZERO, answered: 0 };
        for group in kids.chunks_mut(flight) {
            let part = play(group, messages.div_ceil(groups * flight)).await?;
            figure.took += part.took;
            figure.answered += part.answered;
        }
        tell(who, flight, &figure, house.pid().and_then(resident));
        house.kill().await?;
    }
    Ok(())
}

/// A loop that answers and keeps nothing, one update after another.
async fn bare_loop(base: String) -> Result<()> {
    let http = reqwest::Client::new();
    let mut offset = 0;
    loop {
        let asked = json!({"offset": offset, "timeout": 20});
        let answer: Value = http.post(format!("{base}/getUpdates")).json(&asked).send().await?.json().await?;
        for update in answer["result"].as_array().context("no updates")? {
            offset = update["update_id"].as_i64().unwrap_or_default() + 1;
            let text = update["message"]["text"].as_str().unwrap_or("0");
            let heard = if text == "hi" { "0" } else { text };
            let said = json!({"chat_id": update["message"]["chat"]["id"], "text": format!("I heard {heard}.")});
            http.post(format!("{base}/sendMessage")).json(&said).send().await?;
        }
    }
}

async fn bare_telegram() -> Result<()> {
    for (messages, flight) in LOADS {
        let server = Arc::new(TelegramServer::start().await);
        let answering = tokio::spawn(bare_loop(format!("{}/bot{}", server.url(), server.token())));
        let mut kids: Vec<Kid> = (0..flight).map(|n| Kid::telegram(&server, &format!("bare-{n}"))).collect();
        for kid in &mut kids {
            kid.write("hi").await?;
            kid.wait_for("I heard 0.").await?;
        }
        let figure = play(&mut kids, messages.div_ceil(flight)).await?;
        tell("bare loop, Telegram", flight, &figure, None);
        answering.abort();
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("Real binary (as built), servers of our own on this machine, SQLite with full durability.");
    bare_telegram().await?;
    let telegram = Arc::new(TelegramServer::start().await);
    let account =
        format!("[[account]]\nplatform = \"telegram\"\ntoken_file = \"FILE\"\napi_url = \"{}\"\n", telegram.url());
    house_on(
        &account,
        telegram.token(),
        |name| Kid::telegram(&telegram, name),
        async || (),
        "passerelle, Telegram",
    )
    .await?;
    let discord = Arc::new(DiscordServer::start(TOKEN).await);
    let account =
        format!("[[account]]\nplatform = \"discord\"\ntoken_file = \"FILE\"\napi_url = \"{}\"\n", discord.url());
    // What a child writes for the first time while nobody is connected is found only when they write again.
    let connected = async || discord.wait_until("the house is connected", |server| server.connected() > 0).await;
    house_on(&account, TOKEN, |name| Kid::discord(&discord, name), connected, "passerelle, Discord").await
}
