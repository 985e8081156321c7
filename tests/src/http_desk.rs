//! Counsellors at the desk over plain HTTP, as a browser without a screen: for many children at once.
//!
//! It reads the same pages and sends the same forms as the browser; nothing else. Read next: `desk.rs`.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;

/// One signed-in person.
pub struct HttpDesk {
    http: reqwest::Client,
    base: String,
    jar: BTreeMap<String, String>,
    csrf: String,
}

/// A line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptLine {
    /// `child`, `bot`, `counsellor`, `note` or `system`.
    pub voice: String,
    /// The words, exactly; empty for lines without any.
    pub words: String,
    /// `waiting`, `sent`, `refused` or `unknown`; empty for what wasn't sent to the child.
    pub delivery: String,
}

impl HttpDesk {
    /// Signs in with a one-time password and chooses a new one.
    ///
    /// # Errors
    /// When the desk refuses.
    pub async fn first_sign_in(base: &str, login: &str, one_time: &str, password: &str) -> Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let mut desk = Self { http, base: base.to_owned(), jar: BTreeMap::new(), csrf: String::new() };
        let page = desk.get("/desk/sign-in").await?;
        desk.csrf = field(&page, "csrf")?;
        desk.post("/desk/sign-in", &[("login", login), ("password", one_time)]).await?;
        let page = desk.get("/desk/password").await?;
        desk.csrf = field(&page, "csrf")?;
        let fields = [("current", one_time), ("new", password), ("again", password)];
        desk.post("/desk/password", &fields).await?;
        desk.refresh().await?;
        Ok(desk)
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the desk refuses.
    pub async fn sign_in(base: &str, login: &str, password: &str) -> Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let mut desk = Self { http, base: base.to_owned(), jar: BTreeMap::new(), csrf: String::new() };
        let page = desk.get("/desk/sign-in").await?;
        desk.csrf = field(&page, "csrf")?;
        desk.post("/desk/sign-in", &[("login", login), ("password", password)]).await?;
        desk.refresh().await?;
        Ok(desk)
    }

    async fn refresh(&mut self) -> Result<()> {
        let page = self.get("/desk").await?;
        self.csrf = field(&page, "csrf").context("not signed in")?;
        Ok(())
    }

    /// A page's text.
    ///
    /// # Errors
    /// When it isn't answered with success.
    pub async fn get(&mut self, path: &str) -> Result<String> {
        let request = self.http.get(format!("{}{path}", self.base)).header("cookie", self.cookies());
        let answer = request.send().await?;
        self.keep_cookies(&answer);
        let status = answer.status();
        ensure!(status.is_success(), "GET {path}: {status}");
        Ok(answer.text().await?)
    }

    /// Sends a form; the status is given back.
    ///
    /// # Errors
    /// When the house can't be reached.
    pub async fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<u16> {
        let mut body = format!("csrf={}", encoded(&self.csrf));
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookies())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let answer = request.send().await?;
        self.keep_cookies(&answer);
        Ok(answer.status().as_u16())
    }

    /// Sends a form that must be taken.
    ///
    /// # Errors
    /// When it isn't.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<()> {
        let status = self.try_post(path, fields).await?;
        ensure!(status < 400, "POST {path}: {status}");
        Ok(())
    }

    /// "I am here."
    ///
    /// # Errors
    /// When the house can't be reached.
    pub async fn heartbeat(&mut self) -> Result<()> {
        self.post("/desk/heartbeat", &[]).await
    }

    /// Every conversation that isn't closed and that this person may open.
    ///
    /// # Errors
    /// When the board can't be read.
    pub async fn board(&mut self) -> Result<Vec<String>> {
        let page = self.get("/desk/board").await?;
        Ok(page.split("id=\"open-").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect())
    }

    /// What is said in a conversation, in order.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn transcript(&mut self, id: &str) -> Result<Vec<TranscriptLine>> {
        let page = self.get(&format!("/desk/c/{id}")).await?;
        Ok(lines(&page))
    }

    fn cookies(&self) -> String {
        self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&mut self, answer: &reqwest::Response) {
        for cookie in answer.headers().get_all("set-cookie") {
            let Some((pair, _)) = cookie.to_str().ok().and_then(|line| line.split_once(';')) else { continue };
            if let Some((name, value)) = pair.split_once('=') {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn field(page: &str, name: &str) -> Result<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).context("a hidden field is missing")?;
    Ok(rest.split_once('"').context("a hidden field has no end")?.0.to_owned())
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The lines of a conversation's page.
fn lines(page: &str) -> Vec<TranscriptLine> {
    let Some((_, list)) = page.split_once("id=\"line-list\"") else { return Vec::new() };
    // No line holds a list item with `data-line`.
    list.split("data-line=\"").skip(1).map(one_line).collect()
}

fn one_line(html: &str) -> TranscriptLine {
    let voice = html.split('"').next().unwrap_or_default().to_owned();
    // What the child wrote last stands last: an edit follows what it replaces.
    let words = html.rsplit_once("class=\"words\"").map(|(_, rest)| text_of(rest)).unwrap_or_default();
    let delivery =
        html.split_once("class=\"delivery ").map_or("", |(_, rest)| rest.split('"').next().unwrap_or(""));
    TranscriptLine { voice, words, delivery: delivery.to_owned() }
}

/// The text of an element whose start tag is being read: to `</p>`, without tags.
fn text_of(rest: &str) -> String {
    let inner = rest.split_once('>').map_or("", |(_, inner)| inner);
    let inner = inner.split_once("</p>").map_or(inner, |(inner, _)| inner);
    let mut text = String::new();
    let mut in_tag = false;
    for letter in inner.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            other if !in_tag => text.push(other),
            _ => {}
        }
    }
    // `&amp;` last: it must not make a new sign.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (sign, letter)| text.replace(sign, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_person_reads_it() {
        let page = "<ol class=\"lines\" id=\"line-list\"><li class=\"line child\" id=\"line-2\" data-line=\"child\">\
            <p class=\"who\">x</p><div class=\"bubble\"><p class=\"words\" lang=\"en\" dir=\"auto\">a <mark>b</mark> &amp;lt; c</p></div></li>\
            <li class=\"line out bot\" id=\"line-3\" data-line=\"bot\"><p class=\"words\">Hi</p>\
            <p class=\"delivery unknown\">perhaps</p></li>\
            <li class=\"line system\" data-line=\"system\"><p>10:00 offered</p></li></ol>";
        let line = |voice: &str, words: &str, delivery: &str| TranscriptLine {
            voice: voice.into(),
            words: words.into(),
            delivery: delivery.into(),
        };
        assert_eq!(
            lines(page),
            [line("child", "a b &lt; c", ""), line("bot", "Hi", "unknown"), line("system", "", "")]
        );
    }
}
