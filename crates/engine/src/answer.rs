//! What the child's words mean where the talk stands: a word that always works, an answer, or neither.
//!
//! Only reached when nothing found in the words asked for a human now. Read next: `flow_walk.rs`.

use crate::escalate;
use crate::flow_walk::{self, Place, ask, begin_if_idle, button_value, go_on, here, raise, set};
use crate::queue::{self, Company};
use crate::work::{Done, Work};
use domain::{
    AgeBand, Event, Finding, HandoffEvent, HandoffReason, InboundBody, Lang, StageName, TimerKey, Urgency,
    VarName, Waiting,
};
use flow_script::{
    AskKind, ChoiceStep, FlowRole, Interrupt, NotUnderstood, Other, Step, StepKind, interrupt, match_choice,
};
use speech::Phrase;

/// Variables that the house understands, whichever flow sets them.
const AGE_BAND: &str = "age_band";
const LANGUAGE: &str = "language";

pub(crate) fn words(work: &mut Work<'_>, words: &str, first: bool) -> Done {
    if let Some(interrupt) = interrupt(words) {
        return always_works(work, interrupt);
    }
    let waiting = work.c.bot.as_ref().and_then(|bot| bot.waiting);
    let Some(place) = here(work) else {
        return if work.c.bot.is_some() { lost_place(work) } else { begin(work) };
    };
    let Some(step) = place.current().cloned() else { return lost_place(work) };
    match (&step.kind, waiting) {
        (StepKind::Ask { choices, save, other, .. }, _) => {
            match match_choice(words, choices, work.c.lang, &work.ctx.house.langs) {
                Some(index) => chosen(work, place, &choices[index], save.as_ref()),
                None => not_understood(work, place, &step, other, first),
            }
        }
        (StepKind::AskText { kind, save, next, other, .. }, _) => match read(*kind, words) {
            Some(value) => {
                work.clear(TimerKey::ChildSilent)?;
                if let (AskKind::Age, Ok(years)) = (kind, value.parse::<u8>()) {
                    work.emit(Event::AgeBandSaid { band: AgeBand::from_years(years) })?;
                }
                set(work, save, value)?;
                go_on(work, place, next)
            }
            None => not_understood(work, place, &step, other, first),
        },
        (_, Some(Waiting::Pause)) => flow_walk::pause_over(work),
        _ => begin_if_idle(work),
    }
}

/// The flow's version is gone. After the talk that means: back to the human who had the child.
fn lost_place(work: &mut Work<'_>) -> Done {
    if work.c.stage.name() == StageName::Wrapping { queue::reopen(work) } else { flow_walk::withdrawn(work) }
}

/// No flow leads yet. Words that matter are acknowledged before the first questions.
fn begin(work: &mut Work<'_>) -> Done {
    if work.noticed.is_some() && work.c.stage.name() == StageName::WithBot {
        work.phrase(Phrase::Heard)?;
    }
    begin_if_idle(work)
}

/// What an answer to the open question means beside its words.
pub(crate) struct Meant {
    urgency: Urgency,
    save: Option<(VarName, String)>,
}

/// The open question's choice that the child took, by tapping or in words.
pub(crate) fn meant(work: &Work<'_>, body: &InboundBody) -> Option<Meant> {
    let place = here(work)?;
    let StepKind::Ask { choices, save, .. } = &place.current()?.kind else { return None };
    let choice = match body {
        InboundBody::Choice { value, .. } => offered_here(work, value)?.1,
        InboundBody::Text { text } => {
            choices[match_choice(text.text(), choices, work.c.lang, &work.ctx.house.langs)?].clone()
        }
        _ => return None,
    };
    let save = save.as_ref().map(|name| (name.clone(), choice.value.clone()));
    Some(Meant { urgency: choice.urgency_at_least, save })
}

/// Keeps what an answer means although the flow doesn't go on from it.
pub(crate) fn note_meant(work: &mut Work<'_>, meant: Meant) -> Done {
    if let Some((name, value)) = meant.save {
        set(work, &name, value.clone())?;
        house_variable(work, &name, &value)?;
    }
    let before = work.c.urgency();
    raise(work, meant.urgency)?;
    if work.c.urgency() > before && work.c.urgency().is_high() {
        escalate::safety_words(work, work.c.urgency())?;
    }
    Ok(())
}

/// What rules find in the label of the button that was pressed, as the flow wrote it: on some
/// platforms only its value comes back (S1).
pub(crate) fn found_in_label(work: &Work<'_>, body: &InboundBody) -> Vec<Finding> {
    let InboundBody::Choice { value, label } = body else { return Vec::new() };
    let Some(shown) = label_of(work, value) else { return Vec::new() };
    if label.as_ref().is_some_and(|label| label.text() == shown) {
        return Vec::new();
    }
    safety_rules::screen(&shown)
}

