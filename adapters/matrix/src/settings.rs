//! What the operator says about one Matrix account. Secrets are wrapped; nothing here prints them.
//!
//! Read next: `session.rs`.

use domain::{AccountId, Confidential};
use std::path::PathBuf;

/// One account on one homeserver.
#[derive(Debug, Clone)]
pub struct MatrixSettings {
    /// The account's name in the configuration.
    pub account: AccountId,
    /// The homeserver's address (`https://matrix.example.org`) or server name (`example.org`).
    pub homeserver: String,
    /// The helpline's user: `helpline` or `@helpline:example.org` (in full when `secret` is a token).
    pub user: String,
    /// How it signs in.
    pub secret: Secret,
    /// A folder for this account alone: session and encryption keys. Losing it means a new device,
    /// and messages sent to the old one can't be read any more.
    pub data_dir: PathBuf,
    /// Encrypts that folder. Must stay the same, and must be random (128 bits at least, such as a key's
    /// text): it isn't stretched as a person's password would be.
    pub store_passphrase: Confidential<String>,
    /// Shown to others as the device's name.
    pub device_name: String,
    /// What to do in a room without end-to-end encryption.
    pub unencrypted: Unencrypted,
}

/// How the account signs in.
#[derive(Debug, Clone)]
pub enum Secret {
    /// A password: logs in once, then keeps the session.
    Password(Confidential<String>),
    /// An access token with a device of its own.
    Token(Confidential<String>),
}

/// What to do in a room without end-to-end encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unencrypted {
    /// Switch encryption on; where that isn't allowed, leave. Nothing is ever sent there in the
    /// clear. What the child wrote there is still handed in.
    Refuse,
    /// Go on, and warn in the log.
    Warn,
}
