//! Finds phrases in a list of words, in time that grows with the list's length and no faster.
//!
//! Each phrase has a key word, and mostly a second that must be there too; only phrases whose words
//! are there are tried, and only around the key. It must never judge what it finds.
//! Read next: `structure.rs`.

use crate::roles::{Role, Roles};
use crate::tokens::{Token, Tokens};
use crate::words::Symbol;
use domain::View;

/// A set of up to 128 places of a phrase.
pub(crate) type Places = u128;
/// Fillers and denials that may stand inside one phrase.
const SPARE: usize = 5;
/// Signs that may stand between the words of one phrase.
const SIGNS: usize = 16;

/// A phrase as a machine: which place may follow which, and which words fit where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    /// The language whose fillers and denials may stand inside.
    pub(crate) lang: u8,
    /// Words and the places they fit, sorted by word.
    pub(crate) fits: Vec<(Symbol, Places)>,
    /// Places that any word fits.
    pub(crate) any: Places,
    /// Places before the first word and after the last.
    pub(crate) starts: Places,
    /// See `starts`.
    pub(crate) ends: Places,
    /// Where a match may begin.
    pub(crate) first: Places,
    /// Where it may end.
    pub(crate) last: Places,
    /// What may follow each place.
    pub(crate) follow: Vec<Places>,
    /// Words in the longest reading of the phrase.
    pub(crate) longest: usize,
    /// Most words of it that may stand before its key word.
    pub(crate) before_key: usize,
    /// Words of which one must be in the text besides the key; none when nothing more is known.
    pub(crate) second: Vec<Symbol>,
}

/// One place in the text where a phrase stands: words `from..=to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index of the phrase.
    pub(crate) phrase: u32,
    /// First word.
    pub(crate) from: usize,
    /// Last word.
    pub(crate) to: usize,
    /// A denial that is part of the phrase: "don't want to live".
    pub(crate) denies: bool,
    /// A denial inside that is none of the phrase's words: "je veux *pas* mourir".
    pub(crate) denied_at: Option<usize>,
}

/// Phrases by key word.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    pub(crate) machines: Vec<Machine>,
    /// For each symbol, where its phrases begin in `phrases`; one more at the end.
    pub(crate) keyed: Vec<u32>,
    /// Phrases by key.
    pub(crate) phrases: Vec<u32>,
}

/// The symbols of a text and roughly where each stands: the text in 64 stretches, a bit for each.
struct Present {
    /// Open addressing; a free place has no stretch.
    table: Vec<(Symbol, u64)>,
    /// Words of one stretch.
    stretch: usize,
    /// Signs may stand between words without limit of length, so distance says nothing.
    has_signs: bool,
}

impl Present {
    fn of(tokens: &Tokens) -> Self {
        let reads: usize = tokens.list.iter().map(|token| tokens.reads(token).len()).sum();
        let mut present = Self {
            table: vec![(0, 0); (reads * 2 + 2).next_power_of_two()],
            stretch: tokens.list.len() / 64 + 1,
            has_signs: tokens.list.iter().any(|token| token.roles.is_sign()),
        };
        for (at, token) in tokens.list.iter().enumerate() {
            for (symbol, _) in tokens.reads(token) {
                let place = present.place(*symbol);
                present.table[place].0 = *symbol;
                present.table[place].1 |= 1 << (at / present.stretch);
            }
        }
        present
    }

    fn place(&self, symbol: Symbol) -> usize {
        let mask = self.table.len() - 1;
        let mut place = usize::from(symbol.wrapping_mul(0x9e37)) & mask;
        while self.table[place].1 != 0 && self.table[place].0 != symbol {
            place = (place + 1) & mask;
        }
        place
    }

