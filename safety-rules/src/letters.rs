//! A text as letters that remember where they came from, and the readings (views) of it.
//!
//! Each view is made from the one before, and is left out when it changes nothing. A view must never
//! lose the way back to the original text. Read next: `tokens.rs`.

use domain::{Span, View};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

/// One letter of a reading and the bytes of the original it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) c: char,
    pub(crate) at: u32,
    pub(crate) end: u32,
}

/// A text in one view.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) view: View,
    pub(crate) letters: Vec<Letter>,
}

impl Reading {
    /// The text as this view reads it.
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

/// Lower-cased, apostrophes made one, invisible characters dropped.
pub(crate) fn as_written(text: &str) -> Reading {
    let mut letters = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let (start, end) = (position(at), position(at + c.len_utf8()));
        if c.is_ascii() {
            let c = if c == '`' { '\'' } else { c.to_ascii_lowercase() };
            letters.push(Letter { c, at: start, end });
        } else if is_apostrophe(c) {
            letters.push(Letter { c: '\'', at: start, end });
        } else if !is_invisible(c) {
            letters.extend(c.to_lowercase().map(|c| Letter { c, at: start, end }));
        }
    }
    Reading { view: View::AsWritten, letters }
}

/// Texts over 4 GiB don't exist here: messages are bounded long before.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{02bc}' | '\u{02b9}' | '\u{00b4}' | '\u{ff07}' | '\u{02c8}'
    )
}

/// Zero-width, joiners, soft hyphen, bidi controls, variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Every further view that changes something, each made from the one before.
pub(crate) fn further_views(first: &Reading) -> Vec<Reading> {
    let steps: [(View, Step); 8] = [
        (View::Nfkc, nfkc),
        (View::Confusables, confusables),
        // `1` and `!` stand for l as well as for i: two readings of the same letters.
        (View::Leet, |letters| leet(letters, 'l')),
        (View::Leet, |letters| leet(letters, 'i')),
        (View::Collapsed, collapsed),
        (View::Joined, joined),
        (View::Unaccented, unaccented),
        (View::Emoji, emoji),
    ];
    let mut readings: Vec<Reading> = Vec::new();
    let mut base: Option<usize> = None;
    for (index, (view, step)) in steps.into_iter().enumerate() {
        let before = base.map_or(&first.letters, |at| &readings[at].letters);
        let Some(letters) = step(before) else { continue };
        let is_side_reading = steps.get(index + 1).is_some_and(|(next, _)| *next == view);
        if !is_side_reading {
            base = Some(readings.len());
        }
        readings.push(Reading { view, letters });
    }
    readings
}

type Step = fn(&[Letter]) -> Option<Vec<Letter>>;

fn changed(before: &[Letter], after: Vec<Letter>) -> Option<Vec<Letter>> {
    let same = before.len() == after.len() && before.iter().zip(&after).all(|(a, b)| a.c == b.c);
    (!same).then_some(after)
}

fn nfkc(letters: &[Letter]) -> Option<Vec<Letter>> {
    // Most accented Latin letters are their own NFKC: a text of those alone needs no second look.
    let settled = |c: char| {
        c < '\u{a0}' || matches!(c, '\u{c0}'..='\u{131}' | '\u{134}'..='\u{13e}' | '\u{150}'..='\u{17e}')
    };
    if letters.iter().all(|letter| settled(letter.c)) {
        return None;
    }
    let mut out: Vec<Letter> = Vec::with_capacity(letters.len());
    for letter in letters {
        if letter.c.is_ascii() {
            out.push(*letter);
            continue;
        }
        if let Some(last) = out.last_mut()
            && let Some(whole) = compose(last.c, letter.c)
        {
            *last = Letter { c: whole, at: last.at, end: letter.end };
            continue;
        }
        let folded = std::iter::once(letter.c).nfkc().flat_map(char::to_lowercase);
        out.extend(folded.map(|c| Letter { c, ..*letter }));
    }
    changed(letters, out)
}

fn confusables(letters: &[Letter]) -> Option<Vec<Letter>> {
    if letters.iter().all(|letter| (letter.c as u32) < 0x180) {
        return None;
    }
    let fold = |letter: &Letter| Letter { c: ascii_look_alike(letter.c).unwrap_or(letter.c), ..*letter };
    changed(letters, letters.iter().map(fold).collect())
}

