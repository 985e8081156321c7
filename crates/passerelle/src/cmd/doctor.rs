//! `passerelle doctor`: looks at everything a helpline stands on and says what to do. It changes nothing,
//! save that it signs in to Matrix, if that was never done, and keeps that session for the house.
//!
//! Exit codes: 0 all is well (there may be notes); 1 something must be done; 2 the settings can't be
//! used, so nothing else could be looked at. It must never print a secret, a word or a person's id.
//! Read next: `doctor_house.rs` (this machine), `accounts.rs` (how an account is connected).

use super::doctor_house as machine;
use crate::accounts::{self, Signs};
use crate::cli::Place;
use crate::house;
use adapter_api::{AdapterError, Examined, Verdict};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use config::{Account, AccountOn, Config};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;
use switchboard::Connector as _;

/// Longest wait for one account to connect, and then for what it finds.
const LONGEST_LOOK: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    place: Place,
    /// For people, or one JSON object for programs.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// One thing looked at.
#[derive(Debug)]
pub(crate) struct Finding {
    verdict: Verdict,
    /// What it belongs to: `settings`, `database`, `account telegram`.
    about: String,
    what: &'static str,
    found: String,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn good(&mut self, about: &str, what: &'static str, found: impl Into<String>) {
        self.add(Verdict::Good, about, what, found);
    }

    pub(crate) fn note(&mut self, about: &str, what: &'static str, found: impl Into<String>) {
        self.add(Verdict::Note, about, what, found);
    }

    pub(crate) fn bad(&mut self, about: &str, what: &'static str, found: impl Into<String>) {
        self.add(Verdict::Bad, about, what, found);
    }

    fn add(&mut self, verdict: Verdict, about: &str, what: &'static str, found: impl Into<String>) {
        self.0.push(Finding { verdict, about: about.to_owned(), what, found: found.into() });
    }

    fn worst(&self) -> Verdict {
        self.0.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Good)
    }
}

impl Doctor {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let config = match house::settings(&self.place) {
            Ok(config) => config,
            Err(error) => {
                if matches!(self.format, Format::Json) {
                    println!("{}", json!({ "status": "unusable", "why": error.to_string(), "findings": [] }));
                }
                return Err(error);
            }
        };
        // The TLS of every adapter; a second install by a library would be refused, harmlessly.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let runtime = tokio::runtime::Runtime::new().context("the runtime can't start")?;
        let findings = runtime.block_on(look(&config));
        match self.format {
            Format::Human => print_for_people(&findings),
            Format::Json => println!("{}", as_json(&findings)),
        }
        Ok(if findings.worst() == Verdict::Bad { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

async fn look(config: &Config) -> Findings {
    let mut findings = Findings::default();
    for warning in &config.warnings {
        findings.note("settings", "warning", warning.to_string());
    }
    findings.good("settings", "file", "every key is understood");
    machine::flows(config, &mut findings);
    machine::folder(config, &mut findings);
    machine::key_and_database(config, &mut findings);
    machine::disk(config, &mut findings);
    machine::clock(config, &mut findings);
    machine::pager(config, &mut findings);
    let running = machine::running(config, &mut findings).await;
    for account in &config.accounts {
        look_at_account(config, account, running, &mut findings).await;
    }
    findings
}

/// Does a house work on these settings now?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Running {
    Yes,
    No,
}

async fn look_at_account(config: &Config, account: &Account, running: Running, findings: &mut Findings) {
    let about = format!("account {}", account.id);
    match &account.on {
        AccountOn::Practice => {
            findings.note(
                &about,
                "practice page",
                "whoever can open it can play a child; nothing on it is private",
            );
            return;
        }
        AccountOn::Terminal => {
            findings.note(&about, "terminal", "the child sits at the terminal in which the house was started");
            return;
        }
        // Two processes on one store of encryption keys would spoil it.
        AccountOn::Matrix(_) if running == Running::Yes => {
            findings.note(
                &about,
                "account",
                "in use by the running house; stop it to have this account looked at",
            );
            return;
        }
        // Its keys are sealed with the master key, which is made at the first start.
        AccountOn::Matrix(_) if !config.key_file.exists() => {
            findings.note(&about, "account", "can be looked at once the house was started for the first time");
            return;
        }
        AccountOn::Matrix(_) | AccountOn::Telegram(_) | AccountOn::Discord(_) => {}
    }
    if !accounts::is_built_in(&account.on) {
        findings.bad(&about, "adapter", accounts::not_built_in(account));
        return;
    }
    // Matrix keeps its session in the account's folder; the others are looked at from an empty one, so
    // that a running house isn't disturbed.
    let empty = match tempfile::tempdir() {
        Ok(empty) => empty,
        Err(error) => {
            findings.bad(&about, "connection", format!("no folder for a moment's files can be made: {error}"));
            return;
        }
    };
    let signs = match &account.on {
        AccountOn::Matrix(_) => Signs::of(config, account),
        _ => Signs::of(config, account).in_folder(empty.path().to_owned()),
    };
    match tokio::time::timeout(LONGEST_LOOK, signs.connect()).await {
        Err(_) => findings.bad(&about, "connection", "no answer within 30 s; check this machine's network"),
        Ok(Err(error)) => findings.bad(&about, "connection", with_advice(&error)),
        Ok(Ok(adapter)) => match tokio::time::timeout(LONGEST_LOOK, adapter.examine()).await {
            Err(_) => findings.bad(&about, "account", "no answer within 30 s; check this machine's network"),
            Ok(seen) if seen.is_empty() => findings.good(&about, "account", "it connects"),
            Ok(seen) => {
                for Examined { verdict, what, found } in seen {
                    findings.add(verdict, &about, what, found);
                }
            }
        },
    }
}

fn with_advice(error: &AdapterError) -> String {
    let advice = match error {
        AdapterError::Refused(_) => "check the token or password, and that the account exists and isn't blocked",
        AdapterError::Unreachable(_) => "check the address in the settings and this machine's network",
        AdapterError::OwnData(_) => "check the files named in the settings and the account's own folder",
        AdapterError::Inbox(_) => "check the database",
    };
    format!("{error}; {advice}")
}

fn print_for_people(findings: &Findings) {
    for Finding { verdict, about, what, found } in &findings.0 {
        println!("{} {about}: {what}: {found}", sign(*verdict));
    }
    match findings.worst() {
        Verdict::Good => println!("\nAll is well."),
        Verdict::Note => println!("\nIt works. Please read the notes."),
        Verdict::Bad => println!("\nSomething must be done: see the lines that begin with BAD."),
    }
}

const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "good",
        Verdict::Note => "note",
        Verdict::Bad => "BAD ",
    }
}

fn as_json(findings: &Findings) -> Value {
    let name = |verdict: Verdict| sign(verdict).trim().to_lowercase();
    let lines: Vec<Value> = findings
        .0
        .iter()
        .map(|Finding { verdict, about, what, found }| {
            json!({ "verdict": name(*verdict), "about": about, "what": what, "found": found })
        })
        .collect();
    json!({ "status": name(findings.worst()), "findings": lines })
}
