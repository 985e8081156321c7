//! Walks a checked flow, step by step, until it has to wait.
//!
//! A flow can speak, ask, remember, raise and hand off. What it can't do has no step: mute a rule,
//! lower an urgency, end at high risk without a human (F10). Read next: `answer.rs`.

use crate::condition::holds;
use crate::escalate;
use crate::queue::{self, Company};
use crate::render::render;
use crate::work::{Done, Work};
use domain::limits::{CALL_DEPTH, STEPS_PER_TURN, VARIABLES};
use domain::{
    Confidential, Event, FlowId, Frame, HandoffEvent, HandoffReason, Stage, StageName, StepId, TimerKey, Urgency,
    VarName, Waiting,
};
use flow_script::{End, Flow, FlowRole, Handoff, OnSilence, SafePoint, Silence, Step, StepKind, Target, Text};
use speech::{ChildText, Choice, Phrase};
use std::sync::Arc;

/// A place in a flow.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) flow: Arc<Flow>,
    pub(crate) step: StepId,
    stack: Vec<Frame>,
}

/// Why a walk can't go on.
enum Broken {
    NoFlow,
    NoStep,
    TooDeep,
}

/// What a step led to.
enum Went {
    On,
    Waits,
}

/// Plays the flow of a role, unless it plays already. Without one, the built-in phrases stand alone.
pub(crate) fn play(work: &mut Work<'_>, role: FlowRole) -> Done {
    let Some(flow) = work.ctx.flows.role(role).cloned() else { return Ok(()) };
    if work.c.bot.as_ref().is_some_and(|bot| bot.flow == flow.id) {
        return Ok(());
    }
    let step = flow.start.clone();
    walk(work, Place { flow, step, stack: Vec::new() })
}

/// When no flow leads and nobody was asked for: the welcome.
pub(crate) fn begin_if_idle(work: &mut Work<'_>) -> Done {
    if work.c.bot.is_some() {
        return Ok(());
    }
    match work.c.stage {
        Stage::WithBot => {
            if work.ctx.flows.role(FlowRole::Welcome).is_none() {
                return broken(work, &Broken::NoFlow);
            }
            play(work, FlowRole::Welcome)
        }
        // While a human is awaited, company is offered once; it doesn't begin again by itself.
        _ => Ok(()),
    }
}

/// Where the bot stands, if the version it is pinned to is still there.
pub(crate) fn here(work: &Work<'_>) -> Option<Place> {
    let bot = work.c.bot.as_ref()?;
    let flow = work.ctx.flows.version(&bot.hash)?;
    flow.step(&bot.step)?;
    Some(Place { flow: Arc::clone(flow), step: bot.step.clone(), stack: bot.stack.clone() })
}

impl Place {
    pub(crate) fn current(&self) -> Option<&Step> {
        self.flow.step(&self.step)
    }

    fn go(&mut self, work: &Work<'_>, to: &Target) -> Result<(), Broken> {
        match to {
            Target::Step(step) => self.step = step.clone(),
            Target::Flow(id) => self.enter(work, id)?,
        }
        Ok(())
    }

    fn enter(&mut self, work: &Work<'_>, id: &FlowId) -> Result<(), Broken> {
        self.flow = Arc::clone(work.ctx.flows.current(id).ok_or(Broken::NoFlow)?);
        self.step = self.flow.start.clone();
        Ok(())
    }

    fn call(&mut self, work: &Work<'_>, id: &FlowId, back: &Target) -> Result<(), Broken> {
        if self.stack.len() >= CALL_DEPTH {
            return Err(Broken::TooDeep);
        }
        let (flow, hash, step) = match back {
            Target::Step(step) => (self.flow.id.clone(), self.flow.hash.clone(), step.clone()),
            Target::Flow(other) => {
                let other = work.ctx.flows.current(other).ok_or(Broken::NoFlow)?;
                (other.id.clone(), other.hash.clone(), other.start.clone())
            }
        };
        self.stack.push(Frame { flow, hash, step });
        self.enter(work, id)
    }

    fn come_back(&mut self, work: &Work<'_>) -> Result<bool, Broken> {
        let Some(frame) = self.stack.pop() else { return Ok(false) };
        self.flow = Arc::clone(work.ctx.flows.version(&frame.hash).ok_or(Broken::NoFlow)?);
        self.step = frame.step;
        Ok(true)
    }
}

/// Goes on from a place to a target.
pub(crate) fn go_on(work: &mut Work<'_>, mut place: Place, to: &Target) -> Done {
    match place.go(work, to) {
        Ok(()) => walk(work, place),
        Err(why) => broken(work, &why),
    }
}

