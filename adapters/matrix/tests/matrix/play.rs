//! A real homeserver and a child on a client written by others, for the tests,
//! and a line between adapter and server that can misbehave.
//!
//! All three are Python programs of the test tools that speak JSON, a line each. Read next: `conformance.rs`.

use adapter_api::Adapter;
use adapter_api::conformance::{Can, RATE_LIMIT, Receiving, RecordingInbox, Stage, Trouble};
use adapter_matrix::{MatrixAdapter, MatrixSettings, Secret, Unencrypted};
use async_trait::async_trait;
use domain::{AccountId, Confidential, InboundBody, PlatformId};
use serde_json::{Value, json};
use speech::Recipient;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child as Process, ChildStdin, ChildStdout, Command};

pub(crate) const BOT: &str = "@bot:localhost";
pub(crate) const CHILD: &str = "@child:localhost";

/// A helper program.
pub(crate) struct Helper {
    _process: Process,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// How often somebody else was seen writing.
    pub(crate) typing: usize,
}

impl Helper {
    pub(crate) fn start(script: &str, arguments: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut process = Command::new(python(&root))
            .arg(root.join("tests").join(script))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (orders, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { _process: process, orders, answers: BufReader::new(answers).lines(), typing: 0 }
    }

    pub(crate) async fn next(&mut self, event: &str) -> Value {
        loop {
            let line = self.answers.next_line().await.unwrap().expect("the helper ended early");
            let said: Value = serde_json::from_str(&line).unwrap();
            assert_ne!(said["event"], "error", "{said}");
            if said["event"] == "typing" && said["users"] != json!([]) {
                self.typing += 1;
            }
            if said["event"] == event {
                return said;
            }
        }
    }

    pub(crate) async fn ask(&mut self, order: Value) -> Value {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.unwrap();
        self.next("ok").await
    }
}

/// The Python that has Synapse and the child's client.
#[allow(clippy::disallowed_methods, reason = "tests are told where their tools are")]
fn python(root: &Path) -> PathBuf {
    let venv = std::env::var_os("PASSERELLE_SYNAPSE_VENV");
    let python = venv.map_or_else(|| root.join(".tools/synapse-venv"), PathBuf::from).join("bin/python");
    assert!(
        python.exists(),
        "{} is missing: these tests need a Matrix server; `make test` installs it, or set PASSERELLE_SYNAPSE_VENV",
        python.display()
    );
    python
}

/// A homeserver with a bot and a child, the child's app, and the adapter.
pub(crate) struct Town {
    pub(crate) server: Helper,
    /// Between the adapter and the server.
    pub(crate) line: Helper,
    pub(crate) child: Helper,
    /// The server's address, and the line's.
    pub(crate) url: String,
    pub(crate) line_url: String,
    pub(crate) room: String,
    pub(crate) inbox: Arc<RecordingInbox>,
    pub(crate) adapter: Option<Arc<MatrixAdapter>>,
    pub(crate) folder: tempfile::TempDir,
    shown: Vec<Value>,
}

impl Town {
    /// A running server; nobody has written yet.
    pub(crate) async fn build(more: &[&str]) -> Self {
        // Another test of this process may have installed it.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let mut arguments = vec!["--user", "bot:secret", "--user", "child:one", "--user", "friend:two"];
        arguments.extend(more);
        let mut server = Helper::start("scripts/synapse.py", &arguments);
        let url = server.next("ready").await["url"].as_str().unwrap().to_owned();
        let mut line = Helper::start("scripts/matrix_proxy.py", &["--to", &url, "--child", CHILD]);
        let line_url = line.next("ready").await["url"].as_str().unwrap().to_owned();
        let mut child = Helper::start("matrix_child/child.py", &[]);
        child.ask(json!({"cmd": "login", "homeserver": url, "user": "child", "password": "one"})).await;
        let folder = tempfile::tempdir().unwrap();
        let mut town = Self {
            server,
            line,
            child,
            url,
            line_url,
            room: String::new(),
            inbox: Arc::default(),
            adapter: None,
            folder,
            shown: Vec::new(),
        };
        town.reopen().await;
        town
    }

    pub(crate) fn settings(&self, unencrypted: Unencrypted) -> MatrixSettings {
        MatrixSettings {
            homeserver: self.line_url.clone(),
            data_dir: self.folder.path().join("matrix"),
            ..settings(unencrypted)
        }
    }

    /// A person's app, signed in.
    pub(crate) async fn person(&self, user: &str, password: &str) -> Helper {
        let mut person = Helper::start("matrix_child/child.py", &[]);
        person.ask(json!({"cmd": "login", "homeserver": self.url, "user": user, "password": password})).await;
        person
    }

    /// The child opens a room and asks the bot in; it comes.
    pub(crate) async fn meet(&mut self, encrypted: bool) {
        let receiving = self.receiving();
        self.first_sync().await;
        self.invite(encrypted).await;
        self.child.ask(json!({"cmd": "wait_joined", "user": BOT})).await;
        let inbox = Arc::clone(&self.inbox);
        inbox.wait_until("the bot's coming", || !inbox.is_empty()).await;
        receiving.stop().await;
    }

    pub(crate) async fn invite(&mut self, encrypted: bool) {
        let made = self.child.ask(json!({"cmd": "create_room", "invite": [BOT], "encrypted": encrypted})).await;
        self.room = made["room"].as_str().unwrap().to_owned();
    }

    pub(crate) fn receiving(&self) -> Receiving {
        Receiving::start(self.adapter(), &self.inbox)
    }

