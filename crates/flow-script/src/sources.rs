//! From which words a translation was made, so that *changed since* differs from *missing*.
//!
//! `fr.yaml` keeps under `sources:` eight digits for each text. They are written by
//! `passerelle flow translations stamp` and by an import, never by hand. Read next: `check/words.rs`.

use sha2::{Digest, Sha256};

/// Eight hexadecimal digits for the words a translation was made from. Spaces at line ends and
/// how a text is broken into lines make no difference.
pub fn source_hash(words: &str) -> String {
    let plain: Vec<&str> = words.split_whitespace().collect();
    let mut hash = hex::encode(Sha256::digest(plain.join(" ")));
    hash.truncate(8);
    hash
}

#[cfg(test)]
mod tests {
    use super::source_hash;

    #[test]
    fn only_the_words_count() {
        assert_eq!(source_hash("I'm here."), source_hash(" I'm\n here. "));
        assert_ne!(source_hash("I'm here."), source_hash("I am here."));
        assert_eq!(source_hash("").len(), 8);
    }
}
