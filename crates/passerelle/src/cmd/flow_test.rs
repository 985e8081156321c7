//! `passerelle flow test`: plays the example conversations beside the flows, in virtual time.

use anyhow::Context as _;
use domain::{ContactId, ConversationId, FlowId, StepId};
use engine::{Rehearsal, Spoken};
use flow_script::{Example, ExampleTurn, ExampleWhat, FlowLibrary, FlowRole, HandoffAsked};
use std::fmt::Write as _;
use uuid::Uuid;

/// What came of one example.
pub(crate) struct Played {
    /// The talk as it went, readable.
    pub(crate) talk: String,
    /// Where it differs from what is expected; empty when it passed.
    pub(crate) differs: Vec<String>,
    /// The flow steps that were played, in order.
    pub(crate) walked: Vec<(FlowId, StepId)>,
}

/// Plays one example.
pub(crate) fn play(library: &FlowLibrary, house: engine::House, example: &Example) -> anyhow::Result<Played> {
    let mut flows = library.clone();
    flows.cast(FlowRole::Welcome, example.flow.clone());
    let ids = (ConversationId::from_uuid(Uuid::nil()), ContactId::from_uuid(Uuid::nil()));
    let mut player = Player {
        rehearsal: Rehearsal::new(flows, house, example.lang, ids),
        said: Vec::new(),
        played: Played { talk: String::new(), differs: Vec::new(), walked: Vec::new() },
    };
    for turn in &example.turns {
        player
            .turn(turn)
            .with_context(|| format!("{}:{}: the conversation broke off", example.file.display(), turn.line))?;
    }
    player.played.walked.clone_from(&player.rehearsal.walked);
    for differs in &mut player.played.differs {
        *differs = format!("{}:{differs}", example.file.display());
    }
    Ok(player.played)
}

struct Player {
    rehearsal: Rehearsal,
    said: Vec<Spoken>,
    played: Played,
}

impl Player {
    fn turn(&mut self, turn: &ExampleTurn) -> anyhow::Result<()> {
        match &turn.what {
            ExampleWhat::Child(text) => {
                let _ = writeln!(self.played.talk, "  child: {text}");
                let said = self.rehearsal.child(text)?;
                self.heard(said);
            }
            ExampleWhat::ChildTaps(value) => {
                let _ = writeln!(self.played.talk, "  child taps: {value}");
                let said = self.rehearsal.tap(value)?;
                self.heard(said);
            }
            ExampleWhat::Wait(span) => {
                let _ = writeln!(self.played.talk, "  ({} s pass)", span.as_secs());
                let said = self.rehearsal.wait(*span)?;
                self.heard(said);
            }
            expected => self.expect(turn.line, expected),
        }
        Ok(())
    }

    fn heard(&mut self, said: Vec<Spoken>) {
        for spoken in &said {
            let _ = writeln!(self.played.talk, "    bot: {}", spoken.outbound.text.text());
            for choice in &spoken.outbound.choices {
                let _ = writeln!(self.played.talk, "         [{}]", choice.label);
            }
        }
        self.said = said;
    }

    fn expect(&mut self, line: usize, expected: &ExampleWhat) {
        let Some(conversation) = self.rehearsal.conversation() else {
            self.differ(line, "nothing has happened yet", "a first line `child:`");
            return;
        };
        let says = |words: &str| self.said.iter().any(|spoken| spoken.outbound.text.text().contains(words));
        let heard = || self.said.iter().map(|s| s.outbound.text.text()).collect::<Vec<_>>().join(" | ");
        let at = conversation
            .bot
            .as_ref()
            .map_or_else(|| "no flow".to_owned(), |bot| format!("{}/{}", bot.flow, bot.step));
        let stage = conversation.stage.name();
        let closed_alone = stage == domain::StageName::Closed && conversation.stage.engaged().is_none();
        let with_bot = matches!(stage, domain::StageName::WithBot | domain::StageName::Parked);
        let asked = !with_bot && !closed_alone;
        let differs = match expected {
            ExampleWhat::BotSays(words) if !says(words) => {
                Some((format!("the bot said: {}", heard()), format!("\"{words}\"")))
            }
            ExampleWhat::BotNeverSays(words) if says(words) => {
                Some((format!("the bot said: {}", heard()), format!("nothing with \"{words}\"")))
            }
            ExampleWhat::BotAsks { flow, step } if at != format!("{flow}/{step}") => {
                Some((format!("the bot is at {at}"), format!("{flow}/{step}")))
            }
            ExampleWhat::Urgency(urgency) if conversation.urgency() != *urgency => {
                Some((format!("urgency is {}", conversation.urgency().name()), urgency.name().to_owned()))
            }
            ExampleWhat::Stage(wanted) if stage != *wanted => {
                Some((format!("the handoff stands at {}", stage.name()), wanted.name().to_owned()))
            }
            ExampleWhat::Handoff(HandoffAsked::Asked) if !asked => {
                Some(("no human was asked for".to_owned(), "a handoff".to_owned()))
            }
            ExampleWhat::Handoff(HandoffAsked::NotYet) if asked => {
                Some(("a human was asked for".to_owned(), "no handoff yet".to_owned()))
            }
            _ => None,
        };
        if let Some((found, wanted)) = differs {
            self.differ(line, &found, &wanted);
        }
    }

    /// Notes a difference, and shows it in the talk where it stands.
    fn differ(&mut self, line: usize, found: &str, expected: &str) {
        let _ = writeln!(self.played.talk, "  - expected, line {line}: {expected}");
        let _ = writeln!(self.played.talk, "  + found: {found}");
        self.played.differs.push(format!("{line}: {found}\n      expected: {expected}"));
    }
}
