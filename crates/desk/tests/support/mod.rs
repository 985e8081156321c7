//! A house in memory for the desk's tests and its preview: a store, a door that plays the
//! switchboard's part in the simplest way, people, and children whose events are written by hand.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]

use async_trait::async_trait;
use desk::{Change, Cookies, DeskParts, Door, hash_password};
use domain::{
    AccountId, AgeBand, Category, Confidential, ContactId, Conversation, ConversationId, Counsellor, CounsellorId,
    DedupeKey, DeliveryOutcome, DeskCommand, DutyState, Entropy, Event, Finding, HandoffEvent, HandoffReason,
    Inbound, InboundBody, InboxSeq, Lang, MessageId, OsEntropyMissing, Person, Platform, PlatformId, Polarity,
    Recorded, Refusal, RefusalCode, Role, RosterEntry, Span, Speaker, Stage, Tier, TimeRef, Timestamp, Urgency,
    View,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Accepted, Inboxes, Login, MemoryStore, MustChange, People, TurnCommit, Turns};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// 2026-11-23 18:00 UTC.
pub const NOW: i64 = 1_795_456_800_000;
pub const PASSWORD: &str = "seven small stones";

pub struct Numbers(AtomicU64);

impl Entropy for Numbers {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), OsEntropyMissing> {
        for byte in buffer {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (z >> 40) as u8;
        }
        Ok(())
    }
}

/// The switchboard's part, without an engine.
pub struct House {
    pub store: Arc<MemoryStore>,
    pub entropy: Arc<Numbers>,
    now: AtomicI64,
    pub changes: broadcast::Sender<Change>,
    duty: Mutex<BTreeMap<CounsellorId, DutyState>>,
    /// Everything that was submitted, in order.
    pub submitted: Mutex<Vec<(CounsellorId, ConversationId, DeskCommand)>>,
    pub beats: Mutex<Vec<CounsellorId>>,
    /// The next command is refused like this.
    pub channels: Mutex<Vec<domain::ChannelHealth>>,
    pub refuse: Mutex<Option<RefusalCode>>,
    /// The next look at a conversation is refused like this.
    pub refuse_view: Mutex<Option<RefusalCode>>,
    pub stopping: CancellationToken,
}

