//! The real binary as a process: started, killed, started again on the same data.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Longest wait for the house to be up.
const UP: Duration = Duration::from_secs(120);

/// The binary beside the test's own.
///
/// # Errors
/// When it wasn't built.
pub fn binary() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("the test has no build folder")?;
    let binary = folder.join("passerelle");
    anyhow::ensure!(binary.exists(), "{} isn't built; `make test` builds it first", binary.display());
    Ok(binary)
}

/// Runs one command of the binary to its end.
///
/// # Errors
/// When it can't be started.
pub async fn command(args: &[&str]) -> Result<Output> {
    Ok(Command::new(binary()?).args(args).stdin(Stdio::null()).kill_on_drop(true).output().await?)
}

/// A loopback port that is free now.
///
/// # Errors
/// When the system has none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A running house.
pub struct House {
    process: Child,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// The seeded counsellor's one-time password, at the first start.
    pub password: Option<String>,
    /// What it said on standard output until it was up.
    pub said: Vec<String>,
}

/// Who the helpline of the tests is.
pub const HELPLINE: &str =
    "[helpline]\nname = \"Test Helpline\"\ncountry = \"FR\"\nemergency_numbers = [\"112\"]\n";
/// Its practice page.
pub const PRACTICE: &str = "[[account]]\nname = \"practice\"\nplatform = \"practice\"\n";

/// How to start one.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder for everything.
    pub folder: PathBuf,
    /// The port; the same after a restart.
    pub port: u16,
    /// The configuration's text.
    pub config: String,
    /// Further arguments.
    pub more: Vec<String>,
}

impl Plan {
    /// A house with a practice page.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn new(folder: &Path) -> Result<Self> {
        let config = format!("{HELPLINE}{PRACTICE}");
        Ok(Self { folder: folder.to_owned(), port: free_port()?, config, more: Vec::new() })
    }

    /// Where the data is.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.folder.join("passerelle.toml")
    }

    /// Everything it logged, over all starts.
    ///
    /// # Errors
    /// When it never started.
    pub fn logs(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(self.folder.join("log.txt"))?).into_owned())
    }

    /// Starts it and waits until it says where it is.
    ///
    /// # Errors
    /// When it ends before it is up.
    pub async fn start(&self) -> Result<House> {
        std::fs::write(self.config_file(), &self.config)?;
        let log = File::options().create(true).append(true).open(self.folder.join("log.txt"))?;
        let mut process = Command::new(binary()?)
            .args(["run", "--seed", "--config"])
            .arg(self.config_file())
            .arg("--data")
            .arg(self.data())
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .args(&self.more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let mut said = Vec::new();
        let mut password = None;
        loop {
            let line =
                tokio::time::timeout(UP, lines.next_line()).await.context("not up within two minutes")??;
            let Some(line) = line else {
                let status = process.wait().await?;
                bail!("the house ended before it was up ({status}): {}", self.logs()?);
            };
            if let Some((_, word)) = line.split_once("one-time password ") {
                password = Some(word.trim().to_owned());
            }
            let last = line.contains("Keep ");
            said.push(line);
            if last {
                break;
            }
        }
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(House { process, base: format!("http://127.0.0.1:{}", self.port), password, said })
    }
}

impl House {
    /// `kill -9`.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn kill(mut self) -> Result<()> {
        self.process.kill().await?;
        Ok(())
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When it doesn't within two minutes.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        Ok(tokio::time::timeout(UP, self.process.wait()).await.context("it doesn't end")??)
    }

    /// Its process id.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }
}
