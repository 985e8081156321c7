//! What the child's words mean where the talk stands: a word that always works, an answer, or neither.
//!
//! Only reached when nothing found in the words asked for a human now. Read next: `flow_walk.rs`.

use crate::flow_walk::{self, Place, ask, begin_if_idle, button_value, go_on, here, raise, set};
use crate::queue::{self, Company};
use crate::work::{Done, Work};
use domain::{AgeBand, Event, HandoffEvent, HandoffReason, Lang, StageName, TimerKey, VarName, Waiting};
use flow_script::{AskKind, ChoiceStep, Interrupt, NotUnderstood, Other, Step, StepKind, interrupt, match_choice};
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
        return if work.c.bot.is_some() { flow_walk::withdrawn(work) } else { begin_if_idle(work) };
    };
    let Some(step) = place.current().cloned() else { return flow_walk::withdrawn(work) };
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
    work.phrase(Phrase::UnknownButton)?;
    repeat_question(work)
}

fn chosen(work: &mut Work<'_>, place: Place, choice: &ChoiceStep, save: Option<&VarName>) -> Done {
    work.clear(TimerKey::ChildSilent)?;
    if let Some(name) = save {
        set(work, name, choice.value.clone())?;
        house_variable(work, name, &choice.value)?;
    }
    raise(work, choice.urgency_at_least)?;
    if work.c.urgency().is_high() && work.c.stage.name() == StageName::WithBot {
        work.phrase(Phrase::UrgentNow)?;
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
    if work.c.stage.name() != StageName::WithBot {
        return keep_listening(work, tried);
    }
    if tried >= other.retries {
        return match &other.then {
            NotUnderstood::Go(target) => go_on(work, place, target),
            NotUnderstood::Handoff => {
                work.phrase(Phrase::PersonBetter)?;
                queue::request(work, HandoffReason::NotUnderstood, None, Company::Waiting)
            }
        };
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

/// A waiting child who tells something isn't answering wrongly. It is kept, and now and then said so.
fn keep_listening(work: &mut Work<'_>, heard: u32) -> Done {
    work.emit(Event::NotUnderstood)?;
    if heard.is_multiple_of(4) { work.phrase(Phrase::Heard) } else { Ok(()) }
}

/// Says the open question again.
fn repeat_question(work: &mut Work<'_>) -> Done {
    let Some(place) = here(work) else { return begin_if_idle(work) };
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
    work.phrase(phrase)?;
    match work.c.stage.name() {
        StageName::WithBot | StageName::Parked => queue::request(work, reason, None, Company::Waiting),
        StageName::Wrapping => {
            if work.c.bot.is_some() {
                work.emit(Event::BotDone)?;
            }
            work.hand(HandoffEvent::Reopened)
        }
        _ => {
            let text = format!("the child asked again: {reason:?}");
            work.emit(Event::Noted { by: None, text: domain::Confidential::new(text) })
        }
    }
}

/// The child wants it to end. At high urgency a human still looks (I4).
fn stop(work: &mut Work<'_>) -> Done {
    if work.c.urgency().is_high() {
        work.phrase(Phrase::StoppedHigh)?;
        if work.c.bot.is_some() {
            work.emit(Event::BotDone)?;
        }
        if work.c.stage.name() == StageName::WithBot {
            queue::request(work, HandoffReason::ChildLeft, None, Company::None)?;
        }
        return work.clear(TimerKey::Holding);
    }
    match work.c.stage.name() {
        StageName::Accepted | StageName::Wrapping => work.phrase(Phrase::Stopped),
        _ => {
            work.phrase(Phrase::Stopped)?;
            if work.c.bot.is_some() {
                work.emit(Event::BotDone)?;
            }
            work.clear_all()?;
            work.hand(HandoffEvent::ChildLeft)
        }
    }
}
