//! Telegram, Discord, Matrix and the practice page live in one process; each app fails in turn while
//! thirty children write. Every child reaches a counsellor; nothing is lost, doubled or out of order.
//!
//! The flow pack `packs/echo` answers each number with exactly one message that repeats it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Context, Result, ensure};
use discord_server::DiscordServer;
use end_to_end::desk::PASSWORD;
use end_to_end::house::{HELPLINE, House, PRACTICE, Plan};
use end_to_end::http_desk::HttpDesk;
use end_to_end::kid::{Kid, On, same_talk};
use end_to_end::matrix::Synapse;
use end_to_end::{no_words_in, root};
use futures_util::future::try_join_all;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use telegram_server::{Fault, TelegramServer};

const TOKEN: &str = "MTA0.Gtest.house-of-the-test";
const MATRIX: [&str; 5] = ["mx0", "mx1", "mx2", "mx3", "mx4"];

/// The platforms, each a server of its own.
struct Apps {
    telegram: Arc<TelegramServer>,
    discord: Arc<DiscordServer>,
    synapse: Synapse,
}

impl Apps {
    async fn start() -> Result<Self> {
        let users: Vec<String> = std::iter::once("bot:bot-secret".to_owned())
            .chain(MATRIX.map(|name| format!("{name}:secret")))
            .collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        Ok(Self {
            telegram: Arc::new(TelegramServer::start().await),
            discord: Arc::new(DiscordServer::start(TOKEN).await),
            synapse: Synapse::start(&users).await?,
        })
    }

    fn plan(&self, folder: &Path) -> Result<Plan> {
        let secret = |name: &str, words: &str| -> Result<String> {
            std::fs::write(folder.join(name), words)?;
            Ok(folder.join(name).display().to_string())
        };
        let (telegram, discord) =
            (secret("telegram.token", self.telegram.token())?, secret("discord.token", TOKEN)?);
        let matrix = secret("matrix.password", "bot-secret")?;
        let mut plan = Plan::new(folder)?;
        plan.config = format!(
            "{HELPLINE}langs = [\"en\"]\n[flows]\ndir = \"{}\"\n[people]\nmost_each = 10\n{PRACTICE}\
             [[account]]\nplatform = \"telegram\"\ntoken_file = \"{telegram}\"\napi_url = \"{}\"\n\
             [[account]]\nplatform = \"discord\"\ntoken_file = \"{discord}\"\napi_url = \"{}\"\n\
             [[account]]\nplatform = \"matrix\"\nhomeserver = \"{}\"\nuser = \"@bot:localhost\"\npassword_file = \"{matrix}\"\n",
            root().join("tests/packs/echo").display(),
            self.telegram.url(),
            self.discord.url(),
            self.synapse.url,
        );
        Ok(plan)
    }

    async fn kids(&self, house: &House) -> Result<Vec<Kid>> {
        let mut kids: Vec<Kid> = (0..9).map(|n| Kid::telegram(&self.telegram, &format!("tg{n}"))).collect();
        kids.extend((0..9).map(|n| Kid::discord(&self.discord, &format!("dc{n}"))));
        kids.extend((0..7).map(|n| Kid::practice(&house.base, &format!("pr{n}"))));
        for name in MATRIX {
            kids.push(Kid::matrix(&self.synapse.url, name, "secret", "@bot:localhost").await?);
        }
        ensure!(kids.len() == 30);
        Ok(kids)
    }
}

/// What goes wrong while the children write one message each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Nothing,
    TelegramTooMany,
    TelegramFails,
    TelegramAnswersLost,
    TelegramDown,
    DiscordTooMany,
    DiscordFails,
    DiscordAnswersLost,
    DiscordCut,
    DiscordReconnect,
    DiscordDown,
    MatrixDown,
}

const TROUBLES: [Trouble; 13] = [
    Trouble::Nothing,
    Trouble::TelegramTooMany,
    Trouble::DiscordTooMany,
    Trouble::TelegramFails,
    Trouble::DiscordFails,
    Trouble::TelegramAnswersLost,
    Trouble::DiscordAnswersLost,
    Trouble::TelegramDown,
    Trouble::DiscordDown,
    Trouble::MatrixDown,
    Trouble::DiscordCut,
    Trouble::DiscordReconnect,
    Trouble::Nothing,
];

impl Trouble {
    /// Whose children can't be answered until it is over.
    const fn silences(self) -> Option<On> {
        match self {
            Self::TelegramDown => Some(On::Telegram),
            Self::DiscordDown => Some(On::Discord),
            Self::MatrixDown => Some(On::Matrix),
            _ => None,
        }
    }