/// Small capitals and other drawn letters that UTS-39 keeps apart from the plain ones.
const SMALL_CAPITALS: &[(char, char)] = &[
    ('ᴀ', 'a'),
    ('ʙ', 'b'),
    ('ᴄ', 'c'),
    ('ᴅ', 'd'),
    ('ᴇ', 'e'),
    ('ꜰ', 'f'),
    ('ɢ', 'g'),
    ('ʜ', 'h'),
    ('ɪ', 'i'),
    ('ᴊ', 'j'),
    ('ᴋ', 'k'),
    ('ʟ', 'l'),
    ('ᴍ', 'm'),
    ('ɴ', 'n'),
    ('ᴏ', 'o'),
    ('ᴘ', 'p'),
    ('ʀ', 'r'),
    ('ꜱ', 's'),
    ('ᴛ', 't'),
    ('ᴜ', 'u'),
    ('ᴠ', 'v'),
    ('ᴡ', 'w'),
    ('ʏ', 'y'),
    ('ᴢ', 'z'),
    ('ı', 'i'),
    ('ł', 'l'),
    ('ø', 'o'),
    ('α', 'a'),
    ('β', 'b'),
    ('ε', 'e'),
    ('η', 'n'),
    ('κ', 'k'),
    ('μ', 'u'),
    ('τ', 't'),
    ('ω', 'w'),
    ('χ', 'x'),
    ('є', 'e'),
    ('з', 'e'),
    ('и', 'n'),
    ('к', 'k'),
    ('м', 'm'),
    ('н', 'h'),
    ('т', 't'),
    ('я', 'r'),
    ('ш', 'w'),
    ('в', 'b'),
    ('ь', 'b'),
    ('г', 'r'),
    ('п', 'n'),
    ('л', 'n'),
    ('ц', 'u'),
    ('υ', 'u'),
    ('ґ', 'r'),
    ('đ', 'd'),
    ('ħ', 'h'),
    ('ŧ', 't'),
    ('ƙ', 'k'),
    ('ɱ', 'm'),
    ('ҽ', 'e'),
    ('ʂ', 's'),
    ('ƚ', 'l'),
    ('ɬ', 'l'),
    ('ԃ', 'd'),
    ('∂', 'd'),
    ('ɾ', 'r'),
    ('ƈ', 'c'),
    ('ɳ', 'n'),
    ('თ', 'o'),
    ('щ', 'w'),
    ('ɯ', 'w'),
    ('℮', 'e'),
    ('ɛ', 'e'),
];

fn ascii_look_alike(c: char) -> Option<char> {
    if (c as u32) < 0x110 {
        return None;
    }
    let code = c as u32;
    // Squared, circled and flag letters that NFKC leaves alone.
    for first in [0x1f130, 0x1f150, 0x1f170, 0x1f1e6] {
        if (first..first + 26).contains(&code) {
            return char::from_u32(code - first + u32::from(b'a'));
        }
    }
    let mut buffer = [0_u8; 4];
    let mut skeleton = unicode_security::confusable_detection::skeleton(c.encode_utf8(&mut buffer));
    if let (Some(one), None) = (skeleton.next(), skeleton.next())
        && one.is_ascii_alphanumeric()
    {
        return Some(one.to_ascii_lowercase());
    }
    SMALL_CAPITALS.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)
}

fn leet_letter(c: char, one: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' | '|' | '¡' => one,
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' | '9' => 'g',
        '7' | '+' => 't',
        '8' => 'b',
        _ => return None,
    })
}

/// Signs read as letters only inside a run that also holds a letter; a closing `!` stays a sign.
fn leet(letters: &[Letter], one: char) -> Option<Vec<Letter>> {
    if !letters.iter().any(|letter| leet_letter(letter.c, one).is_some()) {
        return None;
    }
    let mut out = letters.to_vec();
    let mut from = 0;
    while from < out.len() {
        let belongs = |letter: &Letter| letter.c.is_alphanumeric() || leet_letter(letter.c, one).is_some();
        let length = out[from..].iter().take_while(|letter| belongs(letter)).count();
        let run = &mut out[from..from + length];
        let to = run.iter().rposition(|letter| letter.c.is_alphanumeric() || matches!(letter.c, '$' | '@' | '€'));
        let has_letter = run.iter().any(|letter| letter.c.is_alphabetic());
        let bare_signs = run.iter().filter(|letter| !letter.c.is_alphanumeric()).count();
        // `d1e` and `$u1c1de` have letters; `h3ll0` too. `4` alone or `2024` stay numbers.
        if let (true, Some(to)) = (has_letter, to)
            && bare_signs * 2 <= length
        {
            for letter in &mut run[..=to] {
                letter.c = leet_letter(letter.c, one).unwrap_or(letter.c);
            }
        }
        from += length.max(1);
    }
    let out = changed(letters, out)?;
    Some(lone_digits(out))
}

