//! A client written by others is served as Discord serves it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use discord_server::DiscordServer;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const TOKEN: &str = "a.bots.token";

/// The Python that has the client.
#[allow(clippy::disallowed_methods, reason = "tests are told where their tools are")]
fn python(root: &Path) -> PathBuf {
    let venv = std::env::var_os("PASSERELLE_CLIENTS_VENV");
    let python = venv.map_or_else(|| root.join(".tools/clients-venv"), PathBuf::from).join("bin/python");
    assert!(
        python.exists(),
        "{} is missing: this test needs discord.py; `make test` installs it, or set PASSERELLE_CLIENTS_VENV",
        python.display()
    );
    python
}

/// The bot, and what it tells.
struct Bot {
    _process: Child,
    told: Lines<BufReader<ChildStdout>>,
}

impl Bot {
    async fn start(server: &DiscordServer) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let mut process = Command::new(python(&root))
            .arg(root.join("tests/discord_child/bot.py"))
            .args([server.url().as_str(), TOKEN])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let told = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut bot = Self { _process: process, told };
        assert_eq!(bot.next("synced").await["names"], json!(["help"]));
        bot.next("ready").await;
        bot
    }

    /// What it tells next, which must be this.
    async fn next(&mut self, event: &str) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(60), self.told.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("the bot tells of no {event}"));
        let told: Value = serde_json::from_str(&line.unwrap().expect("the bot ended early")).unwrap();
        assert_eq!(told["event"], event, "{told}");
        told
    }

    async fn hears(&mut self, words: &str) {
        assert_eq!(self.next("heard").await["words"], words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_others_talks_with_children_through_faults() {
    let server = DiscordServer::start(TOKEN).await;
    server.heartbeat_every(Duration::from_millis(500));
    let mut bot = Bot::start(&server).await;
    let child = server.child("kim", "fr");

    // Words, files, changes.
    let hello = child.says("hello 👋");
    bot.hears("hello 👋").await;
    assert_eq!(child.wait_shown(1).await, ["heard hello 👋"]);
    child.edits(&hello, "hello again");
    assert_eq!(bot.next("edited").await["words"], "hello again");
    child.attaches("me.png", "image/png", 5, "");
    assert_eq!(bot.next("heard").await["files"], json!(["me.png"]));
    child.deletes(&hello);
    assert_eq!(bot.next("deleted").await["id"], hello.as_str());

    // Choices: a button, then an entry of the menu.
    child.says("choices");
    bot.hears("choices").await;
    bot.next("offered").await;
    let pressed = child.presses(1);
    assert_eq!(bot.next("pressed").await["by"], child.id());
    assert_eq!(pressed.first_answer().unwrap().0, 6);
    let picked = child.presses(3);
    assert_eq!(bot.next("picked").await["values"], json!(["2"]));
    assert_eq!(picked.wait_shown(1).await, ["picked 2"]);
    assert!(picked.is_private());

    // A command in a server, in private.
    let asked = child.commands_in_guild("help");
    assert_eq!(asked.wait_shown(1).await, ["look into your messages"]);
    let told = bot.next("asked").await;
    assert_eq!((told["locale"].as_str(), told["in_server"].as_bool()), (Some("fr"), Some(true)));
    assert!(asked.is_private());
    assert_eq!(child.shown().last().unwrap(), "here we are");

    // What Discord refuses, as the client understands it.
    child.says("long");
    bot.hears("long").await;
    assert_eq!(bot.next("refused").await["code"], 50_035);
    child.says("typing");
    bot.hears("typing").await;
    child.wait_shown(4).await;
    assert!(child.saw_typing() > 0);
    child.says("history");
    bot.hears("history").await;
    let history = bot.next("history").await;
    assert_eq!(history["words"][0], "heard hello 👋");
    assert_eq!(history["words"].as_array().unwrap().last().unwrap(), "history");
    child.closes_messages();
    child.says("closed");
    bot.hears("closed").await;
    assert_eq!(bot.next("refused").await["code"], 50_007);
    child.opens_messages();

    // Limits and faults that the client knows how to go on after.
    server.rate_limit(1, Duration::from_millis(300), false);
    child.says("limited");
    bot.hears("limited").await;
    assert_eq!(child.wait_shown(5).await[4], "heard limited");
    server.server_faults(1);
    child.says("faulty");
    bot.hears("faulty").await;
    assert_eq!(child.wait_shown(6).await[5], "heard faulty");

    // Sessions: asked to come again, cut, gone dead, forgotten.
    server.ask_to_reconnect();
    child.says("around op 7");
    // What was missed comes before the word that all was repeated.
    bot.hears("around op 7").await;
    bot.next("resumed").await;
    assert!(server.gateway_log().iter().any(|line| line.starts_with("resume with")));
    server.forget_sessions();
    server
        .wait_until("a new session", |server| {
            server.gateway_log().iter().filter(|line| line.starts_with("identify")).count() == 2
        })
        .await;
    child.says("after op 9");
    bot.hears("after op 9").await;
    // Not in the description, sent by this client for years, and taken by Discord.
    let undescribed = ["/nsfw: unknown field", "/tts: unknown field"];
    let mut violations = server.violations();
    violations.retain(|violation| !undescribed.iter().any(|known| violation.ends_with(known)));
    assert_eq!(violations, Vec::<String>::new());
}
