//! The command line's shape.

use crate::cmd;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Counselling-assist bot for child helplines.
#[derive(Debug, Parser)]
#[command(name = "passerelle", version = version(), about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The version, with the escalation table's hash, so that two machines can be compared.
fn version() -> &'static str {
    static VERSION: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    VERSION.get_or_init(|| {
        format!("{}\nescalation table {}", env!("CARGO_PKG_VERSION"), safety_rules::escalation::table_hash())
    })
}

/// Where a helpline's settings and data are.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// Configuration file; without one, built-in defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for database and keys; overrides the configuration.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the helpline: adapters, engine, desk.
    Run(cmd::run::Run),
    /// Look at settings, key, database, disk, clock and every account, and say what to do.
    Doctor(cmd::doctor::Doctor),
    /// Talk to the bot in this terminal, as a child would; nothing is kept.
    Talk(cmd::talk::Talk),
    /// Safety rules: explain a text, print the escalation table, screen lines.
    #[command(subcommand)]
    Rules(cmd::rules::Rules),
    /// Flows: check, try, test.
    #[command(subcommand)]
    Flow(cmd::flow::Flows),
    /// The audit log.
    #[command(subcommand)]
    Audit(cmd::audit::Audits),
    /// Counsellors' accounts.
    #[command(subcommand)]
    User(cmd::user::Users),
    /// A model on this machine, whose suggestions only a counsellor sees.
    #[cfg(feature = "llama")]
    #[command(subcommand)]
    Model(cmd::model::Models),
}

impl Cli {
    /// Does it.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Run(run) => run.run(),
            Command::Doctor(doctor) => doctor.run(),
            Command::Talk(talk) => talk.run(),
            Command::Rules(rules) => rules.run(),
            Command::Flow(flow) => flow.run(),
            Command::Audit(audit) => audit.run(),
            Command::User(user) => user.run(),
            #[cfg(feature = "llama")]
            Command::Model(model) => model.run(),
        }
    }
}
