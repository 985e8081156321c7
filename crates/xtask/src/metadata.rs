//! What `cargo metadata` says of the workspace, cut down to what our checks read.
//!
//! Read next: `arrows.rs`.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The workspace and everything it links.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: BTreeSet<String>,
    pub(crate) resolve: Option<Resolve>,
}

/// One crate.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) license: Option<String>,
    #[serde(default)]
    pub(crate) license_file: Option<String>,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
}

/// A line in a crate's `Cargo.toml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` is an ordinary dependency; else `dev` or `build`.
    #[serde(default)]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) features: Vec<String>,
}

/// The resolved graph.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// One crate in the resolved graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) deps: Vec<Edge>,
}

/// One resolved dependency.
#[derive(Debug, Deserialize)]
pub(crate) struct Edge {
    pub(crate) pkg: String,
    #[serde(default)]
    pub(crate) dep_kinds: Vec<EdgeKind>,
}

/// Whether an edge is ordinary (`None`), `dev` or `build`.
#[derive(Debug, Deserialize)]
pub(crate) struct EdgeKind {
    #[serde(default)]
    pub(crate) kind: Option<String>,
}

impl Metadata {
    /// The crates of this workspace: our rooms.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Everything that a crate links, however far away: name → the path that leads to it.
    pub(crate) fn reach(&self, from: &Package) -> BTreeMap<String, Vec<String>> {
        let names: BTreeMap<&str, &str> =
            self.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
        let nodes: BTreeMap<&str, &Node> =
            self.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| (node.id.as_str(), node)).collect();
        let mut reached = BTreeMap::new();
        let mut todo = vec![(from.id.as_str(), vec![from.name.clone()])];
        while let Some((id, path)) = todo.pop() {
            for edge in nodes.get(id).into_iter().flat_map(|node| &node.deps) {
                let linked = edge.dep_kinds.iter().any(|kind| kind.kind.is_none());
                let name = names.get(edge.pkg.as_str()).copied().unwrap_or_default();
                if !linked || name.is_empty() || reached.contains_key(name) {
                    continue;
                }
                let mut longer = path.clone();
                longer.push(name.to_owned());
                reached.insert(name.to_owned(), longer.clone());
                todo.push((edge.pkg.as_str(), longer));
            }
        }
        reached
    }
}

/// Asks cargo.
pub(crate) fn read(root: &Path) -> Result<Metadata> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root)
        .output()
        .context("cargo can't be started")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata has an unknown shape")
}
