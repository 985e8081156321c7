//! What the operator says about one Discord bot, and the waits that a test shortens.
//!
//! Secrets are wrapped; nothing here prints them. Read next: `receive.rs`.

use domain::{AccountId, Confidential};
use speech::PhraseValues;
use std::path::PathBuf;
use std::time::Duration;

/// One bot on Discord.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// The account's name in the configuration.
    pub account: AccountId,
    /// The bot's token.
    pub token: Confidential<String>,
    /// Another address than `https://discord.com`, such as `http://127.0.0.1:8080`: for tests and proxies.
    /// With it, nothing ever goes to Discord's own hosts.
    pub api_url: Option<String>,
    /// A folder for this account alone: which messages were begun and which are done.
    pub data_dir: PathBuf,
    /// How many shards; `None`: as many as Discord recommends. Needed from about 2,500 servers on.
    pub shards: Option<u32>,
    /// The helpline's name and emergency numbers, for the line that answers `/help` in a server.
    pub phrases: PhraseValues,
    /// How long to wait for what.
    pub pace: Pace,
}

/// How long to wait for what. The defaults follow Discord's published limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// An answer to one request.
    pub answer: Duration,
    /// After this long a command or a press is answered "wait", because 3 s is the end of Discord's patience.
    pub defer: Duration,
    /// A command that wasn't kept may be repeated by Discord for this long; then the child is told to try again.
    pub repeat: Duration,
    /// Between two IDENTIFYs: 5 s.
    pub identify: Duration,
    /// Before a new IDENTIFY when a session was refused: 1 to 5 s.
    pub refused: Duration,
    /// Between two tries to read what was missed.
    pub backfill: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            defer: Duration::from_millis(1_500),
            repeat: Duration::from_secs(60),
            identify: Duration::from_secs(5),
            refused: Duration::from_secs(2),
            backfill: Duration::from_secs(2),
        }
    }
}

/// Waits. Nothing that another child needs may stand behind it.
pub(crate) async fn pause(span: Duration) {
    drop(tokio::time::timeout(span, std::future::pending::<()>()).await);
}
