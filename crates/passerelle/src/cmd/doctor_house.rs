//! What the doctor looks at on this machine: flows, folder, key, database, disk, clock, pager, the
//! running house.
//!
//! It changes nothing. Read next: `doctor.rs`.

use super::doctor::{Findings, Running};
use crate::entropy::OsEntropy;
use crate::house;
use config::Config;
use domain::Clock as _;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use store::vault::MasterKey;
use switchboard::RealTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Below this the database may not grow through a busy night.
const LITTLE_SPACE: u64 = 1 << 30;
/// Below this nothing may be kept any more within minutes.
const NO_SPACE: u64 = 100 << 20;
/// No clock that is right stands before this program was written (2026-01-01).
const NOT_BEFORE: i64 = 1_767_225_600_000;
/// Files written by this machine a moment ago may look a little newer than its clock.
const CLOCK_SLACK: Duration = Duration::from_secs(60);
/// Longest wait for the running house.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);

pub(crate) fn flows(config: &Config, findings: &mut Findings) {
    match house::flows(config) {
        Ok(library) => findings.good("flows", "files", format!("{} flows, checked", library.flows().count())),
        Err(error) => findings.bad("flows", "files", error.to_string()),
    }
}

pub(crate) fn folder(config: &Config, findings: &mut Findings) {
    let path = &config.data;
    match std::fs::metadata(path) {
        Ok(folder) if !folder.is_dir() => {
            findings.bad("data", "folder", format!("{} is not a folder; name another one", path.display()));
        }
        Ok(folder) if folder.permissions().mode() & 0o077 != 0 => {
            let found = format!("{0} can be opened by other users; run chmod 700 {0}", path.display());
            findings.note("data", "folder", found);
        }
        Ok(_) => findings.good("data", "folder", format!("{}, for this user only", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.note("data", "folder", format!("{} will be made at the first start", path.display()));
        }
        Err(error) => findings.bad("data", "folder", format!("{} can't be opened: {error}", path.display())),
    }
}

pub(crate) fn key_and_database(config: &Config, findings: &mut Findings) {
    let database = house::database(config);
    let file = config.key_file.display();
    if !config.key_file.exists() {
        if database.exists() {
            let found = format!(
                "{file} is missing, and {} can't be read without it; bring the key back from where you keep its copy",
                database.display()
            );
            findings.bad("key", "master key", found);
        } else {
            findings.note(
                "key",
                "master key",
                format!("{file} will be made at the first start; then keep a copy of it"),
            );
        }
        return;
    }
    let key = match MasterKey::load(&config.key_file) {
        Ok(key) => key,
        Err(error) => {
            findings.bad("key", "master key", error.to_string());
            return;
        }
    };
    match std::fs::metadata(&config.key_file) {
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => {
            findings.note("key", "master key", format!("{file} can be read by other users; run chmod 600 {file}"));
        }
        _ => findings.good("key", "master key", format!("{file}, for this user only")),
    }
    if !database.exists() {
        findings.note("database", "file", format!("{} will be made at the first start", database.display()));
        return;
    }
    match store_sqlite::inspect(&database, &key, Arc::new(OsEntropy)) {
        Ok(seen) if seen.version < seen.known => {
            let found = format!(
                "{}: version {}, brought to version {} at the next start; make a backup before",
                database.display(),
                seen.version,
                seen.known
            );
            findings.note("database", "file", found);
        }
        Ok(_) => findings.good("database", "file", format!("{} is whole and fits the key", database.display())),
        Err(error) => findings.bad("database", "file", error.to_string()),
    }
}

pub(crate) fn disk(config: &Config, findings: &mut Findings) {
    // The folder may be made only at the first start: then its parent's disk counts.
    let there = config.data.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    match rustix::fs::statvfs(there) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let found = format!("{} MB free", free >> 20);
            if free < NO_SPACE {
                let found = format!("{found}; soon nothing that children write can be kept: make room now");
                findings.bad("disk", "space", found);
            } else if free < LITTLE_SPACE {
                findings.note("disk", "space", format!("{found}; make room soon"));
            } else {
                findings.good("disk", "space", found);
            }
        }
        Err(error) => findings.note("disk", "space", format!("can't be read: {error}")),
    }
}

