//! The transcript: what both sides saw, in order, built from a conversation's events alone.
//!
//! It must never drop or reorder a word that was said, and never hide an original behind its edit.
//! Read next: `render/lines.rs`, which shows it.

use domain::{
    AgeBand, Confidential, Conversation, CounsellorId, DeliveryOutcome, Event, Finding, FlowId, HandoffEvent,
    Lang, MessageId, Recorded, RefusalReason, ResourceId, RuleId, Speaker, StepId, Timestamp, UnknownReason,
    Urgency,
};
use std::collections::BTreeMap;

/// One line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The event it began with; a line's name for as long as the conversation lives.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The conversation's language at that moment.
    pub lang: Lang,
    /// What.
    pub kind: LineKind,
}

/// The kinds of line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineKind {
    /// The child wrote.
    Child {
        /// The message's number; `None` for an edit whose original isn't known.
        message: Option<MessageId>,
        /// A stable word: `text`, `choice`, `attachment`, `unreadable`, `joined`, or `edit` without original.
        kind: String,
        /// As first written.
        original: ChildWords,
        /// Later wordings, oldest first.
        edits: Vec<(Timestamp, ChildWords)>,
        /// When the child took it back.
        taken_back: Option<Timestamp>,
    },
    /// The bot or a counsellor wrote to the child.
    Out {
        /// The message's number.
        message: MessageId,
        /// Who.
        by: Voice,
        /// The words.
        text: Confidential<String>,
        /// Labels of choices offered.
        choices: Vec<String>,
        /// What became of it.
        delivery: Delivery,
    },
    /// For colleagues only.
    Note {
        /// By whom; `None` for a flow.
        by: Option<CounsellorId>,
        /// The words.
        text: Confidential<String>,
    },
    /// Something happened.
    System(Happening),
}

/// Words of a child with what the rules found in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildWords {
    /// As written.
    pub text: Confidential<String>,
    /// What the rules found.
    pub findings: Vec<Finding>,
}

/// Who spoke to the child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voice {
    /// A flow's step.
    Flow(FlowId, StepId),
    /// A built-in phrase, by name.
    Phrase(String),
    /// A counsellor.
    Counsellor(CounsellorId),
}

/// How far a message to the child has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// On its way.
    Waiting,
    /// The platform has it.
    Sent,
    /// The platform said no.
    Refused(RefusalReason),
    /// Nobody can tell.
    Unknown(UnknownReason),
}

/// What happened beside the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// The conversation began.
    Opened,
    /// The child took back a message that isn't known here.
    UnknownTakenBack,
    /// The child left the chat.
    LeftChat,
    /// Urgency rose.
    RiskRaised {
        /// To this.
        to: Urgency,
        /// By this rule.
        rule: Option<RuleId>,
    },
    /// The child's language was chosen.
    LangChosen(Lang),
    /// The child said how old they are.
    AgeBandSaid(AgeBand),
    /// Contacts were given.
    ResourcesGiven(Vec<ResourceId>),
    /// The handoff moved on.
    Handoff(HandoffEvent),
    /// A limit was hit.
    LimitHit(String),
    /// The record's words.
    WrapUpNoted {
        /// By whom.
        by: CounsellorId,
        /// The note.
        note: Confidential<String>,
    },
    /// The child can't be reached now.
    Unreachable(RefusalReason),
}

/// The transcript of a conversation. `conversation` is the state after `events`.
pub fn transcript(events: &[Recorded], conversation: &Conversation) -> Vec<Line> {
    let mut making =
        Making { lines: Vec::new(), places: BTreeMap::new(), unknown_edit: None, lang: conversation.lang };
    for recorded in events {
        making.take(recorded);
    }
    if let (Some(reason), Some(last)) = (conversation.unreachable, events.last()) {
        making.push(last.seq.saturating_add(1), last.at, LineKind::System(Happening::Unreachable(reason)));
    }
    making.lines
}

struct Making {
    lines: Vec<Line>,
    /// Where each message's line is.
    places: BTreeMap<MessageId, usize>,
    /// The line of the last edit whose original isn't known.
    unknown_edit: Option<usize>,
    lang: Lang,
}

impl Making {
    fn push(&mut self, seq: u64, at: Timestamp, kind: LineKind) -> usize {
        self.lines.push(Line { seq, at, lang: self.lang, kind });
        self.lines.len() - 1
    }

    fn system(&mut self, recorded: &Recorded, what: Happening) {
        self.push(recorded.seq, recorded.at, LineKind::System(what));
    }

    fn child_line(&mut self, message: Option<MessageId>) -> Option<&mut LineKind> {
        let place = match message {
            Some(message) => self.places.get(&message).copied(),
            None => self.unknown_edit,
        }?;
        self.lines.get_mut(place).map(|line| &mut line.kind)
    }

