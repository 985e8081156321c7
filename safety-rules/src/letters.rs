//! A text as letters that remember where they came from, and the further readings of it.
//!
//! Most views are of single words and are read beside them (`words.rs`); here are those that change
//! where words begin and end. A reading must never lose the way back to the original text.
//! Read next: `tokens.rs`.

use crate::fold::Folder;
use domain::{Span, View};
use unicode_normalization::char::is_combining_mark;

/// One letter of a reading and the bytes of the original it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) c: char,
    pub(crate) at: u32,
    pub(crate) end: u32,
}

/// A text in one reading.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// The view that made it: what is found in it was found in this view at least.
    pub(crate) view: View,
    pub(crate) letters: Vec<Letter>,
    /// What further readings are worth trying.
    pub(crate) hints: Hints,
}

/// What was seen while the letters were read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hints {
    /// A digit beside a letter: `d1e`.
    pub(crate) leet: bool,
    /// A sign that stands for a letter, right before one: `$u`, `d!e`.
    signs: bool,
    /// Single letters in a row, or signs inside a word: `d i e`, `d.i.e`.
    joinable: bool,
    /// A letter of another script than Latin.
    pub(crate) foreign: bool,
    /// A Latin letter.
    pub(crate) latin: bool,
}

impl Reading {
    /// The text as this reading reads it.
    pub(crate) fn text(&self) -> String {
        self.letters.iter().map(|letter| letter.c).collect()
    }

    /// Where a run of letters stands in the original.
    pub(crate) fn span(&self, from: usize, to: usize) -> Span {
        let start = self.letters.get(from).map_or(0, |letter| letter.at);
        let end = self.letters.get(to.saturating_sub(1)).map_or(start, |letter| letter.end);
        Span { start: start as usize, end: end.max(start) as usize }
    }
}

/// What the letters before the one being read were.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Letter,
    Digit,
    Sign,
    Other,
}

/// The text with every letter made plain, and what further readings are worth trying.
pub(crate) fn plain(text: &str) -> Reading {
    let folder = Folder::new();
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len() + 8);
    let mut hints = Hints::default();
    let mut seen = Seen { before: Kind::Space, run: 0, singles: 0, gap: None };
    for (at, c) in text.char_indices() {
        let start = position(at);
        if c.is_ascii() {
            let c = if c == '`' { '\'' } else { c.to_ascii_lowercase() };
            letters.push(Letter { c, at: start, end: start + 1 });
            seen.see(c, &mut hints);
        } else {
            let end = position(at + c.len_utf8());
            folder.fold(c, |c| {
                letters.push(Letter { c, at: start, end });
                seen.see(c, &mut hints);
            });
        }
    }
    seen.see(' ', &mut hints);
    Reading { view: View::AsWritten, letters, hints }
}

/// What the letters up to here were, as far as hints need it.
struct Seen {
    before: Kind,
    /// Letters and digits of the word being read.
    run: u32,
    /// Words of one letter in a row.
    singles: u32,
    /// Signs since the last word, where no space came between.
    gap: Option<u32>,
}

impl Seen {
    #[inline]
    fn see(&mut self, c: char, hints: &mut Hints) {
        let kind = kind(c);
        if matches!(kind, Kind::Letter | Kind::Digit) {
            match (self.before, kind) {
                (Kind::Letter, Kind::Digit) | (Kind::Digit, Kind::Letter) => hints.leet = true,
                (Kind::Sign, _) => hints.signs = true,
                _ => {}
            }
            hints.joinable |= self.run == 0 && self.gap.is_some_and(|signs| (1..=3).contains(&signs));
            hints.foreign |= c > '\u{2ff}';
            hints.latin |= kind == Kind::Letter && c <= '\u{2ff}';
            self.run += 1;
            self.gap = Some(0);
        } else {
            match self.run {
                0 => {}
                1 => self.singles += 1,
                _ => self.singles = 0,
            }
            hints.joinable |= self.singles >= 3;
            self.run = 0;
            self.gap = self.gap.filter(|_| kind != Kind::Space && c != '\'').map(|signs| signs + 1);
        }
        self.before = kind;
    }
}

#[inline]
fn kind(c: char) -> Kind {
    match c {
        'a'..='z' => Kind::Letter,
        '0'..='9' => Kind::Digit,
        ' ' | '\n' | '\t' => Kind::Space,
        '!' | '|' | '@' | '$' | '+' | '€' | '¡' => Kind::Sign,
        _ if c.is_ascii() => Kind::Other,
        _ if in_word(c) => Kind::Letter,
        _ if c.is_whitespace() => Kind::Space,
        _ => Kind::Other,
    }
}

/// Whether a letter belongs to a word.
#[inline]
pub(crate) fn in_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_combining_mark(c) }
}

/// Texts over 4 GiB don't exist here: messages are bounded long before.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Readings in which words begin and end elsewhere, each made from the one before.
pub(crate) fn further_readings(first: &Reading) -> Vec<Reading> {
    let mut readings: Vec<Reading> = Vec::new();
    let leet_too = Hints { leet: true, ..first.hints };
    if first.hints.signs
        && let Some(letters) = signs_as_letters(&first.letters)
    {
        readings.push(Reading { view: View::Leet, letters, hints: leet_too });
    }
    if first.hints.joinable || first.hints.signs {
        let before = readings.last().unwrap_or(first);
        if let Some(letters) = joined(&before.letters) {
            let hints = if readings.is_empty() { first.hints } else { leet_too };
            readings.push(Reading { view: View::Joined, letters, hints });
        }
    }
    readings
}

