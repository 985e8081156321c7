//! A model in this process, behind llama.cpp, on a thread of its own.
//!
//! It must never be loaded where a fault in native code would take the helpline down with it:
//! llama.cpp can end the whole process. Read next: `llama/worker.rs`.

mod form;
mod native;
mod prompt;
mod queue;
mod worker;

pub use worker::Counts;

use crate::{Ask, Suggestion, Triage};
use async_trait::async_trait;
use prompt::Prompt;
use queue::{Job, Queue};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;
use worker::{CloseAtEnd, Desk, Tally, add, work};

/// Longest wait, at the end, for the thread to let go of its model.
const LETS_GO: Duration = Duration::from_secs(5);

/// The limits of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlamaSettings {
    /// Longest wait for one suggestion, in line and being written; then there is none.
    pub limit: Duration,
    /// Most askings in line.
    pub queue: usize,
    /// Threads that compute. They wait for each other by spinning: no more than cores that are idle.
    pub threads: u32,
    /// Tokens that prompt, messages and answer may have together; memory grows with them.
    pub context_tokens: u32,
}

impl Default for LlamaSettings {
    fn default() -> Self {
        Self { limit: Duration::from_secs(30), queue: 64, threads: 1, context_tokens: 4_096 }
    }
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file can't be opened or read.
    #[error("the model file {} can't be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is of another kind.
    #[error("{} is not a model file: it doesn't begin with `GGUF`; expected a .gguf file for llama.cpp", path.display())]
    NotGguf {
        /// Which file.
        path: PathBuf,
    },
    /// llama.cpp can't use it.
    #[error("llama.cpp can't load {}: the file is damaged, incomplete or of an unknown architecture; compare its sha256", path.display())]
    Refused {
        /// Which file.
        path: PathBuf,
    },
    /// No memory for so many tokens, or the model has no use for a context.
    #[error("the model can't be given room for {tokens} tokens; is there enough memory?")]
    Context {
        /// So many.
        tokens: u32,
    },
    /// llama.cpp doesn't start.
    #[error("llama.cpp can't start in this process")]
    Backend,
    /// The prompt that is built in has lost its places.
    #[error(
        "the prompt {} has not exactly one `{{lang}}` and one `{{told}}` below its line `---`",
        prompt::VERSION
    )]
    Prompt,
    /// No thread, or it ended before it was ready.
    #[error("the model's thread did not come up")]
    Thread,
}

/// A model that reads and suggests. Dropping it waits a moment, at most five seconds, for its thread.
#[derive(Debug)]
pub struct LlamaTriage {
    desk: Arc<Desk>,
    limit: Duration,
    ended: Mutex<mpsc::Receiver<()>>,
}

impl LlamaTriage {
    /// The prompt that suggestions are made with.
    pub const PROMPT: &str = prompt::VERSION;

    /// Loads a GGUF file on the model's own thread; takes seconds for a large one.
    ///
    /// # Errors
    /// When the file can't be read, isn't a model, or is too large for this machine.
    pub async fn load(path: impl AsRef<Path>, settings: LlamaSettings) -> Result<Self, ModelError> {
        let path = path.as_ref().to_owned();
        let limits = settings.clone();
        Self::on_thread(&settings, move |desk, ready| {
            let loaded = Prompt::shipped().and_then(|prompt| Ok((prompt, native::load(&path)?)));
            let (prompt, model) = match loaded {
                Ok(loaded) => loaded,
                Err(error) => return drop(ready.send(Err(error))),
            };
            match native::Native::new(&model, &limits, prompt) {
                Ok(mut mind) => {
                    drop(ready.send(Ok(())));
                    work(desk, &mut mind);
                }
                Err(error) => drop(ready.send(Err(error))),
            }
        })
        .await
    }

    async fn on_thread(
        settings: &LlamaSettings,
        live: impl FnOnce(&Desk, oneshot::Sender<Result<(), ModelError>>) + Send + 'static,
    ) -> Result<Self, ModelError> {
        let desk = Arc::new(Desk { queue: Queue::new(settings.queue), tally: Tally::default() });
        let (ready, loaded) = oneshot::channel();
        let (end, ended) = mpsc::channel();
        let theirs = Arc::clone(&desk);
        std::thread::Builder::new()
            .name("model".into())
            .spawn(move || {
                // Ends last, when the model's memory is given back.
                let _end: mpsc::Sender<()> = end;
                let closing = CloseAtEnd(theirs);
                live(&closing.0, ready);
            })
            .map_err(|_| ModelError::Thread)?;
        loaded.await.map_err(|_| ModelError::Thread)??;
        Ok(Self { desk, limit: settings.limit, ended: Mutex::new(ended) })
    }

    /// How many askings went which way.
    pub fn counts(&self) -> Counts {
        self.desk.tally.counts()
    }
}

impl Drop for LlamaTriage {
    fn drop(&mut self) {
        self.desk.queue.close();
        // A program that ends while llama.cpp still computes would crash on its way out.
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(LETS_GO);
    }
}

#[async_trait]
impl Triage for LlamaTriage {
    async fn suggest(&self, ask: Ask) -> Option<Suggestion> {
        let tally = &self.desk.tally;
        add(&tally.asked, 1);
        let (answer, coming) = oneshot::channel();
        add(&tally.dropped, self.desk.queue.push(Job { ask, answer }));
        // When the time is over, `coming` is gone and the thread notices.
        match tokio::time::timeout(self.limit, coming).await {
            Ok(answer) => answer.ok(),
            Err(_) => {
                add(&tally.late, 1);
                None
            }
        }
    }
}

#[cfg(test)]
#[path = "llama/tests.rs"]
mod tests;
