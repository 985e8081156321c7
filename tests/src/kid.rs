//! A child on any app: writes, waits, and tells all that its app showed, in order.
//!
//! What happens on each app is played by that app's own server; nothing here knows the house.
//! Read next: `tests/platforms.rs`.

use crate::matrix::MatrixChild;
use crate::practice::PracticeChild;
use anyhow::{Context, Result, bail};
use discord_server::{Child, DiscordServer};
use std::sync::Arc;
use telegram_server::{Person, TelegramServer};

/// One child.
pub struct Kid {
    /// Unique among the children of a test.
    pub name: String,
    /// All that it wrote, in order.
    pub wrote: Vec<String>,
    app: App,
}

enum App {
    Telegram { server: Arc<TelegramServer>, person: Person },
    Discord { server: Arc<DiscordServer>, child: Box<Child> },
    Matrix { child: Box<MatrixChild>, seen: Vec<String> },
    Practice { child: PracticeChild },
}

/// Where a child writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum On {
    /// Our Bot API server for tests.
    Telegram,
    /// Our Discord server for tests.
    Discord,
    /// A real Synapse.
    Matrix,
    /// The house's own practice page.
    Practice,
}

impl Kid {
    /// On Telegram.
    pub fn telegram(server: &Arc<TelegramServer>, name: &str) -> Self {
        let app = App::Telegram { server: Arc::clone(server), person: server.person(name) };
        Self { name: name.to_owned(), wrote: Vec::new(), app }
    }

    /// On Discord.
    pub fn discord(server: &Arc<DiscordServer>, name: &str) -> Self {
        let child = Box::new(server.child(name, "en-GB"));
        Self { name: name.to_owned(), wrote: Vec::new(), app: App::Discord { server: Arc::clone(server), child } }
    }

    /// On Matrix, in an encrypted room with the helpline.
    ///
    /// # Errors
    /// When it can't sign in or the helpline doesn't come.
    pub async fn matrix(url: &str, name: &str, password: &str, helpline: &str) -> Result<Self> {
        let mut child = MatrixChild::sign_in(url, name, password).await?;
        child.invite(helpline).await?;
        let app = App::Matrix { child: Box::new(child), seen: Vec::new() };
        Ok(Self { name: name.to_owned(), wrote: Vec::new(), app })
    }

    /// On the practice page.
    pub fn practice(base: &str, name: &str) -> Self {
        let app = App::Practice { child: PracticeChild::new(base, name) };
        Self { name: name.to_owned(), wrote: Vec::new(), app }
    }

    /// Where it writes.
    pub const fn on(&self) -> On {
        match self.app {
            App::Telegram { .. } => On::Telegram,
            App::Discord { .. } => On::Discord,
            App::Matrix { .. } => On::Matrix,
            App::Practice { .. } => On::Practice,
        }
    }

    /// Writes.
    ///
    /// # Errors
    /// When its app doesn't take it.
    pub async fn write(&mut self, text: &str) -> Result<()> {
        match &mut self.app {
            App::Telegram { person, .. } => {
                person.says(text);
            }
            App::Discord { child, .. } => {
                child.says(text);
            }
            App::Matrix { child, .. } => {
                child.write(text).await?;
            }
            App::Practice { child } => child.write(&format!("m{}", self.wrote.len()), text).await?,
        }
        self.wrote.push(text.to_owned());
        Ok(())
    }

    /// Writes on the practice page as an app does whose network is bad: the same message, again and
    /// again, until the house says "received".
    ///
    /// # Errors
    /// When the child is on another app.
    pub async fn write_until_taken(&mut self, text: &str) -> Result<()> {
        let App::Practice { child } = &self.app else { return self.write(text).await };
        let body = serde_json::json!({"child": child.name, "id": format!("m{}", self.wrote.len()), "text": text});
        while !child.try_send(&body).await {
            tokio::task::yield_now().await;
        }
        self.wrote.push(text.to_owned());
        Ok(())
    }

    /// Waits until its app shows something that contains `part`.
    ///
    /// # Errors
    /// When that doesn't come.
    pub async fn wait_for(&mut self, part: &str) -> Result<()> {
        let what = format!("{} sees \"{part}\"", self.name);
        match &mut self.app {
            App::Telegram { server, person } => {
                server.wait_until(&what, |_| person.shown().iter().any(|one| one.text.contains(part))).await;
            }
            App::Discord { server, child } => {
                server.wait_until(&what, |_| child.shown().iter().any(|one| one.contains(part))).await;
            }
            App::Matrix { child, seen } => {
                if !seen.iter().any(|one| one.contains(part)) {
                    seen.extend(child.read_until(part).await.with_context(|| what.clone())?);
                }
            }
            App::Practice { child } => {
                child.wait_for_words(part).await?;
            }
        }
        Ok(())
    }

    /// Everything its app showed of the helpline's, in order.
    ///
    /// # Errors
    /// When the app can't be asked.
    pub async fn shown(&mut self) -> Result<Vec<String>> {
        Ok(match &mut self.app {
            App::Telegram { person, .. } => person.shown().into_iter().map(|one| one.text).collect(),
            App::Discord { child, .. } => child.shown(),
            App::Matrix { child, seen } => {
                seen.extend(child.read_rest(1).await?);
                seen.clone()
            }
            App::Practice { child } => child.shown().await?,
        })
    }
}

/// Is what a child saw what the desk says it was told? `told` are words and whether their fate is
/// known: of a message whose fate isn't known, both is right, seen once or not at all.
///
/// # Errors
/// Says what differs.
pub fn same_talk(name: &str, told: &[(String, bool)], saw: &[String]) -> Result<()> {
    let mut rest = saw.iter().peekable();
    for (words, known) in told {
        // An app that has no buttons adds the choices as lines below the words.
        match rest.peek() {
            Some(shown) if shown.starts_with(words.as_str()) => {
                rest.next();
            }
            _ if !known => {}
            shown => bail!("{name}: the desk says {words:?}, the child saw {shown:?}; all: {told:#?} {saw:#?}"),
        }
    }
    match rest.next() {
        None => Ok(()),
        Some(more) => {
            bail!("{name} saw {more:?}, which the desk doesn't have, or saw it twice: {told:#?} {saw:#?}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::same_talk;

    #[test]
    fn a_talk_that_differs_is_noticed() {
        let told = |list: &[(&str, bool)]| {
            list.iter().map(|(text, known)| ((*text).to_owned(), *known)).collect::<Vec<_>>()
        };
        let saw = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let all = told(&[("a", true), ("b", false), ("c", true)]);
        for fine in [&["a", "b", "c"][..], &["a", "c"], &["a", "b\n\n1. x", "c"]] {
            same_talk("kid", &all, &saw(fine)).expect("the same");
        }
        for wrong in [
            &["a", "b"][..],
            &["b", "c"],
            &["a", "a", "b", "c"],
            &["a", "c", "b"],
            &["a", "b", "b", "c"],
            &["a", "b", "c", "c"],
        ] {
            same_talk("kid", &all, &saw(wrong)).expect_err("not the same");
        }
    }
}
