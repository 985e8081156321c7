//! Every word that a rule or a structure list uses, and how a child's word is looked up among them.
//!
//! It must never grow while screening. Read next: `compile.rs`.

use crate::letters::strip_accents;
use crate::tokens::Spelling;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::BitOr;

/// A word (or word beginning) that phrases are made of.
pub(crate) type Symbol = u16;

/// What kind of word it is, besides what it means to rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Roles(u8);

impl Roles {
    pub(crate) const NONE: Self = Self(0);
    /// Says nothing by itself: `really`, `vraiment`. May stand anywhere inside a phrase.
    pub(crate) const FILLER: Self = Self(1);
    /// Denies: `not`, `pas`. May stand inside a phrase, which is then read as denied.
    pub(crate) const NEGATOR: Self = Self(2);
    /// The writer as the one who acts: `i`, `je`.
    pub(crate) const SUBJECT: Self = Self(4);
    /// The writer as the one it happens to: `me`, `myself`.
    pub(crate) const OBJECT: Self = Self(8);
    /// Somebody else: `she`, `friend`.
    pub(crate) const OTHERS: Self = Self(16);
    /// Laughter.
    pub(crate) const LAUGH: Self = Self(32);
    /// A small worry that is often exaggerated: `homework`.
    pub(crate) const TRIVIAL: Self = Self(64);

    /// Whether it is all of these.
    pub(crate) fn is(self, role: Self) -> bool {
        self.0 & role.0 == role.0
    }

    /// The role of a list in `_structure.toml`. `ordinary` words have none: they are only never misspellings.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "filler" => Self::FILLER,
            "negator" => Self::NEGATOR,
            "subject" => Self::SUBJECT,
            "object" => Self::OBJECT,
            "others" => Self::OTHERS,
            "laugh" => Self::LAUGH,
            "trivial" => Self::TRIVIAL,
            _ => Self::NONE,
        }
    }
}

impl BitOr for Roles {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// FNV-1a: words are short, and the table is fixed at build time, so no keyed hash is needed.
#[derive(Default, Clone)]
pub(crate) struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        let mut hash = if self.0 == 0 { 0xcbf2_9ce4_8422_2325 } else { self.0 };
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.0 = hash;
    }
}

type Table<V> = HashMap<Box<str>, V, BuildHasherDefault<Fnv>>;

/// The word list, complete.
#[derive(Debug, Default)]
pub(crate) struct Words {
    surfaces: Table<Vec<Symbol>>,
    squeezed: Table<Vec<Symbol>>,
    slips: HashMap<u64, Vec<u32>, BuildHasherDefault<Fnv>>,
    targets: Vec<(Box<str>, Symbol)>,
    prefixes: Vec<(Box<str>, Symbol)>,
    prefix_starts: std::collections::HashSet<[u8; 3], BuildHasherDefault<Fnv>>,
    roles: Vec<Roles>,
    exact: Table<Symbol>,
    prefix: Table<Symbol>,
}

/// What looking a word up came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// It stands for at least one symbol, or is known to be an ordinary word.
    pub(crate) known: bool,
    /// Only by allowing for its spelling.
    pub(crate) helped: bool,
}

const LONGEST_GLUED: usize = 80;
const LONGEST_WORD: usize = 16;

impl Words {
    /// The symbol for a whole word; made when new. `None` when there are more than 65,535.
    pub(crate) fn symbol(&mut self, word: &str) -> Option<Symbol> {
        Self::intern(&mut self.exact, &mut self.roles, word)
    }

    /// The symbol for all words that begin so.
    pub(crate) fn prefix_symbol(&mut self, start: &str) -> Option<Symbol> {
        Self::intern(&mut self.prefix, &mut self.roles, start)
    }

    fn intern(table: &mut Table<Symbol>, roles: &mut Vec<Roles>, word: &str) -> Option<Symbol> {
        if let Some(symbol) = table.get(word) {
            return Some(*symbol);
        }
        let symbol = Symbol::try_from(roles.len()).ok()?;
        roles.push(Roles::NONE);
        table.insert(word.into(), symbol);
        Some(symbol)
    }

