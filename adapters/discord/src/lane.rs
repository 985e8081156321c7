//! The talks, each with what waits in it while its history is read.
//!
//! A talk whose history isn't read yet keeps what comes live, so that nothing overtakes what was missed.
//! Talks in which something waits are read at once; the others a few at a time. Read next: `history.rs`.

use crate::asked::Pending;
use crate::event::Heard;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Histories read at the same time when nobody waits for them.
const AT_ONCE: usize = 4;

/// What an event brought, waiting for its turn.
#[derive(Debug)]
pub(crate) struct Waits {
    /// Shard and number of the event.
    pub(crate) at: (u32, u64),
    /// The id of a new message: whatever is newer comes live, too.
    pub(crate) said: Option<u64>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) pending: Option<Pending>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unread,
    /// Being read; whatever comes new after this reading began is in it or waits.
    Reading,
    Read,
}

#[derive(Debug)]
struct Lane {
    stage: Stage,
    /// To be looked through once more although it has no known gap; nothing waits for that.
    check: bool,
    waits: VecDeque<Waits>,
}

impl Lane {
    const fn new(stage: Stage) -> Self {
        Self { stage, check: false, waits: VecDeque::new() }
    }
}

/// All talks that are known.
#[derive(Debug)]
pub(crate) struct Lanes {
    lanes: HashMap<u64, Lane>,
    /// Nobody waits in these; the last is read first.
    idle: Vec<u64>,
    /// Somebody waits in these.
    urgent: VecDeque<u64>,
    room: Arc<Semaphore>,
    /// How many aren't read.
    unread: usize,
}

impl Lanes {
    /// Talks known from before, the last active ones last: `whole` when none has a gap.
    pub(crate) fn new(known: impl Iterator<Item = u64>, whole: bool) -> Self {
        let idle: Vec<u64> = known.collect();
        let stage = if whole { Stage::Read } else { Stage::Unread };
        let lanes = idle.iter().map(|channel| (*channel, Lane::new(stage))).collect::<HashMap<_, _>>();
        let unread = if whole { 0 } else { lanes.len() };
        Self { lanes, idle, urgent: VecDeque::new(), room: Arc::new(Semaphore::new(AT_ONCE)), unread }
    }

    /// Gives back what may be handed in now; otherwise it waits.
    pub(crate) fn pass(&mut self, channel: u64, waits: Waits) -> Option<Waits> {
        let unread = &mut self.unread;
        let lane = self.lanes.entry(channel).or_insert_with(|| {
            *unread += 1;
            Lane::new(Stage::Unread)
        });
        if lane.stage == Stage::Read {
            return Some(waits);
        }
        if lane.stage == Stage::Unread && lane.waits.is_empty() {
            self.urgent.push_back(channel);
        }
        lane.waits.push_back(waits);
        None
    }

    /// The next talk whose history is to be read. The permit is held while it is being asked for; those in
    /// which somebody waits need none.
    pub(crate) fn next_to_read(&mut self) -> Option<(u64, Option<OwnedSemaphorePermit>)> {
        while let Some(channel) = self.urgent.pop_front() {
            if self.begin(channel) {
                return Some((channel, None));
            }
        }
        while let Some(channel) = self.idle.last().copied() {
            if self.lanes.get(&channel).is_none_or(|lane| lane.stage != Stage::Unread && !lane.check) {
                self.idle.pop();
                continue;
            }
            let permit = Arc::clone(&self.room).try_acquire_owned().ok()?;
            self.idle.pop();
            self.begin(channel);
            return Some((channel, Some(permit)));
        }
        None
    }

    fn begin(&mut self, channel: u64) -> bool {
        let lane = self.lanes.get_mut(&channel);
        match lane {
            Some(lane) if lane.check && lane.stage == Stage::Read => {
                lane.check = false;
                true
            }
            Some(lane) if lane.stage == Stage::Unread => {
                lane.stage = Stage::Reading;
                true
            }
            _ => false,
        }
    }

    /// A talk's history is read: what waited in it goes on, in order. Only looked through: nothing waited.
    pub(crate) fn read(&mut self, channel: u64) -> VecDeque<Waits> {
        match self.lanes.get_mut(&channel) {
            Some(lane) if lane.stage == Stage::Reading => {
                lane.stage = Stage::Read;
                self.unread -= 1;
                std::mem::take(&mut lane.waits)
            }
            // A gap opened meanwhile: it is read once more, and what waits goes on waiting.
            _ => VecDeque::new(),
        }
    }

