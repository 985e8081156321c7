//! Reads the phrase data, refuses what is wrong with it, and writes it into the crate as plain tables.
//!
//! It must never change what a phrase means. Read next: `src/pattern.rs`, `src/compile.rs`.

#[allow(dead_code, reason = "the build script uses half of it")]
#[path = "src/langs.rs"]
mod langs;
#[allow(dead_code, reason = "the build script uses half of it")]
#[path = "src/pattern.rs"]
mod pattern;
#[allow(dead_code, reason = "the build script uses half of it")]
#[path = "src/table.rs"]
mod table;

use domain::{Category, Urgency};
use pattern::Node;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseFile {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    version: u16,
    why: String,
    phrases: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Structure {
    #[serde(default)]
    settings: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
    cues: BTreeMap<String, String>,
}

const WORD_ROLES: &[&str] =
    &["filler", "negator", "subject", "object", "others", "friend", "sibling", "laugh", "trivial", "ordinary"];
const SETTINGS: &[&str] = &["denial_reach", "written_onto_the_front", "written_onto_the_end"];
const CUE_ROLES: &[&str] =
    &["negating", "not_negating", "others", "past", "recent", "still", "now", "figurative", "topic", "quote"];

fn main() -> std::process::ExitCode {
    match generate() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "cargo names the output folder in the environment")]
fn generate() -> Fallible<()> {
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rerun-if-changed=src/langs.rs");
    println!("cargo:rerun-if-changed=src/pattern.rs");
    println!("cargo:rerun-if-changed=src/table.rs");
    let mut out = String::new();
    let mut seen = BTreeSet::new();
    let (mut rules, mut words, mut cues, mut all_classes, mut settings) =
        (String::new(), String::new(), String::new(), String::new(), String::new());
    for lang in sorted(Path::new("data"))?.iter().filter(|path| path.is_dir()) {
        let tag = lang.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if langs::number(tag).is_none() {
            return Err(format!("{}: `{tag}` is not one of {}", lang.display(), langs::LANGS.join(", ")).into());
        }
        let classes = read_classes(&lang.join("_classes.toml"))?;
        for (name, body) in &classes.order {
            writeln!(all_classes, "    ({tag:?}, {name:?}, {body:?}),")?;
        }
        let structure_file = lang.join("_structure.toml");
        let structure: Structure = read_toml(&structure_file)?;
        for (name, value) in &structure.settings {
            known(name, SETTINGS, &structure_file)?;
            writeln!(settings, "    ({tag:?}, {name:?}, {value:?}),")?;
        }
        for (role, list) in &structure.words {
            known(role, WORD_ROLES, &structure_file)?;
            writeln!(words, "    ({tag:?}, {role:?}, {list:?}),")?;
        }
        for (role, list) in &structure.cues {
            known(role, CUE_ROLES, &structure_file)?;
            for phrase in phrases(list) {
                parse(phrase, &classes, &structure_file)?;
            }
            writeln!(cues, "    ({tag:?}, {role:?}, {list:?}),")?;
        }
        let real_words = lang.join("_real_words.txt");
        let list = read_text(&real_words)?;
        let list: Vec<&str> = phrases(&list).collect();
        writeln!(words, "    ({tag:?}, \"ordinary\", {:?}),", list.join(" "))?;
        for file in sorted(lang)? {
            let is_rules = file.extension().is_some_and(|e| e == "toml")
                && !file.file_name().and_then(|n| n.to_str()).unwrap_or_default().starts_with('_');
            if is_rules {
                write_rules(&file, tag, &classes, &mut seen, &mut rules)?;
            }
        }
    }
    writeln!(out, "pub(crate) static RULES: &[RuleData] = &[\n{rules}];")?;
    writeln!(out, "pub(crate) static CLASSES: &[(&str, &str, &str)] = &[\n{all_classes}];")?;
    writeln!(out, "pub(crate) static WORDS: &[(&str, &str, &str)] = &[\n{words}];")?;
    writeln!(out, "pub(crate) static SETTINGS: &[(&str, &str, &str)] = &[\n{settings}];")?;
    let mut signs = String::new();
    for (sign, meaning) in read_toml::<BTreeMap<String, String>>(Path::new("data/signs.toml"))? {
        writeln!(signs, "    ({sign:?}, {meaning:?}),")?;
    }
    writeln!(out, "pub(crate) static SIGNS: &[(&str, &str)] = &[\n{signs}];")?;
    let traditional = read_text(Path::new("data/zh/_traditional.txt"))?;
    writeln!(
        out,
        "/// Pairs of a traditional and a simplified character.\npub(crate) static TRADITIONAL: &str = {:?};",
        phrases(&traditional).collect::<Vec<_>>().join(" ")
    )?;
    writeln!(out, "pub(crate) static CUES: &[(&str, &str, &str)] = &[\n{cues}];")?;
    let target = PathBuf::from(std::env::var("OUT_DIR")?).join("data.rs");
    Ok(std::fs::write(target, out)?)
}

