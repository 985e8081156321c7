//! A platform with a child on it and the adapter, for the tests.
//!
//! Read next: `../conformance.rs`.

use adapter_api::Adapter;
use adapter_api::conformance::{Can, RATE_LIMIT, Receiving, RecordingInbox, Stage, Trouble};
use adapter_discord::{DiscordAdapter, DiscordSettings, Pace};
use async_trait::async_trait;
use discord_server::{Child, DiscordServer};
use domain::{AccountId, Clock, Confidential, PlatformId, Timestamp};
use speech::{PhraseValues, Recipient};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

pub(crate) const TOKEN: &str = "the-bots-token";

/// Real time that the test can move ahead.
pub(crate) struct Watch {
    begun: Instant,
    ahead: AtomicI64,
}

impl Watch {
    #[allow(clippy::disallowed_methods, reason = "the test's own clock")]
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { begun: Instant::now(), ahead: AtomicI64::new(1_767_225_600_000) })
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.ahead.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.begun.elapsed().as_millis()).unwrap();
        Timestamp::from_millis(self.ahead.load(Ordering::Relaxed) + passed)
    }
}

/// The platform, the child, and the adapter with its inbox.
pub(crate) struct Town {
    pub(crate) server: DiscordServer,
    pub(crate) child: Child,
    pub(crate) adapter: Option<Arc<DiscordAdapter>>,
    pub(crate) inbox: Arc<RecordingInbox>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Arc<Watch>,
    pub(crate) shards: Option<u32>,
    pub(crate) pace: Pace,
}

/// Waits that a test doesn't want.
pub(crate) fn pace() -> Pace {
    Pace {
        answer: Duration::from_secs(1),
        identify: Duration::from_millis(50),
        refused: Duration::from_millis(50),
        backfill: Duration::from_millis(50),
        ..Pace::default()
    }
}

pub(crate) fn settings(url: &str, folder: &Path) -> DiscordSettings {
    DiscordSettings {
        account: AccountId::new("discord"),
        token: Confidential::from(TOKEN),
        api_url: Some(url.to_owned()),
        data_dir: folder.to_owned(),
        shards: None,
        phrases: PhraseValues { helpline: "Helpline".into(), emergency: "112".into(), ..PhraseValues::default() },
        pace: pace(),
    }
}

impl Town {
    pub(crate) async fn build() -> Self {
        // Another test of this process may have installed it.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let server = DiscordServer::start(TOKEN).await;
        server.heartbeat_every(Duration::from_millis(300));
        let child = server.child("kim", "fr");
        let mut town = Self {
            server,
            child,
            adapter: None,
            inbox: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
            clock: Watch::new(),
            shards: None,
            pace: pace(),
        };
        town.reopen().await;
        town
    }

    pub(crate) fn settings(&self) -> DiscordSettings {
        DiscordSettings {
            shards: self.shards,
            pace: self.pace,
            ..settings(&self.server.url(), self.folder.path())
        }
    }

    /// A town whose adapter has met its gateway once: from then on nothing may be missed.
    pub(crate) async fn met() -> Self {
        let town = Self::build().await;
        let receiving = town.receiving().await;
        town.inbox.wait_until("the first place", || town.inbox.has_cursor()).await;
        receiving.stop().await;
        town
    }

    /// Receives, once the gateway is connected.
    pub(crate) async fn receiving(&self) -> Receiving {
        let before = self.inbox.connections();
        let receiving = Receiving::start(self.adapter(), &self.inbox);
        // An old connection may still seem open to the server.
        self.inbox.wait_until("the gateway's greeting", || self.inbox.connections() > before).await;
        let shards = usize::try_from(self.shards.unwrap_or(1)).unwrap();
        self.server.wait_until("the gateway's connection", |server| server.connected() == shards).await;
        receiving
    }

    pub(crate) fn to(&self, child: &Child) -> Recipient {
        Recipient {
            contact: PlatformId::new(child.id().to_string()),
            chat: PlatformId::new(child.channel().to_string()),
        }
    }

    /// The words of what was handed in so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.inbox.heard(0).iter().map(|body| body.texts().concat()).collect()
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
            repeat: true,
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
        let clock: Arc<dyn Clock> = self.clock.clone();
        self.adapter = Some(Arc::new(DiscordAdapter::connect(self.settings(), clock).await.unwrap()));
    }

    fn child(&self) -> Recipient {
        self.to(&self.child)
    }

    async fn says(&mut self, text: &str) -> String {
        self.child.says(text)
    }

    async fn repeats(&mut self) {
        self.server.repeat_last();
    }

    async fn edits(&mut self, of: &str, text: &str) {
        self.child.edits(of, text);
    }

    async fn deletes(&mut self, of: &str) {
        self.child.deletes(of);
    }

    async fn attaches(&mut self, name: &str) {
        self.child.attaches(name, "image/jpeg", 12_345, "");
    }

    async fn presses(&mut self, number: usize) {
        self.child.presses(number);
    }

    async fn sends_junk(&mut self) {
        self.child.sends_junk();
    }

    async fn suffers(&mut self, trouble: Trouble) -> bool {
        let hour = 3_600_000;
        match trouble {
            Trouble::Reordered => self.server.swap_next_two(),
            Trouble::Down => self.server.down().await,
            Trouble::Up => self.server.up().await,
            Trouble::RateLimited => self.server.rate_limit(1, RATE_LIMIT, false),
            Trouble::AnswerLost => self.server.lose_answers(1),
            Trouble::ServerFault => self.server.server_faults(1),
            Trouble::HalfOpen => self.server.half_open(),
            Trouble::UnknownType => self.server.dispatch("SOMETHING_NEW", &serde_json::json!({"shiny": true})),
            Trouble::Malformed => {
                self.child.sends_junk();
            }
            Trouble::Blocked => self.child.closes_messages(),
            Trouble::Unblocked => self.child.opens_messages(),
            Trouble::ClockAhead => self.server.skew(hour),
            Trouble::ClockBehind => self.server.skew(-hour),
        }
        true
    }

    async fn typing_shown(&mut self) -> Option<usize> {
        Some(self.child.saw_typing())
    }

    async fn shown(&mut self, count: usize) -> Vec<String> {
        self.child.wait_shown(count).await
    }
}
