//! Recall and false alarms on the project's own corpus, per language and category, held to the bars.
//!
//! These are the lines the rules were written beside: they show a drop, not how good the rules are.
//! Read next: `properties.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Category, Tier};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Default, Clone, Copy)]
struct Count {
    all: u32,
    found: u32,
    named: u32,
    hard: u32,
}

impl Count {
    fn share(self) -> f64 {
        f64::from(self.found) / f64::from(self.all.max(1))
    }

    fn hard_share(self) -> f64 {
        f64::from(self.hard) / f64::from(self.all.max(1))
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.found += other.found;
        self.named += other.named;
        self.hard += other.hard;
    }
}

/// Label → counts, for each (language, category).
type Table = BTreeMap<(String, String), BTreeMap<String, Count>>;

fn read() -> Table {
    let mut table = Table::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for lang in ["en", "fr"] {
        for file in std::fs::read_dir(root.join(lang)).unwrap() {
            let path = file.unwrap().path();
            let category = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let labels = table.entry((lang.to_owned(), category.clone())).or_default();
            for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate().skip(1) {
                let (text, label) = line.split_once('\t').unwrap_or_else(|| panic!("{path:?}:{}", number + 1));
                assert!(
                    ["explicit", "implicit", "lookalike", "ordinary"].contains(&label),
                    "{path:?}:{}",
                    number + 1
                );
                let findings = safety_rules::screen(text);
                let count = labels.entry(label.to_owned()).or_default();
                count.all += 1;
                count.found += u32::from(!findings.is_empty());
                count.named += u32::from(findings.iter().any(|finding| finding.category.name() == category));
                count.hard += u32::from(findings.iter().any(|finding| finding.tier == Tier::Hard));
            }
        }
    }
    table
}

#[test]
fn the_bars_hold_on_our_own_corpus() {
    let table = read();
    let mut report = String::from("lang category             label     found named  hard    of\n");
    let mut failures = Vec::new();
    let mut totals: BTreeMap<(String, String), Count> = BTreeMap::new();
    for ((lang, category), labels) in &table {
        for (label, count) in labels {
            report += &format!(
                "{lang:<4} {category:<20} {label:<9} {:>5} {:>5} {:>5} {:>5}\n",
                count.found, count.named, count.hard, count.all
            );
            totals.entry((lang.clone(), label.clone())).or_default().add(*count);
            let explicit_bar = if ["suicide", "self_harm"].contains(&category.as_str()) { 0.95 } else { 0.90 };
            if label == "explicit" && count.share() < explicit_bar {
                failures.push(format!("{lang} {category}: explicit recall {:.2}", count.share()));
            }
            let life = ["suicide", "self_harm"].contains(&category.as_str());
            if life && label == "explicit" && count.hard_share() < 0.95 {
                failures.push(format!("{lang} {category}: explicit hard recall {:.2}", count.hard_share()));
            }
            if life && label == "implicit" && count.share() < 0.40 {
                failures.push(format!("{lang} {category}: implicit recall {:.2}", count.share()));
            }
            if life && label == "lookalike" && count.hard_share() > 0.05 {
                failures.push(format!("{lang} {category}: lookalikes hard {:.2}", count.hard_share()));
            }
        }
    }
    for ((lang, label), count) in &totals {
        report += &format!(
            "{lang:<4} all                  {label:<9} {:>5} {:>5} {:>5} {:>5}\n",
            count.found, count.named, count.hard, count.all
        );
        let bad = match label.as_str() {
            "explicit" => count.share() < 0.95,
            "implicit" => count.share() < 0.40,
            "lookalike" => count.hard_share() > 0.05,
            _ => count.share() > 0.005 || count.hard_share() > 0.001,
        };
        if bad {
            failures.push(format!("{lang} {label}: found {:.3}, hard {:.3}", count.share(), count.hard_share()));
        }
    }
    assert!(failures.is_empty(), "{report}\nunder the bar:\n{}", failures.join("\n"));
}

