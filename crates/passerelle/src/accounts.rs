//! From the accounts in the settings to channels: each is connected by itself, and tried again when
//! it fails, while the desk and the other channels work (A5).
//!
//! Secrets are read when an account connects, so that a mended file helps without a restart. No
//! secret ever stands in an error. Read next: `cmd/run.rs`.

use crate::hooks;
use crate::house::make_folder;
use crate::unusable::unusable;
use adapter_api::{Adapter, AdapterError};
use adapter_practice::{PracticeAdapter, PracticeSettings};
use anyhow::Context as _;
use async_trait::async_trait;
use config::{Account, AccountOn, Config, Helpline};
use domain::Confidential;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use switchboard::{Channel, Connector, RealTime};

/// The channels, and the practice page's addresses if there is one.
pub(crate) struct Channels {
    pub(crate) channels: Vec<Channel>,
    pub(crate) practice: Option<axum::Router>,
    /// Where platforms push to, if one does.
    pub(crate) hooks: axum::Router,
}

/// A channel for every account of the settings. Nothing is asked of a platform yet.
pub(crate) fn channels(config: &Config) -> anyhow::Result<Channels> {
    let mut made = Channels { channels: Vec::new(), practice: None, hooks: axum::Router::new() };
    for account in &config.accounts {
        let data = data_dir(config, account);
        make_folder(&data)?;
        let channel = match &account.on {
            AccountOn::Practice => {
                let adapter = practice(account, data)?;
                made.practice = Some(adapter.router());
                Channel::ready(adapter)
            }
            AccountOn::Terminal => Channel::ready(Arc::new(terminal(account))),
            AccountOn::Matrix(_) | AccountOn::Telegram(_) | AccountOn::Discord(_) => {
                if !is_built_in(&account.on) {
                    return Err(unusable(not_built_in(account)));
                }
                let signs = Signs::of(config, account);
                made.hooks = made.hooks.merge(hooks::router(account, &signs.hook));
                Channel::by(account.id.clone(), account.on.platform(), Box::new(signs))
            }
        };
        made.channels.push(channel);
    }
    Ok(made)
}

/// The account's own folder.
fn data_dir(config: &Config, account: &Account) -> PathBuf {
    config.data.join("accounts").join(account.id.as_str())
}

/// Is its adapter in this binary?
pub(crate) const fn is_built_in(on: &AccountOn) -> bool {
    match on {
        AccountOn::Practice | AccountOn::Terminal => true,
        AccountOn::Matrix(_) => cfg!(feature = "matrix"),
        AccountOn::Telegram(_) => cfg!(feature = "telegram"),
        AccountOn::Discord(_) => cfg!(feature = "discord"),
    }
}

pub(crate) fn not_built_in(account: &Account) -> String {
    let platform = account.on.platform().name();
    let feature = platform.to_lowercase();
    format!("account `{}` is on {platform}, but this binary was built without the feature `{feature}`", account.id)
}

fn practice(account: &Account, data_dir: PathBuf) -> anyhow::Result<Arc<PracticeAdapter>> {
    let settings = PracticeSettings { account: account.id.clone(), data_dir };
    PracticeAdapter::open(settings, Arc::new(RealTime))
        .with_context(|| format!("the practice page `{}` can't start", account.id))
}

/// A child at this terminal.
pub(crate) fn terminal(account: &Account) -> impl Adapter + use<> {
    adapter_terminal::TerminalAdapter::new(
        account.id.clone(),
        tokio::io::BufReader::new(tokio::io::stdin()),
        tokio::io::stdout(),
    )
}

/// Signs in to one account, however often it is asked.
pub(crate) struct Signs {
    #[cfg_attr(not(feature = "matrix"), allow(dead_code, reason = "Matrix alone keeps keys of its own"))]
    key_file: PathBuf,
    data_dir: PathBuf,
    account: Account,
    helpline: Helpline,
    hook: hooks::Hook,
}

#[async_trait]
impl Connector for Signs {
    async fn connect(&self) -> Result<Arc<dyn Adapter>, AdapterError> {
        match &self.account.on {
            AccountOn::Matrix(matrix) => self.matrix(matrix).await,
            AccountOn::Telegram(telegram) => self.telegram(telegram).await,
            AccountOn::Discord(discord) => self.discord(discord).await,
            AccountOn::Practice | AccountOn::Terminal => Err(AdapterError::OwnData(not_built_in(&self.account))),
        }
    }
}

impl Signs {
    pub(crate) fn of(config: &Config, account: &Account) -> Self {
        Self {
            key_file: config.key_file.clone(),
            data_dir: data_dir(config, account),
            account: account.clone(),
            helpline: config.helpline.clone(),
            hook: hooks::Hook::default(),
        }
    }

