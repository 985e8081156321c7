//! Phrase data made ready for matching: once, at first use, from data the build script has checked.
//!
//! It must never drop a phrase silently. Read next: `matcher.rs`.

use crate::langs;
use crate::matcher::{Machine, Matcher, Places, is_plain};
use crate::pattern::{self, Edge, MOST_PLACES, Node};
use crate::roles::Roles;
use crate::table::{self, Row};
use crate::words::{Symbol, Words};
use domain::{Category, RuleId};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A rule as the data files write it.
pub(crate) struct RuleData {
    pub(crate) id: &'static str,
    pub(crate) version: u16,
    pub(crate) category: Category,
    pub(crate) severity: &'static str,
    pub(crate) lang: &'static str,
    pub(crate) why: &'static str,
    pub(crate) phrases: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/data.rs"));

/// A rule ready for use.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: RuleId,
    pub(crate) version: u16,
    pub(crate) category: Category,
    pub(crate) row: &'static Row,
    pub(crate) why: &'static str,
    pub(crate) lang: u8,
}

/// What a structure phrase tells about a finding near it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// "I don't think …": denies what follows.
    Negating,
    /// "not gonna lie": looks like a denial and is none.
    NotNegating,
    /// "my best friend": somebody else's story.
    Others,
    /// "last year".
    Past,
    /// "last week": not now, and not over either.
    Recent,
    /// "still": the past goes on.
    Still,
    /// "tonight".
    Now,
    /// "die of laughter".
    Figurative,
    /// "a documentary about".
    Topic,
    /// "the song goes".
    Quote,
}

/// Everything that screening needs.
#[derive(Debug)]
pub(crate) struct Rulebook {
    pub(crate) words: Words,
    pub(crate) rules: Vec<Rule>,
    /// Phrases of rules, and which rule each belongs to.
    pub(crate) phrases: Matcher,
    pub(crate) rule_of: Vec<u16>,
    /// Phrases of structure, and what each says.
    pub(crate) cues: Matcher,
    pub(crate) cue_of: Vec<Cue>,
    /// For each language, how far before a hit a denial belongs to it.
    pub(crate) denial_reach: Vec<usize>,
}

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the build script and a test have read the same data with the same code"
    )]
    Rulebook::read().expect("the phrase data are checked when the crate is built")
});

