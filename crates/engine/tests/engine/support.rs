//! One harness for every scenario: a talk, two counsellors, and short names for what is heard.
//!
//! Read next: `handoff.rs`.

use crate::pack::library;
use domain::{
    CloseReason, Confidential, ContactId, Conversation, ConversationId, Counsellor, CounsellorId, DeliveryOutcome,
    DeskCommand, DutyState, Event, Feedback, HandoffEvent, InboundBody, Lang, MessageId, RefusalCode, Role,
    RosterEntry, Speaker, Stage, StageName, Timestamp, Urgency,
};
use engine::{Command, Person, Rehearsal, Spoken, StepError};
use std::time::Duration;

pub(crate) const URGENT: &str = "I want to kill myself";
pub(crate) const EMERGENCY: &str = "I took all the pills";
pub(crate) const SOON: &str = "they bully me every day";
pub(crate) const ASKS: &str = "can I talk to a real person";

pub(crate) const LEA: u128 = 1;
pub(crate) const TOM: u128 = 2;

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn counsellor_id(who: u128) -> CounsellorId {
    CounsellorId::from_uuid(uuid::Uuid::from_u128(who))
}

pub(crate) fn person(who: u128) -> Person {
    Person { id: counsellor_id(who), first_name: name(who).into(), role: Role::Counsellor }
}

const fn name(who: u128) -> &'static str {
    match who {
        LEA => "Léa",
        TOM => "Tom",
        _ => "Kim",
    }
}

/// A talk being played.
pub(crate) struct Talk {
    pub(crate) r: Rehearsal,
    keys: u32,
}

/// What was heard, as short names: `phrase`, `flow.step`, or `*` for a counsellor.
pub(crate) fn names(spoken: &[Spoken]) -> Vec<String> {
    let name = |spoken: &Spoken| match spoken.outbound.text.speaker() {
        Speaker::Flow { flow, step } => format!("{}.{}", flow.as_str(), step.as_str()),
        Speaker::Phrase { phrase } => phrase,
        Speaker::Counsellor { .. } => "*".into(),
    };
    spoken.iter().map(name).collect()
}

impl Talk {
    /// Nobody is on duty.
    pub(crate) fn alone() -> Self {
        let ids = (
            ConversationId::from_uuid(uuid::Uuid::from_u128(100)),
            ContactId::from_uuid(uuid::Uuid::from_u128(200)),
        );
        Self { r: Rehearsal::new(library(), Rehearsal::house(), Lang::EN, ids), keys: 0 }
    }

    /// These are on duty and free.
    pub(crate) fn with(staff: &[u128]) -> Self {
        let mut talk = Self::alone();
        staff.iter().for_each(|who| talk.arrives_quietly(*who));
        talk
    }

    fn arrives_quietly(&mut self, who: u128) {
        let counsellor = Counsellor {
            id: counsellor_id(who),
            login: name(who).to_lowercase(),
            first_name: name(who).into(),
            role: Role::Counsellor,
            langs: vec![Lang::EN],
            teams: Vec::new(),
        };
        let seen_at = self.r.now;
        self.r.roster.entries.push(RosterEntry { counsellor, duty: DutyState::Available, load: 0, seen_at });
    }

    pub(crate) fn arrives(&mut self, who: u128) -> Vec<String> {
        self.arrives_quietly(who);
        names(&self.r.roster_changed().unwrap())
    }

    pub(crate) fn leaves_duty(&mut self, who: u128) {
        self.r.roster.entries.retain(|entry| entry.counsellor.id != counsellor_id(who));
    }

