//! The operator's settings: one TOML file, every key checked, every fault shown where it stands.
//!
//! Settings can make a helpline quicker to its children, never slower: a longer deadline is
//! refused, and opening hours that can't be read count as *open*. Secrets are named by file and
//! never stand in the settings. It must never read the environment or a clock.
//! Read next: `raw.rs` (the file as written), `check.rs` (what it must mean), `reference.rs`.

mod account;
mod check;
mod deadlines;
mod error;
mod hours;
mod raw;
mod reference;

pub use deadlines::Deadlines;
pub use error::{ConfigError, Warning, Wrong};
pub use hours::{Hours, Weekly};
pub use reference::reference;

use domain::{AccountId, Lang, Platform};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Who we are to a child.
    pub helpline: Helpline,
    /// Where the desk and the practice page listen.
    pub listen: SocketAddr,
    /// The folder for the database and all else that is kept.
    pub data: PathBuf,
    /// The file with the master key. Lost key, lost conversations.
    pub key_file: PathBuf,
    /// Where flows come from.
    pub flows: Flows,
    /// When the doors are open.
    pub hours: Hours,
    /// Counsellors' load.
    pub people: People,
    /// How soon a human must be there.
    pub deadlines: Deadlines,
    /// The helpline's own accounts on platforms.
    pub accounts: Vec<Account>,
    /// Who is woken when nobody comes.
    pub pager: Option<Pager>,
    /// Where logs go.
    pub log: Log,
    /// What was odd but not wrong. To be shown at every start.
    pub warnings: Vec<Warning>,
}

/// Who we are to a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helpline {
    /// The name that children see.
    pub name: String,
    /// ISO 3166 country, two capital letters.
    pub country: String,
    /// Numbers as a child dials them, the most general first. Never empty.
    pub emergency_numbers: Vec<String>,
    /// Languages that children can choose. Never empty.
    pub langs: Vec<Lang>,
    /// The language until a child has chosen; one of `langs`.
    pub default_lang: Lang,
    /// Where grown-ups can reach the helpline.
    pub email: Option<String>,
}

impl Helpline {
    /// The numbers in one line, as they stand in a text to a child: `112 / 116 111`.
    pub fn emergency_line(&self) -> String {
        self.emergency_numbers.join(" / ")
    }
}

/// Where flows come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flows {
    /// A folder instead of the shipped flows.
    pub dir: Option<PathBuf>,
    /// Further folders, read after the first.
    pub extra: Vec<PathBuf>,
}

/// Counsellors' load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct People {
    /// Children whom one counsellor has at once, 1 to 10.
    pub most_each: u32,
}

/// One account of the helpline on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name here; unique.
    pub id: AccountId,
    /// The platform and what it needs.
    pub on: AccountOn,
}

/// The platform of an account and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountOn {
    /// The practice page in a browser.
    Practice,
    /// A child at this terminal.
    Terminal,
    /// A Matrix account.
    Matrix(Matrix),
    /// A Telegram bot.
    Telegram(Telegram),
    /// A Discord bot.
    Discord(Discord),
}

impl AccountOn {
    /// Which platform.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        match self {
            Self::Practice => Platform::Practice,
            Self::Terminal => Platform::Terminal,
            Self::Matrix(_) => Platform::Matrix,
            Self::Telegram(_) => Platform::Telegram,
            Self::Discord(_) => Platform::Discord,
        }
    }
}

/// Where a bot's token is. It never stands in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A file with the token and nothing else.
    File(PathBuf),
    /// An environment variable of this name.
    Env(String),
}

/// A Telegram bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telegram {
    /// Where its token is.
    pub token: Token,
    /// A Bot API server of one's own instead of Telegram's.
    pub api_url: Option<String>,
    /// How messages come.
    pub receive: TelegramReceive,
}

/// How Telegram hands messages over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TelegramReceive {
    /// We ask for them. Needs no address of our own.
    Polling,
    /// Telegram calls us.
    Webhook {
        /// Where Telegram reaches this house: `https://…`, without a path of ours.
        public_url: String,
        /// A file with the secret that Telegram must show.
        secret_file: PathBuf,
    },
}

/// A Discord bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discord {
    /// Where its token is.
    pub token: Token,
    /// Another API server, for tests.
    pub api_url: Option<String>,
    /// Connections to the gateway; `None`: as many as Discord advises.
    pub shards: Option<u32>,
}

/// A Matrix account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// `https://…`, or `http://` on this machine.
    pub homeserver: String,
    /// The user's name, `@helpline:example.org` or only `helpline`.
    pub user: String,
    /// How it signs in.
    pub secret: MatrixSecret,
    /// The name that this device shows to others.
    pub device_name: String,
    /// Answer in rooms without end-to-end encryption too. Off unless the operator turned it on.
    pub allow_unencrypted: bool,
}

/// How a Matrix account signs in. The file holds the secret and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatrixSecret {
    /// A file with the password.
    PasswordFile(PathBuf),
    /// A file with an access token.
    TokenFile(PathBuf),
}

/// Who is woken when nobody comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    /// A program and its arguments. It gets urgency and waiting time, never a child's words.
    pub command: Vec<String>,
}

/// Where logs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// Also into this file.
    pub file: Option<PathBuf>,
    /// The form of the file; standard error is always for people.
    pub format: LogFormat,
}

/// The form of the log file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Human,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads and checks a settings file. Paths in it are taken from the file's own folder.
    ///
    /// # Errors
    /// [`ConfigError`] when the file can't be read or says something that can't be.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_path_buf(), source })?;
        Self::from_text(path, &text)
    }

    /// Checks settings that were already read; `path` is for messages and relative paths.
    ///
    /// # Errors
    /// [`ConfigError`] when the text says something that can't be.
    pub fn from_text(path: &Path, text: &str) -> Result<Self, ConfigError> {
        check::check(path, text)
    }

    /// Settings for trying it out without a file: everything under `data`, the practice page only.
    #[must_use]
    pub fn default_for_run(data: &Path) -> Self {
        Self {
            helpline: Helpline {
                name: check::NAME.to_owned(),
                country: check::COUNTRY.to_owned(),
                emergency_numbers: check::EMERGENCY.iter().map(|number| (*number).to_owned()).collect(),
                langs: vec![Lang::EN, Lang::FR],
                default_lang: Lang::EN,
                email: None,
            },
            listen: check::LISTEN,
            data: data.to_path_buf(),
            key_file: data.join(check::KEY_NAME),
            flows: Flows::default(),
            hours: Hours::Always,
            people: People { most_each: check::MOST_EACH },
            deadlines: Deadlines::default(),
            accounts: vec![Account { id: AccountId::new("practice"), on: AccountOn::Practice }],
            pager: None,
            log: Log { level: check::LOG_LEVEL.to_owned(), file: None, format: LogFormat::Json },
            warnings: Vec::new(),
        }
    }
}
