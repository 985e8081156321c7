//! `passerelle run`: everything up, until Ctrl-C or SIGTERM.
//!
//! Read next: `house.rs`, then `switchboard/src/turn.rs`.

use super::user::seed;
use crate::cli::Place;
use crate::door::HouseDoor;
use crate::entropy::OsEntropy;
use crate::pager::CommandPager;
use crate::published::Published;
use crate::unusable::unusable;
use crate::{accounts, house};
use anyhow::Context as _;
use clap::Args;
use config::Config;
use desk::{Cookies, DeskParts};
use domain::{Clock as _, Lang};
use flow_script::FlowLibrary;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store_sqlite::SqliteStore;
use switchboard::{HouseTime as _, Parts, RealTime, Switchboard};
use tokio::net::TcpListener;

/// Open pages and sends under way get this long to end; a second signal ends the wait.
const LONGEST_STOP: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    place: Place,
    /// Address of desk and practice page, e.g. 127.0.0.1:8080; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Make a first counsellor with a one-time password, if there is none.
    #[arg(long)]
    seed: bool,
    /// Send cookies over HTTPS only: set it behind a TLS proxy.
    #[arg(long)]
    https: bool,
    /// Abort the process at a commit boundary: NAME or NAME:N. Test builds only.
    #[cfg(debug_assertions)]
    #[arg(long, hide = true)]
    crash_at: Option<String>,
}

impl Run {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = house::settings(&self.place)?;
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        start_logs(&config)?;
        for warning in &config.warnings {
            tracing::warn!(at = %warning.at, "{}", warning.what);
        }
        // The TLS of every adapter; a second install by a library would be refused, harmlessly.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime can't start")?;
        let _alone = house::lock(&config)?;
        let store = self.open(&config)?;
        runtime.block_on(serve(&config, Arc::new(store), self.seed, self.https))?;
        Ok(ExitCode::SUCCESS)
    }

    #[cfg(debug_assertions)]
    fn open(&self, config: &Config) -> anyhow::Result<SqliteStore> {
        house::open_crashing(config, self.crash_at.as_deref().map(crash_at).transpose()?)
    }

    #[cfg(not(debug_assertions))]
    fn open(&self, config: &Config) -> anyhow::Result<SqliteStore> {
        house::open_store(config)
    }
}

/// `NAME` or `NAME:N`.
#[cfg(debug_assertions)]
fn crash_at(text: &str) -> anyhow::Result<store_sqlite::Crash> {
    let (name, passing) = text.split_once(':').unwrap_or((text, "1"));
    let point = store_sqlite::CrashPoint::from_name(name)
        .ok_or_else(|| unusable(format!("there is no crash point `{name}`")))?;
    let at_passing = passing.parse().map_err(|_| unusable(format!("`{passing}` is not a number")))?;
    Ok(store_sqlite::Crash { point, at_passing })
}

fn start_logs(config: &Config) -> anyhow::Result<()> {
    let form = match config.log.format {
        config::LogFormat::Json => telemetry::Form::Json,
        config::LogFormat::Human => telemetry::Form::Human,
    };
    let file = config.log.file.clone().map(|path| (path, form));
    telemetry::Telemetry { level: config.log.level.clone(), file }.start().map_err(unusable)
}

