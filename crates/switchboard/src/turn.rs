//! One turn, in numbered steps, for every kind of command. No hidden callbacks.
//!
//! Read next: `audit.rs` for what is written down, `engine/src/step.rs` for what is decided.

use crate::audit::entries;
use crate::house::{Inner, Notice, held};
use domain::{
    AccountId, ContactId, Conversation, ConversationId, DeliveryOutcome, InboxSeq, MessageId, Platform, Refusal,
    RefusalCode, StageName,
};
use engine::{Command, Context, StepError, Subject, Turn, owed, step};
use flow_script::FlowLibrary;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use store::{Actor, StoreError, TurnCommit};

/// Conversations kept in memory before the memory is emptied and filled anew.
const CACHED: usize = 20_000;
/// Tries when another writer was faster.
const TRIES: usize = 5;

/// Whom a turn is about.
#[derive(Debug, Clone)]
pub(crate) enum About {
    /// A talk that goes on.
    Conversation(ConversationId),
    /// A contact without an open talk; the turn opens one.
    Newcomer { id: ConversationId, contact: ContactId, account: AccountId, platform: Platform, lang: domain::Lang },
}

/// What the turn settles besides the conversation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settles {
    pub(crate) took: Option<InboxSeq>,
    pub(crate) sent: Option<(MessageId, DeliveryOutcome)>,
}

/// Why there was no turn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    #[error("there was nothing to do")]
    Nothing,
    #[error("the conversation is closed")]
    Closed,
    #[error("there is no such conversation")]
    NotFound,
    #[error("the command was refused")]
    Refused(Refusal),
    #[error("the engine could not make a turn")]
    Bug(#[source] domain::NotApplicable),
    #[error("the turn panicked")]
    Panicked,
    #[error("the store could not keep the turn")]
    Store(#[source] StoreError),
}

impl TurnError {
    /// For a person who waits for an answer.
    pub(crate) fn into_refusal(self) -> Option<Refusal> {
        match self {
            Self::Nothing => None,
            Self::Refused(refusal) => Some(refusal),
            Self::NotFound => Some(Refusal::new(RefusalCode::NotFound, "there is no such conversation")),
            Self::Closed => Some(Refusal::new(RefusalCode::WrongStage, "the conversation is closed")),
            Self::Bug(_) | Self::Panicked => {
                Some(Refusal::new(RefusalCode::WrongStage, "the conversation can't take this now"))
            }
            Self::Store(_) => Some(Refusal::new(RefusalCode::Unavailable, "the store can't be written now")),
        }
    }
}

impl Inner {
    /// The one door: every message, timer, delivery and counsellor's act comes through here.
    pub(crate) async fn turn(
        &self,
        about: &About,
        actor: &Actor,
        settles: &Settles,
        command: impl Fn() -> Command + Send + Sync,
    ) -> Result<Conversation, TurnError> {
        self.turn_with(&self.library(), about, actor, settles, |_| command()).await
    }

    pub(crate) async fn turn_with(
        &self,
        flows: &FlowLibrary,
        about: &About,
        actor: &Actor,
        settles: &Settles,
        command: impl Fn(Option<&Conversation>) -> Command + Send + Sync,
    ) -> Result<Conversation, TurnError> {
        let id = about.id();
        for _ in 0..TRIES {
            // 1. One writer per conversation.
            let _writing = self.locks[lock_of(id, self.locks.len())].lock().await;
            // 2. The conversation as it is.
            let before = self.current(about).await?;
            // 3. The house at this moment.
            let (roster, house) = (self.roster(), self.house());
            let ctx = Context { now: self.time.now(), flows, roster: &roster, house: &house };
            // 4. The engine decides. Words arrive here screened, or not at all.
            // 5. The escalation table, once more.
            let decide = || {
                let turn = step(about.subject(before.as_deref()), command(before.as_deref()), ctx)
                    .map_err(TurnError::from)?;
                let turn = pay_debts(turn, ctx)?;
                let commit = commit_of(&turn, actor, settles, ctx.now);
                Ok((turn, commit))
            };
            let (turn, commit) = never_panicking(decide)?;
            // 6. Kept whole or not at all.
            match self.store.commit(commit).await {
                Ok(_) => {}
                Err(StoreError::Conflict { .. }) => {
                    held(&self.cache).remove(&id);
                    continue;
                }
                Err(error) => {
                    // Perhaps it was kept and the answer was lost: read again before the next turn.
                    held(&self.cache).remove(&id);
                    if !matches!(error, StoreError::Invalid(_)) {
                        self.doubt(turn);
                    }
                    return Err(TurnError::Store(error));
                }
            }
            // 7. Memory, senders, timers, desks.
            return Ok(self.after(turn));
        }
        let conflict = StoreError::Conflict { expected: 0, found: 0 };
        Err(TurnError::Store(conflict))
    }

    async fn current(&self, about: &About) -> Result<Option<Arc<Conversation>>, TurnError> {
        let About::Conversation(id) = about else { return Ok(None) };
        if let Some(known) = held(&self.cache).get(id).cloned() {
            return Ok(Some(known));
        }
        let loaded = self.store.load(*id).await.map_err(TurnError::Store)?;
        self.resolve(*id, loaded.as_ref());
        Ok(Some(Arc::new(loaded.ok_or(TurnError::NotFound)?)))
    }

    pub(crate) fn after(&self, turn: Turn) -> Conversation {
        let conversation = turn.conversation;
        let id = conversation.id;
        self.remember(&conversation);
        if !turn.outbound.is_empty() {
            self.wake_sender(&conversation.account);
        }
        if !conversation.timers.is_empty() {
            self.wake_timers.notify_one();
        }
        if self.holders_changed(&conversation) {
            self.wake_offers.notify_one();
        }
        self.tell(Notice::Conversation { id, version: conversation.version });
        for alarm in turn.alarms {
            self.tell(Notice::Alarm { id });
            self.call(alarm);
        }
        conversation
    }

    fn remember(&self, conversation: &Conversation) {
        let mut cache = held(&self.cache);
        if conversation.is_closed() {
            cache.remove(&conversation.id);
            return;
        }
        if cache.len() >= CACHED {
            cache.clear();
        }
        cache.insert(conversation.id, Arc::new(conversation.clone()));
    }

    /// Notes who holds or is offered the child; `true` when somebody got a hand free.
    fn holders_changed(&self, conversation: &Conversation) -> bool {
        let now = crate::presence::holders_of(conversation);
        let mut holders = held(&self.holders);
        let before = if now.is_empty() {
            holders.remove(&conversation.id)
        } else {
            holders.insert(conversation.id, now.clone())
        };
        let freed = before.is_some_and(|before| before.difference(&now).next().is_some());
        freed || conversation.stage.name() == StageName::Closed
    }
}

impl About {
    const fn id(&self) -> ConversationId {
        match self {
            Self::Conversation(id) | Self::Newcomer { id, .. } => *id,
        }
    }

    fn subject<'a>(&self, before: Option<&'a Conversation>) -> Subject<'a> {
        match (self, before) {
            (Self::Newcomer { id, contact, account, platform, lang }, _) => Subject::New {
                id: *id,
                contact: *contact,
                account: account.clone(),
                platform: *platform,
                lang: *lang,
            },
            (Self::Conversation(_), Some(before)) => Subject::Existing(before),
            // `current` returns a conversation for this variant, or the turn ended there.
            (Self::Conversation(id), None) => Subject::New {
                id: *id,
                contact: ContactId::from_uuid(id.as_uuid()),
                account: AccountId::new("unknown"),
                platform: Platform::Terminal,
                lang: domain::Lang::EN,
            },
        }
    }
}

