//! The packs of flows that a house has played, kept beside its data, and which of them is played now.
//!
//! `DATA/flows/packs/HASH/` holds each pack whole, so that a talk can go on with the version it
//! began with, also over a restart; `DATA/flows/history.jsonl` says what was done, one line each,
//! and is only ever added to. A running house looks at it every few seconds.
//! It must never play a pack that fails its checks. Read next: `cmd/flow_publish.rs`.

use crate::cmd::flow::house_langs;
use crate::house::make_folder;
use crate::unusable::unusable;
use config::Config;
use domain::{FlowHash, Timestamp};
use flow_script::{FlowLibrary, Pack, load_pack, pack_files, pack_hash, shipped};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What is kept of the flows of a house.
pub(crate) struct Published {
    folder: PathBuf,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) at: i64,
    /// `started`, `published`, `rolled_back` or `withdrawn`.
    pub(crate) what: String,
    /// The pack, or the flow's version that was withdrawn.
    pub(crate) hash: String,
}

impl Published {
    pub(crate) fn of(config: &Config) -> Self {
        Self { folder: config.data.join("flows") }
    }

    fn history_file(&self) -> PathBuf {
        self.folder.join("history.jsonl")
    }

    fn pack_folder(&self, hash: &str) -> PathBuf {
        self.folder.join("packs").join(hash)
    }

    /// What was done so far, oldest first.
    pub(crate) fn history(&self) -> anyhow::Result<Vec<Line>> {
        let file = self.history_file();
        if !file.exists() {
            return Ok(Vec::new());
        }
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        let mut lines = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let wrong = || unusable(format!("{}:{}: this line can't be read", file.display(), number + 1));
            let value: Value = serde_json::from_str(line).map_err(|_| wrong())?;
            let word = |key: &str| value.get(key).and_then(Value::as_str).map(ToOwned::to_owned).ok_or_else(wrong);
            let at = value.get("at").and_then(Value::as_i64).ok_or_else(wrong)?;
            lines.push(Line { at, what: word("what")?, hash: word("hash")? });
        }
        Ok(lines)
    }

    /// The pack that is played now, if any was.
    pub(crate) fn current(&self) -> anyhow::Result<Option<String>> {
        let history = self.history()?;
        Ok(history.into_iter().rev().find(|line| line.what != "withdrawn").map(|line| line.hash))
    }

    /// Did a person choose the pack that is played now?
    pub(crate) fn was_chosen(&self) -> anyhow::Result<bool> {
        let history = self.history()?;
        let last = history.iter().rev().find(|line| line.what != "withdrawn");
        Ok(last.is_some_and(|line| line.what != "started"))
    }

    /// Adds a line. It is on disk when this returns.
    pub(crate) fn note(&self, at: Timestamp, what: &str, hash: &str) -> anyhow::Result<()> {
        make_folder(&self.folder)?;
        let file = self.history_file();
        let line = json!({ "at": at.millis(), "what": what, "hash": hash });
        let mut open = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&file)
            .map_err(|error| unreadable(&file, &error))?;
        writeln!(open, "{line}").and_then(|()| open.sync_all()).map_err(|error| unreadable(&file, &error))
    }

    /// Keeps a pack's files under their hash, and returns it.
    pub(crate) fn keep(&self, root: &Path, files: &[(PathBuf, String)]) -> anyhow::Result<String> {
        let hash = pack_hash(files, root);
        let target = self.pack_folder(&hash);
        if target.exists() {
            return Ok(hash);
        }
        // Made beside and then renamed, so that half a pack is never played.
        let beside = target.with_extension("new");
        if beside.exists() {
            std::fs::remove_dir_all(&beside).map_err(|error| unreadable(&beside, &error))?;
        }
        for (path, text) in files {
            let file = beside.join(path.strip_prefix(root).unwrap_or(path));
            make_folder(file.parent().unwrap_or(&beside))?;
            std::fs::write(&file, text).map_err(|error| unreadable(&file, &error))?;
        }
        std::fs::rename(&beside, &target).map_err(|error| unreadable(&target, &error))?;
        Ok(hash)
    }

    /// A kept pack, checked.
    pub(crate) fn load(&self, config: &Config, hash: &str) -> anyhow::Result<Pack> {
        let folder = self.pack_folder(hash);
        if !folder.is_dir() {
            return Err(unusable(format!(
                "the pack `{hash}` isn't kept here; `passerelle flow versions` lists them"
            )));
        }
        load_pack(&folder, &house_langs(&config.helpline.langs))
            .map_err(|told| unusable(crate::cmd::flow::listed(&told)))
    }

    /// The library to play: `current` on top, every other kept version under it, and none that was
    /// withdrawn. A kept pack that a newer program refuses is left out: whoever stands in it goes to a
    /// human.
    pub(crate) fn library(&self, config: &Config, current: FlowLibrary) -> anyhow::Result<FlowLibrary> {
        let mut library = current;
        let history = self.history()?;
        let mut kept = Vec::new();
        for line in history.iter().filter(|line| line.what != "withdrawn") {
            if kept.contains(&&line.hash) {
                continue;
            }
            kept.push(&line.hash);
            match self.load(config, &line.hash) {
                Ok(pack) => pack.library.flows().for_each(|flow| library.keep(flow.as_ref().clone())),
                Err(error) => {
                    tracing::warn!(pack = %line.hash, %error, "a kept pack of flows can't be used any more")
                }
            }
        }
        for line in history.iter().filter(|line| line.what == "withdrawn") {
            let gone = FlowHash::new(line.hash.clone());
            let before = self.version_before(config, &history, &library, &gone);
            library.withdraw(&gone, before.as_ref());
        }
        Ok(library)
    }

    /// The newest kept version of the same flow that was not withdrawn.
    fn version_before(
        &self,
        config: &Config,
        history: &[Line],
        library: &FlowLibrary,
        gone: &FlowHash,
    ) -> Option<FlowHash> {
        let flow = library.version(gone)?.id.clone();
        let withdrawn =
            |hash: &FlowHash| history.iter().any(|line| line.what == "withdrawn" && line.hash == hash.as_str());
        history
            .iter()
            .rev()
            .filter(|line| line.what != "withdrawn")
            .filter_map(|line| self.load(config, &line.hash).ok())
            .filter_map(|pack| pack.library.current(&flow).map(|flow| flow.hash.clone()))
            .find(|hash| !withdrawn(hash))
    }

    /// The length of the history, to see cheaply that something was done.
    pub(crate) fn mark(&self) -> u64 {
        std::fs::metadata(self.history_file()).map_or(0, |about| about.len())
    }
}

/// The files of a folder, or of the shipped pack.
pub(crate) fn files_of(dir: Option<&Path>) -> anyhow::Result<Vec<(PathBuf, String)>> {
    match dir {
        Some(dir) => pack_files(dir).map_err(|told| unusable(crate::cmd::flow::listed(&told))),
        None => Ok(shipped().iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    unusable(format!("{} can't be read or written: {error}", path.display()))
}
