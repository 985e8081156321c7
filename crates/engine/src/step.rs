//! The one entrance: a command comes in, a turn goes out.
//!
//! Read next: `inbound.rs`, the way of a child's words.

use crate::context::{Command, Context, Turn};
use crate::work::{Stop, Work};
use crate::{alive, delivery, desk, escalate, flow_walk, inbound, queue, timer};
use domain::{AccountId, ContactId, Conversation, ConversationId, Event, Lang, NotApplicable, Platform, Refusal};

/// Whom a command is about.
#[derive(Debug)]
pub enum Subject<'a> {
    /// A talk that begins with this command.
    New {
        /// Its id.
        id: ConversationId,
        /// With whom.
        contact: ContactId,
        /// Through which account.
        account: AccountId,
        /// Where.
        platform: Platform,
        /// Language to begin in: the app's if enabled, else the helpline's.
        lang: Lang,
    },
    /// A talk that goes on.
    Existing(&'a Conversation),
}

/// Why there is no turn.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Nothing to do: the message was taken before, the timer was moved, the key was seen.
    #[error("there is nothing to do")]
    Nothing,
    /// The talk is over: the child's message opens a new one.
    #[error("the conversation is closed")]
    Closed,
    /// A person's command can't be done.
    #[error("the command was refused")]
    Refused(#[source] Refusal),
    /// A bug: an event that the state can't take.
    #[error("the engine made an event that the conversation can't take")]
    Bug(#[source] NotApplicable),
}

/// One turn.
///
/// # Errors
/// [`StepError`]; the conversation is then unchanged.
pub fn step(subject: Subject<'_>, command: Command, ctx: Context<'_>) -> Result<Turn, StepError> {
    let mut work = begin(subject, ctx)?;
    let done = match command {
        Command::Inbound { seq, screened } => inbound::take(&mut work, seq, screened),
        Command::Timer { key } => timer::fire(&mut work, key),
        Command::Desk { who, command } => desk::act(&mut work, &who, command),
        Command::Delivered { message, outcome } => delivery::settle(&mut work, message, outcome),
        Command::CounsellorGone { by } => queue::counsellor_gone(&mut work, by),
        Command::RosterChanged => queue::roster_changed(&mut work),
        Command::PayWhatIsOwed => escalate::pay(&mut work),
        Command::FlowsChanged => flow_walk::flows_changed(&mut work),
    };
    match done {
        Ok(()) if work.is_empty() => Err(StepError::Nothing),
        Ok(()) => match alive::never_stuck(&mut work) {
            Ok(()) => Ok(work.finish()),
            Err(stop) => Err(error_of(stop)),
        },
        Err(stop) => Err(error_of(stop)),
    }
}

fn error_of(stop: Stop) -> StepError {
    match stop {
        Stop::Nothing => StepError::Nothing,
        Stop::Closed => StepError::Closed,
        Stop::Refused(refusal) => StepError::Refused(refusal),
        Stop::Bug(bug) => StepError::Bug(bug),
    }
}

fn begin<'a>(subject: Subject<'_>, ctx: Context<'a>) -> Result<Work<'a>, StepError> {
    match subject {
        Subject::Existing(conversation) => Ok(Work::on(conversation.clone(), ctx)),
        Subject::New { id, contact, account, platform, lang } => {
            let opened = Event::Opened { contact, account, platform, lang };
            let conversation = Conversation::open(id, &opened, ctx.now).map_err(StepError::Bug)?;
            Ok(Work::opened(conversation, opened, ctx))
        }
    }
}
