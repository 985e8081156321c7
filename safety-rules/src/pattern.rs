//! The compact form phrases are written in, read into a tree. Shared with the build script, so that a
//! phrase that cannot be read does not build.
//!
//! `a b` words in order · `a|b` either word · `(a b|c)` either group · `x?` may be missing ·
//! `x*` any word that begins so · `@name` a class from `_classes.toml` · `~` up to two words ·
//! `~4` up to four · `^` and `$` the first and last place of a text (soft rules only).
//! It must never know about a text being screened. Read next: `compile.rs`.

use std::rc::Rc;

/// A phrase as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// Exactly this word.
    Word(Rc<str>),
    /// Any word that begins so.
    Prefix(Rc<str>),
    /// Any one word.
    Any,
    /// Before the first or after the last word.
    Edge(Edge),
    /// One after the other.
    Seq(Vec<Node>),
    /// One of these.
    Alt(Vec<Node>),
}

/// The two ends of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Before the first word.
    Start,
    /// After the last word.
    End,
}

impl Node {
    fn optional(self) -> Self {
        Self::Alt(vec![self, Self::Seq(Vec::new())])
    }

    /// Places it takes in a machine: single words that may stand for each other share one.
    pub(crate) fn places(&self) -> usize {
        match self {
            Self::Word(_) | Self::Prefix(_) | Self::Any | Self::Edge(_) => 1,
            Self::Seq(nodes) => nodes.iter().map(Self::places).sum(),
            Self::Alt(nodes) => {
                let (single, longer): (Vec<_>, Vec<_>) = nodes.iter().partition(|node| node.is_single_word());
                usize::from(!single.is_empty()) + longer.into_iter().map(Self::places).sum::<usize>()
            }
        }
    }

    /// One word, whole or by its beginning.
    pub(crate) fn is_single_word(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Prefix(_))
    }

    /// Whether every reading of it holds at least one word of its own, by which it can be found.
    #[allow(dead_code, reason = "asked by the build script")]
    pub(crate) fn has_key(&self) -> bool {
        match self {
            Self::Word(_) | Self::Prefix(_) => true,
            Self::Any | Self::Edge(_) => false,
            Self::Seq(nodes) => nodes.iter().any(Self::has_key),
            Self::Alt(nodes) => nodes.iter().all(Self::has_key),
        }
    }

    /// Whether the phrase is tied to an end of the text, so that words around it would hide it.
    #[allow(dead_code, reason = "asked by the build script")]
    pub(crate) fn has_edge(&self) -> bool {
        match self {
            Self::Edge(_) => true,
            Self::Seq(nodes) | Self::Alt(nodes) => nodes.iter().any(Self::has_edge),
            Self::Word(_) | Self::Prefix(_) | Self::Any => false,
        }
    }
}

/// Most places one phrase may take: the machine keeps them as bits of one number.
pub(crate) const MOST_PLACES: usize = 128;

/// Elided words that stand before an apostrophe as words of their own: `j'ai`, `qu'il`.
const ELIDED: &[&str] = &["j", "m", "t", "s", "c", "n", "l", "d", "qu", "jusqu", "lorsqu", "puisqu", "quelqu"];

/// Whether an apostrophe after `before` parts two words (`j'ai`) or is dropped (`don't`).
pub(crate) fn elides(before: &[char]) -> bool {
    before.len() <= 6 && ELIDED.iter().any(|elided| elided.chars().eq(before.iter().copied()))
}

/// A word as a phrase writes it, cut as the tokenizer cuts a text: at apostrophes that part words, and
/// around each Chinese character.
pub(crate) fn cut_word(word: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = word.chars().peekable();
    while let Some(c) = letters.next() {
        let last = words.last_mut().map(std::mem::take).unwrap_or_default();
        let parts = match c {
            '\'' if letters.peek().is_some() && elides(&last.chars().collect::<Vec<_>>()) => {
                vec![last, String::new()]
            }
            '\'' => vec![last],
            c if is_han(c) => vec![last, c.to_string(), String::new()],
            c => vec![last + c.encode_utf8(&mut [0; 4])],
        };
        words.pop();
        words.extend(parts);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Letters, digits, vowel signs and marks of the scripts we write in.
fn belongs(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\'' | '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{900}'..='\u{97f}' | '\u{200c}' | '\u{200d}')
}

/// Reads a phrase. `class` gives the tree of a named class.
///
/// # Errors
/// Says in words what is wrong and near what.
pub(crate) fn parse(text: &str, class: &dyn Fn(&str) -> Option<Node>) -> Result<Node, String> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, class };
    let node = parser.sequence(Level::Top)?;
    match parser.peek() {
        None if split(node.clone()).iter().any(|piece| piece.places() > MOST_PLACES) => {
            Err(format!("`{text}`: {} places with all its alternatives; write it as two phrases", node.places()))
        }
        None => Ok(node),
        Some(found) => Err(format!("`{text}`: unexpected `{found}` at character {}", parser.at + 1)),
    }
}

