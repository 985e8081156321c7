//! Starting: memory from the store, then every task; and the door for counsellors.

use crate::house::{Inner, Switchboard, held};
use crate::turn::{About, Settles};
use crate::{doubts, inbox, presence, receive, tidy, timers};
use domain::{ConversationId, Counsellor, CounsellorId, DeskCommand, Refusal, RefusalCode, StageName};
use engine::{Command, Person};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, StoreError};
use tokio::task::JoinSet;

/// Wait before a task that panicked is started again.
const UP_AGAIN: Duration = Duration::from_secs(1);

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
        inner.call_again(&board).await;
        let mut tasks = JoinSet::new();
        let lanes = inbox::Lanes::default();
        let work = Arc::clone(inner);
        keep_up(inner, &mut tasks, move || inbox::dispatch(Arc::clone(&work), Arc::clone(&lanes)));
        let work = Arc::clone(inner);
        keep_up(inner, &mut tasks, move || timers::run(Arc::clone(&work)));
        let work = Arc::clone(inner);
        keep_up(inner, &mut tasks, move || doubts::run(Arc::clone(&work)));
        let work = Arc::clone(inner);
        keep_up(inner, &mut tasks, move || presence::watch(Arc::clone(&work)));
        let work = Arc::clone(inner);
        keep_up(inner, &mut tasks, move || presence::offer(Arc::clone(&work)));
        let work = Arc::clone(inner);
        keep_up(inner, &mut tasks, move || tidy::run(Arc::clone(&work)));
        for line in &inner.lines {
            let (work, line) = (Arc::clone(inner), Arc::clone(line));
            keep_up(inner, &mut tasks, move || receive::run(Arc::clone(&work), Arc::clone(&line)));
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
        // In a task of its own: a browser that goes away drops this call, and a turn that is half
        // way must be told to senders and timers all the same.
        let inner = Arc::clone(&self.inner);
        let asked = tokio::spawn(async move { inner.asked(who, conversation, command).await });
        asked.await.unwrap_or_else(|_| Err(Refusal::new(RefusalCode::Unavailable, "the command failed")))
    }
}

/// Runs a task of the house; a bug that ends it early costs a moment, not the service to everyone.
fn keep_up<F: Future<Output = ()> + Send + 'static>(
    inner: &Arc<Inner>,
    tasks: &mut JoinSet<()>,
    task: impl Fn() -> F + Send + 'static,
) {
    let inner = Arc::clone(inner);
    tasks.spawn(async move {
        while AssertUnwindSafe(task()).catch_unwind().await.is_err() {
            tracing::error!("a part of the house panicked; starting it again");
            if !inner.pause(UP_AGAIN).await {
                return;
            }
        }
    });
}

impl Inner {
    async fn asked(
        &self,
        who: CounsellorId,
        conversation: ConversationId,
        command: DeskCommand,
    ) -> Result<(), Refusal> {
        let counsellor = self.account(who).await?;
        let person = Person { id: who, first_name: counsellor.first_name.clone(), role: counsellor.role };
        // Whoever acts is there.
        self.seen(counsellor, None);
        let about = About::Conversation(conversation);
        let actor = Actor::Person { id: who };
        let command = || Command::Desk { who: person.clone(), command: command.clone() };
        match self.turn(&about, &actor, &Settles::default(), command).await {
            Ok(_) => Ok(()),
            Err(error) => error.into_refusal().map_or(Ok(()), Err),
        }
    }

    async fn account(&self, who: CounsellorId) -> Result<Counsellor, Refusal> {
        let everyone = self
            .store
            .counsellors()
            .await
            .map_err(|_| Refusal::new(RefusalCode::Unavailable, "counsellors can't be read now"))?;
        everyone
            .into_iter()
            .find(|counsellor| counsellor.id == who)
            .ok_or_else(|| Refusal::new(RefusalCode::NotAllowed, "no such account"))
    }
}
