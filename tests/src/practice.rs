//! A child on the practice channel, over HTTP, that sends again until it is told "received".

use anyhow::{Context, Result};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

/// Longest wait for words.
const WORDS: Duration = Duration::from_secs(60);

/// The child.
#[derive(Debug, Clone)]
pub struct PracticeChild {
    http: reqwest::Client,
    base: String,
    /// Its name on the practice channel.
    pub name: String,
}

impl PracticeChild {
    /// A child with this name.
    pub fn new(base: &str, name: &str) -> Self {
        Self { http: reqwest::Client::new(), base: base.to_owned(), name: name.to_owned() }
    }

    /// One try to send; `true` when it was told "received".
    pub async fn try_send(&self, body: &Value) -> bool {
        let sent = self.http.post(format!("{}/practice/api/send", self.base)).json(body).send().await;
        sent.is_ok_and(|answer| answer.status() == reqwest::StatusCode::ACCEPTED)
    }

    /// Writes, once, to a house that is up.
    ///
    /// # Errors
    /// When it isn't taken.
    pub async fn write(&self, id: &str, text: &str) -> Result<()> {
        let body = json!({"child": self.name, "id": id, "text": text});
        anyhow::ensure!(self.try_send(&body).await, "the message {id} wasn't taken");
        Ok(())
    }

    /// Sends raw bytes as the text; returns the status.
    ///
    /// # Errors
    /// When the house can't be reached.
    pub async fn write_bytes(&self, id: &str, bytes: Vec<u8>) -> Result<u16> {
        let url = format!("{}/practice/api/send?child={}&id={id}", self.base, self.name);
        Ok(self.http.post(url).body(bytes).send().await?.status().as_u16())
    }

    /// Posts bytes anywhere on the channel; returns the status and the words for the child.
    ///
    /// # Errors
    /// When the house can't be reached or answers with something else.
    pub async fn post(&self, path: &str, bytes: Vec<u8>) -> Result<(u16, String)> {
        let answer = self.http.post(format!("{}{path}", self.base)).body(bytes).send().await?;
        let status = answer.status().as_u16();
        let answer: Value = answer.json().await?;
        Ok((status, answer["say"].as_str().unwrap_or_default().to_owned()))
    }

    /// Anything else the channel takes.
    ///
    /// # Errors
    /// When it isn't taken.
    pub async fn act(&self, id: &str, what: Value) -> Result<()> {
        let mut body = what;
        body["child"] = json!(self.name);
        body["id"] = json!(id);
        anyhow::ensure!(self.try_send(&body).await, "{id} wasn't taken");
        Ok(())
    }

    /// All that the child was shown so far.
    ///
    /// # Errors
    /// When the house can't be reached.
    pub async fn shown(&self) -> Result<Vec<String>> {
        let url = format!("{}/practice/api/messages?child={}", self.base, self.name);
        let answer: Value = self.http.get(url).send().await?.json().await?;
        let messages = answer["messages"].as_array().context("no messages")?;
        Ok(messages.iter().map(|message| message["text"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// The values of all buttons shown so far.
    ///
    /// # Errors
    /// When the house can't be reached.
    pub async fn buttons(&self) -> Result<Vec<String>> {
        let url = format!("{}/practice/api/messages?child={}", self.base, self.name);
        let answer: Value = self.http.get(url).send().await?.json().await?;
        let messages = answer["messages"].as_array().context("no messages")?.iter();
        let choices = messages.flat_map(|message| message["choices"].as_array().cloned().unwrap_or_default());
        Ok(choices.map(|choice| choice["value"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Waits, on the live stream, until the child was shown at least `count` messages.
    ///
    /// # Errors
    /// When they don't come within a minute.
    pub async fn wait_for(&self, count: usize) -> Result<Vec<String>> {
        self.wait_until(|shown| shown.len() >= count)
            .await
            .with_context(|| format!("{} was not shown {count} messages", self.name))
    }

    /// Waits until something shown contains `part`.
    ///
    /// # Errors
    /// When it doesn't come within a minute.
    pub async fn wait_for_words(&self, part: &str) -> Result<Vec<String>> {
        self.wait_until(|shown| shown.iter().any(|text| text.contains(part)))
            .await
            .with_context(|| format!("{} was not shown \"{part}\"", self.name))
    }

    async fn wait_until(&self, enough: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
        let url = format!("{}/practice/api/events?child={}", self.base, self.name);
        let mut stream = self.http.get(url).send().await?.bytes_stream();
        let deadline = tokio::time::timeout(WORDS, async {
            loop {
                let shown = self.shown().await?;
                if enough(&shown) {
                    return Ok(shown);
                }
                stream.next().await.context("the live stream ended")??;
            }
        });
        match deadline.await {
            Ok(shown) => shown,
            Err(_) => anyhow::bail!("nothing more within a minute; shown so far: {:?}", self.shown().await?),
        }
    }
}
