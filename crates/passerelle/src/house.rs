//! From settings to running parts: store, flows, hours.
//!
//! Read next: `accounts.rs` (the channels), `cmd/run.rs`.

use crate::cli::Place;
use crate::cmd::flow::{house_langs, listed};
use crate::entropy::OsEntropy;
use crate::published::{Published, files_of};
use crate::unusable::unusable;
use config::Config;
use domain::Timestamp;
use engine::Opening;
use flow_script::{FlowLibrary, load_pack, load_shipped};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::vault::MasterKey;
use store_sqlite::{Options, SqliteStore};
use switchboard::{Hours, Settings};

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

/// Does a house run on this folder? Changes nothing.
pub(crate) fn is_locked(config: &Config) -> bool {
    let file = std::fs::File::options().write(true).open(config.data.join("running.lock"));
    file.is_ok_and(|file| file.try_lock().is_err())
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

/// The flows to play: the pack that a person published last, else the one of the settings; under it
/// every version that talks may still be in. With a moment, what is played is noted and kept.
pub(crate) fn playing(
    config: &Config,
    published: &Published,
    note_at: Option<Timestamp>,
) -> anyhow::Result<FlowLibrary> {
    if published.was_chosen()?
        && let Some(hash) = published.current()?
    {
        match published.load(config, &hash) {
            Ok(pack) => return published.library(config, pack.library),
            // A child must be answered: better the flows of the settings than none.
            Err(error) => {
                tracing::error!(pack = %hash, %error, "the published flows can't be used; playing those of the settings")
            }
        }
    }
    let library = flows(config)?;
    if let Some(now) = note_at {
        let files = files_of(config.flows.dir.as_deref())?;
        let hash = published.keep(config.flows.dir.as_deref().unwrap_or(Path::new("")), &files)?;
        if published.current()?.as_ref() != Some(&hash) {
            published.note(now, "started", &hash)?;
        }
    }
    published.library(config, library)
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