async fn serve(config: &Config, kept: Arc<SqliteStore>, seed_asked: bool, https: bool) -> anyhow::Result<()> {
    let store: Arc<dyn Store> = Arc::clone(&kept) as Arc<dyn Store>;
    let published = Published::of(config);
    let flows = house::playing(config, &published, Some(RealTime.now()))?;
    let seeded = if seed_asked { seed(store.as_ref()).await? } else { None };
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        unusable(format!("can't listen on {}: {error}; choose another with --listen", config.listen))
    })?;
    let address = listener.local_addr().context("the listening address can't be read")?;
    let channels = accounts::channels(config)?;
    let names = resource_names(&flows);
    let switchboard = Switchboard::new(Parts {
        store: Arc::clone(&store),
        time: Arc::new(RealTime),
        entropy: Arc::new(OsEntropy),
        flows,
        settings: house::switchboard_settings(config),
        channels: channels.channels,
        pager: Arc::new(CommandPager::new(
            config.pager.as_ref().map(|pager| pager.command.clone()).unwrap_or_default(),
        )),
    });
    let desk = desk::router(DeskParts {
        store: Arc::clone(&store),
        door: Arc::new(HouseDoor::new(switchboard.clone())),
        entropy: Arc::new(OsEntropy),
        helpline: config.helpline.name.clone(),
        resources: names,
        cookies: if https { Cookies::Secure } else { Cookies::Plain },
        stopping: switchboard.stopping(),
    });
    let has_practice = channels.practice.is_some();
    let app = channels.practice.into_iter().fold(desk, axum::Router::merge).merge(channels.hooks);
    let mut tasks = switchboard.start().await.context("the switchboard can't start")?;
    say_where(config, address, has_practice, seeded.as_ref());
    let stopping = switchboard.stopping();
    let stop_on_signal = {
        let switchboard = switchboard.clone();
        async move {
            signal().await;
            switchboard.stop();
        }
    };
    tokio::spawn(stop_on_signal);
    tokio::spawn(take_over_flows(config.clone(), published, switchboard.clone()));
    let shutdown = {
        let stopping = stopping.clone();
        async move { stopping.cancelled().await }
    };
    let server = axum::serve(listener, app).with_graceful_shutdown(shutdown).into_future();
    let late = async {
        stopping.cancelled().await;
        tokio::select! {
            () = RealTime.sleep_until(RealTime.now().plus(LONGEST_STOP)) => {}
            () = signal() => {}
        }
    };
    let orderly = async {
        server.await.context("the desk's server failed")?;
        while tasks.join_next().await.is_some() {}
        Ok::<_, anyhow::Error>(())
    };
    tokio::select! {
        done = orderly => done?,
        () = late => tracing::warn!("something would not end; stopping without it"),
    }
    // What was handed in is written, and the log is folded into the one file.
    kept.close().await.context("the store could not be closed")?;
    println!("Stopped. Everything received is kept.");
    Ok(())
}

/// How often a running house looks whether other flows were published.
const LOOK_FOR_FLOWS: Duration = Duration::from_secs(2);

/// Plays what is published while the house runs. Flows that can't be used change nothing.
async fn take_over_flows(config: Config, published: Published, switchboard: Switchboard) {
    let stopping = switchboard.stopping();
    let mut mark = published.mark();
    loop {
        tokio::select! {
            () = RealTime.sleep_until(RealTime.now().plus(LOOK_FOR_FLOWS)) => {}
            () = stopping.cancelled() => return,
        }
        let now = published.mark();
        if now == mark {
            continue;
        }
        mark = now;
        match house::playing(&config, &published, None) {
            Ok(flows) => match switchboard.reload(flows).await {
                Ok(sent) => tracing::info!(sent_to_a_human = sent, "other flows are played now"),
                Err(error) => {
                    tracing::error!(%error, "other flows are played now, but talks could not be looked through")
                }
            },
            Err(error) => tracing::error!(%error, "the published flows can't be used; the old ones go on"),
        }
    }
}

/// Contacts' names for the desk, in English; ids stand for the rest.
fn resource_names(flows: &FlowLibrary) -> BTreeMap<domain::ResourceId, String> {
    flows
        .all_resources()
        .map(|resource| (resource.id.clone(), resource.line.get(Lang::EN, Lang::EN).to_owned()))
        .collect()
}

fn say_where(config: &Config, address: SocketAddr, practice: bool, seeded: Option<&super::user::Seeded>) {
    println!("{} is up. Data: {}", config.helpline.name, config.data.display());
    println!("  Desk:      http://{address}/desk");
    if practice {
        println!("  Practice:  http://{address}/practice   (play the child here; nothing on it is private)");
    }
    if let Some(seeded) = seeded {
        println!("  Sign in as {} with the one-time password {}", seeded.login, seeded.password);
    }
    println!("  Keep {} safe and apart from backups: without it nothing can be read.", config.key_file.display());
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