impl House {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            store: Arc::new(MemoryStore::new()),
            entropy: Arc::new(Numbers(AtomicU64::new(7))),
            now: AtomicI64::new(NOW),
            changes: broadcast::channel(8).0,
            duty: Mutex::default(),
            submitted: Mutex::default(),
            beats: Mutex::default(),
            channels: Mutex::default(),
            refuse: Mutex::default(),
            refuse_view: Mutex::default(),
            stopping: CancellationToken::new(),
        })
    }

    pub fn parts(self: &Arc<Self>, cookies: Cookies) -> DeskParts {
        DeskParts {
            store: self.store.clone(),
            door: self.clone(),
            entropy: self.entropy.clone(),
            helpline: "Helpline 116".into(),
            resources: BTreeMap::from([("ch.147".into(), "147 – Pro Juventute".to_owned())]),
            cookies,
            stopping: self.stopping.clone(),
        }
    }

    pub fn pass(&self, span: Duration) {
        self.now.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::Relaxed);
    }

    pub async fn person(&self, login: &str, first_name: &str, role: Role) -> CounsellorId {
        self.person_with(login, first_name, role, MustChange::No).await
    }

    pub async fn person_with(
        &self,
        login: &str,
        first_name: &str,
        role: Role,
        must_change: MustChange,
    ) -> CounsellorId {
        let id = CounsellorId::from_uuid(self.entropy.uuid().unwrap());
        let counsellor = Counsellor {
            id,
            login: login.into(),
            first_name: first_name.into(),
            role,
            langs: vec![Lang::EN],
            teams: Vec::new(),
        };
        let password_hash = hash_password(PASSWORD, &*self.entropy).unwrap();
        let login = Login { counsellor, password_hash, must_change, failures: 0, locked_until: None };
        self.store.put_login(login).await.unwrap();
        id
    }

    /// A child's conversation made of these events; the opening is added.
    pub async fn child(&self, child: u64, lang: Lang, events: Vec<(i64, Event)>) -> ConversationId {
        let id = ConversationId::from_uuid(self.entropy.uuid().unwrap());
        let account = AccountId::new("practice");
        let inbound = Inbound {
            account: account.clone(),
            dedupe: DedupeKey(id.to_string()),
            contact: PlatformId::new(format!("child-{child}")),
            chat: PlatformId::new(format!("chat-{child}")),
            external: None,
            sent_at: None,
            client_lang: None,
            body: InboundBody::Joined,
        };
        let kept = self.store.accept(&account, vec![inbound], None, self.now()).await.unwrap();
        let Accepted::New { contact, seq } = kept[0] else { panic!("a new row") };
        let opened = Event::Opened { contact, account, platform: Platform::Practice, lang };
        let first = events.first().map_or(0, |(ago, _)| *ago) + 1;
        let all = std::iter::once((first, opened)).chain(events);
        let log: Vec<Recorded> = all
            .zip(1_u64..)
            .map(|((ago, event), seq)| Recorded { seq, at: Timestamp::from_millis(NOW - ago * 1_000), event })
            .collect();
        let state =
            Conversation::replay(id, log.iter().map(|one| (&one.event, one.at))).expect("a possible story");
        self.commit(state, 0, log, Some(seq)).await;
        id
    }

    async fn commit(&self, state: Conversation, expected: u64, events: Vec<Recorded>, took: Option<InboxSeq>) {
        let (id, version, at) = (state.id, state.version, self.now());
        let turn = TurnCommit {
            state,
            expected,
            events,
            outbox: Vec::new(),
            settled: None,
            alarms: Vec::new(),
            audit: Vec::new(),
            took,
            at,
        };
        self.store.commit(turn).await.unwrap();
        let _nobody_listens = self.changes.send(Change::Conversation { id, version });
    }

    /// Adds events now.
    pub async fn add(&self, id: ConversationId, events: Vec<Event>) {
        let mut state = self.store.load(id).await.unwrap().unwrap();
        let (expected, at) = (state.version, self.now());
        let mut log = Vec::new();
        for event in events {
            state.apply(&event, at).expect("a possible event");
            log.push(Recorded { seq: state.version, at, event });
        }
        self.commit(state, expected, log, None).await;
    }

    pub async fn alarm(&self, id: ConversationId, kind: domain::AlarmKind) {
        let state = self.store.load(id).await.unwrap().unwrap();
        let (expected, at, urgency) = (state.version, self.now(), state.urgency());
        let turn = TurnCommit {
            state,
            expected,
            events: Vec::new(),
            outbox: Vec::new(),
            settled: None,
            alarms: vec![domain::Alarm { conversation: id, kind, urgency, at }],
            audit: Vec::new(),
            took: None,
            at,
        };
        self.store.commit(turn).await.unwrap();
        let _nobody_listens = self.changes.send(Change::Alarm { id });
    }

    pub async fn state(&self, id: ConversationId) -> Conversation {
        self.store.load(id).await.unwrap().unwrap()
    }

    pub async fn log(&self, id: ConversationId) -> Vec<Recorded> {
        self.store.events(id, 0, 10_000).await.unwrap()
    }

    /// The commands of one kind that came through the door, `View` apart.
    pub fn commands(&self) -> Vec<DeskCommand> {
        let all = self.submitted.lock().unwrap();
        all.iter().map(|(_, _, command)| command.clone()).filter(|one| *one != DeskCommand::View).collect()
    }

    pub fn views(&self) -> usize {
        self.submitted.lock().unwrap().iter().filter(|(_, _, command)| *command == DeskCommand::View).count()
    }

    async fn act(&self, who: CounsellorId, id: ConversationId, command: DeskCommand) -> Result<(), Refusal> {
        let state = self.state(id).await;
        let everyone = self.store.counsellors().await.unwrap();
        let supervisor = everyone.iter().any(|one| one.id == who && one.role == Role::Supervisor);
        let holds = state.stage.engaged().is_some_and(|engaged| engaged.by == who)
            || (supervisor && matches!(command, DeskCommand::WrapUp { .. }));
        let wrong = || Refusal::new(RefusalCode::WrongStage, "not now");
        let events = match command {
            DeskCommand::View => vec![Event::Viewed { by: who }],
            DeskCommand::Accept => {
                if state.stage.engaged().is_some_and(|engaged| engaged.by != who) {
                    return Err(Refusal::new(RefusalCode::TakenByAnother, "taken"));
                }
                let first_name = "Kim".to_owned();
                vec![hand(HandoffEvent::Accepted { by: who, first_name })]
            }
            DeskCommand::Decline { reason } => vec![hand(HandoffEvent::Declined { by: who, reason })],
            DeskCommand::Note { text } => vec![Event::Noted { by: Some(who), text }],
            _ if !holds => return Err(Refusal::new(RefusalCode::NotYours, "not yours")),
            DeskCommand::Say { text, client_key } => {
                if state.client_keys.contains(&client_key) {
                    return Ok(());
                }
                if text.text().trim().is_empty() {
                    return Err(Refusal::new(RefusalCode::Empty, "empty"));
                }
                let message = MessageId(state.messages + 1);
                let by = Speaker::Counsellor { by: who };
                let said = Event::Said { message, by, text, choices: Vec::new(), client_key: Some(client_key) };
                let outcome = DeliveryOutcome::Sent { external: None };
                let mut events = vec![said, Event::Delivered { message, outcome }];
                if matches!(&state.stage, Stage::Accepted(_)) {
                    events.insert(1, hand(HandoffEvent::FirstWords { message }));
                    events.push(hand(HandoffEvent::Introduced));
                }
                events
            }
            DeskCommand::GiveBack => vec![hand(HandoffEvent::GivenBack { by: who })],
            DeskCommand::Finish { .. } => vec![hand(HandoffEvent::Finished)],
            DeskCommand::WrapUp { reason, note } => {
                let mut events = vec![hand(HandoffEvent::WrappedUp { by: who, reason })];
                events.extend(note.map(|note| Event::WrapUpNoted { by: who, note }));
                events
            }
        };
        let mut tried = state.clone();
        for event in &events {
            tried.apply(event, self.now()).map_err(|_| wrong())?;
        }
        self.add(id, events).await;
        Ok(())
    }
}

