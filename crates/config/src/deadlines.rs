//! How soon a human must be there. The floors are in `domain::Urgency`; settings only shorten them.
//!
//! There is no way to make a [`Deadlines`] that is longer than the floors.

use domain::Urgency;
use std::time::Duration;

/// The deadlines of each urgency, each at most the floor in code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    rungs: [Rung; 4],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rung {
    offer: Duration,
    widen: Option<Duration>,
    supervisor: Duration,
    pager: Option<Duration>,
}

/// A deadline that a settings file can shorten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deadline {
    Offer,
    Widen,
    Supervisor,
    Pager,
}

/// The wish was longer than the floor, which is this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong(pub(crate) Duration);

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            rungs: Urgency::ALL.map(|urgency| Rung {
                offer: urgency.offer_within(),
                widen: urgency.widen_after(),
                supervisor: urgency.supervisor_after(),
                pager: urgency.pager_after(),
            }),
        }
    }
}

impl Deadlines {
    /// Longest time from asking to the first offer, when somebody is free.
    pub fn offer_within(&self, urgency: Urgency) -> Duration {
        self.rung(urgency).offer
    }

    /// Nobody accepted: to everyone free after this long. `None`: it already went to everyone.
    pub fn widen_after(&self, urgency: Urgency) -> Option<Duration> {
        self.rung(urgency).widen
    }

    /// Nobody accepted: the supervisor is told after this long.
    pub fn supervisor_after(&self, urgency: Urgency) -> Duration {
        self.rung(urgency).supervisor
    }

    /// Nobody accepted: the pager rings after this long. `None`: it doesn't ring.
    pub fn pager_after(&self, urgency: Urgency) -> Option<Duration> {
        self.rung(urgency).pager
    }

    /// Shortens one deadline; refused when it would be longer than the floor.
    pub(crate) fn shorten(&mut self, urgency: Urgency, which: Deadline, to: Duration) -> Result<(), TooLong> {
        let floor = match which {
            Deadline::Offer => Some(urgency.offer_within()),
            // No widening of its own: the first offer already goes to everyone.
            Deadline::Widen => Some(urgency.widen_after().unwrap_or(Duration::ZERO)),
            Deadline::Supervisor => Some(urgency.supervisor_after()),
            // No floor: the pager doesn't ring by itself, so any time is sooner.
            Deadline::Pager => urgency.pager_after(),
        };
        if let Some(floor) = floor
            && to > floor
        {
            return Err(TooLong(floor));
        }
        let rung = &mut self.rungs[urgency as usize];
        match which {
            Deadline::Offer => rung.offer = to,
            Deadline::Widen => rung.widen = Some(to).filter(|_| rung.widen.is_some()),
            Deadline::Supervisor => rung.supervisor = to,
            Deadline::Pager => rung.pager = Some(to),
        }
        Ok(())
    }

    fn rung(&self, urgency: Urgency) -> &Rung {
        &self.rungs[urgency as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wish_makes_a_deadline_longer_than_its_floor() {
        let which = [Deadline::Offer, Deadline::Widen, Deadline::Supervisor, Deadline::Pager];
        for urgency in Urgency::ALL {
            for deadline in which {
                for seconds in [0, 1, 9, 10, 11, 60, 61, 299, 301, 1_801, 100_000] {
                    let mut deadlines = Deadlines::default();
                    let _ = deadlines.shorten(urgency, deadline, Duration::from_secs(seconds));
                    assert!(deadlines.offer_within(urgency) <= urgency.offer_within());
                    assert!(deadlines.supervisor_after(urgency) <= urgency.supervisor_after());
                    assert!(deadlines.widen_after(urgency) <= urgency.widen_after());
                    if let Some(floor) = urgency.pager_after() {
                        assert!(deadlines.pager_after(urgency).unwrap() <= floor);
                    }
                }
            }
        }
    }

    #[test]
    fn the_rungs_stand_in_the_order_of_urgency() {
        for (place, urgency) in Urgency::ALL.into_iter().enumerate() {
            assert_eq!(urgency as usize, place);
        }
    }
}