#[test]
fn every_category_of_the_first_version_has_lines_in_both_languages() {
    let table = read();
    for category in [
        Category::Suicide,
        Category::SelfHarm,
        Category::PhysicalAbuse,
        Category::EmotionalAbuse,
        Category::SexualAbuse,
        Category::Neglect,
        Category::DomesticViolence,
        Category::SexualExploitation,
        Category::Sextortion,
        Category::Grooming,
        Category::ImageAbuse,
        Category::ViolenceNow,
        Category::ViolenceToOthers,
        Category::MedicalEmergency,
        Category::Bullying,
        Category::Cyberbullying,
        Category::Runaway,
        Category::Distress,
        Category::Eating,
        Category::Substance,
        Category::AsksHuman,
    ] {
        for lang in ["en", "fr"] {
            let labels = &table[&(lang.to_owned(), category.name().to_owned())];
            assert!(labels["explicit"].all >= 11 && labels["lookalike"].all >= 8, "{lang} {}", category.name());
        }
    }
}

/// What children and what filters do to words; each must keep what was found.
fn disguises(text: &str) -> Vec<(&'static str, String)> {
    let spaced = text.chars().flat_map(|c| if c == ' ' { vec![' ', ' '] } else { vec![c, ' '] }).collect();
    let swap = |pairs: &[(char, char)]| -> String {
        text.chars().map(|c| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)).collect()
    };
    let stretched = text.split(' ').map(|word| {
        let last = word.chars().last().filter(|c| c.is_alphabetic());
        last.map_or(word.to_owned(), |c| format!("{word}{c}{c}{c}"))
    });
    let zero_width = text.chars().flat_map(|c| [c, '\u{200b}']).collect();
    vec![
        ("upper case", text.to_uppercase()),
        ("leet", swap(&[('i', '1'), ('e', '3'), ('o', '0'), ('a', '4')])),
        ("spaced", spaced),
        ("stretched", stretched.collect::<Vec<_>>().join(" ")),
        ("zero width", zero_width),
        ("homoglyphs", swap(&[('a', 'а'), ('e', 'е'), ('o', 'о'), ('i', 'і'), ('c', 'с')])),
        ("full width", swap(&[('d', 'ｄ'), ('e', 'ｅ'), ('m', 'ｍ'), ('t', 'ｔ'), ('u', 'ｕ')])),
        ("no apostrophes", text.replace(['\'', '’'], "")),
        (
            "no accents",
            swap(&[
                ('é', 'e'),
                ('è', 'e'),
                ('ê', 'e'),
                ('à', 'a'),
                ('ç', 'c'),
                ('û', 'u'),
                ('î', 'i'),
                ('ô', 'o'),
            ]),
        ),
        ("emoji between", text.replace(' ', " 😭 ")),
        ("typo", one_slip(text)),
    ]
}

/// Swaps two letters inside the longest word.
fn one_slip(text: &str) -> String {
    let longest = text.split(' ').max_by_key(|word| word.chars().count()).unwrap_or_default();
    let mut letters: Vec<char> = longest.chars().collect();
    let middle = letters.len() / 2;
    if letters.len() >= 4 && letters[middle - 1].is_alphabetic() && letters[middle].is_alphabetic() {
        letters.swap(middle - 1, middle);
    }
    text.replacen(longest, &letters.into_iter().collect::<String>(), 1)
}

#[test]
fn disguised_disclosures_are_still_found() {
    let mut kept: BTreeMap<&str, (u32, u32, Vec<String>)> = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for path in ["en/suicide.tsv", "fr/suicide.tsv", "en/self_harm.tsv", "fr/self_harm.tsv"] {
        let text = std::fs::read_to_string(root.join(path)).unwrap();
        for line in text.lines().skip(1).filter_map(|line| line.strip_suffix("\texplicit")) {
            if safety_rules::screen(line).is_empty() {
                continue;
            }
            for (name, disguised) in disguises(line) {
                let entry = kept.entry(name).or_default();
                entry.1 += 1;
                if safety_rules::screen(&disguised).is_empty() {
                    entry.2.push(disguised);
                } else {
                    entry.0 += 1;
                }
            }
        }
    }
    for (name, (found, all, lost)) in &kept {
        let share = f64::from(*found) / f64::from(*all);
        assert!(share >= 0.97, "{name}: {found} of {all} kept; lost:\n{}", lost.join("\n"));
    }
}
