//! A client written by others is served as Telegram serves it, by polling and by webhook.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use telegram_server::{Fault, Media, TelegramServer};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The Python that has the client.
#[allow(clippy::disallowed_methods, reason = "tests are told where their tools are")]
fn python(root: &Path) -> PathBuf {
    let venv = std::env::var_os("PASSERELLE_CLIENTS_VENV");
    let python = venv.map_or_else(|| root.join(".tools/clients-venv"), PathBuf::from).join("bin/python");
    assert!(
        python.exists(),
        "{} is missing: this test needs aiogram; `make test` installs it, or set PASSERELLE_CLIENTS_VENV",
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
    async fn start(server: &TelegramServer, mode: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let mut process = Command::new(python(&root))
            .arg(root.join("tests/telegram_child/bot.py"))
            .args([&server.url(), server.token(), mode])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let told = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut bot = Self { _process: process, told };
        assert_eq!(bot.next("refused").await["why"], "Bad Request: chat not found");
        assert_eq!(bot.next("refused").await["why"], "Bad Request: chat not found");
        bot.next("ready").await;
        bot
    }

    async fn next(&mut self, event: &str) -> serde_json::Value {
        let line = self.told.next_line().await.unwrap().expect("the bot ended early");
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(told["event"], event, "{told}");
        told
    }
}

async fn talks(mode: &str) {
    let server = TelegramServer::start().await;
    let mut bot = Bot::start(&server, mode).await;
    let child = server.person("Ana");

    // Words, a keyboard and a press.
    child.starts();
    let shown = child.wait_shown(1).await;
    assert_eq!(shown[0].text, "Hello you & all");
    let labels: Vec<_> = shown[0].buttons.iter().map(|button| button.label.as_str()).collect();
    assert_eq!(labels, ["Yes", "No"]);
    child.presses(2);
    assert!(bot.next("refused").await["why"].as_str().unwrap().contains("query is too old"));
    assert_eq!(child.shown()[0].text, "chosen no");
    assert!(child.shown()[0].edited);
    assert_eq!(server.answered_presses(), 1);

    // In order, with typing shown; edits; deletions.
    for number in 0..5 {
        child.says(&format!("{number}"));
    }
    let shown = child.wait_shown(6).await;
    let texts: Vec<_> = shown[1..].iter().map(|shown| shown.text.as_str()).collect();
    assert_eq!(texts, ["you said 0", "you said 1", "you said 2", "you said 3", "you said 4"]);
    assert_eq!(child.typing_shown(), 5);
    let first = child.says("wrong");
    child.wait_shown(7).await;
    child.edits(first, "right");
    assert_eq!(child.wait_shown(8).await[7].text, "changed to right");
    child.says("change");
    server.wait_until("the deletion", |server| !server.calls("deleteMessage").is_empty()).await;
    let shown = child.shown();
    assert_eq!((shown.len(), shown[8].text.as_str(), shown[8].edited), (9, "after", true));

    // Limits.
    child.says("long");
    let shown = child.wait_shown(11).await;
    assert_eq!(shown[9].text, "Bad Request: message is too long");
    assert_eq!(shown[10].text.len(), 4_096);
    child.says("data");
    let shown = child.wait_shown(13).await;
    assert_eq!(shown[11].buttons[0].data.len(), 64);
    assert_eq!(shown[12].text, "Bad Request: BUTTON_DATA_INVALID");
    // Typing comes first; only the answer is refused.
    server.faults("sendMessage", Fault::TooMany(3), 1);
    child.says("often");
    assert_eq!(child.wait_shown(14).await[13].text, "wait 3");

    // Files, both ways.
    child.says("file please");
    assert_eq!(child.wait_shown(15).await[14].text, "a file");
    child.sends(Media::File { name: "diary.txt".to_owned(), bytes: b"dear diary".to_vec(), caption: None });
    assert_eq!(child.wait_shown(16).await[15].text, "diary.txt: dear diary");

    // Blocked and back.
    child.blocks();
    assert_eq!(bot.next("member").await["status"], "kicked");
    let why = bot.next("forbidden").await["why"].clone();
    assert_eq!(why, "Forbidden: bot was blocked by the user");
    child.unblocks();
    assert_eq!(bot.next("member").await["status"], "member");
    child.says("back");
    assert_eq!(child.wait_shown(17).await[16].text, "you said back");

    assert_eq!(server.violations(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_others_is_served_by_polling() {
    talks("poll").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_others_is_served_by_webhook() {
    talks("hook").await;
}
