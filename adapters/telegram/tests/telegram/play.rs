//! A server, a child on it and the adapter, for the tests.
//!
//! Read next: `conformance.rs`.

use adapter_api::conformance::{Can, RATE_LIMIT, Receiving, RecordingInbox, Stage, Trouble};
use adapter_api::{Adapter, Delivery, SendOutcome};
use adapter_telegram::{Patience, Receive, TelegramAdapter, TelegramSettings};
use async_trait::async_trait;
use domain::{AccountId, Confidential, ConversationId, InboundBody, Lang, MessageId, PlatformId};
use serde_json::json;
use speech::{ChildText, Choice, Outbound, Recipient};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use telegram_server::{Door, Fault, Media, Person, TelegramServer};

pub(crate) const SECRET: &str = "only-telegram-knows";

/// Short, because the server is near.
pub(crate) const PATIENCE: Patience = Patience { poll: Duration::from_secs(2), answer: Duration::from_secs(5) };

/// The adapter of the moment, as the webhook's route finds it.
type Current = Arc<Mutex<Option<Arc<TelegramAdapter>>>>;

/// The platform, one child and one bot.
pub(crate) struct Town {
    pub(crate) server: TelegramServer,
    pub(crate) child: Person,
    pub(crate) inbox: Arc<RecordingInbox>,
    current: Current,
    door: Option<Door>,
}

impl Town {
    /// With long polling.
    pub(crate) async fn polling() -> Self {
        Self::build(None).await
    }

    /// With a webhook.
    pub(crate) async fn pushed() -> Self {
        let current: Current = Arc::default();
        let route = Arc::clone(&current);
        let door = Door::open(move |body, secret| {
            let adapter = route.lock().unwrap().clone();
            async move {
                let Some(adapter) = adapter else { return 503 };
                adapter.webhook(&body, secret.as_deref()).await.status()
            }
        });
        let door = door.await;
        let mut town = Self::build(Some(door)).await;
        *current.lock().unwrap() = town.current.lock().unwrap().clone();
        town.current = current;
        town
    }

    async fn build(door: Option<Door>) -> Self {
        // Another test of this process may have installed it.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let server = TelegramServer::start().await;
        let child = server.person("Ana");
        child.starts();
        let mut town = Self { server, child, inbox: Arc::default(), current: Arc::default(), door };
        town.reopen().await;
        town
    }

    pub(crate) fn settings(&self) -> TelegramSettings {
        let receive = self.door.as_ref().map_or(Receive::Polling, |door| Receive::Webhook {
            public_url: door.url().to_owned(),
            secret: Confidential::from(SECRET),
        });
        settings(&self.server.url(), self.server.token(), receive)
    }

    pub(crate) fn telegram(&self) -> Arc<TelegramAdapter> {
        self.current.lock().unwrap().clone().unwrap()
    }

    pub(crate) fn receiving(&self) -> Receiving {
        Receiving::start(self.adapter(), &self.inbox)
    }

    /// Sends to the child.
    pub(crate) async fn sends(&self, key: &str, words: &str, choices: &[(&str, &str)]) -> SendOutcome {
        self.adapter().send(delivery(self.child(), key, words, choices)).await
    }

    /// What the child's app shows.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.child.shown().into_iter().map(|shown| shown.text).collect()
    }

    /// The client kept to the description, and so did the server.
    pub(crate) fn keeps_to_the_description(&self) {
        assert_eq!(self.server.violations(), [""; 0]);
    }
}

pub(crate) fn settings(url: &str, token: &str, receive: Receive) -> TelegramSettings {
    TelegramSettings {
        account: AccountId::new("telegram"),
        token: Confidential::from(token),
        api_url: Some(url.to_owned()),
        receive,
    }
}

pub(crate) fn delivery(to: Recipient, key: &str, words: &str, choices: &[(&str, &str)]) -> Delivery {
    let choice = |(value, label): &(&str, &str)| Choice { value: (*value).to_owned(), label: (*label).to_owned() };
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), words.to_owned()),
        choices: choices.iter().map(choice).collect(),
        lang: Lang::EN,
    };
    Delivery { to, key: key.to_owned(), outbound }
}

/// The words of texts; for anything else its kind.
pub(crate) fn told(bodies: &[InboundBody]) -> Vec<String> {
    let tell = |body: &InboundBody| match body {
        InboundBody::Text { text } => text.text().to_owned(),
        InboundBody::Choice { value, .. } => format!("({value})"),
        InboundBody::Unreadable { why } => format!("({why})"),
        InboundBody::Joined => "(joined)".to_owned(),
        InboundBody::Left => "(left)".to_owned(),
        InboundBody::Attachment { media, .. } => format!("({media})"),
        other => format!("{other:?}"),
    };
    bodies.iter().map(tell).collect()
}