    /// Whether one of the symbols stands within `reach` words of `at`, or a little further.
    fn near(&self, symbols: &[Symbol], at: usize, reach: usize) -> bool {
        let (first, last) = (at.saturating_sub(reach) / self.stretch, ((at + reach) / self.stretch).min(63));
        let window =
            if self.has_signs { u64::MAX } else { (u64::MAX << first.min(63)) & (u64::MAX >> (63 - last)) };
        symbols.iter().any(|symbol| self.table[self.place(*symbol)].1 & window != 0)
    }
}

impl Matcher {
    /// Every place where a phrase of one of the languages stands; for each start the longest.
    pub(crate) fn find(&self, tokens: &Tokens, langs: u16) -> Vec<Hit> {
        let present = Present::of(tokens);
        let mut tries: Vec<(u32, u32)> = Vec::new();
        for (at, token) in tokens.list.iter().enumerate() {
            for (symbol, _) in tokens.reads(token) {
                let symbol = usize::from(*symbol);
                let (from, to) = (self.keyed[symbol] as usize, self.keyed[symbol + 1] as usize);
                for phrase in &self.phrases[from..to] {
                    let machine = &self.machines[*phrase as usize];
                    let reach = machine.longest + SPARE;
                    let possible = || machine.second.is_empty() || present.near(&machine.second, at, reach);
                    if langs & (1 << machine.lang) != 0 && possible() {
                        tries.push((*phrase, u32::try_from(at).unwrap_or(u32::MAX)));
                    }
                }
            }
        }
        tries.sort_unstable();
        let mut hits = Vec::new();
        let (mut current, mut next_start) = (u32::MAX, 0);
        for (phrase, at) in tries {
            if phrase != current {
                (current, next_start) = (phrase, 0);
            }
            let machine = &self.machines[phrase as usize];
            let begin = next_start.max(machine.begin(tokens, at as usize));
            for from in begin..=(at as usize) {
                hits.extend(machine.run(tokens, from, View::Misspelt).map(|hit| Hit { phrase, ..hit }));
            }
            next_start = next_start.max(at as usize + 1);
        }
        hits
    }

    /// The plainest view in which the hit's phrase begins at its first word, and the hit in that view.
    pub(crate) fn plainest(&self, tokens: &Tokens, hit: Hit) -> (View, Hit) {
        let machine = &self.machines[hit.phrase as usize];
        if !tokens.list[hit.from..=hit.to].iter().any(|token| token.disguised) {
            return (View::AsWritten, hit);
        }
        let mut views: Vec<View> = tokens.list[hit.from..=hit.to]
            .iter()
            .flat_map(|token| tokens.reads(token).iter().map(|read| read.1))
            .collect();
        views.push(View::AsWritten);
        views.sort_unstable();
        views.dedup();
        views
            .into_iter()
            .find_map(|view| {
                machine.run(tokens, hit.from, view).map(|found| (view, Hit { phrase: hit.phrase, ..found }))
            })
            .unwrap_or((View::Misspelt, hit))
    }
}

impl Machine {
    fn passes(&self, token: &Token) -> bool {
        token.roles.passes(self.lang)
    }

    /// The first word at which a match around the key word `key` may begin: words that may be passed
    /// over are free, within measure.
    fn begin(&self, tokens: &Tokens, key: usize) -> usize {
        let (mut at, mut words, mut spare, mut signs) = (key, self.before_key, SPARE, SIGNS);
        while at > 0 {
            let token = &tokens.list[at - 1];
            let budget = if token.roles.is_sign() && signs > 0 {
                &mut signs
            } else if self.passes(token) && spare > 0 {
                &mut spare
            } else if words > 0 {
                &mut words
            } else {
                break;
            };
            *budget -= 1;
            at -= 1;
        }
        at
    }

