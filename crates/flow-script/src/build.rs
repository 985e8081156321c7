//! From a checked pack to the types that the engine walks.
//!
//! It runs only when no check failed; what can't be resolved is left out, never guessed.
//! Read next: `model.rs`.

use crate::mood;
use crate::pack::{WrittenFlow, WrittenPack};
use crate::raw::{
    RawAsks, RawCondition, RawHandoff, RawKind, RawNext, RawOtherThen, RawSilence, RawStep, RawTarget, RawText,
};
use crate::{
    Case, ChoiceStep, Condition, End, Flow, FlowLibrary, Handoff, NotUnderstood, Other, Reminder, Silence, Step,
    StepKind, Target, Text,
};
use domain::{FlowId, StepId, TeamId, Urgency};
use std::collections::BTreeMap;

/// The library, or `None` when a check let something through that can't be built (a bug, which
/// the loader reports as an error).
pub(crate) fn build(pack: &WrittenPack) -> Option<FlowLibrary> {
    let flows: Option<Vec<Flow>> = pack.flows.iter().map(build_flow).collect();
    let resources = pack.resources.iter().map(|resource| resource.value.clone()).collect();
    flows.map(|flows| FlowLibrary::new(flows, resources))
}

fn build_flow(written: &WrittenFlow) -> Option<Flow> {
    let raw = &written.raw;
    let order: Vec<StepId> = raw.steps.iter().map(|step| StepId::new(step.id.value.clone())).collect();
    let builder = Builder { written };
    let mut steps = BTreeMap::new();
    for (number, step) in raw.steps.iter().enumerate() {
        let following = order.get(number + 1).cloned();
        let kind = builder.kind(step, following.as_ref())?;
        let id = order[number].clone();
        steps.insert(id.clone(), Step { id, line: step.id.pos.line, safe_point: step.safe_point, kind });
    }
    Some(Flow {
        id: FlowId::new(raw.id.value.clone()),
        hash: written.hash.clone(),
        plays: raw.plays.as_ref().map(|role| role.value),
        title: raw.title.clone(),
        follows: raw.follows.clone(),
        base: raw.base,
        langs: written.complete_langs(),
        start: order.first()?.clone(),
        steps,
        order,
    })
}

struct Builder<'a> {
    written: &'a WrittenFlow,
}

