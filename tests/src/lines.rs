//! A helper process that talks in JSON lines: one command in, answers and events out.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Longest wait for one line. Generous: machines are shared.
const LINE: Duration = Duration::from_secs(120);

/// The process.
pub struct LineProcess {
    _child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl LineProcess {
    /// Starts it. It ends when this is dropped.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{command:?} can't start"))?;
        let stdin = child.stdin.take().context("no standard input")?;
        let stdout = child.stdout.take().context("no standard output")?;
        Ok(Self { _child: child, stdin, lines: BufReader::new(stdout).lines() })
    }

    /// The next line that `wanted` accepts; others are passed over.
    ///
    /// # Errors
    /// When the process ends, reports an error or says nothing for two minutes.
    pub async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        loop {
            let line = tokio::time::timeout(LINE, self.lines.next_line())
                .await
                .context("a helper process said nothing for two minutes")??
                .context("a helper process ended")?;
            let value: Value = serde_json::from_str(&line).with_context(|| format!("not JSON: {line}"))?;
            if value["event"] == "error" {
                bail!("a helper process failed: {}", value["message"]);
            }
            if wanted(&value) {
                return Ok(value);
            }
        }
    }

    /// Gives a command and returns its answer.
    ///
    /// # Errors
    /// As [`Self::until`].
    pub async fn ask(&mut self, command: Value) -> Result<Value> {
        self.tell(command).await?;
        self.until(|line| line["event"] == "ok").await
    }

    /// Gives a command; its answer is for [`Self::until`].
    ///
    /// # Errors
    /// When the process has ended.
    pub async fn tell(&mut self, command: Value) -> Result<()> {
        self.stdin.write_all(format!("{command}\n").as_bytes()).await?;
        Ok(self.stdin.flush().await?)
    }
}
