//! Any schedule: what the child does, what we send, what goes wrong and when we restart, mixed by a
//! seed. Each inbound is heard once and in order; each outbound is shown once or is unknown.
//!
//! A schedule that fails is made as short as it can be and printed. Read next: `plan.rs`.

use super::plan::{Act, Rng, plan, shorter};
use super::speaking::delivery;
use super::troubles::{brings, cut_off, noticed};
use super::{PATIENCE, Receiving, RecordingInbox, Stage, Trouble, pause};
use crate::{Delivery, Repeat, SendOutcome};
use domain::{DeliveryOutcome, InboundBody};
use futures_util::FutureExt as _;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Acts in one schedule.
const LENGTH: usize = 24;
/// Runs spent on making a failing schedule shorter.
const SHORTENING: usize = 30;
/// Between two tries of a message that was put off.
const AGAIN: Duration = Duration::from_millis(50);

/// The seeds to play: as many as said, or as `PASSERELLE_SCHEDULES` says, from `PASSERELLE_SEED` on.
#[allow(clippy::disallowed_methods, reason = "how a person asks for more or for one again")]
pub fn seeds(ordinary: u64) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let from = number("PASSERELLE_SEED").unwrap_or(1);
    from..from + number("PASSERELLE_SCHEDULES").unwrap_or(ordinary)
}

/// Plays one schedule a seed, each on a platform made new by `open`.
///
/// # Panics
/// When the adapter breaks the contract, after printing the shortest schedule found that shows it.
pub async fn schedules<S: Stage>(seeds: std::ops::Range<u64>, open: impl AsyncFn() -> (S, Arc<RecordingInbox>)) {
    for seed in seeds {
        let (stage, inbox) = open().await;
        let mut acts = plan(&mut Rng(seed), LENGTH, &stage.can());
        let Err(mut why) = fails(stage, inbox, &acts).await else { continue };
        let mut runs = 0;
        let mut at = 0;
        while let (Some(fewer), true) = (shorter(&acts, at), runs < SHORTENING) {
            runs += 1;
            let (stage, inbox) = open().await;
            match fails(stage, inbox, &fewer).await {
                Err(again) => (acts, why, at) = (fewer, again, 0),
                Ok(()) => at += 1,
            }
        }
        panic!("with seed {seed} this schedule breaks the contract:\n{acts:#?}\n{why}");
    }
}

/// Runs the acts; the breach in words when there is one.
async fn fails<S: Stage>(mut stage: S, inbox: Arc<RecordingInbox>, acts: &[Act]) -> Result<(), String> {
    let run = async {
        let mut talk = Talk::begin(&mut stage, &inbox).await;
        for act in acts {
            talk.does(act).await;
        }
        talk.end().await;
    };
    let Err(panic) = AssertUnwindSafe(run).catch_unwind().await else { return Ok(()) };
    let said = panic.downcast_ref::<String>().cloned();
    Err(said.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default())
}

/// What must be heard.
enum Heard {
    This(String),
    /// In either order.
    Both([String; 2]),
}

/// The house and the child, as far as counting needs them.
struct Talk<'a> {
    stage: &'a mut dyn Stage,
    inbox: &'a Arc<RecordingInbox>,
    receiving: Receiving,
    from: usize,
    shown_before: usize,
    said: usize,
    last: Option<String>,
    hears: Vec<Heard>,
    /// As in the outbox: a message put off holds up those after it.
    outbox: VecDeque<(Delivery, String)>,
    sent: Vec<String>,
    unknown: Vec<String>,
    numbered: usize,
}

impl<'a> Talk<'a> {
    async fn begin(stage: &'a mut dyn Stage, inbox: &'a Arc<RecordingInbox>) -> Self {
        let receiving = Receiving::start(stage.adapter(), inbox);
        let shown_before = stage.shown(0).await.len();
        Self {
            from: inbox.len(),
            stage,
            inbox,
            receiving,
            shown_before,
            said: 0,
            last: None,
            hears: Vec::new(),
            outbox: VecDeque::new(),
            sent: Vec::new(),
            unknown: Vec::new(),
            numbered: 0,
        }
    }

