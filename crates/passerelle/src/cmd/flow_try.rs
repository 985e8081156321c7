//! `passerelle flow try FLOW`: talk to a flow in the terminal, seeing rules fire and state change.
//!
//! Time is virtual: `:wait 10m` skips it. Nothing is kept, unless `:save` writes the talk as a test.
//! Read next: `flow_try_show.rs`.

use super::flow_try_save::Talk;
use super::flow_try_show::{Look, card, happened, said, state};
use domain::{ContactId, ConversationId, Lang};
use engine::{Rehearsal, Spoken, StepError};
use flow_script::{FlowLibrary, FlowRole};
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

const HELP: &str = "\
Write as the child. Lines that begin with a colon are for you:
  :tap VALUE    tap the choice with this value      :wait 10m   let time pass
  :next         let time pass to the next timer     :lang fr    the child changes language
  :state        step, variables, timers             :card       what a counsellor would see
  :as discord   show as on Discord, Telegram (`telegram`) or Matrix (`matrix`)
  :save FILE    write this talk as an example       :quit       end";

/// Plays until the input ends.
pub(crate) fn play(
    library: &FlowLibrary,
    house: engine::House,
    flow: domain::FlowId,
    lang: Lang,
    input: impl BufRead,
    out: impl Write,
) -> anyhow::Result<()> {
    let mut flows = library.clone();
    flows.cast(FlowRole::Welcome, flow.clone());
    let ids = (ConversationId::from_uuid(Uuid::nil()), ContactId::from_uuid(Uuid::nil()));
    let mut stage = Stage {
        rehearsal: Rehearsal::new(flows, house, lang, ids),
        talk: Talk::new(flow, lang),
        look: Look::Matrix,
        out,
    };
    writeln!(stage.out, "{HELP}\n")?;
    for line in input.lines() {
        if stage.line(&line?)? == Goes::Ends {
            break;
        }
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Goes {
    On,
    Ends,
}

struct Stage<W> {
    rehearsal: Rehearsal,
    talk: Talk,
    look: Look,
    out: W,
}

impl<W: Write> Stage<W> {
    fn line(&mut self, line: &str) -> anyhow::Result<Goes> {
        let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let rest = rest.trim();
        match word {
            ":quit" => return Ok(Goes::Ends),
            ":state" => state(&self.rehearsal, &mut self.out)?,
            ":card" => card(&self.rehearsal, &mut self.out)?,
            ":as" => match Look::from_name(rest) {
                Some(look) => self.look = look,
                None => writeln!(self.out, "  ? discord, telegram or matrix")?,
            },
            ":save" => self.save(rest)?,
            ":tap" => {
                self.talk.taps(rest);
                self.act(|rehearsal| rehearsal.tap(rest))?;
            }
            ":lang" => match rest.parse::<Lang>() {
                Ok(lang) => {
                    let name = lang.autonym().to_owned();
                    self.talk.writes(&name);
                    self.act(|rehearsal| rehearsal.child(&name))?;
                }
                Err(error) => writeln!(self.out, "  ? {error}")?,
            },
            ":wait" => match duration(rest) {
                Some(span) => self.wait(span)?,
                None => writeln!(self.out, "  ? write a time such as 30s, 10m or 2h")?,
            },
            ":next" => match self.rehearsal.next_timer() {
                Some((key, at)) => {
                    let span = at.since(self.rehearsal.now);
                    writeln!(self.out, "  ({} in {} s)", format!("{key:?}").to_lowercase(), span.as_secs())?;
                    // Timers fall between whole seconds; a test can only say whole ones.
                    self.wait(Duration::from_secs(span.as_secs() + 1))?;
                }
                None => writeln!(self.out, "  (no timer runs)")?,
            },
            word if word.starts_with(':') => writeln!(self.out, "{HELP}")?,
            _ => {
                self.talk.writes(line);
                self.act(|rehearsal| rehearsal.child(line))?;
            }
        }
        self.out.flush()?;
        Ok(Goes::On)
    }

    fn wait(&mut self, span: Duration) -> anyhow::Result<()> {
        self.talk.waits(span);
        self.act(|rehearsal| rehearsal.wait(span))
    }

    fn act(&mut self, act: impl FnOnce(&mut Rehearsal) -> Result<Vec<Spoken>, StepError>) -> anyhow::Result<()> {
        let (events, steps) = (self.rehearsal.log.len(), self.rehearsal.walked.len());
        match act(&mut self.rehearsal) {
            Ok(spoken) => {
                happened(&self.rehearsal.log[events..], &self.rehearsal.walked[steps..], &mut self.out)?;
                said(&spoken, self.look, &mut self.out)?;
                self.talk.came(&self.rehearsal, &spoken);
            }
            Err(error) => {
                self.talk.forget();
                writeln!(self.out, "  ({error})")?;
            }
        }
        Ok(())
    }

    fn save(&mut self, file: &str) -> anyhow::Result<()> {
        if file.is_empty() {
            writeln!(self.out, "  ? name a file, such as flows/welcome/examples/en_my_talk.yaml")?;
            return Ok(());
        }
        match std::fs::write(Path::new(file), self.talk.example()) {
            Ok(()) => writeln!(
                self.out,
                "  (written; give it a name in its first line, and take out what doesn't matter)"
            )?,
            Err(error) => writeln!(self.out, "  ({file} can't be written: {error})")?,
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::cmd::flow_test;
    use flow_script::{HouseLangs, load_pack_from, load_shipped, shipped};
    use std::path::PathBuf;

    fn played(flow: &str, lines: &str) -> String {
        let pack = load_shipped(&HouseLangs::new([Lang::EN, Lang::FR])).unwrap();
        let mut out = Vec::new();
        play(&pack.library, Rehearsal::house(), flow.into(), Lang::EN, lines.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn shows_steps_variables_findings_timers_and_the_card() {
        let shown = played("welcome", "hi\n:tap safe\n12\n:state\nI want to kill myself\n:card\n:next\n");
        for part in [
            "at welcome / topic",
            "age_band = 10_13",
            "timer ",
            "! suicide",
            "urgency is now urgent",
            "counsellor would see",
            "urgency urgent",
        ] {
            assert!(shown.contains(part), "`{part}` isn't in:\n{shown}");
        }
    }

    #[test]
    fn each_platform_looks_as_it_does_there() {
        let matrix = played("welcome", "hi\n");
        assert!(matrix.contains("1. Yes, it's safe"), "{matrix}");
        let discord = played("welcome", ":as discord\nhi\n");
        assert!(discord.contains("[Yes, it's safe]") && !discord.contains("1. Yes"), "{discord}");
        let french = played("welcome", "hi\n:lang fr\n");
        assert!(french.contains("en sécurité"), "{french}");
    }

    #[test]
    fn a_saved_talk_is_an_example_that_comes_true() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("en_saved.yaml");
        let lines =
            format!("hello \"you\": # {{x}}\n:tap safe\n:wait 4m\n12\n:tap worry\n:save {}\n", file.display());
        played("welcome", &lines);
        let mut files: Vec<_> =
            shipped().iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
        files.push((PathBuf::from("welcome/examples/en_saved.yaml"), std::fs::read_to_string(&file).unwrap()));
        let pack = load_pack_from(&files, &HouseLangs::new([Lang::EN, Lang::FR])).unwrap();
        let example = pack.examples.iter().find(|example| example.file.ends_with("en_saved.yaml")).unwrap();
        assert!(example.turns.len() > 8, "{:?}", example.turns);
        let played = flow_test::play(&pack.library, Rehearsal::house(), example).unwrap();
        assert_eq!(played.differs, [""; 0], "{}", played.talk);
    }
}
