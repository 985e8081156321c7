//! All that is known of one talk, rebuilt by applying its events in order.
//!
//! Only [`Conversation::apply`] changes it. It must never decide anything: deciding is the
//! engine's, in `step`. Read next: `engine/src/lib.rs`.

use crate::limits::FINDINGS_REMEMBERED;
use crate::{
    AccountId, AgeBand, Confidential, ContactId, ConversationId, DeliveryOutcome, Event, ExternalId, Finding,
    FlowHash, FlowId, HandoffEvent, InboxSeq, InvalidTransition, Lang, MessageId, Platform, RefusalReason,
    ResourceId, Risk, Stage, StepId, TimerKey, Timestamp, Urgency, VarName,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A flow to return to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The flow.
    pub flow: FlowId,
    /// Its version.
    pub hash: FlowHash,
    /// The step to go on from.
    pub step: StepId,
}

/// What the bot waits for at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// The child's answer.
    Answer,
    /// A pause to pass.
    Pause,
}

/// Where the bot stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotPosition {
    /// The flow.
    pub flow: FlowId,
    /// The version the conversation is pinned to.
    pub hash: FlowHash,
    /// The step.
    pub step: StepId,
    /// Flows to return to, innermost last.
    pub stack: Vec<Frame>,
    /// What it waits for.
    pub waiting: Option<Waiting>,
    /// Answers not understood at this step.
    pub retries: u32,
    /// Reminders sent at this step.
    pub reminders: u32,
}

/// A finding remembered for the card and the escalation check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// In which message.
    pub message: Option<MessageId>,
    /// What.
    pub finding: Finding,
}

/// One talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// Through which account.
    pub account: AccountId,
    /// Where.
    pub platform: Platform,
    /// Since when.
    pub opened_at: Timestamp,
    /// Events applied so far; the version that a writer must have seen.
    pub version: u64,
    /// The child's language.
    pub lang: Lang,
    /// The child chose it.
    pub lang_chosen: Option<Timestamp>,
    /// How old the child says they are.
    pub age_band: AgeBand,
    /// Highest urgency seen.
    pub risk: Risk,
    /// Where the talk stands.
    pub stage: Stage,
    /// Where the bot stands; `None` when no flow leads.
    pub bot: Option<BotPosition>,
    /// The flow's variables.
    pub vars: BTreeMap<VarName, Confidential<String>>,
    /// Timers set.
    pub timers: BTreeMap<TimerKey, Timestamp>,
    /// Numbers given to messages so far.
    pub messages: u32,
    /// Turns the bot led.
    pub bot_turns: u32,
    /// What rules found, newest last, the most urgent never dropped.
    pub seen: Vec<Seen>,
    /// When the child last wrote.
    pub last_inbound_at: Option<Timestamp>,
    /// Start of the running flood window and messages in it.
    pub flood: (Timestamp, u32),
    /// Contacts given so far.
    pub resources: Vec<ResourceId>,
    /// The child can't be reached any more (blocked, left).
    pub unreachable: Option<RefusalReason>,
    /// Messages sent whose fate isn't known.
    pub unknown_deliveries: u32,
    /// Platform ids of the child's recent messages, for edits and redactions.
    pub externals: Vec<(ExternalId, MessageId)>,
    /// Keys of the counsellor's recent messages, against double presses.
    pub client_keys: Vec<String>,
    /// The last inbox row taken in, against taking it twice.
    pub last_inbox: Option<InboxSeq>,
    /// The beginnings of the child's last bubbles, oldest first: a disclosure may be cut over several.
    #[serde(default)]
    pub bubbles: Vec<Confidential<String>>,
}

/// How many recent platform ids and client keys a conversation remembers.
const RECENT: usize = 64;
/// How many of the child's last bubbles are screened together with a new one, and how much of each.
const BUBBLES: usize = 6;
const BUBBLE_CHARS: usize = 500;