fn walk(work: &mut Work<'_>, mut place: Place) -> Done {
    work.clear(TimerKey::FlowPause)?;
    for _ in 0..STEPS_PER_TURN {
        let Some(step) = place.current().cloned() else { return broken(work, &Broken::NoStep) };
        let step = move_to_newest(work, &mut place, step);
        work.walked.push((place.flow.id.clone(), step.id.clone()));
        match take_step(work, &mut place, &step)? {
            Ok(Went::On) => {}
            Ok(Went::Waits) => return Ok(()),
            Err(why) => return broken(work, &why),
        }
    }
    work.emit(Event::LimitHit { limit: "steps_per_turn".into() })?;
    hand_over(work, HandoffReason::Limit { limit: "steps_per_turn".into() }, Phrase::ScriptBroken)
}

/// At a safe point of both versions the talk goes on with the newest one.
fn move_to_newest(work: &Work<'_>, place: &mut Place, step: Step) -> Step {
    let newest = work.ctx.flows.current(&place.flow.id).filter(|newest| newest.hash != place.flow.hash);
    let same = newest.and_then(|newest| Some((newest, newest.step(&step.id)?)));
    match same {
        Some((newest, there)) if step.safe_point == SafePoint::Yes && there.safe_point == SafePoint::Yes => {
            let there = there.clone();
            place.flow = Arc::clone(newest);
            there
        }
        _ => step,
    }
}

type Walked = Result<Result<Went, Broken>, crate::work::Stop>;

fn take_step(work: &mut Work<'_>, place: &mut Place, step: &Step) -> Walked {
    let next = match &step.kind {
        StepKind::Say { text, next } => {
            say(work, place, text, Vec::new())?;
            next
        }
        StepKind::Ask { .. } | StepKind::AskText { .. } => {
            ask(work, place, step)?;
            return Ok(Ok(Went::Waits));
        }
        StepKind::Branch { cases, otherwise } => {
            cases.iter().find(|case| holds(&work.c, &case.when)).map_or(otherwise, |case| &case.to)
        }
        StepKind::Set { name, value, next } => {
            set(work, name, value.to_string())?;
            next
        }
        StepKind::Goto(target) => target,
        StepKind::Call { flow, next } => return Ok(place.call(work, flow, next).map(|()| Went::On)),
        StepKind::Pause { span, .. } => {
            stand(work, place, Waiting::Pause)?;
            work.arm(TimerKey::FlowPause, *span)?;
            return Ok(Ok(Went::Waits));
        }
        StepKind::Resources { text, kinds, next } => {
            let words = render(work, text, place.flow.base);
            give_resources(work, &words, kinds)?;
            next
        }
        StepKind::Note { text, next } => {
            work.emit(Event::Noted { by: None, text: Confidential::new(text.clone()) })?;
            next
        }
        StepKind::Handoff(handoff) => return ask_human(work, place, handoff),
        StepKind::End(end) => return finish(work, place, end),
    };
    Ok(place.go(work, next).map(|()| Went::On))
}

fn say(work: &mut Work<'_>, place: &Place, text: &Text, choices: Vec<Choice>) -> Done {
    let words = render(work, text, place.flow.base);
    work.bot_says(ChildText::from_flow(place.flow.id.clone(), place.step.clone(), words), choices)
}

/// Asks, or asks again, the question of a step.
pub(crate) fn ask(work: &mut Work<'_>, place: &Place, step: &Step) -> Done {
    let (text, choices, silence) = match &step.kind {
        StepKind::Ask { text, choices, silence, .. } => {
            let offered = choices.iter().map(|choice| Choice {
                value: button_value(place, &choice.value),
                label: choice.label.get(work.c.lang, place.flow.base).to_owned(),
            });
            (text, offered.collect(), silence)
        }
        StepKind::AskText { text, silence, .. } => (text, Vec::new(), silence),
        _ => return Ok(()),
    };
    say(work, place, text, choices)?;
    stand(work, place, Waiting::Answer)?;
    wait_for_answer(work, silence)
}

/// Says at which step and version a button was offered, so that an old one is known as old.
pub(crate) fn button_value(place: &Place, value: &str) -> String {
    let index = place.flow.order.iter().position(|id| *id == place.step).unwrap_or_default();
    let version: String = place.flow.hash.as_str().chars().take(4).collect();
    format!("{version}.{index}.{value}")
}

