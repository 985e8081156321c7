//! Every word that a rule or a structure list uses, and how a child's word is looked up among them.
//!
//! A word is looked up by a number made of its letters, so that nothing is copied while screening.
//! It must never grow while screening. Read next: `spelling.rs`, `tokens.rs`.

use crate::fold::{fold_word, is_han, look_alike};
use crate::roles::Roles;
use crate::spelling::{Slips, squeezed};
use domain::View;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A word (or word beginning) that phrases are made of.
pub(crate) type Symbol = u16;

/// The number of a word. Two words of the list with one number would be read as each other; that
/// there are none is tested.
#[inline]
pub(crate) fn number(word: &[char]) -> u64 {
    finish(word.iter().fold(0, |hash, c| step(hash, *c)))
}

/// One letter more.
#[inline]
pub(crate) fn step(hash: u64, c: char) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add((u64::from(u32::from(c)) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// What [`step`] multiplies by.
pub(crate) const BASE: u64 = 0x0005_deec_e66d_1f35;

#[inline]
pub(crate) fn finish(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 29)
}

/// The number is mixed already.
#[derive(Default, Clone, Copy)]
pub(crate) struct Asis(u64);

impl Hasher for Asis {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = step(self.0, char::from(*byte));
        }
        self.0 = finish(self.0);
    }
    fn write_u8(&mut self, byte: u8) {
        self.0 = finish(step(self.0, char::from(byte)));
    }
    fn write_u32(&mut self, letter: u32) {
        self.0 = finish(step(self.0, char::from_u32(letter).unwrap_or_default()));
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

type ByWord<V> = HashMap<Box<[char]>, V, BuildHasherDefault<Asis>>;
/// By language, and whether it is a beginning.
type Seen = HashMap<(Option<u8>, bool), HashMap<Box<str>, Symbol, BuildHasherDefault<Asis>>>;
type ByNumber<V> = HashMap<u64, V, BuildHasherDefault<Asis>>;

/// The symbols a word stands for, and the languages it is a word of.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    from: u32,
    len: u16,
    langs: u16,
}

/// A list word before the tables are made.
#[derive(Debug, Clone, Default)]
struct Draft {
    symbols: Vec<Symbol>,
    langs: u16,
}

/// The word list, complete.
#[derive(Debug, Default)]
pub(crate) struct Words {
    table: ByNumber<Entry>,
    /// Words with a letter that has a Latin look-alike, by what they look like.
    alike: ByNumber<Entry>,
    squeezed: ByNumber<Entry>,
    lists: Vec<Symbol>,
    prefixes: ByNumber<Vec<(Box<[char]>, Symbol)>>,
    slips: Slips,
    roles: Vec<Roles>,
    /// Numbers of the words as the data write them, accents and all: to tell which view was needed.
    written: HashSet<u64, BuildHasherDefault<Asis>>,
    drafts: ByWord<Draft>,
    exact: ByWord<Symbol>,
    begins: ByWord<Symbol>,
    /// What may be written onto the front of a word, and onto its end.
    /// Words and beginnings as the data write them, by language: the same word comes many times.
    seen: Seen,
    affixes: (Vec<Vec<char>>, Vec<Vec<char>>),
    /// Ordinary words, before the tables are made; and which symbols are such words.
    ordinary: ByWord<()>,
    common: Vec<bool>,
    longest: usize,
}

/// What looking a word up came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// It stands for at least one symbol as written, or is known to be an ordinary word.
    pub(crate) known: bool,
    /// Only by allowing for its spelling.
    pub(crate) helped: bool,
}

/// A symbol a word may stand for, and the view it takes.
pub(crate) type Read = (Symbol, View);

/// Longest word that is looked at; longer runs are cut in pieces.
pub(crate) const LONGEST_WORD: usize = 24;

impl Words {
    /// The symbol for a whole word; made when new. `None` when there are more than 65,535.
    pub(crate) fn symbol(&mut self, word: &str, lang: Option<u8>) -> Option<Symbol> {
        if let Some(symbol) = self.seen.get(&(lang, false)).and_then(|seen| seen.get(word)) {
            return Some(*symbol);
        }
        let folded: Box<[char]> = fold_word(word).into();
        let symbol = intern(&mut self.exact, &mut self.roles, folded.clone())?;
        self.written.insert(number(&word.chars().collect::<Vec<_>>()));
        self.add(folded, Some(symbol), lang);
        if let Some(spelt) = umlauts_spelt_out(word) {
            self.add(fold_word(&spelt).into(), Some(symbol), lang);
        }
        self.seen.entry((lang, false)).or_default().insert(word.into(), symbol);
        Some(symbol)
    }

