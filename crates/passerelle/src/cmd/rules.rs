//! `passerelle rules`: what the safety rules see, and why.

use clap::{Args, Subcommand};
use std::io::{BufWriter, Write, stdin, stdout};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Show views, spans, rules and urgency for a text.
    Explain(Explain),
    /// Print the escalation table and its hash.
    Table,
    /// Screen JSON lines `{"id","text","lang"?}` from standard input.
    Screen(Screen),
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The text, in quotes.
    text: String,
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
