//! A small set of flows in code, one for each role, with a corner for every limit.
//!
//! Each text is its own name (`topic` of `welcome` says `welcome.topic`), so that a test can say
//! what it expects. Read next: `support.rs`.

use domain::{FlowHash, FlowId, Lang, ResourceId, StepId, Urgency, VarName};
use flow_script::{
    AskKind, ChoiceStep, End, Flow, FlowLibrary, FlowRole, Handoff, Literal, NotUnderstood, OnSilence, Other,
    Reminder, Resource, SafePoint, Silence, Step, StepKind, Target, Text,
};
use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) const REMINDER: Duration = Duration::from_secs(180);
pub(crate) const GIVE_UP: Duration = Duration::from_secs(600);

fn both(en: &str) -> Text {
    Text(BTreeMap::from([(Lang::EN, en.to_owned()), (Lang::FR, format!("[fr] {en}"))]))
}

fn to(step: &str) -> Target {
    match step.strip_prefix("flow ") {
        Some(flow) => Target::Flow(FlowId::new(flow)),
        None => Target::Step(StepId::new(step)),
    }
}

fn other(retries: u32, then: NotUnderstood) -> Other {
    Other { retries, say: None, then }
}

fn silence(then: OnSilence) -> Silence {
    Silence { reminders: vec![Reminder { after: REMINDER, text: both("reminder") }], after: GIVE_UP, then }
}

type Choices<'a> = &'a [(&'a str, &'a str, Urgency)];

/// Writes one flow down, step by step.
struct Writer {
    flow: Flow,
}

impl Writer {
    fn new(id: &str, plays: Option<FlowRole>) -> Self {
        // Stands in for SHA-256: differs from its first letters on.
        let hash = id
            .bytes()
            .fold(0_u64, |sum, byte| sum.wrapping_mul(0x0100_0193) ^ u64::from(byte) << 40 ^ u64::from(byte));
        let flow = Flow {
            id: FlowId::new(id),
            hash: FlowHash::new(format!("{hash:016x}")),
            plays,
            title: id.into(),
            follows: "a test".into(),
            base: Lang::EN,
            langs: vec![Lang::EN, Lang::FR],
            start: StepId::new(""),
            steps: BTreeMap::new(),
            order: Vec::new(),
        };
        Self { flow }
    }

    fn step(mut self, id: &str, kind: StepKind) -> Self {
        let step = Step { id: StepId::new(id), line: self.flow.order.len() + 1, safe_point: SafePoint::No, kind };
        if self.flow.order.is_empty() {
            self.flow.start = step.id.clone();
        }
        self.flow.order.push(step.id.clone());
        self.flow.steps.insert(step.id.clone(), step);
        self
    }

    fn named(&self, step: &str) -> Text {
        both(&format!("{}.{step}", self.flow.id.as_str()))
    }

    fn say(self, id: &str, next: &str) -> Self {
        let text = self.named(id);
        self.step(id, StepKind::Say { text, next: to(next) })
    }

    fn ask(self, id: &str, save: Option<&str>, choices: Choices<'_>, other: Other, silence: Silence) -> Self {
        let text = self.named(id);
        let choices = choices.iter().map(|(value, next, urgency)| ChoiceStep {
            value: (*value).to_owned(),
            label: both(&value.replace('_', " ")),
            synonyms: BTreeMap::new(),
            next: to(next),
            urgency_at_least: *urgency,
        });
        let (choices, save) = (choices.collect(), save.map(VarName::new));
        self.step(id, StepKind::Ask { text, choices, save, other, silence })
    }

    fn ask_text(self, id: &str, kind: AskKind, save: &str, next: &str, other: Other) -> Self {
        let text = self.named(id);
        let (save, next, silence) = (VarName::new(save), to(next), silence(OnSilence::Park));
        self.step(id, StepKind::AskText { text, kind, save, next, other, silence })
    }

    fn handoff(self, id: &str, urgency_at_least: Urgency, next: Option<&str>) -> Self {
        let say = Some(self.named(id));
        let handoff =
            Handoff { team: None, urgency_at_least, reason: "a test asked".into(), say, next: next.map(to) };
        self.step(id, StepKind::Handoff(handoff))
    }

    fn end(self, id: &str) -> Self {
        let text = self.named(id);
        self.step(id, StepKind::End(End { text, kinds: vec!["helpline".into()] }))
    }
}

const ROUTINE: Urgency = Urgency::Routine;