    /// The symbol for all words that begin so.
    pub(crate) fn prefix_symbol(&mut self, start: &str, lang: Option<u8>) -> Option<Symbol> {
        if let Some(symbol) = self.seen.get(&(lang, true)).and_then(|seen| seen.get(start)) {
            return Some(*symbol);
        }
        let folded: Box<[char]> = fold_word(start).into();
        let symbol = intern(&mut self.begins, &mut self.roles, folded.clone())?;
        // The beginning by itself is a word to cut glued words by.
        self.add(folded, Some(symbol), lang);
        if let Some(spelt) = umlauts_spelt_out(start) {
            self.begins.insert(fold_word(&spelt).into(), symbol);
        }
        self.seen.entry((lang, true)).or_default().insert(start.into(), symbol);
        Some(symbol)
    }

    fn add(&mut self, word: Box<[char]>, symbol: Option<Symbol>, lang: Option<u8>) {
        let draft = self.drafts.entry(word).or_default();
        draft.langs |= lang.map_or(0, |lang| 1 << lang);
        if let Some(symbol) = symbol.filter(|symbol| !draft.symbols.contains(symbol)) {
            draft.symbols.push(symbol);
        }
    }

    /// Makes a word known that stands for nothing: it is not a misspelling of anything.
    pub(crate) fn add_ordinary(&mut self, word: &str, lang: u8) {
        let folded: Box<[char]> = fold_word(word).into();
        self.ordinary.insert(folded.clone(), ());
        self.add(folded, None, Some(lang));
    }

    /// Makes a sign stand for words.
    pub(crate) fn add_sign(&mut self, sign: &str, meanings: &str) -> Option<()> {
        let folded: Box<[char]> = fold_word(sign).into();
        let own = self.symbol(sign, None)?;
        self.roles[usize::from(own)] = Roles::SIGN;
        for meaning in meanings.split_whitespace() {
            let symbol = self.symbol(meaning, None)?;
            self.add(folded.clone(), Some(symbol), None);
        }
        Some(())
    }

    /// Adds a role to a word.
    pub(crate) fn give_role(&mut self, word: &str, lang: u8, role: Roles) -> Option<()> {
        let symbol = self.symbol(word, Some(lang))?;
        self.roles[usize::from(symbol)] = self.roles[usize::from(symbol)] | role;
        Some(())
    }

    /// Small words written onto the front and the end of others: Arabic "and", "the", "my".
    pub(crate) fn add_affixes(&mut self, before: &str, after: &str) {
        let mut ends: Vec<Vec<char>> = after.split_whitespace().map(fold_word).collect();
        ends.push(Vec::new());
        let mut starts: Vec<Vec<char>> = before.split_whitespace().map(fold_word).collect();
        starts.push(Vec::new());
        // The least that can be taken away is tried first.
        starts.sort_by_key(Vec::len);
        ends.sort_by_key(Vec::len);
        self.affixes = (starts, ends);
    }

    /// Whether it is an ordinary word: it stands in many texts and makes a poor key.
    pub(crate) fn is_common(&self, symbol: Symbol) -> bool {
        self.common.get(usize::from(symbol)).copied().unwrap_or(false)
    }

    pub(crate) fn roles(&self, symbol: Symbol) -> Roles {
        self.roles[usize::from(symbol)]
    }

    /// How many symbols there are.
    pub(crate) fn count(&self) -> usize {
        self.roles.len()
    }

    /// Whether the data write a word just so.
    pub(crate) fn is_written(&self, number: u64) -> bool {
        self.written.contains(&number)
    }

