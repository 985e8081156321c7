//! The Matrix adapter's process dies at the worst moments; nothing may be lost, doubled or moved.
//!
//! The process that dies is this test program itself, started again for one test.
use crate::play::{self, Town};
use adapter_api::conformance::Stage as _;
use adapter_api::{Adapter as _, Delivery, Inbox, NotAccepted, SendOutcome};
use adapter_matrix::{MatrixAdapter, MatrixSettings, Unencrypted};
use async_trait::async_trait;
use domain::{Confidential, ConversationId, Cursor, DeliveryOutcome, Inbound, Lang, MessageId};
use serde::{Deserialize, Serialize};
use speech::{ChildText, Outbound, Recipient};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The moments to die at, around one commit of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dies {
    BeforeTheCommit,
    AfterTheCommit,
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
    room: String,
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
    let dies = [Dies::BeforeTheCommit, Dies::AfterTheCommit, Dies::AfterAnswering];
    let dies = dies.into_iter().find(|dies| format!("{dies:?}") == orders.dies).unwrap();
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let adapter = Arc::new(MatrixAdapter::connect(settings(&orders.url, &orders.folder)).await.unwrap());
    let inbox = Arc::new(FileInbox { file: orders.file, dies });
    let receiver = Arc::clone(&adapter);
    let receiving = tokio::spawn(async move { receiver.receive(inbox, CancellationToken::new()).await });
    if dies == Dies::AfterAnswering {
        let outcome = adapter.send(delivery(&orders.room, orders.round)).await;
        assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
        std::process::abort();
    }
    receiving.await.unwrap().unwrap();
}

fn settings(url: &str, folder: &Path) -> MatrixSettings {
    MatrixSettings {
        homeserver: url.to_owned(),
        data_dir: folder.to_owned(),
        ..play::settings(Unencrypted::Refuse)
    }
}

fn delivery(room: &str, round: usize) -> Delivery {
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), format!("answer {round}")),
        choices: Vec::new(),
        lang: Lang::EN,
    };
    let to = Recipient { contact: domain::PlatformId::new(play::CHILD), chat: domain::PlatformId::new(room) };
    Delivery { to, key: format!("answer-{round}"), outbound }
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
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    town.adapter = None;
    let folder = town.settings(Unencrypted::Refuse).data_dir;
    let file = town.folder.path().join("inbox.jsonl");
    // The place where `meet` ended is where the process begins.
    let begin = Kept { batch: Vec::new(), cursor: town.inbox.cursor().await.unwrap() };
    std::fs::write(&file, format!("{}\n", serde_json::to_string(&begin).unwrap())).unwrap();
    let mut said = Vec::new();
    let mut answers = Vec::new();
    let moments = [Dies::BeforeTheCommit, Dies::AfterTheCommit, Dies::AfterAnswering];
    for (round, dies) in moments.iter().cycle().take(7).enumerate() {
        for part in 0..3 {
            let words = format!("round {round} part {part}");
            town.says(&words).await;
            said.push(words);
        }
        let orders = Orders {
            url: town.url.clone(),
            folder: folder.clone(),
            file: file.clone(),
            room: town.room.clone(),
            dies: format!("{dies:?}"),
            round,
        };
        tokio::task::block_in_place(|| let_one_die(&orders));
        if *dies == Dies::AfterAnswering {
            answers.push(format!("answer {round}"));
        }
    }
    // Last, the adapter lives: what is still missing comes now, and the answers are tried again.
    let all = kept(&file);
    town.inbox = Arc::new(adapter_api::conformance::RecordingInbox::default());
    for kept in all {
        town.inbox.accept(kept.batch, kept.cursor).await.unwrap();
    }
    town.reopen().await;
    let receiving = town.receiving();
    let heard = town.inbox.wait_heard(0, said.len()).await;
    let heard: Vec<String> = heard.iter().map(|body| body.texts().concat()).collect();
    assert_eq!(heard, said);
    for answer in &answers {
        let round = answer.rsplit(' ').next().unwrap().parse().unwrap();
        let outcome = town.adapter().send(delivery(&town.room, round)).await;
        assert!(matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Sent { .. })), "{outcome:?}");
    }
    let last = "the last answer";
    let mut end = delivery(&town.room, 99);
    end.outbound.text = ChildText::from_counsellor(
        domain::CounsellorId::from_uuid(uuid::Uuid::from_u128(2)),
        Confidential::from(last),
    );
    town.adapter().send(end).await;
    answers.push(last.to_owned());
    assert_eq!(town.shown(answers.len()).await, answers, "each answer is seen once");
    receiving.stop().await;
}
