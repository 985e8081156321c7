//! `cargo xtask`: checks of our own house that no compiler makes for us.
//!
//! It reads files and `cargo metadata` and prints what it finds; it must never change a file.
//! Read next: `arrows/table.rs` (who may use whom), then `docs.rs`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks by printing")]

mod arrows;
mod docs;
mod licences;
mod metadata;

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask COMMAND

  arrows     every dependency follows the table in crates/xtask/src/arrows/table.rs
  docs       room cards, first lines of files, file lengths, links, no paths of one machine
  licences   the licences of everything we link, counted; none may be missing";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    match run(&command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str) -> Result<()> {
    let root = root();
    match command {
        "arrows" => report("arrows", &arrows::check(&metadata::read(&root)?), &[]),
        "docs" => {
            let found = docs::check(&root)?;
            report("docs", &found.faults, &found.warnings)
        }
        "licences" => licences::print(&metadata::read(&root)?),
        _ => bail!("unknown command\n{HELP}"),
    }
}

/// Prints what was found; an error when anything is a fault.
fn report(what: &str, faults: &[String], warnings: &[String]) -> Result<()> {
    for warning in warnings {
        println!("warning: {warning}");
    }
    for fault in faults {
        eprintln!("{what}: {fault}");
    }
    if !faults.is_empty() {
        bail!("{} found", faults.len());
    }
    println!("{what}: ok");
    Ok(())
}

/// The repository: two folders above this crate.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}
