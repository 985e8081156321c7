//! Whatever goes wrong: no token and no word of a child in an error or a log line, at any level.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each test program uses its own part of it")]
mod play;

use adapter_api::Delivery;
use adapter_api::conformance::Stage as _;
use domain::{ConversationId, Lang, MessageId};
use play::{TOKEN, Town};
use serde_json::json;
use speech::{ChildText, Outbound};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const WORDS: &str = "please don't tell anybody";

/// Everything logged at any level by anybody in this process.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<String>>);

impl Visit for Lines {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_and_the_words_are_in_no_error_and_no_log_line() {
    let lines = Lines::default();
    tracing::subscriber::set_global_default(lines.clone()).unwrap();
    let mut said = String::new();
    let town = Town::met().await;
    writeln!(said, "{:?} {:?}", town.settings(), town.adapter.as_ref().unwrap()).unwrap();
    let receiving = town.receiving().await;
    town.server.wait_until("three commands", |server| server.commands().len() == 3).await;
    town.child.says(WORDS);
    town.child.sends(WORDS, &json!({"type": {"odd": WORDS}, "attachments": WORDS}));
    town.server.dispatch("MESSAGE_CREATE", &json!({"content": WORDS}));
    town.server.dispatch("INTERACTION_CREATE", &json!({"token": WORDS}));
    town.server.send_raw(&format!("{{\"t\":\"MESSAGE_CREATE\",\"d\":\"{WORDS}\""));
    let outbound = Outbound {
        conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
        message: MessageId(1),
        text: ChildText::from_flow("f".into(), "s".into(), WORDS.to_owned()),
        choices: Vec::new(),
        lang: Lang::EN,
    };
    let send = async |key: &str| {
        let delivery = Delivery { to: town.child(), key: key.to_owned(), outbound: outbound.clone() };
        format!("{:?}\n", town.adapter().send(delivery).await)
    };
    town.server.rate_limit(1, Duration::from_millis(1), true);
    said += &send("limited").await;
    town.server.server_faults(1);
    said += &send("fault").await;
    town.server.lose_answers(1);
    said += &send("lost").await;
    town.server.garble_answers(1);
    said += &send("garbled").await;
    // The answers to commands fail, too: these addresses hold the interaction's token.
    town.server.faults_only("/interactions/");
    town.server.server_faults(3);
    town.child.commands_in_guild("help");
    town.child.closes_messages();
    said += &send("closed").await;
    town.inbox.wait_heard(0, 2).await;
    town.inbox.refuse(1);
    town.child.says(WORDS);
    town.inbox.wait_refused().await;
    writeln!(said, "{:?}", town.adapter().examine().await).unwrap();
    receiving.stop().await;
    town.server.down().await;
    let inbox: Arc<adapter_api::conformance::RecordingInbox> = Arc::default();
    let down = town.adapter().receive(inbox, CancellationToken::new()).await.unwrap_err();
    writeln!(said, "{down} {down:?} {:?}", town.adapter().examine().await).unwrap();
    said += &send("down").await;

    let logged = lines.0.lock().unwrap().clone();
    assert!(said.contains("Unreachable") && said.contains("Refused"), "the errors weren't seen: {said}");
    assert!(logged.contains("isn't JSON"), "the log wasn't seen: {logged}");
    let person = town.to(&town.child).contact.expose().to_owned();
    for (place, text) in [("an error", &said), ("a log line", &logged)] {
        assert!(!text.contains(TOKEN), "the token is in {place}");
        assert!(!text.contains(WORDS), "a child's words are in {place}");
        assert!(!text.contains(&person), "a person's id is in {place}");
        assert!(!text.contains("token-"), "an interaction's token is in {place}");
    }
}
