//! Where logs go, and what they can't hold.
//!
//! Lines for people on standard error, and if wished a file. A child's words can't get there:
//! `Confidential` shows `[confidential]`, libraries may only speak of errors, and a panic is
//! logged by its place, never by its words. It must never read settings by itself.
//! Read next: `chain.rs`.

mod chain;

pub use chain::chain;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer, Registry, fmt};

/// Our own crates, which follow the chosen level. Libraries speak of errors only: at finer levels
/// some print what they carry, and they carry children's words.
const OURS: &[&str] = &[
    "adapter_api",
    "adapter_discord",
    "adapter_matrix",
    "adapter_practice",
    "adapter_telegram",
    "adapter_terminal",
    "config",
    "desk",
    "domain",
    "engine",
    "flow_script",
    "media",
    "passerelle",
    "safety_rules",
    "speech",
    "store",
    "store_postgres",
    "store_sqlite",
    "switchboard",
    "telemetry",
    "triage",
];

/// Libraries whose very errors name rooms, people and events. What their failures mean is told by
/// our own adapters, without the names.
const SILENT: &[&str] = &["matrix_sdk", "ruma", "vodozemac", "eyeball"];

/// The form of the log file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lines for people.
    Human,
    /// One JSON object a line.
    Json,
}

/// What to log and where.
#[derive(Debug, Clone)]
pub struct Telemetry {
    /// `error`, `warn`, `info`, `debug` or `trace`, for our own crates.
    pub level: String,
    /// Also into this file, in this form. It is added to, and never read by others (mode 0600).
    pub file: Option<(PathBuf, Form)>,
}

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Not a level.
    #[error("log level `{0}` is none of error, warn, info, debug, trace")]
    Level(String),
    /// The file can't be opened for adding.
    #[error("log file {}: can't be opened", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Logging was started before in this process.
    #[error("logging was started twice")]
    Twice,
}

impl Telemetry {
    /// Starts logging for the whole process, panics included. Once, first thing in `main`.
    ///
    /// # Errors
    /// [`TelemetryError`]; nothing was started.
    pub fn start(&self) -> Result<(), TelemetryError> {
        let file = self.file.as_ref().map(|(path, form)| Ok((open(path)?, *form))).transpose()?;
        let subscriber = subscriber(&self.level, io::stderr, file.map(|(file, form)| (Mutex::new(file), form)))?;
        tracing::subscriber::set_global_default(subscriber).map_err(|_| TelemetryError::Twice)?;
        std::panic::set_hook(Box::new(|panic| log_panic(panic.location())));
        Ok(())
    }
}

/// Only the place: the words of a panic may be a child's.
fn log_panic(place: Option<&std::panic::Location<'_>>) {
    match place {
        Some(place) => tracing::error!(file = place.file(), line = place.line(), "panicked"),
        None => tracing::error!("panicked"),
    }
}

fn subscriber<E, F>(
    level: &str,
    people: E,
    file: Option<(F, Form)>,
) -> Result<impl Subscriber + Send + Sync + use<E, F>, TelemetryError>
where
    E: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    F: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level: LevelFilter = level
        .parse()
        .ok()
        .filter(|_| ["error", "warn", "info", "debug", "trace"].contains(&level))
        .ok_or_else(|| TelemetryError::Level(level.chars().take(20).collect()))?;
    let filter = Targets::new()
        .with_default(LevelFilter::ERROR)
        .with_targets(OURS.iter().map(|ours| (*ours, level)))
        .with_targets(SILENT.iter().map(|silent| (*silent, LevelFilter::OFF)));
    let people = fmt::layer().with_writer(people).with_ansi(false).with_filter(filter.clone());
    let file = file.map(|(writer, form)| {
        let layer = fmt::layer().with_writer(writer).with_ansi(false);
        match form {
            Form::Human => layer.with_filter(filter).boxed(),
            Form::Json => layer.json().flatten_event(true).with_filter(filter).boxed(),
        }
    });
    Ok(Registry::default().with(people).with(file))
}

fn open(path: &Path) -> Result<File, TelemetryError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| TelemetryError::File { path: path.to_path_buf(), source })
}

#[cfg(test)]
mod tests;
