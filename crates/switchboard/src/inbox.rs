//! From the inbox to turns: one lane per contact, in the order received.
//!
//! A row stays pending until the turn that took it is committed, so a crash repeats it and the
//! engine's memory of the last row taken makes repeating harmless. Read next: `turn.rs`.

use crate::house::{Inner, held};
use crate::turn::{About, Settles, TurnError};
use adapter_api::{Inbox, NotAccepted};
use async_trait::async_trait;
use domain::limits::INBOX_BATCH;
use domain::{
    AccountId, Alarm, AlarmKind, ChannelState, ChannelTrouble, ContactId, Conversation, ConversationId, Cursor,
    Inbound, InboxSeq, Lang, Platform, Urgency,
};
use engine::Command;
use flow_script::FlowLibrary;
use futures_util::FutureExt as _;
use safety_rules::{Window, screen_inbound_in};
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Actor, InboxRow, StoreError};

/// Wait between tries while the store can't be written.
const STORE_RETRY: Duration = Duration::from_secs(1);
/// Wait before a row that no turn could take is tried again.
const STUCK_RETRY: Duration = Duration::from_secs(30);

/// The inbox as one account's adapter sees it.
pub struct AccountInbox {
    inner: Arc<Inner>,
    account: AccountId,
}

impl AccountInbox {
    pub(crate) const fn new(inner: Arc<Inner>, account: AccountId) -> Self {
        Self { inner, account }
    }
}

#[async_trait]
impl Inbox for AccountInbox {
    async fn accept(&self, batch: Vec<Inbound>, cursor: Option<Cursor>) -> Result<(), NotAccepted> {
        // In a task of its own: an adapter whose connection breaks drops this call, and the batch
        // could be kept without anybody being woken to answer it.
        let (inner, account) = (Arc::clone(&self.inner), self.account.clone());
        tokio::spawn(async move { keep(&inner, &account, batch, cursor).await })
            .await
            .unwrap_or_else(|_| Err(NotAccepted("the inbox failed".to_owned())))
    }

    async fn cursor(&self) -> Result<Option<Cursor>, NotAccepted> {
        self.inner.store.cursor(&self.account).await.map_err(|error| NotAccepted(error.to_string()))
    }

    fn connected(&self) {
        if let Some(line) = self.inner.line(&self.account) {
            self.inner.stands(line, ChannelState::Receiving);
        }
    }
}

async fn keep(
    inner: &Inner,
    account: &AccountId,
    batch: Vec<Inbound>,
    cursor: Option<Cursor>,
) -> Result<(), NotAccepted> {
    let line = inner.line(account);
    if let Some(line) = line {
        if !inner.room_for(line).await {
            line.trouble(ChannelTrouble::NotKept, inner.time.now());
            tracing::warn!(%account, "too many messages of this account wait for their turn; the platform keeps the rest");
            return Err(NotAccepted("too many messages of this account wait for their turn".to_owned()));
        }
        // Whoever hands in is connected, whether or not the adapter says so.
        inner.stands(line, ChannelState::Receiving);
    }
    let now = inner.time.now();
    let mut rest = batch;
    loop {
        // The cursor goes with the last part only: a crash in between repeats, never skips.
        let more = if rest.len() > INBOX_BATCH { rest.split_off(INBOX_BATCH) } else { Vec::new() };
        let cursor = if more.is_empty() { cursor.clone() } else { None };
        let kept = inner.store.accept(account, rest, cursor, now).await;
        // Also after an error: it may have been kept, and the platform may not repeat it soon.
        inner.wake_inbox.notify_one();
        match (kept, line) {
            (Ok(kept), Some(line)) if !kept.is_empty() => line.heard(now),
            (Ok(_), _) => {}
            (Err(error), line) => {
                if let Some(line) = line {
                    line.trouble(ChannelTrouble::NotKept, now);
                }
                return Err(NotAccepted(error.to_string()));
            }
        }
        if more.is_empty() {
            return Ok(());
        }
        rest = more;
    }
}

/// Rows waiting for each contact that has a lane at work.
pub(crate) type Lanes = Arc<Mutex<HashMap<ContactId, VecDeque<InboxRow>>>>;