#[async_trait]
impl Door for House {
    async fn submit(&self, who: CounsellorId, id: ConversationId, command: DeskCommand) -> Result<(), Refusal> {
        self.submitted.lock().unwrap().push((who, id, command.clone()));
        let refuse = if command == DeskCommand::View { &self.refuse_view } else { &self.refuse };
        let refuse = refuse.lock().unwrap().take();
        if let Some(code) = refuse {
            return Err(Refusal::new(code, "the test wants it"));
        }
        self.act(who, id, command).await
    }

    async fn heartbeat(&self, who: CounsellorId) {
        self.beats.lock().unwrap().push(who);
        self.duty.lock().unwrap().entry(who).or_insert(DutyState::Available);
    }

    async fn duty(&self, who: CounsellorId, duty: DutyState) {
        self.duty.lock().unwrap().insert(who, duty);
        let _nobody_listens = self.changes.send(Change::Roster);
    }

    async fn roster(&self) -> Vec<RosterEntry> {
        let everyone = self.store.counsellors().await.unwrap();
        let duty = self.duty.lock().unwrap();
        everyone
            .into_iter()
            .filter_map(|counsellor| {
                let duty = *duty.get(&counsellor.id)?;
                Some(RosterEntry { counsellor, duty, load: 0, seen_at: self.now() })
            })
            .collect()
    }

    async fn channels(&self) -> Vec<domain::ChannelHealth> {
        self.channels.lock().unwrap().clone()
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::Relaxed))
    }
}

// ---- Small words for stories ------------------------------------------------------------

pub fn hand(what: HandoffEvent) -> Event {
    Event::Handoff { what }
}

pub fn wrote(number: u32, words: &str) -> Event {
    Event::Received {
        message: MessageId(number),
        inbox: InboxSeq(i64::from(number)),
        external: None,
        text: Confidential::from(words),
        kind: "text".into(),
    }
}

pub fn bot(number: u32, words: &str) -> Event {
    let by = Speaker::Flow { flow: "welcome".into(), step: "hello".into() };
    Event::Said { message: MessageId(number), by, text: words.into(), choices: Vec::new(), client_key: None }
}

pub fn phrase(number: u32, name: &str, words: &str) -> Event {
    let by = Speaker::Phrase { phrase: name.into() };
    Event::Said { message: MessageId(number), by, text: words.into(), choices: Vec::new(), client_key: None }
}

pub fn counsellor(number: u32, by: CounsellorId, words: &str) -> Event {
    let by = Speaker::Counsellor { by };
    Event::Said { message: MessageId(number), by, text: words.into(), choices: Vec::new(), client_key: None }
}

pub fn sent(number: u32) -> Event {
    Event::Delivered { message: MessageId(number), outcome: DeliveryOutcome::Sent { external: None } }
}

pub fn age(band: AgeBand) -> Event {
    Event::AgeBandSaid { band }
}

/// A finding over the first place of `quote` in `text`.
pub fn found(number: u32, category: Category, urgency: Urgency, text: &str, quote: &str) -> Event {
    let start = text.find(quote).expect("the quote is in the text");
    let finding = Finding {
        category,
        tier: if urgency >= Urgency::Urgent { Tier::Hard } else { Tier::Soft },
        urgency,
        rule: format!("{}.en.3", category.name()).as_str().into(),
        version: 1,
        span: Span { start, end: start + quote.len() },
        view: View::AsWritten,
        person: Person::Oneself,
        time: TimeRef::Now,
        polarity: Polarity::Affirmed,
        moves: Vec::new(),
    };
    Event::Found { message: Some(MessageId(number)), findings: vec![finding] }
}

pub fn raised(to: Urgency, rule: &str) -> Event {
    Event::RiskRaised { to, rule: Some(rule.into()) }
}

pub fn requested(category: Category) -> Event {
    let rule = format!("{}.en.3", category.name()).as_str().into();
    hand(HandoffEvent::Requested { reason: HandoffReason::Rule { rule, category }, team: None })
}

pub fn asked_for_human() -> Event {
    hand(HandoffEvent::Requested { reason: HandoffReason::ChildAsked, team: None })
}

pub fn queued() -> Event {
    hand(HandoffEvent::Queued)
}

pub fn offered(to: &[CounsellorId]) -> Event {
    let to: BTreeSet<CounsellorId> = to.iter().copied().collect();
    hand(HandoffEvent::Offered { to, deadline: Timestamp::from_millis(NOW + 30_000) })
}

pub fn accepted(by: CounsellorId) -> Event {
    hand(HandoffEvent::Accepted { by, first_name: "Kim".into() })
}

/// Contact ids for those who need one by hand.
pub fn contact(number: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(number))
}
