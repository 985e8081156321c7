//! One letter made plain: lower case, compatibility forms, accents, vowel marks, script variants.
//!
//! Texts and rule words go through the same door, so what is folded here can never part them. Letters
//! that tell words apart in their script (й, ї, Hindi vowel signs) stay. It must never drop a letter
//! that carries meaning. Read next: `letters.rs`.

use crate::compile::TRADITIONAL;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Marks in the table: nothing is left of the letter, or more than one letter is.
const DROPPED: u32 = 0;
const SEVERAL: u32 = u32::MAX;
/// Letters below this are looked up in a table.
const TABLED: u32 = 0x3000;
const HAN: std::ops::RangeInclusive<u32> = 0x4e00..=0x9fff;

static TABLE: LazyLock<Vec<u32>> = LazyLock::new(|| {
    (0..TABLED)
        .map(|code| {
            let mut folded = char::from_u32(code).map(spelled_out).unwrap_or_default().into_iter();
            match (folded.next(), folded.next()) {
                (None, _) => DROPPED,
                (Some(one), None) => u32::from(one),
                (Some(_), Some(_)) => SEVERAL,
            }
        })
        .collect()
});

/// Traditional characters by code, as offsets into the block of common ones.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = HAN.filter_map(char::from_u32).collect();
    for pair in TRADITIONAL.split_whitespace() {
        let mut pair = pair.chars();
        if let (Some(from), Some(to)) = (pair.next(), pair.next())
            && HAN.contains(&u32::from(from))
        {
            table[(u32::from(from) - HAN.start()) as usize] = to;
        }
    }
    table
});

/// The tables, taken out once for a whole text.
pub(crate) struct Folder {
    table: &'static [u32],
    simplified: &'static [char],
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { table: &TABLE, simplified: &SIMPLIFIED }
    }

    /// Hands each letter that `c` becomes to `out`; none for what can't be seen.
    #[inline]
    pub(crate) fn fold(&self, c: char, mut out: impl FnMut(char)) {
        let code = u32::from(c);
        if code < TABLED {
            match self.table[code as usize] {
                DROPPED => {}
                SEVERAL => spelled_out(c).into_iter().for_each(out),
                one => out(char::from_u32(one).unwrap_or(c)),
            }
        } else if is_han(c) {
            out(self.simplified[(code - HAN.start()) as usize]);
        } else {
            spelled_out(c).into_iter().for_each(out);
        }
    }
}

/// A Chinese character: a word by itself.
#[inline]
pub(crate) fn is_han(c: char) -> bool {
    HAN.contains(&u32::from(c))
}

/// A word as it is looked up.
pub(crate) fn fold_word(word: &str) -> Vec<char> {
    let folder = Folder::new();
    let mut out = Vec::with_capacity(word.len());
    for c in word.chars() {
        folder.fold(c, |c| out.push(c));
    }
    out
}

fn spelled_out(c: char) -> Vec<char> {
    if is_invisible(c) {
        return Vec::new();
    }
    if is_apostrophe(c) {
        return vec!['\''];
    }
    if let Some(letter) = drawn_letter(c) {
        return vec![letter];
    }
    if let Some(several) = several(c) {
        return several.chars().collect();
    }
    let lower: Vec<char> = c.to_lowercase().collect();
    // Their own letters in Cyrillic: the mark is no accent.
    if matches!(lower[..], ['й' | 'ї' | 'ў']) {
        return lower;
    }
    lower.into_iter().nfkd().flat_map(char::to_lowercase).filter_map(settle).collect()
}

fn several(c: char) -> Option<&'static str> {
    Some(match c {
        'œ' | 'Œ' => "oe",
        'æ' | 'Æ' => "ae",
        'ß' | 'ẞ' => "ss",
        'þ' | 'Þ' => "th",
        _ => return None,
    })
}