    /// The first sync has set the place to read on from.
    pub(crate) async fn first_sync(&self) {
        self.inbox.wait_until("the first sync", || self.inbox.has_cursor()).await;
    }
}

/// The bot's settings, but for where.
pub(crate) fn settings(unencrypted: Unencrypted) -> MatrixSettings {
    MatrixSettings {
        account: AccountId::new("matrix"),
        homeserver: String::new(),
        user: "bot".to_owned(),
        secret: Secret::Password(Confidential::from("secret")),
        data_dir: PathBuf::new(),
        store_passphrase: Confidential::from("kept safe"),
        device_name: "helpline".to_owned(),
        unencrypted,
    }
}

#[async_trait]
impl Stage for Town {
    fn can(&self) -> Can {
        Can {
            edit: true,
            delete: true,
            attach: true,
            press: true,
            repeat: false,
            junk: true,
            lines: true,
            keep: true,
        }
    }

    fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter.clone().unwrap()
    }

    async fn reopen(&mut self) {
        self.adapter = None;
        let settings = self.settings(Unencrypted::Refuse);
        self.adapter = Some(Arc::new(MatrixAdapter::connect(settings).await.unwrap()));
    }

    fn child(&self) -> Recipient {
        Recipient { contact: PlatformId::new(CHILD), chat: PlatformId::new(self.room.as_str()) }
    }

    async fn says(&mut self, text: &str) -> String {
        let sent = self.child.ask(json!({"cmd": "send", "body": text})).await;
        sent["event_id"].as_str().unwrap().to_owned()
    }

    async fn repeats(&mut self) {
        unreachable!("a homeserver delivers an event under one id");
    }

    async fn edits(&mut self, of: &str, text: &str) {
        self.child.ask(json!({"cmd": "edit", "event_id": of, "body": text})).await;
    }

    async fn deletes(&mut self, of: &str) {
        self.child.ask(json!({"cmd": "redact", "event_id": of})).await;
    }

    async fn attaches(&mut self, name: &str) {
        self.child.ask(json!({"cmd": "file", "name": name, "mime": "image/jpeg", "base64": "/9j/4AAQ"})).await;
    }

    async fn presses(&mut self, number: usize) {
        let last = self.shown.last().unwrap()["event_id"].clone();
        self.child
            .ask(json!({"cmd": "react", "event_id": last, "key": format!("{number}\u{fe0f}\u{20e3}")}))
            .await;
    }

    async fn sends_junk(&mut self) {
        let content = json!({"msgtype": 7, "body": ["not", "text"]});
        self.child.ask(json!({"cmd": "raw", "type": "m.room.message", "content": content})).await;
    }

    async fn suffers(&mut self, trouble: Trouble) -> bool {
        let hour = 3_600_000;
        let order = match trouble {
            Trouble::Reordered => json!({"cmd": "swap"}),
            Trouble::Down => json!({"cmd": "down"}),
            Trouble::Up => json!({"cmd": "up"}),
            Trouble::RateLimited => json!({"cmd": "limit", "seconds": RATE_LIMIT.as_secs()}),
            Trouble::AnswerLost => json!({"cmd": "lose"}),
            Trouble::ServerFault => json!({"cmd": "fault"}),
            Trouble::HalfOpen => json!({"cmd": "hang"}),
            Trouble::UnknownType => json!({"cmd": "inject", "events": [
                {"type": "org.example.mood", "sender": "@friend:localhost", "event_id": "$mood", "content": {"mood": 7}},
                {"type": "org.example.state", "sender": CHILD, "event_id": "$state", "state_key": "", "content": []},
            ]}),
            Trouble::Malformed => {
                self.line.ask(json!({"cmd": "garbage"})).await;
                json!({"cmd": "inject", "events": [
                    {"type": "m.room.message"},
                    {"type": 7, "sender": {}, "event_id": [], "content": "?"},
                    {"type": "m.room.encrypted", "sender": "@friend:localhost", "event_id": "$odd", "content": {"algorithm": 9}},
                ]})
            }
            Trouble::ClockAhead => json!({"cmd": "shift", "ms": hour}),
            Trouble::ClockBehind => json!({"cmd": "shift", "ms": -hour}),
            Trouble::Blocked => {
                self.child.ask(json!({"cmd": "leave"})).await;
                let inbox = Arc::clone(&self.inbox);
                let left = || inbox.items().last().is_some_and(|item| item.body == InboundBody::Left);
                inbox.wait_until("the child's leaving", left).await;
                return true;
            }
            // Who left a private room can't come back into it: the child asks the bot into a new one.
            Trouble::Unblocked => {
                let before = self.inbox.len();
                self.invite(true).await;
                self.child.ask(json!({"cmd": "wait_joined", "user": BOT})).await;
                let inbox = Arc::clone(&self.inbox);
                inbox.wait_until("the bot's coming", || inbox.len() > before).await;
                return true;
            }
        };
        self.line.ask(order).await;
        true
    }

    async fn typing_shown(&mut self) -> Option<usize> {
        self.child.ask(json!({"cmd": "ping"})).await;
        Some(self.child.typing)
    }

    async fn shown(&mut self, count: usize) -> Vec<String> {
        let missing = count.saturating_sub(self.shown.len());
        if missing > 0 {
            let came = self.child.ask(json!({"cmd": "wait", "count": missing})).await;
            self.shown.extend(came["messages"].as_array().unwrap().iter().cloned());
        }
        for message in &self.shown {
            assert_eq!(message["encrypted"], true, "the bot must write encrypted");
        }
        self.shown.iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
    }
}
