//! The terminal as a platform, and the example to copy when you write an adapter.
//!
//! One child sits at the keyboard. A line is a message; `/edit words` changes the last one,
//! `/delete` takes it back, `/file name` stands for a file. Read it top to bottom: each numbered
//! comment is one of the obligations in `adapters/README.md`.
//!
//! It must never decide anything: it doesn't know what a flow or a counsellor is.
//! Read next: `adapters/practice`, for a platform with several children.

use adapter_api::{Adapter, AdapterError, Delivery, Inbox, Limits, Repeat, SendOutcome, TextLimit, split_text};
use async_trait::async_trait;
use domain::{
    AccountId, Confidential, Cursor, DedupeKey, DeliveryOutcome, ExternalId, Inbound, InboundBody, Platform,
    PlatformId, UnknownReason,
};
use std::sync::Arc;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The one person and the one chat that a terminal has.
const CHILD: &str = "terminal";

/// A terminal, or anything that can be read by lines and written to.
#[derive(Debug)]
pub struct TerminalAdapter<R, W> {
    account: AccountId,
    keyboard: Mutex<Keyboard<R>>,
    screen: Mutex<W>,
}

#[derive(Debug)]
struct Keyboard<R> {
    input: R,
    /// Bytes of the line being typed; kept here so that stopping in the middle loses none.
    line: Vec<u8>,
    /// A line taken from the keyboard that the inbox hasn't kept yet.
    waiting: Option<InboundBody>,
    /// The number of the last message, for `/edit` and `/delete`.
    last: u64,
}

impl<R, W> TerminalAdapter<R, W>
where
    R: AsyncBufRead + Unpin + Send + Sync,
    W: AsyncWrite + Unpin + Send + Sync,
{
    /// An adapter over these two ends, such as `BufReader::new(stdin())` and `stdout()`.
    pub fn new(account: AccountId, input: R, screen: W) -> Self {
        let keyboard = Mutex::new(Keyboard { input, line: Vec::new(), waiting: None, last: 0 });
        Self { account, keyboard, screen: Mutex::new(screen) }
    }
}

#[async_trait]
impl<R, W> Adapter for TerminalAdapter<R, W>
where
    R: AsyncBufRead + Unpin + Send + Sync,
    W: AsyncWrite + Unpin + Send + Sync,
{
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn platform(&self) -> Platform {
        Platform::Terminal
    }

    /// 1. Say your platform's limits. A terminal has no buttons: choices are numbered lines.
    fn limits(&self) -> Limits {
        Limits { text: TextLimit::Chars(2_000), buttons: 0 }
    }

    /// 2. Say whether the platform drops a message it was given twice. A screen doesn't, so the house
    /// will never print again what may already stand there.
    fn repeat(&self) -> Repeat {
        Repeat::Doubles
    }

    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        let mut keyboard = self.keyboard.lock().await;
        inbox.connected();
        // 3. Begin where the last committed hand-in ended. Here the cursor is the number of lines taken;
        // a platform with history would read on from it.
        let mut taken: u64 = inbox.cursor().await?.and_then(|cursor| cursor.0.parse().ok()).unwrap_or(0);
        // A terminal is there from the start. A platform across a wire says so once it has answered.
        inbox.connected();
        loop {
            if keyboard.waiting.is_none() {
                // 4. Stop soon after you are asked to.
                let body = tokio::select! {
                    biased;
                    () = stop.cancelled() => return Ok(()),
                    body = keyboard.next() => body?,
                };
                // The end of the input: nobody will type any more.
                let Some(body) = body else {
                    stop.cancelled().await;
                    return Ok(());
                };
                keyboard.waiting = Some(body);
            }
            let Some(body) = keyboard.waiting.clone() else { continue };
            // 5. Hand in, and only then count the line as received. When the inbox can't keep it, the
            // error goes up, the house starts us again, and the same line is handed in again.
            taken += 1;
            if matches!(body, InboundBody::Text { .. }) {
                keyboard.last = taken;
            }
            inbox.accept(vec![self.inbound(taken, body)], Some(Cursor(taken.to_string()))).await?;
            keyboard.waiting = None;
        }
    }

    async fn send(&self, delivery: Delivery) -> SendOutcome {
        let outbound = &delivery.outbound;
        let mut shown = split_text(outbound.text.text(), self.limits().text).join("\n\n");
        // 6. Choices always have a typed equivalent. Turning the number back is the house's work.
        for (index, choice) in outbound.choices.iter().enumerate() {
            shown.push_str(&format!("\n{}. {}", index + 1, choice.label));
        }
        shown.push_str("\n\n");
        let mut screen = self.screen.lock().await;
        // 7. Say truly what became of it. A failed write may have shown half: nobody can tell.
        let written = async {
            screen.write_all(shown.as_bytes()).await?;
            screen.flush().await
        }
        .await;
        SendOutcome::Settled(match written {
            Ok(()) => DeliveryOutcome::Sent { external: Some(ExternalId(delivery.key)) },
            Err(_) => DeliveryOutcome::Unknown { reason: UnknownReason::Interrupted },
        })
    }
}

impl<R, W> TerminalAdapter<R, W> {
    fn inbound(&self, number: u64, body: InboundBody) -> Inbound {
        // 8. The dedupe key is the platform's own name for the delivery: the same for a repeat, also after
        // a restart, and never the same for two things.
        Inbound {
            account: self.account.clone(),
            dedupe: DedupeKey(format!("line-{number}")),
            contact: PlatformId::new(CHILD),
            chat: PlatformId::new(CHILD),
            external: Some(ExternalId(format!("line-{number}"))),
            sent_at: None,
            client_lang: None,
            body,
        }
    }
}

impl<R: AsyncBufRead + Unpin> Keyboard<R> {
    /// The next line as something a child did; `None` at the end of the input.
    async fn next(&mut self) -> Result<Option<InboundBody>, AdapterError> {
        let read = self.input.read_until(b'\n', &mut self.line).await;
        let read =
            read.map_err(|error| AdapterError::Unreachable(format!("the terminal can't be read: {error}")))?;
        if read == 0 && self.line.is_empty() {
            return Ok(None);
        }
        let bytes = std::mem::take(&mut self.line);
        // 9. Odd bytes are still a child's words: read what can be read of them.
        let line = String::from_utf8_lossy(&bytes);
        Ok(Some(understand(line.strip_suffix('\n').unwrap_or(&line), self.last)))
    }
}

fn understand(line: &str, last: u64) -> InboundBody {
    let of = ExternalId(format!("line-{last}"));
    match line.split_once(' ').unwrap_or((line, "")) {
        ("/edit", words) if last > 0 => InboundBody::Edit { of, text: Confidential::from(words) },
        ("/delete", "") if last > 0 => InboundBody::Redaction { of },
        ("/file", name) => InboundBody::Attachment {
            media: "file".to_owned(),
            name: Some(Confidential::from(name)),
            size: None,
            caption: None,
        },
        // Everything else is words, also an unknown command: a child doesn't know our commands.
        _ => InboundBody::Text { text: Confidential::from(line) },
    }
}