/// What is left of one decomposed letter.
fn settle(c: char) -> Option<char> {
    Some(match c {
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{6d6}'..='\u{6ed}' => {
            return None;
        }
        // Nukta: written or not, as the hand goes.
        '\u{93c}' => return None,
        _ if is_invisible(c) => return None,
        '\u{901}' => '\u{902}',
        'ة' => 'ه',
        'ى' | 'ی' | 'ې' => 'ي',
        'ک' => 'ك',
        'ٱ' => 'ا',
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        '∂' => 'd',
        '℮' => 'e',
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        '\u{966}'..='\u{96f}' => digit(c, 0x966),
        '`' => '\'',
        _ if is_apostrophe(c) => '\'',
        _ => c,
    })
}

fn digit(c: char, zero: u32) -> char {
    char::from_u32(u32::from(c) - zero + u32::from('0')).unwrap_or(c)
}

/// Squared, circled and flag letters that compatibility forms leave alone.
fn drawn_letter(c: char) -> Option<char> {
    let code = u32::from(c);
    [0x1f130, 0x1f150, 0x1f170, 0x1f1e6]
        .into_iter()
        .find(|first| (*first..first + 26).contains(&code))
        .and_then(|first| char::from_u32(code - first + u32::from('a')))
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '`' | '\u{2018}'
            ..='\u{201b}' | '\u{2032}' | '\u{02bc}' | '\u{02b9}' | '\u{00b4}' | '\u{ff07}' | '\u{02c8}'
    )
}

/// Zero-width, joiners, soft hyphen, bidi controls, variation selectors, skin tones, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The Latin letter that a letter of another script is drawn like (UTS-39), where there is one.
static LOOK_ALIKES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..TABLED)
        .map(|code| match char::from_u32(code) {
            Some(c) if code >= 0x110 => look_alike_of(c).and_then(|c| u8::try_from(c).ok()).unwrap_or(0),
            _ => 0,
        })
        .collect()
});

/// See [`LOOK_ALIKES`].
pub(crate) fn look_alike(c: char) -> Option<char> {
    LOOK_ALIKES.get(u32::from(c) as usize).filter(|found| **found != 0).map(|found| char::from(*found))
}

fn look_alike_of(c: char) -> Option<char> {
    let mut buffer = [0_u8; 4];
    let mut skeleton = unicode_security::confusable_detection::skeleton(c.encode_utf8(&mut buffer));
    if let (Some(one), None) = (skeleton.next(), skeleton.next())
        && one.is_ascii_alphanumeric()
    {
        return Some(one.to_ascii_lowercase());
    }
    DRAWN.chars().zip(MEANT.chars()).find(|(from, _)| *from == c).map(|(_, to)| to)
}

/// Small capitals and other drawn letters that UTS-39 keeps apart from the plain ones, and what they mean.
const DRAWN: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢαβεηκμτωχєзикмнтяшвьгплцυґƙɱҽʂƚɬԃ∂ɾƈɳთщɯ℮ɛ";
const MEANT: &str = "abcdefghijklmnoprstuvwyzabenkutwxeenkmhtrwbbrnnuurkmesllddrcnowwee";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, folded: &str) {
        assert_eq!(fold_word(written).into_iter().collect::<String>(), folded, "{written}");
    }

    #[test]
    fn what_is_written_differently_is_looked_up_alike() {
        for (written, folded) in [
            ("Désolée", "desolee"),
            ("ÜBER", "uber"),
            ("Straße", "strasse"),
            ("ｄｉｅ", "die"),
            ("sœur", "soeur"),
            ("İSTİYORUM", "istiyorum"),
            ("ölmek", "olmek"),
            ("ёлка", "елка"),
            ("мой", "мой"),
            ("їжа", "їжа"),
            ("أُريدُ", "اريد"),
            ("مدرسة", "مدرسه"),
            ("हूँ", "हूं"),
            ("殺", "杀"),
            ("d\u{200b}i\u{200d}e", "die"),
            ("𝐝𝐢𝐞", "die"),
            ("ⓓⓘⓔ", "die"),
        ] {
            check(written, folded);
        }
    }

    #[test]
    fn each_drawn_letter_has_a_meaning() {
        assert_eq!(DRAWN.chars().count(), MEANT.chars().count());
        assert_eq!((look_alike('а'), look_alike('є'), look_alike('ж')), (Some('a'), Some('e'), None));
    }
}
