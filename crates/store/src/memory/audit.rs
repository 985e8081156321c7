//! The audit log in memory. Read next: `desk.rs`.

use super::{Kept, MemoryStore};
use crate::checks::READ_ROWS;
use crate::{Audit, AuditEntry, AuditLine, ChainBreak, ChainHead, StoreError};
use async_trait::async_trait;
use domain::ConversationId;

#[async_trait]
impl Audit for MemoryStore {
    async fn record(&self, entry: AuditEntry) -> Result<(), StoreError> {
        let line = entry.canonical()?;
        self.kept().record(entry, line);
        Ok(())
    }

    async fn audit(
        &self,
        conversation: Option<ConversationId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let kept = self.kept();
        let lines = kept.audit.iter().map(|(line, _)| line).filter(|line| {
            line.seq > after && (conversation.is_none() || line.entry.conversation == conversation)
        });
        Ok(lines.take(limit.min(READ_ROWS)).cloned().collect())
    }

    async fn verify(&self) -> Result<Result<u64, ChainBreak>, StoreError> {
        let kept = self.kept();
        let mut head = ChainHead::default();
        for (line, canonical) in &kept.audit {
            let hash = hex::decode(&line.hash).unwrap_or_default();
            head = match head.check(line.seq, canonical, &hash) {
                Ok(next) => next,
                Err(broken) => return Ok(Err(broken)),
            };
        }
        Ok(Ok(head.seq))
    }
}

impl Kept {
    pub(super) fn record(&mut self, entry: AuditEntry, canonical: String) {
        self.chain = self.chain.then(&canonical);
        let line = AuditLine { seq: self.chain.seq, entry, hash: hex::encode(self.chain.hash) };
        self.audit.push((line, canonical));
    }
}