fn changed(before: &[Letter], after: Vec<Letter>) -> Option<Vec<Letter>> {
    let same = before.len() == after.len() && before.iter().zip(&after).all(|(a, b)| a.c == b.c);
    (!same).then_some(after)
}

/// The letter or digit that a sign stands for. `1` is read as l and as i later.
fn sign_letter(c: char) -> Option<char> {
    Some(match c {
        '!' | '|' | '¡' => '1',
        '€' => 'e',
        '@' => 'a',
        '$' => 's',
        '+' => 't',
        _ => return None,
    })
}

/// Signs read as letters only inside a run that also holds a letter; a closing `!` stays a sign.
fn signs_as_letters(letters: &[Letter]) -> Option<Vec<Letter>> {
    let mut out = letters.to_vec();
    let mut from = 0;
    while from < out.len() {
        let belongs = |letter: &Letter| in_word(letter.c) || sign_letter(letter.c).is_some();
        let length = out[from..].iter().take_while(|letter| belongs(letter)).count();
        let run = &mut out[from..from + length];
        let to = run.iter().rposition(|letter| in_word(letter.c) || matches!(letter.c, '$' | '@' | '€'));
        let has_letter = run.iter().any(|letter| letter.c.is_alphabetic());
        let bare_signs = run.iter().filter(|letter| !in_word(letter.c)).count();
        // `$u1c1de` and `k!ll` have letters; `4!` alone stays what it is.
        if let (true, Some(to)) = (has_letter, to)
            && bare_signs * 2 <= length
        {
            for letter in &mut run[..=to] {
                letter.c = sign_letter(letter.c).unwrap_or(letter.c);
            }
        }
        from += length.max(1);
    }
    changed(letters, out)
}

/// `d i e`, `d.i.e`, `su-ic-ide` → joined. Where single letters are parted by one space and words by
/// more, the words stay apart; else the word list cuts them later.
fn joined(letters: &[Letter]) -> Option<Vec<Letter>> {
    let mut out: Vec<Letter> = Vec::with_capacity(letters.len());
    let mut at = 0;
    while at < letters.len() {
        let (taken, end) = single_letters(letters, at).unwrap_or_else(|| word_with_signs(letters, at));
        out.extend(taken);
        at = end;
    }
    changed(letters, out)
}

const SEPARATORS: &[char] =
    &['.', '-', '_', '*', '/', '\\', ',', '~', '·', '•', '|', ':', ';', '+', '=', '^', '"'];

fn starts_word(letters: &[Letter], at: usize) -> bool {
    letters[at].c.is_alphanumeric() && (at == 0 || !letters[at - 1].c.is_alphanumeric())
}

/// At least three single letters in a row, each parted by the same one space or sign.
fn single_letters(letters: &[Letter], from: usize) -> Option<(Vec<Letter>, usize)> {
    let single = |at: usize| {
        letters.get(at).is_some_and(|letter| letter.c.is_alphanumeric() || letter.c == '\'')
            && !letters.get(at + 1).is_some_and(|letter| letter.c.is_alphanumeric() || is_combining_mark(letter.c))
    };
    if !starts_word(letters, from) || !single(from) {
        return None;
    }
    let mut run = vec![letters[from]];
    let mut count = 1;
    let mut at = from;
    loop {
        let gap = letters[at + 1..]
            .iter()
            .take_while(|letter| letter.c.is_whitespace() || SEPARATORS.contains(&letter.c))
            .count();
        let next = at + 1 + gap;
        if gap == 0 || gap > 5 || !single(next) || letters[at + 1..next].iter().any(|letter| letter.c == '\n') {
            break;
        }
        let parts_words = gap >= 2 && letters[at + 1..next].iter().all(|letter| letter.c.is_whitespace());
        if parts_words {
            run.push(letters[at + 1]);
        }
        run.push(letters[next]);
        count += 1;
        at = next;
    }
    (count >= 3).then_some((run, at + 1))
}

/// A word whose pieces are parted by signs without any space: `su-ic-ide`.
fn word_with_signs(letters: &[Letter], from: usize) -> (Vec<Letter>, usize) {
    if !starts_word(letters, from) {
        return (vec![letters[from]], from + 1);
    }
    let mut word = Vec::new();
    let mut at = from;
    while at < letters.len() {
        let letter = letters[at];
        if letter.c.is_alphanumeric() || letter.c == '\'' || is_combining_mark(letter.c) {
            word.push(letter);
            at += 1;
            continue;
        }
        let inside = SEPARATORS.contains(&letter.c) || !letter.c.is_ascii() && !letter.c.is_whitespace();
        let signs = letters[at..].iter().take_while(|next| next.c == letter.c).count();
        let goes_on = letters.get(at + signs).is_some_and(|next| next.c.is_alphanumeric());
        if !inside || signs > 3 || !goes_on {
            break;
        }
        at += signs;
    }
    (word, at)
}
