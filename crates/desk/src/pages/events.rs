//! `GET /desk/events`: what moved, as server-sent events. Only ids, never words: the page then reads
//! the part anew, with its rights checked again. Changes that come together are told together.
//!
//! It must never go on after the session ended or the house is stopping.
//! Read next: `assets/desk.js`.

use crate::Change;
use crate::auth::SignedIn;
use crate::desk::Desk;
use crate::web::DeskError;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::Role;
use futures_util::Stream;
use futures_util::stream::unfold;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// Changes told in one event.
#[derive(Default)]
struct Moved {
    /// Something was missed: read everything anew.
    all: bool,
    board: bool,
    conversations: BTreeSet<domain::ConversationId>,
}

impl Moved {
    fn take(&mut self, change: Change) {
        self.board = true;
        match change {
            Change::Conversation { id, .. } => {
                self.conversations.insert(id);
            }
            Change::Everything => self.all = true,
            Change::Roster | Change::Channels | Change::Alarm { .. } => {}
        }
    }

    fn told(&self) -> Event {
        let ids: Vec<String> = self.conversations.iter().map(ToString::to_string).collect();
        let line = serde_json::json!({ "all": self.all, "board": self.board, "conversations": ids });
        Event::default().event("moved").data(line.to_string())
    }
}

struct Live {
    desk: Arc<Desk>,
    who: SignedIn,
    changes: Receiver<Change>,
    greeted: bool,
}

/// The stream.
pub(crate) async fn events(
    State(desk): State<Arc<Desk>>,
    who: SignedIn,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, DeskError> {
    if who.counsellor.role == Role::Admin {
        return Err(DeskError::Forbidden);
    }
    // Listening begins before the greeting: what moves in between isn't missed.
    let changes = desk.door.changes();
    desk.door.heartbeat(who.counsellor.id).await;
    let live = Live { desk, who, changes, greeted: false };
    Ok(Sse::new(unfold(live, next)).keep_alive(KeepAlive::default()))
}

async fn next(mut live: Live) -> Option<(Result<Event, Infallible>, Live)> {
    if !live.greeted {
        live.greeted = true;
        let all = Moved { all: true, board: true, ..Moved::default() };
        return Some((Ok(all.told()), live));
    }
    let stopping = live.desk.stopping.clone();
    let first = tokio::select! {
        () = stopping.cancelled() => return None,
        first = live.changes.recv() => first,
    };
    if !live.who.still_valid(&live.desk, live.desk.door.now()).await {
        return None;
    }
    let mut moved = Moved::default();
    match first {
        Ok(change) => moved.take(change),
        Err(RecvError::Lagged(_)) => moved.all = true,
        Err(RecvError::Closed) => return None,
    }
    loop {
        match live.changes.try_recv() {
            Ok(change) => moved.take(change),
            Err(TryRecvError::Lagged(_)) => moved.all = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    Some((Ok(moved.told()), live))
}