    /// Is this talk's history read, so that what comes live is handed in at once?
    pub(crate) fn is_read(&self, channel: u64) -> bool {
        self.lanes.get(&channel).is_some_and(|lane| lane.stage == Stage::Read)
    }

    /// There should be no gap; every talk is looked through all the same, and nothing waits for it.
    pub(crate) fn check_all(&mut self) {
        let read = self.lanes.iter_mut().filter(|(_, lane)| lane.stage == Stage::Read);
        let read = read.map(|(channel, lane)| {
            lane.check = true;
            *channel
        });
        self.idle.extend(read);
    }

    /// A gap: every talk is to be read again.
    pub(crate) fn all_unread(&mut self) {
        self.idle = self.lanes.keys().copied().collect();
        self.unread = self.lanes.len();
        for (channel, lane) in &mut self.lanes {
            lane.stage = Stage::Unread;
            lane.check = false;
            if !lane.waits.is_empty() {
                self.urgent.push_back(*channel);
            }
        }
    }

    /// Nothing is left to be read.
    pub(crate) const fn all_read(&self) -> bool {
        self.unread == 0
    }

    /// The events that wait.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let busy = self.lanes.values().filter(|lane| lane.stage != Stage::Read);
        busy.flat_map(|lane| lane.waits.iter().map(|waits| waits.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64) -> Waits {
        Waits { at: (0, seq), said: None, heard: Vec::new(), pending: None }
    }

    fn seqs(waits: impl IntoIterator<Item = Waits>) -> Vec<u64> {
        waits.into_iter().map(|waits| waits.at.1).collect()
    }

    #[test]
    fn what_comes_live_waits_for_the_history_of_its_own_talk_only() {
        let mut lanes = Lanes::new([1, 2].into_iter(), false);
        assert!(lanes.pass(1, event(10)).is_none());
        assert_eq!(lanes.next_to_read().map(|(channel, permit)| (channel, permit.is_some())), Some((1, false)));
        assert!(lanes.pass(1, event(11)).is_none());
        assert_eq!(lanes.waiting().collect::<Vec<_>>(), [(0, 10), (0, 11)]);
        assert_eq!(seqs(lanes.read(1)), [10, 11]);
        assert_eq!(lanes.pass(1, event(12)).map(|waits| waits.at.1), Some(12));
        assert!(!lanes.all_read());
        assert_eq!(lanes.next_to_read().map(|(channel, _)| channel), Some(2));
        lanes.read(2);
        assert!(lanes.all_read() && lanes.next_to_read().is_none());
    }

    #[test]
    fn a_gap_while_reading_is_read_once_more() {
        let mut lanes = Lanes::new([1].into_iter(), false);
        assert!(lanes.next_to_read().is_some());
        assert!(lanes.pass(1, event(10)).is_none());
        lanes.all_unread();
        assert!(lanes.read(1).is_empty(), "this reading began before the gap");
        assert!(!lanes.all_read());
        assert!(lanes.next_to_read().is_some());
        assert_eq!(seqs(lanes.read(1)), [10]);
        assert!(lanes.all_read());
    }

    #[test]
    fn a_talk_without_a_gap_is_looked_through_while_what_comes_goes_on() {
        let mut lanes = Lanes::new([1].into_iter(), true);
        assert!(lanes.all_read() && lanes.next_to_read().is_none());
        lanes.check_all();
        assert_eq!(lanes.next_to_read().map(|(channel, _)| channel), Some(1));
        assert!(lanes.pass(1, event(10)).is_some() && lanes.is_read(1));
        assert!(lanes.read(1).is_empty() && lanes.all_read() && lanes.next_to_read().is_none());
    }

    #[test]
    fn few_histories_are_read_at_once_when_nobody_waits() {
        let mut lanes = Lanes::new(0..10, false);
        let mut held = Vec::new();
        while let Some(next) = lanes.next_to_read() {
            held.push(next);
        }
        assert_eq!(held.len(), AT_ONCE);
        assert!(lanes.pass(99, event(1)).is_none());
        assert_eq!(lanes.next_to_read().map(|(channel, _)| channel), Some(99), "a waiting child goes first");
    }
}