/// Where words are no answer (in a flood, or said to a counsellor who is gone), a wish that
/// changes the talk is still heard.
pub(crate) fn wishes_only(work: &mut Work<'_>, words: &str) -> Done {
    let with_bot = work.c.stage.name() == StageName::WithBot;
    match interrupt(words) {
        Some(wish @ (Interrupt::Human | Interrupt::Delete)) if with_bot => always_works(work, wish),
        Some(Interrupt::Stop) if work.c.stage.bot_may_speak() && !queue::wants_quiet(work) => stop(work),
        _ => Ok(()),
    }
}

/// `help` may be found to ask for a human, and then a human comes; the words that always work are
/// said all the same.
pub(crate) fn help_too(work: &mut Work<'_>, words: &str) -> Done {
    if interrupt(words) == Some(Interrupt::Help) { work.phrase(Phrase::Help) } else { Ok(()) }
}

/// The child is back at an open question, or at none.
pub(crate) fn ask_again(work: &mut Work<'_>) -> Done {
    repeat_question(work)
}

/// The label a button showed, for the record.
pub(crate) fn label_of(work: &Work<'_>, value: &str) -> Option<String> {
    let (place, choice) = offered_here(work, value)?;
    Some(choice.label.get(work.c.lang, place.flow.base).to_owned())
}

fn offered_here(work: &Work<'_>, value: &str) -> Option<(Place, ChoiceStep)> {
    let place = here(work)?;
    let StepKind::Ask { choices, .. } = &place.current()?.kind else { return None };
    let choice = choices.iter().find(|choice| button_value(&place, &choice.value) == value)?.clone();
    Some((place, choice))
}

/// A button. An old or unknown one is said to be so; its label is then tried as words.
pub(crate) fn pressed(work: &mut Work<'_>, value: &str, label: &str, first: bool) -> Done {
    if let Some((place, choice)) = offered_here(work, value) {
        let save = match place.current().map(|step| &step.kind) {
            Some(StepKind::Ask { save, .. }) => save.clone(),
            _ => None,
        };
        return chosen(work, place, &choice, save.as_ref());
    }
    if let (Some(interrupt), false) = (interrupt(label), label.is_empty()) {
        return always_works(work, interrupt);
    }
    if work.c.bot.is_none() && work.c.stage.name() == StageName::WithBot {
        return words(work, label, first);
    }
    if work.c.stage.name() == StageName::Wrapping && work.c.bot.is_none() {
        // A second tap on the last question of the feedback: nothing is open any more.
        return Ok(());
    }
    work.phrase(Phrase::UnknownButton)?;
    repeat_question(work)
}

fn chosen(work: &mut Work<'_>, place: Place, choice: &ChoiceStep, save: Option<&VarName>) -> Done {
    work.clear(TimerKey::ChildSilent)?;
    if let Some(name) = save {
        set(work, name, choice.value.clone())?;
        house_variable(work, name, &choice.value)?;
    }
    let before = work.c.urgency();
    raise(work, choice.urgency_at_least)?;
    let risen_high = work.c.urgency() > before && work.c.urgency().is_high();
    if work.c.stage.name() == StageName::Wrapping && choice.urgency_at_least > Urgency::Routine {
        escalate::safety_words(work, work.c.urgency())?;
        return queue::reopen(work);
    }
    if risen_high {
        escalate::safety_words(work, work.c.urgency())?;
    }
    if work.c.urgency().is_high() && work.c.stage.name() == StageName::WithBot {
        let reason = HandoffReason::Flow { flow: place.flow.id.clone(), step: place.step.clone() };
        queue::request(work, reason, None, Company::FlowGoesOn)?;
    }
    go_on(work, place, &choice.next)
}

