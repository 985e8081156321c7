//! What goes wrong between a platform and us, one function a case, each with what must come of it.
//!
//! A trouble that a platform can't have is listed by its stage with a reason, so that no case is
//! passed over silently. Read next: `schedule.rs`, where troubles come mixed.

use super::speaking::{delivery, sent};
use super::{PATIENCE, RATE_LIMIT, Receiving, RecordingInbox, Stage, Trouble, pause};
use crate::{Delivery, Repeat, SendOutcome, Verdict};
use domain::{DeliveryOutcome, InboundBody};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// A connection that says nothing more is noticed within this time.
const SILENCE: Duration = Duration::from_secs(120);
/// A look at the account answers within this time, also when nobody answers it.
const LOOK: Duration = Duration::from_secs(30);
/// Tries of an adapter that the platform turns away before it is let in again.
const TURNED_AWAY: usize = 3;
/// Between two looks at something that has no signal of its own.
const TICK: Duration = Duration::from_millis(25);

pub(crate) async fn check(stage: &mut dyn Stage, inbox: &Arc<RecordingInbox>) {
    let shown = stage.shown(0).await;
    let mut play = Play { stage, inbox, shown, marks: 0 };
    play.every_refusal_has_its_reason().await;
    let receiving = play.starts().await;
    // Whatever came before isn't looked at here.
    play.news().await;
    play.a_look_finds_nothing_bad().await;
    play.somebody_writing_is_shown().await;
    play.a_rate_limit_puts_off_by_the_servers_time().await;
    play.a_fault_of_the_server_is_not_a_loss().await;
    play.a_lost_answer_never_doubles().await;
    play.messages_in_the_wrong_order_are_both_heard().await;
    play.what_nobody_understands_blocks_nothing(Trouble::UnknownType).await;
    play.what_nobody_understands_blocks_nothing(Trouble::Malformed).await;
    play.a_server_that_is_down_loses_nothing(&receiving).await;
    play.a_silent_connection_is_noticed().await;
    play.a_child_who_blocks_is_not_written_to().await;
    receiving.stop().await;
    play.a_restart_in_the_middle_of_a_send_doubles_nothing().await;
    play.a_repeat_after_a_restart_changes_nothing().await;
    play.wrong_clocks_change_nothing().await;
}

/// Brings a trouble about; `false` when this platform can't have it and says why.
pub(super) async fn brings(stage: &mut dyn Stage, trouble: Trouble) -> bool {
    let happened = stage.suffers(trouble).await;
    let reason = stage.cannot().iter().find(|(named, _)| *named == trouble).map(|(_, reason)| *reason);
    match (happened, reason) {
        (true, None) => true,
        (false, Some(reason)) if reason.len() >= 10 => false,
        (false, _) => {
            panic!("{trouble:?} was passed over: `Stage::cannot` must say why the platform can't have it")
        }
        (true, Some(_)) => panic!("{trouble:?} happened although `Stage::cannot` says that it can't"),
    }
}

