//! `passerelle flow publish`, `versions`, `roll-back` and `withdraw`: which flows a house plays, and
//! what that means for the children who are in the middle of one.
//!
//! Nothing is done without `--yes`; before, it is only said what would happen. A running house
//! takes it over within seconds. Read next: `../published.rs`.

use super::flow::{house_langs, listed};
use crate::cli::Place;
use crate::house;
use crate::published::{Published, files_of};
use crate::unusable::unusable;
use anyhow::Context as _;
use clap::Args;
use config::Config;
use domain::{BotPosition, Clock as _, FlowHash, FlowId, StepId};
use flow_script::{FlowChange, FlowLibrary, StepChange, changes, load_pack, load_pack_from};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{DeskReads as _, Turns as _};
use switchboard::RealTime;

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// Folder of the flow pack; without it, the one in the settings, or the shipped pack.
    #[arg(long, value_name = "DIR")]
    flows: Option<PathBuf>,
    /// Do it. Without this, only say what would happen.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RollBack {
    /// The pack to play again, as `passerelle flow versions` names it.
    pack: String,
    /// Do it. Without this, only say what would happen.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// The flow's version: its hash, or the first letters of it.
    version: String,
    /// Do it. Without this, only say what would happen.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
}

/// Letters of a hash that people see.
const SHOWN: usize = 12;

impl Publish {
    pub(crate) fn run(&self) -> anyhow::Result<ExitCode> {
        let config = house::settings(&self.place)?;
        let published = Published::of(&config);
        let dir = self.flows.clone().or_else(|| config.flows.dir.clone());
        let files = files_of(dir.as_deref())?;
        let langs = house_langs(&config.helpline.langs);
        let pack = match &dir {
            Some(dir) => load_pack(dir, &langs),
            None => load_pack_from(&files, &langs),
        };
        let pack = pack.map_err(|told| unusable(listed(&told)))?;
        let before = house::playing(&config, &published, None)?;
        show(&config, &before, &pack.library)?;
        if !self.yes {
            println!("nothing was changed; add --yes to publish");
            return Ok(ExitCode::SUCCESS);
        }
        let root = dir.unwrap_or_default();
        let hash = published.keep(&root, &files)?;
        published.note(RealTime.now(), "published", &hash)?;
        println!("published as pack {hash}; a running house takes it over within seconds");
        Ok(ExitCode::SUCCESS)
    }
}

