//! Distinct id types, so that a counsellor's id can't be passed where a contact's is meant.
//!
//! Nothing here makes an id by itself: 128-bit ids come from an injected [`Entropy`].
//! Read next: `inbound.rs`.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A source of random bytes, passed in so that a test can replay a run.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), OsEntropyMissing>;

    /// A fresh 128-bit id.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    fn uuid(&self) -> Result<Uuid, OsEntropyMissing> {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes)?;
        Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct OsEntropyMissing;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Gives a fresh 128-bit value its meaning.
            pub const fn from_uuid(value: Uuid) -> Self {
                Self(value)
            }

            /// The plain value, for keys in a store.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

macro_rules! name_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes a name as written by a person in a file.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }
    };
}

uuid_id! {
    /// One talk with a child, from the first word to the close.
    ConversationId
}
uuid_id! {
    /// A pseudonym: one person on one platform account. Two apps are two contacts.
    ContactId
}
uuid_id! {
    /// A counsellor, supervisor or other signed-in member of the helpline.
    CounsellorId
}
name_id! {
    /// The helpline's own account on a platform, named in the configuration.
    AccountId
}
name_id! {
    /// A flow's name, as in its file.
    FlowId
}
name_id! {
    /// A step's name, unique inside its flow.
    StepId
}
name_id! {
    /// A safety rule's name, such as `suicide.ideation.en.3`.
    RuleId
}
name_id! {
    /// A flow variable's name.
    VarName
}
name_id! {
    /// A team of counsellors.
    TeamId
}
name_id! {
    /// An entry of the resources directory.
    ResourceId
}
name_id! {
    /// SHA-256 of a checked flow's content, in hexadecimal: the version a conversation is pinned to.
    FlowHash
}

/// A message's number inside its conversation, counted from 1 over both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub u32);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The place of a row in the inbox; the order in which messages were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InboxSeq(pub i64);

/// Where a child writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Discord direct messages.
    Discord,
    /// Telegram private chats.
    Telegram,
    /// Matrix rooms.
    Matrix,
    /// The practice page in a browser.
    Practice,
    /// A terminal: the documented example adapter.
    Terminal,
}

impl Platform {
    /// The name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discord => "Discord",
            Self::Telegram => "Telegram",
            Self::Matrix => "Matrix",
            Self::Practice => "Practice",
            Self::Terminal => "Terminal",
        }
    }
}