impl Builder<'_> {
    fn kind(&self, step: &RawStep, following: Option<&StepId>) -> Option<StepKind> {
        let after = || next(&step.next, following);
        Some(match &step.kind {
            RawKind::Say { text } => StepKind::Say { text: self.text(text), next: after()? },
            RawKind::Ask { text, choices, save, asks } => {
                let mut built = Vec::new();
                for choice in choices {
                    built.push(ChoiceStep {
                        value: choice.value.value.clone(),
                        label: self.text(&choice.label),
                        synonyms: self.synonyms(&choice.also_slot, &choice.also),
                        next: next(&choice.next, following)?,
                        urgency_at_least: choice.urgency,
                    });
                }
                let (other, silence) = self.asks(asks)?;
                let save = save.as_ref().map(|name| name.value.clone());
                StepKind::Ask { text: self.text(text), choices: built, save, other, silence }
            }
            RawKind::AskText { text, kind, save, asks } => {
                let (other, silence) = self.asks(asks)?;
                let save = save.value.clone();
                StepKind::AskText { text: self.text(text), kind: *kind, save, next: after()?, other, silence }
            }
            RawKind::Mood { text, save, asks } => {
                let (other, silence) = self.asks(asks)?;
                let choices = self.mood_choices(&after()?);
                StepKind::Ask { text: self.text(text), choices, save: Some(save.value.clone()), other, silence }
            }
            RawKind::Branch { cases, otherwise } => {
                let mut built = Vec::new();
                for case in cases {
                    built.push(Case { when: condition(&case.when), to: next(&case.to, following)? });
                }
                StepKind::Branch { cases: built, otherwise: next(otherwise, following)? }
            }
            RawKind::Set { name, value } => {
                StepKind::Set { name: name.value.clone(), value: value.clone(), next: after()? }
            }
            RawKind::Goto => StepKind::Goto(after()?),
            RawKind::Call { flow } => StepKind::Call { flow: FlowId::new(flow.value.clone()), next: after()? },
            RawKind::Pause { span } => StepKind::Pause { span: *span, next: after()? },
            RawKind::Resources { text, kinds } => {
                StepKind::Resources { text: self.text(text), kinds: kinds.clone(), next: after()? }
            }
            RawKind::Note { text } => StepKind::Note { text: text.value.clone(), next: after()? },
            RawKind::Handoff(handoff) => StepKind::Handoff(self.handoff(handoff)),
            RawKind::End { text, kinds } => StepKind::End(End { text: self.text(text), kinds: kinds.clone() }),
        })
    }

    /// The five built-in answers, in each language of the flow that has them.
    fn mood_choices(&self, next: &Target) -> Vec<ChoiceStep> {
        let langs = || {
            let others = self.written.translations.iter().map(|translation| translation.lang);
            std::iter::once(self.written.raw.base).chain(others)
        };
        let said = |number: usize, lang| mood::levels(lang).map(|levels| levels[number]);
        let choice = |(number, value): (usize, &&str)| ChoiceStep {
            value: (*value).to_owned(),
            label: Text(
                langs().filter_map(|lang| Some((lang, (*said(number, lang)?.first()?).to_owned()))).collect(),
            ),
            synonyms: langs()
                .filter_map(|lang| {
                    let also = said(number, lang)?.iter().skip(1).map(|word| (*word).to_owned());
                    Some((lang, also.collect()))
                })
                .collect(),
            next: next.clone(),
            urgency_at_least: Urgency::Routine,
        };
        mood::VALUES.iter().enumerate().map(choice).collect()
    }

    fn text(&self, raw: &RawText) -> Text {
        let mut text = BTreeMap::from([(self.written.raw.base, raw.text.value.clone())]);
        for translation in &self.written.translations {
            if let Some(words) = translation.words.get(&raw.slot) {
                text.insert(translation.lang, words.value.clone());
            }
        }
        Text(text)
    }

    fn synonyms(&self, slot: &str, base: &[crate::raw::At<String>]) -> BTreeMap<domain::Lang, Vec<String>> {
        let plain = |list: &[crate::raw::At<String>]| list.iter().map(|text| text.value.clone()).collect();
        let mut synonyms = BTreeMap::from([(self.written.raw.base, plain(base))]);
        for translation in &self.written.translations {
            if let Some((_, list)) = translation.also.get(slot) {
                synonyms.insert(translation.lang, plain(list));
            }
        }
        synonyms
    }

    fn asks(&self, asks: &RawAsks) -> Option<(Other, Silence)> {
        let (other, silence) = (asks.other.as_ref()?, asks.silence.as_ref()?);
        let then = match &other.then {
            RawOtherThen::Handoff => NotUnderstood::Handoff,
            RawOtherThen::Go(to) => NotUnderstood::Go(target(to)),
        };
        let say = other.say.as_ref().map(|text| self.text(text));
        Some((Other { retries: other.retries.value, say, then }, self.silence(silence)))
    }

    fn silence(&self, raw: &RawSilence) -> Silence {
        let reminder =
            |(after, text): &(std::time::Duration, RawText)| Reminder { after: *after, text: self.text(text) };
        Silence { reminders: raw.reminders.iter().map(reminder).collect(), after: raw.after, then: raw.then }
    }

    fn handoff(&self, raw: &RawHandoff) -> Handoff {
        Handoff {
            team: raw.team.clone().map(TeamId::new),
            urgency_at_least: raw.urgency,
            reason: raw.reason.clone(),
            say: raw.say.as_ref().map(|text| self.text(text)),
            next: raw.meanwhile.as_ref().map(target),
        }
    }
}

fn next(next: &RawNext, following: Option<&StepId>) -> Option<Target> {
    match next {
        RawNext::To(to) => Some(target(to)),
        RawNext::Following => following.cloned().map(Target::Step),
        RawNext::Nowhere => None,
    }
}

fn target(raw: &RawTarget) -> Target {
    match raw {
        RawTarget::Step(name) => Target::Step(StepId::new(name.value.clone())),
        RawTarget::Flow(name) => Target::Flow(FlowId::new(name.value.clone())),
    }
}

fn condition(raw: &RawCondition) -> Condition {
    let all = |list: &[RawCondition]| list.iter().map(condition).collect();
    match raw {
        RawCondition::Compare { var, op, value } => {
            Condition::Compare { var: var.value.clone(), op: *op, value: value.clone() }
        }
        RawCondition::Contains { var, text } => Condition::Contains { var: var.value.clone(), text: text.clone() },
        RawCondition::IsSet(var) => Condition::IsSet(var.value.clone()),
        RawCondition::AgeBand(bands) => Condition::AgeBand(bands.clone()),
        RawCondition::Lang(lang) => Condition::Lang(*lang),
        RawCondition::Found(category) => Condition::Found(*category),
        RawCondition::UrgencyAtLeast(urgency) => Condition::UrgencyAtLeast(*urgency),
        RawCondition::All(list) => Condition::All(all(list)),
        RawCondition::Any(list) => Condition::Any(all(list)),
        RawCondition::Not(inner) => Condition::Not(Box::new(condition(inner))),
    }
}
