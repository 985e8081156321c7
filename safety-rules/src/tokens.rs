//! A reading cut into words, each word with the rule words it may stand for and the view that takes.
//!
//! It must never decide what is dangerous. Read next: `words.rs`, `matcher.rs`.

use crate::fold::is_han;
use crate::letters::{Letter, Reading, in_word};
use crate::pattern::elides;
use crate::roles::Roles;
use crate::spelling::{cut_elided, cut_glued, squeezed};
use crate::words::{LONGEST_WORD, Read, Words, finish, number, step};
use domain::{Span, View};

/// One word of a reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Letters of the reading, half open.
    pub(crate) from: u32,
    /// See `from`.
    pub(crate) to: u32,
    reads: (u32, u32),
    /// What kind of word it is, as written: a view never makes a denial.
    pub(crate) roles: Roles,
    /// A full stop, question mark or new line stands before it.
    pub(crate) new_sentence: bool,
    /// A comma or the like, or a new sentence, stands before it.
    pub(crate) new_clause: bool,
    /// A quotation mark or colon stands right before it.
    pub(crate) quoted: bool,
    /// A view of this word reads it as something else as well.
    pub(crate) disguised: bool,
}

/// The words of one reading.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    reads: Vec<Read>,
}

impl Tokens {
    /// The rule words a word may stand for.
    #[inline]
    pub(crate) fn reads(&self, token: &Token) -> &[Read] {
        &self.reads[token.reads.0 as usize..token.reads.1 as usize]
    }

    /// Where tokens `from..=to` stand in the original.
    pub(crate) fn span(&self, reading: &Reading, from: usize, to: usize) -> Span {
        reading.span(self.list[from].from as usize, self.list[to].to as usize)
    }

    /// Whether words put right by spelling say enough: a long word, or at most half of several words.
    /// A short word is a slip away from many, in twelve languages from most.
    pub(crate) fn misspelling_is_sure(&self, from: usize, to: usize) -> bool {
        const LONG: u32 = 7;
        let words = &self.list[from..=to];
        let is_slip = |token: &&Token| {
            let reads = self.reads(token);
            !reads.is_empty() && reads.iter().all(|read| read.1 == View::Misspelt)
        };
        let slips: Vec<&Token> = words.iter().filter(is_slip).collect();
        slips.len() * 2 <= words.len() && words.len() > 1
            || slips.iter().all(|token| token.to - token.from >= LONG)
    }

    /// Cuts a reading into words and looks each up.
    pub(crate) fn cut(reading: &Reading, words: &Words) -> Self {
        let letters = &reading.letters;
        let mut cutter = Cutter {
            tokens: Self {
                list: Vec::with_capacity(letters.len() / 4 + 4),
                reads: Vec::with_capacity(letters.len() + 16),
            },
            words,
            letters,
            joined: reading.view == View::Joined,
            leet: reading.hints.leet,
            mixed: reading.hints.foreign && reading.hints.latin,
            before: Before { new_sentence: true, new_clause: true, quoted: false },
            word: Vec::with_capacity(LONGEST_WORD * 2),
            last_sign: None,
        };
        let mut at = 0;
        while at < letters.len() {
            let c = letters[at].c;
            if !in_word(c) {
                cutter.sign_or_space(at);
                at += 1;
                continue;
            }
            let from = at;
            at += 1;
            if !is_han(c) {
                while at < letters.len()
                    && !is_han(letters[at].c)
                    && (in_word(letters[at].c) || apostrophe_inside(letters, at))
                {
                    at += 1;
                }
            }
            cutter.run(from, at);
        }
        cutter.tokens
    }
}

fn apostrophe_inside(letters: &[Letter], at: usize) -> bool {
    letters[at].c == '\'' && letters.get(at + 1).is_some_and(|next| in_word(next.c))
}

#[derive(Clone, Copy)]
struct Before {
    new_sentence: bool,
    new_clause: bool,
    quoted: bool,
}

impl Before {
    #[inline]
    fn see(&mut self, c: char) {
        if c == ' ' {
            return;
        }
        self.new_sentence |= matches!(c, '.' | '!' | '?' | '\n' | '…' | '。' | '！' | '？' | '؟' | '।' | '۔');
        self.new_clause |= self.new_sentence
            || matches!(c, ',' | ';' | ':' | '(' | ')' | '—' | '–' | '"' | '，' | '、' | '；' | '：' | '،' | '؛');
        self.quoted = match c {
            '"' | '“' | '«' | ':' | '„' | '‹' | '\'' | '「' | '『' | '：' | '”' => true,
            _ => self.quoted && c.is_whitespace(),
        };
    }
}

struct Cutter<'a> {
    tokens: Tokens,
    words: &'a Words,
    letters: &'a [Letter],
    joined: bool,
    leet: bool,
    mixed: bool,
    before: Before,
    word: Vec<char>,
    last_sign: Option<char>,
}

