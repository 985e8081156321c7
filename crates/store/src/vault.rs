//! Keys and sealing: what a disk, a backup or a thief of either can read of a child is nothing.
//!
//! One master key in a file gives a subkey for each purpose (HKDF-SHA256). Each conversation has
//! its own random key, kept wrapped; destroying that row makes its words unreadable (P2).
//! Everything is sealed with XChaCha20-Poly1305 and bound to its place, so that a row moved to
//! another conversation doesn't open. No key may ever reach a log, an error or a `Debug`.
//! Read next: `vault/master_key.rs`, `vault/seal.rs`.

mod master_key;
mod seal;

pub use master_key::{KeyFileError, MasterKey};
pub use seal::{Place, SealKey, Table};

use crate::StoreError;
use domain::{AccountId, ContactId, ConversationId, CounsellorId, DedupeKey, Entropy, PlatformId};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What a subkey is for. The words are part of every derived key and are kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Keyed hashes of platform ids and of deliveries.
    Lookup,
    /// Sealing platform ids of contacts.
    Contacts,
    /// Sealing words between receipt and the turn that takes them, and cursors.
    Inbox,
    /// Wrapping the keys of conversations.
    Wrapping,
    /// Recognising the master key.
    Check,
    /// Sealing where the audit log ends.
    Audit,
}

impl Purpose {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::Lookup => b"passerelle/v1/lookup",
            Self::Contacts => b"passerelle/v1/contacts",
            Self::Inbox => b"passerelle/v1/inbox",
            Self::Wrapping => b"passerelle/v1/wrapping",
            Self::Check => b"passerelle/v1/check",
            Self::Audit => b"passerelle/v1/audit",
        }
    }
}

/// A keyed hash: HMAC-SHA256, cut to 128 bits.
pub type KeyedHash = [u8; 16];

/// The keys that a store works with.
pub struct Vault {
    entropy: Arc<dyn Entropy>,
    lookup: Hmac<Sha256>,
    contacts: SealKey,
    inbox: SealKey,
    wrapping: SealKey,
    check: [u8; 32],
    audit: Hmac<Sha256>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault([keys])")
    }
}

impl Vault {
    /// Derives the subkeys.
    ///
    /// # Errors
    /// When a key can't be derived; for 32-byte keys it always can.
    pub fn new(master: &MasterKey, entropy: Arc<dyn Entropy>) -> Result<Self, StoreError> {
        let subkey = |purpose: Purpose| -> Result<Zeroizing<[u8; 32]>, StoreError> {
            let mut key = Zeroizing::new([0_u8; 32]);
            Hkdf::<Sha256>::new(None, master.bytes())
                .expand(purpose.info(), key.as_mut())
                .map_err(|_| StoreError::Unavailable("a key can't be derived".into()))?;
            Ok(key)
        };
        let hasher = |purpose: Purpose| -> Result<Hmac<Sha256>, StoreError> {
            Hmac::<Sha256>::new_from_slice(subkey(purpose)?.as_ref())
                .map_err(|_| StoreError::Unavailable("a key can't be derived".into()))
        };
        Ok(Self {
            entropy,
            lookup: hasher(Purpose::Lookup)?,
            audit: hasher(Purpose::Audit)?,
            contacts: SealKey::new(&*subkey(Purpose::Contacts)?),
            inbox: SealKey::new(&*subkey(Purpose::Inbox)?),
            wrapping: SealKey::new(&*subkey(Purpose::Wrapping)?),
            check: *subkey(Purpose::Check)?,
        })
    }

    /// Kept in the store in the clear, so that another master key is noticed before anything is
    /// touched. Nothing can be learned from it.
    pub const fn check_value(&self) -> [u8; 32] {
        self.check
    }

    /// Seals where the audit log ends, so that whoever cuts lines off can't seal the new end.
    pub fn audit_seal(&self, head: &crate::ChainHead) -> [u8; 32] {
        let mac = self.audit.clone().chain_update(head.seq.to_be_bytes()).chain_update(head.hash);
        mac.finalize().into_bytes().into()
    }

    /// Random bytes.
    pub fn entropy(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    /// Seals platform ids.
    pub const fn contacts(&self) -> &SealKey {
        &self.contacts
    }

    /// Seals inbox rows and cursors.
    pub const fn inbox(&self) -> &SealKey {
        &self.inbox
    }

    /// Finds a contact without keeping the platform's id in the clear.
    pub fn contact_hash(&self, account: &AccountId, id: &PlatformId) -> KeyedHash {
        self.hash(b"contact", account, id.expose().as_bytes())
    }

    /// Tells whether a chat id has changed without opening the old one.
    pub fn chat_hash(&self, account: &AccountId, id: &PlatformId) -> KeyedHash {
        self.hash(b"chat", account, id.expose().as_bytes())
    }

    /// Recognises a delivery that was kept before.
    pub fn dedupe_hash(&self, account: &AccountId, key: &DedupeKey) -> KeyedHash {
        self.hash(b"dedupe", account, key.0.as_bytes())
    }

    /// Stands for an account where something of it is sealed.
    pub fn account_hash(&self, account: &AccountId) -> KeyedHash {
        self.hash(b"account", account, &[])
    }

    /// A fresh contact id.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_contact(&self) -> Result<ContactId, StoreError> {
        Ok(ContactId::from_uuid(self.entropy.uuid().map_err(no_entropy)?))
    }

