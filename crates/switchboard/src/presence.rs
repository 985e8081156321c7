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
use flow_script::FlowLibrary;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use store::Actor;

/// Wait between tries while the store can't be used.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Desks heard of lately.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    here: BTreeMap<CounsellorId, Here>,
    /// What those who fell silent had chosen: a desk that wakes up with nobody before it must not
    /// make anybody available.
    chosen: BTreeMap<CounsellorId, DutyState>,
}

#[derive(Debug)]
struct Here {
    counsellor: Counsellor,
    /// `None` while somebody is only expected back after a restart.
    duty: Option<DutyState>,
    seen_at: Timestamp,
}

impl Here {
    fn duty(&self) -> DutyState {
        self.duty.unwrap_or(DutyState::Busy)
    }
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
                duty: here.duty(),
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

    /// A sign of life; the first one makes the counsellor available, unless they chose otherwise.
    pub(crate) fn seen(&self, counsellor: Counsellor, chosen: Option<DutyState>) {
        let who = counsellor.id;
        let now = self.time.now();
        let changed = {
            let mut presence = held(&self.presence);
            let earlier = presence.chosen.remove(&who);
            let before = presence.here.get(&who).map(|here| here.duty);
            let duty = chosen.or(before.flatten()).or(earlier).unwrap_or(DutyState::Available);
            presence.here.insert(who, Here { counsellor, duty: Some(duty), seen_at: now });
            before != Some(Some(duty))
        };
        if changed {
            self.tell(Notice::Roster);
            self.wake_offers.notify_one();
            self.wake_presence.notify_one();
        }
    }

    fn is_here(&self, who: CounsellorId) -> bool {
        held(&self.presence).here.contains_key(&who)
    }

    /// Those who held a child before a restart get a minute to come back.
    pub(crate) fn expect_back(&self, everyone: &[Counsellor]) {
        let holding: BTreeSet<CounsellorId> = held(&self.holders).values().flatten().copied().collect();
        let now = self.time.now();
        let mut presence = held(&self.presence);
        for counsellor in everyone.iter().filter(|counsellor| holding.contains(&counsellor.id)) {
            presence.here.entry(counsellor.id).or_insert_with(|| Here {
                counsellor: counsellor.clone(),
                duty: None,
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
            if let Some(duty) = presence.here.remove(id).and_then(|here| here.duty) {
                presence.chosen.insert(*id, duty);
            }
        }
        lost
    }

    /// Children held by or offered to somebody who isn't here, however that came about.
    fn stranded(&self) -> Vec<(ConversationId, CounsellorId)> {
        let holders = held(&self.holders);
        let pairs = holders.iter().flat_map(|(id, by)| by.iter().map(|by| (*id, *by)));
        pairs.filter(|(_, by)| !self.is_here(*by)).collect()
    }
}

impl Switchboard {
    /// A desk is alive.
    pub async fn heartbeat(&self, who: CounsellorId) {
        if let Some(counsellor) = self.inner.known(who).await {
            self.inner.seen(counsellor, None);
        }
    }

    /// A counsellor chose to be available, busy or away.
    pub async fn duty(&self, who: CounsellorId, duty: DutyState) {
        if let Some(counsellor) = self.inner.known(who).await {
            self.inner.seen(counsellor, Some(duty));
        }
    }

    /// Who is here.
    pub fn roster(&self) -> Vec<RosterEntry> {
        self.inner.roster().entries
    }
}

/// Notices silent desks until the house stops.
pub(crate) async fn watch(inner: Arc<Inner>) {
    let mut again = false;
    loop {
        let soon = again.then(|| inner.time.now().plus(STORE_RETRY));
        let next = inner.next_loss().into_iter().chain(soon).min();
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
        }
        again = false;
        for (conversation, by) in inner.stranded() {
            again |= !give_up(&inner, conversation, by).await;
        }
    }
}

/// `false` when it must be tried again. One child's trouble must not hold up another's.
async fn give_up(inner: &Inner, conversation: ConversationId, by: CounsellorId) -> bool {
    if inner.is_here(by) {
        // Back while others were being seen to.
        return true;
    }
    let about = About::Conversation(conversation);
    let flows = inner.library();
    for flows in [flows.as_ref(), &FlowLibrary::default()] {
        let gone = || Command::CounsellorGone { by };
        match inner.turn_with(flows, &about, &Actor::House, &Settles::default(), |_| gone()).await {
            Ok(_) | Err(TurnError::Nothing | TurnError::Closed) => return true,
            Err(TurnError::Store(error)) => {
                tracing::error!(%error, "a lost counsellor can't be written down; trying again");
                return false;
            }
            Err(error) => {
                tracing::error!(%error, %conversation, "a lost counsellor's child could not be offered again");
            }
        }
    }
    false
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
                if !inner.pause(STORE_RETRY).await {
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
