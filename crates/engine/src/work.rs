//! A turn being made: every change is an event, applied as soon as it is written.
//!
//! It holds the one place where the bot speaks, and there the rule that it can't speak over a
//! human. Read next: `inbound.rs`.

use crate::context::{Context, Turn};
use domain::{
    Alarm, AlarmKind, Conversation, Event, FlowId, HandoffEvent, MessageId, NotApplicable, Recorded, Refusal,
    RefusalCode, StepId, TimerKey, Timestamp,
};
use flow_script::FlowRole;
use speech::{ChildText, Choice, Outbound, Phrase};
use std::time::Duration;

/// Why a turn stopped before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    Nothing,
    Closed,
    Refused(Refusal),
    Bug(NotApplicable),
}

/// Most places in the engine can stop a turn.
pub(crate) type Done = Result<(), Stop>;

pub(crate) fn refuse(code: RefusalCode, why: &str) -> Stop {
    Stop::Refused(Refusal::new(code, why))
}

/// Rules found something in this turn's words. They are never answered with "I don't understand".
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noticed {
    /// The flow that the escalation table names for it.
    pub(crate) script: Option<FlowRole>,
}

pub(crate) struct Work<'a> {
    pub(crate) c: Conversation,
    pub(crate) ctx: Context<'a>,
    /// What rules noticed in the words of this turn, if anything that matters.
    pub(crate) noticed: Option<Noticed>,
    /// How often a flow of this turn ended and another was looked for to keep company.
    pub(crate) companies: usize,
    /// The flow steps that were played, in order.
    pub(crate) walked: Vec<(FlowId, StepId)>,
    before: u64,
    events: Vec<Recorded>,
    outbound: Vec<Outbound>,
    alarms: Vec<Alarm>,
}

impl<'a> Work<'a> {
    pub(crate) fn on(conversation: Conversation, ctx: Context<'a>) -> Self {
        let before = conversation.version;
        Self {
            c: conversation,
            ctx,
            noticed: None,
            companies: 0,
            walked: Vec::new(),
            before,
            events: Vec::new(),
            outbound: Vec::new(),
            alarms: Vec::new(),
        }
    }

    pub(crate) fn opened(conversation: Conversation, opened: Event, ctx: Context<'a>) -> Self {
        let mut work = Self::on(conversation, ctx);
        work.before = 0;
        work.events.push(Recorded { seq: 1, at: ctx.now, event: opened });
        work
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The child has heard nothing in this turn so far.
    pub(crate) const fn said_nothing(&self) -> bool {
        self.outbound.is_empty()
    }

    pub(crate) fn finish(self) -> Turn {
        Turn {
            conversation: self.c,
            before: self.before,
            events: self.events,
            outbound: self.outbound,
            alarms: self.alarms,
            walked: self.walked,
        }
    }

    pub(crate) const fn now(&self) -> Timestamp {
        self.ctx.now
    }

    /// Writes an event and lets it take effect.
    pub(crate) fn emit(&mut self, event: Event) -> Done {
        self.c.apply(&event, self.ctx.now).map_err(Stop::Bug)?;
        self.events.push(Recorded { seq: self.c.version, at: self.ctx.now, event });
        Ok(())
    }

    pub(crate) fn hand(&mut self, what: HandoffEvent) -> Done {
        self.emit(Event::Handoff { what })
    }

    /// The next message's number.
    pub(crate) const fn next_message(&self) -> MessageId {
        MessageId(self.c.messages.saturating_add(1))
    }

    /// The bot says a built-in phrase.
    pub(crate) fn phrase(&mut self, phrase: Phrase) -> Done {
        let counsellor = self.c.stage.engaged().map(|engaged| engaged.first_name.clone()).unwrap_or_default();
        self.phrase_about(phrase, &counsellor)
    }

    /// The bot says a built-in phrase that names a counsellor.
    pub(crate) fn phrase_about(&mut self, phrase: Phrase, counsellor: &str) -> Done {
        let text = phrase.say(self.c.lang, &self.ctx.values(counsellor));
        self.bot_says(text, Vec::new())
    }

    /// The only way for the bot to speak. Once a human has written, or the child has left,
    /// it says nothing (E3).
    pub(crate) fn bot_says(&mut self, text: ChildText, choices: Vec<Choice>) -> Done {
        let unsaid = text.text().trim().is_empty() && choices.is_empty();
        if unsaid || !self.c.stage.bot_may_speak() || self.c.unreachable.is_some() {
            return Ok(());
        }
        self.speak(text, choices, None)
    }

    /// A counsellor speaks.
    pub(crate) fn counsellor_says(&mut self, text: ChildText, client_key: String) -> Done {
        self.speak(text, Vec::new(), Some(client_key))
    }

    fn speak(&mut self, text: ChildText, choices: Vec<Choice>, client_key: Option<String>) -> Done {
        let message = self.next_message();
        self.emit(Event::Said {
            message,
            by: text.speaker(),
            text: text.words().clone(),
            choices: choices.iter().map(|choice| (choice.value.clone(), choice.label.clone())).collect(),
            client_key,
        })?;
        self.outbound.push(Outbound { conversation: self.c.id, message, text, choices, lang: self.c.lang });
        Ok(())
    }

    pub(crate) fn arm(&mut self, key: TimerKey, after: Duration) -> Done {
        self.arm_at(key, self.ctx.now.plus(after))
    }

    pub(crate) fn arm_at(&mut self, key: TimerKey, at: Timestamp) -> Done {
        if self.c.timers.get(&key) == Some(&at) {
            return Ok(());
        }
        self.emit(Event::TimerArmed { key, at })
    }

    pub(crate) fn clear(&mut self, key: TimerKey) -> Done {
        if self.c.timers.contains_key(&key) { self.emit(Event::TimerCleared { key }) } else { Ok(()) }
    }

    pub(crate) fn clear_all(&mut self) -> Done {
        for key in self.c.timers.keys().copied().collect::<Vec<_>>() {
            self.clear(key)?;
        }
        Ok(())
    }

    /// No flow leads any more, and none of its timers runs on.
    pub(crate) fn bot_done(&mut self) -> Done {
        self.clear(TimerKey::FlowPause)?;
        self.clear(TimerKey::ChildSilent)?;
        if self.c.bot.is_some() { self.emit(Event::BotDone) } else { Ok(()) }
    }

    pub(crate) fn alarm(&mut self, kind: AlarmKind) {
        self.alarms.push(Alarm { conversation: self.c.id, kind, urgency: self.c.urgency(), at: self.ctx.now });
    }
}
