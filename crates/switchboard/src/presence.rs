//! Who is here: desks heard of within the last minute (E9).
//!
//! A desk that falls silent for `limits::HEARTBEAT_LOST` is gone: its children are offered again.
//! After a restart, whoever held a child is given that minute to come back.

use crate::house::{Inner, Notice, Switchboard, held};
use crate::turn::{About, Settles, TurnError};
use domain::limits::HEARTBEAT_LOST;
use domain::{
    Conversation, ConversationId, Counsellor, CounsellorId, DutyState, Roster, RosterEntry, Stage, StageName,
    Timestamp,
};
use engine::Command;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use store::Actor;

/// Desks heard of lately.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    here: BTreeMap<CounsellorId, Here>,
}

#[derive(Debug)]
struct Here {
    counsellor: Counsellor,
    duty: DutyState,
    seen_at: Timestamp,
}

/// Who holds or is offered the child.
pub(crate) fn holders_of(conversation: &Conversation) -> BTreeSet<CounsellorId> {
    match &conversation.stage {
        Stage::Offered(offered) => offered.to.clone(),
        stage => stage.engaged().map(|engaged| engaged.by).into_iter().collect(),
    }
}

impl Inner {
    /// Everyone who is here, as the engine needs it.
    pub(crate) fn roster(&self) -> Roster {
        let mut load: BTreeMap<CounsellorId, u32> = BTreeMap::new();
        for holders in held(&self.holders).values() {
            for holder in holders {
                *load.entry(*holder).or_default() += 1;
            }
        }
        let entries = held(&self.presence)
            .here
            .values()
            .map(|here| RosterEntry {
                counsellor: here.counsellor.clone(),
                duty: here.duty,
                load: load.get(&here.counsellor.id).copied().unwrap_or(0),
                seen_at: here.seen_at,
            })
            .collect();
        Roster { entries, most_each: self.settings.most_each }
    }

    async fn known(&self, who: CounsellorId) -> Option<Counsellor> {
        if let Some(here) = held(&self.presence).here.get(&who) {
            return Some(here.counsellor.clone());
        }
        match self.store.counsellors().await {
            Ok(everyone) => everyone.into_iter().find(|counsellor| counsellor.id == who),
            Err(error) => {
                tracing::error!(%error, "counsellors can't be read");
                None
            }
        }
    }

    /// A sign of life; the first one makes the counsellor available.
    pub(crate) async fn seen(&self, who: CounsellorId, duty: Option<DutyState>) {
        let Some(counsellor) = self.known(who).await else { return };
        let now = self.time.now();
        let changed = {
            let mut presence = held(&self.presence);
            match presence.here.get_mut(&who) {
                Some(here) => {
                    here.seen_at = now;
                    let before = here.duty;
                    here.duty = duty.unwrap_or(before);
                    before != here.duty
                }
                None => {
                    let duty = duty.unwrap_or(DutyState::Available);
                    presence.here.insert(who, Here { counsellor, duty, seen_at: now });
                    true
                }
            }
        };
        if changed {
            self.tell(Notice::Roster);
            self.wake_offers.notify_one();
            self.wake_presence.notify_one();
        }
    }

    /// Those who held a child before a restart get a minute to come back.
    pub(crate) fn expect_back(&self, everyone: &[Counsellor]) {
        let holding: BTreeSet<CounsellorId> = held(&self.holders).values().flatten().copied().collect();
        let now = self.time.now();
        let mut presence = held(&self.presence);
        for counsellor in everyone.iter().filter(|counsellor| holding.contains(&counsellor.id)) {
            presence.here.entry(counsellor.id).or_insert_with(|| Here {
                counsellor: counsellor.clone(),
                duty: DutyState::Busy,
                seen_at: now,
            });
        }
    }

    fn next_loss(&self) -> Option<Timestamp> {
        held(&self.presence).here.values().map(|here| here.seen_at.plus(HEARTBEAT_LOST)).min()
    }

    fn lose_the_silent(&self) -> Vec<CounsellorId> {
        let now = self.time.now();
        let mut presence = held(&self.presence);
        let lost: Vec<CounsellorId> = presence
            .here
            .iter()
            .filter(|(_, here)| now.since(here.seen_at) >= HEARTBEAT_LOST)
            .map(|(id, _)| *id)
            .collect();
        for id in &lost {
            presence.here.remove(id);
        }
        lost
    }

    fn held_by(&self, who: CounsellorId) -> Vec<ConversationId> {
        held(&self.holders).iter().filter(|(_, holders)| holders.contains(&who)).map(|(id, _)| *id).collect()
    }
}

impl Switchboard {
    /// A desk is alive.
    pub async fn heartbeat(&self, who: CounsellorId) {
        self.inner.seen(who, None).await;
    }

    /// A counsellor chose to be available, busy or away.
    pub async fn duty(&self, who: CounsellorId, duty: DutyState) {
        self.inner.seen(who, Some(duty)).await;
    }

    /// Who is here.
    pub fn roster(&self) -> Vec<RosterEntry> {
        self.inner.roster().entries
    }
}

/// Notices silent desks until the house stops.
pub(crate) async fn watch(inner: Arc<Inner>) {
    loop {
        let next = inner.next_loss();
        let later = async {
            match next {
                Some(at) => inner.time.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = inner.wake_presence.notified() => {}
            () = later => {}
            () = inner.stop.cancelled() => return,
        }
        for lost in inner.lose_the_silent() {
            tracing::warn!(counsellor = %lost, "a desk hasn't been heard of for a minute");
            inner.tell(Notice::Roster);
            for conversation in inner.held_by(lost) {
                give_up(&inner, conversation, lost).await;
            }
        }
    }
}

async fn give_up(inner: &Inner, conversation: ConversationId, by: CounsellorId) {
    let about = About::Conversation(conversation);
    loop {
        let done = inner.turn(&about, &Actor::House, &Settles::default(), || Command::CounsellorGone { by }).await;
        match done {
            Ok(_) | Err(TurnError::Nothing) => return,
            Err(TurnError::Store(error)) => {
                tracing::error!(%error, "a lost counsellor can't be written down; trying again")
            }
            Err(error) => {
                tracing::error!(%error, %conversation, "a lost counsellor's child could not be offered again");
                return;
            }
        }
        if !inner.pause(Duration::from_secs(1)).await {
            return;
        }
    }
}

/// Tells waiting children's conversations, most urgent first, that somebody may be free.
pub(crate) async fn offer(inner: Arc<Inner>) {
    loop {
        tokio::select! {
            () = inner.wake_offers.notified() => {}
            () = inner.stop.cancelled() => return,
        }
        let board = match inner.store.board().await {
            Ok(board) => board,
            Err(error) => {
                tracing::error!(%error, "the board can't be read; trying again");
                inner.wake_offers.notify_one();
                if !inner.pause(Duration::from_secs(1)).await {
                    return;
                }
                continue;
            }
        };
        for row in board
            .iter()
            .filter(|row| matches!(row.stage, StageName::Queued | StageName::AwaitingReturn | StageName::Offered))
        {
            let about = About::Conversation(row.id);
            match inner.turn(&about, &Actor::House, &Settles::default(), || Command::RosterChanged).await {
                Ok(_) | Err(TurnError::Nothing | TurnError::Closed) => {}
                Err(error) => {
                    tracing::error!(%error, conversation = %row.id, "a waiting child could not be offered")
                }
            }
        }
    }
}