/// Reads pending rows and puts them into lanes until the house stops. A second dispatcher over the
/// same lanes may put rows in again: the engine takes each once.
pub(crate) async fn dispatch(inner: Arc<Inner>, lanes: Lanes) {
    let mut after = InboxSeq(0);
    loop {
        match inner.store.pending(after, INBOX_BATCH).await {
            Ok(rows) if rows.is_empty() => {
                tokio::select! {
                    () = inner.wake_inbox.notified() => {}
                    () = inner.stop.cancelled() => return,
                }
            }
            Ok(rows) => {
                for row in rows {
                    after = after.max(row.seq);
                    enlist(&inner, &lanes, row);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the inbox can't be read; trying again");
                if !inner.pause(STORE_RETRY).await {
                    return;
                }
            }
        }
    }
}

/// Never waits: a crowd on one account must not keep another account's children from their lanes.
fn enlist(inner: &Arc<Inner>, lanes: &Lanes, row: InboxRow) {
    let contact = row.contact;
    let line = inner.line(&row.inbound.account).cloned();
    if let Some(line) = &line {
        line.one_waits();
    }
    let idle = {
        let mut open = held(lanes);
        let idle = !open.contains_key(&contact);
        open.entry(contact).or_default().push_back(row);
        idle
    };
    if idle {
        let (inner, lanes) = (Arc::clone(inner), Arc::clone(lanes));
        tokio::spawn(async move {
            let places = line.as_ref().map_or(&inner.other_lanes, |line| &line.lanes);
            let Ok(_place) = Arc::clone(places).acquire_owned().await else { return };
            work_lane(&inner, &lanes, contact).await;
        });
    }
}

async fn work_lane(inner: &Inner, lanes: &Lanes, contact: ContactId) {
    loop {
        let row = {
            let mut open = held(lanes);
            match open.get_mut(&contact).and_then(VecDeque::pop_front) {
                Some(row) => row,
                None => {
                    open.remove(&contact);
                    return;
                }
            }
        };
        // A panic costs a pause, never the lane: the child's next words would wait for ever.
        while let Err(_panic) = AssertUnwindSafe(take_row(inner, &row)).catch_unwind().await {
            tracing::error!(seq = row.seq.0, "taking a message panicked; it stays in the inbox");
            if !inner.pause(STUCK_RETRY).await {
                return;
            }
        }
        if let Some(line) = inner.line(&row.inbound.account) {
            line.one_taken();
        }
        if inner.stop.is_cancelled() {
            return;
        }
    }
}

/// Takes one row, however often it must be tried, unless the house stops.
async fn take_row(inner: &Inner, row: &InboxRow) {
    let nothing_scripted = FlowLibrary::default();
    let mut called = false;
    loop {
        let Err(error) = take_once(inner, row, &inner.library()).await else { return };
        let wait = match error {
            TurnError::Store(error) if !matches!(error, StoreError::Invalid(_)) => {
                tracing::error!(%error, "a turn could not be kept; trying again");
                STORE_RETRY
            }
            other => {
                // A script that breaks the engine must not stand between a child and a human.
                tracing::error!(error = %other, seq = row.seq.0, "no turn with the flows; trying without them");
                let Err(error) = take_once(inner, row, &nothing_scripted).await else { return };
                tracing::error!(%error, seq = row.seq.0, "a message could not be taken; it stays in the inbox");
                if !called {
                    // A child is being left in silence, and no conversation can show it.
                    called = true;
                    call_somebody(inner, row).await;
                }
                STUCK_RETRY
            }
        };
        if !inner.pause(wait).await {
            return;
        }
    }
}

async fn call_somebody(inner: &Inner, row: &InboxRow) {
    let open = inner.store.open_of(row.contact).await.ok().flatten();
    let conversation = open.unwrap_or_else(|| ConversationId::from_uuid(row.contact.as_uuid()));
    inner.call(Alarm { conversation, kind: AlarmKind::Pager, urgency: Urgency::Urgent, at: inner.time.now() });
}

async fn take_once(inner: &Inner, row: &InboxRow, flows: &FlowLibrary) -> Result<(), TurnError> {
    let open = inner.store.open_of(row.contact).await.map_err(TurnError::Store)?;
    let about = match open {
        Some(id) => About::Conversation(id),
        None => newcomer(inner, row)?,
    };
    match one_turn(inner, row, flows, &about).await {
        Err(TurnError::Closed) => {
            // Closed between the look and the turn: the message opens a new talk.
            let about = newcomer(inner, row)?;
            one_turn(inner, row, flows, &about).await
        }
        other => other,
    }
}

async fn one_turn(inner: &Inner, row: &InboxRow, flows: &FlowLibrary, about: &About) -> Result<(), TurnError> {
    let settles = Settles { took: Some(row.seq), sent: None };
    // Screened here, before anything else sees it (I2).
    let command = |before: Option<&Conversation>| Command::Inbound {
        seq: row.seq,
        screened: screen_inbound_in(row.inbound.clone(), &last_bubbles(before)),
    };
    match inner.turn_with(flows, about, &Actor::Child, &settles, command).await {
        Ok(_) | Err(TurnError::Nothing) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What the child wrote just before: a sentence may be cut over several bubbles.
fn last_bubbles(before: Option<&Conversation>) -> Window {
    let mut window = Window::default();
    for bubble in before.into_iter().flat_map(|conversation| &conversation.bubbles) {
        window.push(bubble.clone());
    }
    window
}

fn newcomer(inner: &Inner, row: &InboxRow) -> Result<About, TurnError> {
    let unavailable = |why: String| TurnError::Store(StoreError::Unavailable(why));
    let id = inner.entropy.uuid().map_err(|error| unavailable(error.to_string()))?;
    let account = row.inbound.account.clone();
    let platform = inner.line(&account).map_or(Platform::Terminal, |line| line.platform);
    Ok(About::Newcomer {
        id: ConversationId::from_uuid(id),
        contact: row.contact,
        account,
        platform,
        lang: first_lang(inner, row.inbound.client_lang),
    })
}

/// The app's language when the helpline speaks it, else the helpline's first.
fn first_lang(inner: &Inner, hint: Option<Lang>) -> Lang {
    let langs = &inner.settings.langs;
    let default = langs.first().copied().unwrap_or(Lang::EN);
    hint.and_then(|hint| langs.iter().copied().find(|lang| lang.primary() == hint.primary())).unwrap_or(default)
}