impl RollBack {
    pub(crate) fn run(&self) -> anyhow::Result<ExitCode> {
        let config = house::settings(&self.place)?;
        let published = Published::of(&config);
        let pack = published.load(&config, &self.pack)?;
        let before = house::playing(&config, &published, None)?;
        show(&config, &before, &pack.library)?;
        if self.yes {
            published.note(RealTime.now(), "rolled_back", &self.pack)?;
            println!("pack {} is played again; a running house takes it over within seconds", self.pack);
        } else {
            println!("nothing was changed; add --yes to roll back");
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Withdraw {
    pub(crate) fn run(&self) -> anyhow::Result<ExitCode> {
        let config = house::settings(&self.place)?;
        let published = Published::of(&config);
        let library = house::playing(&config, &published, None)?;
        let found: Vec<_> =
            library.versions().filter(|flow| flow.hash.as_str().starts_with(&self.version)).collect();
        let [flow] = found.as_slice() else {
            let found = format!("{} versions begin with `{}`", found.len(), self.version);
            return Err(unusable(format!("{found}; `passerelle flow versions` lists them")));
        };
        let live = live(&config)?;
        let inside = live.iter().filter(|bot| bot.hash == flow.hash).count();
        println!("flow {} version {}", flow.id, short(&flow.hash));
        println!("talks in it: {inside}; each is sent to a human at once, and told so");
        if library.current(&flow.id).is_some_and(|current| current.hash == flow.hash) {
            println!(
                "it is the current version: the newest kept version before it is played instead, if there is one"
            );
        }
        if self.yes {
            published.note(RealTime.now(), "withdrawn", flow.hash.as_str())?;
            println!("withdrawn; a running house acts within seconds");
        } else {
            println!("nothing was changed; add --yes to withdraw");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Lists what was played, and what is.
pub(crate) fn versions(place: &Place) -> anyhow::Result<ExitCode> {
    let config = house::settings(place)?;
    let published = Published::of(&config);
    for line in published.history()? {
        println!("{}  {:<12} {}", when(line.at), line.what, line.hash);
    }
    let library = house::playing(&config, &published, None)?;
    println!("\nplayed now:");
    for flow in library.flows() {
        println!("  {:<20} {}", flow.id.to_string(), short(&flow.hash));
    }
    let older: Vec<_> = library
        .versions()
        .filter(|flow| library.current(&flow.id).is_none_or(|current| current.hash != flow.hash))
        .collect();
    if !older.is_empty() {
        println!("kept for talks that began with them:");
        for flow in older {
            println!("  {:<20} {}", flow.id.to_string(), short(&flow.hash));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A moment in universal time, without a library for calendars: days since 1970 as a date
/// (Howard Hinnant's civil-from-days).
fn when(millis: i64) -> String {
    let seconds = millis.div_euclid(1_000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", rest / 3_600, rest % 3_600 / 60)
}

fn short(hash: &FlowHash) -> String {
    hash.as_str().chars().take(SHOWN).collect()
}

/// Where the bot stands in every talk that isn't closed.
fn live(config: &Config) -> anyhow::Result<Vec<BotPosition>> {
    if !house::database(config).exists() {
        return Ok(Vec::new());
    }
    let store = house::open_store(config)?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime can't start")?;
    runtime.block_on(async {
        let mut live = Vec::new();
        for row in store.board().await? {
            live.extend(store.load(row.id).await?.and_then(|talk| talk.bot));
        }
        Ok(live)
    })
}

fn show(config: &Config, before: &FlowLibrary, after: &FlowLibrary) -> anyhow::Result<()> {
    print!("{}", plan(&changes(before, after), after, &live(config)?));
    Ok(())
}

/// What changes, and what happens to the talks that are in it.
fn plan(changes: &[FlowChange], after: &FlowLibrary, live: &[BotPosition]) -> String {
    if changes.is_empty() {
        return "these are the flows that are played already\n".into();
    }
    let mut out = String::new();
    for change in changes {
        let what = match (&change.before, &change.after) {
            (None, _) => "new".to_owned(),
            (_, None) => "removed".to_owned(),
            (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
        };
        out.push_str(&format!("flow {}: {what}\n", change.flow));
        for (step, how) in &change.steps {
            out.push_str(&format!("  {step}: {}\n", how.name()));
        }
        out.push_str(&talks(change, after, live));
    }
    out
}

fn talks(change: &FlowChange, after: &FlowLibrary, live: &[BotPosition]) -> String {
    let mut at: BTreeMap<&StepId, usize> = BTreeMap::new();
    for bot in live.iter().filter(|bot| bot.flow == change.flow && Some(&bot.hash) != change.after.as_ref()) {
        *at.entry(&bot.step).or_default() += 1;
    }
    let moves = moves_at(after, &change.flow);
    let mut out = String::new();
    for (step, count) in at {
        let how = change.steps.iter().find(|(known, _)| known == step).map(|(_, how)| *how);
        let how = match how {
            Some(StepChange::Removed) => " (removed)",
            Some(_) => " (changed)",
            None => "",
        };
        let talks = if count == 1 { "1 talk".to_owned() } else { format!("{count} talks") };
        out.push_str(&format!("  {talks} at {step}{how}: on with the version they began with{moves}\n"));
    }
    out
}

fn moves_at(after: &FlowLibrary, flow: &FlowId) -> String {
    let Some(flow) = after.current(flow) else { return ", to its end".into() };
    let safe: Vec<&str> = flow
        .order
        .iter()
        .filter(|id| flow.step(id).is_some_and(|step| step.safe_point == flow_script::SafePoint::Yes))
        .map(StepId::as_str)
        .collect();
    if safe.is_empty() { ", to its end".into() } else { format!(", or until the safe point {}", safe.join(", ")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use domain::{Lang, Waiting};
    use flow_script::{HouseLangs, shipped};

    fn library(change: impl Fn(&str, &str) -> String) -> FlowLibrary {
        let files: Vec<_> =
            shipped().iter().map(|(path, text)| (PathBuf::from(path), change(path, text))).collect();
        load_pack_from(&files, &HouseLangs::new([Lang::EN, Lang::FR])).unwrap().library
    }

    #[test]
    fn the_plan_names_changed_steps_and_what_becomes_of_the_talks_in_them() {
        let before = library(|_, text| text.to_owned());
        let after = library(|path, text| match path {
            "welcome/flow.yaml" => text.replace("How old are you?", "And how old are you?"),
            _ => text.to_owned(),
        });
        let old = before.current(&FlowId::new("welcome")).unwrap();
        let at = |step: &str| BotPosition {
            flow: old.id.clone(),
            hash: old.hash.clone(),
            step: StepId::new(step),
            stack: Vec::new(),
            waiting: Some(Waiting::Answer),
            retries: 0,
            reminders: 0,
        };
        let said = plan(&changes(&before, &after), &after, &[at("age"), at("age"), at("safe_to_write")]);
        for part in [
            "flow welcome:",
            "  age: changed",
            "2 talks at age (changed): on with the version they began with, or until the safe point topic",
            "1 talk at safe_to_write: on with",
        ] {
            assert!(said.contains(part), "`{part}` isn't in:\n{said}");
        }
        assert!(plan(&changes(&before, &before), &before, &[at("age")]).contains("played already"));
    }

    #[test]
    fn moments_are_dates() {
        assert_eq!(when(0), "1970-01-01 00:00 UTC");
        assert_eq!(when(1_709_210_096_789), "2024-02-29 12:34 UTC");
    }
}
