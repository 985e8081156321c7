//! The practice channel: a page at `/practice` where anyone plays the child in a browser.
//!
//! It is a small platform of its own: it takes what the child sends, hands it in before it says
//! "received", and keeps what the child was shown in a file that survives a crash. Nothing here is
//! private, and the page says so. It must never be used with a real child.
//! Read next: `api.rs`, then `shown.rs`.

mod api;
mod budget;
mod live;
mod page;
mod shown;
mod words;

use adapter_api::{Adapter, AdapterError, Delivery, Inbox, Limits, Repeat, SendOutcome, TextLimit, split_text};
use async_trait::async_trait;
use axum::Router;
use budget::Budget;
use domain::{AccountId, Clock, DeliveryOutcome, ExternalId, Platform, RefusalReason};
use live::Live;
use shown::{Refused, Shown, ShownMessage};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longest text shown in one bubble.
const TEXT: TextLimit = TextLimit::Chars(4_000);
/// The page shows every choice as a button; more than this no person reads.
const BUTTONS: usize = 25;
/// Try again after the file couldn't be written.
const SOON: Duration = Duration::from_secs(5);

/// What the operator says about the practice channel.
#[derive(Debug, Clone)]
pub struct PracticeSettings {
    /// The account's name in the configuration.
    pub account: AccountId,
    /// A folder for this account alone; holds `shown.jsonl`, what each child saw.
    pub data_dir: PathBuf,
}

/// The practice channel.
pub struct PracticeAdapter {
    account: AccountId,
    shown: Arc<Mutex<Shown>>,
    budget: Mutex<Budget>,
    clock: Arc<dyn Clock>,
    live: Live,
    /// The way in while [`Adapter::receive`] runs.
    open: RwLock<Option<Open>>,
}

/// Somebody takes in what children send.
#[derive(Clone)]
struct Open {
    inbox: Arc<dyn Inbox>,
    stop: CancellationToken,
}

impl std::fmt::Debug for PracticeAdapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PracticeAdapter").field("account", &self.account).finish_non_exhaustive()
    }
}

impl PracticeAdapter {
    /// Opens the channel and reads back what was shown before.
    ///
    /// # Errors
    /// [`AdapterError::OwnData`] when the folder can't be made or its file can't be read.
    pub fn open(settings: PracticeSettings, clock: Arc<dyn Clock>) -> Result<Arc<Self>, AdapterError> {
        let shown = Shown::open(&settings.data_dir)?;
        Ok(Arc::new(Self {
            account: settings.account,
            shown: Arc::new(Mutex::new(shown)),
            budget: Mutex::new(Budget::default()),
            clock,
            live: Live::default(),
            open: RwLock::new(None),
        }))
    }

    /// The page and its interface, all under `/practice`.
    pub fn router(self: &Arc<Self>) -> Router {
        page::routes().merge(api::routes()).with_state(Arc::clone(self))
    }

    fn way_in(&self) -> Option<Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_way_in(&self, open: Option<Open>) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = open;
    }

    fn shown_after(&self, child: &str, after: u64) -> Vec<ShownMessage> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).after(child, after)
    }

    fn allows(&self, child: &str, bytes: usize) -> bool {
        let now = self.clock.now();
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).allows(child, bytes, now)
    }
}

#[async_trait]
impl Adapter for PracticeAdapter {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn platform(&self) -> Platform {
        Platform::Practice
    }

    fn limits(&self) -> Limits {
        Limits { text: TEXT, buttons: BUTTONS }
    }

    fn repeat(&self) -> Repeat {
        Repeat::Harmless
    }

    async fn receive(&self, inbox: Arc<dyn Inbox>, stop: CancellationToken) -> Result<(), AdapterError> {
        self.set_way_in(Some(Open { inbox: Arc::clone(&inbox), stop: stop.clone() }));
        inbox.connected();
        stop.cancelled().await;
        self.set_way_in(None);
        Ok(())
    }

    async fn send(&self, delivery: Delivery) -> SendOutcome {
        let child = delivery.to.contact.expose().to_owned();
        let messages = messages(&delivery);
        let Some(last) = messages.last().map(|message| ExternalId(message.key.clone())) else {
            return refused(RefusalReason::NotAcceptable);
        };
        let (shown, owner) = (Arc::clone(&self.shown), child.clone());
        // Writing waits for the disk; it mustn't hold up the other adapters.
        let written = tokio::task::spawn_blocking(move || {
            shown.lock().unwrap_or_else(PoisonError::into_inner).add(&owner, messages)
        })
        .await;
        match written {
            Ok(Ok(())) => {
                self.live.new_for(&child);
                SendOutcome::Settled(DeliveryOutcome::Sent { external: Some(last) })
            }
            Ok(Err(Refused::Full)) => refused(RefusalReason::NotAllowed),
            Ok(Err(Refused::Disk)) | Err(_) => SendOutcome::Later(SOON),
        }
    }
}

/// The bubbles of one message: the choices hang on the last.
fn messages(delivery: &Delivery) -> Vec<ShownMessage> {
    let outbound = &delivery.outbound;
    let parts = split_text(outbound.text.text(), TEXT);
    let count = parts.len();
    let bubble = |(index, text): (usize, String)| ShownMessage {
        n: 0,
        key: format!("{}-{}", delivery.key, index + 1),
        text,
        choices: if index + 1 == count { outbound.choices.clone() } else { Vec::new() },
        lang: outbound.lang,
    };
    parts.into_iter().enumerate().map(bubble).collect()
}

const fn refused(reason: RefusalReason) -> SendOutcome {
    SendOutcome::Settled(DeliveryOutcome::Refused { reason })
}