    async fn begins(self, apps: &mut Apps) -> Result<()> {
        match self {
            Self::Nothing => {}
            Self::TelegramTooMany => apps.telegram.faults("sendMessage", Fault::TooMany(1), 4),
            Self::TelegramFails => {
                apps.telegram.faults("getUpdates", Fault::Fails(500), 1);
                apps.telegram.faults("getUpdates", Fault::Gateway(502), 1);
            }
            Self::TelegramAnswersLost => {
                apps.telegram.faults("sendMessage", Fault::CutAfter, 2);
                apps.telegram.faults("sendMessage", Fault::GarbageAfter, 1);
                apps.telegram.faults("getUpdates", Fault::CutAfter, 1);
            }
            Self::TelegramDown => apps.telegram.down().await,
            Self::DiscordTooMany => apps.discord.rate_limit(4, Duration::from_secs(1), false),
            Self::DiscordFails => apps.discord.server_faults(3),
            Self::DiscordAnswersLost => {
                apps.discord.lose_answers(1);
                apps.discord.garble_answers(1);
            }
            Self::DiscordCut => apps.discord.cut(),
            Self::DiscordReconnect => apps.discord.ask_to_reconnect(),
            Self::DiscordDown => apps.discord.down().await,
            Self::MatrixDown => {
                apps.synapse.stop().await?;
            }
        }
        Ok(())
    }

    async fn ends(self, apps: &mut Apps) -> Result<()> {
        match self {
            Self::TelegramDown => apps.telegram.up(),
            Self::DiscordDown => apps.discord.up().await,
            Self::MatrixDown => {
                apps.synapse.back().await?;
            }
            _ => {}
        }
        Ok(())
    }
}

async fn write_and_wait<'a>(kids: impl Iterator<Item = &'a mut Kid>, text: &str, answer: &str) -> Result<()> {
    try_join_all(kids.map(|kid| async move {
        kid.write_until_taken(text).await?;
        kid.wait_for(answer).await
    }))
    .await?;
    Ok(())
}

/// One message from every child while something goes wrong. Children on other apps are answered
/// before it is over.
async fn round(number: usize, trouble: Trouble, apps: &mut Apps, kids: &mut [Kid], house: &House) -> Result<()> {
    let (text, answer) = (number.to_string(), format!("I heard {number}."));
    trouble.begins(apps).await?;
    let silenced = |kid: &Kid| Some(kid.on()) == trouble.silences();
    // Whoever can write to a server that is down: the app keeps it. Matrix's apps can't.
    for kid in kids.iter_mut().filter(|kid| silenced(kid) && kid.on() != On::Matrix) {
        kid.write(&text).await?;
    }
    write_and_wait(kids.iter_mut().filter(|kid| !silenced(kid)), &text, &answer).await?;
    if let Some(on) = trouble.silences() {
        let state = state_of(house, on).await?;
        ensure!(state != "receiving", "{on:?} is down, and /health says {state}");
    }
    trouble.ends(apps).await?;
    for kid in kids.iter_mut().filter(|kid| silenced(kid)) {
        if kid.on() == On::Matrix {
            kid.write(&text).await?;
        }
        kid.wait_for(&answer).await?;
    }
    Ok(())
}

async fn health(house: &House) -> Result<Value> {
    let answer = reqwest::get(format!("{}/health", house.base)).await?;
    ensure!(answer.status() == 200, "the house works whatever a platform does: {}", answer.status());
    Ok(answer.json().await?)
}

async fn state_of(house: &House, on: On) -> Result<String> {
    let told = health(house).await?;
    let name = format!("{on:?}");
    let channels = told["channels"].as_array().context("no channels")?;
    let channel =
        channels.iter().find(|channel| channel["platform"] == name.as_str()).context("no such channel")?;
    Ok(channel["state"].as_str().unwrap_or_default().to_owned())
}

/// Everybody gets a counsellor, who says hello; each child thanks by name.
async fn reach_a_counsellor(desk: &mut HttpDesk, kids: &mut [Kid]) -> Result<Vec<String>> {
    for kid in kids.iter_mut() {
        kid.write_until_taken("I want to talk to a human").await?;
    }
    let mut taken: Vec<String> = Vec::new();
    let mut tries = 0;
    while taken.len() < kids.len() {
        tries += 1;
        ensure!(tries < 3_000, "only {} of {} children can be taken up", taken.len(), kids.len());
        desk.heartbeat().await?;
        for id in desk.board().await? {
            if taken.contains(&id) || desk.try_post(&format!("/desk/c/{id}/accept"), &[]).await? >= 400 {
                continue;
            }
            let hello = [("text", "Hello, I am Sam."), ("client_key", "key-hello-1")];
            desk.post(&format!("/desk/c/{id}/say"), &hello).await?;
            taken.push(id);
        }
    }
    try_join_all(kids.iter_mut().map(|kid| async move {
        kid.wait_for("Hello, I am Sam.").await?;
        let thanks = format!("thanks, says {}", kid.name);
        kid.write_until_taken(&thanks).await
    }))
    .await?;
    Ok(taken)
}