    /// The desk is gone: off the roster, and the house says so.
    pub(crate) fn gone(&mut self, who: u128) -> Vec<String> {
        self.leaves_duty(who);
        match self.r.counsellor_gone(counsellor_id(who)) {
            Ok(spoken) => names(&spoken),
            Err(StepError::Nothing) => Vec::new(),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn child(&mut self, text: &str) -> Vec<String> {
        names(&self.r.child(text).unwrap())
    }

    pub(crate) fn sends(&mut self, body: InboundBody) -> Vec<String> {
        names(&self.r.inbound(body).unwrap())
    }

    pub(crate) fn tap(&mut self, value: &str) -> Vec<String> {
        names(&self.r.tap(value).unwrap())
    }

    pub(crate) fn edits(&mut self, message: u32, text: &str) -> Vec<String> {
        let of = domain::ExternalId(format!("in-{message}"));
        self.sends(InboundBody::Edit { of, text: Confidential::from(text) })
    }

    pub(crate) fn wait(&mut self, seconds: u64) -> Vec<String> {
        names(&self.r.wait(secs(seconds)).unwrap())
    }

    pub(crate) fn desk(&mut self, who: u128, command: DeskCommand) -> Result<Vec<String>, StepError> {
        self.r.desk(&person(who), command).map(|spoken| names(&spoken))
    }

    pub(crate) fn accept(&mut self, who: u128) -> Vec<String> {
        self.desk(who, DeskCommand::Accept).unwrap()
    }

    pub(crate) fn says(&mut self, who: u128, text: &str) -> Vec<String> {
        self.keys += 1;
        let client_key = format!("key-{}", self.keys);
        self.desk(who, DeskCommand::Say { text: Confidential::from(text), client_key }).unwrap()
    }

    pub(crate) fn finish(&mut self, who: u128, feedback: Feedback) -> Vec<String> {
        self.desk(who, DeskCommand::Finish { feedback }).unwrap()
    }

    pub(crate) fn wrap_up(&mut self, who: u128) -> Result<Vec<String>, StepError> {
        self.desk(who, DeskCommand::WrapUp { reason: CloseReason::Helped, note: None })
    }

    pub(crate) fn outcome(&mut self, message: MessageId, outcome: DeliveryOutcome) -> Vec<String> {
        names(&self.r.command(Command::Delivered { message, outcome }).unwrap())
    }

    /// The last words to the child arrive.
    pub(crate) fn arrived(&mut self) {
        let last = self.r.spoken.last().unwrap().outbound.message;
        self.outcome(last, DeliveryOutcome::Sent { external: None });
    }

    /// Accepted, first words said and arrived, answered: live.
    pub(crate) fn live(&mut self, who: u128) {
        self.accept(who);
        self.says(who, "Hello, I am here");
        self.arrived();
        assert_eq!(self.stage(), StageName::Introduced);
        self.child("hi");
        assert_eq!(self.stage(), StageName::Live);
    }

    pub(crate) fn c(&self) -> &Conversation {
        self.r.conversation().unwrap()
    }

    pub(crate) fn stage(&self) -> StageName {
        self.c().stage.name()
    }

    pub(crate) fn urgency(&self) -> Urgency {
        self.c().urgency()
    }

    pub(crate) fn offered_to(&self) -> Vec<u128> {
        match &self.c().stage {
            Stage::Offered(offered) => offered.to.iter().map(|id| id.as_uuid().as_u128()).collect(),
            _ => Vec::new(),
        }
    }

    /// Seconds from `from` at which each such alarm rang.
    pub(crate) fn alarms(&self, kind: domain::AlarmKind, from: Timestamp) -> Vec<u64> {
        let at = |alarm: &domain::Alarm| alarm.at.since(from).as_secs();
        self.r.alarms.iter().filter(|alarm| alarm.kind == kind).map(at).collect()
    }

    /// Seconds from `from` at which such a handoff event was written.
    pub(crate) fn moments(&self, from: Timestamp, wanted: impl Fn(&HandoffEvent) -> bool) -> Vec<u64> {
        let log = self.r.log.iter().filter_map(|recorded| match &recorded.event {
            Event::Handoff { what } if wanted(what) => Some(recorded.at.since(from).as_secs()),
            _ => None,
        });
        log.collect()
    }

    /// The words are in the log, for a counsellor to read.
    pub(crate) fn kept(&self, words: &str) -> bool {
        self.r.log.iter().any(|recorded| match &recorded.event {
            Event::Received { text, .. } | Event::Edited { text, .. } => text.text().contains(words),
            _ => false,
        })
    }
}

/// The command was refused for this reason.
pub(crate) fn refused(result: Result<Vec<String>, StepError>) -> RefusalCode {
    match result {
        Err(StepError::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
