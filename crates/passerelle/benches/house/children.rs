//! Children who write, and the platform they write on: an adapter that takes everything at once.
//!
//! Read next: `open.rs`.

use super::open::House;
use adapter_api::{Adapter, AdapterError, Delivery, Inbox, Limits, Repeat, SendOutcome, TextLimit};
use async_trait::async_trait;
use domain::{
    AccountId, Confidential, DedupeKey, DeliveryOutcome, ExternalId, Inbound, InboundBody, Lang, Platform,
    PlatformId,
};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// One talk: through the first questions and a worry, to waiting for a person and writing on.
pub(crate) const TALK: [&str; 12] = [
    "hi",
    "yes",
    "13",
    "something worries me",
    "school",
    "i dont know what to do, everybody laughs at me in class and i cant sleep any more",
    "heavy",
    "are you there?",
    "ok then i wait a bit",
    "it is worst on mondays because of sports",
    "my teacher doesnt see it",
    "thanks",
];

/// Where the children are.
pub(crate) struct Street {
    account: AccountId,
    phones: Mutex<HashMap<String, mpsc::UnboundedSender<Instant>>>,
    inbox: watch::Sender<Option<Arc<dyn Inbox>>>,
}

impl Street {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            account: AccountId::new("street"),
            phones: Mutex::default(),
            inbox: watch::Sender::new(None),
        })
    }

    async fn inbox(&self) -> Arc<dyn Inbox> {
        let mut here = self.inbox.subscribe();
        here.wait_for(Option::is_some).await.unwrap().clone().unwrap()
    }

    fn phone(&self, child: &str) -> mpsc::UnboundedReceiver<Instant> {
        let (rings, phone) = mpsc::unbounded_channel();
        self.phones.lock().unwrap().insert(child.to_owned(), rings);
        phone
    }

    fn inbound(&self, child: &str, number: usize, text: &str) -> Inbound {
        Inbound {
            account: self.account.clone(),
            dedupe: DedupeKey(format!("{child}-{number}")),
            contact: PlatformId::new(child),
            chat: PlatformId::new(format!("chat of {child}")),
            external: Some(ExternalId(format!("{child}-{number}"))),
            sent_at: None,
            client_lang: Some(Lang::EN),
            body: InboundBody::Text { text: Confidential::from(text) },
        }
    }
}

#[async_trait]
impl Adapter for Street {
    fn account(&self) -> &AccountId {
        &self.account
    }
    fn platform(&self) -> Platform {
        Platform::Practice
    }
    fn limits(&self) -> Limits {
        Limits { text: TextLimit::Chars(4_000), buttons: 10 }
    }
    fn repeat(&self) -> Repeat {
        Repeat::Harmless
    }
    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        self.inbox.send_replace(Some(inbox));
        stop.cancelled().await;
        Ok(())
    }
    async fn send(&self, delivery: Delivery) -> SendOutcome {
        let rings = self.phones.lock().unwrap().get(delivery.to.contact.expose()).cloned();
        if let Some(rings) = rings {
            let _ = rings.send(Instant::now());
        }
        SendOutcome::Settled(DeliveryOutcome::Sent { external: Some(ExternalId(delivery.key)) })
    }
}

/// How long children waited, from handing in to the first answer, and the platform for "received".
#[derive(Default)]
pub(crate) struct Waits {
    answered: Vec<Duration>,
    received: Vec<Duration>,
}

impl Waits {
    fn join(&mut self, other: Self) {
        self.answered.extend(other.answered);
        self.received.extend(other.received);
    }
}

fn part(sorted: &[Duration], percent: usize) -> f64 {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)].as_secs_f64() * 1e3
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sorted = |waits: &[Duration]| {
            let mut sorted = waits.to_vec();
            sorted.sort_unstable();
            sorted
        };
        let (answered, received) = (sorted(&self.answered), sorted(&self.received));
        write!(
            f,
            "answered p50 {:.1} ms, p99 {:.1} ms; received p50 {:.1} ms, p99 {:.1} ms",
            part(&answered, 50),
            part(&answered, 99),
            part(&received, 50),
            part(&received, 99)
        )
    }
}

/// How many bubbles answer each message of the talk: one child, waiting until all is sent.
pub(crate) async fn rehearse(house: &House) -> Vec<usize> {
    let street = &house.street;
    let inbox = street.inbox().await;
    let mut phone = street.phone("rehearsal");
    let mut replies = Vec::new();
    for (number, text) in TALK.iter().enumerate() {
        inbox.accept(vec![street.inbound("rehearsal", number, text)], None).await.unwrap();
        house.quiet().await;
        replies.push(std::iter::from_fn(|| phone.try_recv().ok()).count());
    }
    assert!(
        replies.iter().take(7).all(|bubbles| *bubbles > 0),
        "the flow no longer answers as it did: {replies:?}"
    );
    replies
}

/// The talks, so many at once, until each is over.
pub(crate) async fn all(street: &Arc<Street>, talks: usize, at_once: usize, replies: &[usize]) -> Waits {
    let mut walking = Vec::new();
    for first in 0..at_once {
        let (street, replies) = (Arc::clone(street), replies.to_vec());
        walking.push(tokio::spawn(async move {
            let mut waits = Waits::default();
            for number in (first..talks).step_by(at_once) {
                waits.join(talk(&street, &format!("child-{number}"), &replies).await);
            }
            waits
        }));
    }
    let mut waits = Waits::default();
    for one in walking {
        waits.join(one.await.unwrap());
    }
    waits
}

async fn talk(street: &Street, child: &str, replies: &[usize]) -> Waits {
    let inbox = street.inbox().await;
    let mut phone = street.phone(child);
    let mut waits = Waits::default();
    for ((number, text), bubbles) in TALK.iter().enumerate().zip(replies) {
        let start = Instant::now();
        inbox.accept(vec![street.inbound(child, number, text)], None).await.unwrap();
        waits.received.push(start.elapsed());
        for bubble in 0..*bubbles {
            let heard = phone.recv().await.unwrap();
            if bubble == 0 {
                waits.answered.push(heard - start);
            }
        }
    }
    waits
}