/// Says goodbye where the thanks have arrived; returns each child's talk by the child's name.
async fn say_goodbye(desk: &mut HttpDesk, ids: &[String]) -> Result<BTreeMap<String, String>> {
    let mut of = BTreeMap::new();
    let mut tries = 0;
    while of.len() < ids.len() {
        tries += 1;
        ensure!(tries < 300, "the thanks of {} children don't arrive", ids.len() - of.len());
        desk.heartbeat().await?;
        for id in ids {
            if of.values().any(|known| known == id) {
                continue;
            }
            let lines = desk.transcript(id).await?;
            let thanks = lines.iter().filter(|line| line.voice == "child");
            let Some(name) = thanks.filter_map(|line| line.words.strip_prefix("thanks, says ")).next() else {
                continue;
            };
            of.insert(name.to_owned(), id.clone());
            let goodbye = [("text", "Take care of yourself."), ("client_key", "key-goodbye-1")];
            desk.post(&format!("/desk/c/{id}/say"), &goodbye).await?;
        }
    }
    Ok(of)
}

/// The desk's transcript is what the child wrote and saw.
async fn compare(desk: &mut HttpDesk, id: &str, kid: &mut Kid) -> Result<usize> {
    kid.wait_for("Take care of yourself.").await?;
    let mut tries = 0;
    let lines = loop {
        let lines = desk.transcript(id).await?;
        if !lines.iter().any(|line| line.delivery == "waiting") {
            break lines;
        }
        tries += 1;
        ensure!(tries < 300, "{}: something still waits to be sent", kid.name);
    };
    let child: Vec<&str> = lines
        .iter()
        .filter(|line| line.voice == "child" && !line.words.is_empty())
        .map(|line| line.words.as_str())
        .collect();
    ensure!(child == kid.wrote, "{} wrote {:?}, the desk has {child:?}", kid.name, kid.wrote);
    let told: Vec<(String, bool)> = lines
        .iter()
        .filter(|line| line.voice == "bot" || line.voice == "counsellor")
        .map(|line| (line.words.clone(), line.delivery == "sent"))
        .collect();
    ensure!(!lines.iter().any(|line| line.delivery == "refused"), "{}: a message was refused", kid.name);
    let saw = kid.shown().await?;
    same_talk(&kid.name, &told, &saw)?;
    Ok(told.iter().filter(|(_, known)| !known).count())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_children_on_four_apps_reach_a_counsellor_whatever_the_apps_do() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut apps = Apps::start().await?;
    let plan = apps.plan(folder.path())?;
    let house = plan.start().await?;
    let one_time = house.password.clone().context("a one-time password")?;
    let mut desk = HttpDesk::first_sign_in(&house.base, "counsellor", &one_time, PASSWORD).await?;
    let mut kids = apps.kids(&house).await?;
    // Discord gives no list of talks: a child's very first words need a house that is connected.
    apps.discord.wait_until("the house is connected", |server| server.connected() > 0).await;
    write_and_wait(kids.iter_mut(), "hi", "I heard 0.").await?;
    for (number, trouble) in TROUBLES.into_iter().enumerate() {
        round(number + 1, trouble, &mut apps, &mut kids, &house).await.with_context(|| format!("{trouble:?}"))?;
    }
    let ids = reach_a_counsellor(&mut desk, &mut kids).await?;
    let talks = say_goodbye(&mut desk, &ids).await?;
    ensure!(talks.len() == kids.len(), "thirty children, {} talks", talks.len());
    let (mut unknown, mut elsewhere) = (0, 0);
    for kid in &mut kids {
        let id = talks.get(&kid.name).with_context(|| format!("{} has no talk", kid.name))?;
        let fate = compare(&mut desk, id, kid).await?;
        *(if kid.on() == On::Telegram { &mut unknown } else { &mut elsewhere }) += fate;
    }
    // Telegram knows no key to repeat by: the three answers that were lost are shown as unknown, and those
    // still under way when its server went down, one a child at the most. The others repeat by key.
    ensure!((3..=3 + 9).contains(&unknown), "{unknown} messages of unknown fate on Telegram");
    ensure!(elsewhere == 0, "{elsewhere} messages of unknown fate where a repeat is harmless");
    ensure!(apps.telegram.violations().is_empty(), "{:?}", apps.telegram.violations());
    ensure!(apps.discord.violations().is_empty(), "{:?}", apps.discord.violations());
    let told = health(&house).await?;
    ensure!(told["status"] == "ok", "{told}");
    for token in [apps.telegram.token(), TOKEN, "bot-secret"] {
        ensure!(!told.to_string().contains(token), "a secret in /health");
    }
    house.kill().await?;
    let logs = plan.logs()?;
    no_words_in(
        &logs,
        &["i want to talk to a human", "thanks, says", "hello, i am sam", TOKEN, apps.telegram.token()],
    )
}
