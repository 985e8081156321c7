//! What every store refuses before it touches anything, and limits of size.
//!
//! It must never look at what words mean. Read next: `turns.rs`.

use crate::{StoreError, TurnCommit};
use domain::limits::INBOX_BATCH;
use domain::{AccountId, Inbound};

/// Largest item an adapter may hand in, in bytes of its JSON form: room for a platform's longest
/// message many times over, so that all of it can be screened.
pub const ITEM_BYTES: usize = 1 << 20;
/// Events of one turn.
pub const EVENTS_PER_TURN: usize = 1_000;
/// Messages to the child in one turn.
pub const OUTBOX_PER_TURN: usize = 200;
/// Rows a read returns at most, whatever was asked for.
pub const READ_ROWS: usize = 10_000;

fn invalid(why: String) -> Result<(), StoreError> {
    Err(StoreError::Invalid(why))
}

/// Refuses a batch that is too long or isn't the account's own.
///
/// # Errors
/// [`StoreError::Invalid`], saying what was found and what is allowed.
pub fn check_batch(account: &AccountId, batch: &[Inbound]) -> Result<(), StoreError> {
    if batch.len() > INBOX_BATCH {
        return invalid(format!("{} items in one batch, at most {INBOX_BATCH} are taken", batch.len()));
    }
    if let Some(place) = batch.iter().position(|item| item.account != *account) {
        return invalid(format!("item {place} of the batch for account {account} is another account's"));
    }
    Ok(())
}

/// Refuses an item that is too large.
///
/// # Errors
/// [`StoreError::Invalid`], saying what was found and what is allowed.
pub fn check_item_size(bytes: usize) -> Result<(), StoreError> {
    if bytes > ITEM_BYTES {
        return invalid(format!("an item of {bytes} bytes, at most {ITEM_BYTES} are taken"));
    }
    Ok(())
}

/// Refuses a turn whose parts don't fit together.
///
/// # Errors
/// [`StoreError::Invalid`], saying what doesn't fit.
pub fn check_turn(turn: &TurnCommit) -> Result<(), StoreError> {
    let id = turn.state.id;
    let count = turn.events.len();
    if count > EVENTS_PER_TURN || turn.outbox.len() > OUTBOX_PER_TURN {
        return invalid(format!(
            "a turn of {count} events and {} messages, at most {EVENTS_PER_TURN} and {OUTBOX_PER_TURN} are taken",
            turn.outbox.len()
        ));
    }
    let after = turn.expected.saturating_add(count as u64);
    if turn.state.version != after {
        let found = turn.state.version;
        return invalid(format!("conversation {id}: the state is at version {found}, its events end at {after}"));
    }
    if turn.expected == 0 && count == 0 {
        return invalid(format!("conversation {id}: a conversation begins with an event"));
    }
    for (place, event) in (turn.expected + 1..).zip(&turn.events) {
        if event.seq != place {
            return invalid(format!("conversation {id}: event {} stands in place {place}", event.seq));
        }
    }
    if turn.outbox.iter().any(|outbound| outbound.conversation != id) {
        return invalid(format!("conversation {id}: a message to send belongs to another conversation"));
    }
    if turn.outbox.windows(2).any(|pair| pair[0].message >= pair[1].message) {
        return invalid(format!("conversation {id}: messages to send are not in order"));
    }
    Ok(())
}

/// The refusals that both stores word alike.
pub mod refusals {
    use crate::StoreError;
    use domain::{ContactId, ConversationId, InboxSeq, MessageId};

    /// The contact was never received from.
    pub fn unknown_contact(contact: ContactId) -> StoreError {
        StoreError::Invalid(format!("contact {contact} isn't known"))
    }

    /// The row was taken before, or is another contact's.
    pub fn not_pending(seq: InboxSeq) -> StoreError {
        StoreError::Invalid(format!("inbox row {} doesn't wait for a turn of this contact", seq.0))
    }

    /// The row is settled already, or never was.
    pub fn not_unsettled(id: ConversationId, message: MessageId) -> StoreError {
        StoreError::Invalid(format!("conversation {id}: message {message} isn't waiting in the outbox"))
    }

    /// The number was given before.
    pub fn twice_in_outbox(id: ConversationId, message: MessageId) -> StoreError {
        StoreError::Invalid(format!("conversation {id}: message {message} is in the outbox already"))
    }

    /// Its key was destroyed.
    pub fn erased(id: ConversationId) -> StoreError {
        StoreError::Unreadable(format!("conversation {id} was erased"))
    }

    /// Only closed conversations can be erased.
    pub fn not_closed(id: ConversationId) -> StoreError {
        StoreError::Invalid(format!("conversation {id} isn't closed, so it can't be erased"))
    }

    /// There is none.
    pub fn unknown_conversation(id: ConversationId) -> StoreError {
        StoreError::Invalid(format!("there is no conversation {id}"))
    }

    /// Both conversations are of one contact.
    pub fn one_contact(id: ConversationId) -> StoreError {
        StoreError::Invalid(format!("conversation {id} and the other one are of the same contact"))
    }

    /// Parted already, or another contact's.
    pub fn no_link(id: ConversationId, number: u64) -> StoreError {
        StoreError::Invalid(format!("the contact of conversation {id} has no link {number}"))
    }

    /// Two people with one name to sign in.
    pub fn login_taken(login: &str) -> StoreError {
        StoreError::Invalid(format!("the login `{login}` belongs to someone else"))
    }
}