    /// A fresh counsellor id, for accounts made at the command line.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_counsellor(&self) -> Result<CounsellorId, StoreError> {
        Ok(CounsellorId::from_uuid(self.entropy.uuid().map_err(no_entropy)?))
    }

    /// A fresh key for a conversation, and the wrapped form to keep.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_conversation_key(&self, id: ConversationId) -> Result<(SealKey, Vec<u8>), StoreError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        self.entropy.fill(key.as_mut()).map_err(no_entropy)?;
        let wrapped = self.wrapping.seal(Place::conversation(Table::Keys, id, 0), key.as_ref(), self.entropy())?;
        Ok((SealKey::new(&key), wrapped))
    }

    /// The key of a conversation from its wrapped form.
    ///
    /// # Errors
    /// When it doesn't open.
    pub fn conversation_key(&self, id: ConversationId, wrapped: &[u8]) -> Result<SealKey, StoreError> {
        let plain = self.wrapping.open(Place::conversation(Table::Keys, id, 0), wrapped)?;
        let key: &[u8; 32] = plain
            .as_slice()
            .try_into()
            .map_err(|_| StoreError::Unreadable(format!("the key of conversation {id} has the wrong length")))?;
        Ok(SealKey::new(key))
    }

    fn hash(&self, what: &[u8], account: &AccountId, value: &[u8]) -> KeyedHash {
        let mut mac = self.lookup.clone();
        // Lengths go first, so that no two triples run together into the same bytes.
        for part in [what, account.as_str().as_bytes(), value] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let full = mac.finalize().into_bytes();
        let mut cut = [0_u8; 16];
        cut.copy_from_slice(&full[..16]);
        cut
    }
}

fn no_entropy(missing: domain::OsEntropyMissing) -> StoreError {
    StoreError::Unavailable(missing.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::SeededEntropy;

    fn vault(byte: u8) -> Vault {
        Vault::new(&MasterKey::from_bytes([byte; 32]), Arc::new(SeededEntropy::new(7))).unwrap()
    }

    fn conversation(n: u128) -> ConversationId {
        ConversationId::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_row_opens_only_in_its_own_place_and_with_its_own_key() {
        let vault = vault(1);
        let (key, wrapped) = vault.new_conversation_key(conversation(1)).unwrap();
        let (other, _) = vault.new_conversation_key(conversation(2)).unwrap();
        let place = Place::conversation(Table::Events, conversation(1), 3);
        let sealed = key.seal(place, b"hello", vault.entropy()).unwrap();
        let again = vault.conversation_key(conversation(1), &wrapped).unwrap();
        assert_eq!(again.open(place, &sealed).unwrap().as_slice(), b"hello");
        assert!(other.open(place, &sealed).is_err(), "another conversation's key");
        for wrong in [
            Place::conversation(Table::Events, conversation(1), 4),
            Place::conversation(Table::Events, conversation(2), 3),
            Place::conversation(Table::Outbox, conversation(1), 3),
        ] {
            assert!(key.open(wrong, &sealed).is_err(), "opened in {wrong:?}");
        }
        assert!(vault.conversation_key(conversation(2), &wrapped).is_err());
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let vault = vault(1);
        let (key, _) = vault.new_conversation_key(conversation(1)).unwrap();
        let place = Place::conversation(Table::Events, conversation(1), 1);
        let sealed = key.seal(place, b"words", vault.entropy()).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(place, &changed).is_err(), "byte {at}");
            assert!(key.open(place, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn hashes_differ_by_master_key_account_and_kind() {
        let (a, b) = (AccountId::new("ab"), AccountId::new("a"));
        let id = PlatformId::new("@child:example.org");
        let base = vault(1).contact_hash(&a, &id);
        assert_eq!(base, vault(1).contact_hash(&a, &id));
        assert_ne!(base, vault(2).contact_hash(&a, &id));
        assert_ne!(base, vault(1).contact_hash(&b, &id));
        assert_ne!(base, vault(1).chat_hash(&a, &id));
        assert_ne!(
            vault(1).contact_hash(&a, &PlatformId::new("c")),
            vault(1).contact_hash(&b, &PlatformId::new("bc"))
        );
        assert_ne!(vault(1).check_value(), vault(2).check_value());
    }

    #[test]
    fn nothing_shows_a_key() {
        assert_eq!(format!("{:?}", vault(0xAB)), "Vault([keys])");
        assert_eq!(format!("{:?}", MasterKey::from_bytes([0xAB; 32])), "MasterKey([key])");
        let (key, _) = vault(1).new_conversation_key(conversation(1)).unwrap();
        assert_eq!(format!("{key:?}"), "SealKey([key])");
    }
}
