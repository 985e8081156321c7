//! Makes schedules from a seed, and makes a failing one shorter. Pure.
//!
//! Read next: `schedule.rs`, which plays them.

use super::{Can, Trouble};

/// One step of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Says,
    Edits,
    Deletes,
    Attaches,
    Repeats,
    Sends,
    /// The process dies after a send was driven so many times.
    DiesSending(usize),
    Restarts,
    InboxRefuses,
    /// The trouble, and then a message into it.
    Suffers(Trouble),
    /// The platform goes down, these happen, it comes up.
    WhileDown(Vec<Act>),
    WhileBlocked,
}

/// A small generator (SplitMix64): the same seed gives the same schedule on every machine.
pub(super) struct Rng(pub(super) u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap_or(0)
    }
}

/// Troubles that are over with one message.
const PASSING: [Trouble; 8] = [
    Trouble::RateLimited,
    Trouble::AnswerLost,
    Trouble::ServerFault,
    Trouble::UnknownType,
    Trouble::Malformed,
    Trouble::Reordered,
    Trouble::ClockAhead,
    Trouble::ClockBehind,
];

/// A schedule of this length.
pub(super) fn plan(rng: &mut Rng, length: usize, can: &Can) -> Vec<Act> {
    (0..length).map(|_| act(rng, can)).collect()
}

fn act(rng: &mut Rng, can: &Can) -> Act {
    match rng.below(100) {
        0..25 => Act::Says,
        25..33 if can.edit => Act::Edits,
        33..37 if can.delete => Act::Deletes,
        37..42 if can.attach => Act::Attaches,
        42..48 if can.repeat => Act::Repeats,
        48..70 => Act::Sends,
        70..75 => Act::DiesSending(1 + rng.below(12)),
        75..80 => Act::Restarts,
        80..83 if can.keep => Act::InboxRefuses,
        83..95 => Act::Suffers(PASSING[rng.below(PASSING.len())]),
        95..98 => {
            let acts = (0..1 + rng.below(4)).map(|_| if rng.below(2) == 0 { Act::Says } else { Act::Sends });
            Act::WhileDown(acts.collect())
        }
        98..100 => Act::WhileBlocked,
        _ => Act::Says,
    }
}

/// The `at`-th shorter schedule: without a half, a quarter, and so on down to without one act.
pub(super) fn shorter(acts: &[Act], at: usize) -> Option<Vec<Act>> {
    let mut size = acts.len() / 2;
    let mut skip = at;
    while size > 0 {
        let pieces = acts.len().div_ceil(size);
        if skip < pieces {
            let from = skip * size;
            let to = (from + size).min(acts.len());
            return Some([&acts[..from], &acts[to..]].concat());
        }
        skip -= pieces;
        size /= 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Can = Can {
        edit: true,
        delete: true,
        attach: true,
        press: true,
        repeat: true,
        junk: true,
        lines: true,
        keep: true,
    };

    #[test]
    fn a_seed_is_a_schedule() {
        assert_eq!(plan(&mut Rng(7), 24, &ALL), plan(&mut Rng(7), 24, &ALL));
        assert_ne!(plan(&mut Rng(7), 24, &ALL), plan(&mut Rng(8), 24, &ALL));
    }

    #[test]
    fn a_dozen_seeds_hold_every_trouble() {
        let acts: Vec<Act> = (1..13).flat_map(|seed| plan(&mut Rng(seed), 24, &ALL)).collect();
        for trouble in PASSING {
            assert!(acts.contains(&Act::Suffers(trouble)), "{trouble:?} is in no schedule");
        }
        assert!(acts.contains(&Act::WhileBlocked));
        assert!(acts.iter().any(|act| matches!(act, Act::WhileDown(_))));
        assert!(acts.iter().any(|act| matches!(act, Act::DiesSending(_))));
    }

    #[test]
    fn every_act_can_be_left_out() {
        let acts = plan(&mut Rng(3), 9, &ALL);
        let mut seen = Vec::new();
        let mut at = 0;
        while let Some(fewer) = shorter(&acts, at) {
            assert!(fewer.len() < acts.len());
            seen.push(fewer.len());
            at += 1;
        }
        assert!(seen.ends_with(&[8; 9]), "{seen:?}");
    }
}
