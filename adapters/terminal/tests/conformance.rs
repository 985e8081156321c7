//! The terminal keeps the adapter contract.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use adapter_api::Adapter;
use adapter_api::conformance::{self, Can, RecordingInbox, Stage, Trouble};
use adapter_terminal::TerminalAdapter;
use async_trait::async_trait;
use domain::{AccountId, PlatformId};
use speech::Recipient;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, duplex};

/// Somebody at a keyboard, in front of a screen.
struct Desk {
    adapter: Arc<dyn Adapter>,
    keyboard: DuplexStream,
    screen: Lines<BufReader<DuplexStream>>,
    shown: Vec<String>,
    typed: usize,
}

impl Desk {
    fn new() -> Self {
        let (keyboard, input) = duplex(64 * 1024);
        let (output, screen) = duplex(64 * 1024);
        let adapter = TerminalAdapter::new(AccountId::new("terminal"), BufReader::new(input), output);
        let screen = BufReader::new(screen).lines();
        Self { adapter: Arc::new(adapter), keyboard, screen, shown: Vec::new(), typed: 0 }
    }

    async fn type_line(&mut self, line: &[u8]) -> String {
        self.keyboard.write_all(line).await.unwrap();
        self.keyboard.write_all(b"\n").await.unwrap();
        self.typed += 1;
        format!("line-{}", self.typed)
    }
}

/// A terminal is a pipe inside this machine: no server, no second way in, no clock.
const CANNOT: &[(Trouble, &str)] = &[
    (Trouble::Reordered, "a pipe keeps its order"),
    (Trouble::Down, "there is no server between the keyboard and us"),
    (Trouble::Up, "there is no server between the keyboard and us"),
    (Trouble::RateLimited, "a screen takes whatever is printed"),
    (Trouble::AnswerLost, "a screen gives no answer that could be lost"),
    (Trouble::ServerFault, "there is no server between the screen and us"),
    (Trouble::HalfOpen, "a pipe is open or closed"),
    (Trouble::UnknownType, "a line is words, whatever it is"),
    (Trouble::Malformed, "a line is words, whatever its bytes; the suite sends such bytes as junk"),
    (Trouble::Blocked, "who sits at the screen can't be locked out of it"),
    (Trouble::Unblocked, "who sits at the screen can't be locked out of it"),
    (Trouble::ClockAhead, "a line carries no time"),
    (Trouble::ClockBehind, "a line carries no time"),
];

#[async_trait]
impl Stage for Desk {
    fn can(&self) -> Can {
        // Editing and deleting mean the last line here, so they have a test of their own below. What is
        // typed while nobody reads stays in the pipe, but a terminal opened anew is a new pipe.
        Can {
            edit: false,
            delete: false,
            attach: true,
            press: false,
            repeat: false,
            junk: true,
            lines: false,
            keep: true,
        }
    }

    fn adapter(&self) -> Arc<dyn Adapter> {
        Arc::clone(&self.adapter)
    }

    async fn reopen(&mut self) {
        // The same keyboard and screen: a process that is gone has no terminal to come back to.
    }

    fn child(&self) -> Recipient {
        Recipient { contact: PlatformId::new("terminal"), chat: PlatformId::new("terminal") }
    }

    async fn says(&mut self, text: &str) -> String {
        self.type_line(text.as_bytes()).await
    }

    async fn repeats(&mut self) {
        unreachable!("a keyboard doesn't repeat itself");
    }

    async fn edits(&mut self, _of: &str, text: &str) {
        self.type_line(format!("/edit {text}").as_bytes()).await;
    }

    async fn deletes(&mut self, _of: &str) {
        self.type_line(b"/delete").await;
    }

    async fn attaches(&mut self, name: &str) {
        self.type_line(format!("/file {name}").as_bytes()).await;
    }

    async fn presses(&mut self, _number: usize) {
        unreachable!("a terminal has no buttons");
    }

    async fn sends_junk(&mut self) {
        self.type_line(&[0xff, 0xfe, b'?']).await;
    }

    async fn suffers(&mut self, _trouble: Trouble) -> bool {
        false
    }

    fn cannot(&self) -> &'static [(Trouble, &'static str)] {
        CANNOT
    }

    async fn shown(&mut self, count: usize) -> Vec<String> {
        // A message ends with an empty line.
        while self.shown.len() < count {
            let mut message = Vec::new();
            loop {
                let line = self.screen.next_line().await.unwrap().unwrap();
                if line.is_empty() {
                    break;
                }
                message.push(line);
            }
            self.shown.push(message.join("\n"));
        }
        self.shown.clone()
    }
}

#[tokio::test]
async fn the_terminal_keeps_the_contract() {
    let inbox = Arc::new(RecordingInbox::default());
    conformance::check(&mut Desk::new(), &inbox).await;
}

#[tokio::test]
async fn the_terminal_keeps_the_contract_over_any_schedule() {
    conformance::schedules(conformance::seeds(40), async || (Desk::new(), Arc::default())).await;
}

#[tokio::test]
async fn the_last_line_can_be_changed_and_taken_back() {
    use domain::{Confidential, ExternalId, InboundBody};
    let inbox = Arc::new(RecordingInbox::default());
    let mut desk = Desk::new();
    let receiving = conformance::Receiving::start(desk.adapter(), &inbox);
    let first = desk.says("frist").await;
    desk.edits(&first, "first").await;
    inbox.wait_heard(0, 2).await;
    let third = desk.says("/unknown is words").await;
    desk.deletes(&third).await;
    let heard = inbox.wait_heard(0, 4).await;
    receiving.stop().await;
    let named = |name: &str| ExternalId(name.to_owned());
    assert_eq!(heard[1], InboundBody::Edit { of: named("line-1"), text: Confidential::from("first") });
    assert_eq!(heard[2], InboundBody::Text { text: Confidential::from("/unknown is words") });
    assert_eq!(heard[3], InboundBody::Redaction { of: named("line-3") });
}
