//! What `flow try` shows: steps, findings, words as each platform shows them, and the card that a
//! counsellor would get.

use domain::{Event, FlowId, Recorded, StepId};
use engine::{Rehearsal, Spoken};
use std::io::Write;

/// Whose way of showing choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Discord,
    Telegram,
    Matrix,
}

impl Look {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [("discord", Self::Discord), ("telegram", Self::Telegram), ("matrix", Self::Matrix)]
            .into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, look)| look)
    }
}

/// What happened in a turn, beside words.
pub(crate) fn happened(
    events: &[Recorded],
    walked: &[(FlowId, StepId)],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    if !walked.is_empty() {
        let steps: Vec<String> = walked.iter().map(|(flow, step)| format!("{flow}/{step}")).collect();
        writeln!(out, "    . steps: {}", steps.join(" → "))?;
    }
    for recorded in events {
        match &recorded.event {
            Event::Found { findings, .. } => {
                for finding in findings {
                    let (category, urgency) = (finding.category.name(), finding.urgency.name());
                    writeln!(out, "    ! {} ({category}, {urgency})", finding.rule)?;
                }
            }
            Event::RiskRaised { to, .. } => writeln!(out, "    ! urgency is now {}", to.name())?,
            Event::VariableSet { name, value } => writeln!(out, "    . {name} = {}", value.text())?,
            Event::Noted { by: None, text } => writeln!(out, "    . note for the counsellor: {}", text.text())?,
            Event::Handoff { what } => writeln!(out, "    > {what:?}")?,
            _ => {}
        }
    }
    Ok(())
}

/// What the child gets.
pub(crate) fn said(spoken: &[Spoken], look: Look, out: &mut impl Write) -> anyhow::Result<()> {
    for spoken in spoken {
        writeln!(out, "  {}", spoken.outbound.text.text())?;
        let choices = &spoken.outbound.choices;
        match look {
            Look::Matrix => {
                for (place, choice) in choices.iter().enumerate() {
                    writeln!(out, "    {}. {}  ({})", place + 1, choice.label, value(&choice.value))?;
                }
            }
            // Discord sets five buttons in a row; Telegram's rows hold what fits on a phone.
            Look::Discord | Look::Telegram => {
                let wide = if look == Look::Discord { 5 } else { 2 };
                for row in choices.chunks(wide) {
                    let row: Vec<String> = row.iter().map(|choice| format!("[{}]", choice.label)).collect();
                    writeln!(out, "    {}", row.join(" "))?;
                }
            }
        }
    }
    Ok(())
}

/// A button's value as the flow file writes it.
fn value(sent: &str) -> &str {
    sent.splitn(3, '.').nth(2).unwrap_or(sent)
}

/// Where the talk stands.
pub(crate) fn state(rehearsal: &Rehearsal, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(conversation) = rehearsal.conversation() else {
        writeln!(out, "  (the child hasn't written yet)")?;
        return Ok(());
    };
    let at =
        conversation.bot.as_ref().map_or_else(|| "no flow".into(), |bot| format!("{} / {}", bot.flow, bot.step));
    writeln!(
        out,
        "  urgency {} · handoff {} · at {at} · language {} · age {}",
        conversation.urgency().name(),
        conversation.stage.name().name(),
        conversation.lang,
        conversation.age_band.value()
    )?;
    for (name, value) in &conversation.vars {
        writeln!(out, "  {name} = {}", value.text())?;
    }
    for (key, at) in &conversation.timers {
        writeln!(out, "  timer {key:?} in {} s", at.since(rehearsal.now).as_secs())?;
    }
    Ok(())
}

/// What a counsellor would see before the first word.
pub(crate) fn card(rehearsal: &Rehearsal, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(conversation) = rehearsal.conversation() else {
        writeln!(out, "  (the child hasn't written yet)")?;
        return Ok(());
    };
    writeln!(out, "  --- what a counsellor would see ---")?;
    writeln!(
        out,
        "  urgency {} · {} · language {} · age {}",
        conversation.urgency().name(),
        conversation.stage.name().name(),
        conversation.lang,
        conversation.age_band.value()
    )?;
    for seen in &conversation.seen {
        writeln!(out, "  found: {} by {}", seen.finding.category.name(), seen.finding.rule)?;
    }
    let mut mood = Vec::new();
    for recorded in &rehearsal.log {
        match &recorded.event {
            Event::Handoff { what } => writeln!(out, "  handoff: {what:?}")?,
            Event::Noted { text, .. } => writeln!(out, "  note: {}", text.text())?,
            Event::ResourcesGiven { resources } => {
                let names: Vec<&str> = resources.iter().map(domain::ResourceId::as_str).collect();
                writeln!(out, "  contacts given: {}", names.join(", "))?;
            }
            Event::VariableSet { name, value } if name.as_str() == "mood" => mood.push(value.text().to_owned()),
            Event::Received { text, .. } => writeln!(out, "  child: {}", text.text())?,
            _ => {}
        }
    }
    if !mood.is_empty() {
        writeln!(out, "  mood, 1 to 5: {}", mood.join(" → "))?;
    }
    for (name, value) in &conversation.vars {
        writeln!(out, "  {name}: {}", value.text())?;
    }
    writeln!(out, "  -----------------------------------")?;
    Ok(())
}
