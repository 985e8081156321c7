//! The token and a child's words are in no error and no log line, whatever goes wrong.

use crate::play::{Town, delivery, settings};
use adapter_api::conformance::{RecordingInbox, Stage as _};
use adapter_api::{Adapter as _, AdapterError};
use adapter_telegram::{Patience, Receive, TelegramAdapter};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use telegram_server::Fault;
use tokio_util::sync::CancellationToken;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Everything logged at any level by anybody on this thread.
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

/// Tells all that an error would show.
fn shown(error: &AdapterError) -> String {
    format!("{error} {error:?}")
}

#[tokio::test]
async fn the_token_and_the_words_are_in_no_error_and_no_log_line() {
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let town = Town::polling().await;
    let secret = town.server.token().split_once(':').unwrap().1;
    let words = "please don't tell anybody";
    let mut said = String::new();
    let brief = Patience { poll: Duration::from_secs(1), answer: Duration::from_secs(1) };
    let telegram = TelegramAdapter::connect(town.settings()).await.unwrap().with_patience(brief);
    writeln!(said, "{telegram:?} {:?}", town.settings()).unwrap();

    let faults = [
        Fault::Fails(500),
        Fault::Gateway(502),
        Fault::CutBefore,
        Fault::GarbageAfter,
        Fault::SilentAfter,
        Fault::Fails(409),
    ];
    for fault in faults {
        town.child.says(words);
        town.server.push_text(&format!("{{\"update_id\":{{id}},\"message\":{{\"text\":\"{words}\",}}}}"));
        town.server.faults("getUpdates", fault, 1);
        town.server.faults("sendMessage", fault, 1);
        town.server.faults("sendChatAction", fault, 1);
        town.server.faults("getMe", fault, 1);
        let inbox = Arc::new(RecordingInbox::default());
        if let Err(error) = telegram.receive(inbox, CancellationToken::new()).await {
            writeln!(said, "{}", shown(&error)).unwrap();
        }
        writeln!(said, "{:?}", telegram.send(delivery(town.child(), "k", words, &[])).await).unwrap();
        telegram.typing(&town.child()).await;
        writeln!(said, "{:?}", telegram.examine().await).unwrap();
    }
    town.server.down().await;
    let inbox = Arc::new(RecordingInbox::default());
    let down = telegram.receive(inbox, CancellationToken::new()).await.unwrap_err();
    writeln!(said, "{}", shown(&down)).unwrap();
    writeln!(said, "{:?}", telegram.examine().await).unwrap();
    for url in ["http://127.0.0.1:1", "https://127.0.0.1:1", "https://nowhere.invalid"] {
        let lost = TelegramAdapter::connect(settings(url, town.server.token(), Receive::Polling)).await.unwrap();
        let error = lost.receive(Arc::new(RecordingInbox::default()), CancellationToken::new()).await.unwrap_err();
        writeln!(said, "{}", shown(&error)).unwrap();
    }

    let logged = lines.0.lock().unwrap().clone();
    assert!(said.contains("unreachable") || said.contains("Unreachable"), "the errors weren't seen: {said}");
    for (place, text) in [("an error", &said), ("a log line", &logged)] {
        assert!(!text.contains(secret), "the token is in {place}");
        assert!(!text.contains(words), "a child's words are in {place}");
    }
}
