//! Who is read first, and whose asking is dropped when too many wait.
//!
//! It must never grow beyond its length, never keep a counsellor's page or a child waiting, and
//! never drop a more urgent asking for a less urgent one. Read next: `worker.rs`.

use crate::{Ask, Suggestion};
use domain::Urgency;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// One asking and where its answer goes.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) ask: Ask,
    pub(super) answer: oneshot::Sender<Suggestion>,
}

impl Job {
    /// Is somebody still waiting for it?
    pub(super) fn wanted(&self) -> bool {
        !self.answer.is_closed()
    }
}

#[derive(Debug)]
struct Line {
    /// Oldest first.
    waiting: Vec<Job>,
    open: bool,
}

/// A bounded line, ordered by urgency, then age.
#[derive(Debug)]
pub(super) struct Queue {
    line: Mutex<Line>,
    came: Condvar,
    most: usize,
}

impl Queue {
    pub(super) fn new(most: usize) -> Self {
        Self { line: Mutex::new(Line { waiting: Vec::new(), open: true }), came: Condvar::new(), most }
    }

    /// Puts it in line. When the line is too long, the oldest of the least urgent leaves it;
    /// answers how many askings that somebody still waited for were dropped.
    pub(super) fn push(&self, job: Job) -> u64 {
        let mut line = self.line();
        if !line.open {
            return 1;
        }
        line.waiting.retain(Job::wanted);
        line.waiting.push(job);
        self.came.notify_one();
        if line.waiting.len() <= self.most {
            return 0;
        }
        if let Some(least) = place(&line.waiting, |a, b| a < b) {
            line.waiting.remove(least);
        }
        1
    }

    /// Waits for the next; `None` when the house closes.
    pub(super) fn next(&self) -> Option<Job> {
        let mut line = self.line();
        loop {
            if !line.open {
                return None;
            }
            line.waiting.retain(Job::wanted);
            if let Some(first) = place(&line.waiting, |a, b| a > b) {
                return Some(line.waiting.remove(first));
            }
            line = self.came.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nobody works here any more: who waits gets no suggestion, at once.
    pub(super) fn close(&self) {
        let mut line = self.line();
        line.open = false;
        line.waiting.clear();
        self.came.notify_all();
    }

    pub(super) fn is_open(&self) -> bool {
        self.line().open
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of the first job whose urgency is better than every earlier one's.
fn place(waiting: &[Job], better: impl Fn(Urgency, Urgency) -> bool) -> Option<usize> {
    let mut best: Option<(usize, Urgency)> = None;
    for (place, job) in waiting.iter().enumerate() {
        if best.is_none_or(|(_, urgency)| better(job.ask.urgency, urgency)) {
            best = Some((place, job.ask.urgency));
        }
    }
    best.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use Urgency::{Emergency, Routine, Soon, Urgent};
    use domain::{ConversationId, Lang};

    /// Pushes these in order into a line of three; who is read, in order, and how many are dropped.
    fn check(urgencies: &[Urgency], read: &[(u128, Urgency)], dropped: u64) {
        let queue = Queue::new(3);
        let mut found = 0;
        let mut askers = Vec::new();
        for (number, urgency) in (1..).zip(urgencies) {
            let (job, asker) = job(number, *urgency);
            askers.push(asker);
            found += queue.push(job);
        }
        let order: Vec<_> = read.iter().map(|_| queue.next().unwrap().ask).collect();
        let order: Vec<_> = order.iter().map(|ask| (ask.conversation, ask.urgency)).collect();
        let expected: Vec<_> = read.iter().map(|(number, urgency)| (talk(*number), *urgency)).collect();
        assert_eq!((order, found), (expected, dropped));
        queue.close();
        assert!(queue.next().is_none());
    }

    fn talk(number: u128) -> ConversationId {
        ConversationId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn job(number: u128, urgency: Urgency) -> (Job, oneshot::Receiver<Suggestion>) {
        let (answer, asker) = oneshot::channel();
        let ask = Ask { conversation: talk(number), urgency, lang: Lang::EN, told: Vec::new() };
        (Job { ask, answer }, asker)
    }

    #[test]
    fn the_most_urgent_is_read_first_then_the_oldest() {
        check(&[Soon, Urgent, Urgent], &[(2, Urgent), (3, Urgent), (1, Soon)], 0);
    }

    #[test]
    fn when_full_the_oldest_of_the_least_urgent_is_dropped() {
        check(&[Routine, Soon, Routine, Emergency], &[(4, Emergency), (2, Soon), (3, Routine)], 1);
        check(&[Urgent, Urgent, Urgent, Soon], &[(1, Urgent), (2, Urgent), (3, Urgent)], 1);
        check(&[Soon, Soon, Soon, Soon, Soon], &[(3, Soon), (4, Soon), (5, Soon)], 2);
    }

    #[test]
    fn who_stopped_waiting_is_neither_read_nor_counted() {
        let queue = Queue::new(1);
        let (first, asker) = job(1, Emergency);
        queue.push(first);
        drop(asker);
        let (second, _asker) = job(2, Routine);
        assert_eq!(queue.push(second), 0);
        assert_eq!(queue.next().unwrap().ask.conversation, talk(2));
    }

    #[test]
    fn a_closed_line_lets_everyone_go_at_once() {
        let queue = Queue::new(2);
        let (waiting, mut asker) = job(1, Urgent);
        queue.push(waiting);
        queue.close();
        assert_eq!(asker.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        let (late, mut asker) = job(2, Urgent);
        assert_eq!(queue.push(late), 1);
        assert_eq!(asker.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    }
}
