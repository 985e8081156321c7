//! The form of the labelled lines: columns, labels, how many, none twice, and none in two places.
//!
//! It must never screen a kept-aside line: how rules do on those is for `passerelle rules eval` alone,
//! in totals. Read next: `corpus.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Category, Urgency};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const LANGS: [&str; 12] = ["ar", "de", "en", "es", "fr", "hi", "pt", "ru", "sw", "tr", "uk", "zh"];

/// The heading of the parallel core, which `passerelle rules eval` reads too.
const CORE: &str = "id\tlang\tcategory\ttext\tlabel";

/// Least lines of trouble, lookalikes and everyday chat a file, for (English and French, the others).
const CORPUS: [(usize, usize, usize); 2] = [(40, 30, 300), (19, 11, 300)];
const EVAL: [(usize, usize, usize); 2] = [(15, 10, 170), (8, 5, 100)];

fn home(set: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(set)
}

fn rows(path: &Path, header: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(header), "{}:1", path.display());
    let columns = header.split('\t').count();
    let row = |(at, line): (usize, &str)| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        assert_eq!(cells.len(), columns, "{}:{}: columns", path.display(), at + 2);
        assert!(cells.iter().all(|cell| cell == cell.trim()), "{}:{}: spaces", path.display(), at + 2);
        cells
    };
    lines.enumerate().map(row).collect()
}

/// A text without case, spaces and marks, so that near copies meet. All marks: the text itself.
fn bare(text: &str) -> String {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() { text.to_owned() } else { letters }
}

/// Every (category, text, label) of a set and language, and where it stands.
fn lines(set: &str, lang: &str) -> Vec<(String, String, String, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(home(set).join(lang)).unwrap() {
        let path = entry.unwrap().path();
        let category = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for (at, row) in rows(&path, "text\tlabel").into_iter().enumerate() {
            let place = format!("{set}/{lang}/{category}.tsv:{}", at + 2);
            all.push((category.clone(), row[0].clone(), row[1].clone(), place));
        }
    }
    all
}

#[test]
fn every_line_has_a_text_and_a_label_that_fits_its_file() {
    for (set, floors) in [("corpus", CORPUS), ("eval", EVAL)] {
        for lang in LANGS {
            let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
            for (category, text, label, place) in lines(set, lang) {
                assert!(!text.is_empty(), "{place}: no text");
                let everyday = category == "ordinary";
                let fits = if everyday {
                    label == "ordinary"
                } else {
                    ["explicit", "implicit", "lookalike"].contains(&label.as_str())
                };
                assert!(fits, "{place}: label {label}");
                // Nobody's number or address, even by accident.
                let longest = text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max();
                assert!(longest.unwrap_or(0) < 6 && !text.contains('@'), "{place}: a number or an address");
                *counts.entry(category).or_default().entry(label).or_default() += 1;
            }
            let (trouble, alike, chat) = floors[usize::from(!["en", "fr"].contains(&lang))];
            let count = |file: &str, label: &str| {
                counts.get(file).and_then(|labels| labels.get(label)).copied().unwrap_or(0)
            };
            for category in Category::ALL {
                let name = category.name();
                let told = count(name, "explicit") + count(name, "implicit");
                assert!(told >= few(name, lang, trouble), "{set}/{lang}/{name}: {told} lines of trouble");
                assert!(count(name, "lookalike") >= few(name, lang, alike), "{set}/{lang}/{name}: lookalikes");
            }
            assert!(count("ordinary", "ordinary") >= chat, "{set}/{lang}: everyday chat");
        }
    }
}

/// What hardly any child of a language's countries would write is told less often.
fn few(category: &str, lang: &str, floor: usize) -> usize {
    if category == "fgm" && lang != "en" && lang != "fr" { floor.min(8) } else { floor }
}

#[test]
fn no_line_stands_twice_and_none_is_both_in_the_corpus_and_kept_aside() {
    for lang in LANGS {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let core = rows(&home("corpus/core").join(format!("{lang}.tsv")), CORE);
        let core = core.into_iter().map(|row| (row[3].clone(), format!("corpus/core/{lang}.tsv {}", row[0])));
        let sets = lines("corpus", lang).into_iter().chain(lines("eval", lang));
        let sets = sets.map(|(_, text, _, place)| (text, place));
        for (text, place) in core.chain(sets) {
            if let Some(first) = seen.insert(bare(&text), place.clone()) {
                panic!("{place}: {text} stands already in {first}");
            }
        }
    }
}

#[test]
fn the_parallel_core_tells_the_same_situations_in_every_language() {
    let core = |lang: &str| -> Vec<(String, String, String)> {
        let rows = rows(&home("corpus/core").join(format!("{lang}.tsv")), CORE);
        assert!(rows.iter().all(|row| row[1] == lang), "core/{lang}.tsv: another language's line");
        rows.into_iter().map(|row| (row[0].clone(), row[2].clone(), row[4].clone())).collect()
    };
    let english = core("en");
    let named: BTreeSet<&str> = english.iter().map(|(_, category, _)| category.as_str()).collect();
    assert!(Category::ALL.iter().all(|category| named.contains(category.name())), "a category has no line");
    assert_eq!(english.iter().map(|(id, ..)| id).collect::<BTreeSet<_>>().len(), english.len(), "an id twice");
    for lang in LANGS {
        assert_eq!(core(lang), english, "{lang}");
    }
}

#[test]
fn conversations_go_forward_in_time_and_say_at_the_end_what_they_are() {
    const HEADER: &str = "id\tkind\tminute\twho\ttext\tcategory\turgency";
    for (set, least) in [("corpus", [15, 3]), ("eval", [5, 2])] {
        for lang in LANGS {
            let path = home(set).join("conversations").join(format!("{lang}.tsv"));
            let rows = rows(&path, HEADER);
            let mut done: BTreeSet<&str> = BTreeSet::new();
            for (at, row) in rows.iter().enumerate() {
                let place = format!("{}:{}", path.display(), at + 2);
                let next = rows.get(at + 1);
                let last = next.is_none_or(|next| next[0] != row[0]);
                assert!(!done.contains(row[0].as_str()), "{place}: id {} comes back", row[0]);
                assert!(["child", "bot", "counsellor"].contains(&row[3].as_str()), "{place}: who");
                assert!(!row[4].is_empty(), "{place}: no text");
                let minute: u32 = row[2].parse().unwrap_or_else(|_| panic!("{place}: minute"));
                if let Some(next) = next.filter(|_| !last) {
                    assert!(next[2].parse::<u32>().is_ok_and(|later| later >= minute), "{place}: goes back");
                    assert!(row[5].is_empty() && row[6].is_empty(), "{place}: only the end is labelled");
                    continue;
                }
                done.insert(&row[0]);
                let urgency: Result<Urgency, _> = serde_json::from_value(row[6].clone().into());
                assert!(urgency.is_ok(), "{place}: urgency {}", row[6]);
                let known = Category::ALL.iter().any(|category| category.name() == row[5]);
                assert!(known != (row[1] == "benign") && (known || row[5] == "-"), "{place}: category {}", row[5]);
            }
            let floor = least[usize::from(!["en", "fr"].contains(&lang))];
            assert!(done.len() >= floor, "{set}/conversations/{lang}.tsv: {} of {floor}", done.len());
        }
    }
}
