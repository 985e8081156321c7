//! Slips of the finger, stretched letters, words run together.
//!
//! It must never make a word of the list out of another word of the list. Read next: `tokens.rs`.

use crate::words::{BASE, LONGEST_WORD, Read, Symbol, Words, finish, step};
use domain::View;

/// The words whose misspellings are read, found by what is left when one letter is left out.
#[derive(Debug, Default)]
pub(crate) struct Slips {
    targets: Vec<(Box<[char]>, Symbol)>,
    /// Words by the number of what is left, sorted by it.
    left: Vec<(u64, u32)>,
    /// Where in `left` the numbers that begin with these 16 bits begin.
    begins: Vec<u32>,
}

/// Words of this many letters are looked at.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=18;
/// Words that one misspelling may stand for.
const MEANINGS: usize = 12;
/// Shorter words must begin as the word that was meant, or with its first two letters swapped.
const SURE_LENGTH: usize = 7;
const BUCKET_BITS: u32 = 16;

impl Slips {
    pub(crate) fn new(targets: Vec<(Box<[char]>, Symbol)>) -> Self {
        let mut left = Vec::with_capacity(targets.len() * 9);
        for (at, (word, _)) in targets.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            each_left(word, |number| left.push((number, at)));
        }
        left.sort_unstable();
        left.dedup();
        let mut begins = vec![0_u32; (1 << BUCKET_BITS) + 1];
        for (number, _) in &left {
            begins[(number >> (64 - BUCKET_BITS)) as usize + 1] += 1;
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        Self { targets, left, begins }
    }

    /// Appends the words one slip away.
    pub(crate) fn find(&self, word: &[char], out: &mut Vec<Read>) {
        if !LENGTHS.contains(&word.len()) || self.begins.is_empty() {
            return;
        }
        let first = out.len();
        each_left(word, |number| {
            let bucket = (number >> (64 - BUCKET_BITS)) as usize;
            let bucket = &self.left[self.begins[bucket] as usize..self.begins[bucket + 1] as usize];
            for (_, target) in bucket.iter().filter(|(left, _)| *left == number) {
                let (meant, symbol) = &self.targets[*target as usize];
                let is_new = !out[first..].iter().any(|(known, _)| known == symbol);
                let begins_alike = word.len() >= SURE_LENGTH || word[0] == meant[0] || word[0] == meant[1];
                if is_new && begins_alike && out.len() - first < MEANINGS && one_slip_apart(word, meant) {
                    out.push((*symbol, View::Misspelt));
                }
            }
        });
    }
}

/// Numbers of the word itself and of the word with each one letter left out.
fn each_left(word: &[char], mut visit: impl FnMut(u64)) {
    if word.len() > LONGEST_WORD {
        return;
    }
    // The number of a word is a sum of letters times powers, so leaving one out needs no second pass.
    let mut before = [0_u64; LONGEST_WORD + 1];
    for (at, c) in word.iter().enumerate() {
        before[at + 1] = step(before[at], *c);
    }
    visit(finish(before[word.len()]));
    let (mut after, mut power) = (0_u64, 1_u64);
    for at in (0..word.len()).rev() {
        let repeats_the_last = at > 0 && word[at] == word[at - 1];
        if !repeats_the_last {
            visit(finish(before[at].wrapping_mul(power).wrapping_add(after)));
        }
        after = step(0, word[at]).wrapping_mul(power).wrapping_add(after);
        power = power.wrapping_mul(BASE);
    }
}

/// One letter added, left out, changed, or two neighbours swapped.
fn one_slip_apart(a: &[char], b: &[char]) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let same = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 => {
            let swapped = same + 1 < long.len()
                && long[same] == short[same + 1]
                && long[same + 1] == short[same]
                && long[same + 2..] == short[same + 2..];
            same == long.len() || swapped || long[same + 1..] == short[same + 1..]
        }
        1 => long[same + 1..] == short[same..],
        _ => false,
    }
}

/// Every run of a letter as at most so many letters.
pub(crate) fn squeezed(word: &[char], most: usize) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(word.len());
    for c in word {
        if out.len() < most || out[out.len() - most..].iter().any(|known| known != c) {
            out.push(*c);
        }
    }
    out
}

