//! Words that a machine made. For a counsellor's eyes, marked as such, and for nothing else (I1).
//!
//! It must never get `Display`, `Deref`, `Into<String>`, `AsRef<str>`, `Serialize`, or any other
//! way out than [`MachineText::for_counsellor`]; each such place can be found by that name.
//! Read next: `suggestion.rs`.

use std::fmt;

/// Words that a machine made.
///
/// They can't be shown by accident:
/// ```compile_fail
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// println!("{text}");
/// ```
/// they can't be taken out as a string:
/// ```compile_fail
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// let string: String = text.into();
/// ```
/// ```compile_fail
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// let string = text.to_string();
/// ```
/// they can't be written into a message:
/// ```compile_fail
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// let json = serde_json::to_string(&text);
/// ```
/// and they can't become words to a child, neither as a flow's, a phrase's nor a counsellor's:
/// ```compile_fail
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// let said: speech::ChildText = text.into();
/// ```
/// ```compile_fail
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// speech::ChildText::from_flow("welcome".into(), "hello".into(), text);
/// ```
/// ```compile_fail
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// let by = domain::CounsellorId::from_uuid(uuid::Uuid::from_u128(1));
/// speech::ChildText::from_counsellor(by, domain::Confidential::new(text));
/// ```
/// The same calls with a counsellor's own words do compile, so it is the type that is refused:
/// ```
/// let text = triage::MachineText::new("a summary".into()).unwrap();
/// assert_eq!(text.for_counsellor(), "a summary");
/// let by = domain::CounsellorId::from_uuid(uuid::Uuid::from_u128(1));
/// speech::ChildText::from_counsellor(by, domain::Confidential::new(String::from("hello")));
/// speech::ChildText::from_flow("welcome".into(), "hello".into(), String::from("hello"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MachineText(String);

/// A machine wrote more than anyone would read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a machine's text has {characters} characters; at most {} are taken", MachineText::MOST)]
pub struct TooLong {
    /// How many characters it has.
    pub characters: usize,
}

impl MachineText {
    /// Most characters of one text.
    pub const MOST: usize = 1_200;

    /// Wraps a machine's words. Control characters other than line breaks are left out, so that a
    /// child's text that a machine repeats can't turn the counsellor's page around.
    ///
    /// # Errors
    /// [`TooLong`] beyond [`MachineText::MOST`] characters.
    pub fn new(words: String) -> Result<Self, TooLong> {
        let characters = words.chars().count();
        if characters > Self::MOST {
            return Err(TooLong { characters });
        }
        Ok(Self(words.chars().filter(|c| *c == '\n' || !(c.is_control() || turns_text(*c))).collect()))
    }

    /// The words, to be shown to a counsellor beside a mark that a machine made them.
    pub fn for_counsellor(&self) -> &str {
        &self.0
    }
}

/// Unicode's invisible direction marks (UAX 9).
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}

/// A machine's summary repeats a child's words: never in a log (I8).
impl fmt::Debug for MachineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[machine text]")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_is_not_shown_in_a_log() {
        let text = MachineText::new("the child says".into()).unwrap();
        assert_eq!(format!("{text:?} {:?}", Some(&text)), "[machine text] Some([machine text])");
    }

    #[test]
    fn it_is_bounded_and_cannot_turn_the_page_around() {
        assert!(MachineText::new("é".repeat(MachineText::MOST)).is_ok());
        let characters = MachineText::MOST + 1;
        assert_eq!(MachineText::new("é".repeat(characters)), Err(TooLong { characters }));
        let text = MachineText::new("a\u{202e}b\u{7}c\nd".into()).unwrap();
        assert_eq!(text.for_counsellor(), "abc\nd");
    }
}
