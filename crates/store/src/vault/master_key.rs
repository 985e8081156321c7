//! The master key and its file: 64 hexadecimal characters, or the 32 bytes themselves.
//!
//! No message here may hold a byte of the key; it says which file, what was found and what is
//! expected. Read next: `vault.rs`.

use domain::Entropy;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, Zeroizing};

/// The key that all others come from. Wiped from memory when dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey([key])")
    }
}

const EXPECTED: &str = "expected 64 hexadecimal characters, or exactly 32 bytes";

/// Why a key file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is no such file.
    #[error(
        "{}: the key file is missing; restore it from your backup, or let setup make one for a new database (without the old key, what is kept can't be read)",
        .0.display()
    )]
    Missing(PathBuf),
    /// It is there already; a key is never overwritten.
    #[error("{}: a key file is already there; a key is never overwritten, since what it sealed could not be read again", .0.display())]
    AlreadyThere(PathBuf),
    /// The operating system refuses.
    #[error("{}: the key file can't be read or written: {why}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        why: ErrorKind,
    },
    /// Too long, too short.
    #[error("{}: found {found} {unit}, {EXPECTED}", path.display())]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// How many.
        found: usize,
        /// Of what.
        unit: &'static str,
    },
    /// A character that can't be there.
    #[error("{}:1:{column}: found a character that is not hexadecimal (0-9, a-f), {EXPECTED}", path.display())]
    NotHex {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        column: usize,
    },
    /// No randomness for a new key.
    #[error("{}: no key was made, because the operating system gave no random bytes", .0.display())]
    NoEntropy(PathBuf),
}

/// A key file that is longer than this is surely something else.
const MOST_BYTES: u64 = 4_096;

impl MasterKey {
    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// When it is missing, unreadable or not a key.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let io = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => KeyFileError::Missing(path.to_owned()),
            why => KeyFileError::Io { path: path.to_owned(), why },
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(128));
        std::fs::File::open(path).map_err(io)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
        Self::parse(path, &bytes)
    }

    /// Makes a new key file that only its owner can read.
    ///
    /// # Errors
    /// When a file is there already, or it can't be written.
    pub fn create(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        entropy.fill(key.as_mut()).map_err(|_| KeyFileError::NoEntropy(path.to_owned()))?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut hex = Zeroizing::new(hex::encode(key.as_ref()));
        hex.push('\n');
        let write = || -> std::io::Result<()> {
            let mut file = options.open(path)?;
            file.write_all(hex.as_bytes())?;
            file.sync_all()?;
            // The file's name must survive a power cut too, or all that it seals is lost.
            match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                Some(parent) => std::fs::File::open(parent)?.sync_all(),
                None => Ok(()),
            }
        };
        write().map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => KeyFileError::AlreadyThere(path.to_owned()),
            why => KeyFileError::Io { path: path.to_owned(), why },
        })?;
        Ok(Self(key))
    }

    /// Reads the key file, or makes it when there is none. Only for a new database: with an
    /// existing one, [`Self::load`] says that the key is missing.
    ///
    /// # Errors
    /// As [`Self::load`] and [`Self::create`].
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        match Self::load(path) {
            Err(KeyFileError::Missing(_)) => Self::create(path, entropy),
            other => other,
        }
    }

    /// A passphrase for a part of the house that encrypts its own files (an adapter's key store).
    /// The same key and purpose always give the same 64 hexadecimal characters.
    pub fn passphrase(&self, purpose: &str) -> domain::Confidential<String> {
        let mut derived = Zeroizing::new([0_u8; 32]);
        let info = [b"passerelle passphrase ".as_slice(), purpose.as_bytes()].concat();
        // 32 bytes are far below HKDF-SHA256's limit of 8,160, so this can't fail.
        let _ = hkdf::Hkdf::<sha2::Sha256>::new(None, self.bytes()).expand(&info, derived.as_mut());
        domain::Confidential::new(hex::encode(derived.as_ref()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, KeyFileError> {
        let wrong =
            |found: usize, unit: &'static str| KeyFileError::WrongLength { path: path.to_owned(), found, unit };
        let is_hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
        // Half a hexadecimal key would pass for 32 raw bytes; nobody's random key looks like that.
        if let Ok(raw) = <[u8; 32]>::try_from(bytes)
            && !is_hex(bytes)
        {
            return Ok(Self::from_bytes(raw));
        }
        let text = bytes.trim_ascii();
        let looks_like_text = text.iter().all(u8::is_ascii_graphic);
        if !looks_like_text {
            return Err(wrong(bytes.len(), "bytes"));
        }
        if text.len() != 64 {
            return Err(wrong(text.len(), "characters"));
        }
        if let Some(at) = text.iter().position(|byte| !byte.is_ascii_hexdigit()) {
            let column = at + 1;
            return Err(KeyFileError::NotHex { path: path.to_owned(), column });
        }
        let mut key = [0_u8; 32];
        hex::decode_to_slice(text, &mut key).map_err(|_| wrong(text.len(), "characters"))?;
        let master = Self::from_bytes(key);
        key.zeroize();
        Ok(master)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::SeededEntropy;

    fn check(content: &[u8], expected: Result<(), &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        std::fs::write(&path, content).unwrap();
        match (MasterKey::load(&path), expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => {
                let said = error.to_string();
                assert!(said.contains(part) && said.contains("master.key"), "{said}");
                let words = String::from_utf8_lossy(content);
                assert!(words.trim().len() < 8 || !said.contains(words.trim()), "the content is in {said}");
            }
            (got, expected) => panic!("{:?} instead of {expected:?}", got.map(|_| ())),
        }
    }

    #[test]
    fn key_files_are_read_or_refused_with_what_was_found() {
        check("0123456789abcdef".repeat(4).as_bytes(), Ok(()));
        check(format!("{}\r\n", "0123456789ABCDEF".repeat(4)).as_bytes(), Ok(()));
        check(&[0xC3; 32], Ok(()));
        check(b"", Err("found 0 characters, expected 64"));
        check(&[0xC3; 31], Err("found 31 bytes, expected 64"));
        check("ab".repeat(16).as_bytes(), Err("found 32 characters"));
        check("ab".repeat(31).as_bytes(), Err("found 62 characters"));
        check(format!("{}g{}", "a".repeat(10), "a".repeat(53)).as_bytes(), Err(":1:11: found a character"));
        check(&vec![b'a'; 10_000], Err("found 4097 characters"));
    }

    #[test]
    fn a_new_key_file_is_private_is_read_back_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(MasterKey::load(&path).unwrap_err().to_string().contains("missing"));
        let entropy = SeededEntropy::new(3);
        let made = MasterKey::load_or_create(&path, &entropy).unwrap();
        assert_eq!(MasterKey::load_or_create(&path, &entropy).unwrap().bytes(), made.bytes());
        assert!(matches!(MasterKey::create(&path, &entropy), Err(KeyFileError::AlreadyThere(_))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(matches!(MasterKey::load(folder.path()), Err(KeyFileError::Io { .. })));
    }
}
