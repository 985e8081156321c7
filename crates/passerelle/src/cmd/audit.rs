//! `passerelle audit`: check the chain, or show what happened.

use crate::cli::Place;
use crate::house;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::ConversationId;
use std::process::ExitCode;
use store::Audit;

#[derive(Debug, Subcommand)]
pub(crate) enum Audits {
    /// Check that no line was changed, removed or moved.
    Verify(Place),
    /// Print lines, one JSON object each.
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Only this conversation.
    #[arg(long)]
    conversation: Option<ConversationId>,
    #[command(flatten)]
    place: Place,
}

/// Lines read at a time.
const BATCH: usize = 1_000;

impl Audits {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime can't start")?;
        match self {
            Self::Verify(place) => runtime.block_on(verify(&place)),
            Self::Show(show) => runtime.block_on(show.run()),
        }
    }
}

async fn verify(place: &Place) -> anyhow::Result<ExitCode> {
    let store = house::open_store(&house::settings(place)?)?;
    match store.verify().await? {
        Ok(lines) => {
            println!("the audit log is whole: {lines} lines");
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            eprintln!("passerelle: {broken}");
            Ok(ExitCode::from(1))
        }
    }
}

impl Show {
    async fn run(&self) -> anyhow::Result<ExitCode> {
        let store = house::open_store(&house::settings(&self.place)?)?;
        let mut after = 0;
        loop {
            let lines = store.audit(self.conversation, after, BATCH).await?;
            let Some(last) = lines.last() else { return Ok(ExitCode::SUCCESS) };
            after = last.seq;
            for line in &lines {
                println!("{}", serde_json::to_string(line)?);
            }
        }
    }
}