    async fn does(&mut self, act: &Act) {
        match act {
            Act::Says => {
                let words = self.says().await;
                self.hears.push(Heard::This(words));
            }
            Act::Edits => self.edits().await,
            Act::Deletes => self.deletes().await,
            Act::Attaches => {
                self.said += 1;
                let name = format!("file-{}.jpg", self.said);
                self.stage.attaches(&name).await;
                self.hears.push(Heard::This(format!("file {name}")));
            }
            Act::Repeats if self.said > 0 => self.stage.repeats().await,
            Act::Repeats => {}
            Act::Sends => {
                self.queues();
                self.drains_once().await;
            }
            Act::DiesSending(polls) => self.dies_sending(*polls).await,
            Act::Restarts => self.restarts().await,
            Act::InboxRefuses => self.inbox.refuse(1),
            Act::Suffers(Trouble::Reordered) => self.reordered().await,
            Act::Suffers(trouble) => {
                // What is put off first, or the trouble would meet another message than the next.
                self.drains().await;
                brings(self.stage, *trouble).await;
                self.queues();
                self.drains_once().await;
            }
            Act::WhileDown(acts) => self.while_down(acts).await,
            Act::WhileBlocked => self.while_blocked().await,
        }
    }

    async fn says(&mut self) -> String {
        self.said += 1;
        let words = format!("said {}", self.said);
        self.last = Some(self.stage.says(&words).await);
        words
    }

    async fn edits(&mut self) {
        let Some(of) = self.last.clone() else { return };
        self.said += 1;
        let words = format!("changed {}", self.said);
        self.stage.edits(&of, &words).await;
        self.hears.push(Heard::This(format!("edit {of} {words}")));
    }

    async fn deletes(&mut self) {
        let Some(of) = self.last.take() else { return };
        // What is taken back before it was read is a platform's own affair; here it was read.
        let expected = self.expected();
        self.wait_heard(expected).await;
        self.stage.deletes(&of).await;
        self.hears.push(Heard::This(format!("delete {of}")));
    }

    async fn reordered(&mut self) {
        // The next two are meant, not one that is still under way and the next.
        let expected = self.expected();
        self.wait_heard(expected).await;
        if !brings(self.stage, Trouble::Reordered).await {
            return;
        }
        let both = [self.says().await, self.says().await];
        self.hears.push(Heard::Both(both));
        let expected = self.expected();
        self.wait_heard(expected).await;
    }

    fn queues(&mut self) {
        self.numbered += 1;
        let words = format!("Message {}.", self.numbered);
        let delivery = delivery(self.stage.child(), &format!("schedule-{}", self.numbered), &words, &[]);
        self.outbox.push_back((delivery, words));
    }

    /// Sends until one is put off; `true` when nothing waits any more.
    async fn drains_once(&mut self) -> bool {
        while let Some((delivery, words)) = self.outbox.front().cloned() {
            match self.stage.adapter().send(delivery).await {
                SendOutcome::Later(_) => return false,
                SendOutcome::Settled(outcome) => self.settles(&words, &outcome),
            }
        }
        true
    }

    fn settles(&mut self, words: &str, outcome: &DeliveryOutcome) {
        match outcome {
            DeliveryOutcome::Sent { .. } => self.sent.push(words.to_owned()),
            DeliveryOutcome::Unknown { .. } => self.unknown.push(words.to_owned()),
            DeliveryOutcome::Refused { .. } => panic!("{words:?} was refused for no reason: {outcome:?}"),
        }
        self.outbox.pop_front();
    }

