//! Hands in what updates brought; only after it is kept, presses are answered and groups left.
//!
//! Read next: `receive.rs`.

use crate::call::Api;
use crate::cursor;
use crate::lenient::number;
use crate::update::{Meaning, meaning};
use adapter_api::{Inbox, NotAccepted};
use domain::{AccountId, Cursor, Inbound};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use teloxide::payloads::{AnswerCallbackQuery, LeaveChat};
use teloxide::types::{CallbackQueryId, ChatId};
use tokio::sync::Semaphore;

/// Courtesies under way at once. Beyond, a press shows its waiting sign a little longer; nothing is lost.
const COURTESIES: usize = 32;

/// What happens to updates, whichever way they came.
#[derive(Clone)]
pub(crate) struct HandIn {
    pub(crate) account: AccountId,
    pub(crate) api: Api,
    pub(crate) inbox: Arc<dyn Inbox>,
    courtesies: Arc<Semaphore>,
}

enum Courtesy {
    Answer(String),
    Leave(i64),
}

impl HandIn {
    pub(crate) fn new(account: AccountId, api: Api, inbox: Arc<dyn Inbox>) -> Self {
        Self { account, api, inbox, courtesies: Arc::new(Semaphore::new(COURTESIES)) }
    }

    /// Commits these updates in one transaction, with the place to read on from.
    pub(crate) async fn updates(&self, updates: &[Value]) -> Result<(), NotAccepted> {
        let (mut batch, mut after, mut groups, mut not_ours) = (Vec::new(), Vec::new(), BTreeSet::new(), 0_usize);
        for update in updates {
            match meaning(&self.account, update) {
                Meaning::Child { items, press } => {
                    batch.extend(items);
                    after.extend(press.map(Courtesy::Answer));
                }
                Meaning::Group(chat) => {
                    groups.insert(chat);
                }
                Meaning::NotOurs => not_ours += 1,
            }
        }
        let cursor = cursor::write(updates.iter().filter_map(number));
        self.accept(batch, cursor).await?;
        if not_ours > 0 {
            let account = self.account.as_str();
            tracing::warn!(
                account,
                not_ours,
                "updates from telegram that no child of ours causes were passed over"
            );
        }
        for courtesy in after.into_iter().chain(groups.into_iter().map(Courtesy::Leave)) {
            self.be_polite(courtesy);
        }
        Ok(())
    }

    /// An update may hold two things, so a full answer fits; a larger one goes in parts.
    async fn accept(&self, mut batch: Vec<Inbound>, cursor: Option<Cursor>) -> Result<(), NotAccepted> {
        while batch.len() > domain::limits::INBOX_BATCH {
            let rest = batch.split_off(domain::limits::INBOX_BATCH);
            self.inbox.accept(batch, None).await?;
            batch = rest;
        }
        self.inbox.accept(batch, cursor).await
    }

    /// Nobody waits for it, and nothing depends on it.
    fn be_polite(&self, courtesy: Courtesy) {
        let Ok(turn) = Arc::clone(&self.courtesies).try_acquire_owned() else { return };
        let (api, account) = (self.api.clone(), self.account.clone());
        tokio::spawn(async move {
            let done = match courtesy {
                Courtesy::Answer(press) => api.call(&AnswerCallbackQuery::new(CallbackQueryId(press))).await,
                Courtesy::Leave(chat) => {
                    tracing::info!(%account, "leaving a telegram group: the helpline talks in private chats only");
                    api.call(&LeaveChat::new(ChatId(chat))).await
                }
            };
            if let Err(error) = done {
                tracing::debug!(%account, %error, "a press wasn't answered, or a group not left");
            }
            drop(turn);
        });
    }
}