fn write_rules(
    file: &Path,
    lang: &str,
    classes: &Classes,
    seen: &mut BTreeSet<String>,
    out: &mut String,
) -> Fallible<()> {
    let content: PhraseFile = read_toml(file)?;
    for rule in content.rule {
        let at = format!("{}: rule `{}`", file.display(), rule.id);
        let parts: Vec<&str> = rule.id.split('.').collect();
        let [category, severity, tag, number] = parts[..] else {
            return Err(format!("{at}: expected an id such as `suicide.thoughts.{lang}.1`").into());
        };
        if tag != lang || number.parse::<u16>().is_err() {
            return Err(format!("{at}: expected it to end in `.{lang}.NUMBER`").into());
        }
        let index = Category::ALL.iter().position(|known| known.name() == category);
        let index = index.ok_or(format!("{at}: there is no category `{category}`"))?;
        let row = table::find(Category::ALL[index], severity)
            .ok_or(format!("{at}: the escalation table has no severity `{severity}` for `{category}`"))?;
        if !seen.insert(rule.id.clone()) {
            return Err(format!("{at}: there is already a rule of this name").into());
        }
        if rule.why.trim().len() < 10 {
            return Err(format!("{at}: say in `why` why it exists").into());
        }
        for phrase in phrases(&rule.phrases) {
            let node = parse(phrase, classes, file).map_err(|error| format!("{at}: {error}"))?;
            if node.has_edge() && row.urgency >= Urgency::Urgent {
                return Err(format!("{at}: `{phrase}`: `^` and `$` are for soft rules only").into());
            }
            if !seen.insert(format!("{category}/{lang}/{phrase}")) {
                return Err(format!("{at}: `{phrase}` stands twice in this category").into());
            }
        }
        writeln!(
            out,
            "    RuleData {{ id: {:?}, version: {}, category: domain::Category::ALL[{index}], severity: {severity:?}, lang: {lang:?}, why: {:?}, phrases: {:?} }},",
            rule.id, rule.version, rule.why, rule.phrases
        )?;
    }
    Ok(())
}

fn phrases(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[derive(Default)]
struct Classes {
    order: Vec<(String, String)>,
    nodes: BTreeMap<String, Node>,
}

/// Classes may use the ones above them; the file's order is kept by a number in front of no name, so a
/// class is read again until nothing new can be read.
fn read_classes(file: &Path) -> Fallible<Classes> {
    let mut waiting: Vec<(String, String)> = read_toml::<BTreeMap<String, String>>(file)?.into_iter().collect();
    let mut classes = Classes::default();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut error = String::new();
        for (name, body) in std::mem::take(&mut waiting) {
            match pattern::parse_class(&body, &|name| classes.nodes.get(name).cloned()) {
                Ok(node) => {
                    classes.nodes.insert(name.clone(), node);
                    classes.order.push((name, body));
                }
                Err(found) => {
                    error = format!("{}: class `{name}`: {found}", file.display());
                    waiting.push((name, body));
                }
            }
        }
        if waiting.len() == before {
            return Err(error.into());
        }
    }
    Ok(classes)
}

fn parse(phrase: &str, classes: &Classes, file: &Path) -> Fallible<Node> {
    let node = pattern::parse(phrase, &|name| classes.nodes.get(name).cloned())
        .map_err(|error| format!("{}: {error}", file.display()))?;
    if !node.has_key() {
        return Err(format!("{}: `{phrase}` has no word that must be there", file.display()).into());
    }
    Ok(node)
}

fn known(role: &str, roles: &[&str], file: &Path) -> Fallible<()> {
    if roles.contains(&role) {
        return Ok(());
    }
    Err(format!("{}: `{role}` is not one of {}", file.display(), roles.join(", ")).into())
}

fn read_toml<T: serde::de::DeserializeOwned>(file: &Path) -> Fallible<T> {
    let text = read_text(file)?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn read_text(file: &Path) -> Fallible<String> {
    Ok(std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?)
}

fn sorted(folder: &Path) -> Fallible<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}