fn house_variable(work: &mut Work<'_>, name: &VarName, value: &str) -> Done {
    match name.as_str() {
        AGE_BAND => match AgeBand::from_value(value) {
            Some(band) => work.emit(Event::AgeBandSaid { band }),
            None => Ok(()),
        },
        LANGUAGE => match value.parse::<Lang>() {
            Ok(lang) if work.ctx.house.langs.contains(&lang) => work.emit(Event::LangChosen { lang }),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

fn read(kind: AskKind, words: &str) -> Option<String> {
    let words = words.trim();
    let digits = || {
        let start = words.find(|c: char| c.is_ascii_digit())?;
        let number: String = words[start..].chars().take_while(char::is_ascii_digit).collect();
        number.parse::<i64>().ok()
    };
    match kind {
        AskKind::Text | AskKind::Region => (!words.is_empty()).then(|| flow_walk::cut(words)),
        AskKind::Number => digits().map(|number| number.to_string()),
        AskKind::Age => digits().filter(|years| (3..=120).contains(years)).map(|years| years.to_string()),
    }
}

fn not_understood(work: &mut Work<'_>, place: Place, step: &Step, other: &Other, first: bool) -> Done {
    work.clear(TimerKey::ChildSilent)?;
    if first {
        // A greeting isn't a wrong answer.
        return ask(work, &place, step);
    }
    let tried = work.c.bot.as_ref().map_or(0, |bot| bot.retries);
    if !matches!(work.c.stage.name(), StageName::WithBot | StageName::Wrapping) {
        return keep_listening(work, place, other, tried);
    }
    if tried >= other.retries {
        return match &other.then {
            NotUnderstood::Go(target) => go_on(work, place, target),
            NotUnderstood::Handoff if work.c.stage.name() == StageName::Wrapping => queue::reopen(work),
            NotUnderstood::Handoff => {
                work.phrase(Phrase::PersonBetter)?;
                queue::request(work, HandoffReason::NotUnderstood, None, Company::Waiting)
            }
        };
    }
    if let Some(noticed) = work.noticed {
        return told_instead(work, &place, step, noticed.script);
    }
    work.emit(Event::NotUnderstood)?;
    match &other.say {
        Some(text) => {
            let words = crate::render::render(work, text, place.flow.base);
            let text = speech::ChildText::from_flow(place.flow.id.clone(), place.step.clone(), words);
            work.bot_says(text, Vec::new())?;
        }
        None => work.phrase(Phrase::NotUnderstood)?,
    }
    ask(work, &place, step)
}

/// The child told something that matters instead of answering. "I don't understand" would be
/// cruel: the flow for it begins, or the question waits.
fn told_instead(work: &mut Work<'_>, place: &Place, step: &Step, script: Option<FlowRole>) -> Done {
    let other_flow =
        script.and_then(|role| work.ctx.flows.role(role)).is_some_and(|flow| flow.id != place.flow.id);
    match script {
        Some(role) if other_flow => flow_walk::play(work, role),
        _ => {
            work.phrase(Phrase::Heard)?;
            ask(work, place, step)
        }
    }
}

/// A waiting child who tells something isn't answering wrongly. It is kept, and now and then said
/// so. Where the flow says how to go on without an answer ("are you safe?"), it goes on that way.
fn keep_listening(work: &mut Work<'_>, place: Place, other: &Other, heard: u32) -> Done {
    if let (NotUnderstood::Go(target), true) = (&other.then, heard >= other.retries) {
        return go_on(work, place, target);
    }
    work.emit(Event::NotUnderstood)?;
    if heard.is_multiple_of(4) { work.phrase(Phrase::Heard) } else { Ok(()) }
}

/// Says the open question again.
fn repeat_question(work: &mut Work<'_>) -> Done {
    let Some(place) = here(work) else {
        return if work.c.bot.is_some() { lost_place(work) } else { begin_if_idle(work) };
    };
    match place.current().cloned() {
        Some(step) => ask(work, &place, &step),
        None => Ok(()),
    }
}

/// `human`, `stop`, `help`, `delete`, `language`: at every step, in every language (C8).
fn always_works(work: &mut Work<'_>, interrupt: Interrupt) -> Done {
    match interrupt {
        Interrupt::Human => human(work, HandoffReason::ChildAsked, Phrase::HumanCalled),
        Interrupt::Delete => human(work, HandoffReason::DeletionAsked, Phrase::DeletionAsked),
        Interrupt::Stop => stop(work),
        Interrupt::Help => {
            work.phrase(Phrase::Help)?;
            repeat_question(work)
        }
        Interrupt::Language(Some(lang)) if work.ctx.house.langs.contains(&lang) => {
            work.emit(Event::LangChosen { lang })?;
            work.phrase(Phrase::LanguageChanged)?;
            repeat_question(work)
        }
        Interrupt::Language(_) => work.phrase(Phrase::LanguageChoice),
    }
}

fn human(work: &mut Work<'_>, reason: HandoffReason, phrase: Phrase) -> Done {
    let stage = work.c.stage.name();
    // True words: somebody who is already there isn't being looked for.
    let there = stage == StageName::Accepted && reason == HandoffReason::ChildAsked;
    work.phrase(if there { Phrase::CounsellorReading } else { phrase })?;
    match stage {
        StageName::WithBot | StageName::Parked => queue::request(work, reason, None, Company::Waiting),
        StageName::Wrapping => queue::reopen(work),
        _ => {
            queue::end_quiet(work)?;
            let text = format!("the child asked again: {reason:?}");
            work.emit(Event::Noted { by: None, text: domain::Confidential::new(text) })
        }
    }
}

/// The child wants it to end. When something was told, a human still looks (I4).
fn stop(work: &mut Work<'_>) -> Done {
    let stage = work.c.stage.name();
    if matches!(stage, StageName::Accepted | StageName::Wrapping) && !work.c.urgency().is_high() {
        work.phrase(Phrase::Stopped)?;
        return work.bot_done();
    }
    if escalate::human_must_look(work) {
        work.phrase(Phrase::StoppedHigh)?;
        work.bot_done()?;
        if stage == StageName::WithBot {
            queue::request(work, HandoffReason::ChildLeft, None, Company::None)?;
        }
        return work.clear(TimerKey::Holding);
    }
    work.phrase(Phrase::Stopped)?;
    work.bot_done()?;
    work.clear_all()?;
    work.hand(HandoffEvent::ChildLeft)
}
