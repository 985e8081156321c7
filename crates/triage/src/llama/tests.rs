//! Whatever a model does, who asked gets a suggestion or nothing, in time.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::worker::{Failed, Mind};
use super::*;
use crate::Told;
use domain::{Confidential, ConversationId, Lang, MessageId, Urgency};
use std::collections::BTreeSet;
use std::sync::mpsc;

fn ask(number: u128, urgency: Urgency) -> Ask {
    let told = vec![Told { message: MessageId(1), text: Confidential::from("hello") }];
    Ask { conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(number)), urgency, lang: Lang::EN, told }
}

fn suggestion(ask: &Ask) -> Suggestion {
    Suggestion {
        conversation: ask.conversation,
        rests_on: BTreeSet::from([MessageId(1)]),
        categories: BTreeSet::new(),
        urgency_at_least: Urgency::Routine,
        summary: None,
        questions: Vec::new(),
        lang: None,
        age: None,
    }
}

/// A mind that does as the test says.
struct Puppet<F>(F);

impl<F: FnMut(&Ask, &dyn Fn() -> bool) -> Result<Suggestion, Failed>> Mind for Puppet<F> {
    fn think(&mut self, ask: &Ask, wanted: &dyn Fn() -> bool) -> Result<Suggestion, Failed> {
        (self.0)(ask, wanted)
    }
}

async fn with(
    settings: LlamaSettings,
    think: impl FnMut(&Ask, &dyn Fn() -> bool) -> Result<Suggestion, Failed> + Send + 'static,
) -> LlamaTriage {
    let live = move |desk: &Desk, ready: oneshot::Sender<Result<(), ModelError>>| {
        drop(ready.send(Ok(())));
        work(desk, &mut Puppet(think));
    };
    LlamaTriage::on_thread(&settings, live).await.unwrap()
}

#[tokio::test]
async fn a_model_that_answers_is_heard() {
    let triage = with(LlamaSettings::default(), |ask, _| Ok(suggestion(ask))).await;
    let asked = ask(7, Urgency::Soon);
    assert_eq!(triage.suggest(asked.clone()).await, Some(suggestion(&asked)));
    assert_eq!(triage.counts(), Counts { asked: 1, suggested: 1, ..Counts::default() });
}

#[tokio::test]
async fn garbage_is_no_suggestion_and_the_next_is_asked_all_the_same() {
    let mut first = true;
    let triage = with(LlamaSettings::default(), move |ask, _| {
        if std::mem::take(&mut first) { Err(Failed::Unusable) } else { Ok(suggestion(ask)) }
    })
    .await;
    assert_eq!(triage.suggest(ask(1, Urgency::Soon)).await, None);
    assert!(triage.suggest(ask(2, Urgency::Soon)).await.is_some());
    assert_eq!(triage.counts(), Counts { asked: 2, suggested: 1, unusable: 1, ..Counts::default() });
}

#[tokio::test(start_paused = true)]
async fn a_hung_model_is_waited_for_no_longer_than_its_limit() {
    let (release, hang) = mpsc::channel::<()>();
    let triage = with(LlamaSettings::default(), move |_, _| {
        let _ = hang.recv();
        Err(Failed::CalledOff)
    })
    .await;
    #[allow(clippy::disallowed_methods, reason = "the runtime's paused clock, owned by this test")]
    let before = tokio::time::Instant::now();
    assert_eq!(triage.suggest(ask(1, Urgency::Emergency)).await, None);
    assert!(before.elapsed() >= LlamaSettings::default().limit);
    assert_eq!(triage.counts(), Counts { asked: 1, late: 1, ..Counts::default() });
    drop(release);
}

#[tokio::test]
async fn a_model_that_dies_leaves_nobody_waiting() {
    let triage = with(LlamaSettings::default(), |_, _| panic!("a fault in a model")).await;
    assert_eq!(triage.suggest(ask(1, Urgency::Urgent)).await, None);
    assert_eq!(triage.suggest(ask(2, Urgency::Urgent)).await, None);
    assert_eq!(triage.counts().late, 0);
}

#[tokio::test]
async fn when_too_many_wait_the_least_urgent_is_dropped_and_counted() {
    let (release, hold) = mpsc::channel::<()>();
    let (began, beginning) = mpsc::channel::<()>();
    let settings = LlamaSettings { queue: 1, ..LlamaSettings::default() };
    let triage = with(settings, move |ask, _| {
        let _ = began.send(());
        let _ = hold.recv();
        Ok(suggestion(ask))
    })
    .await;
    let triage = Arc::new(triage);
    let asking = |number, urgency| {
        let triage = Arc::clone(&triage);
        tokio::spawn(async move { triage.suggest(ask(number, urgency)).await })
    };
    let first = asking(1, Urgency::Routine);
    tokio::task::yield_now().await;
    beginning.recv().unwrap();
    let (low, high) = (asking(2, Urgency::Routine), asking(3, Urgency::Urgent));
    assert_eq!(low.await.unwrap(), None);
    release.send(()).unwrap();
    release.send(()).unwrap();
    assert!(first.await.unwrap().is_some() && high.await.unwrap().is_some());
    assert_eq!(triage.counts(), Counts { asked: 3, suggested: 2, dropped: 1, ..Counts::default() });
}

#[test]
fn errors_name_the_file_and_what_to_do() {
    let path = PathBuf::from("models/x.gguf");
    let said = ModelError::NotGguf { path: path.clone() }.to_string();
    assert!(said.contains("models/x.gguf") && said.contains("GGUF"), "{said}");
    assert!(ModelError::Refused { path }.to_string().contains("sha256"));
}