impl Rulebook {
    /// The rulebook compiled into the binary.
    pub(crate) fn shipped() -> &'static Self {
        &RULEBOOK
    }

    fn read() -> Result<Self, String> {
        let mut words = Words::default();
        for (tag, role, list) in WORDS {
            let lang = langs::number(tag).ok_or("a language without a number")?;
            for piece in list.split_whitespace().flat_map(pattern::cut_word) {
                match Roles::named(lang, role) {
                    Roles::NONE => words.add_ordinary(&piece, lang),
                    named => words.give_role(&piece, lang, named).ok_or("too many words")?,
                }
            }
        }
        let mut denial_reach = vec![4; langs::LANGS.len()];
        for (tag, name, value) in SETTINGS {
            let lang = langs::number(tag).ok_or("a language without a number")?;
            match *name {
                "denial_reach" => {
                    denial_reach[usize::from(lang)] = value.parse().map_err(|_| "denial_reach is a number")?;
                }
                "written_onto_the_front" => words.add_affixes(value, setting(tag, "written_onto_the_end")),
                _ => {}
            }
        }
        for (sign, meanings) in SIGNS {
            words.add_sign(sign, meanings).ok_or("too many words")?;
        }
        let mut classes: HashMap<(&str, &str), Node> = HashMap::new();
        for (lang, name, body) in CLASSES {
            let node = pattern::parse_class(body, &|class| classes.get(&(*lang, class)).cloned())?;
            classes.insert((*lang, *name), node);
        }
        let parse = |lang: &'static str, phrase: &str| {
            pattern::parse(phrase, &|class| classes.get(&(lang, class)).cloned())
                .map_err(|error| format!("`{phrase}`: {error}"))
        };
        let (mut rules, mut rule_of, mut phrases) = (Vec::new(), Vec::new(), Vec::new());
        for data in RULES {
            let lang = langs::number(data.lang).ok_or("a language without a number")?;
            let row = table::find(data.category, data.severity).ok_or("a rule names no row of the table")?;
            let index = u16::try_from(rules.len()).map_err(|_| "more than 65,535 rules")?;
            rules.push(Rule {
                id: RuleId::new(data.id),
                version: data.version,
                category: data.category,
                row,
                why: data.why,
                lang,
            });
            for phrase in lines(data.phrases) {
                let tree = parse(data.lang, phrase)?;
                for piece in pattern::split(tree) {
                    phrases.push(build(&piece, lang, &mut words).map_err(|e| format!("`{phrase}`: {e}"))?);
                    rule_of.push(index);
                }
            }
        }
        let (mut cues, mut cue_of) = (Vec::new(), Vec::new());
        for (tag, role, list) in CUES {
            let lang = langs::number(tag).ok_or("a language without a number")?;
            for phrase in lines(list) {
                let tree = parse(tag, phrase)?;
                for piece in pattern::split(tree) {
                    cues.push(build(&piece, lang, &mut words).map_err(|e| format!("`{phrase}`: {e}"))?);
                    cue_of.push(cue(role)?);
                }
            }
        }
        let start = words.symbol("^", None).ok_or("too many words")?;
        let end = words.symbol("$", None).ok_or("too many words")?;
        let of_rules = usages(&phrases, words.count());
        words.finish(|symbol| symbol != start && symbol != end && of_rules[usize::from(symbol)] > 0);
        let phrases = index(phrases, &words, &of_rules)?;
        let of_cues = usages(&cues, words.count());
        let cues = index(cues, &words, &of_cues)?;
        Ok(Self { words, rules, phrases, rule_of, cues, cue_of, denial_reach })
    }
}

fn setting(lang: &str, name: &str) -> &'static str {
    SETTINGS.iter().find(|setting| setting.0 == lang && setting.1 == name).map_or("", |setting| setting.2)
}

fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn cue(role: &str) -> Result<Cue, String> {
    Ok(match role {
        "negating" => Cue::Negating,
        "not_negating" => Cue::NotNegating,
        "others" => Cue::Others,
        "past" => Cue::Past,
        "recent" => Cue::Recent,
        "still" => Cue::Still,
        "now" => Cue::Now,
        "figurative" => Cue::Figurative,
        "topic" => Cue::Topic,
        "quote" => Cue::Quote,
        _ => return Err(format!("`{role}` is no cue")),
    })
}

/// A machine before its key is chosen.
struct Draft {
    machine: Machine,
    /// For each place the words that fit; none where any word does.
    symbols: Vec<Vec<Symbol>>,
    tree: Keys,
}

/// The tree reduced to what is needed to choose a key: which symbols must be there.
enum Keys {
    One(Symbol),
    Nothing,
    /// Each part with the words of its longest reading.
    Seq(Vec<(usize, Keys)>),
    Alt(Vec<Keys>),
}

/// What a part of a phrase begins and ends with.
struct Part {
    first: Places,
    last: Places,
    empty: bool,
    longest: usize,
    keys: Keys,
}

fn build(node: &Node, lang: u8, words: &mut Words) -> Result<Draft, String> {
    let machine = Machine { lang, ..Machine::default() };
    let mut draft = Draft { machine, symbols: Vec::new(), tree: Keys::Nothing };
    let part = place(node, &mut draft, words)?;
    if part.empty {
        return Err("it would match an empty text".into());
    }
    // A gap at an end would only stretch the match over words that are none of the phrase's.
    draft.machine.first = part.first & !draft.machine.any;
    draft.machine.last = part.last & !draft.machine.any;
    draft.machine.longest = part.longest;
    draft.tree = part.keys;
    let mut fits: HashMap<Symbol, Places> = HashMap::new();
    for (at, symbols) in draft.symbols.iter().enumerate() {
        for symbol in symbols {
            *fits.entry(*symbol).or_default() |= 1 << at;
        }
    }
    draft.machine.fits = fits.into_iter().collect();
    draft.machine.fits.sort_unstable();
    Ok(draft)
}