fn stand(work: &mut Work<'_>, place: &Place, waiting: Waiting) -> Done {
    work.emit(Event::AtStep {
        flow: place.flow.id.clone(),
        hash: place.flow.hash.clone(),
        step: place.step.clone(),
        stack: place.stack.clone(),
        waiting: Some(waiting),
    })
}

/// Silence is timed only while the bot leads: a waiting child has the caring messages instead.
fn wait_for_answer(work: &mut Work<'_>, silence: &Silence) -> Done {
    if work.c.stage.name() != StageName::WithBot {
        return Ok(());
    }
    let sent = work.c.bot.as_ref().map_or(0, |bot| bot.reminders);
    let next = usize::try_from(sent).ok().and_then(|sent| silence.reminders.get(sent));
    work.arm(TimerKey::ChildSilent, next.map_or(silence.after, |reminder| reminder.after))
}

pub(crate) fn set(work: &mut Work<'_>, name: &VarName, value: String) -> Done {
    if work.c.vars.len() >= VARIABLES && !work.c.vars.contains_key(name) {
        return work.emit(Event::LimitHit { limit: "variables".into() });
    }
    work.emit(Event::VariableSet { name: name.clone(), value: Confidential::new(value) })
}

/// Contacts for the child's country, as one message.
pub(crate) fn give_resources(work: &mut Work<'_>, intro: &str, kinds: &[String]) -> Done {
    let country = work.c.vars.get(&VarName::new("country")).map(|value| value.text().to_uppercase());
    let known = country.filter(|code| code.len() == 2).unwrap_or_else(|| work.ctx.house.country.clone());
    let found: Vec<_> = work.ctx.flows.resources(&known, kinds).cloned().collect();
    let lines = found.iter().map(|resource| resource.line.get(work.c.lang, domain::Lang::EN));
    let text =
        std::iter::once(intro).chain(lines).filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
    work.bot_says(ChildText::from_flow(FlowId::new("resources"), StepId::new("directory"), text), Vec::new())?;
    if found.is_empty() {
        return Ok(());
    }
    work.emit(Event::ResourcesGiven { resources: found.into_iter().map(|resource| resource.id).collect() })
}

/// Raises; while a human is awaited, that also brings deadlines forward.
pub(crate) fn raise(work: &mut Work<'_>, to: Urgency) -> Done {
    if to <= work.c.urgency() {
        return Ok(());
    }
    work.emit(Event::RiskRaised { to, rule: None })?;
    if work.c.stage.waiting().is_some() { queue::urgency_rose(work) } else { Ok(()) }
}

fn ask_human(work: &mut Work<'_>, place: &mut Place, handoff: &Handoff) -> Walked {
    let before = work.c.urgency();
    raise(work, handoff.urgency_at_least)?;
    if work.c.urgency() == Urgency::Emergency && before < Urgency::Emergency {
        work.phrase(Phrase::EmergencyNow)?;
    }
    if work.c.stage.name() == StageName::Wrapping {
        // After the talk: the counsellor who had the child, or the queue.
        match &handoff.say {
            Some(text) => say(work, place, text, Vec::new())?,
            None => work.phrase(Phrase::HumanCalled)?,
        }
        queue::reopen(work)?;
        return Ok(Ok(Went::Waits));
    }
    if matches!(work.c.stage, Stage::WithBot) {
        match &handoff.say {
            Some(text) => say(work, place, text, Vec::new())?,
            None => work.phrase(Phrase::HumanCalled)?,
        }
        if !handoff.reason.trim().is_empty() {
            work.emit(Event::Noted { by: None, text: Confidential::new(handoff.reason.clone()) })?;
        }
        let reason = HandoffReason::Flow { flow: place.flow.id.clone(), step: place.step.clone() };
        queue::request(work, reason, handoff.team.clone(), Company::FlowGoesOn)?;
    }
    match &handoff.next {
        Some(next) => Ok(place.go(work, next).map(|()| Went::On)),
        None => company_instead(work),
    }
}

/// The flow is over for now; the waiting flow keeps company if a human is awaited.
fn company_instead(work: &mut Work<'_>) -> Walked {
    work.bot_done()?;
    work.companies += 1;
    // A waiting flow that itself asks for a human would be begun for ever; the phrases stand alone then.
    if work.c.stage.waiting().is_some() && work.companies <= CALL_DEPTH {
        queue::keep_company(work, Company::Waiting)?;
    }
    Ok(Ok(Went::Waits))
}

