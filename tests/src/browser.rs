//! Headless Chromium, driven through ChromeDriver.

use anyhow::{Context, Result};
use fantoccini::elements::Element;
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Longest wait for something on a page. Generous: machines are shared.
const PAGE: Duration = Duration::from_secs(60);

/// ChromeDriver, from which browsers come.
pub struct Driver {
    _process: Child,
    address: String,
}

/// One browser with a profile of its own.
pub struct Browser {
    client: Client,
    _profile: TempDir,
}

fn program(names: &[&str]) -> Result<PathBuf> {
    let found = names.iter().map(PathBuf::from).find(|path| path.exists());
    found.with_context(|| format!("none of {names:?} is installed; `make test` installs Debian's chromium"))
}

impl Driver {
    /// Starts ChromeDriver on a free port.
    ///
    /// # Errors
    /// When it isn't installed.
    pub async fn start() -> Result<Self> {
        // The WebDriver client wants a TLS even for plain HTTP; a second install is refused, harmlessly.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut process = Command::new(program(&["/usr/bin/chromedriver"])?)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().context("no standard output")?).lines();
        let port = loop {
            let line = tokio::time::timeout(PAGE, lines.next_line()).await??.context("chromedriver ended")?;
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').trim().parse::<u16>().context("no port")?;
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { _process: process, address: format!("http://127.0.0.1:{port}") })
    }

    /// Opens a browser.
    ///
    /// # Errors
    /// When Chromium doesn't start.
    pub async fn open(&self, more: &[&str]) -> Result<Browser> {
        let profile = tempfile::tempdir()?;
        let mut args = vec![
            "--headless".to_owned(),
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--disable-quic".into(),
            "--disable-dev-shm-usage".into(),
            "--no-first-run".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            "--lang=en-GB".into(),
            "--force-prefers-reduced-motion".into(),
            "--window-size=1280,900".into(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        let options = json!({
            "binary": program(&["/usr/bin/chromium"])?,
            "args": args,
            "prefs": { "intl.accept_languages": "en-GB,en" },
        });
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".into(), options);
        let client = ClientBuilder::rustls()?.capabilities(capabilities).connect(&self.address).await?;
        let timeouts = TimeoutConfiguration::new(Some(PAGE * 2), Some(PAGE), None);
        client.update_timeouts(timeouts).await?;
        Ok(Browser { client, _profile: profile })
    }
}

impl Browser {
    /// Goes to a page.
    ///
    /// # Errors
    /// When it can't.
    pub async fn goto(&self, url: &str) -> Result<()> {
        Ok(self.client.goto(url).await?)
    }

    /// The WebDriver client, for what isn't here.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for an element.
    ///
    /// # Errors
    /// When it doesn't appear; says what the page shows instead.
    pub async fn find(&self, css: &str) -> Result<Element> {
        let found = self.client.wait().at_most(PAGE).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let url = self.client.current_url().await?;
                let text = self.text("body").await.unwrap_or_default();
                Err(error).with_context(|| format!("no {css} on {url}, which shows:\n{text}"))
            }
        }
    }

    /// Waits until an element's text contains `part`; returns the text.
    ///
    /// # Errors
    /// When it doesn't; says what it shows.
    pub async fn wait_for_text(&self, css: &str, part: &str) -> Result<String> {
        let wanted = format!(
            "const e = document.querySelector({}); return e !== null && e.innerText.includes({})",
            json!(css),
            json!(part)
        );
        let done = self.wait_for_script(&wanted).await;
        let text = self.text(css).await.unwrap_or_default();
        done.with_context(|| format!("{css} never showed \"{part}\"; it shows:\n{text}"))?;
        Ok(text)
    }

    /// Waits until a script returns true.
    ///
    /// # Errors
    /// When it doesn't within a minute.
    pub async fn wait_for_script(&self, script: &str) -> Result<()> {
        // The page itself looks again at each frame; nobody sleeps here.
        let watch = format!(
            "const done = arguments[arguments.length - 1]; const until = Date.now() + {};
             const look = () => {{ let ok = false; try {{ ok = (() => {{ {script} }})(); }} catch (e) {{ ok = false; }}
               if (ok) done(true); else if (Date.now() > until) done(false); else setTimeout(look, 50); }};
             look();",
            PAGE.as_millis()
        );
        let done = self.client.execute_async(&watch, Vec::new()).await?;
        anyhow::ensure!(done == Value::Bool(true), "the page never came to: {script}");
        Ok(())
    }

    /// An element's visible text.
    ///
    /// # Errors
    /// When it isn't there.
    pub async fn text(&self, css: &str) -> Result<String> {
        let script = format!("return document.querySelector({})?.innerText ?? ''", json!(css));
        let value = self.client.execute(&script, Vec::new()).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// The texts of all elements.
    ///
    /// # Errors
    /// When the script fails.
    pub async fn texts(&self, css: &str) -> Result<Vec<String>> {
        let script = format!("return [...document.querySelectorAll({})].map((e) => e.innerText)", json!(css));
        let value = self.client.execute(&script, Vec::new()).await?;
        let texts = value.as_array().context("no list")?;
        Ok(texts.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Types into a field that is emptied first.
    ///
    /// # Errors
    /// When it isn't there.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.find(css).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Clicks.
    ///
    /// # Errors
    /// When it isn't there.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.find(css).await?.click().await?;
        Ok(())
    }

    /// Presses keys where the focus is.
    ///
    /// # Errors
    /// When nothing has the focus.
    pub async fn press(&self, keys: &str) -> Result<()> {
        self.client.active_element().await?.send_keys(keys).await?;
        Ok(())
    }

    /// Keeps a picture of the page.
    ///
    /// # Errors
    /// When it can't be written.
    pub async fn picture(&self, path: &Path) -> Result<()> {
        std::fs::write(path, self.client.screenshot().await?)?;
        Ok(())
    }

    /// Runs a script and returns its value.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Violations of the accessibility rules that are serious or critical, by axe-core.
    ///
    /// # Errors
    /// When axe isn't installed.
    pub async fn serious_barriers(&self) -> Result<Vec<String>> {
        let axe = std::fs::read_to_string(crate::tool("axe.min.js")?)?;
        self.client.execute(&format!("{axe}; return typeof axe"), Vec::new()).await?;
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
               .then((r) => done(r.violations.map((v) => v.impact + ' ' + v.id + ' ' + v.nodes.map((n) => n.html).join(' ')))
               , (e) => done(['serious axe-failed ' + e]));";
        let found = self.client.execute_async(run, Vec::new()).await?;
        let found = found.as_array().context("no list")?;
        let serious = |line: &&str| line.starts_with("serious") || line.starts_with("critical");
        Ok(found.iter().filter_map(Value::as_str).filter(serious).map(str::to_owned).collect())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}
