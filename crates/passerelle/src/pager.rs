//! Rings the on-call pager by running the operator's command. No word of a child goes with it.

use async_trait::async_trait;
use domain::Alarm;
use switchboard::Pager;
use tokio::process::Command;

/// Runs `argv` with the urgency and the conversation's id in the environment.
pub(crate) struct CommandPager {
    argv: Vec<String>,
}

impl CommandPager {
    /// With an empty `argv` the alarm stands on the desk and in the log only.
    pub(crate) const fn new(argv: Vec<String>) -> Self {
        Self { argv }
    }
}

#[async_trait]
impl Pager for CommandPager {
    async fn ring(&self, alarm: Alarm) {
        let Some((program, arguments)) = self.argv.split_first() else {
            tracing::warn!("the pager would ring, but pager.command isn't set");
            return;
        };
        let status = Command::new(program)
            .args(arguments)
            .env("PASSERELLE_URGENCY", alarm.urgency.name())
            .env("PASSERELLE_CONVERSATION", alarm.conversation.to_string())
            .kill_on_drop(true)
            .status()
            .await;
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => tracing::error!(code = ?status.code(), "pager.command failed"),
            Err(error) => tracing::error!(%error, "pager.command could not be run"),
        }
    }
}
