//! `passerelle talk`: the whole house in a terminal, on a database that is thrown away.
//!
//! It is the real switchboard and the documented example adapter; nobody is on duty.

use crate::entropy::OsEntropy;
use crate::pager::CommandPager;
use crate::{accounts, house};
use anyhow::Context as _;
use clap::Args;
use config::{Account, AccountOn, Config};
use domain::{AccountId, Lang};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use store::memory::MemoryStore;
use switchboard::{Parts, RealTime, Switchboard};

#[derive(Debug, Args)]
pub(crate) struct Talk {
    /// The language to begin in.
    #[arg(long, default_value = "en")]
    lang: Lang,
}

impl Talk {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime can't start")?;
        runtime.block_on(self.talk())?;
        // A read of the terminal can't be called off: don't wait for it.
        runtime.shutdown_background();
        Ok(ExitCode::SUCCESS)
    }

    async fn talk(&self) -> anyhow::Result<()> {
        let mut config = Config::default_for_run(Path::new("var"));
        config.helpline.default_lang = self.lang;
        let account = Account { id: AccountId::new("terminal"), on: AccountOn::Terminal };
        let switchboard = Switchboard::new(Parts {
            store: Arc::new(MemoryStore::new()),
            time: Arc::new(RealTime),
            entropy: Arc::new(OsEntropy),
            flows: house::flows(&config)?,
            settings: house::switchboard_settings(&config),
            channels: vec![switchboard::Channel::ready(Arc::new(accounts::terminal(&account)))],
            pager: Arc::new(CommandPager::new(Vec::new())),
        });
        println!("Write as a child would; end with Ctrl-D.");
        let mut tasks = switchboard.start().await?;
        tokio::select! {
            _ = tasks.join_next() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        switchboard.stop();
        Ok(())
    }
}
