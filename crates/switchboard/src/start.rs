//! Starting: memory from the store, then every task; and the door for counsellors.

use crate::house::{Inner, Switchboard, held};
use crate::turn::{About, Settles};
use crate::{inbox, outbox, presence, receive, timers};
use domain::{ConversationId, CounsellorId, DeskCommand, Refusal, RefusalCode, StageName};
use engine::{Command, Person};
use std::sync::Arc;
use store::{Actor, StoreError};
use tokio::task::JoinSet;

impl Switchboard {
    /// Starts receiving, answering, sending and watching. The tasks end after [`Switchboard::stop`].
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn start(&self) -> Result<JoinSet<()>, StoreError> {
        let inner = &self.inner;
        let board = inner.store.board().await?;
        {
            let mut holders = held(&inner.holders);
            for row in board.iter().filter(|row| !row.counsellors.is_empty() && row.stage != StageName::Closed) {
                holders.insert(row.id, row.counsellors.iter().copied().collect());
            }
        }
        inner.expect_back(&inner.store.counsellors().await?);
        inner.call_again().await;
        let mut tasks = JoinSet::new();
        tasks.spawn(inbox::dispatch(Arc::clone(inner)));
        tasks.spawn(timers::run(Arc::clone(inner)));
        tasks.spawn(presence::watch(Arc::clone(inner)));
        tasks.spawn(presence::offer(Arc::clone(inner)));
        for adapter in &inner.adapters {
            tasks.spawn(outbox::send(Arc::clone(inner), Arc::clone(adapter)));
            tasks.spawn(receive::receive(Arc::clone(inner), Arc::clone(adapter)));
        }
        Ok(tasks)
    }

    /// Does what a counsellor asks, in the conversation's own order.
    ///
    /// # Errors
    /// [`Refusal`] with a code the desk turns into words. Asking twice for the same is fine.
    pub async fn submit(
        &self,
        who: CounsellorId,
        conversation: ConversationId,
        command: DeskCommand,
    ) -> Result<(), Refusal> {
        let person = self.inner.person(who).await?;
        // Whoever acts is there.
        self.inner.seen(who, None).await;
        let about = About::Conversation(conversation);
        let actor = Actor::Person { id: who };
        let command = || Command::Desk { who: person.clone(), command: command.clone() };
        match self.inner.turn(&about, &actor, &Settles::default(), command).await {
            Ok(_) => Ok(()),
            Err(error) => error.into_refusal().map_or(Ok(()), Err),
        }
    }
}

impl Inner {
    async fn person(&self, who: CounsellorId) -> Result<Person, Refusal> {
        let everyone = self
            .store
            .counsellors()
            .await
            .map_err(|_| Refusal::new(RefusalCode::Unavailable, "counsellors can't be read now"))?;
        everyone
            .into_iter()
            .find(|counsellor| counsellor.id == who)
            .map(|counsellor| Person { id: who, first_name: counsellor.first_name, role: counsellor.role })
            .ok_or_else(|| Refusal::new(RefusalCode::NotAllowed, "no such account"))
    }
}
