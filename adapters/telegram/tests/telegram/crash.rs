//! The adapter's process dies at the worst moments; nothing may be lost, doubled or moved.
//!
//! The process that dies is this test program itself, started again for one test.

use crate::play::{PATIENCE, Town, delivery, settings, told};
use adapter_api::conformance::{RecordingInbox, Stage as _};
use adapter_api::{Adapter as _, Inbox, NotAccepted, SendOutcome};
use adapter_telegram::{Receive, TelegramAdapter};
use async_trait::async_trait;
use domain::{Cursor, DeliveryOutcome, Inbound, PlatformId};
use serde::{Deserialize, Serialize};
use speech::Recipient;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The moments to die at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Dies {
    /// Received, not committed.
    BeforeTheCommit,
    /// Committed, not acknowledged.
    AfterTheCommit,
    /// The answer is out, nothing written down.
    AfterAnswering,
}

/// An inbox in a file, written through; the process dies around the first batch that holds words.
struct FileInbox {
    file: PathBuf,
    dies: Dies,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    batch: Vec<Inbound>,
    cursor: Option<Cursor>,
}

fn kept(file: &Path) -> Vec<Kept> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[async_trait]
impl Inbox for FileInbox {
    async fn accept(&self, batch: Vec<Inbound>, cursor: Option<Cursor>) -> Result<(), NotAccepted> {
        if self.dies == Dies::BeforeTheCommit {
            std::process::abort();
        }
        let line = serde_json::to_string(&Kept { batch, cursor }).unwrap();
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&self.file).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
        file.sync_data().unwrap();
        if self.dies == Dies::AfterTheCommit {
            std::process::abort();
        }
        Ok(())
    }

    async fn cursor(&self) -> Result<Option<Cursor>, NotAccepted> {
        Ok(kept(&self.file).into_iter().filter_map(|kept| kept.cursor).next_back())
    }
}

/// Given to the process that dies.
#[derive(Serialize, Deserialize)]
struct Orders {
    url: String,
    token: String,
    file: PathBuf,
    chat: String,
    dies: Dies,
    round: usize,
}

const ORDERS: &str = "PASSERELLE_TEST_ORDERS";

/// Not a test of its own: the process that the test below starts and that dies.
#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::disallowed_methods, reason = "how the test below hands over its orders")]
async fn the_process_that_dies() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let adapter = TelegramAdapter::connect(settings(&orders.url, &orders.token, Receive::Polling)).await;
    let adapter = Arc::new(adapter.unwrap().with_patience(PATIENCE));
    if orders.dies == Dies::AfterAnswering {
        let to = Recipient {
            contact: PlatformId::new(orders.chat.as_str()),
            chat: PlatformId::new(orders.chat.as_str()),
        };
        let words = format!("answer {}", orders.round);
        let outcome = adapter.send(delivery(to, &words, &words, &[])).await;
        assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
        std::process::abort();
    }
    let inbox = Arc::new(FileInbox { file: orders.file, dies: orders.dies });
    adapter.receive(inbox, CancellationToken::new()).await.unwrap();
}

/// Starts the process and waits for its death.
fn let_one_die(orders: &Orders) {
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program)
        .args(["--exact", "crash::the_process_that_dies"])
        .env(ORDERS, serde_json::to_string(orders).unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.code().is_none(), "the process must die of a signal, not end with {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dying_around_a_commit_or_an_answer_loses_and_doubles_nothing() {
    let mut town = Town::polling().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inbox.jsonl");
    let (mut said, mut answers) = (vec!["(joined)".to_owned()], Vec::new());
    let moments = [Dies::BeforeTheCommit, Dies::AfterTheCommit, Dies::AfterAnswering];
    for (round, dies) in moments.into_iter().cycle().take(8).enumerate() {
        for part in 0..3 {
            let words = format!("round {round} part {part}");
            town.child.says(&words);
            said.push(words);
        }
        let orders = Orders {
            url: town.server.url(),
            token: town.server.token().to_owned(),
            file: file.clone(),
            chat: town.child.id().to_string(),
            dies,
            round,
        };
        tokio::task::block_in_place(|| let_one_die(&orders));
        if dies == Dies::AfterAnswering {
            answers.push(format!("answer {round}"));
        }
    }
    // Nothing was acknowledged in all this time.
    assert_eq!(town.server.pending(), said.len());
    let before: usize = kept(&file).iter().map(|kept| kept.batch.len()).sum();
    assert!(before > 0 && before < said.len() * 3, "some was committed, and not all over and over: {before}");
    // Last, the adapter lives: what is still missing comes now.
    town.inbox = Arc::new(RecordingInbox::default());
    for kept in kept(&file) {
        town.inbox.accept(kept.batch, kept.cursor).await.unwrap();
    }
    town.reopen().await;
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, said.len() - 1).await;
    assert_eq!(told(&heard), said[1..]);
    town.server.wait_until("the acknowledgement", |server| server.pending() == 0).await;
    receiving.stop().await;
    assert_eq!(crate::play::all(&town.inbox), said, "each once, in order");
    assert_eq!(town.texts(), answers, "each answer is shown once");
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_killed_at_any_moment_loses_nothing() {
    let mut town = Town::polling().await;
    let mut said = Vec::new();
    for round in 0..12 {
        for part in 0..4 {
            let words = format!("{round} {part}");
            town.child.says(&words);
            said.push(words);
        }
        let (adapter, inbox) = (town.telegram(), Arc::clone(&town.inbox));
        let task = tokio::spawn(async move { adapter.receive(inbox, CancellationToken::new()).await });
        // Killed before anything, within, or after, as it happens.
        for _ in 0..round * 20 {
            tokio::task::yield_now().await;
        }
        task.abort();
        drop(task.await);
        town.reopen().await;
    }
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, said.len()).await;
    assert_eq!(told(&heard), said);
    receiving.stop().await;
}
