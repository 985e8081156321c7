//! `passerelle flow try FLOW`: talk to a flow in the terminal, seeing rules fire and state change.
//!
//! Time is virtual: `:wait 10m` skips it. Nothing is kept.

use domain::{ContactId, ConversationId, Event, Lang, Recorded};
use engine::{Rehearsal, Spoken};
use flow_script::{FlowLibrary, FlowRole};
use std::io::{BufRead, Write};
use std::time::Duration;
use uuid::Uuid;

const HELP: &str = "\
Write as the child. Lines that begin with a colon are for you:
  :tap VALUE    tap the choice with this value      :wait 10m   let time pass
  :state        where the talk stands               :quit       end";

/// Plays until the input ends.
pub(crate) fn play(
    library: &FlowLibrary,
    house: engine::House,
    flow: domain::FlowId,
    lang: Lang,
    input: impl BufRead,
    mut out: impl Write,
) -> anyhow::Result<()> {
    let mut flows = library.clone();
    flows.cast(FlowRole::Welcome, flow);
    let ids = (ConversationId::from_uuid(Uuid::nil()), ContactId::from_uuid(Uuid::nil()));
    let mut rehearsal = Rehearsal::new(flows, house, lang, ids);
    writeln!(out, "{HELP}\n")?;
    for line in input.lines() {
        let line = line?;
        let seen = rehearsal.log.len();
        let said = match line.trim().split_once(' ').unwrap_or((line.trim(), "")) {
            (":quit", _) => return Ok(()),
            (":state", _) => {
                state(&rehearsal, &mut out)?;
                continue;
            }
            (":tap", value) => rehearsal.tap(value.trim()),
            (":wait", span) => match duration(span.trim()) {
                Some(span) => rehearsal.wait(span),
                None => {
                    writeln!(out, "  ? write a time such as 30s, 10m or 2h")?;
                    continue;
                }
            },
            (word, _) if word.starts_with(':') => {
                writeln!(out, "{HELP}")?;
                continue;
            }
            _ => rehearsal.child(&line),
        };
        match said {
            Ok(said) => show(&rehearsal.log[seen..], &said, &mut out)?,
            Err(error) => writeln!(out, "  ({error})")?,
        }
    }
    Ok(())
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let number: u64 = number.parse().ok()?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

fn show(events: &[Recorded], said: &[Spoken], out: &mut impl Write) -> anyhow::Result<()> {
    for recorded in events {
        match &recorded.event {
            Event::Found { findings, .. } => {
                for finding in findings {
                    writeln!(
                        out,
                        "    ! {} ({}, {})",
                        finding.rule,
                        finding.category.name(),
                        finding.urgency.name()
                    )?;
                }
            }
            Event::RiskRaised { to, .. } => writeln!(out, "    ! urgency is now {}", to.name())?,
            Event::VariableSet { name, value } => writeln!(out, "    . {name} = {}", value.text())?,
            Event::Noted { by: None, text } => writeln!(out, "    . note for the counsellor: {}", text.text())?,
            Event::Handoff { what } => writeln!(out, "    > {what:?}")?,
            _ => {}
        }
    }
    for spoken in said {
        writeln!(out, "  {}", spoken.outbound.text.text())?;
        for (place, choice) in spoken.outbound.choices.iter().enumerate() {
            let value = choice.value.splitn(3, '.').nth(2).unwrap_or(&choice.value);
            writeln!(out, "    {}. {}  ({value})", place + 1, choice.label)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn state(rehearsal: &Rehearsal, out: &mut impl Write) -> anyhow::Result<()> {
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
    for (key, at) in &conversation.timers {
        writeln!(out, "  timer {key:?} in {} s", at.since(rehearsal.now).as_secs())?;
    }
    Ok(())
}
