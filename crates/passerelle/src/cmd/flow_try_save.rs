//! A talk in `flow try`, kept so that it can be written as an example conversation.
//!
//! It writes down what the author did and what came of it: where the bot waits, the first words of
//! each message, and urgency and handoff when they change.

use domain::{FlowId, Lang, StageName, Urgency};
use engine::{Rehearsal, Spoken};
use std::fmt::Write as _;
use std::time::Duration;

/// A talk so far.
pub(crate) struct Talk {
    flow: FlowId,
    lang: Lang,
    turns: Vec<String>,
    urgency: Urgency,
    asked: bool,
}

/// So much of a message is enough to know it again.
const SHOWN: usize = 40;

impl Talk {
    pub(crate) const fn new(flow: FlowId, lang: Lang) -> Self {
        Self { flow, lang, turns: Vec::new(), urgency: Urgency::Routine, asked: false }
    }

    pub(crate) fn writes(&mut self, text: &str) {
        self.turns.push(format!("child: {}", quoted(text)));
    }

    pub(crate) fn taps(&mut self, value: &str) {
        self.turns.push(format!("child_taps: {}", quoted(value)));
    }

    pub(crate) fn waits(&mut self, span: Duration) {
        self.turns.push(format!("wait: {}s", span.as_secs().max(1)));
    }

    /// What was last done came to nothing.
    pub(crate) fn forget(&mut self) {
        self.turns.pop();
    }

    /// What came of it.
    pub(crate) fn came(&mut self, rehearsal: &Rehearsal, spoken: &[Spoken]) {
        for spoken in spoken {
            let line = spoken.outbound.text.text().lines().next().unwrap_or_default();
            let words: String = line.chars().take(SHOWN).collect();
            if !words.trim().is_empty() {
                self.turns.push(format!("bot_says: {}", quoted(words.trim())));
            }
        }
        let Some(conversation) = rehearsal.conversation() else { return };
        if conversation.urgency() != self.urgency {
            self.urgency = conversation.urgency();
            self.turns.push(format!("urgency: {}", self.urgency.name()));
        }
        let asked =
            !matches!(conversation.stage.name(), StageName::WithBot | StageName::Parked | StageName::Closed);
        if asked && !self.asked {
            self.asked = true;
            self.turns.push("handoff: yes".into());
        }
        if let Some(bot) = &conversation.bot {
            let step =
                if bot.flow == self.flow { bot.step.to_string() } else { format!("{}/{}", bot.flow, bot.step) };
            self.turns.push(format!("bot_asks: {step}"));
        }
    }

    /// The talk as an example's file.
    pub(crate) fn example(&self) -> String {
        let mut out = format!("name: a talk from `flow try`\nlanguage: {}\nturns:\n", self.lang);
        for turn in &self.turns {
            let _ = writeln!(out, "  - {turn}");
        }
        out
    }
}

fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            c if c.is_control() => " ".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}
