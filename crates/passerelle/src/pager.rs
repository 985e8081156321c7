//! Rings the on-call pager by running the operator's command. No word of a child goes with it.

use async_trait::async_trait;
use domain::{Alarm, Clock as _};
use std::process::Stdio;
use std::time::Duration;
use switchboard::{HouseTime as _, Pager, RealTime};
use tokio::process::Command;

/// A command that takes longer is stopped.
const LONGEST_RUN: Duration = Duration::from_secs(30);
/// Waits before each try: a pager that fails once must not mean that nobody comes.
const TRIES: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(3), Duration::from_secs(15), Duration::from_secs(60)];

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
        for wait in TRIES {
            RealTime.sleep_until(RealTime.now().plus(wait)).await;
            let mut command = Command::new(program);
            command
                .args(arguments)
                .env("PASSERELLE_URGENCY", alarm.urgency.name())
                .env("PASSERELLE_CONVERSATION", alarm.conversation.to_string());
            match run(command, LONGEST_RUN).await {
                Ok(()) => return,
                Err(why) => tracing::error!(why, "pager.command failed"),
            }
        }
        tracing::error!(conversation = %alarm.conversation, "nobody could be paged");
    }
}

/// Runs to its end or is killed; waited for either way, so that nothing of it stays behind.
async fn run(mut command: Command, longest: Duration) -> Result<(), String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("it could not be started: {}", error.kind()))?;
    let late = RealTime.now().plus(longest);
    let ended = tokio::select! {
        ended = child.wait() => Some(ended),
        () = RealTime.sleep_until(late) => None,
    };
    match ended {
        Some(Ok(status)) if status.success() => Ok(()),
        Some(Ok(status)) => Err(format!("it ended with {status}")),
        Some(Err(error)) => Err(format!("it could not be waited for: {}", error.kind())),
        None => {
            // Failing to kill means that it has just ended.
            let _ = child.kill().await;
            Err(format!("it was stopped after {} s", longest.as_secs()))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn a_command_that_hangs_is_stopped_and_leaves_no_zombie() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!("echo $$ > {}; exec sleep 600", pid.display());
        let ran = run(sh(&script), Duration::from_secs(2)).await;
        assert_eq!(ran, Err("it was stopped after 2 s".to_owned()));
        let pid = std::fs::read_to_string(pid).unwrap();
        assert!(!std::path::Path::new("/proc").join(pid.trim()).exists(), "still there");
    }

    #[tokio::test]
    async fn how_a_command_ended_is_told() {
        let long = Duration::from_secs(60);
        assert_eq!(run(sh("exit 0"), long).await, Ok(()));
        assert_eq!(run(sh("exit 3"), long).await, Err("it ended with exit status: 3".to_owned()));
        assert!(run(Command::new("/no/such/pager"), long).await.unwrap_err().contains("could not be started"));
    }

    #[tokio::test]
    async fn a_failing_command_is_tried_again_and_told_the_urgency_only() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let script = format!("echo \"$PASSERELLE_URGENCY $#\" >> {0}; test $(wc -l < {0}) -ge 2", log.display());
        let pager = CommandPager::new(vec!["sh".into(), "-c".into(), script]);
        let alarm = Alarm {
            conversation: domain::ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
            kind: domain::AlarmKind::Pager,
            urgency: domain::Urgency::Emergency,
            at: RealTime.now(),
        };
        pager.ring(alarm).await;
        assert_eq!(std::fs::read_to_string(log).unwrap(), "emergency 0\nemergency 0\n");
    }
}