    /// With another folder, for one that only looks.
    pub(crate) fn in_folder(mut self, data_dir: PathBuf) -> Self {
        self.data_dir = data_dir;
        self
    }

    #[cfg(feature = "discord")]
    async fn discord(&self, discord: &config::Discord) -> Result<Arc<dyn Adapter>, AdapterError> {
        use adapter_discord::{DiscordAdapter, DiscordSettings, Pace};

        let settings = DiscordSettings {
            account: self.account.id.clone(),
            token: token(&discord.token)?,
            api_url: discord.api_url.clone(),
            data_dir: self.data_dir.clone(),
            shards: discord.shards,
            phrases: speech::PhraseValues {
                helpline: self.helpline.name.clone(),
                emergency: self.helpline.emergency_line(),
                ..speech::PhraseValues::default()
            },
            pace: Pace::default(),
        };
        Ok(Arc::new(DiscordAdapter::connect(settings, Arc::new(RealTime)).await?))
    }

    #[cfg(not(feature = "discord"))]
    async fn discord(&self, _discord: &config::Discord) -> Result<Arc<dyn Adapter>, AdapterError> {
        Err(AdapterError::OwnData(not_built_in(&self.account)))
    }

    #[cfg(feature = "telegram")]
    async fn telegram(&self, telegram: &config::Telegram) -> Result<Arc<dyn Adapter>, AdapterError> {
        use adapter_telegram::{Receive, TelegramAdapter, TelegramSettings};

        let settings = TelegramSettings {
            account: self.account.id.clone(),
            token: token(&telegram.token)?,
            api_url: telegram.api_url.clone(),
            receive: match &telegram.receive {
                config::TelegramReceive::Polling => Receive::Polling,
                config::TelegramReceive::Webhook { public_url, secret_file } => Receive::Webhook {
                    public_url: hooks::public_url(public_url, &self.account),
                    secret: secret(secret_file)?,
                },
            },
        };
        let adapter = Arc::new(TelegramAdapter::connect(settings).await?);
        self.hook.leads_to(Arc::clone(&adapter));
        Ok(adapter)
    }

    #[cfg(not(feature = "telegram"))]
    async fn telegram(&self, _telegram: &config::Telegram) -> Result<Arc<dyn Adapter>, AdapterError> {
        Err(AdapterError::OwnData(not_built_in(&self.account)))
    }

    #[cfg(feature = "matrix")]
    async fn matrix(&self, matrix: &config::Matrix) -> Result<Arc<dyn Adapter>, AdapterError> {
        use adapter_matrix::{MatrixAdapter, MatrixSettings, Secret, Unencrypted};
        use store::vault::MasterKey;

        let key = MasterKey::load(&self.key_file).map_err(|error| AdapterError::OwnData(error.to_string()))?;
        let settings = MatrixSettings {
            account: self.account.id.clone(),
            homeserver: matrix.homeserver.clone(),
            user: matrix.user.clone(),
            secret: match &matrix.secret {
                config::MatrixSecret::PasswordFile(path) => Secret::Password(secret(path)?),
                config::MatrixSecret::TokenFile(path) => Secret::Token(secret(path)?),
            },
            data_dir: self.data_dir.clone(),
            store_passphrase: key.passphrase(&format!("matrix {}", self.account.id)),
            device_name: matrix.device_name.clone(),
            unencrypted: if matrix.allow_unencrypted { Unencrypted::Warn } else { Unencrypted::Refuse },
        };
        Ok(Arc::new(MatrixAdapter::connect(settings).await?))
    }

    #[cfg(not(feature = "matrix"))]
    async fn matrix(&self, _matrix: &config::Matrix) -> Result<Arc<dyn Adapter>, AdapterError> {
        Err(AdapterError::OwnData(not_built_in(&self.account)))
    }
}

/// A bot's token, from where the settings say.
fn token(from: &config::Token) -> Result<Confidential<String>, AdapterError> {
    match from {
        config::Token::File(path) => secret(path),
        config::Token::Env(name) => {
            #[allow(clippy::disallowed_methods, reason = "the settings name this variable")]
            let value = std::env::var(name).unwrap_or_default();
            let value = value.trim();
            if value.is_empty() {
                let why = format!("the environment variable {name}, named in the settings, isn't set");
                return Err(AdapterError::OwnData(why));
            }
            Ok(Confidential::new(value.to_owned()))
        }
    }
}

/// A secret from its file: nothing else stands in it.
fn secret(path: &Path) -> Result<Confidential<String>, AdapterError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| AdapterError::OwnData(format!("{} can't be read: {error}", path.display())))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(AdapterError::OwnData(format!(
            "{} is empty; expected a secret and nothing else",
            path.display()
        )));
    }
    Ok(Confidential::new(text.to_owned()))
}
