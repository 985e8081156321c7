//! The command line as a person meets it: what it answers, and with which exit code.
//!
//! Being a test of this crate, it also makes the test runner build the binary that the end-to-end
//! tests start. Read next: `tests/`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::{Command, Output};

fn passerelle(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_passerelle")).args(args).output().expect("the binary must start")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("words are UTF-8")
}

#[test]
fn the_version_names_the_escalation_table_that_the_table_command_prints() {
    let version = said(&passerelle(&["--version"]).stdout);
    let hash = version.lines().find_map(|line| line.strip_prefix("escalation table ")).expect(&version);
    assert_eq!(hash.len(), 64, "{hash}");
    let table = passerelle(&["rules", "table"]);
    assert!(table.status.success());
    assert!(said(&table.stdout).contains(hash), "two machines are compared by this hash");
}

#[test]
fn help_explains_every_command() {
    let help = passerelle(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let help = said(&help.stdout);
    for command in ["run", "talk", "rules", "flow", "audit", "user"] {
        let line = help.lines().find(|line| line.trim_start().starts_with(command)).expect(command);
        assert!(line.trim().len() > command.len() + 10, "`{command}` must say what it is for");
    }
}

#[test]
fn a_misspelled_command_is_told_apart_from_a_failure() {
    let output = passerelle(&["flow", "chekc"]);
    assert_eq!(output.status.code(), Some(2), "2: the call can't be used");
    assert!(said(&output.stderr).contains("check"), "the nearest command must be named");
}
