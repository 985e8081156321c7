//! `POST /desk/c/{id}/link` and `/unlink`: the child said that another contact is theirs, too (K1).
//!
//! It must never link by itself, nor without the counsellor saying that the child said so.
//! Read next: `../render/linked.rs`.

use super::send::conversation_id;
use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::reading;
use crate::web::{Asked, DeskError, Posted, done};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{ConversationId, Role};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Actor, AuditEntry, StoreError};

/// Fewer digits name too many conversations.
const FEWEST_DIGITS: usize = 4;

/// Links this child with the contact of another conversation.
pub(crate) async fn link(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    may_link(&desk, &posted.who, id).await?;
    if posted.fields.get("said") != "yes" {
        return Err(DeskError::BadForm);
    }
    let other = named(&desk, posted.fields.get("other")).await?;
    let (by, now) = (posted.who.counsellor.id, desk.door.now());
    let audit = audit(&posted.who, id, now, "linked");
    desk.store.link(id, other, by, now, audit).await.map_err(refused)?;
    Ok(done(Asked::of(&posted.headers), &format!("/desk/c/{id}")))
}

/// Takes a link back.
pub(crate) async fn unlink(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, DeskError> {
    let id = conversation_id(&id)?;
    may_link(&desk, &posted.who, id).await?;
    let number = posted.fields.get("link").parse().map_err(|_| DeskError::BadForm)?;
    let audit = audit(&posted.who, id, desk.door.now(), "unlinked");
    desk.store.unlink(id, number, audit).await.map_err(refused)?;
    Ok(done(Asked::of(&posted.headers), &format!("/desk/c/{id}")))
}

/// Whoever has the child, or a supervisor: nobody else has heard the child's word.
async fn may_link(desk: &Desk, who: &SignedIn, id: ConversationId) -> Result<(), DeskError> {
    let conversation = reading::allowed(desk, who, id).await?;
    let has_the_child = conversation.stage.engaged().is_some_and(|engaged| engaged.by == who.counsellor.id);
    if has_the_child || who.counsellor.role == Role::Supervisor { Ok(()) } else { Err(DeskError::Forbidden) }
}

/// A conversation by its short name, as read aloud among colleagues, or by its page's address.
async fn named(desk: &Desk, typed: &str) -> Result<ConversationId, DeskError> {
    let last = typed.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let digits: String = last.chars().filter(|c| *c != '-').collect();
    if digits.len() < FEWEST_DIGITS || digits.len() > 32 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(DeskError::NotFound);
    }
    match desk.store.named(&digits).await?.as_slice() {
        [one] => Ok(*one),
        _ => Err(DeskError::NotFound),
    }
}

fn audit(who: &SignedIn, id: ConversationId, at: domain::Timestamp, action: &str) -> AuditEntry {
    AuditEntry {
        at,
        actor: Actor::Person { id: who.counsellor.id },
        conversation: Some(id),
        action: action.to_owned(),
        facts: BTreeMap::from([("because".to_owned(), "the child said so".to_owned())]),
    }
}

fn refused(error: StoreError) -> DeskError {
    match error {
        // Erased meanwhile, the same child, or parted already.
        StoreError::Invalid(_) => DeskError::NotFound,
        other => other.into(),
    }
}