/// A bug in a rule, a flow or the engine costs one turn, and no task that other children need.
fn never_panicking<T>(decide: impl FnOnce() -> Result<T, TurnError>) -> Result<T, TurnError> {
    // Nothing outside is changed before the commit, so nothing can be left half done.
    catch_unwind(AssertUnwindSafe(decide)).unwrap_or(Err(TurnError::Panicked))
}

pub(crate) fn lock_of(id: ConversationId, locks: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    usize::try_from(hasher.finish() % u64::try_from(locks).unwrap_or(1)).unwrap_or(0)
}

/// Whatever the engine did, what the table asks for is done in the same turn.
fn pay_debts(turn: Turn, ctx: Context<'_>) -> Result<Turn, TurnError> {
    if owed(&turn.conversation).is_none() {
        return Ok(turn);
    }
    tracing::error!(conversation = %turn.conversation.id, "a turn left something owed to the child; paying it now");
    let paid = match step(Subject::Existing(&turn.conversation), Command::PayWhatIsOwed, ctx) {
        Ok(paid) => paid,
        Err(StepError::Nothing) => return Ok(turn),
        Err(error) => return Err(TurnError::from(error)),
    };
    Ok(Turn {
        conversation: paid.conversation,
        before: turn.before,
        events: turn.events.into_iter().chain(paid.events).collect(),
        outbound: turn.outbound.into_iter().chain(paid.outbound).collect(),
        alarms: turn.alarms.into_iter().chain(paid.alarms).collect(),
        walked: turn.walked.into_iter().chain(paid.walked).collect(),
    })
}

fn commit_of(turn: &Turn, actor: &Actor, settles: &Settles, at: domain::Timestamp) -> TurnCommit {
    TurnCommit {
        audit: entries(turn, actor),
        state: turn.conversation.clone(),
        expected: turn.before,
        events: turn.events.clone(),
        outbox: turn.outbound.clone(),
        settled: settles.sent.clone(),
        alarms: turn.alarms.clone(),
        took: settles.took,
        at,
    }
}

impl From<StepError> for TurnError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Nothing => Self::Nothing,
            StepError::Closed => Self::Closed,
            StepError::Refused(refusal) => Self::Refused(refusal),
            StepError::Bug(bug) => Self::Bug(bug),
        }
    }
}
