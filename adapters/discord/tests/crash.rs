//! The Discord adapter's process dies at the worst moments; nothing may be lost, doubled or moved.
//!
//! The process that dies is this test program itself, started again for one test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each test program uses its own part of it")]
mod play;

use adapter_api::conformance::Stage as _;
use adapter_api::{Adapter as _, Delivery, Inbox, NotAccepted, SendOutcome};
use adapter_discord::DiscordAdapter;
use async_trait::async_trait;
use domain::{ConversationId, Cursor, DeliveryOutcome, Inbound, Lang, MessageId, PlatformId};
use play::{Town, Watch};
use serde::{Deserialize, Serialize};
use speech::{ChildText, Outbound, Recipient};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The moments to die at, around one commit of the inbox and around one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dies {
    BeforeTheCommit,
    AfterTheCommit,
    AfterPosting,
    WhilePosting,
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
        let words = !batch.is_empty();
        if words && self.dies == Dies::BeforeTheCommit {
            std::process::abort();
        }
        let line = serde_json::to_string(&Kept { batch, cursor }).unwrap();
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&self.file).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
        file.sync_data().unwrap();
        if words && self.dies == Dies::AfterTheCommit {
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
    folder: PathBuf,
    file: PathBuf,
    contact: String,
    chat: String,
    dies: String,
    round: usize,
}

const ORDERS: &str = "PASSERELLE_TEST_ORDERS";

/// Not a test of its own: the process that the test below starts and that dies.
#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::disallowed_methods, reason = "how the test below hands over its orders")]
async fn the_process_that_dies() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    let dies = [Dies::BeforeTheCommit, Dies::AfterTheCommit, Dies::AfterPosting, Dies::WhilePosting];
    let dies = dies.into_iter().find(|dies| format!("{dies:?}") == orders.dies).unwrap();
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let settings = play::settings(&orders.url, &orders.folder);
    let adapter = Arc::new(DiscordAdapter::connect(settings, Watch::new()).await.unwrap());
    let to = Recipient { contact: PlatformId::new(orders.contact), chat: PlatformId::new(orders.chat) };
    let posts = delivery(to, orders.round);
    match dies {
        // It reached Discord, and the outbox never heard of it.
        Dies::AfterPosting => {
            let outcome = adapter.send(posts).await;
            assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
            std::process::abort();
        }
        // Discord has it, and even the adapter never heard of it: the server loses the answer.
        Dies::WhilePosting => {
            let outcome = adapter.send(posts).await;
            assert!(matches!(outcome, SendOutcome::Later(_)), "{outcome:?}");
            std::process::abort();
        }
        Dies::BeforeTheCommit | Dies::AfterTheCommit => {
            let inbox = Arc::new(FileInbox { file: orders.file, dies });
            adapter.receive(inbox, CancellationToken::new()).await.unwrap();
        }
    }
}

fn delivery(to: Recipient, round: usize) -> Delivery {
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), format!("answer {round}")),
        choices: Vec::new(),
        lang: Lang::EN,
    };
    Delivery { to, key: format!("answer-{round}"), outbound }
}

/// Starts the process and waits for its death.
fn let_one_die(orders: &Orders) {
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program)
        .args(["--exact", "the_process_that_dies"])
        .env(ORDERS, serde_json::to_string(orders).unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.code().is_none(), "the process must die of a signal, not end with {status}");
}

/// With sessions that go on, and with sessions that Discord has forgotten each time.
async fn dying_everywhere(forgets: bool) {
    let mut town = Town::met().await;
    let receiving = town.receiving().await;
    town.child.says("hello");
    town.inbox.wait_heard(0, 1).await;
    receiving.stop().await;
    town.adapter = None;
    let file = town.folder.path().join("inbox.jsonl");
    // The place where the town's first start ended is where the process begins.
    let begin = Kept { batch: town.inbox.items(), cursor: town.inbox.cursor().await.unwrap() };
    std::fs::write(&file, format!("{}\n", serde_json::to_string(&begin).unwrap())).unwrap();
    let to = town.to(&town.child);
    let mut said = vec!["hello".to_owned()];
    let mut answers = Vec::new();
    let moments = [Dies::BeforeTheCommit, Dies::AfterTheCommit, Dies::AfterPosting, Dies::WhilePosting];
    for (round, dies) in moments.iter().cycle().take(9).enumerate() {
        if forgets && round > 0 {
            town.server.forget_sessions();
        }
        for part in 0..3 {
            let words = format!("round {round} part {part}");
            town.child.says(&words);
            said.push(words);
        }
        if *dies == Dies::WhilePosting {
            town.server.lose_answers(1);
        }
        let orders = Orders {
            url: town.server.url(),
            folder: town.folder.path().join("data"),
            file: file.clone(),
            contact: to.contact.expose().to_owned(),
            chat: to.chat.expose().to_owned(),
            dies: format!("{dies:?}"),
            round,
        };
        tokio::task::block_in_place(|| let_one_die(&orders));
        if matches!(dies, Dies::AfterPosting | Dies::WhilePosting) {
            answers.push(round);
        }
    }
    // Last, the adapter lives: what is still missing comes now, and the answers are tried again.
    let all = kept(&file);
    town.inbox = Arc::default();
    for kept in all {
        town.inbox.accept(kept.batch, kept.cursor).await.unwrap();
    }
    let settings = play::settings(&town.server.url(), &town.folder.path().join("data"));
    town.adapter = Some(Arc::new(DiscordAdapter::connect(settings, town.clock.clone()).await.unwrap()));
    let receiving = town.receiving().await;
    town.inbox.wait_heard(0, said.len()).await;
    assert_eq!(town.heard(), said);
    for round in &answers {
        let outcome = town.adapter().send(delivery(town.to(&town.child), *round)).await;
        assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
    }
    let expected: Vec<String> = answers.iter().map(|round| format!("answer {round}")).collect();
    assert_eq!(town.child.shown(), expected, "each answer is seen once");
    receiving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dying_around_a_commit_or_an_answer_loses_and_doubles_nothing() {
    dying_everywhere(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dying_so_while_discord_forgets_the_sessions_loses_and_doubles_nothing() {
    dying_everywhere(true).await;
}