fn place(node: &Node, draft: &mut Draft, words: &mut Words) -> Result<Part, String> {
    match node {
        Node::Word(_) | Node::Prefix(_) => leaf(draft, vec![single(node, draft.machine.lang, words)?]),
        Node::Any => leaf(draft, Vec::new()).inspect(|part| draft.machine.any |= part.first),
        Node::Edge(edge) => {
            let mark = if *edge == Edge::Start { "^" } else { "$" };
            let mut part = leaf(draft, vec![words.symbol(mark, None).ok_or("too many words")?])?;
            match edge {
                Edge::Start => draft.machine.starts |= part.first,
                Edge::End => draft.machine.ends |= part.first,
            }
            part.keys = Keys::Nothing;
            Ok(part)
        }
        Node::Seq(nodes) => {
            let mut whole = Part { first: 0, last: 0, empty: true, longest: 0, keys: Keys::Nothing };
            let mut keys = Vec::new();
            for node in nodes {
                let next = place(node, draft, words)?;
                link(draft, whole.last, next.first);
                whole.first |= if whole.empty { next.first } else { 0 };
                whole.last = next.last | if next.empty { whole.last } else { 0 };
                whole.empty &= next.empty;
                whole.longest += next.longest;
                keys.push((next.longest, next.keys));
            }
            whole.keys = Keys::Seq(keys);
            Ok(whole)
        }
        Node::Alt(nodes) => {
            let mut whole = Part { first: 0, last: 0, empty: false, longest: 0, keys: Keys::Nothing };
            let mut keys = Vec::new();
            let (words_only, longer): (Vec<_>, Vec<_>) = nodes.iter().partition(|node| node.is_single_word());
            let mut parts = Vec::new();
            if !words_only.is_empty() {
                let symbols = words_only
                    .iter()
                    .map(|node| single(node, draft.machine.lang, words))
                    .collect::<Result<_, _>>()?;
                parts.push(leaf(draft, symbols)?);
            }
            for node in longer {
                parts.push(place(node, draft, words)?);
            }
            for next in parts {
                whole.first |= next.first;
                whole.last |= next.last;
                whole.empty |= next.empty;
                whole.longest = whole.longest.max(next.longest);
                keys.push(next.keys);
            }
            whole.keys = if whole.empty { Keys::Nothing } else { Keys::Alt(keys) };
            Ok(whole)
        }
    }
}

fn single(node: &Node, lang: u8, words: &mut Words) -> Result<Symbol, String> {
    let symbol = match node {
        Node::Word(word) => words.symbol(word, Some(lang)),
        Node::Prefix(start) => words.prefix_symbol(start, Some(lang)),
        Node::Any | Node::Edge(_) | Node::Seq(_) | Node::Alt(_) => None,
    };
    symbol.ok_or("more words than can be numbered".into())
}

fn leaf(draft: &mut Draft, symbols: Vec<Symbol>) -> Result<Part, String> {
    let at = draft.symbols.len();
    if at == MOST_PLACES {
        return Err(format!("it has more than {MOST_PLACES} places; write it as two phrases"));
    }
    let keys = match symbols.as_slice() {
        [] => Keys::Nothing,
        [one] => Keys::One(*one),
        many => Keys::Alt(many.iter().map(|symbol| Keys::One(*symbol)).collect()),
    };
    draft.symbols.push(symbols);
    draft.machine.follow.push(0);
    let places = 1 << at;
    Ok(Part { first: places, last: places, empty: false, longest: 1, keys })
}

fn link(draft: &mut Draft, from: Places, to: Places) {
    for (at, follow) in draft.machine.follow.iter_mut().enumerate() {
        if from & (1 << at) != 0 {
            *follow |= to;
        }
    }
}