/// Reads a class: groups parted by `|`, as inside parentheses.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_class(text: &str, class: &dyn Fn(&str) -> Option<Node>) -> Result<Node, String> {
    parse(&format!("({text})"), class)
}

/// Most machines that one phrase may become.
const MOST_PIECES: usize = 32;

/// A phrase of too many places as several that say the same together: its longest list of
/// alternatives is halved until each piece fits.
pub(crate) fn split(node: Node) -> Vec<Node> {
    let mut done = Vec::new();
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        let can_go_on = node.places() > MOST_PLACES && done.len() + waiting.len() < MOST_PIECES;
        match halves(&node).filter(|_| can_go_on) {
            Some(halves) => waiting.extend(halves),
            None => done.push(node),
        }
    }
    done
}

fn halves(node: &Node) -> Option<[Node; 2]> {
    match node {
        Node::Alt(nodes) if nodes.len() > 1 => {
            let (left, right) = nodes.split_at(nodes.len() / 2);
            Some([Node::Alt(left.to_vec()), Node::Alt(right.to_vec())])
        }
        Node::Seq(nodes) => {
            let at = (0..nodes.len()).max_by_key(|at| nodes[*at].places())?;
            let with = |piece: Node| {
                let mut nodes = nodes.clone();
                nodes[at] = piece;
                Node::Seq(nodes)
            };
            halves(&nodes[at]).map(|pieces| pieces.map(with))
        }
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// `|` parts single words.
    Top,
    /// Inside parentheses `|` parts groups.
    Group,
}

struct Parser<'a> {
    chars: Vec<char>,
    at: usize,
    class: &'a dyn Fn(&str) -> Option<Node>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn sequence(&mut self, level: Level) -> Result<Node, String> {
        let mut nodes = Vec::new();
        loop {
            while self.peek().is_some_and(char::is_whitespace) {
                self.at += 1;
            }
            match self.peek() {
                None | Some(')') => break,
                Some('|') if level == Level::Group => break,
                Some(_) => {}
            }
            let mut node = self.item()?;
            if level == Level::Top && self.peek() == Some('|') {
                let mut either = vec![node];
                while self.take('|') {
                    either.push(self.item()?);
                }
                node = Node::Alt(either);
            }
            nodes.push(node);
        }
        Ok(match nodes.len() {
            1 => nodes.remove(0),
            _ => Node::Seq(nodes),
        })
    }

    fn item(&mut self) -> Result<Node, String> {
        let node = if self.take('(') {
            let mut groups = vec![self.sequence(Level::Group)?];
            while self.take('|') {
                groups.push(self.sequence(Level::Group)?);
            }
            if !self.take(')') {
                return Err(format!("a `(` is not closed before character {}", self.at + 1));
            }
            Node::Alt(groups)
        } else if self.take('~') {
            let words = self.peek().and_then(|c| c.to_digit(10));
            self.at += usize::from(words.is_some());
            let gap = vec![Node::Any.optional(); words.unwrap_or(2) as usize];
            Node::Seq(gap)
        } else if self.take('^') {
            Node::Edge(Edge::Start)
        } else if self.take('$') {
            Node::Edge(Edge::End)
        } else if self.take('@') {
            let name = self.letters(|c| c.is_alphanumeric() || c == '_');
            (self.class)(&name).ok_or(format!("there is no class `@{name}`"))?
        } else {
            self.word()?
        };
        Ok(if self.take('?') { node.optional() } else { node })
    }

    fn word(&mut self) -> Result<Node, String> {
        let word = self.letters(belongs);
        if word.is_empty() || word.chars().any(char::is_uppercase) {
            let found = self.peek().map_or_else(|| "the end".into(), |c| format!("`{c}`"));
            return Err(format!("expected a lower-case word at character {}, found {found}", self.at + 1));
        }
        if self.take('*') {
            return if word.chars().count() >= 3 {
                Ok(Node::Prefix(word.into()))
            } else {
                Err(format!("`{word}*` is too short: at least three letters before `*`"))
            };
        }
        let mut words: Vec<Node> = cut_word(&word).into_iter().map(|word| Node::Word(word.into())).collect();
        Ok(if words.len() == 1 { words.remove(0) } else { Node::Seq(words) })
    }

    fn letters(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let from = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }
}
