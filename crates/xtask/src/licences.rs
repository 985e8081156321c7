//! Counts the licences of everything the workspace names. Which are allowed is written in `deny.toml`.

use crate::metadata::Metadata;
use anyhow::{Result, bail};
use std::collections::BTreeMap;

/// Prints each licence with its crates; an error when a crate has none.
pub(crate) fn print(metadata: &Metadata) -> Result<()> {
    let mut missing = Vec::new();
    let mut by_licence: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &metadata.packages {
        match (&package.license, &package.license_file) {
            (Some(licence), _) => by_licence.entry(licence).or_default().push(&package.name),
            (None, Some(_)) => by_licence.entry("(own text)").or_default().push(&package.name),
            (None, None) => missing.push(package.name.as_str()),
        }
    }
    for (licence, names) in &by_licence {
        let shown = if names.len() > 8 { "…".to_owned() } else { names.join(", ") };
        println!("{:>5}  {licence}  {shown}", names.len());
    }
    if !missing.is_empty() {
        bail!("no licence named by: {}", missing.join(", "));
    }
    Ok(())
}
