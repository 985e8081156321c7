//! A reading cut into words, each word with the rule words it may stand for.
//!
//! It must never decide what is dangerous. Read next: `words.rs`, `matcher.rs`.

use crate::letters::Reading;
use crate::pattern::elides;
use crate::words::{Roles, Symbol, Words};
use domain::Span;
use unicode_normalization::char::is_combining_mark;

/// One word of a reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Letters of the reading, half open.
    pub(crate) from: usize,
    /// See `from`.
    pub(crate) to: usize,
    symbols: (u32, u32),
    /// What kind of word it is.
    pub(crate) roles: Roles,
    /// A full stop, question mark or new line stands before it.
    pub(crate) new_sentence: bool,
    /// A comma or the like, or a new sentence, stands before it.
    pub(crate) new_clause: bool,
    /// A quotation mark or colon stands right before it.
    pub(crate) quoted: bool,
}

/// The words of one reading.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    symbols: Vec<Symbol>,
    /// A word was put right by spelling.
    pub(crate) spelling_helped: bool,
    /// A word is on no list, so it may be a misspelling.
    pub(crate) has_unknown: bool,
}

/// How far a word may be from the word list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spelling {
    /// As it stands.
    Exact,
    /// Lost doubles are allowed, and run-together words are cut: after letters were collapsed or joined.
    Squeezed,
    /// One slip of the finger is allowed.
    OneSlip,
}

impl Tokens {
    pub(crate) fn symbols(&self, token: &Token) -> &[Symbol] {
        &self.symbols[token.symbols.0 as usize..token.symbols.1 as usize]
    }

    /// Where tokens `from..=to` stand in the original.
    pub(crate) fn span(&self, reading: &Reading, from: usize, to: usize) -> Span {
        reading.span(self.list[from].from, self.list[to].to)
    }

    /// The same words for every rule: matching it again could find nothing new.
    pub(crate) fn same_words(&self, other: &Self) -> bool {
        self.symbols == other.symbols
            && self.list.len() == other.list.len()
            && self.list.iter().zip(&other.list).all(|(a, b)| a.symbols == b.symbols)
    }

    /// Cuts a reading into words and looks each up.
    pub(crate) fn cut(reading: &Reading, words: &Words, spelling: Spelling) -> Self {
        let mut cutter = Cutter {
            tokens: Self { list: Vec::with_capacity(reading.letters.len() / 4 + 1), ..Self::default() },
            words,
            spelling,
            before: Before { new_sentence: true, new_clause: true, quoted: false },
            buffer: String::with_capacity(32),
        };
        let letters = &reading.letters;
        let mut at = 0;
        while at < letters.len() {
            if !in_word(letters[at].c) {
                cutter.before.see(letters[at].c);
                at += 1;
                continue;
            }
            let from = at;
            while at < letters.len() && (in_word(letters[at].c) || apostrophe_inside(reading, at)) {
                at += 1;
            }
            cutter.word(reading, from, at);
        }
        cutter.tokens
    }
}

fn in_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_combining_mark(c) }
}

fn apostrophe_inside(reading: &Reading, at: usize) -> bool {
    reading.letters[at].c == '\'' && reading.letters.get(at + 1).is_some_and(|next| in_word(next.c))
}

#[derive(Clone, Copy)]
struct Before {
    new_sentence: bool,
    new_clause: bool,
    quoted: bool,
}

impl Before {
    fn see(&mut self, c: char) {
        self.new_sentence |= matches!(c, '.' | '!' | '?' | '\n' | '…' | '。' | '！' | '？');
        self.new_clause |= self.new_sentence || matches!(c, ',' | ';' | ':' | '(' | ')' | '—' | '–' | '"');
        self.quoted = match c {
            '"' | '“' | '«' | ':' | '„' | '‹' | '\'' => true,
            _ => self.quoted && c.is_whitespace(),
        };
    }
}

struct Cutter<'a> {
    tokens: Tokens,
    words: &'a Words,
    spelling: Spelling,
    before: Before,
    buffer: String,
}

impl Cutter<'_> {
    /// A run of letters and apostrophes: one word, or two where the apostrophe parts them.
    fn word(&mut self, reading: &Reading, from: usize, to: usize) {
        let mut start = from;
        self.buffer.clear();
        for at in from..to {
            let c = reading.letters[at].c;
            if c != '\'' {
                self.buffer.push(c);
                continue;
            }
            let after = reading.letters.get(at + 1).filter(|_| at + 1 < to);
            if after.is_some() && elides(&self.buffer, "x") {
                self.push_word(start, at);
                self.buffer.clear();
                start = at + 1;
            }
        }
        self.push_word(start, to);
    }

    /// Looks the word in the buffer up; a glued word (`jveux`, `killmyself`) becomes several.
    fn push_word(&mut self, from: usize, to: usize) {
        if self.buffer.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.buffer);
        let first = self.tokens.symbols.len();
        let found = self.words.look_up(&word, self.spelling, &mut self.tokens.symbols);
        self.tokens.spelling_helped |= found.helped;
        if found.known {
            self.push(first, from, to);
        } else if let Some(pieces) = self.words.cut_glued(&word, self.spelling) {
            self.tokens.has_unknown = true;
            let letters = to - from;
            let count = word.chars().count();
            for (start, end) in pieces {
                let first = self.tokens.symbols.len();
                self.words.look_up(&word[start..end], Spelling::Exact, &mut self.tokens.symbols);
                // An apostrophe inside makes the run longer than the word: then all pieces stand for all of it.
                let place = |at: usize| word[..at].chars().count();
                let (piece_from, piece_to) =
                    if letters == count { (from + place(start), from + place(end)) } else { (from, to) };
                self.push(first, piece_from, piece_to);
            }
        } else {
            self.tokens.has_unknown |= word.len() >= 3;
            self.push(first, from, to);
        }
        self.buffer = word;
    }

    fn push(&mut self, first: usize, from: usize, to: usize) {
        let symbols = &self.tokens.symbols[first..];
        let roles = symbols.iter().fold(Roles::NONE, |roles, symbol| roles | self.words.roles(*symbol));
        let range = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.list.push(Token {
            from,
            to,
            symbols: (range(first), range(self.tokens.symbols.len())),
            roles,
            new_sentence: self.before.new_sentence,
            new_clause: self.before.new_clause,
            quoted: self.before.quoted,
        });
        self.before = Before { new_sentence: false, new_clause: false, quoted: false };
    }
}