/// In how many phrases each word is used: common words make poor keys.
fn usages(drafts: &[Draft], count: usize) -> Vec<u32> {
    let mut usages = vec![0; count];
    for draft in drafts {
        for (symbol, _) in &draft.machine.fits {
            usages[usize::from(*symbol)] += 1;
        }
    }
    usages
}

fn index(drafts: Vec<Draft>, words: &Words, usages: &[u32]) -> Result<Matcher, String> {
    let mut matcher = Matcher { machines: Vec::with_capacity(drafts.len()), ..Matcher::default() };
    let mut keyed: Vec<Vec<u32>> = vec![Vec::new(); words.count()];
    for mut draft in drafts {
        let phrase = u32::try_from(matcher.machines.len()).map_err(|_| "too many phrases")?;
        let cost = |symbol: Symbol| {
            let passed_over = if is_plain(words.roles(symbol)) { 1 } else { 200 };
            let in_every_text = if words.is_common(symbol) { 100 } else { 0 };
            usages[usize::from(symbol)] + passed_over + in_every_text
        };
        let Choice { mut keys, before, .. } =
            cheapest(&draft.tree, &cost).ok_or("a phrase has no word that must be there")?;
        draft.machine.before_key = before;
        keys.sort_unstable();
        keys.dedup();
        draft.machine.second = second_key(&draft.tree, &keys, &cost);
        for key in keys {
            keyed[usize::from(key)].push(phrase);
        }
        matcher.machines.push(draft.machine);
    }
    for phrases in keyed {
        matcher.keyed.push(u32::try_from(matcher.phrases.len()).map_err(|_| "too many phrases")?);
        matcher.phrases.extend(phrases);
    }
    matcher.keyed.push(u32::try_from(matcher.phrases.len()).map_err(|_| "too many phrases")?);
    Ok(matcher)
}

/// Most words of a second key: asking after more would cost more than it saves.
const MOST_SECONDS: usize = 64;

/// The smallest other set of words of which one must be in the text.
fn second_key(tree: &Keys, key: &[Symbol], cost: &dyn Fn(Symbol) -> u32) -> Vec<Symbol> {
    let Keys::Seq(parts) = tree else { return Vec::new() };
    let mut best: Vec<Symbol> = Vec::new();
    for (_, part) in parts {
        let Some(mut other) = cheapest(part, cost).map(|choice| choice.keys) else { continue };
        other.sort_unstable();
        other.dedup();
        if other != key && other.len() <= MOST_SECONDS && (best.is_empty() || other.len() < best.len()) {
            best = other;
        }
    }
    best
}

/// A set of words of which one must be in the text.
struct Choice {
    cost: u32,
    keys: Vec<Symbol>,
    /// Most words of the phrase that may stand before one of them.
    before: usize,
}

/// The cheapest such set.
fn cheapest(tree: &Keys, cost: &dyn Fn(Symbol) -> u32) -> Option<Choice> {
    match tree {
        Keys::One(symbol) => Some(Choice { cost: cost(*symbol), keys: vec![*symbol], before: 0 }),
        Keys::Nothing => None,
        Keys::Seq(parts) => {
            let mut best: Option<Choice> = None;
            let mut before = 0;
            for (longest, part) in parts {
                if let Some(choice) = cheapest(part, cost)
                    && best.as_ref().is_none_or(|best| choice.cost < best.cost)
                {
                    best = Some(Choice { before: before + choice.before, ..choice });
                }
                before += longest;
            }
            best
        }
        Keys::Alt(parts) => {
            let mut whole = Choice { cost: 0, keys: Vec::new(), before: 0 };
            for part in parts {
                let choice = cheapest(part, cost)?;
                whole.cost += choice.cost;
                whole.keys.extend(choice.keys);
                whole.before = whole.before.max(choice.before);
            }
            Some(whole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_data_can_be_read() {
        let book = Rulebook::read().unwrap();
        assert_eq!(book.rules.len(), RULES.len());
        assert_eq!(book.phrases.machines.len(), book.rule_of.len());
    }
}
