//! What children and filters do to words: each must keep what was found.
//!
//! Seeded: the same seed gives the same text. It must never use a clock or true randomness.
//! Read next: `report.rs`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A way to write the same thing otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each says itself")]
pub enum Disguise {
    Leet,
    Spaces,
    Repeats,
    ZeroWidth,
    Homoglyph,
    Typo,
    Emoji,
    MissingAccents,
}

impl Disguise {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Leet,
        Self::Spaces,
        Self::Repeats,
        Self::ZeroWidth,
        Self::Homoglyph,
        Self::Typo,
        Self::Emoji,
        Self::MissingAccents,
    ];

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leet => "leet",
            Self::Spaces => "spaces",
            Self::Repeats => "repeats",
            Self::ZeroWidth => "zero width",
            Self::Homoglyph => "homoglyph",
            Self::Typo => "typo",
            Self::Emoji => "emoji",
            Self::MissingAccents => "missing accents",
        }
    }
}

/// A small seeded sequence (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (most.max(1) as u64)).unwrap_or(0)
    }
}

const LEET: &[(char, char)] = &[('i', '1'), ('e', '3'), ('o', '0'), ('a', '4'), ('s', '5'), ('t', '7')];
const HOMOGLYPHS: &[(char, char)] = &[
    ('a', 'а'),
    ('e', 'е'),
    ('o', 'о'),
    ('c', 'с'),
    ('p', 'р'),
    ('x', 'х'),
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('с', 'c'),
    ('р', 'p'),
    ('х', 'x'),
    ('у', 'y'),
];

/// The text in disguise; none when the disguise changes nothing in it.
pub fn disguise(text: &str, way: Disguise, seed: u64) -> Option<String> {
    let dice = &mut Dice(seed ^ text.bytes().fold(7, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte)));
    let swap = |pairs: &[(char, char)]| -> String {
        text.chars().map(|c| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)).collect()
    };
    let disguised = match way {
        Disguise::Leet => swap(LEET),
        Disguise::Homoglyph => swap(HOMOGLYPHS),
        Disguise::Spaces => {
            text.chars().flat_map(|c| if c == ' ' { vec![' ', ' '] } else { vec![c, ' '] }).collect()
        }
        Disguise::ZeroWidth => text.chars().flat_map(|c| [c, '\u{200b}']).collect(),
        Disguise::Emoji => text.replace(' ', " 😭 "),
        Disguise::Repeats => repeats(text, dice),
        Disguise::Typo => typo(text, dice),
        Disguise::MissingAccents => missing_accents(text),
    };
    (disguised != text).then_some(disguised)
}

/// Latin, Cyrillic and Arabic letters are stretched; others are not written so.
fn stretches(c: char) -> bool {
    c.is_alphabetic() && (c as u32) < 0x780
}

fn repeats(text: &str, dice: &mut Dice) -> String {
    let stretched = text.split(' ').map(|word| match word.chars().last().filter(|c| stretches(*c)) {
        Some(last) => format!("{word}{}", String::from(last).repeat(2 + dice.below(3))),
        None => word.to_owned(),
    });
    stretched.collect::<Vec<_>>().join(" ")
}

/// Two neighbouring letters swapped inside one long word.
fn typo(text: &str, dice: &mut Dice) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].chars().count() >= 5 && words[*at].chars().all(stretches))
        .collect();
    if long.is_empty() {
        return text.to_owned();
    }
    let chosen = long[dice.below(long.len())];
    let mut letters: Vec<char> = words[chosen].chars().collect();
    let at = 2 + dice.below(letters.len() - 2);
    letters.swap(at - 1, at);
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    words[chosen] = letters.into_iter().collect();
    words.join(" ")
}

/// Latin accents left out, as on a phone without the keyboard.
fn missing_accents(text: &str) -> String {
    let strip = |c: char| -> Vec<char> {
        if (c as u32) < 0x250 {
            std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)).collect()
        } else {
            vec![c]
        }
    };
    text.chars().flat_map(strip).map(|c| if c == 'ı' { 'i' } else { c }).collect()
}
