//! Plays a conversation in virtual time, for `flow try`, `flow test` and this room's own tests.
//!
//! It is the real engine with the real rules; only time, the platform and the counsellors are
//! played. It must never be used for a real child: nothing here is kept.

use crate::{Command, Context, House, Opening, Person, StepError, Subject, owed, step};
use domain::{
    AccountId, Alarm, Confidential, ContactId, Conversation, ConversationId, CounsellorId, DedupeKey,
    DeliveryOutcome, DeskCommand, Event, ExternalId, FlowId, Inbound, InboundBody, InboxSeq, Lang, MessageId,
    Platform, PlatformId, Recorded, Roster, StepId, TimerKey, Timestamp,
};
use flow_script::FlowLibrary;
use safety_rules::screen_inbound;
use speech::Outbound;
use std::time::Duration;

/// Something said to the child.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// When.
    pub at: Timestamp,
    /// What.
    pub outbound: Outbound,
}

/// A played conversation.
#[derive(Debug)]
pub struct Rehearsal {
    flows: FlowLibrary,
    /// Settings; may be changed between acts.
    pub house: House,
    /// Who is on duty; change it, then call [`Rehearsal::roster_changed`].
    pub roster: Roster,
    /// The present.
    pub now: Timestamp,
    lang: Lang,
    ids: (ConversationId, ContactId),
    conversation: Option<Conversation>,
    inbox: i64,
    /// All that happened.
    pub log: Vec<Recorded>,
    /// All that was said.
    pub spoken: Vec<Spoken>,
    /// All calls for humans.
    pub alarms: Vec<Alarm>,
    /// All flow steps that were played.
    pub walked: Vec<(FlowId, StepId)>,
}

impl Rehearsal {
    /// A talk about to begin, with nobody on duty.
    pub fn new(flows: FlowLibrary, house: House, lang: Lang, ids: (ConversationId, ContactId)) -> Self {
        Self {
            flows,
            house,
            roster: Roster { entries: Vec::new(), most_each: 3 },
            now: Timestamp::from_millis(1_700_000_000_000),
            lang,
            ids,
            conversation: None,
            inbox: 0,
            log: Vec::new(),
            spoken: Vec::new(),
            alarms: Vec::new(),
            walked: Vec::new(),
        }
    }

    /// The settings most tests want: English and French, open.
    pub fn house() -> House {
        House {
            helpline: "the helpline".into(),
            country: "FR".into(),
            emergency: "112".into(),
            langs: vec![Lang::EN, Lang::FR],
            opening: Opening::Open,
            deadlines: crate::Deadlines::default(),
        }
    }

    /// The conversation; `None` before the first word.
    pub const fn conversation(&self) -> Option<&Conversation> {
        self.conversation.as_ref()
    }

    /// The child writes. Returns what was said in answer.
    ///
    /// # Errors
    /// As [`step`].
    pub fn child(&mut self, text: &str) -> Result<Vec<Spoken>, StepError> {
        self.inbound(InboundBody::Text { text: Confidential::from(text) })
    }

    /// The child taps the choice with this value of the open question, as a flow file names it.
    ///
    /// # Errors
    /// As [`step`].
    pub fn tap(&mut self, value: &str) -> Result<Vec<Spoken>, StepError> {
        let suffix = format!(".{value}");
        let button = self
            .spoken
            .iter()
            .rev()
            .flat_map(|spoken| spoken.outbound.choices.iter())
            .find(|choice| choice.value.ends_with(&suffix))
            .map_or_else(|| value.to_owned(), |choice| choice.value.clone());
        self.inbound(InboundBody::Choice { value: button, label: None })
    }

    /// Anything a platform can hand in.
    ///
    /// # Errors
    /// As [`step`].
    pub fn inbound(&mut self, body: InboundBody) -> Result<Vec<Spoken>, StepError> {
        self.inbox += 1;
        let key = format!("in-{}", self.inbox);
        let inbound = Inbound {
            account: AccountId::new("rehearsal"),
            dedupe: DedupeKey(key.clone()),
            contact: PlatformId::new("child"),
            chat: PlatformId::new("chat"),
            external: Some(ExternalId(key)),
            sent_at: None,
            client_lang: None,
            body,
        };
        self.command(Command::Inbound { seq: InboxSeq(self.inbox), screened: screen_inbound(inbound) })
    }