/// An event that can't be applied to this state. It means a bug or a damaged log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotApplicable {
    /// The handoff has no such transition.
    #[error("the handoff can't move that way")]
    Handoff(#[source] InvalidTransition),
    /// The log doesn't begin with `Opened`, or has two.
    #[error("the log must begin with exactly one opening event")]
    Opening,
}

impl Conversation {
    /// A conversation from its first event.
    ///
    /// # Errors
    /// When the event isn't `Opened`.
    pub fn open(id: ConversationId, event: &Event, at: Timestamp) -> Result<Self, NotApplicable> {
        let Event::Opened { contact, account, platform, lang } = event else {
            return Err(NotApplicable::Opening);
        };
        Ok(Self {
            id,
            contact: *contact,
            account: account.clone(),
            platform: *platform,
            opened_at: at,
            version: 1,
            lang: *lang,
            lang_chosen: None,
            age_band: AgeBand::Unknown,
            risk: Risk::default(),
            stage: Stage::WithBot,
            bot: None,
            vars: BTreeMap::new(),
            timers: BTreeMap::new(),
            messages: 0,
            bot_turns: 0,
            seen: Vec::new(),
            last_inbound_at: None,
            flood: (at, 0),
            resources: Vec::new(),
            unreachable: None,
            unknown_deliveries: 0,
            externals: Vec::new(),
            client_keys: Vec::new(),
            last_inbox: None,
            bubbles: Vec::new(),
        })
    }

    /// The state after a whole log.
    ///
    /// # Errors
    /// When the log is empty, out of order or can't have happened.
    pub fn replay<'a>(
        id: ConversationId,
        log: impl IntoIterator<Item = (&'a Event, Timestamp)>,
    ) -> Result<Self, NotApplicable> {
        let mut log = log.into_iter();
        let (first, at) = log.next().ok_or(NotApplicable::Opening)?;
        let mut conversation = Self::open(id, first, at)?;
        for (event, at) in log {
            conversation.apply(event, at)?;
        }
        Ok(conversation)
    }

    /// How urgent.
    pub const fn urgency(&self) -> Urgency {
        self.risk.urgency()
    }

