//! A real Matrix server (Synapse) and a child on a client that others wrote (matrix-nio).

use crate::lines::LineProcess;
use crate::{root, tool};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::process::Command;

/// A running Synapse.
pub struct Synapse {
    process: LineProcess,
    /// Its address.
    pub url: String,
}

impl Synapse {
    /// Starts one with these accounts, each `name:password`.
    ///
    /// # Errors
    /// When it isn't installed or doesn't start.
    pub async fn start(users: &[&str]) -> Result<Self> {
        let mut command = Command::new(tool("synapse-venv/bin/python")?);
        command.arg(root().join("tests/scripts/synapse.py"));
        for user in users {
            command.args(["--user", user]);
        }
        let mut process = LineProcess::start(&mut command)?;
        let ready = process.until(|line| line["event"] == "ready").await?;
        let url = ready["url"].as_str().context("no address")?.to_owned();
        Ok(Self { process, url })
    }

    /// The server goes away; its data stays.
    ///
    /// # Errors
    /// When it can't be stopped.
    pub async fn stop(&mut self) -> Result<Value> {
        self.process.ask(json!({"cmd": "stop"})).await
    }

    /// And is back.
    ///
    /// # Errors
    /// When it can't be started.
    pub async fn back(&mut self) -> Result<Value> {
        self.process.ask(json!({"cmd": "start"})).await
    }
}

/// A child on Matrix.
pub struct MatrixChild {
    process: LineProcess,
    /// A wait was begun whose end nobody has seen: its caller went away meanwhile.
    waiting: bool,
    /// Read for a caller that went away.
    read: Vec<String>,
}

impl MatrixChild {
    /// Signs in.
    ///
    /// # Errors
    /// When the client or the server refuses.
    pub async fn sign_in(url: &str, user: &str, password: &str) -> Result<Self> {
        let mut command = Command::new(tool("synapse-venv/bin/python")?);
        command.arg(root().join("tests/matrix_child/child.py"));
        let mut process = LineProcess::start(&mut command)?;
        let login =
            json!({"cmd": "login", "homeserver": url, "user": user, "password": password, "device": "phone"});
        process.ask(login).await?;
        Ok(Self { process, waiting: false, read: Vec::new() })
    }

    /// Makes an encrypted room, invites the helpline and waits until it is there.
    ///
    /// # Errors
    /// When the helpline doesn't come.
    pub async fn invite(&mut self, helpline: &str) -> Result<()> {
        self.process.ask(json!({"cmd": "create_room", "invite": [helpline], "encrypted": true})).await?;
        self.process.ask(json!({"cmd": "wait_joined", "user": helpline, "timeout": 60})).await?;
        Ok(())
    }

    /// Gives any command of `child.py`.
    ///
    /// # Errors
    /// When it fails.
    pub async fn ask(&mut self, command: Value) -> Result<Value> {
        self.process.ask(command).await
    }

    /// Writes; returns the event's id.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn write(&mut self, body: &str) -> Result<String> {
        let answer = self.process.ask(json!({"cmd": "send", "body": body})).await?;
        Ok(answer["event_id"].as_str().context("no event id")?.to_owned())
    }

    /// Messages until one contains `part`, that one included, oldest first. Can be dropped and called
    /// again: nothing read is lost.
    ///
    /// # Errors
    /// When none comes.
    pub async fn read_until(&mut self, part: &str) -> Result<Vec<String>> {
        loop {
            if !self.waiting {
                self.process.tell(json!({"cmd": "wait", "count": 1, "timeout": 60})).await?;
                self.waiting = true;
            }
            let answer = self.process.until(|line| line["event"] == "ok").await;
            self.waiting = false;
            let answer = answer?;
            let messages = answer["messages"].as_array().context("no messages")?;
            for message in messages {
                anyhow::ensure!(message["encrypted"] == true, "a message came unencrypted");
                self.read.push(message["body"].as_str().unwrap_or_default().to_owned());
            }
            if self.read.iter().any(|body| body.contains(part)) {
                return Ok(std::mem::take(&mut self.read));
            }
        }
    }

    /// What came until it was quiet for so long.
    ///
    /// # Errors
    /// When the client fails.
    pub async fn read_rest(&mut self, seconds: u32) -> Result<Vec<String>> {
        let answer = self.process.ask(json!({"cmd": "wait_quiet", "seconds": seconds})).await?;
        let messages = answer["messages"].as_array().context("no messages")?;
        let mut read = std::mem::take(&mut self.read);
        read.extend(messages.iter().map(|message| message["body"].as_str().unwrap_or_default().to_owned()));
        Ok(read)
    }
}
