//! Sealing bytes with XChaCha20-Poly1305, bound to the place where they are kept.
//!
//! Kept form: one version byte, 24 bytes of random nonce, the sealed bytes with their tag. It must
//! never say in an error what was inside. Read next: `vault.rs`.

use super::no_entropy;
use crate::StoreError;
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{Key, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use domain::{ContactId, ConversationId, Entropy};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEAD: usize = 1 + NONCE;

/// Which kind of row; part of what a sealed row is bound to. The words are kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Platform ids.
    Contacts,
    /// Words not yet taken by a turn.
    Inbox,
    /// Where to go on reading a platform.
    Cursors,
    /// Conversations' keys.
    Keys,
    /// The state of a conversation.
    Conversations,
    /// What happened.
    Events,
    /// Words to send.
    Outbox,
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Inbox => "inbox",
            Self::Cursors => "cursors",
            Self::Keys => "keys",
            Self::Conversations => "conversations",
            Self::Events => "events",
            Self::Outbox => "outbox",
        }
    }
}

/// Where sealed bytes belong. They open nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    table: Table,
    owner: [u8; 16],
    seq: u64,
}

impl Place {
    /// A row of a conversation.
    pub fn conversation(table: Table, id: ConversationId, seq: u64) -> Self {
        Self { table, owner: id.as_uuid().into_bytes(), seq }
    }

    /// A row of a contact.
    pub fn contact(table: Table, id: ContactId, seq: u64) -> Self {
        Self { table, owner: id.as_uuid().into_bytes(), seq }
    }

    /// An inbox row: bound to its delivery and to its sender.
    pub fn delivery(delivery: super::KeyedHash, sender: super::KeyedHash) -> Self {
        let (first, _) = sender.split_at(8);
        let seq = first.iter().fold(0, |seq, byte| (seq << 8) | u64::from(*byte));
        Self { table: Table::Inbox, owner: delivery, seq }
    }

    /// An account's cursor.
    pub const fn cursor(account: super::KeyedHash) -> Self {
        Self { table: Table::Cursors, owner: account, seq: 0 }
    }

    fn aad(self) -> ([u8; 40], usize) {
        let mut bytes = [0_u8; 40];
        let name = self.table.name().as_bytes();
        bytes[..16].copy_from_slice(&self.owner);
        bytes[16..24].copy_from_slice(&self.seq.to_be_bytes());
        let end = 24 + name.len();
        bytes[24..end].copy_from_slice(name);
        (bytes, end)
    }

    fn damaged(self) -> StoreError {
        StoreError::Unreadable(format!("a row of `{}` doesn't open: wrong key or damaged", self.table.name()))
    }
}

/// A key that seals and opens. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SealKey(XChaCha20Poly1305);

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey([key])")
    }
}

impl SealKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(Key::from_slice(key)))
    }

    /// Seals bytes for a place.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn seal(&self, place: Place, plain: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, StoreError> {
        let mut kept = Vec::with_capacity(HEAD + plain.len() + TAG);
        kept.resize(HEAD, 0);
        kept.extend_from_slice(plain);
        self.finish(place, kept, entropy)
    }

    /// Seals a value as JSON, without an unsealed copy of it in between.
    ///
    /// # Errors
    /// When there are no random bytes or the value can't be written as JSON.
    pub fn seal_json<T: Serialize>(
        &self,
        place: Place,
        value: &T,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, StoreError> {
        let mut kept = Vec::with_capacity(512);
        kept.resize(HEAD, 0);
        serde_json::to_writer(&mut kept, value)
            .map_err(|_| StoreError::Invalid(format!("a row of `{}` can't be written", place.table.name())))?;
        self.finish(place, kept, entropy)
    }

    /// Opens bytes of a place.
    ///
    /// # Errors
    /// When they were sealed with another key, for another place, or are damaged.
    pub fn open(&self, place: Place, kept: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        if kept.len() < HEAD + TAG {
            return Err(place.damaged());
        }
        if kept[0] != VERSION {
            return Err(StoreError::Unreadable(format!(
                "a row of `{}` was sealed in version {}, this program knows {VERSION}",
                place.table.name(),
                kept[0]
            )));
        }
        let (body, tag) = kept[HEAD..].split_at(kept.len() - HEAD - TAG);
        let mut plain = Zeroizing::new(body.to_vec());
        let (aad, end) = place.aad();
        self.0
            .decrypt_in_place_detached(
                XNonce::from_slice(&kept[1..HEAD]),
                &aad[..end],
                plain.as_mut_slice(),
                Tag::from_slice(tag),
            )
            .map_err(|_| place.damaged())?;
        Ok(plain)
    }

    /// Opens JSON of a place.
    ///
    /// # Errors
    /// As [`Self::open`], and when the shape isn't known. The error never shows the content.
    pub fn open_json<T: DeserializeOwned>(&self, place: Place, kept: &[u8]) -> Result<T, StoreError> {
        let plain = self.open(place, kept)?;
        // The parser's own message can quote what it read, so it isn't passed on.
        serde_json::from_slice(&plain)
            .map_err(|_| StoreError::Unreadable(format!("a row of `{}` has an unknown shape", place.table.name())))
    }

    fn finish(&self, place: Place, mut kept: Vec<u8>, entropy: &dyn Entropy) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0_u8; NONCE];
        entropy.fill(&mut nonce).map_err(no_entropy)?;
        kept[0] = VERSION;
        kept[1..HEAD].copy_from_slice(&nonce);
        let (aad, end) = place.aad();
        let tag = self
            .0
            .encrypt_in_place_detached(XNonce::from_slice(&nonce), &aad[..end], &mut kept[HEAD..])
            .map_err(|_| StoreError::Invalid(format!("a row of `{}` is too large to seal", place.table.name())))?;
        kept.extend_from_slice(&tag);
        Ok(kept)
    }
}
