//! Which posts were begun and which are done, on disk before each post: so that a repeat after a crash
//! is either dropped by Discord or not made at all.
//!
//! Discord drops a repeated nonce for some minutes only. Within two of them a begun post is posted again
//! under its nonce; after them it is *unknown* for ever. It holds keys, ids and times, and never a word or a
//! person's id. Read next: `send.rs`.

use adapter_api::AdapterError;
use domain::{Clock, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// So long a repeated nonce is surely dropped. Discord says "the past few minutes".
const NONCE_HOLDS: Duration = Duration::from_secs(120);
/// Posts older than this are no longer asked for by the outbox.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3_600);
/// Lines after which the file is written anew.
const LINES: usize = 50_000;

/// What is known of one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It may be posted: never begun, or begun so lately that Discord drops a repeat.
    MayPost,
    /// It stands in the talk, under this id when Discord told it.
    Done(Option<u64>),
    /// It was begun too long ago: nobody can tell.
    Unknown,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    part: String,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<u64>,
    /// Surely not posted: as if it had never been begun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    undone: bool,
}

#[derive(Debug, Clone, Copy)]
struct Post {
    begun: Timestamp,
    /// The message's id, 0 when Discord's answer didn't tell.
    done: Option<u64>,
}

/// The journal of one account.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    lines: usize,
    posts: HashMap<String, Post>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("posts", &self.posts.len()).finish_non_exhaustive()
    }
}

impl Journal {
    /// Reads back what was begun and done before.
    ///
    /// # Errors
    /// When the folder or its file can't be read or written.
    pub(crate) fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, AdapterError> {
        std::fs::create_dir_all(folder).map_err(|error| own_data(folder, &error))?;
        let path = folder.join("posts.jsonl");
        let kept = match std::fs::read_to_string(&path) {
            Ok(kept) => kept,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(own_data(&path, &error)),
        };
        let mut posts = HashMap::new();
        // A line cut by a crash was never acted upon: its post wasn't begun.
        for line in kept.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
            take(&mut posts, line);
        }
        let oldest = clock.now().millis() - i64::try_from(KEPT.as_millis()).unwrap_or(0);
        posts.retain(|_, post| post.begun.millis() >= oldest);
        let file = write_anew(&path, &posts).map_err(|error| own_data(&path, &error))?;
        Ok(Self { path, file, lines: posts.len(), posts, clock })
    }

    /// How a post stands.
    pub(crate) fn known(&self, part: &str) -> Known {
        match self.posts.get(part) {
            None => Known::MayPost,
            Some(Post { done: Some(id), .. }) => Known::Done(Some(*id).filter(|id| *id != 0)),
            Some(post) if self.clock.now().since(post.begun) <= NONCE_HOLDS => Known::MayPost,
            Some(_) => Known::Unknown,
        }
    }

    /// It is about to be posted, if it may be; then that is on disk when this returns. Also tells whether
    /// an earlier try was left unclear.
    pub(crate) fn begin(&mut self, part: &str) -> std::io::Result<(Known, bool)> {
        let known = self.known(part);
        // The first beginning counts: from it on Discord may have the nonce.
        let tried = self.posts.contains_key(part);
        if known == Known::MayPost && !tried {
            let at = self.clock.now().millis();
            self.write(Line { part: part.to_owned(), at, done: None, undone: false }, true)?;
        }
        Ok((known, tried))
    }

    /// It stands in the talk. Should the line be lost, the post is begun and treated as such.
    pub(crate) fn done(&mut self, part: &str, id: Option<u64>) -> std::io::Result<()> {
        let at = self.clock.now().millis();
        self.write(Line { part: part.to_owned(), at, done: Some(id.unwrap_or(0)), undone: false }, false)
    }

    /// It surely wasn't posted, not now and not by an earlier try that was left unclear.
    pub(crate) fn undone(&mut self, part: &str) -> std::io::Result<()> {
        self.write(Line { part: part.to_owned(), at: 0, done: None, undone: true }, false)
    }

    fn write(&mut self, line: Line, through: bool) -> std::io::Result<()> {
        let mut text = serde_json::to_string(&line).unwrap_or_default();
        text.push('\n');
        self.file.write_all(text.as_bytes())?;
        if through {
            self.file.sync_data()?;
        }
        take(&mut self.posts, line);
        self.lines += 1;
        if self.lines > LINES.max(self.posts.len() * 3) {
            let oldest = self.clock.now().millis() - i64::try_from(KEPT.as_millis()).unwrap_or(0);
            self.posts.retain(|_, post| post.begun.millis() >= oldest);
            self.file = write_anew(&self.path, &self.posts)?;
            self.lines = self.posts.len();
        }
        Ok(())
    }
}

fn take(posts: &mut HashMap<String, Post>, line: Line) {
    if line.undone {
        posts.remove(&line.part);
        return;
    }
    let begun = Timestamp::from_millis(line.at);
    let post = posts.entry(line.part).or_insert(Post { begun, done: None });
    post.done = post.done.or(line.done);
}

/// The file with what is known, in one step: the old one stays until the new one is whole.
fn write_anew(path: &Path, posts: &HashMap<String, Post>) -> std::io::Result<File> {
    let new = path.with_extension("new");
    let mut text = String::new();
    for (part, post) in posts {
        let line = Line { part: part.clone(), at: post.begun.millis(), done: post.done, undone: false };
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()?;
    std::fs::rename(&new, path)?;
    OpenOptions::new().append(true).open(path)
}

fn own_data(path: &Path, error: &std::io::Error) -> AdapterError {
    AdapterError::OwnData(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn a_begun_post_may_be_repeated_only_while_its_nonce_holds_also_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand::default());
        let open = || Journal::open(folder.path(), clock.clone()).unwrap();
        let mut journal = open();
        assert_eq!(journal.known("a"), Known::MayPost);
        for part in ["a", "b", "c", "d"] {
            journal.begin(part).unwrap();
        }
        journal.done("b", Some(7)).unwrap();
        journal.done("c", None).unwrap();
        journal.undone("d").unwrap();
        // The process dies; a second begin within the time doesn't make it younger.
        clock.0.store(119_000, Ordering::Relaxed);
        let mut journal = open();
        assert_eq!(journal.known("a"), Known::MayPost);
        journal.begin("a").unwrap();
        clock.0.store(121_000, Ordering::Relaxed);
        let journal = open();
        assert_eq!(journal.known("a"), Known::Unknown);
        assert_eq!(journal.known("b"), Known::Done(Some(7)));
        assert_eq!(journal.known("c"), Known::Done(None));
        assert_eq!(journal.known("d"), Known::MayPost);
    }

    #[test]
    fn a_line_cut_by_a_crash_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("posts.jsonl"), "{\"part\":\"a\",\"at\":0}\n{\"part\":\"b\",\"a")
            .unwrap();
        let journal = Journal::open(folder.path(), Arc::new(Hand(AtomicI64::new(200_000)))).unwrap();
        assert_eq!(journal.known("a"), Known::Unknown);
        assert_eq!(journal.known("b"), Known::MayPost);
    }
}
