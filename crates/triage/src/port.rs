//! The door to a machine that suggests. Nobody waits behind it (I6).
//!
//! It must never be called inside a turn: the answer to a child is on its way before a model is
//! asked. Read next: `suggestion.rs`.

use crate::Suggestion;
use async_trait::async_trait;
use domain::{Confidential, ConversationId, Lang, MessageId, Urgency};
use std::fmt;

/// One message of the child, for a model that runs in this house.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which.
    pub message: MessageId,
    /// The words. Data to a model, never instructions.
    pub text: Confidential<String>,
}

/// What a suggestion is asked about.
#[derive(Debug, Clone)]
pub struct Ask {
    /// About which talk.
    pub conversation: ConversationId,
    /// How urgent it is known to be: who is read first, and whose asking is dropped last.
    pub urgency: Urgency,
    /// The counsellor's language, for summary and questions.
    pub lang: Lang,
    /// The child's messages so far, oldest first.
    pub told: Vec<Told>,
}

/// Suggests, when it can.
///
/// An implementation bounds its own time and memory and answers `None` when it is late, broken or
/// unsure; it has no error to hand on, since nothing would be done differently.
#[async_trait]
pub trait Triage: Send + Sync + fmt::Debug {
    /// A suggestion about a talk. Dropping the future calls it off.
    async fn suggest(&self, ask: Ask) -> Option<Suggestion>;
}

/// No model: nothing is ever suggested, and nothing else changes.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoModel;

#[async_trait]
impl Triage for NoModel {
    async fn suggest(&self, _: Ask) -> Option<Suggestion> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn without_a_model_the_answer_is_there_at_once_and_empty() {
        let triage: Arc<dyn Triage> = Arc::new(NoModel);
        let mut answer = pin!(triage.suggest(Ask {
            conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
            urgency: Urgency::Routine,
            lang: Lang::EN,
            told: vec![Told { message: MessageId(1), text: Confidential::from("hello") }],
        }));
        let now = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(now, Poll::Ready(None));
    }
}