    /// Makes a word known that stands for nothing: it is not a misspelling of anything.
    pub(crate) fn add_ordinary(&mut self, word: &str) {
        self.surfaces.entry(strip_accents(word).into()).or_default();
        self.surfaces.entry(word.into()).or_default();
    }

    /// Adds a role to a word.
    pub(crate) fn give_role(&mut self, word: &str, role: Roles) {
        if let Some(symbol) = self.symbol(word) {
            self.roles[usize::from(symbol)] = self.roles[usize::from(symbol)] | role;
        }
    }

    pub(crate) fn roles(&self, symbol: Symbol) -> Roles {
        self.roles[usize::from(symbol)]
    }

    /// How many symbols there are.
    pub(crate) fn count(&self) -> usize {
        self.roles.len()
    }

    /// Builds the look-up tables once all words are in. `spellable` says whose misspellings are read.
    pub(crate) fn finish(&mut self, spellable: impl Fn(Symbol) -> bool) {
        for (start, symbol) in &self.prefix {
            self.prefixes.push((start.clone(), *symbol));
            let plain = strip_accents(start);
            if plain != **start {
                self.prefixes.push((plain.into(), *symbol));
            }
        }
        self.prefixes.sort();
        self.prefix_starts = self.prefixes.iter().filter_map(|(start, _)| first_three(start)).collect();
        let mut all: Vec<(Box<str>, Symbol)> =
            self.exact.iter().map(|(word, symbol)| (word.clone(), *symbol)).collect();
        all.sort();
        for (word, symbol) in all {
            let plain = strip_accents(&word);
            add(&mut self.surfaces, &word, symbol);
            add(&mut self.surfaces, &plain, symbol);
            add(&mut self.squeezed, &squeeze(&plain), symbol);
            if spellable(symbol) && plain.len() >= 4 && plain.bytes().all(|b| b.is_ascii_lowercase()) {
                let target = u32::try_from(self.targets.len()).unwrap_or(u32::MAX);
                self.targets.push((plain.clone().into(), symbol));
                each_deletion(&plain, |key| self.slips.entry(key).or_default().push(target));
            }
        }
        let mut with_prefixes: Vec<(Box<str>, Vec<Symbol>)> = Vec::new();
        for word in self.surfaces.keys() {
            let symbols: Vec<Symbol> = self.matching_prefixes(word).collect();
            if !symbols.is_empty() {
                with_prefixes.push((word.clone(), symbols));
            }
        }
        for (word, symbols) in with_prefixes {
            for symbol in symbols {
                add(&mut self.surfaces, &word, symbol);
            }
        }
    }

    fn matching_prefixes<'a>(&'a self, word: &'a str) -> impl Iterator<Item = Symbol> + 'a {
        let possible = first_three(word).is_some_and(|start| self.prefix_starts.contains(&start));
        let list = if possible { &self.prefixes[..] } else { &[] };
        list.iter().filter(move |(start, _)| word.starts_with(&**start)).map(|(_, symbol)| *symbol)
    }

    /// Appends every symbol the word may stand for.
    pub(crate) fn look_up(&self, word: &str, spelling: Spelling, out: &mut Vec<Symbol>) -> Found {
        let first = out.len();
        let exact = self.surfaces.get(word);
        if let Some(symbols) = exact {
            out.extend_from_slice(symbols);
        } else {
            out.extend(self.matching_prefixes(word));
        }
        let mut known = exact.is_some() || out.len() > first;
        let before = out.len();
        if spelling >= Spelling::Squeezed
            && (spelling == Spelling::Squeezed || !known && has_double(word))
            && let Some(symbols) = self.squeezed.get(&*squeeze(word))
        {
            out.extend(symbols.iter().filter(|symbol| exact.is_none_or(|exact| !exact.contains(symbol))));
        }
        if spelling == Spelling::OneSlip && !known {
            self.one_slip(word, out);
        }
        let helped = out.len() > before;
        known |= helped;
        Found { known, helped }
    }

