//! The ladder's deadlines: the floors in code, which a helpline can only shorten (E7).
//!
//! Read next: `queue.rs`, where they are set as timers.

use domain::Urgency;
use std::time::Duration;

/// The deadlines of each urgency. There is no way to make one longer than `domain::Urgency` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    rungs: [Rung; Urgency::ALL.len()],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rung {
    widen: Option<Duration>,
    supervisor: Duration,
    pager: Option<Duration>,
}

impl Default for Deadlines {
    fn default() -> Self {
        let floor = |urgency: Urgency| Rung {
            widen: urgency.widen_after(),
            supervisor: urgency.supervisor_after(),
            pager: urgency.pager_after(),
        };
        Self { rungs: Urgency::ALL.map(floor) }
    }
}

impl Deadlines {
    /// With a helpline's wishes for one urgency. A wish longer than the floor leaves the floor.
    #[must_use]
    pub fn sooner(
        mut self,
        urgency: Urgency,
        widen: Option<Duration>,
        supervisor: Duration,
        pager: Option<Duration>,
    ) -> Self {
        let rung = &mut self.rungs[urgency as usize];
        rung.widen = earlier(rung.widen, widen);
        rung.supervisor = rung.supervisor.min(supervisor);
        rung.pager = earlier(rung.pager, pager);
        self
    }

    /// `None`: the offer is open to everyone from the start.
    pub(crate) fn widen_after(&self, urgency: Urgency) -> Option<Duration> {
        self.rungs[urgency as usize].widen?;
        self.up_to(urgency).filter_map(|rung| rung.widen).min()
    }

    pub(crate) fn supervisor_after(&self, urgency: Urgency) -> Duration {
        self.up_to(urgency).map(|rung| rung.supervisor).min().unwrap_or_default()
    }

    /// `None`: the pager doesn't ring.
    pub(crate) fn pager_after(&self, urgency: Urgency) -> Option<Duration> {
        self.up_to(urgency).filter_map(|rung| rung.pager).min()
    }

    /// A wish for a lower urgency holds for the higher ones, too: a rise never makes anyone wait longer.
    fn up_to(&self, urgency: Urgency) -> impl Iterator<Item = &Rung> {
        self.rungs.iter().take(urgency as usize + 1)
    }
}

/// `None` is never.
fn earlier(floor: Option<Duration>, wish: Option<Duration>) -> Option<Duration> {
    match (floor, wish) {
        (Some(floor), Some(wish)) => Some(floor.min(wish)),
        (floor, wish) => floor.or(wish),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_can_only_shorten() {
        let second = Duration::from_secs(1);
        let long = Duration::from_secs(100_000);
        for urgency in Urgency::ALL {
            let slower = Deadlines::default().sooner(urgency, Some(long), long, None);
            assert!(slower.widen_after(urgency).is_some_and(|after| after <= long));
            assert_eq!(slower.supervisor_after(urgency), urgency.supervisor_after());
            assert_eq!(slower.pager_after(urgency), urgency.pager_after());
            let quicker = Deadlines::default().sooner(urgency, Some(second), second, Some(second));
            assert_eq!(quicker.pager_after(urgency), Some(second));
            assert!(quicker.supervisor_after(urgency) <= second);
        }
    }

    #[test]
    fn a_rise_never_makes_anyone_wait_longer() {
        let second = Duration::from_secs(1);
        let wished = Deadlines::default().sooner(Urgency::Routine, Some(second), second, Some(second));
        for urgency in Urgency::ALL {
            assert!(wished.widen_after(urgency).is_none_or(|after| after == second));
            assert!(wished.supervisor_after(urgency) <= second);
            assert_eq!(wished.pager_after(urgency), Some(second));
        }
    }
}