fn finish(work: &mut Work<'_>, place: &mut Place, end: &End) -> Walked {
    let with_bot = matches!(work.c.stage, Stage::WithBot);
    if with_bot && escalate::human_must_look(work) {
        work.phrase(Phrase::PersonBetter)?;
        let reason = HandoffReason::Flow { flow: place.flow.id.clone(), step: place.step.clone() };
        queue::request(work, reason, None, Company::Waiting)?;
        return Ok(Ok(Went::Waits));
    }
    say(work, place, &end.text, Vec::new())?;
    if !end.kinds.is_empty() {
        give_resources(work, "", &end.kinds)?;
    }
    match place.come_back(work) {
        Ok(true) => return Ok(Ok(Went::On)),
        Ok(false) => {}
        Err(why) => return Ok(Err(why)),
    }
    let waiting_flow = matches!(place.flow.plays, Some(FlowRole::Waiting | FlowRole::OutOfHours));
    if work.c.stage.waiting().is_some() && !waiting_flow {
        return company_instead(work);
    }
    work.bot_done()?;
    if with_bot {
        // Not closed: that is a human's or the child's decision (I4). The talk rests.
        work.clear_all()?;
        work.hand(HandoffEvent::Parked)?;
    }
    Ok(Ok(Went::Waits))
}

/// A flow that can't go on: the child is told, and a human comes.
fn broken(work: &mut Work<'_>, why: &Broken) -> Done {
    let what = match why {
        Broken::NoFlow => "flow_missing",
        Broken::NoStep => "step_missing",
        Broken::TooDeep => "calls_too_deep",
    };
    hand_over(work, HandoffReason::FlowBroken { what: what.into() }, Phrase::ScriptBroken)
}

/// The version a conversation is pinned to was withdrawn or lost.
pub(crate) fn withdrawn(work: &mut Work<'_>) -> Done {
    broken(work, &Broken::NoFlow)
}

/// The flows of the house were changed. Talks keep the version they began with, as long as it is
/// there; whose version was withdrawn goes to a human, without waiting for the child to write.
pub(crate) fn flows_changed(work: &mut Work<'_>) -> Done {
    if work.c.bot.is_none() || here(work).is_some() {
        return Ok(());
    }
    withdrawn(work)
}

/// The bot gives up, and a human is asked for if none is.
pub(crate) fn hand_over(work: &mut Work<'_>, reason: HandoffReason, phrase: Phrase) -> Done {
    work.bot_done()?;
    match work.c.stage {
        Stage::WithBot | Stage::Parked(_) => {
            work.phrase(phrase)?;
            // No flow as company: it may be the waiting flow that is broken. Caring messages go on.
            queue::request(work, reason, None, Company::None)
        }
        _ => Ok(()),
    }
}

/// A `pause` is over, by time or because the child wrote.
pub(crate) fn pause_over(work: &mut Work<'_>) -> Done {
    work.clear(TimerKey::FlowPause)?;
    let Some(place) = here(work) else { return if work.c.bot.is_some() { withdrawn(work) } else { Ok(()) } };
    match place.current().map(|step| step.kind.clone()) {
        Some(StepKind::Pause { next, .. }) => go_on(work, place, &next),
        _ => Ok(()),
    }
}

/// The child didn't answer a question in time.
pub(crate) fn child_silent(work: &mut Work<'_>) -> Done {
    if work.c.stage.name() != StageName::WithBot {
        return Ok(());
    }
    if work.c.bot.is_some() && here(work).is_none() {
        return withdrawn(work);
    }
    let silence = here(work).and_then(|place| match place.current().map(|step| &step.kind) {
        Some(StepKind::Ask { silence, .. } | StepKind::AskText { silence, .. }) => {
            Some((place.clone(), silence.clone()))
        }
        _ => None,
    });
    let Some((place, silence)) = silence else { return rest(work, OnSilence::Park) };
    let sent = work.c.bot.as_ref().map_or(0, |bot| bot.reminders);
    if let Some(reminder) = usize::try_from(sent).ok().and_then(|sent| silence.reminders.get(sent)) {
        work.emit(Event::Reminded)?;
        say(work, &place, &reminder.text, Vec::new())?;
        return wait_for_answer(work, &silence);
    }
    rest(work, silence.then)
}

/// The end of a silence. What was told is never put aside without a human (E10).
fn rest(work: &mut Work<'_>, then: OnSilence) -> Done {
    if then == OnSilence::Handoff || escalate::human_must_look(work) {
        return queue::request(work, HandoffReason::ChildSilent, None, Company::Waiting);
    }
    work.clear_all()?;
    work.hand(HandoffEvent::Parked)
}

/// How long a text may be kept in a variable.
pub(crate) fn cut(text: &str) -> String {
    let most = domain::limits::VARIABLE_BYTES;
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..end].to_owned()
}
