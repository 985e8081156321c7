//! Tells open pages that there is something new. A page that missed a signal reads on from the
//! number it has, so a lost signal loses nothing.
//!
//! Read next: `api.rs`.

use serde::Serialize;
use tokio::sync::broadcast;

/// Signals kept for slow pages; one that falls behind reads again.
const SIGNALS: usize = 1_024;

/// Something happened for a child.
#[derive(Debug, Clone)]
pub(crate) enum Signal {
    /// There are new bubbles.
    New(String),
    /// The child wrote on one device; the others show it.
    Own(String, Own),
}

impl Signal {
    pub(crate) fn child(&self) -> &str {
        match self {
            Self::New(child) | Self::Own(child, _) => child,
        }
    }
}

/// What the child did on another device.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Own {
    /// Wrote, or pressed a choice with this label.
    Text { id: String, text: String },
    /// Changed a message.
    Edit { of: String, text: String },
    /// Took a message back.
    Redact { of: String },
}

/// The signals.
#[derive(Debug)]
pub(crate) struct Live(broadcast::Sender<Signal>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::Sender::new(SIGNALS))
    }
}

impl Live {
    pub(crate) fn listen(&self) -> broadcast::Receiver<Signal> {
        self.0.subscribe()
    }

    pub(crate) fn new_for(&self, child: &str) {
        self.signal(Signal::New(child.to_owned()));
    }

    pub(crate) fn own(&self, child: &str, own: Own) {
        self.signal(Signal::Own(child.to_owned(), own));
    }

    fn signal(&self, signal: Signal) {
        // Without listeners there is nobody to tell.
        drop(self.0.send(signal));
    }
}