fn welcome() -> Writer {
    let choices: Choices<'_> = &[
        ("talk", "person", ROUTINE),
        ("later", "bye", ROUTINE),
        ("bullied", "flow worry", Urgency::Soon),
        ("not_safe", "numbers", Urgency::Emergency),
        ("thoughts_of_dying", "flow suicide", Urgency::Urgent),
        ("age", "age", ROUTINE),
        ("spin", "spin", ROUTINE),
        ("deep", "deep", ROUTINE),
        ("broken", "flow missing", ROUTINE),
        ("rest", "rest", ROUTINE),
        ("sub", "sub", ROUTINE),
        ("many", "set_0", ROUTINE),
        ("francais", "language", ROUTINE),
    ];
    let mut welcome = Writer::new("welcome", Some(FlowRole::Welcome))
        .say("hello", "topic")
        .ask("topic", Some("topic"), choices, other(1, NotUnderstood::Handoff), silence(OnSilence::Park))
        .handoff("person", ROUTINE, None)
        .end("bye")
        .ask_text("age", AskKind::Age, "years", "topic", other(1, NotUnderstood::Go(to("topic"))))
        .step("spin", StepKind::Goto(to("spin_back")))
        .step("spin_back", StepKind::Goto(to("spin")))
        .step("deep", StepKind::Call { flow: FlowId::new("deep"), next: to("topic") })
        .step("sub", StepKind::Call { flow: FlowId::new("small"), next: to("topic") })
        .step("rest", StepKind::Pause { span: Duration::from_secs(12), next: to("rested") })
        .say("rested", "topic")
        .say("numbers", "person")
        .ask(
            "language",
            Some("language"),
            &[("fr", "topic", ROUTINE)],
            other(1, NotUnderstood::Go(to("topic"))),
            silence(OnSilence::Park),
        );
    for number in 0..40 {
        let next = if number == 39 { "set_second".into() } else { format!("set_{}", number + 1) };
        welcome = welcome.step(&format!("set_{number}"), set(&format!("v{number}"), &next));
    }
    welcome = welcome.ask(
        "set_second",
        None,
        &[("more", "sec_0", ROUTINE)],
        other(1, NotUnderstood::Handoff),
        silence(OnSilence::Park),
    );
    for number in 0..40 {
        let next = if number == 39 { "topic".into() } else { format!("sec_{}", number + 1) };
        welcome = welcome.step(&format!("sec_{number}"), set(&format!("w{number}"), &next));
    }
    welcome
}

fn set(name: &str, next: &str) -> StepKind {
    StepKind::Set { name: VarName::new(name), value: Literal::Number(1), next: to(next) }
}

fn flows() -> Vec<Writer> {
    let stay = || other(1, NotUnderstood::Handoff);
    let look = || silence(OnSilence::Handoff);
    vec![
        welcome(),
        Writer::new("waiting", Some(FlowRole::Waiting))
            .ask("offer", None, &[("breathe", "in", ROUTINE), ("just_wait", "fine", ROUTINE)], stay(), look())
            .say("in", "hold")
            .step("hold", StepKind::Pause { span: Duration::from_secs(12), next: to("out") })
            .say("out", "offer")
            .end("fine"),
        Writer::new("suicide", Some(FlowRole::Suicide))
            .handoff("call", Urgency::Urgent, Some("safe_now"))
            .ask(
                "safe_now",
                Some("safe_now"),
                &[("safe", "glad", ROUTINE), ("not_safe", "help", Urgency::Emergency)],
                stay(),
                look(),
            )
            .say("help", "glad")
            .end("glad"),
        Writer::new("abuse", Some(FlowRole::Abuse))
            .say("believe", "now")
            .ask("now", None, &[("yes", "call", Urgency::Urgent), ("no", "call", ROUTINE)], stay(), look())
            .handoff("call", Urgency::Soon, None),
        Writer::new("worry", Some(FlowRole::Worry))
            .ask_text("tell", AskKind::Text, "story", "heavy", stay())
            .ask(
                "heavy",
                None,
                &[("light", "bye", ROUTINE), ("heavy", "call", ROUTINE)],
                stay(),
                silence(OnSilence::Park),
            )
            .handoff("call", ROUTINE, None)
            .end("bye"),
        Writer::new("out_of_hours", Some(FlowRole::OutOfHours))
            .ask("meanwhile", None, &[("numbers", "numbers", ROUTINE)], stay(), look())
            .step(
                "numbers",
                StepKind::Resources { text: both("numbers:"), kinds: vec!["helpline".into()], next: to("done") },
            )
            .end("done"),
        Writer::new("feedback", Some(FlowRole::Feedback))
            .ask(
                "helped",
                Some("helped"),
                &[("yes", "words", ROUTINE), ("worse_now", "words", Urgency::Soon), ("person", "person", ROUTINE)],
                other(0, NotUnderstood::Go(to("words"))),
                silence(OnSilence::Park),
            )
            .ask_text("words", AskKind::Text, "words", "thanks", stay())
            .handoff("person", ROUTINE, None)
            .end("thanks"),
        Writer::new("deep", None).step("again", StepKind::Call { flow: FlowId::new("deep"), next: to("again") }),
        Writer::new("small", None).say("hi", "bye").end("bye"),
    ]
}

fn resources() -> Vec<Resource> {
    let one = |id: &str, kind: &str, country: &str| Resource {
        id: ResourceId::new(id),
        kind: kind.into(),
        country: country.into(),
        line: both(id),
        source: "a test".into(),
        checked: "2025-01-01".into(),
    };
    vec![one("fr-112", "emergency", "FR"), one("fr-line", "helpline", "FR"), one("any-line", "helpline", "*")]
}

/// All seven roles and the corners.
pub(crate) fn library() -> FlowLibrary {
    FlowLibrary::new(flows().into_iter().map(|writer| writer.flow).collect(), resources())
}

/// The same without one flow, as after an emergency withdrawal.
pub(crate) fn library_without(id: &str) -> FlowLibrary {
    let kept = flows().into_iter().map(|writer| writer.flow).filter(|flow| flow.id.as_str() != id);
    FlowLibrary::new(kept.collect(), resources())
}