    /// A counsellor acts.
    ///
    /// # Errors
    /// As [`step`].
    pub fn desk(&mut self, who: &Person, command: DeskCommand) -> Result<Vec<Spoken>, StepError> {
        self.command(Command::Desk { who: who.clone(), command })
    }

    /// A message reached the child.
    ///
    /// # Errors
    /// As [`step`].
    pub fn delivered(&mut self, message: MessageId) -> Result<Vec<Spoken>, StepError> {
        self.command(Command::Delivered { message, outcome: DeliveryOutcome::Sent { external: None } })
    }

    /// The roster was changed.
    ///
    /// # Errors
    /// As [`step`], but nothing to do is fine.
    pub fn roster_changed(&mut self) -> Result<Vec<Spoken>, StepError> {
        allow_nothing(self.command(Command::RosterChanged))
    }

    /// A counsellor's desk is gone.
    ///
    /// # Errors
    /// As [`step`].
    pub fn counsellor_gone(&mut self, by: CounsellorId) -> Result<Vec<Spoken>, StepError> {
        self.command(Command::CounsellorGone { by })
    }

    /// Time passes; timers fire when due, in order. Returns what was said meanwhile.
    ///
    /// # Errors
    /// As [`step`].
    pub fn wait(&mut self, span: Duration) -> Result<Vec<Spoken>, StepError> {
        let until = self.now.plus(span);
        let mut said = Vec::new();
        while let Some((key, at)) = self.next_timer().filter(|(_, at)| *at <= until) {
            self.now = self.now.max(at);
            said.extend(allow_nothing(self.command(Command::Timer { key }))?);
        }
        self.now = until;
        Ok(said)
    }

    /// The timer that fires next.
    pub fn next_timer(&self) -> Option<(TimerKey, Timestamp)> {
        let timers = &self.conversation.as_ref()?.timers;
        timers.iter().min_by_key(|(key, at)| (**at, **key)).map(|(key, at)| (*key, *at))
    }

    /// Changes the flows, as when one is withdrawn.
    pub fn set_flows(&mut self, flows: FlowLibrary) {
        self.flows = flows;
    }

    /// Any command at all, at the present moment.
    ///
    /// # Errors
    /// As [`step`].
    pub fn command(&mut self, command: Command) -> Result<Vec<Spoken>, StepError> {
        let ctx = Context { now: self.now, flows: &self.flows, roster: &self.roster, house: &self.house };
        let subject = match &self.conversation {
            Some(conversation) => Subject::Existing(conversation),
            None => Subject::New {
                id: self.ids.0,
                contact: self.ids.1,
                account: AccountId::new("rehearsal"),
                platform: Platform::Terminal,
                lang: self.lang,
            },
        };
        let turn = step(subject, command, ctx)?;
        debug_assert!(owed(&turn.conversation).is_none(), "a turn left something owed to the child");
        let said: Vec<Spoken> =
            turn.outbound.into_iter().map(|outbound| Spoken { at: self.now, outbound }).collect();
        self.conversation = Some(turn.conversation);
        self.log.extend(turn.events);
        self.alarms.extend(turn.alarms);
        self.walked.extend(turn.walked);
        self.spoken.extend(said.clone());
        Ok(said)
    }

    /// The state rebuilt from the log alone.
    pub fn replayed(&self) -> Option<Conversation> {
        let log = self.log.iter().map(|recorded: &Recorded| (&recorded.event as &Event, recorded.at));
        Conversation::replay(self.ids.0, log).ok()
    }
}

fn allow_nothing(done: Result<Vec<Spoken>, StepError>) -> Result<Vec<Spoken>, StepError> {
    match done {
        Err(StepError::Nothing) => Ok(Vec::new()),
        other => other,
    }
}