    fn take(&mut self, recorded: &Recorded) {
        let (seq, at) = (recorded.seq, recorded.at);
        match &recorded.event {
            Event::Opened { lang, .. } => {
                self.lang = *lang;
                self.system(recorded, Happening::Opened);
            }
            Event::Received { message, text, kind, .. } => {
                let place = self.push(seq, at, child(Some(*message), kind, text));
                self.places.insert(*message, place);
            }
            Event::Edited { message, text, .. } => self.edited(recorded, *message, text),
            Event::Redacted { message, .. } => match self.child_line(*message).filter(|_| message.is_some()) {
                Some(LineKind::Child { taken_back, .. }) => *taken_back = Some(at),
                _ => self.system(recorded, Happening::UnknownTakenBack),
            },
            Event::LeftChat { .. } => self.system(recorded, Happening::LeftChat),
            Event::Found { message, findings } => {
                if let Some(LineKind::Child { original, edits, .. }) = self.child_line(*message) {
                    // What is found belongs to the newest wording: it was screened just now.
                    let words = edits.last_mut().map_or(original, |(_, words)| words);
                    words.findings.extend(findings.iter().cloned());
                }
            }
            Event::RiskRaised { to, rule } => {
                self.system(recorded, Happening::RiskRaised { to: *to, rule: rule.clone() });
            }
            Event::Said { message, by, text, choices, .. } => {
                let kind = LineKind::Out {
                    message: *message,
                    by: voice(by),
                    text: text.clone(),
                    choices: choices.iter().map(|(_, label)| label.clone()).collect(),
                    delivery: Delivery::Waiting,
                };
                let place = self.push(seq, at, kind);
                self.places.insert(*message, place);
            }
            Event::Delivered { message, outcome } => {
                if let Some(LineKind::Out { delivery, .. }) = self.child_line(Some(*message)) {
                    *delivery = delivered(outcome);
                }
            }
            Event::LangChosen { lang } => {
                self.lang = *lang;
                self.system(recorded, Happening::LangChosen(*lang));
            }
            Event::AgeBandSaid { band } => self.system(recorded, Happening::AgeBandSaid(*band)),
            Event::ResourcesGiven { resources } => {
                self.system(recorded, Happening::ResourcesGiven(resources.clone()));
            }
            Event::Noted { by, text } => {
                self.push(seq, at, LineKind::Note { by: *by, text: text.clone() });
            }
            Event::Handoff { what } if is_worth_a_line(what) => {
                self.system(recorded, Happening::Handoff(what.clone()));
            }
            Event::LimitHit { limit } => self.system(recorded, Happening::LimitHit(limit.clone())),
            Event::WrapUpNoted { by, note } => {
                self.system(recorded, Happening::WrapUpNoted { by: *by, note: note.clone() });
            }
            // The bot's inner steps, timers and who looked: in the event log and the audit log.
            Event::Handoff { .. }
            | Event::AtStep { .. }
            | Event::BotDone
            | Event::NotUnderstood
            | Event::Reminded
            | Event::VariableSet { .. }
            | Event::TimerArmed { .. }
            | Event::TimerCleared { .. }
            | Event::Viewed { .. } => {}
        }
    }

    fn edited(&mut self, recorded: &Recorded, message: Option<MessageId>, text: &Confidential<String>) {
        let words = ChildWords { text: text.clone(), findings: Vec::new() };
        match self.child_line(message).filter(|_| message.is_some()) {
            Some(LineKind::Child { edits, .. }) => edits.push((recorded.at, words)),
            _ => {
                let place = self.push(recorded.seq, recorded.at, child(message, "edit", text));
                self.unknown_edit = Some(place);
                if let Some(message) = message {
                    self.places.insert(message, place);
                }
            }
        }
    }
}

fn child(message: Option<MessageId>, kind: &str, text: &Confidential<String>) -> LineKind {
    LineKind::Child {
        message,
        kind: kind.to_owned(),
        original: ChildWords { text: text.clone(), findings: Vec::new() },
        edits: Vec::new(),
        taken_back: None,
    }
}

fn voice(by: &Speaker) -> Voice {
    match by {
        Speaker::Flow { flow, step } => Voice::Flow(flow.clone(), step.clone()),
        Speaker::Phrase { phrase } => Voice::Phrase(phrase.clone()),
        Speaker::Counsellor { by } => Voice::Counsellor(*by),
    }
}

const fn delivered(outcome: &DeliveryOutcome) -> Delivery {
    match outcome {
        DeliveryOutcome::Sent { .. } => Delivery::Sent,
        DeliveryOutcome::Refused { reason } => Delivery::Refused(*reason),
        DeliveryOutcome::Unknown { reason } => Delivery::Unknown(*reason),
    }
}

/// Moves that say nothing a line beside them doesn't say already.
const fn is_worth_a_line(what: &HandoffEvent) -> bool {
    !matches!(
        what,
        HandoffEvent::Queued
            | HandoffEvent::HeldCompany
            | HandoffEvent::FirstWords { .. }
            | HandoffEvent::WentLive
            | HandoffEvent::Widened
    )
}

#[cfg(test)]
mod tests;