    /// The longest match that begins at `from` in views up to `view`; one without a denial in it comes
    /// before one with.
    ///
    /// Two sets of places are kept: `plain`, where every denial passed was one of the phrase's own
    /// words ("*don't* want to live"), and `denied`, where one was passed over ("veux *pas* mourir").
    fn run(&self, tokens: &Tokens, from: usize, view: View) -> Option<Hit> {
        let own = self.own(tokens, from, view);
        let mut plain = own & self.first;
        // A phrase tied to the text's start: its first place is passed before the first word.
        if from == 0 && self.starts & self.first != 0 {
            plain |= self.after(self.starts & self.first) & (own | self.any);
        }
        if plain == 0 {
            return None;
        }
        let negator = Role::Negator;
        let (mut denied, mut denied_at) = (0, None);
        let (mut fresh_plain, mut fresh_denied) = (plain, denied);
        let (mut best_plain, mut best_denied) = (None, None);
        let mut denies = tokens.list[from].roles.is(self.lang, negator);
        let (mut spare, mut signs, mut left) = (SPARE, SIGNS, self.longest + SPARE);
        let mut at = from;
        while plain | denied != 0 {
            // Only a word of the phrase ends it: a denial that follows belongs to what comes next.
            if self.finishes(fresh_plain, tokens, at) {
                best_plain = Some(Hit { phrase: 0, from, to: at, denies, denied_at: None });
            } else if self.finishes(fresh_denied, tokens, at) {
                best_denied = Some(Hit { phrase: 0, from, to: at, denies, denied_at });
            }
            at += 1;
            let Some(token) = tokens.list.get(at).filter(|_| left > 0) else { break };
            let own = self.own(tokens, at, view);
            let (after_plain, after_denied) = (self.after(plain), self.after(denied));
            if token.roles.is_sign() && signs > 0 {
                signs -= 1;
                fresh_plain = after_plain & own;
                fresh_denied = after_denied & own;
                plain |= fresh_plain;
                denied |= fresh_denied;
                continue;
            }
            left -= 1;
            // Gap words never reach over the end of a sentence; the phrase's own words may.
            let gap = if token.new_sentence { 0 } else { self.any };
            let is_denial = token.roles.is(self.lang, negator);
            fresh_plain = after_plain & if is_denial { own } else { own | gap };
            fresh_denied = after_denied & (own | gap) | if is_denial { after_plain & gap } else { 0 };
            let passed_over = spare > 0 && self.passes(token);
            spare -= usize::from(passed_over);
            let (kept_plain, kept_denied) = match (passed_over, is_denial) {
                (true, true) => (0, plain | denied),
                (true, false) => (plain, denied),
                (false, _) => (0, 0),
            };
            if is_denial {
                denies |= fresh_plain != 0;
                denied_at = denied_at.or(Some(at));
            }
            plain = fresh_plain | kept_plain;
            denied = fresh_denied | kept_denied;
        }
        best_plain.or(best_denied)
    }

    fn finishes(&self, places: Places, tokens: &Tokens, at: usize) -> bool {
        let at_end = at + 1 == tokens.list.len() && self.ends != 0;
        places & self.last != 0 || at_end && self.after(places) & self.ends & self.last != 0
    }

    #[inline]
    fn own(&self, tokens: &Tokens, at: usize, view: View) -> Places {
        let reads = tokens.reads(&tokens.list[at]).iter().filter(|read| read.1 <= view);
        reads.fold(0, |places, read| places | self.places_of(read.0))
    }

    #[inline]
    fn places_of(&self, symbol: Symbol) -> Places {
        match self.fits.binary_search_by_key(&symbol, |(known, _)| *known) {
            Ok(at) => self.fits[at].1,
            Err(_) => 0,
        }
    }

    #[inline]
    fn after(&self, mut active: Places) -> Places {
        let mut next = 0;
        while active != 0 {
            next |= self.follow[active.trailing_zeros() as usize];
            active &= active - 1;
        }
        next
    }
}

/// Whether a word may be passed over in no language at all: used when keys are chosen.
pub(crate) fn is_plain(roles: Roles) -> bool {
    roles == Roles::NONE
}
