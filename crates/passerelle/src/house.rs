//! From settings to running parts: store, flows, hours, adapters.
//!
//! Read next: `cmd/run.rs`.

use crate::cli::Place;
use crate::cmd::flow::{house_langs, listed};
use crate::entropy::OsEntropy;
use crate::unusable::unusable;
use adapter_api::Adapter;
use adapter_practice::{PracticeAdapter, PracticeSettings};
use anyhow::Context as _;
use config::{Account, AccountOn, Config};
use domain::Timestamp;
use engine::Opening;
use flow_script::{FlowLibrary, load_pack, load_shipped};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::vault::MasterKey;
use store_sqlite::{Options, SqliteStore};
use switchboard::{Hours, RealTime, Settings};

/// Where everything is kept when nothing is said.
const DATA: &str = "var";
/// The master key's file in the folder for data.
const KEY: &str = "master.key";

/// The settings, from the file named, or the defaults for trying it out.
pub(crate) fn settings(place: &Place) -> anyhow::Result<Config> {
    let mut config = match &place.config {
        Some(path) => Config::load(path).map_err(|error| unusable(whole(&error)))?,
        None => Config::default_for_run(place.data.as_deref().unwrap_or(Path::new(DATA))),
    };
    if let Some(data) = &place.data {
        // The key lies with the data, unless the settings name another place for it.
        if config.key_file == config.data.join(KEY) {
            config.key_file = data.join(KEY);
        }
        config.data.clone_from(data);
    }
    Ok(config)
}

/// An error and all that lies behind it, in one line.
fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The folder for data, made with access for this user only.
pub(crate) fn make_folder(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| unusable(format!("the folder {} can't be made: {error}", path.display())))
}

/// Held while a house runs on a folder, so that two can't answer the same child.
pub(crate) fn lock(config: &Config) -> anyhow::Result<std::fs::File> {
    make_folder(&config.data)?;
    let path = config.data.join("running.lock");
    let file = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| unusable(format!("{} can't be written: {error}", path.display())))?;
    file.try_lock()
        .map_err(|_| unusable(format!("another passerelle runs on {}; stop it first", config.data.display())))?;
    Ok(file)
}

/// Opens the database, making key and database on the first start.
pub(crate) fn open_store(config: &Config) -> anyhow::Result<SqliteStore> {
    open_with(config, |options| options)
}

/// As [`open_store`], with a crash at a chosen moment. For tests.
#[cfg(debug_assertions)]
pub(crate) fn open_crashing(config: &Config, crash: Option<store_sqlite::Crash>) -> anyhow::Result<SqliteStore> {
    open_with(config, |options| options.crash(crash))
}

fn open_with(config: &Config, change: impl FnOnce(Options) -> Options) -> anyhow::Result<SqliteStore> {
    make_folder(&config.data)?;
    let database = database(config);
    // A database without its key must not get a new one: nothing in it could ever be read again.
    let key = if database.exists() {
        MasterKey::load(&config.key_file).map_err(unusable)?
    } else {
        if let Some(folder) = config.key_file.parent() {
            make_folder(folder)?;
        }
        MasterKey::load_or_create(&config.key_file, &OsEntropy).map_err(unusable)?
    };
    SqliteStore::open(&database, change(Options::new(key, Arc::new(OsEntropy)))).map_err(unusable)
}

pub(crate) fn database(config: &Config) -> PathBuf {
    config.data.join("passerelle.sqlite")
}

/// The flows of the settings, checked.
pub(crate) fn flows(config: &Config) -> anyhow::Result<FlowLibrary> {
    let langs = house_langs(&config.helpline.langs);
    let pack = match &config.flows.dir {
        Some(dir) => load_pack(dir, &langs),
        None => load_shipped(&langs),
    };
    let mut library = pack.map_err(|errors| unusable(listed(&errors)))?.library;
    for extra in &config.flows.extra {
        let more = load_pack(extra, &langs).map_err(|errors| unusable(listed(&errors)))?;
        for flow in more.library.flows() {
            library.add(flow.as_ref().clone());
        }
    }
    Ok(library)
}

struct ConfiguredHours(config::Hours);

