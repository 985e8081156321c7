//! End to end: the real binary, a real Matrix server, a real browser.
//!
//! This crate drives them as people would; it must never reach into the house by another door.
//! Read next: `house.rs` (the binary), `browser.rs`, `matrix.rs`, then the tests.

pub mod browser;
pub mod desk;
pub mod house;
pub mod http_desk;
pub mod kid;
pub mod lines;
pub mod matrix;
pub mod practice;

use std::path::PathBuf;

/// The checkout.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A tool that `make test` installs, or an error that says so.
///
/// # Errors
/// When it isn't there.
pub fn tool(path: &str) -> anyhow::Result<PathBuf> {
    let found = root().join(".tools").join(path);
    anyhow::ensure!(found.exists(), "{} isn't installed; `make test` installs it", found.display());
    Ok(found)
}

/// None of these sentences stands in the text: logs, audit lines.
///
/// # Errors
/// Names the first that does, by its place in the list.
pub fn no_words_in<'a>(text: &str, sentences: impl IntoIterator<Item = &'a &'a str>) -> anyhow::Result<()> {
    let lower = text.to_lowercase();
    for (place, sentence) in sentences.into_iter().enumerate() {
        anyhow::ensure!(!lower.contains(&sentence.to_lowercase()), "sentence {place} of the talk stands in a log");
    }
    Ok(())
}

/// Keeps a picture for the handbook when `make pictures` asks for it.
///
/// # Errors
/// When it can't be written.
#[allow(clippy::disallowed_methods, reason = "a test's own switch, not a setting of the house")]
pub async fn pictures(browser: &browser::Browser, name: &str) -> anyhow::Result<()> {
    match std::env::var_os("PASSERELLE_PICTURES") {
        Some(folder) => browser.picture(&PathBuf::from(folder).join(format!("{name}.png"))).await,
        None => Ok(()),
    }
}
