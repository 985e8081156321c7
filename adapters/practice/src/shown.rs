//! What each child was shown: a line of JSON a message, written through to the disk before the
//! house hears "sent". A repeated key is shown once.
//!
//! The file stands for the platform's side of the wire, so tests read it as "what the child saw".
//! Read next: `live.rs`.

use adapter_api::AdapterError;
use domain::Lang;
use serde::{Deserialize, Serialize};
use speech::Choice;
use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// The file in the adapter's folder.
const FILE: &str = "shown.jsonl";
/// The file never grows beyond this; then nothing more is shown.
const FILE_BYTES: u64 = 256 * 1024 * 1024;

/// One bubble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ShownMessage {
    /// Its number for this child, from 1.
    pub(crate) n: u64,
    /// The key that makes repeating harmless.
    pub(crate) key: String,
    pub(crate) text: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) lang: Lang,
}

/// The shape of a line.
#[derive(Serialize, Deserialize)]
struct Line {
    child: String,
    #[serde(flatten)]
    message: ShownMessage,
}

/// Why nothing was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The file has reached its limit.
    Full,
    /// The disk said no; surely not shown, try again.
    Disk,
}

/// All that was shown.
#[derive(Debug)]
pub(crate) struct Shown {
    file: File,
    bytes: u64,
    keys: HashSet<String>,
    children: HashMap<String, Vec<ShownMessage>>,
}

impl Shown {
    pub(crate) fn open(folder: &Path) -> Result<Self, AdapterError> {
        let damaged = |error: std::io::Error| AdapterError::OwnData(format!("{FILE}: {error}"));
        std::fs::create_dir_all(folder).map_err(damaged)?;
        let path = folder.join(FILE);
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(damaged)?;
        let mut kept = Vec::new();
        file.read_to_end(&mut kept).map_err(damaged)?;
        // A line cut off by a crash was never confirmed: it is dropped, and sent again.
        let whole = kept.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut shown = Self { file, bytes: 0, keys: HashSet::new(), children: HashMap::new() };
        for (number, line) in kept[..whole].split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            let line: Line = serde_json::from_slice(line).map_err(|error| {
                AdapterError::OwnData(format!(
                    "{FILE}:{}: not a line of ours ({:?})",
                    number + 1,
                    error.classify()
                ))
            })?;
            shown.keys.insert(line.message.key.clone());
            shown.children.entry(line.child).or_default().push(line.message);
        }
        shown.bytes = whole as u64;
        shown.cut_to_known().map_err(damaged)?;
        Ok(shown)
    }

    /// Shows bubbles in order, leaving out those shown before. All or none is confirmed; after a
    /// failure the same call can be repeated.
    pub(crate) fn add(&mut self, child: &str, messages: Vec<ShownMessage>) -> Result<(), Refused> {
        let mut next = self.children.get(child).map_or(0, Vec::len) as u64;
        let mut fresh = Vec::new();
        let mut lines = Vec::new();
        for mut message in messages {
            if self.keys.contains(&message.key) {
                continue;
            }
            next += 1;
            message.n = next;
            let line = Line { child: child.to_owned(), message };
            serde_json::to_writer(&mut lines, &line).map_err(|_| Refused::Disk)?;
            lines.push(b'\n');
            fresh.push(line.message);
        }
        if fresh.is_empty() {
            return Ok(());
        }
        if self.bytes + lines.len() as u64 > FILE_BYTES {
            return Err(Refused::Full);
        }
        if self.file.write_all(&lines).and_then(|()| self.file.sync_data()).is_err() {
            // Half a line must not stay in front of the next one. When it can't be cut off now,
            // opening the file again will.
            return self.cut_to_known().map_or(Err(Refused::Disk), |()| Err(Refused::Disk));
        }
        self.bytes += lines.len() as u64;
        self.keys.extend(fresh.iter().map(|message| message.key.clone()));
        self.children.entry(child.to_owned()).or_default().extend(fresh);
        Ok(())
    }

    /// The bubbles of a child with a number above `after`.
    pub(crate) fn after(&self, child: &str, after: u64) -> Vec<ShownMessage> {
        let all = self.children.get(child).map(Vec::as_slice).unwrap_or_default();
        let from = usize::try_from(after).unwrap_or(usize::MAX).min(all.len());
        all[from..].to_vec()
    }

    fn cut_to_known(&mut self) -> std::io::Result<()> {
        self.file.set_len(self.bytes)?;
        self.file.seek(SeekFrom::Start(self.bytes)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(key: &str, text: &str) -> ShownMessage {
        ShownMessage { n: 0, key: key.into(), text: text.into(), choices: Vec::new(), lang: Lang::EN }
    }

    fn texts(shown: &Shown, child: &str, after: u64) -> Vec<String> {
        shown.after(child, after).into_iter().map(|message| message.text).collect()
    }

    #[test]
    fn what_was_shown_is_there_after_a_restart_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut shown = Shown::open(folder.path()).unwrap();
        shown.add("a", vec![message("1", "one"), message("2", "two")]).unwrap();
        shown.add("b", vec![message("3", "other")]).unwrap();
        drop(shown);
        let mut shown = Shown::open(folder.path()).unwrap();
        shown.add("a", vec![message("1", "one"), message("2", "two"), message("4", "three")]).unwrap();
        assert_eq!(texts(&shown, "a", 0), ["one", "two", "three"]);
        assert_eq!(texts(&shown, "a", 2), ["three"]);
        assert_eq!(texts(&shown, "a", u64::MAX), Vec::<String>::new());
        assert_eq!(shown.after("a", 0).iter().map(|m| m.n).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_line_cut_off_by_a_crash_is_written_again_whole() {
        let folder = tempfile::tempdir().unwrap();
        Shown::open(folder.path()).unwrap().add("a", vec![message("1", "one"), message("2", "two")]).unwrap();
        let path = folder.path().join(FILE);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
        let mut shown = Shown::open(folder.path()).unwrap();
        assert_eq!(texts(&shown, "a", 0), ["one"]);
        shown.add("a", vec![message("1", "one"), message("2", "two")]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn a_damaged_line_is_named_without_its_words() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "{\"secret words\"}\n").unwrap();
        let error = Shown::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("shown.jsonl:1") && !error.contains("secret"), "{error}");
    }
}
