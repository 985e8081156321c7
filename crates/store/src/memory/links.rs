//! Links in memory. Read next: `desk.rs`.

use super::{Kept, MemoryStore};
use crate::checks::refusals;
use crate::{AuditEntry, Linked, Links, StoreError};
use async_trait::async_trait;
use domain::{ContactId, ConversationId, CounsellorId, Timestamp};
use std::cmp::Reverse;

pub(super) struct Link {
    number: u64,
    pair: [ContactId; 2],
    by: CounsellorId,
    at: Timestamp,
}

#[async_trait]
impl Links for MemoryStore {
    async fn link(
        &self,
        one: ConversationId,
        other: ConversationId,
        by: CounsellorId,
        at: Timestamp,
        audit: AuditEntry,
    ) -> Result<u64, StoreError> {
        let mut kept = self.kept();
        let mut pair = [kept.contact_with_words(one)?, kept.contact_with_words(other)?];
        pair.sort_unstable();
        if pair[0] == pair[1] {
            return Err(refusals::one_contact(one));
        }
        if let Some(link) = kept.links.iter().find(|link| link.pair == pair) {
            return Ok(link.number);
        }
        kept.next_link += 1;
        let number = kept.next_link;
        let audit = audit.with_link(number);
        let line = audit.canonical()?;
        kept.links.push(Link { number, pair, by, at });
        kept.record(audit, line);
        Ok(number)
    }

    async fn unlink(&self, id: ConversationId, number: u64, audit: AuditEntry) -> Result<(), StoreError> {
        let audit = audit.with_link(number);
        let line = audit.canonical()?;
        let mut kept = self.kept();
        let contact = kept.talks.get(&id).map(|talk| talk.contact);
        let contact = contact.ok_or_else(|| refusals::unknown_conversation(id))?;
        let place = kept.links.iter().position(|link| link.number == number && link.pair.contains(&contact));
        kept.links.remove(place.ok_or_else(|| refusals::no_link(id, number))?);
        kept.record(audit, line);
        Ok(())
    }

    async fn linked(&self, id: ConversationId, limit: usize) -> Result<Vec<Linked>, StoreError> {
        let kept = self.kept();
        let Some(contact) = kept.talks.get(&id).map(|talk| talk.contact) else { return Ok(Vec::new()) };
        let mine = kept.links.iter().filter(|link| link.pair.contains(&contact));
        let seen = mine.map(|link| {
            let other = if link.pair[0] == contact { link.pair[1] } else { link.pair[0] };
            let mut talks: Vec<_> = kept.talks.values().filter(|talk| talk.contact == other).collect();
            talks.sort_by_key(|talk| Reverse(talk.order));
            let talks = talks.into_iter().take(limit).map(|talk| talk.row.clone()).collect();
            Linked { number: link.number, by: link.by, at: link.at, talks }
        });
        Ok(seen.collect())
    }

    async fn named(&self, digits: &str) -> Result<Vec<ConversationId>, StoreError> {
        let digits = digits.to_lowercase();
        let kept = self.kept();
        let named = kept
            .talks
            .iter()
            .filter(|(id, talk)| talk.words.is_some() && id.as_uuid().simple().to_string().starts_with(&digits));
        Ok(named.map(|(id, _)| *id).take(2).collect())
    }
}

impl Kept {
    fn contact_with_words(&self, id: ConversationId) -> Result<ContactId, StoreError> {
        let talk = self.talks.get(&id).filter(|talk| talk.words.is_some());
        talk.map(|talk| talk.contact).ok_or_else(|| refusals::unknown_conversation(id))
    }

    /// A contact of whom nothing can be read any more is linked with nobody.
    pub(super) fn forget_links_of(&mut self, contact: ContactId) {
        if !self.talks.values().any(|talk| talk.contact == contact && talk.words.is_some()) {
            self.links.retain(|link| !link.pair.contains(&contact));
        }
    }
}
