//! The only effect of a suggestion: it may raise (I3, T4). Read next: `port.rs`.

use crate::Suggestion;
use domain::Urgency;

/// The urgency that a suggestion raises to; `None` when it isn't above the present one. There is
/// no suggestion that lowers anything.
pub fn raise_only(current: Urgency, suggestion: &Suggestion) -> Option<Urgency> {
    (suggestion.urgency_at_least > current).then_some(suggestion.urgency_at_least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ConversationId;
    use std::collections::BTreeSet;

    fn suggesting(urgency_at_least: Urgency) -> Suggestion {
        Suggestion {
            conversation: ConversationId::from_uuid(uuid::Uuid::from_u128(1)),
            rests_on: BTreeSet::new(),
            categories: BTreeSet::new(),
            urgency_at_least,
            summary: None,
            questions: Vec::new(),
            lang: None,
            age: None,
        }
    }

    #[test]
    fn over_all_pairs_it_raises_or_does_nothing() {
        for current in Urgency::ALL {
            for suggested in Urgency::ALL {
                let raised = raise_only(current, &suggesting(suggested));
                assert_eq!(raised, (suggested > current).then_some(suggested));
                assert!(raised.is_none_or(|raised| raised > current));
            }
        }
    }
}
