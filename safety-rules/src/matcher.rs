//! Finds phrases in a list of words, in time that grows with the list's length and no faster.
//!
//! Each phrase has a key word; only phrases whose key word is there are tried, and only around it.
//! It must never judge what it finds. Read next: `structure.rs`.

use crate::tokens::Tokens;
use crate::words::{Roles, Symbol};

/// A set of up to 128 places of a phrase.
pub(crate) type Places = u128;
/// Fillers and denials that may stand inside one phrase.
const SPARE: usize = 5;

/// A phrase as a machine: which place may follow which, and which words fit where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
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
    /// For each symbol, the phrases it is a key of.
    pub(crate) keyed: Vec<Vec<u32>>,
}

impl Matcher {
    /// Every place where a phrase stands; for each start the longest.
    pub(crate) fn find(&self, tokens: &Tokens) -> Vec<Hit> {
        let mut tries: Vec<(u32, u32)> = Vec::new();
        for (at, token) in tokens.list.iter().enumerate() {
            for symbol in tokens.symbols(token) {
                for phrase in self.keyed.get(usize::from(*symbol)).into_iter().flatten() {
                    tries.push((*phrase, u32::try_from(at).unwrap_or(u32::MAX)));
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
            let reach = machine.longest + SPARE;
            let begin = next_start.max(machine.begin(tokens, at as usize));
            for from in begin..=(at as usize) {
                hits.extend(machine.run(tokens, from, reach).map(|hit| Hit { phrase, ..hit }));
            }
            next_start = next_start.max(at as usize + 1);
        }
        hits
    }
}

impl Machine {
    /// The first word at which a match around the key word `key` may begin: words that may be passed
    /// over are free, within measure.
    fn begin(&self, tokens: &Tokens, key: usize) -> usize {
        let (mut at, mut words, mut spare) = (key, self.before_key, SPARE);
        while at > 0 {
            let roles = tokens.list[at - 1].roles;
            let passes = roles.is(Roles::FILLER) || roles.is(Roles::NEGATOR);
            if passes && spare > 0 {
                spare -= 1;
            } else if words > 0 {
                words -= 1;
            } else {
                break;
            }
            at -= 1;
        }
        at
    }

    /// The longest match that begins at `from`; one without a denial in it comes before one with.
    ///
    /// Two sets of places are kept: `plain`, where every denial passed was one of the phrase's own
    /// words ("*don't* want to live"), and `denied`, where one was passed over ("veux *pas* mourir").
    fn run(&self, tokens: &Tokens, from: usize, reach: usize) -> Option<Hit> {
        let mut plain = self.fitting(tokens, from) & self.first;
        // A phrase tied to the text's start: its first place is passed before the first word.
        if from == 0 && self.starts & self.first != 0 {
            plain |= self.after(self.starts & self.first) & self.fitting(tokens, from);
        }
        let (mut denied, mut denied_at) = (0, None);
        let (mut fresh_plain, mut fresh_denied) = (plain, denied);
        let (mut best_plain, mut best_denied) = (None, None);
        let mut denies = tokens.list[from].roles.is(Roles::NEGATOR);
        let mut spare = SPARE;
        let mut at = from;
        while plain | denied != 0 {
            // Only a word of the phrase ends it: a denial that follows belongs to what comes next.
            if self.finishes(fresh_plain, tokens, at) {
                best_plain = Some(Hit { phrase: 0, from, to: at, denies, denied_at: None });
            } else if self.finishes(fresh_denied, tokens, at) {
                best_denied = Some(Hit { phrase: 0, from, to: at, denies, denied_at });
            }
            at += 1;
            let Some(token) = tokens.list.get(at).filter(|_| at - from <= reach) else { break };
            let own = self.own(tokens, at);
            // Gap words never reach over the end of a sentence; the phrase's own words may.
            let gap = if token.new_sentence { 0 } else { self.any };
            let is_denial = token.roles.is(Roles::NEGATOR);
            let (after_plain, after_denied) = (self.after(plain), self.after(denied));
            fresh_plain = after_plain & if is_denial { own } else { own | gap };
            fresh_denied = after_denied & (own | gap) | if is_denial { after_plain & gap } else { 0 };
            let passed_over = spare > 0 && (is_denial || token.roles.is(Roles::FILLER));
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

    fn own(&self, tokens: &Tokens, at: usize) -> Places {
        let token = &tokens.list[at];
        tokens.symbols(token).iter().fold(0, |places, symbol| places | self.places_of(*symbol))
    }

    fn fitting(&self, tokens: &Tokens, at: usize) -> Places {
        self.own(tokens, at) | self.any
    }

    fn places_of(&self, symbol: Symbol) -> Places {
        match self.fits.binary_search_by_key(&symbol, |(known, _)| *known) {
            Ok(at) => self.fits[at].1,
            Err(_) => 0,
        }
    }

    fn after(&self, mut active: Places) -> Places {
        let mut next = 0;
        while active != 0 {
            next |= self.follow[active.trailing_zeros() as usize];
            active &= active - 1;
        }
        next
    }
}
