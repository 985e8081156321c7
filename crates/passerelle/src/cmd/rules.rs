//! `passerelle rules`: what the safety rules see, and why.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use std::io::{BufWriter, Write, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Show views, spans, rules and urgency for a text.
    Explain(Explain),
    /// Print the escalation table and its hash.
    Table,
    /// Count what the rules find in labelled lines; fails when less is found than in the baseline.
    Eval(Eval),
    /// Screen JSON lines `{"id","text","lang"?}` from standard input.
    Screen(Screen),
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The text, in quotes.
    text: String,
}

#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// A folder `<lang>/<category>.tsv`, or a file with the columns text, lang, label.
    #[arg(default_value = "safety-rules/corpus")]
    set: PathBuf,
    /// Counts of the last release to compare with.
    #[arg(long)]
    baseline: Option<PathBuf>,
    /// Write the counts there, to compare a later version with.
    #[arg(long)]
    write_baseline: Option<PathBuf>,
    /// Write a picture there (SVG).
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Also disguise explicit lines, by this seed.
    #[arg(long)]
    disguise: Option<u64>,
}

impl Eval {
    fn run(self) -> anyhow::Result<ExitCode> {
        use safety_rules::eval;
        let lines = eval::read(&self.set)?;
        let evaluation = eval::evaluate(&lines, self.disguise);
        print!("{}", eval::table(&evaluation));
        for (path, text) in
            [(&self.svg, eval::svg(&evaluation)), (&self.write_baseline, eval::baseline(&evaluation))]
        {
            if let Some(path) = path {
                std::fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))?;
            }
        }
        let Some(path) = self.baseline else { return Ok(ExitCode::SUCCESS) };
        let kept = std::fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
        let drops = eval::drops(&evaluation, &kept);
        for drop in &drops {
            eprintln!("passerelle: {}: found {:.3}, was {:.3}", drop.place, drop.now, drop.before);
        }
        Ok(if drops.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Screen {
    /// JSON lines in, JSON lines out: the only form there is.
    #[arg(long, required = true)]
    jsonl: bool,
}

impl Rules {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Explain(explain) => println!("{}", safety_rules::explain(&explain.text).render()),
            Self::Eval(eval) => return eval.run(),
            Self::Table => {
                print!("{}", safety_rules::escalation::table());
                println!("sha256 {}", safety_rules::escalation::table_hash());
            }
            Self::Screen(_) => {
                let mut out = BufWriter::with_capacity(1 << 16, stdout().lock());
                let summary = safety_rules::jsonl::screen_lines(stdin().lock(), &mut out)?;
                out.flush()?;
                if summary.errors > 0 {
                    eprintln!(
                        "passerelle: {} of {} lines could not be read; each has its own error line",
                        summary.errors, summary.lines
                    );
                    return Ok(ExitCode::from(2));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
