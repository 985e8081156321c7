//! The binary: command line and wiring. The only room that knows all the others.
//!
//! It must never decide anything about a child. Exit codes: 0 done; 1 it failed; 2 the command line,
//! configuration, flow, key file or database can't be used as it is, and the message says why.
//! Read next: `cmd/run.rs`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line: printing is its job")]

mod accounts;
mod cli;
mod cmd;
mod door;
mod entropy;
mod hooks;
mod house;
mod pager;
mod published;
mod unusable;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => unusable::report(&error),
    }
}