/// Everything the inbox has, coming and going too.
pub(crate) fn all(inbox: &RecordingInbox) -> Vec<String> {
    told(&inbox.items().into_iter().map(|item| item.body).collect::<Vec<_>>())
}

#[async_trait]
impl Stage for Town {
    fn can(&self) -> Can {
        // Telegram tells a bot nothing of a message that its sender deletes.
        Can {
            edit: true,
            delete: false,
            attach: true,
            press: true,
            repeat: true,
            junk: true,
            lines: true,
            keep: true,
        }
    }

    fn adapter(&self) -> Arc<dyn Adapter> {
        self.telegram()
    }

    async fn reopen(&mut self) {
        let adapter = TelegramAdapter::connect(self.settings()).await.unwrap().with_patience(PATIENCE);
        *self.current.lock().unwrap() = Some(Arc::new(adapter));
    }

    fn child(&self) -> Recipient {
        let id = self.child.id().to_string();
        Recipient { contact: PlatformId::new(id.as_str()), chat: PlatformId::new(id) }
    }

    async fn says(&mut self, text: &str) -> String {
        self.child.says_overlong(text).to_string()
    }

    async fn repeats(&mut self) {
        self.server.replay_last();
    }

    async fn edits(&mut self, of: &str, text: &str) {
        self.child.edits(of.parse().unwrap(), text);
    }

    async fn deletes(&mut self, _: &str) {
        unreachable!("telegram tells a bot nothing of it");
    }

    async fn attaches(&mut self, name: &str) {
        self.child.sends(Media::File { name: name.to_owned(), bytes: vec![1, 2, 3], caption: None });
    }

    async fn presses(&mut self, number: usize) {
        self.child.presses(number);
    }

    async fn sends_junk(&mut self) {
        let id = self.child.id();
        let chat = json!({ "id": id, "type": "private", "first_name": "Ana" });
        self.server.push_update("message", &json!({ "message_id": 900, "date": 5, "chat": chat, "hologram": {} }));
    }

    async fn suffers(&mut self, trouble: Trouble) -> bool {
        let (server, id) = (&self.server, self.child.id());
        match trouble {
            Trouble::Reordered => server.swap_next(),
            Trouble::Down => server.down().await,
            Trouble::Up => server.up(),
            Trouble::RateLimited => {
                server.faults("sendMessage", Fault::TooMany(u32::try_from(RATE_LIMIT.as_secs()).unwrap()), 1);
            }
            // Each mode has one of the two ways in which an answer is lost.
            Trouble::AnswerLost if self.door.is_none() => server.faults("sendMessage", Fault::CutAfter, 1),
            Trouble::AnswerLost => server.faults("sendMessage", Fault::SilentAfter, 1),
            Trouble::ServerFault => server.faults("sendMessage", Fault::Fails(500), 1),
            Trouble::HalfOpen if self.door.is_some() => return false,
            Trouble::HalfOpen => server.half_open(),
            Trouble::UnknownType => {
                server.push_update("telepathy", &json!({ "chat": { "id": id, "type": "private" }, "thought": 5 }));
            }
            Trouble::Malformed if self.door.is_none() => server.push_text(&format!(
                "{{\"update_id\":{{id}},\"message\":{{\"chat\":{{\"id\":{id}}},\"text\":not json}}}}"
            )),
            Trouble::Malformed => {
                let wrong =
                    json!({ "message_id": "seven", "chat": { "id": id }, "from": 5, "date": [], "text": {} });
                server.push_update("message", &wrong);
            }
            Trouble::Blocked => self.child.blocks(),
            Trouble::Unblocked => self.child.unblocks(),
            Trouble::ClockAhead => server.shift_dates(3_600),
            Trouble::ClockBehind => server.shift_dates(-3_600),
        }
        true
    }

    fn cannot(&self) -> &'static [(Trouble, &'static str)] {
        match self.door {
            Some(_) => {
                &[(Trouble::HalfOpen, "with a webhook Telegram opens each connection anew, and we hold none open")]
            }
            None => &[],
        }
    }

    async fn typing_shown(&mut self) -> Option<usize> {
        Some(self.child.typing_shown())
    }

    async fn shown(&mut self, count: usize) -> Vec<String> {
        self.child.wait_shown(count).await.into_iter().map(|shown| shown.text).collect()
    }
}