/// Where other words are written in leet, a `1` or `4` by itself is the word `i` or `a`.
fn lone_digits(mut letters: Vec<Letter>) -> Vec<Letter> {
    for at in 0..letters.len() {
        let beside = |other: Option<&Letter>| other.is_some_and(|letter| letter.c.is_alphanumeric());
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        if !beside(before) && !beside(letters.get(at + 1)) {
            letters[at].c = match letters[at].c {
                '1' => 'i',
                '4' => 'a',
                other => other,
            };
        }
    }
    letters
}

/// Three or more of the same letter become one; the word list then allows for lost doubles.
fn collapsed(letters: &[Letter]) -> Option<Vec<Letter>> {
    let stretched = |w: &[Letter]| w[0].c == w[1].c && w[1].c == w[2].c && w[0].c.is_alphabetic();
    if !letters.windows(3).any(stretched) {
        return None;
    }
    let mut out: Vec<Letter> = Vec::with_capacity(letters.len());
    let mut from = 0;
    while from < letters.len() {
        let length = letters[from..].iter().take_while(|letter| letter.c.is_alphanumeric()).count().max(1);
        let word = &letters[from..from + length];
        if word.windows(3).any(stretched) {
            for letter in word {
                match out.last_mut() {
                    Some(last) if last.c == letter.c => last.end = letter.end,
                    _ => out.push(*letter),
                }
            }
        } else {
            out.extend_from_slice(word);
        }
        from += length;
    }
    Some(out)
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

fn unaccented(letters: &[Letter]) -> Option<Vec<Letter>> {
    if letters.iter().all(|letter| letter.c.is_ascii()) {
        return None;
    }
    let mut out = Vec::with_capacity(letters.len());
    for letter in letters {
        if letter.c.is_ascii() {
            out.push(*letter);
        } else {
            out.extend(strip_char(letter.c).map(|c| Letter { c, ..*letter }));
        }
    }
    changed(letters, out)
}

fn strip_char(c: char) -> impl Iterator<Item = char> {
    let ligature = match c {
        'œ' => Some("oe"),
        'æ' => Some("ae"),
        'ß' => Some("ss"),
        _ => None,
    };
    let plain = std::iter::once(c).nfd().filter(move |c| ligature.is_none() && !is_combining_mark(*c));
    ligature.unwrap_or_default().chars().chain(plain)
}

/// A word without its accents, as phrases are looked up.
pub(crate) fn strip_accents(word: &str) -> String {
    word.chars().flat_map(strip_char).collect()
}

/// What children mean by a sign, where its official name would not be understood.
const EMOJI_MEANING: &[(char, &str)] = &[
    ('🔪', "knife"),
    ('🗡', "knife"),
    ('🔫', "gun"),
    ('💀', "die"),
    ('☠', "die"),
    ('⚰', "coffin"),
    ('🪦', "grave"),
    ('🩸', "blood"),
    ('💊', "pills"),
    ('🪢', "rope"),
    ('🍆', "aubergine"),
    ('😵', "dead"),
    ('👻', "ghost"),
];

fn emoji(letters: &[Letter]) -> Option<Vec<Letter>> {
    let candidate = |c: char| (c as u32) >= 0x2190 && !c.is_alphanumeric();
    if !letters.iter().any(|letter| candidate(letter.c)) {
        return None;
    }
    let mut out = Vec::with_capacity(letters.len() + 16);
    let mut buffer = [0_u8; 4];
    for letter in letters {
        let meant = EMOJI_MEANING.iter().find(|(sign, _)| *sign == letter.c).map(|(_, name)| *name);
        let name = meant.or_else(|| {
            candidate(letter.c).then(|| emojis::get(letter.c.encode_utf8(&mut buffer)).map(emojis::Emoji::name))?
        });
        match name {
            Some(name) => {
                let spaced = std::iter::once(' ').chain(name.chars().map(|c| c.to_ascii_lowercase())).chain([' ']);
                out.extend(spaced.map(|c| Letter { c, ..*letter }));
            }
            None => out.push(*letter),
        }
    }
    changed(letters, out)
}
