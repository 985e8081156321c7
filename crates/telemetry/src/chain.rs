//! An error and all its causes in one line, for the one place where it is logged.

use std::error::Error;
use std::fmt::Write as _;

/// `message: cause: cause of the cause`. A cause that only repeats what was said is left out.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut last = line.clone();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if words != last {
            let _ = write!(line, ": {words}");
        }
        last = words;
        next = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Link {
        words: &'static str,
        source: Option<Box<Link>>,
    }

    fn check(words: &[&'static str], expected: &str) {
        let link = words.iter().rev().fold(None, |source, words| Some(Box::new(Link { words, source })));
        assert_eq!(chain(&*link.unwrap()), expected);
    }

    #[test]
    fn the_whole_chain_stands_in_one_line() {
        check(&["no settings"], "no settings");
        check(
            &["no settings", "p.toml: can't be read", "no such file"],
            "no settings: p.toml: can't be read: no such file",
        );
        check(&["no such file", "no such file", "really"], "no such file: really");
    }
}