impl Hours for ConfiguredHours {
    fn at(&self, now: Timestamp) -> Opening {
        match &self.0 {
            config::Hours::Weekly(weekly) if !weekly.is_open(now) => Opening::Closed,
            _ => Opening::Open,
        }
    }
}

/// What the switchboard needs to know of the settings.
pub(crate) fn switchboard_settings(config: &Config) -> Settings {
    let default = config.helpline.default_lang;
    let others = config.helpline.langs.iter().copied().filter(|lang| *lang != default);
    Settings {
        helpline: config.helpline.name.clone(),
        country: config.helpline.country.clone(),
        emergency: config.helpline.emergency_line(),
        langs: std::iter::once(default).chain(others).collect(),
        most_each: config.people.most_each,
        hours: Arc::new(ConfiguredHours(config.hours.clone())),
        deadlines: deadlines(&config.deadlines),
    }
}

fn deadlines(wishes: &config::Deadlines) -> engine::Deadlines {
    domain::Urgency::ALL.into_iter().fold(engine::Deadlines::default(), |deadlines, urgency| {
        let (widen, pager) = (wishes.widen_after(urgency), wishes.pager_after(urgency));
        deadlines.sooner(urgency, widen, wishes.supervisor_after(urgency), pager)
    })
}

/// The adapters, and the practice page's addresses if there is one.
pub(crate) struct Channels {
    pub(crate) adapters: Vec<Arc<dyn Adapter>>,
    pub(crate) practice: Option<axum::Router>,
}

/// Connects every account of the settings.
pub(crate) async fn connect(config: &Config) -> anyhow::Result<Channels> {
    let mut channels = Channels { adapters: Vec::new(), practice: None };
    for account in &config.accounts {
        let data = config.data.join("accounts").join(account.id.as_str());
        make_folder(&data)?;
        match &account.on {
            AccountOn::Practice => {
                let adapter = practice(account, data)?;
                channels.practice = Some(adapter.router());
                channels.adapters.push(adapter);
            }
            AccountOn::Terminal => channels.adapters.push(Arc::new(terminal(account))),
            AccountOn::Matrix(matrix) => {
                channels.adapters.push(connect_matrix(config, account, matrix, data).await?)
            }
        }
    }
    Ok(channels)
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

#[cfg(feature = "matrix")]
async fn connect_matrix(
    config: &Config,
    account: &Account,
    matrix: &config::Matrix,
    data_dir: PathBuf,
) -> anyhow::Result<Arc<dyn Adapter>> {
    use adapter_matrix::{MatrixAdapter, MatrixSettings, Secret, Unencrypted};
    use domain::Confidential;

    let read = |path: &Path| {
        std::fs::read_to_string(path).map(|text| Confidential::new(text.trim().to_owned())).map_err(|error| {
            unusable(format!(
                "the secret of account `{}` can't be read from {}: {error}",
                account.id,
                path.display()
            ))
        })
    };
    let key = MasterKey::load(&config.key_file).map_err(unusable)?;
    let settings = MatrixSettings {
        account: account.id.clone(),
        homeserver: matrix.homeserver.clone(),
        user: matrix.user.clone(),
        secret: match &matrix.secret {
            config::MatrixSecret::PasswordFile(path) => Secret::Password(read(path)?),
            config::MatrixSecret::TokenFile(path) => Secret::Token(read(path)?),
        },
        data_dir,
        store_passphrase: key.passphrase(&format!("matrix {}", account.id)),
        device_name: matrix.device_name.clone(),
        unencrypted: if matrix.allow_unencrypted { Unencrypted::Warn } else { Unencrypted::Refuse },
    };
    let adapter = MatrixAdapter::connect(settings)
        .await
        .with_context(|| format!("the Matrix account `{}` can't connect", account.id))?;
    Ok(Arc::new(adapter))
}

#[cfg(not(feature = "matrix"))]
async fn connect_matrix(
    _config: &Config,
    account: &Account,
    _matrix: &config::Matrix,
    _data_dir: PathBuf,
) -> anyhow::Result<Arc<dyn Adapter>> {
    Err(unusable(format!(
        "account `{}` is on Matrix, but this binary was built without the feature `matrix`",
        account.id
    )))
}
