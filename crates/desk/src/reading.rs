//! Reading a conversation for a desk: who may, and everything the page needs in one go.
//!
//! It must never return words to somebody [`may_open`] refuses, nor unaudited.
//! Read next: `pages/conversation.rs`.

use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::web::DeskError;
use domain::{
    Closed, Confidential, Conversation, ConversationId, Counsellor, CounsellorId, DeskCommand, Event, Recorded,
    RefusalCode, Role, Stage, StageName,
};
use std::collections::BTreeMap;
use store::{Linked, QueueRow, StoreError};

/// Events read at once.
const PAGE: usize = 500;
/// Earlier contacts shown.
const EARLIER: usize = 5;

/// A conversation as one page needs it.
pub(crate) struct Reading {
    pub(crate) conversation: Conversation,
    pub(crate) events: Vec<Recorded>,
    pub(crate) earlier: Vec<QueueRow>,
    /// Contacts that are the same child, by the child's word.
    pub(crate) linked: Vec<Linked>,
    pub(crate) names: Names,
}

/// First names of everyone who works here.
#[derive(Clone, Default)]
pub(crate) struct Names(BTreeMap<CounsellorId, String>);

impl Names {
    pub(crate) async fn read(desk: &Desk) -> Result<Self, DeskError> {
        let everyone = desk.store.counsellors().await?;
        Ok(Self(everyone.into_iter().map(|one| (one.id, one.first_name)).collect()))
    }

    pub(crate) fn of(&self, id: CounsellorId) -> &str {
        self.0.get(&id).map_or("?", String::as_str)
    }
}

/// May this person read the words of a conversation at this stage? Supervisors may read any.
/// Counsellors: what is offered to them, what waits in the queue, what is or was theirs.
pub(crate) fn may_open(person: &Counsellor, stage: &Stage) -> bool {
    match person.role {
        Role::Admin => false,
        Role::Supervisor => true,
        Role::Counsellor => match stage {
            Stage::Queued(_) | Stage::AwaitingReturn(_) => true,
            Stage::Offered(offered) => offered.to.contains(&person.id),
            Stage::Accepted(e) | Stage::Introduced(e) | Stage::Live(e) | Stage::Wrapping(e) => e.by == person.id,
            Stage::Closed(Closed::Human { by_whom, .. }) => *by_whom == person.id,
            Stage::WithBot | Stage::Requested(_) | Stage::Parked(_) | Stage::Closed(Closed::Child { .. }) => false,
        },
    }
}

/// The same for a row of the queue, which holds no words.
pub(crate) fn row_opens(person: &Counsellor, row: &QueueRow) -> bool {
    match person.role {
        Role::Admin => false,
        Role::Supervisor => true,
        Role::Counsellor => match row.stage {
            StageName::Queued | StageName::AwaitingReturn => true,
            StageName::WithBot | StageName::Requested | StageName::Parked | StageName::Closed => false,
            _ => row.counsellors.contains(&person.id),
        },
    }
}

/// How a reading is audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audited {
    /// Somebody opened the page: always.
    Opened,
    /// An open page renews itself: only when this session hasn't been noted yet.
    Renewed,
}

/// Reads a conversation for somebody, after checking that they may and noting that they did.
pub(crate) async fn read(
    desk: &Desk,
    who: &SignedIn,
    id: ConversationId,
    audited: Audited,
) -> Result<Reading, DeskError> {
    allowed(desk, who, id).await?;
    let noted = match audited {
        Audited::Opened => false,
        Audited::Renewed => is_noted(&all_events(desk, id).await?, who),
    };
    if !noted {
        desk.door.submit(who.counsellor.id, id, DeskCommand::View).await.map_err(|refusal| {
            match refusal.code {
                RefusalCode::NotFound => DeskError::NotFound,
                RefusalCode::NotAllowed | RefusalCode::NotYours | RefusalCode::TakenByAnother => {
                    DeskError::Forbidden
                }
                _ => DeskError::Unavailable,
            }
        })?;
    }
    // Read after the note, so that words and state are of one moment or newer, and checked again:
    // the offer may have gone to somebody else meanwhile.
    let events = all_events(desk, id).await?;
    let log = events.iter().map(|one| (&one.event, one.at));
    let conversation = Conversation::replay(id, log).map_err(|_| {
        tracing::error!(conversation = %id, "a conversation's log can't be replayed");
        DeskError::Unavailable
    })?;
    if !may_open(&who.counsellor, &conversation.stage) {
        return Err(DeskError::Forbidden);
    }
    let earlier = desk.store.earlier(id, EARLIER).await?;
    let linked = desk.store.linked(id, EARLIER).await?;
    Ok(Reading { conversation, events, earlier, linked, names: Names::read(desk).await? })
}

/// The state, when this person may open it.
pub(crate) async fn allowed(desk: &Desk, who: &SignedIn, id: ConversationId) -> Result<Conversation, DeskError> {
    if who.counsellor.role == Role::Admin {
        return Err(DeskError::Forbidden);
    }
    let Some(conversation) = desk.store.load(id).await.map_err(erased_or_unavailable)? else {
        // Nothing to load: never there, or its words were deleted. Reading events tells which.
        all_events(desk, id).await?;
        return Err(DeskError::NotFound);
    };
    if may_open(&who.counsellor, &conversation.stage) { Ok(conversation) } else { Err(DeskError::Forbidden) }
}

/// This session's look at the conversation is in the log already.
fn is_noted(events: &[Recorded], who: &SignedIn) -> bool {
    let mine = |event: &Event| matches!(event, Event::Viewed { by } if *by == who.counsellor.id);
    events.iter().any(|one| one.at >= who.session.created_at && mine(&one.event))
}

async fn all_events(desk: &Desk, id: ConversationId) -> Result<Vec<Recorded>, DeskError> {
    let mut all: Vec<Recorded> = Vec::new();
    loop {
        let after = all.last().map_or(0, |one| one.seq);
        let more = desk.store.events(id, after, PAGE).await.map_err(erased_or_unavailable)?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

fn erased_or_unavailable(error: StoreError) -> DeskError {
    match error {
        StoreError::Unreadable(_) => DeskError::Erased,
        other => other.into(),
    }
}

/// Text to show from a confidential value. The one door for words on their way into a page.
pub(crate) fn words(text: &Confidential<String>) -> &str {
    text.text()
}