pub(crate) fn clock(config: &Config, findings: &mut Findings) {
    let now = RealTime.now().millis();
    let newest = std::fs::metadata(house::database(config)).and_then(|meta| meta.modified()).ok();
    let newest = newest.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let ahead = newest.is_some_and(|at| {
        i64::try_from(at.saturating_sub(CLOCK_SLACK).as_millis()).is_ok_and(|written| written > now)
    });
    if now < NOT_BEFORE {
        let found = "this machine's clock is years behind: deadlines, opening hours and TLS go by it; set it";
        findings.bad("clock", "time", found);
    } else if ahead {
        let found = "the database was written at a time that lies ahead: the clock was set back; set it right";
        findings.bad("clock", "time", found);
    } else {
        findings.good("clock", "time", "plausible");
    }
}

pub(crate) fn pager(config: &Config, findings: &mut Findings) {
    let Some(pager) = &config.pager else {
        let found = "not set: when no counsellor comes, alarms stand on the desk and in the log only";
        findings.note("pager", "command", found);
        return;
    };
    let program = pager.command.first().map(String::as_str).unwrap_or_default();
    if can_be_run(program) {
        findings.good("pager", "command", format!("{program} can be run; ring it once by hand"));
    } else {
        findings.bad("pager", "command", format!("{program} can't be run; check pager.command in the settings"));
    }
}

fn can_be_run(program: &str) -> bool {
    let runs = |path: &Path| {
        std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return runs(Path::new(program));
    }
    #[allow(clippy::disallowed_methods, reason = "a program is found as the system finds it")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| runs(&folder.join(program)))
}

/// Is the house running, and how does it say it is?
pub(crate) async fn running(config: &Config, findings: &mut Findings) -> Running {
    if !house::is_locked(config) {
        match TcpListener::bind(config.listen).await {
            Ok(_) => {
                findings.good("house", "address", format!("{} is free; the house isn't running", config.listen))
            }
            Err(error) => {
                let found = format!("{} can't be used: {error}; choose another `listen`", config.listen);
                findings.bad("house", "address", found);
            }
        }
        return Running::No;
    }
    match tokio::time::timeout(LONGEST_ANSWER, health(config.listen)).await {
        Ok(Ok(told)) => tell(&told, findings),
        Ok(Err(error)) => findings.note(
            "house",
            "running",
            format!("it runs, but {} doesn't answer ({error}); was it started with --listen?", config.listen),
        ),
        Err(_) => findings.bad("house", "running", "it runs, but doesn't answer within 10 s; look into its log"),
    }
    Running::Yes
}

/// `GET /health` of the running house.
async fn health(at: SocketAddr) -> anyhow::Result<serde_json::Value> {
    let mut stream = TcpStream::connect(at).await?;
    let asked = format!("GET /health HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(|| anyhow::anyhow!("no answer of ours"))?;
    Ok(serde_json::from_str(body)?)
}

fn tell(told: &serde_json::Value, findings: &mut Findings) {
    match told["status"].as_str() {
        Some("ok") => findings.good("house", "running", "it runs and keeps what comes"),
        Some("degraded") => findings.note("house", "running", "it runs and keeps what comes; a channel is down"),
        _ => findings.bad(
            "house",
            "running",
            "it runs, but can't keep what children write; look at disk and database",
        ),
    }
    for channel in told["channels"].as_array().into_iter().flatten() {
        let (account, state) =
            (channel["account"].as_str().unwrap_or("?"), channel["state"].as_str().unwrap_or("?"));
        let about = format!("account {account}");
        let since = channel["since_s"].as_u64().unwrap_or(0);
        match state {
            "receiving" => findings.good(&about, "channel", format!("receiving for {since} s")),
            "refused" => findings.bad(&about, "channel", format!("refused for {since} s: a person must act")),
            _ => findings.note(&about, "channel", format!("{state} for {since} s")),
        }
        if let Some(waiting) = channel["outbound_waiting"].as_u64().filter(|waiting| *waiting > 0) {
            let oldest = channel["oldest_outbound_s"].as_u64().unwrap_or(0);
            findings.note(&about, "waiting", format!("{waiting} messages to children, the oldest for {oldest} s"));
        }
        if let Some(unknown) = channel["unknown_sends"].as_u64().filter(|unknown| *unknown > 0) {
            findings.note(
                &about,
                "unknown",
                format!("{unknown} messages of which nobody can tell whether they arrived"),
            );
        }
    }
}