impl Cutter<'_> {
    /// A sign that has a meaning, such as 🔪, is a word that may always be passed over.
    fn sign_or_space(&mut self, at: usize) {
        let c = self.letters[at].c;
        self.before.see(c);
        if (c as u32) < 0x2190 || self.last_sign.replace(c) == Some(c) {
            return;
        }
        let number = number(&[c]);
        if self.words.langs_of(number).is_some() {
            let first = self.tokens.reads.len();
            self.words.look_up(&[c], number, false, &mut self.tokens.reads);
            for read in &mut self.tokens.reads[first..] {
                read.1 = View::Emoji;
            }
            let before = self.before;
            self.push(first, at, at + 1, Roles::SIGN);
            self.before = before;
        }
    }

    /// A run of letters and apostrophes: one word, or two where the apostrophe parts them.
    fn run(&mut self, from: usize, to: usize) {
        self.last_sign = None;
        let mut start = from;
        self.word.clear();
        for at in from..to {
            let c = self.letters[at].c;
            if c != '\'' {
                self.word.push(c);
            } else if at + 1 < to && elides(&self.word) {
                self.push_word(start, at);
                self.word.clear();
                start = at + 1;
            }
        }
        self.push_word(start, to);
    }

    /// Looks the word up in every view of a single word; a glued word (`jveux`, `killmyself`) becomes several.
    fn push_word(&mut self, from: usize, to: usize) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let first = self.tokens.reads.len();
        let number = finish(word.iter().fold(0, |hash, c| step(hash, *c)));
        let found = self.words.look_up(&word, number, self.mixed, &mut self.tokens.reads);
        let mut understood = found.known;
        if self.leet && word.iter().any(char::is_ascii_digit) {
            let before = self.tokens.reads.len();
            self.words.leet(&word, &mut self.tokens.reads);
            understood |= self.tokens.reads.len() > before;
        }
        if understood || word.len() < 3 || is_han(word[0]) {
            self.push(first, from, to, Roles::NONE);
        } else if let Some(pieces) = cut_elided(self.words, &word) {
            self.tokens.reads.truncate(first);
            self.push_pieces(&word, &pieces, from, to);
        } else if self.words.one_slip(&word, &mut self.tokens.reads) || found.helped {
            self.push(first, from, to, Roles::NONE);
        } else if let Some(pieces) = cut_glued(self.words, &word, self.joined) {
            self.push_pieces(&word, &pieces, from, to);
        } else if !self.push_stretched_pieces(&word, from, to) {
            self.push(first, from, to, Roles::NONE);
        }
        self.word = word;
    }

    fn push_pieces(&mut self, word: &[char], pieces: &[(usize, usize)], from: usize, to: usize) {
        for (start, end) in pieces {
            let first = self.tokens.reads.len();
            let piece = &word[*start..*end];
            self.words.look_up(piece, number(piece), false, &mut self.tokens.reads);
            // An apostrophe inside makes the run longer than the word: then all pieces stand for all of it.
            let whole = to - from != word.len();
            let (from, to) = if whole { (from, to) } else { (from + start, from + end) };
            self.push(first, from, to, Roles::NONE);
        }
    }

    /// `killmyselffff`: the same with its stretched letters as one.
    fn push_stretched_pieces(&mut self, word: &[char], from: usize, to: usize) -> bool {
        if !word.windows(3).any(|three| three[0] == three[1] && three[1] == three[2]) {
            return false;
        }
        for most in [2, 1] {
            let short = squeezed(word, most);
            let Some(pieces) = cut_glued(self.words, &short, self.joined) else { continue };
            for (start, end) in pieces {
                let first = self.tokens.reads.len();
                self.words.look_up(&short[start..end], number(&short[start..end]), false, &mut self.tokens.reads);
                for read in &mut self.tokens.reads[first..] {
                    read.1 = read.1.max(View::Collapsed);
                }
                self.push(first, from, to, Roles::NONE);
            }
            return true;
        }
        false
    }

    fn push(&mut self, first: usize, from: usize, to: usize, own: Roles) {
        let reads = &self.tokens.reads[first..];
        let written = |read: &&Read| read.1 == View::AsWritten;
        let roles = reads.iter().filter(written).fold(own, |roles, read| roles | self.words.roles(read.0));
        let disguised = reads.iter().any(|read| read.1 != View::AsWritten);
        let range = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.list.push(Token {
            from: range(from),
            to: range(to),
            reads: (range(first), range(self.tokens.reads.len())),
            roles,
            new_sentence: self.before.new_sentence,
            new_clause: self.before.new_clause,
            quoted: self.before.quoted,
            disguised,
        });
        self.before = Before { new_sentence: false, new_clause: false, quoted: false };
    }
}
