//! What the real house needs in memory when nobody writes, after a counsellor has opened the desk once.
//!
//! `cargo bench -p passerelle --bench idle`. The house is the very binary that `make release` builds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measuring tool, run by hand")]
#![allow(clippy::disallowed_methods, reason = "measuring takes a real clock")]

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The most it may be, in MB.
const GOAL: u64 = 60;

/// Ends the house however this ends.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn said(lines: &mut Lines<BufReader<ChildStdout>>, after: &str) -> String {
    loop {
        let line = lines.next().expect("the house ended early").unwrap();
        if let Some((_, rest)) = line.split_once(after) {
            return rest.split_whitespace().next().unwrap_or_default().to_owned();
        }
    }
}

/// Resident memory now and at most, in kB.
fn memory(house: &Child) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", house.id())).unwrap();
    let kib = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (kib("VmRSS:"), kib("VmHWM:"))
}

/// The hidden field of a form.
fn hidden(page: &str, name: &str) -> String {
    let (_, from) = page.split_once(&format!("name=\"{name}\"")).expect("the form has the field");
    let (_, value) = from.split_once("value=\"").unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
    command.args(["run", "--listen", "127.0.0.1:0", "--seed", "--data"]).arg(folder.path().join("data"));
    let mut house = Ends(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(house.0.stdout.take().unwrap()).lines();
    let desk = said(&mut lines, "Desk:");
    let password = said(&mut lines, "one-time password ");
    said(&mut lines, "Keep ");
    let (started, _) = memory(&house.0);

    open_the_desk(&desk, &password).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (idle, most) = memory(&house.0);
    let mb = |kib: u64| kib / 1024;
    println!("idle memory {} MB after a desk was opened (goal: at most {GOAL})", mb(idle));
    println!("  {} MB just started; {} MB at most, while a password was checked", mb(started), mb(most));
}

/// Signs in as a browser does, chooses a password and looks at the queue.
async fn open_the_desk(desk: &str, one_time: &str) {
    let none = reqwest::redirect::Policy::none();
    let browser = Browser { client: reqwest::Client::builder().redirect(none).build().unwrap(), desk };
    let page = browser.get("/sign-in", "").await;
    let sign_in = [("login", "counsellor"), ("password", one_time)];
    let signed_in = browser.post("/sign-in", page, &sign_in).await;
    let page = browser.get("/password", &signed_in).await;
    let new = "a-long-quiet-river-42";
    let known = browser.post("/password", page, &[("new", new), ("again", new)]).await;
    let (_, queue) = browser.get("", &known).await;
    assert!(queue.contains("id=\"board\""), "the queue did not open");
}

struct Browser<'a> {
    client: reqwest::Client,
    desk: &'a str,
}

impl Browser<'_> {
    /// A page, and the cookies that go with it.
    async fn get(&self, path: &str, cookies: &str) -> (String, String) {
        let page = self.client.get(format!("{}{path}", self.desk)).header("cookie", cookies);
        let page = page.send().await.unwrap();
        assert!(page.status().is_success(), "{path}: {}", page.status());
        let new = cookies_of(&page);
        (if new.is_empty() { cookies.to_owned() } else { new }, page.text().await.unwrap())
    }

    /// Sends a page's form; the cookies afterwards.
    async fn post(&self, path: &str, (cookies, page): (String, String), fields: &[(&str, &str)]) -> String {
        let csrf = hidden(&page, "csrf");
        let fields = [fields, &[("csrf", csrf.as_str())]].concat();
        let post = self.client.post(format!("{}{path}", self.desk)).header("cookie", cookies).form(&fields);
        let answer = post.header("origin", self.desk.trim_end_matches("/desk")).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{path}: {}", answer.status());
        cookies_of(&answer)
    }
}

fn cookies_of(answer: &reqwest::Response) -> String {
    let all = answer.headers().get_all("set-cookie").iter();
    all.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
}