/// Sends, and gives up after the send was driven so many times: as when the process dies in it.
pub(super) async fn cut_off(stage: &dyn Stage, delivery: &Delivery, polls: usize) -> Option<SendOutcome> {
    let adapter = stage.adapter();
    let mut sending = adapter.send(delivery.clone());
    let mut left = polls;
    poll_fn(move |context| {
        let Some(fewer) = left.checked_sub(1) else { return Poll::Ready(None) };
        left = fewer;
        match sending.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Waits until the adapter has noticed that the platform turns it away.
pub(super) async fn noticed(stage: &mut dyn Stage, receiving: &Receiving, before: usize) {
    let counted = async {
        loop {
            let away = stage.turned_away().await.unwrap_or(0);
            if away >= TURNED_AWAY || receiving.failures() >= before + TURNED_AWAY {
                return;
            }
            pause(TICK).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, counted).await.is_ok();
    assert!(in_time, "an adapter must go on trying while its platform is down, and say so by an error");
}

struct Play<'a> {
    stage: &'a mut dyn Stage,
    inbox: &'a Arc<RecordingInbox>,
    shown: Vec<String>,
    marks: usize,
}

impl Play<'_> {
    async fn every_refusal_has_its_reason(&self) {
        for (trouble, reason) in self.stage.cannot() {
            assert!(reason.len() >= 10, "{trouble:?}: say why this platform can't have it");
        }
    }

    async fn starts(&mut self) -> Receiving {
        let before = self.inbox.connections();
        let receiving = Receiving::start(self.stage.adapter(), self.inbox);
        let inbox = Arc::clone(self.inbox);
        inbox.wait_until("`connected` once the platform answered", || inbox.connections() > before).await;
        receiving
    }

    fn delivery(&self, key: &str, words: &str) -> Delivery {
        delivery(self.stage.child(), key, words, &[])
    }

    async fn sends(&self, key: &str, words: &str) -> SendOutcome {
        self.stage.adapter().send(self.delivery(key, words)).await
    }

    /// Exactly these were shown since the last look.
    async fn shows(&mut self, expected: &[&str]) {
        let new = self.news().await;
        assert_eq!(new, expected, "each message must be shown once, in order");
    }

    /// What was shown since the last look; a message sent after it proves that nothing more is coming.
    async fn news(&mut self) -> Vec<String> {
        self.marks += 1;
        let mark = format!("Mark {}.", self.marks);
        sent(self.stage, &self.delivery(&format!("mark-{}", self.marks), &mark)).await;
        let before = self.shown.len();
        let mut all = self.shown.clone();
        while all.len() == before || all.last() != Some(&mark) {
            let waiting = tokio::time::timeout(PATIENCE, self.stage.shown(all.len() + 1)).await;
            all = waiting.unwrap_or_else(|_| panic!("{mark} was sent and isn't shown; so far {all:?}"));
        }
        self.shown = all;
        let mut new = self.shown[before..].to_vec();
        new.pop();
        new
    }

    async fn hears(&mut self, from: usize, expected: &[&str]) {
        let heard = self.inbox.wait_heard(from, expected.len()).await;
        let words: Vec<String> = heard.iter().map(|body| body.texts().concat()).collect();
        assert_eq!(words, expected, "each message must be heard once, in order");
    }

    async fn a_look_finds_nothing_bad(&self) {
        let looked = tokio::time::timeout(LOOK, self.stage.adapter().examine()).await;
        let looked = looked.unwrap_or_else(|_| panic!("a look at the account must answer within {LOOK:?}"));
        let bad = looked.iter().find(|one| one.verdict == Verdict::Bad);
        assert!(bad.is_none(), "all is well, and `examine` says {bad:?}");
    }

    async fn somebody_writing_is_shown(&mut self) {
        let Some(before) = self.stage.typing_shown().await else { return };
        self.stage.adapter().typing(&self.stage.child()).await;
        let seen = async {
            while self.stage.typing_shown().await.unwrap_or(0) <= before {
                pause(TICK).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, seen).await.is_ok();
        assert!(in_time, "`typing` must be shown where the platform can show it");
    }

    async fn a_rate_limit_puts_off_by_the_servers_time(&mut self) {
        if !brings(self.stage, Trouble::RateLimited).await {
            return;
        }
        let outcome = self.sends("limited", "After the limit.").await;
        let SendOutcome::Later(wait) = outcome else { panic!("a rate limit is `Later`, not {outcome:?}") };
        let about = RATE_LIMIT..=RATE_LIMIT + Duration::from_secs(3);
        assert!(about.contains(&wait), "`Later` must carry the server's {RATE_LIMIT:?}, not {wait:?}");
        sent(self.stage, &self.delivery("limited", "After the limit.")).await;
        self.shows(&["After the limit."]).await;
    }

    async fn a_fault_of_the_server_is_not_a_loss(&mut self) {
        if !brings(self.stage, Trouble::ServerFault).await {
            return;
        }
        match self.sends("fault", "After the fault.").await {
            SendOutcome::Later(_) => {
                sent(self.stage, &self.delivery("fault", "After the fault.")).await;
                self.shows(&["After the fault."]).await;
            }
            // Where a repeat would be shown twice, doubt about a server's fault is allowed.
            SendOutcome::Settled(DeliveryOutcome::Unknown { .. }) if self.doubles() => self.shows(&[]).await,
            other => panic!("a server's own fault is `Later`, not {other:?}"),
        }
    }

    async fn a_lost_answer_never_doubles(&mut self) {
        if !brings(self.stage, Trouble::AnswerLost).await {
            return;
        }
        match self.sends("lost", "Said once.").await {
            SendOutcome::Settled(DeliveryOutcome::Unknown { .. } | DeliveryOutcome::Sent { .. }) => {}
            SendOutcome::Later(_) if !self.doubles() => {
                sent(self.stage, &self.delivery("lost", "Said once.")).await;
            }
            other => panic!("a send whose answer was lost is unknown, not {other:?}"),
        }
        self.shows(&["Said once."]).await;
    }

    fn doubles(&self) -> bool {
        self.stage.adapter().repeat() == Repeat::Doubles
    }

    async fn messages_in_the_wrong_order_are_both_heard(&mut self) {
        let from = self.inbox.len();
        if !brings(self.stage, Trouble::Reordered).await {
            return;
        }
        self.stage.says("swapped a").await;
        self.stage.says("swapped b").await;
        self.inbox.wait_heard(from, 2).await;
        self.stage.says("and on").await;
        let heard = self.inbox.wait_heard(from, 3).await;
        let mut words: Vec<String> = heard.iter().map(|body| body.texts().concat()).collect();
        words[..2].sort();
        assert_eq!(words, ["swapped a", "swapped b", "and on"], "what comes late must not be taken for old");
    }

    async fn what_nobody_understands_blocks_nothing(&mut self, trouble: Trouble) {
        let from = self.inbox.len();
        if !brings(self.stage, trouble).await {
            return;
        }
        self.stage.says("after it").await;
        let inbox = Arc::clone(self.inbox);
        let last_is_heard = || inbox.heard(from).last().is_some_and(|body| body.texts() == ["after it"]);
        inbox.wait_until(&format!("the words after {trouble:?}"), last_is_heard).await;
        let before: Vec<InboundBody> = inbox.heard(from).into_iter().rev().skip(1).collect();
        let allowed = |body: &InboundBody| matches!(body, InboundBody::Unreadable { .. });
        assert!(before.len() <= 1 && before.iter().all(allowed), "{trouble:?} was read as {before:?}");
    }

    async fn a_server_that_is_down_loses_nothing(&mut self, receiving: &Receiving) {
        let from = self.inbox.len();
        let (failures, connections) = (receiving.failures(), self.inbox.connections());
        let looks = !self.stage.adapter().examine().await.is_empty();
        if !brings(self.stage, Trouble::Down).await {
            return;
        }
        let mut waiting = Vec::new();
        for number in 0..3 {
            let key = format!("down-{number}");
            let words = format!("Kept for later {number}.");
            match self.sends(&key, &words).await {
                SendOutcome::Later(_) => waiting.push((key, words)),
                // A request that was written into a connection just cut may have arrived.
                SendOutcome::Settled(DeliveryOutcome::Unknown { .. }) if self.doubles() && number == 0 => {}
                other => panic!("while the platform is down a send is `Later`, not {other:?}"),
            }
        }
        let mut said = Vec::new();
        if self.stage.can().keep {
            for words in ["into the dark 1", "into the dark 2"] {
                self.stage.says(words).await;
                said.push(words);
            }
        }
        self.stage.adapter().typing(&self.stage.child()).await;
        if looks {
            let looked = tokio::time::timeout(LOOK, self.stage.adapter().examine()).await.unwrap_or_default();
            let bad = looked.iter().any(|one| one.verdict == Verdict::Bad);
            assert!(bad, "`examine` must answer in time that the platform is down: {looked:?}");
        }
        noticed(self.stage, receiving, failures).await;
        assert!(brings(self.stage, Trouble::Up).await, "what is down must come up");
        let inbox = Arc::clone(self.inbox);
        inbox.wait_until("`connected` after the platform came back", || inbox.connections() > connections).await;
        self.stage.says("light again").await;
        said.push("light again");
        self.hears(from, &said).await;
        for (key, words) in &waiting {
            sent(self.stage, &self.delivery(key, words)).await;
        }
        let words: Vec<&str> = waiting.iter().map(|(_, words)| words.as_str()).collect();
        self.shows(&words).await;
    }

    async fn a_silent_connection_is_noticed(&mut self) {
        let from = self.inbox.len();
        if !brings(self.stage, Trouble::HalfOpen).await {
            return;
        }
        self.stage.says("into the silence").await;
        let inbox = Arc::clone(self.inbox);
        let heard = || !inbox.heard(from).is_empty();
        inbox.wait_for("what was said into a connection that is half open", SILENCE, heard).await;
        self.stage.says("and after it").await;
        self.hears(from, &["into the silence", "and after it"]).await;
    }

    async fn a_child_who_blocks_is_not_written_to(&mut self) {
        if !brings(self.stage, Trouble::Blocked).await {
            return;
        }
        let outcome = self.sends("blocked", "Not to be shown.").await;
        let refused = matches!(outcome, SendOutcome::Settled(DeliveryOutcome::Refused { .. }));
        assert!(refused, "a child who blocked the bot can't be written to; not {outcome:?}");
        if !brings(self.stage, Trouble::Unblocked).await {
            return;
        }
        let from = self.inbox.len();
        self.stage.says("back again").await;
        self.hears(from, &["back again"]).await;
        sent(self.stage, &self.delivery("unblocked", "Good to see you.")).await;
        self.shows(&["Good to see you."]).await;
    }

    async fn a_restart_in_the_middle_of_a_send_doubles_nothing(&mut self) {
        for polls in [1, 2, 4, 9] {
            let (key, words) = (format!("cut-{polls}"), format!("Cut off after {polls}."));
            let outcome = cut_off(self.stage, &self.delivery(&key, &words), polls).await;
            self.stage.reopen().await;
            let settled = matches!(outcome, Some(SendOutcome::Settled(DeliveryOutcome::Sent { .. })));
            if !settled && !self.doubles() {
                sent(self.stage, &self.delivery(&key, &words)).await;
            }
            if settled || !self.doubles() {
                self.shows(&[words.as_str()]).await;
            } else {
                // Unknown: shown once or not at all, and the house won't send it again.
                let new = self.news().await;
                assert!(new.is_empty() || new == [words], "an interrupted send was shown as {new:?}");
            }
        }
    }

    async fn a_repeat_after_a_restart_changes_nothing(&mut self) {
        if !self.stage.can().repeat {
            return;
        }
        let from = self.inbox.len();
        let receiving = self.starts().await;
        self.stage.says("before the restart").await;
        self.inbox.wait_heard(from, 1).await;
        receiving.stop().await;
        self.stage.reopen().await;
        let receiving = self.starts().await;
        self.stage.repeats().await;
        self.stage.says("after the restart").await;
        self.hears(from, &["before the restart", "after the restart"]).await;
        receiving.stop().await;
    }

    async fn wrong_clocks_change_nothing(&mut self) {
        let from = self.inbox.len();
        let receiving = self.starts().await;
        let mut said = Vec::new();
        for (trouble, words) in [
            (Trouble::ClockAhead, ["ahead 1", "ahead 2"]),
            // Two hours back in one step: what comes now claims to be older than what was heard.
            (Trouble::ClockBehind, ["behind 1", "behind 2"]),
        ] {
            if !brings(self.stage, trouble).await {
                continue;
            }
            for one in words {
                self.stage.says(one).await;
                said.push(one);
            }
        }
        self.hears(from, &said).await;
        receiving.stop().await;
        self.stage.reopen().await;
        let receiving = self.starts().await;
        self.stage.says("after the clocks").await;
        said.push("after the clocks");
        self.hears(from, &said).await;
        receiving.stop().await;
        self.shows(&[]).await;
    }
}
