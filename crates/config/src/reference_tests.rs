//! The settings reference can't drift: it is compared with the reader, the defaults and the page.

use super::*;
use crate::Config;
use std::collections::BTreeSet;
use std::path::Path;

const NEEDED: &[&str] = &["name", "country", "emergency_numbers"];

fn load(text: &str) -> Result<Config, crate::ConfigError> {
    Config::from_text(Path::new("p.toml"), text)
}

#[test]
fn every_example_is_accepted_without_a_warning() {
    let first_ways = [
        (HOURS, "time_zone"),
        (ON_DISCORD, "token_file"),
        (ON_TELEGRAM, "token_file"),
        (ON_MATRIX, "password_file"),
    ];
    for without in [SECOND_WAYS, &first_ways] {
        let text = file(|key| (!without.contains(&(key.section, key.name))).then_some(key.example));
        let config = load(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(config.warnings, []);
    }
}

#[test]
fn the_documented_defaults_are_the_real_ones() {
    let needed = |key: &Key| (key.section == HELPLINE && NEEDED.contains(&key.name)).then_some(key.example);
    let silent = load(&file(needed)).unwrap();
    let spoken = load(&file(|key| needed(key).or(key.default))).unwrap();
    assert_eq!(silent, spoken);
}

#[test]
fn every_key_that_the_reader_knows_is_documented() {
    // The keys of every platform stand in one table of the reader.
    let table = |key: &Key| key.section.split(" on ").next().unwrap_or_default();
    let sections: BTreeSet<&str> = KEYS.iter().map(table).collect();
    for section in sections {
        let known = if section == HOURS { hours_keys() } else { reader_keys(section) };
        let mut documented: BTreeSet<String> =
            KEYS.iter().filter(|key| table(key) == section).map(|key| key.name.to_owned()).collect();
        if section == TOP {
            let names = ["helpline", "flows", "hours", "people", "deadlines", "account", "pager", "log"];
            documented.extend(names.map(str::to_owned));
        }
        assert_eq!(known, documented, "{section}");
    }
}

/// The keys that the reader names when it meets an unknown one.
fn reader_keys(section: &str) -> BTreeSet<String> {
    let error = load(&format!("{section}\nno_such_key = 1\n")).expect_err("unknown key").to_string();
    names(&error)
}

/// Hours are never refused; their keys stand in the warning.
fn hours_keys() -> BTreeSet<String> {
    let needed = file(|key| NEEDED.contains(&key.name).then_some(key.example).filter(|_| key.section == HELPLINE));
    let config = load(&format!("{needed}[hours]\nno_such_key = 1\n")).unwrap();
    names(&config.warnings[0].what)
}

fn names(message: &str) -> BTreeSet<String> {
    let (_, expected) = message.split_once("expected ").expect("names what it expects");
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `UPDATE_DOCS=1 cargo test -p config reference` writes the page anew.
#[test]
fn the_reference_page_is_in_step() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference/config.md");
    #[allow(clippy::disallowed_methods, reason = "a switch for the person who runs the test, no setting")]
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    if update {
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        std::fs::write(&page, reference()).unwrap();
    }
    let written = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(written == reference(), "docs/src/reference/config.md is out of step; run `make docs`");
}