    /// Builds the look-up tables once all words are in. `spellable` says whose misspellings are read.
    pub(crate) fn finish(&mut self, spellable: impl Fn(Symbol) -> bool) {
        for (start, symbol) in &self.begins {
            if let Some(first) = start.get(..SHORTEST_PREFIX) {
                self.prefixes.entry(number(first)).or_default().push((start.clone(), *symbol));
            }
        }
        let mut drafts: Vec<(Box<[char]>, Draft)> = std::mem::take(&mut self.drafts).into_iter().collect();
        drafts.sort_by(|a, b| a.0.cmp(&b.0));
        let (mut exact, mut alike, mut squeezed_words) = (Drafts::default(), Drafts::default(), Drafts::default());
        let mut targets = Vec::new();
        for (word, mut draft) in drafts {
            self.longest = self.longest.max(word.len());
            let own = draft.symbols.clone();
            self.each_prefix(&word, |symbol| {
                if !draft.symbols.contains(&symbol) {
                    draft.symbols.push(symbol);
                }
            });
            let of_rules = own.iter().any(|symbol| spellable(*symbol));
            if of_rules && word.len() >= 4 && !word.iter().any(|c| is_han(*c) || c.is_ascii_digit()) {
                targets.push((word.clone(), own[0]));
            }
            if word.iter().any(|c| look_alike(*c).is_some()) {
                merge(&mut alike, word.iter().map(|c| look_alike(*c).unwrap_or(*c)).collect(), &draft);
            }
            if !own.is_empty() {
                merge(&mut squeezed_words, squeezed(&word, 1), &draft);
            }
            merge(&mut exact, word.to_vec(), &draft);
        }
        self.slips = Slips::new(targets);
        let mut lists = std::mem::take(&mut self.lists);
        self.table = entries(exact, &mut lists);
        self.alike = entries(alike, &mut lists);
        self.squeezed = entries(squeezed_words, &mut lists);
        self.lists = lists;
        self.common = vec![false; self.roles.len()];
        for (word, symbol) in &self.exact {
            self.common[usize::from(*symbol)] = self.ordinary.contains_key(word);
        }
        self.ordinary = ByWord::default();
        self.seen = HashMap::new();
        self.exact = ByWord::default();
        self.begins = ByWord::default();
    }

    fn each_prefix(&self, word: &[char], mut visit: impl FnMut(Symbol)) {
        let Some(first) = word.get(..SHORTEST_PREFIX) else { return };
        for (start, symbol) in self.prefixes.get(&number(first)).into_iter().flatten() {
            if word.starts_with(start) {
                visit(*symbol);
            }
        }
    }

    /// The languages that have a word of this number.
    pub(crate) fn langs_of(&self, number: u64) -> Option<u16> {
        self.table.get(&number).map(|entry| entry.langs)
    }

    fn take(&self, entry: Entry, view: View, out: &mut Vec<Read>) {
        let list = &self.lists[entry.from as usize..entry.from as usize + usize::from(entry.len)];
        out.extend(list.iter().map(|symbol| (*symbol, view)));
    }

    /// Appends every symbol the word may stand for, in the views of a single word.
    pub(crate) fn look_up(&self, word: &[char], number: u64, mixed: bool, out: &mut Vec<Read>) -> Found {
        let first = out.len();
        let mut known = true;
        if let Some(entry) = self.table.get(&number) {
            self.take(*entry, View::AsWritten, out);
        } else {
            self.each_prefix(word, |symbol| out.push((symbol, View::AsWritten)));
            known = out.len() > first || self.without_affixes(word, out);
        }
        let before = out.len();
        if mixed || !known {
            self.look_alikes(word, out);
        }
        self.collapsed(word, known, out);
        unrepeated(out, first, before);
        Found { known, helped: out.len() > before }
    }

    /// In words of letters of several scripts, and in words of none: what they are drawn like.
    fn look_alikes(&self, word: &[char], out: &mut Vec<Read>) {
        if word.iter().all(char::is_ascii) && !word.is_empty() {
            // `yмереть` has one foreign letter; `Sos` for `Ѕоѕ` has none left.
            if let Some(entry) = self.alike.get(&number(word)) {
                self.take(*entry, View::Confusables, out);
            }
            return;
        }
        let drawn: Vec<char> = word.iter().map(|c| look_alike(*c).unwrap_or(*c)).collect();
        let number = number(&drawn);
        for table in [&self.table, &self.alike] {
            if let Some(entry) = table.get(&number) {
                self.take(*entry, View::Confusables, out);
            }
        }
        self.each_prefix(&drawn, |symbol| out.push((symbol, View::Confusables)));
    }

    fn collapsed(&self, word: &[char], known: bool, out: &mut Vec<Read>) {
        let doubled = word.windows(2).any(|pair| pair[0] == pair[1]);
        let stretched = doubled && word.windows(3).any(|three| three[0] == three[1] && three[1] == three[2]);
        if !stretched && (known || !doubled) {
            return;
        }
        let short = squeezed(word, 1);
        if let Some(entry) = self.squeezed.get(&number(&short)) {
            self.take(*entry, View::Collapsed, out);
        }
        if stretched {
            self.each_prefix(&short, |symbol| out.push((symbol, View::Collapsed)));
            self.each_prefix(&squeezed(word, 2), |symbol| out.push((symbol, View::Collapsed)));
        }
    }