    /// The talk is over.
    pub const fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed(_))
    }

    /// The child's message with this platform id.
    pub fn message_of(&self, external: &ExternalId) -> Option<MessageId> {
        self.externals.iter().rev().find(|(known, _)| known == external).map(|(_, message)| *message)
    }

    /// Takes one event in.
    ///
    /// # Errors
    /// When it can't have happened here; the state is then as before, except for `self.stage`
    /// of a value that must be thrown away.
    pub fn apply(&mut self, event: &Event, at: Timestamp) -> Result<(), NotApplicable> {
        match event {
            Event::Opened { .. } => return Err(NotApplicable::Opening),
            Event::Received { message, inbox, external, text, .. } => {
                self.keep_bubble(text);
                self.messages = self.messages.max(message.0);
                self.took_in(*inbox, at);
                if let Some(external) = external {
                    keep_recent(&mut self.externals, (external.clone(), *message));
                }
            }
            Event::Edited { inbox, .. } | Event::Redacted { inbox, .. } => self.took_in(*inbox, at),
            Event::LeftChat { inbox } => {
                self.last_inbox = Some(*inbox);
                self.unreachable = Some(RefusalReason::Unreachable);
            }
            Event::Found { message, findings } => {
                for finding in findings {
                    self.remember(Seen { message: *message, finding: finding.clone() });
                }
            }
            Event::RiskRaised { to, .. } => self.risk.raise(*to),
            Event::Said { message, client_key, .. } => {
                self.messages = self.messages.max(message.0);
                if let Some(key) = client_key {
                    keep_recent(&mut self.client_keys, key.clone());
                }
            }
            Event::Delivered { outcome, .. } => match outcome {
                DeliveryOutcome::Sent { .. } => self.unreachable = None,
                // A text the platform doesn't take says nothing about the next one.
                DeliveryOutcome::Refused { reason: RefusalReason::NotAcceptable } => {}
                DeliveryOutcome::Refused { reason } => self.unreachable = Some(*reason),
                DeliveryOutcome::Unknown { .. } => {
                    self.unknown_deliveries = self.unknown_deliveries.saturating_add(1);
                }
            },
            Event::AtStep { flow, hash, step, stack, waiting } => {
                let same = self.bot.as_ref().is_some_and(|bot| bot.flow == *flow && bot.step == *step);
                let (retries, reminders) = match &self.bot {
                    Some(bot) if same => (bot.retries, bot.reminders),
                    _ => (0, 0),
                };
                self.bot = Some(BotPosition {
                    flow: flow.clone(),
                    hash: hash.clone(),
                    step: step.clone(),
                    stack: stack.clone(),
                    waiting: *waiting,
                    retries,
                    reminders,
                });
            }
            Event::BotDone => self.bot = None,
            Event::NotUnderstood => {
                if let Some(bot) = &mut self.bot {
                    bot.retries = bot.retries.saturating_add(1);
                }
            }
            Event::Reminded => {
                if let Some(bot) = &mut self.bot {
                    bot.reminders = bot.reminders.saturating_add(1);
                }
            }
            Event::VariableSet { name, value } => {
                self.vars.insert(name.clone(), value.clone());
            }
            Event::LangChosen { lang } => {
                self.lang = *lang;
                self.lang_chosen = Some(at);
            }
            Event::AgeBandSaid { band } => self.age_band = *band,
            Event::ResourcesGiven { resources } => {
                for resource in resources {
                    if !self.resources.contains(resource) {
                        self.resources.push(resource.clone());
                    }
                }
            }
            Event::Handoff { what } => self.hand(what, at)?,
            Event::TimerArmed { key, at } => {
                self.timers.insert(*key, *at);
            }
            Event::TimerCleared { key } => {
                self.timers.remove(key);
            }
            Event::Noted { .. } | Event::LimitHit { .. } | Event::WrapUpNoted { .. } | Event::Viewed { .. } => {}
        }
        self.version = self.version.saturating_add(1);
        Ok(())
    }

    fn hand(&mut self, what: &HandoffEvent, at: Timestamp) -> Result<(), NotApplicable> {
        let next = self.stage.clone().next(what, self.risk.urgency(), at).map_err(NotApplicable::Handoff)?;
        self.stage = next;
        Ok(())
    }

    fn keep_bubble(&mut self, text: &Confidential<String>) {
        let beginning: String = text.text().chars().take(BUBBLE_CHARS).collect();
        if beginning.trim().is_empty() {
            return;
        }
        if self.bubbles.len() >= BUBBLES {
            self.bubbles.remove(0);
        }
        self.bubbles.push(Confidential::new(beginning));
    }

    fn took_in(&mut self, inbox: InboxSeq, at: Timestamp) {
        self.last_inbox = Some(inbox);
        self.last_inbound_at = Some(at);
        self.unreachable = None;
        if at.since(self.flood.0) > crate::limits::FLOOD_WINDOW {
            self.flood = (at, 0);
        }
        self.flood.1 = self.flood.1.saturating_add(1);
        if self.stage.bot_may_speak() {
            self.bot_turns = self.bot_turns.saturating_add(1);
        }
    }

    fn remember(&mut self, seen: Seen) {
        self.seen.push(seen);
        if self.seen.len() > FINDINGS_REMEMBERED {
            let least = self
                .seen
                .iter()
                .enumerate()
                .min_by_key(|(place, seen)| (seen.finding.urgency, *place))
                .map(|(place, _)| place);
            if let Some(place) = least {
                self.seen.remove(place);
            }
        }
    }
}

fn keep_recent<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= RECENT {
        list.remove(0);
    }
    list.push(item);
}
