//! `passerelle flow`: check, try and test flows.

use super::flow_coverage::Coverage;
use super::flow_files::{Draw, Fmt, print_schema};
use super::flow_publish::{Publish, RollBack, Withdraw, versions};
use super::flow_report::{Format, report};
use super::flow_words::Translations;
use super::{flow_test, flow_try};
use crate::cli::Place;
use crate::unusable::unusable;
use clap::{Args, Subcommand};
use domain::{FlowId, Lang};
use flow_script::{Diagnostic, HouseLangs, Pack, load_pack, load_shipped};
use std::collections::BTreeMap;
use std::io::{stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(crate) enum Flows {
    /// Prove that the flows are safe to use.
    Check(Check),
    /// Talk to a flow in the terminal.
    Try(Try),
    /// Play the example conversations beside the flows.
    Test(Test),
    /// Set flow files out neatly; remarks are kept.
    Fmt(Fmt),
    /// Draw flows as pictures.
    Draw(Draw),
    /// Print a JSON Schema for editors.
    Schema,
    /// Play another pack of flows, without a restart.
    Publish(Publish),
    /// Which packs were played, and which is.
    Versions(Place),
    /// Play an earlier pack again.
    RollBack(RollBack),
    /// Take a flow's version away: everyone in it is sent to a human.
    Withdraw(Withdraw),
    /// Translations: how far, out to translators, and back.
    #[command(subcommand)]
    Translations(Translations),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The form of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    #[command(flatten)]
    pack: PackAt,
}

#[derive(Debug, Args)]
pub(crate) struct PackAt {
    /// Folder of the flow pack; without it, the shipped pack.
    #[arg(long, value_name = "DIR")]
    flows: Option<PathBuf>,
    /// Languages that must be complete.
    #[arg(long, value_delimiter = ',', default_value = "en,fr")]
    langs: Vec<Lang>,
}

#[derive(Debug, Args)]
pub(crate) struct Try {
    /// The flow's name, e.g. `welcome`.
    flow: String,
    /// The child's language.
    #[arg(long, default_value = "en")]
    lang: Lang,
    #[command(flatten)]
    pack: PackAt,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Show every talk, not only those that differ.
    #[arg(long)]
    verbose: bool,
    /// Show which steps and ways no example walks, and how to get there.
    #[arg(long)]
    coverage: bool,
    #[command(flatten)]
    pack: PackAt,
}

impl PackAt {
    fn load(&self) -> Result<Pack, Vec<Diagnostic>> {
        let langs = house_langs(&self.langs);
        match &self.flows {
            Some(dir) => load_pack(dir, &langs),
            None => load_shipped(&langs),
        }
    }

    pub(crate) fn usable(&self) -> anyhow::Result<Pack> {
        self.load().map_err(|errors| unusable(listed(&errors)))
    }
}

/// The languages a pack must be complete in, with the safety rules at hand for its checks.
pub(crate) fn house_langs(langs: &[Lang]) -> HouseLangs {
    HouseLangs::new(langs.iter().copied())
        .with_alarm(|words| safety_rules::escalation::required(&safety_rules::screen(words)).urgency)
}

/// All diagnostics, one after the other.
pub(crate) fn listed(diagnostics: &[Diagnostic]) -> String {
    let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    let count = diagnostics.len();
    format!("the flows can't be used: {count} to mend\n\n{}", shown.join("\n\n"))
}

impl Flows {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check(asked) => Ok(check(&asked)),
            Self::Try(asked) => asked.run(),
            Self::Test(test) => test.run(),
            Self::Fmt(asked) => asked.run(),
            Self::Draw(asked) => asked.run(&asked.pack.usable()?),
            Self::Schema => Ok(print_schema()),
            Self::Translations(asked) => asked.run(),
            Self::Publish(asked) => asked.run(),
            Self::Versions(place) => versions(&place),
            Self::RollBack(asked) => asked.run(),
            Self::Withdraw(asked) => asked.run(),
        }
    }
}

fn check(asked: &Check) -> ExitCode {
    let (told, flows, code) = match asked.pack.load() {
        Ok(pack) => (pack.warnings, pack.library.flows().count(), ExitCode::SUCCESS),
        Err(told) => (told, 0, ExitCode::from(2)),
    };
    print!("{}", report(&told, flows, asked.format));
    code
}

impl Try {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let pack = self.pack.usable()?;
        let id = FlowId::new(self.flow.clone());
        if pack.library.current(&id).is_none() {
            let known: Vec<String> = pack.library.flows().map(|flow| flow.id.to_string()).collect();
            return Err(unusable(format!("there is no flow `{id}`; there are: {}", known.join(", "))));
        }
        let house = engine::House { langs: self.pack.langs.clone(), ..engine::Rehearsal::house() };
        flow_try::play(&pack.library, house, id, self.lang, stdin().lock(), stdout().lock())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Test {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let pack = self.pack.usable()?;
        let house = engine::House { langs: self.pack.langs.clone(), ..engine::Rehearsal::house() };
        let mut failed = 0_usize;
        let mut by_flow: BTreeMap<String, usize> = BTreeMap::new();
        let mut coverage = Coverage::default();
        for example in &pack.examples {
            let played = flow_test::play(&pack.library, house.clone(), example)?;
            *by_flow.entry(example.flow.to_string()).or_default() += 1;
            coverage.take(example.lang, &played.walked);
            let verdict = if played.differs.is_empty() { "ok" } else { "DIFFERS" };
            println!("{verdict:8} {} ({}, {})", example.name, example.flow, example.lang);
            if self.verbose || !played.differs.is_empty() {
                print!("{}", played.talk);
            }
            for differs in &played.differs {
                println!("    {differs}");
            }
            failed += usize::from(!played.differs.is_empty());
        }
        let examples = pack.examples.len();
        print!("{}", coverage.table(&pack.library, &self.pack.langs));
        if self.coverage {
            print!("{}", coverage.gaps(&pack.library, &self.pack.langs));
        }
        println!("{} passed, {failed} failed, over {} flows", examples - failed, by_flow.len());
        Ok(if failed == 0 && examples > 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