/// Elided words that stand before a verb without their apostrophe: `jveux`.
const ELIDED: [&str; 9] = ["qu", "j", "m", "t", "s", "c", "n", "l", "d"];
/// Longest run that is cut.
const LONGEST_GLUED: usize = 80;
/// Shortest run that is cut where letters were not joined on purpose.
const SHORTEST_GLUED: usize = 8;

/// A verb with its elided word in front: `jveux` → `j veux`.
pub(crate) fn cut_elided(words: &Words, word: &[char]) -> Option<[(usize, usize); 2]> {
    let length = elided(word)?;
    let rest = word.get(length..).filter(|rest| rest.len() >= 2)?;
    let is_french = words.langs_of(crate::words::number(rest)).is_some_and(|langs| langs & FRENCH != 0);
    is_french.then_some([(0, length), (length, word.len())])
}

/// A glued word as pieces: `killmyself` → `kill myself`; all of one language.
pub(crate) fn cut_glued(words: &Words, word: &[char], was_joined: bool) -> Option<Vec<(usize, usize)>> {
    let shortest = if was_joined { 4 } else { SHORTEST_GLUED };
    if !(shortest..=LONGEST_GLUED).contains(&word.len()) {
        return None;
    }
    run_together(words, word)
}

const FRENCH: u16 = 1 << 1;

fn elided(word: &[char]) -> Option<usize> {
    let begins =
        |elided: &&&str| word.len() > elided.len() && elided.chars().eq(word[..elided.len()].iter().copied());
    ELIDED.iter().find(begins).map(|elided| elided.len())
}

/// The cheapest way to each place, and in which languages.
#[derive(Clone, Copy)]
struct Way {
    cost: u32,
    from: usize,
    langs: u16,
}

/// Fewest known words that make up the whole; one-letter words only where a language has them.
fn run_together(words: &Words, word: &[char]) -> Option<Vec<(usize, usize)>> {
    const COST_OF_SHORT: u32 = 3;
    let mut ways: Vec<Option<Way>> = vec![None; word.len() + 1];
    ways[0] = Some(Way { cost: 0, from: 0, langs: u16::MAX });
    for start in 0..word.len() {
        let Some(way) = ways[start] else { continue };
        let mut hash = 0;
        for end in start + 1..=word.len().min(start + LONGEST_WORD) {
            hash = step(hash, word[end - 1]);
            let short = end - start == 1;
            if short && !matches!(word[start], 'i' | 'j' | 'a' | 'y' | 'm' | 'u' | '2' | 'я' | 'в' | 'o' | 'e') {
                continue;
            }
            let Some(langs) = words.langs_of(finish(hash)).map(|langs| langs & way.langs) else { continue };
            let cost = way.cost + 2 + if short { COST_OF_SHORT } else { 0 };
            if langs != 0 && ways[end].is_none_or(|known| cost < known.cost) {
                ways[end] = Some(Way { cost, from: start, langs });
            }
        }
    }
    let mut pieces = Vec::new();
    let mut end = word.len();
    while end > 0 {
        let way = ways[end]?;
        pieces.push((way.from, end));
        end = way.from;
    }
    pieces.reverse();
    // Crumbs are no words: a foreign word falls into those by chance.
    (pieces.len() * 5 <= word.len() * 2 + 2).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn one_slip_is_one_letter_and_no_more() {
        for (typed, meant, apart) in [
            ("siucidal", "suicidal", true),
            ("suicdal", "suicidal", true),
            ("suicidall", "suicidal", true),
            ("suizidal", "suicidal", true),
            ("suicide", "suicidal", false),
            ("kill", "kiss", false),
            ("умирать", "умереть", false),
            ("умерть", "умереть", true),
        ] {
            assert_eq!(one_slip_apart(&letters(typed), &letters(meant)), apart, "{typed}");
            let slips = Slips::new(vec![(letters(meant).into(), 7)]);
            let mut found = Vec::new();
            slips.find(&letters(typed), &mut found);
            assert_eq!(found == vec![(7, View::Misspelt)], apart, "{typed}");
        }
    }

    #[test]
    fn runs_of_a_letter_are_shortened() {
        assert_eq!(squeezed(&letters("kiiillll"), 1), letters("kil"));
        assert_eq!(squeezed(&letters("kiiillll"), 2), letters("kiill"));
    }
}