    /// What the word stands for when its digits are letters: `d1e`, and `1` as l or as i.
    pub(crate) fn leet(&self, word: &[char], out: &mut Vec<Read>) {
        let (first, before) = (out.len(), out.len());
        for one in ['i', 'l'] {
            let letters: Vec<char> = word.iter().map(|c| leet_letter(*c, one)).collect();
            let from = out.len();
            self.look_up(&letters, number(&letters), false, out);
            if letters.len() >= 5 && out.len() == from {
                self.slips.find(&letters, out);
            }
            if !letters.contains(&one) {
                break;
            }
        }
        for read in &mut out[first..] {
            read.1 = read.1.max(View::Leet);
        }
        unrepeated(out, first, before);
    }

    /// Every word one missing, added, wrong or swapped letter away.
    pub(crate) fn one_slip(&self, word: &[char], out: &mut Vec<Read>) -> bool {
        let before = out.len();
        self.slips.find(word, out);
        out.len() > before
    }

    /// Takes small words off front and end until something known is left.
    fn without_affixes(&self, word: &[char], out: &mut Vec<Read>) -> bool {
        if word.first().is_none_or(|c| !('\u{600}'..='\u{6ff}').contains(c)) {
            return false;
        }
        let before = out.len();
        for start in &self.affixes.0 {
            let Some(rest) = word.strip_prefix(&start[..]).filter(|rest| rest.len() >= 2) else { continue };
            for end in &self.affixes.1 {
                let Some(rest) = rest.strip_suffix(&end[..]) else { continue };
                if start.is_empty() && end.is_empty() || rest.len() < 2 + usize::from(!end.is_empty()) {
                    continue;
                }
                if let Some(entry) = self.table.get(&number(rest)) {
                    self.take(*entry, View::AsWritten, out);
                    return true;
                }
                self.each_prefix(rest, |symbol| out.push((symbol, View::AsWritten)));
                if out.len() > before {
                    return true;
                }
            }
        }
        false
    }
}

const SHORTEST_PREFIX: usize = 3;

type Drafts = HashMap<Vec<char>, Draft, BuildHasherDefault<Asis>>;

fn intern(table: &mut ByWord<Symbol>, roles: &mut Vec<Roles>, word: Box<[char]>) -> Option<Symbol> {
    if let Some(symbol) = table.get(&word) {
        return Some(*symbol);
    }
    let symbol = Symbol::try_from(roles.len()).ok()?;
    roles.push(Roles::NONE);
    table.insert(word, symbol);
    Some(symbol)
}

fn merge(table: &mut Drafts, word: Vec<char>, draft: &Draft) {
    let merged = table.entry(word).or_default();
    merged.langs |= draft.langs;
    for symbol in &draft.symbols {
        if !merged.symbols.contains(symbol) {
            merged.symbols.push(*symbol);
        }
    }
}

fn entries(drafts: Drafts, lists: &mut Vec<Symbol>) -> ByNumber<Entry> {
    let mut table = ByNumber::default();
    let mut sorted: Vec<(Vec<char>, Draft)> = drafts.into_iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (word, draft) in sorted {
        let entry = Entry {
            from: u32::try_from(lists.len()).unwrap_or(u32::MAX),
            len: u16::try_from(draft.symbols.len()).unwrap_or(u16::MAX),
            langs: draft.langs,
        };
        lists.extend(&draft.symbols);
        table.insert(number(&word), entry);
    }
    table
}

/// Drops symbols that a plainer view gave already.
fn unrepeated(out: &mut Vec<Read>, first: usize, added: usize) {
    let mut kept = added;
    for at in added..out.len() {
        let read = out[at];
        if !out[first..kept].iter().any(|(symbol, _)| *symbol == read.0) {
            out[kept] = read;
            kept += 1;
        }
    }
    out.truncate(kept);
}

fn leet_letter(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' => one,
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '6' | '9' => 'g',
        '7' => 't',
        '8' => 'b',
        _ => c,
    }
}

/// `töten` is also typed `toeten`.
fn umlauts_spelt_out(word: &str) -> Option<String> {
    let spelt = word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
    (spelt != word).then_some(spelt)
}