    /// Every target one missing, added, wrong or swapped letter away.
    fn one_slip(&self, word: &str, out: &mut Vec<Symbol>) {
        if !(3..=LONGEST_WORD).contains(&word.len()) || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
            return;
        }
        let first = out.len();
        each_deletion(word, |key| {
            for target in self.slips.get(&key).into_iter().flatten() {
                let (text, symbol) = &self.targets[*target as usize];
                if out.len() - first < 6
                    && !out[first..].contains(symbol)
                    && one_slip_apart(word.as_bytes(), text.as_bytes())
                {
                    out.push(*symbol);
                }
            }
        });
    }

    /// A glued word as pieces (byte ranges): `jveux` → `j veux`, and `killmyself` when it is long.
    pub(crate) fn cut_glued(&self, word: &str, spelling: Spelling) -> Option<Vec<(usize, usize)>> {
        for elided in ["qu", "j", "m", "t", "s", "c", "n", "l", "d"] {
            if let Some(rest) = word.strip_prefix(elided)
                && rest.len() >= 2
                && self.surfaces.contains_key(rest)
                && !self.surfaces.contains_key(word)
            {
                return Some(vec![(0, elided.len()), (elided.len(), word.len())]);
            }
        }
        let shortest = if spelling == Spelling::Squeezed { 4 } else { 8 };
        if !(shortest..=LONGEST_GLUED).contains(&word.len()) || !word.is_ascii() {
            return None;
        }
        self.cut_run_together(word)
    }

    /// Fewest known words that make up the whole; one-letter words only where the language has them.
    fn cut_run_together(&self, word: &str) -> Option<Vec<(usize, usize)>> {
        const COST_OF_SHORT: u32 = 3;
        let mut best: Vec<Option<(u32, usize)>> = vec![None; word.len() + 1];
        best[0] = Some((0, 0));
        for end in 1..=word.len() {
            for start in end.saturating_sub(LONGEST_WORD)..end {
                let Some((cost, _)) = best[start] else { continue };
                let piece = &word[start..end];
                let short = end - start <= 1;
                if short && !matches!(piece, "i" | "j" | "a" | "y" | "m" | "u" | "2")
                    || !self.surfaces.contains_key(piece)
                {
                    continue;
                }
                let cost = cost + 2 + if short { COST_OF_SHORT } else { 0 };
                if best[end].is_none_or(|(known, _)| cost < known) {
                    best[end] = Some((cost, start));
                }
            }
        }
        let mut pieces = Vec::new();
        let mut end = word.len();
        while end > 0 {
            let (_, start) = best[end]?;
            pieces.push((start, end));
            end = start;
        }
        pieces.reverse();
        Some(pieces)
    }
}

fn add(table: &mut Table<Vec<Symbol>>, word: &str, symbol: Symbol) {
    let symbols = table.entry(word.into()).or_default();
    if !symbols.contains(&symbol) {
        symbols.push(symbol);
    }
}

fn first_three(word: &str) -> Option<[u8; 3]> {
    word.as_bytes().get(..3)?.try_into().ok()
}

fn has_double(word: &str) -> bool {
    word.as_bytes().windows(2).any(|pair| pair[0] == pair[1])
}

/// Every run of a letter as one letter.
fn squeeze(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

/// Hashes of the word itself and of the word with each one letter left out.
fn each_deletion(word: &str, mut visit: impl FnMut(u64)) {
    let bytes = word.as_bytes();
    let hash = |skip: usize| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for (at, byte) in bytes.iter().enumerate() {
            if at != skip {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        hash
    };
    visit(hash(usize::MAX));
    for skip in 0..bytes.len() {
        let repeats_the_last = skip > 0 && bytes[skip] == bytes[skip - 1];
        if !repeats_the_last {
            visit(hash(skip));
        }
    }
}

/// One letter added, left out, changed, or two neighbours swapped.
fn one_slip_apart(a: &[u8], b: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_one_letter_and_no_more() {
        for (typed, meant, apart) in [
            ("siucidal", "suicidal", true),
            ("suicdal", "suicidal", true),
            ("suicidall", "suicidal", true),
            ("suizidal", "suicidal", true),
            ("suicide", "suicidal", false),
            ("kill", "kiss", false),
        ] {
            assert_eq!(one_slip_apart(typed.as_bytes(), meant.as_bytes()), apart, "{typed}");
        }
    }
}
