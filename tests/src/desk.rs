//! A counsellor at the desk, in a real browser.

use crate::browser::Browser;
use anyhow::{Context, Result};

/// The password that the seeded counsellor chooses.
pub const PASSWORD: &str = "a-long-quiet-river-42";

/// A signed-in counsellor.
pub struct Counsellor<'a> {
    /// Their browser.
    pub browser: &'a Browser,
    base: String,
}

impl<'a> Counsellor<'a> {
    /// Signs in for the first time, with the one-time password, and chooses a new one.
    ///
    /// # Errors
    /// When the desk refuses.
    pub async fn first_sign_in(browser: &'a Browser, base: &str, one_time: &str) -> Result<Self> {
        browser.goto(&format!("{base}/desk")).await?;
        browser.fill("#login", "counsellor").await?;
        browser.fill("#password", one_time).await?;
        browser.press("\u{E007}").await?;
        browser.fill("#new", PASSWORD).await?;
        browser.fill("#again", PASSWORD).await?;
        browser.press("\u{E007}").await?;
        Self::arrived(browser, base).await
    }

    /// Signs in again.
    ///
    /// # Errors
    /// When the desk refuses.
    pub async fn sign_in(browser: &'a Browser, base: &str) -> Result<Self> {
        browser.goto(&format!("{base}/desk")).await?;
        browser.fill("#login", "counsellor").await?;
        browser.fill("#password", PASSWORD).await?;
        browser.press("\u{E007}").await?;
        Self::arrived(browser, base).await
    }

    /// The desk is open at the same place after the house was started again.
    ///
    /// # Errors
    /// When it isn't.
    pub async fn sign_in_again(browser: &'a Browser, base: &str, before: Counsellor<'a>) -> Result<Self> {
        let page = browser.client().current_url().await?;
        browser.goto(page.as_str()).await?;
        browser.find("#reply").await?;
        Ok(Self { browser: before.browser, base: base.to_owned() })
    }

    async fn arrived(browser: &'a Browser, base: &str) -> Result<Self> {
        browser.find("#board").await?;
        Ok(Self { browser, base: base.to_owned() })
    }

    /// Waits for an offer and takes it by keyboard alone; the conversation is then open.
    ///
    /// # Errors
    /// When no offer comes.
    pub async fn take_offer(&self) -> Result<()> {
        self.browser.wait_for_script("return !document.querySelector('#offers').hidden").await?;
        // Tab to the offer's button, as a person without a mouse would.
        let reach = "const b = document.querySelector('#offers form[action$=\"/accept\"] button'); b.focus(); \
             return document.activeElement === b";
        anyhow::ensure!(self.browser.run(reach).await? == true, "the offer's button can't have the focus");
        self.browser.press("\u{E007}").await?;
        self.browser.find("#reply").await?;
        Ok(())
    }

    /// Writes to the child; Enter sends.
    ///
    /// # Errors
    /// When it doesn't appear in the transcript.
    pub async fn say(&self, text: &str) -> Result<()> {
        let field = self.browser.find("#reply").await?;
        field.send_keys(text).await?;
        field.send_keys("\u{E007}").await?;
        self.browser.wait_for_text("#lines", text).await?;
        Ok(())
    }

    /// Ends the talk without asking for feedback, and writes the record.
    ///
    /// # Errors
    /// When a form is missing.
    pub async fn close(&self, reason: &str) -> Result<()> {
        self.browser.click("#finish-box summary").await?;
        self.browser.click("#finish input[value=dont_ask]").await?;
        self.browser.click("#finish button").await?;
        self.browser.click(&format!("#wrap-up input[value={reason}]")).await?;
        self.browser.click("#wrap-up button").await?;
        self.browser.find("#board").await?;
        Ok(())
    }

    /// What the transcript shows as said: who (`child`, `bot`, `counsellor`) and the words.
    ///
    /// # Errors
    /// When there is no transcript.
    pub async fn transcript(&self) -> Result<Vec<(String, String)>> {
        let script = "return [...document.querySelectorAll('#lines [data-line]')].filter((l) => ['child','bot','counsellor'].includes(l.dataset.line)) \
             .map((l) => [l.dataset.line, l.querySelector('.words')?.textContent ?? ''])";
        let lines = self.browser.run(script).await?;
        let lines = lines.as_array().context("no transcript")?;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        Ok(lines.iter().map(|line| (text(&line[0]), text(&line[1]))).collect())
    }

    /// The desk's address.
    pub fn base(&self) -> &str {
        &self.base
    }
}
