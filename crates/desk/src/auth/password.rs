//! Passwords: argon2id in PHC form, rules for new ones, one-time passwords.
//!
//! It must never log or return a password. Cost: argon2id with 19 MiB, 2 passes, 1 lane
//! (OWASP Password Storage Cheat Sheet, its first recommendation). Read next: `sign_in.rs`.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::{Entropy, OsEntropyMissing};

/// Shortest new password, in characters (NIST SP 800-63B asks for 8, and 15 where it stands alone).
pub(crate) const SHORTEST: usize = 12;
/// Longest password, in bytes; longer ones would only cost time.
pub(crate) const LONGEST: usize = 512;
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Crockford's base 32: no letter that looks like another.
const READABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Five bits each: 75 bits.
const ONE_TIME_LETTERS: usize = 15;

/// A hash that no password has, checked when the login is unknown, so that it takes the same time.
pub(crate) const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password could not be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// No randomness for the salt.
    #[error("the password's salt could not be made")]
    NoSalt(#[source] OsEntropyMissing),
    /// Longer than 512 bytes, or the hash refused it.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// Why a new password isn't taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// Fewer than 12 characters.
    #[error("the new password is shorter than 12 characters")]
    TooShort,
    /// More than 512 bytes.
    #[error("the new password is longer than 512 bytes")]
    TooLong,
    /// It holds the login or is the old one.
    #[error("the new password is too easy to guess: it holds the login or is the old one")]
    TooEasy,
    /// The two fields differ.
    #[error("the two new passwords are not the same")]
    NotTheSame,
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password as kept: argon2id, PHC string. Slow by design (tens of milliseconds): call it where
/// blocking is allowed.
///
/// # Errors
/// When there is no randomness, or the password is longer than 512 bytes.
pub fn hash_password(password: &str, entropy: &dyn Entropy) -> Result<String, PasswordError> {
    if password.len() > LONGEST {
        return Err(PasswordError::Hash("it is longer than 512 bytes".to_owned()));
    }
    let mut salt = [0_u8; 16];
    entropy.fill(&mut salt).map_err(PasswordError::NoSalt)?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| PasswordError::Hash(error.to_string()))?;
    let hash = hasher()?
        .hash_password(password.as_bytes(), &salt)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// A password for one use, such as `7k3mq-x0w2p-9bvgz` (75 bits).
///
/// # Errors
/// When there is no randomness.
pub fn one_time_password(entropy: &dyn Entropy) -> Result<String, OsEntropyMissing> {
    let mut bytes = [0_u8; ONE_TIME_LETTERS];
    entropy.fill(&mut bytes)?;
    let mut password = String::with_capacity(ONE_TIME_LETTERS + 2);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 5 == 0 {
            password.push('-');
        }
        // 256 is a multiple of 32, so every letter is as likely.
        password.push(char::from(READABLE[usize::from(byte % 32)]));
    }
    Ok(password)
}

/// Does the password fit the hash? Unreadable hashes fit nothing.
pub(crate) fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let password = if password.len() > LONGEST { "" } else { password };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// May this become the password?
pub(crate) fn check_new(new: &str, again: &str, login: &str, old: &str) -> Result<(), NewPasswordError> {
    if new.chars().count() < SHORTEST {
        return Err(NewPasswordError::TooShort);
    }
    if new.len() > LONGEST {
        return Err(NewPasswordError::TooLong);
    }
    if new == old || (!login.is_empty() && new.to_lowercase().contains(&login.to_lowercase())) {
        return Err(NewPasswordError::TooEasy);
    }
    if new != again {
        return Err(NewPasswordError::NotTheSame);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), OsEntropyMissing> {
            for byte in buffer {
                *byte = self.0.fetch_add(37, std::sync::atomic::Ordering::Relaxed);
            }
            Ok(())
        }
    }

    fn entropy() -> Counting {
        Counting(std::sync::atomic::AtomicU8::new(1))
    }

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hash = hash_password("correct horse battery", &entropy()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse battery", &hash));
        assert!(!verify("correct horse batterY", &hash));
        assert!(!verify("anything", "not a hash"));
    }

    #[test]
    fn the_dummy_hash_costs_the_same_and_fits_nothing() {
        let real = hash_password("x", &entropy()).unwrap();
        let cost = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            (hash.algorithm.to_string(), hash.version, hash.params.to_string(), hash.hash.unwrap().len())
        };
        assert_eq!(cost(DUMMY_HASH), cost(&real));
        assert!(!verify("", DUMMY_HASH));
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let entropy = entropy();
        assert_ne!(hash_password("same", &entropy).unwrap(), hash_password("same", &entropy).unwrap());
    }

    #[test]
    fn one_time_passwords_are_readable_and_new_each_time() {
        let entropy = entropy();
        let (one, two) = (one_time_password(&entropy).unwrap(), one_time_password(&entropy).unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 17);
        assert!(one.bytes().all(|b| b == b'-' || READABLE.contains(&b)));
    }

    #[test]
    fn new_passwords_must_be_long_hard_and_typed_twice() {
        use NewPasswordError as E;
        let check = |new: &str, again: &str| check_new(new, again, "lea", "old old old old");
        assert_eq!(check("short", "short"), Err(E::TooShort));
        assert_eq!(check(&"x".repeat(600), ""), Err(E::TooLong));
        assert_eq!(check("my name is Lea 1", "my name is Lea 1"), Err(E::TooEasy));
        assert_eq!(check("old old old old", "old old old old"), Err(E::TooEasy));
        assert_eq!(check("seven small stones", "seven small stone"), Err(E::NotTheSame));
        assert_eq!(check("seven small stones", "seven small stones"), Ok(()));
    }
}
