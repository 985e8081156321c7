//! What an adapter hands in. Nothing here has been screened; only the inbox and the rules read it.
//!
//! Read next: `event.rs`.

use crate::{AccountId, Confidential, Lang, Timestamp};
use serde::{Deserialize, Serialize};

/// A platform's name for a person or a room. Kept only encrypted and as a keyed hash (P1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlatformId(Confidential<String>);

impl PlatformId {
    /// Wraps a platform's id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(Confidential::new(id.into()))
    }

    /// The id, for the platform's own calls and for sealing. Never for a log.
    pub fn expose(&self) -> &str {
        self.0.text()
    }
}

/// A platform's id for one message, used to find it again (edits, redactions, reactions).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalId(pub String);

/// What the platform repeats when it delivers the same thing twice. Unique within an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DedupeKey(pub String);

/// Where to go on reading after a restart; opaque to all but the adapter that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One thing a child did on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// Which of the helpline's accounts received it.
    pub account: AccountId,
    /// The platform's id for this delivery.
    pub dedupe: DedupeKey,
    /// Who wrote.
    pub contact: PlatformId,
    /// Where to answer.
    pub chat: PlatformId,
    /// The platform's id for the message, when it has one.
    pub external: Option<ExternalId>,
    /// When the platform says it was sent. A hint: clocks differ.
    pub sent_at: Option<Timestamp>,
    /// The app's language. A hint only.
    pub client_lang: Option<Lang>,
    /// What it was.
    pub body: InboundBody,
}

/// The kinds of thing a child can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InboundBody {
    /// Wrote.
    Text {
        /// The words.
        text: Confidential<String>,
    },
    /// Pressed a button or reacted with a choice's sign.
    Choice {
        /// The value the button carried, as it was sent out.
        value: String,
        /// The label as shown, when the platform returns it.
        label: Option<Confidential<String>>,
    },
    /// Changed an earlier message.
    Edit {
        /// Which.
        of: ExternalId,
        /// The new words.
        text: Confidential<String>,
    },
    /// Took an earlier message back.
    Redaction {
        /// Which.
        of: ExternalId,
    },
    /// Put a sign under a message, such as a heart. A sign that stands for a choice is a `Choice`, one
    /// made of words is a `Text`: this is neither an answer nor nothing, and a person should see it.
    Reaction {
        /// Under which message.
        of: ExternalId,
        /// The sign.
        sign: Confidential<String>,
    },
    /// Sent a file. It isn't fetched.
    Attachment {
        /// As the platform names it, for example `image`.
        media: String,
        /// The file's name, screened like words.
        name: Option<Confidential<String>>,
        /// Bytes, when told.
        size: Option<u64>,
        /// Words sent with it.
        caption: Option<Confidential<String>>,
    },
    /// Opened the chat: invited the bot, pressed start.
    Joined,
    /// Left the chat or blocked the bot.
    Left,
    /// Something came that can't be read.
    Unreadable {
        /// Why, as a stable word: `undecryptable`, `unknown_type`, `malformed`.
        why: String,
    },
}

impl InboundBody {
    /// Every text in it that a person wrote; all are screened (S1).
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text { text } | Self::Edit { text, .. } => vec![text.text()],
            Self::Reaction { sign, .. } => vec![sign.text()],
            Self::Choice { label, .. } => label.iter().map(Confidential::text).collect(),
            Self::Attachment { name, caption, .. } => {
                name.iter().chain(caption.iter()).map(Confidential::text).collect()
            }
            Self::Redaction { .. } | Self::Joined | Self::Left | Self::Unreadable { .. } => Vec::new(),
        }
    }
}