    async fn drains(&mut self) {
        let drained = async {
            while !self.drains_once().await {
                pause(AGAIN).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, drained).await.is_ok();
        assert!(in_time, "a message is put off for ever");
    }

    async fn dies_sending(&mut self, polls: usize) {
        self.drains().await;
        self.queues();
        if let Some((delivery, words)) = self.outbox.front().cloned() {
            match cut_off(self.stage, &delivery, polls).await {
                Some(SendOutcome::Settled(outcome)) => self.settles(&words, &outcome),
                Some(SendOutcome::Later(_)) => {}
                None if self.stage.adapter().repeat() == Repeat::Harmless => {}
                None => {
                    self.unknown.push(words);
                    self.outbox.pop_front();
                }
            }
        }
        self.restarts().await;
        self.drains().await;
    }

    async fn restarts(&mut self) {
        self.receiving.ends().await;
        self.stage.reopen().await;
        self.receiving = Receiving::start(self.stage.adapter(), self.inbox);
    }

    async fn while_down(&mut self, acts: &[Act]) {
        self.drains().await;
        let failures = self.receiving.failures();
        if !brings(self.stage, Trouble::Down).await {
            return;
        }
        for act in acts {
            match act {
                Act::Says if !self.stage.can().keep => {}
                Act::Says => {
                    let words = self.says().await;
                    self.hears.push(Heard::This(words));
                }
                _ => {
                    self.queues();
                    self.drains_once().await;
                }
            }
        }
        noticed(self.stage, &self.receiving, failures).await;
        assert!(brings(self.stage, Trouble::Up).await, "what is down must come up");
    }

    async fn while_blocked(&mut self) {
        self.drains().await;
        let expected = self.expected();
        self.wait_heard(expected).await;
        // Where nobody can unblock, nothing could follow.
        let for_good = self.stage.cannot().iter().any(|(trouble, _)| *trouble == Trouble::Unblocked);
        if for_good || !brings(self.stage, Trouble::Blocked).await {
            return;
        }
        self.queues();
        let Some((delivery, _)) = self.outbox.pop_back() else { return };
        let outcome = self.stage.adapter().send(delivery).await;
        let refused = matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Refused { .. }));
        assert!(refused, "a child who blocked the bot can't be written to; not {outcome:?}");
        assert!(brings(self.stage, Trouble::Unblocked).await, "who blocked must be able to unblock");
        self.last = None;
    }

    /// How many things must have been heard by now.
    fn expected(&self) -> usize {
        self.hears.iter().map(|heard| if matches!(heard, Heard::This(_)) { 1 } else { 2 }).sum()
    }

    async fn wait_heard(&self, count: usize) {
        let what = format!("{count} things said by the child");
        let (inbox, from) = (self.inbox, self.from);
        inbox.wait_until(&what, || heard(inbox, from).len() >= count).await;
    }

    /// All that waits is sent, a last word is said each way, and then it is counted.
    async fn end(mut self) {
        let words = self.says().await;
        self.hears.push(Heard::This(words));
        self.queues();
        self.drains().await;
        self.wait_heard(self.expected()).await;
        self.counts_what_was_heard();
        self.counts_what_was_shown().await;
        self.receiving.ends().await;
    }

    fn counts_what_was_heard(&self) {
        let heard = heard(self.inbox, self.from);
        let mut rest = heard.as_slice();
        for wanted in &self.hears {
            let (first, others) = match wanted {
                Heard::This(words) => (rest.first().is_some_and(|h| h == words), rest.get(1..)),
                Heard::Both([a, b]) => {
                    let pair = rest.get(..2).unwrap_or_default();
                    (pair.contains(a) && pair.contains(b), rest.get(2..))
                }
            };
            assert!(first, "each thing must be heard once and in order; heard {heard:?}, then missing {rest:?}");
            rest = others.unwrap_or_default();
        }
        assert!(rest.is_empty(), "heard what was never said, or twice: {rest:?} in {heard:?}");
    }

    async fn counts_what_was_shown(&mut self) {
        let Some(mark) = self.sent.last().cloned() else { panic!("the last message must be sent") };
        let mut shown = Vec::new();
        while shown.iter().skip(self.shown_before).all(|words| *words != mark) {
            let count = shown.len().max(self.shown_before) + 1;
            let waiting = tokio::time::timeout(PATIENCE, self.stage.shown(count)).await;
            shown = waiting.unwrap_or_else(|_| panic!("{mark} was sent and isn't shown; so far {shown:?}"));
        }
        let shown = &shown[self.shown_before..];
        let known: Vec<&String> = shown.iter().filter(|words| !self.unknown.contains(words)).collect();
        let sent: Vec<&String> = self.sent.iter().collect();
        assert_eq!(known, sent, "each message must be shown once and in order");
        for words in &self.unknown {
            let times = shown.iter().filter(|shown| *shown == words).count();
            assert!(times <= 1, "a message of unknown outcome was shown {times} times: {words}");
        }
    }
}

/// What was heard, each in a few words; what nobody can read is left out, being nobody's words.
fn heard(inbox: &RecordingInbox, from: usize) -> Vec<String> {
    let name = |body: InboundBody| match body {
        InboundBody::Text { text } => Some(text.text().to_owned()),
        InboundBody::Edit { of, text } => Some(format!("edit {} {}", of.0, text.text())),
        InboundBody::Redaction { of } => Some(format!("delete {}", of.0)),
        InboundBody::Attachment { name, .. } => Some(format!("file {}", name.unwrap_or_default().text())),
        InboundBody::Choice { value, .. } => Some(format!("choice {value}")),
        InboundBody::Reaction { of, .. } => Some(format!("reaction {}", of.0)),
        InboundBody::Joined | InboundBody::Left | InboundBody::Unreadable { .. } => None,
    };
    inbox.heard(from).into_iter().filter_map(name).collect()
}
