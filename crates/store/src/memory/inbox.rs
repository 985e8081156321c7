//! The inbox in memory. Read next: `turns.rs`.

use super::{Kept, MemoryStore};
use crate::checks::{READ_ROWS, check_batch, check_item_size};
use crate::{Accepted, InboxRow, Inboxes, StoreError};
use async_trait::async_trait;
use domain::{AccountId, ContactId, Cursor, Inbound, InboxSeq, Timestamp};
use speech::Recipient;
use std::collections::hash_map::Entry;
use uuid::Uuid;

#[async_trait]
impl Inboxes for MemoryStore {
    async fn accept(
        &self,
        account: &AccountId,
        batch: Vec<Inbound>,
        cursor: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Vec<Accepted>, StoreError> {
        check_batch(account, &batch)?;
        for item in &batch {
            let json = serde_json::to_vec(item)
                .map_err(|_| StoreError::Invalid("an item can't be written".to_owned()))?;
            check_item_size(json.len())?;
        }
        let mut kept = self.kept();
        let accepted = batch.into_iter().map(|item| kept.accept(account, item, now)).collect();
        if let Some(cursor) = cursor {
            kept.cursors.insert(account.clone(), cursor);
        }
        Ok(accepted)
    }

    async fn cursor(&self, account: &AccountId) -> Result<Option<Cursor>, StoreError> {
        Ok(self.kept().cursors.get(account).cloned())
    }

    async fn pending(&self, after: InboxSeq, limit: usize) -> Result<Vec<InboxRow>, StoreError> {
        let from = InboxSeq(after.0.saturating_add(1));
        Ok(self.kept().inbox.range(from..).take(limit.min(READ_ROWS)).map(|(_, row)| row.clone()).collect())
    }

    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        let seen = &mut self.kept().seen;
        let all = seen.len();
        seen.retain(|_, received| *received >= before);
        Ok((all - seen.len()) as u64)
    }

    async fn pending_count(&self) -> Result<u64, StoreError> {
        Ok(self.kept().inbox.len() as u64)
    }
}

impl Kept {
    fn accept(&mut self, account: &AccountId, inbound: Inbound, now: Timestamp) -> Accepted {
        match self.seen.entry((account.clone(), inbound.dedupe.clone())) {
            Entry::Occupied(_) => return Accepted::Repeated,
            Entry::Vacant(free) => free.insert(now),
        };
        let contact = self.contact(account, &inbound);
        self.next_inbox += 1;
        let seq = InboxSeq(self.next_inbox);
        self.inbox.insert(seq, InboxRow { seq, contact, received_at: now, inbound });
        Accepted::New { seq, contact }
    }

    fn contact(&mut self, account: &AccountId, inbound: &Inbound) -> ContactId {
        let name = (account.clone(), inbound.contact.expose().to_owned());
        if let Some(known) = self.found_by.get(&name).copied() {
            if let Some(recipient) = self.contacts.get_mut(&known)
                && !Self::is_same(&recipient.chat, &inbound.chat)
            {
                recipient.chat = inbound.chat.clone();
            }
            return known;
        }
        let made = ContactId::from_uuid(Uuid::from_u128(self.contacts.len() as u128 + 1));
        self.found_by.insert(name, made);
        self.contacts.insert(made, Recipient { contact: inbound.contact.clone(), chat: inbound.chat.clone() });
        made
    }
}
